"""Boards as pictures: every name fits, ranks read without colour, and words say the same."""

import subprocess
import sys
from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.domain.standings import Score, Standing, rank
from bot.pictures.board import ROWS, board_alt, draw_board
from bot.pictures.chain import ALT_LIMIT
from bot.pictures.diagram import WIDTH, Colour
from bot.pictures.lettering import can_write, font, tidy
from bot.pictures.rows import MEDALS, UNWRITTEN, fitted

_NAMES = st.text(min_size=1, max_size=32) | st.text(st.sampled_from("WMi.Жé漢🎉 "), min_size=1, max_size=32)


def _board(*names: str, units: int = 5040) -> list[Standing]:
    scores = [
        Score(member_id=number, name=name, units=units * (len(names) - number), answered=3, right=1)
        for number, name in enumerate(names)
    ]
    return rank(scores)


def _luminance(colour: Colour) -> float:
    """Give the relative luminance that WCAG 2 defines."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@given(_NAMES, st.integers(50, 600))
def test_every_name_fits(name: str, width: int) -> None:
    """A name is shown as far as it fits, or not at all when the fonts lack a character of it."""
    shown = fitted(tidy(name), width, 36)
    assert shown == UNWRITTEN or font(36, bold=True).getlength(shown) <= width
    assert (shown == UNWRITTEN) == (not tidy(name) or not can_write(tidy(name)))


def test_a_board_is_a_small_picture() -> None:
    """Ten rows are 800 pixels wide, and far below what Discord takes; further members are not drawn."""
    data = draw_board("Quiz", _board(*(f"Member {number}" for number in range(14))))
    with Image.open(BytesIO(data)) as image:
        assert (image.format, image.width) == ("PNG", WIDTH)
        assert 600 < image.height < 1200
    assert len(data) < 100_000
    assert data == draw_board("Quiz", _board(*(f"Member {number}" for number in range(14)))[:ROWS])


def test_nobody_needs_marks_to_be_drawn() -> None:
    """A board on which nobody earned anything is drawn like any other."""
    assert draw_board("Quiz", _board("Ann", "Ben", units=0)).startswith(b"\x89PNG")


def test_the_words_say_the_same() -> None:
    """Ranks, names and marks are in the description, ties with their rank, which is never too long."""
    tied = rank(
        Score(member_id=at, name=name, units=5040, answered=1, right=1) for at, name in enumerate(("Ann", "Ben"))
    )
    assert board_alt("Quiz", tied) == "Quiz: 1. Ann, 1 mark; 1. Ben, 1 mark."
    assert len(board_alt("Quiz", _board(*("W" * 200 for _ in range(12))))) == ALT_LIMIT


def test_medals_are_readable() -> None:
    """The number on a medal stands out from it as WCAG asks of text."""
    for disc, number in MEDALS.values():
        dark, light = sorted((_luminance(disc), _luminance(number)))
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_boards_are_described_without_pillow() -> None:
    """What only describes a board, or imports it, does not load Pillow."""
    code = "import sys, bot.pictures.board; sys.exit('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603 - our own words
    assert done.returncode == 0
