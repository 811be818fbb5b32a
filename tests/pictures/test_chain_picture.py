"""Chains as pictures: everything fits, everything can be told apart without colour, and words say the same."""

import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot import app
from bot.domain.chain import Chain
from bot.pictures.chain import ALT_LIMIT, chain_alt, draw_chain
from bot.pictures.diagram import ARROW, BORDER, COLOURS, PAPER, WIDTH, Colour, Look, arranged, diagram
from bot.pictures.lettering import can_write, font, tidy, wrapped
from tests.builders import make_chain

MOST_BYTES = 150_000
# Latin with accents, Cyrillic, Greek, wide and narrow letters, arrows, spaces of all kinds.
_TITLES = st.text(
    st.sampled_from("WMmil.éÅőßЖщЯΩλ\u2013→⇄≥€№ \t\n") | st.characters(categories=("L", "N", "P", "S", "Z")),
    max_size=30,
)
_LONG = st.text(st.sampled_from("Wmi.\u2013Ж 漢"), max_size=200)


def _retitled(chain: Chain, titles: list[str]) -> Chain:
    links = [replace(link, title=title) for link, title in zip(chain.links, titles, strict=True)]
    return replace(chain, links=tuple(links))


def _shipped() -> list[Chain]:
    shelves = app.load_shelves([app.shipped_content()])
    return [each.chain for shelf in shelves for each in shelf.bank.lessons.values() if each.chain is not None]


def _luminance(colour: Colour) -> float:
    """Give the relative luminance that WCAG 2 defines."""
    red, green, blue = (
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4 for part in colour
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: Colour, other: Colour) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Chain, dict[str, str] | None]:
    """Draw a chain with any titles and outcome, and what is wrong with any of its links."""
    chain = make_chain(draw(st.integers(min_value=1, max_value=10)))
    chain = _retitled(chain, [draw(_TITLES) for _ in chain.links])
    ids = st.sampled_from([link.id for link in chain.links])
    broken = draw(st.none() | st.dictionaries(ids, _LONG, max_size=3))
    return replace(chain, outcome=draw(_LONG)), broken


@given(_cases())
def test_no_text_leaves_its_box(case: tuple[Chain, dict[str, str] | None]) -> None:
    """Whatever the texts, also words longer than a line, each line lies inside its box, and no box meets another."""
    boxes = arranged(*case)
    ends = [0.0]
    for box in boxes:
        assert box.top >= ends[-1] + 20
        ends.append(box.bottom)
        for line in box.lines:
            left, top, right, bottom = font(line.size, bold=line.bold).getbbox(line.text)
            assert box.top + 8 <= line.at[1] + top
            assert line.at[1] + bottom <= box.bottom - 8
            assert line.at[0] + left >= 40
            sign = 84 if box.look in (Look.SOUND, Look.BROKEN) else 0
            assert line.at[0] + right <= WIDTH - 40 - sign


@given(_LONG | _TITLES)
def test_wrapping_loses_no_character(text: str) -> None:
    """Lines together have every character of the text but the spaces between them, and none is too wide."""
    face = font(40, bold=True)
    lines = wrapped(tidy(text), face, 300)
    assert "".join(lines).replace(" ", "") == tidy(text).replace(" ", "")
    assert all(face.getlength(line) <= 300 for line in lines)


@pytest.mark.parametrize(
    "broken", [None, {}, {"link-2": "It is too short"}, {"link-1": "Left open", "link-10": "Gone"}]
)
def test_pictures_are_small_and_always_the_same(broken: dict[str, str] | None) -> None:
    """The longest chain there can be, with the longest titles, is a PNG well under the limit, twice the same."""
    chain = _retitled(make_chain(10), ["Wide Mountain Meadow Windmills"] * 10)
    chain = replace(chain, outcome="Every word of it counts. " * 8)
    data = draw_chain(chain, broken=broken)
    assert data is not None
    assert len(data) < MOST_BYTES
    with Image.open(BytesIO(data)) as image:
        assert image.format == "PNG"
        assert image.width == WIDTH
    again = diagram(chain, broken)
    assert again is not None
    with Image.open(BytesIO(data)) as image:
        assert image.size == again.size
    assert draw_chain(replace(chain), broken=broken) == data


def test_the_shipped_chains_can_be_drawn_with_each_of_their_faults() -> None:
    """The fonts have every character that the shipped banks need."""
    for chain in _shipped():
        for link in chain.links:
            for fault in link.faults:
                assert can_write(tidy(fault.name))
        last = chain.links[-1]
        assert draw_chain(chain) is not None
        assert draw_chain(chain, broken={last.id: last.faults[0].name}) is not None


@pytest.mark.parametrize("look", list(Look))
def test_text_is_readable_on_its_box(look: Look) -> None:
    """Text has a contrast of at least 4.5, lines and signs of at least 3 to what is behind them."""
    colours = COLOURS[look]
    assert _contrast(colours.text, colours.fill) >= 4.5
    assert _contrast(colours.on_badge, colours.badge) >= 4.5
    assert _contrast(colours.line, PAPER) >= 3
    assert _contrast(colours.badge, colours.fill) >= (2 if look is Look.LINK else 3)


def test_the_picture_stands_out_from_either_background() -> None:
    """Its border tells it from Discord's dark background, its paper from the light one."""
    for dark in ((0x31, 0x33, 0x38), (0x1A, 0x1A, 0x1E)):
        assert _contrast(BORDER, dark) >= 2
    assert _contrast(PAPER, (0xFF, 0xFF, 0xFF)) >= 4.5
    assert _contrast(ARROW, PAPER) >= 3


def test_broken_and_sound_differ_without_colour() -> None:
    """In shades of grey a broken link still differs from a sound one: a cross, a dashed border, a cut arrow."""
    chain = make_chain(2)
    sound, broken = diagram(chain, {}), diagram(chain, {"link-1": ""})
    assert sound is not None
    assert broken is not None
    box = arranged(chain, {})[0]
    middle = round((box.top + box.bottom) / 2)
    sign = (WIDTH - 112, middle - 30, WIDTH - 52, middle + 30)
    border = (60, round(box.top), WIDTH - 60, round(box.top) + 4)
    for part in (sign, border):
        one, other = (
            list(image.convert("L").crop(part).point(lambda shade: 255 * (shade > 80)).tobytes())
            for image in (sound, broken)
        )
        assert sum(a != b for a, b in zip(one, other, strict=True)) > 100


@pytest.mark.parametrize("title", ["接続", "الاتصال", "חיבור", "การเชื่อมต่อ", "e\u0301\u0302\u0303"])
def test_what_the_fonts_cannot_write_is_not_drawn(title: str) -> None:
    """Instead of empty boxes or letters in the wrong order there is no picture."""
    assert draw_chain(_retitled(make_chain(2), [title, "Sound"])) is None


@pytest.mark.parametrize(
    "title", ["Café \u2013 naïve", "Подключение", "Σύνδεση", "A → B ⇄ C ≥ 5 €", "Cafe\u0301", "🔒 Lock ✔️"]
)
def test_common_scripts_and_emoji_are_no_obstacle(title: str) -> None:
    """Latin with accents, Cyrillic, Greek and signs are drawn; an emoji is left out of the picture."""
    assert draw_chain(_retitled(make_chain(2), [title, "Sound"])) is not None


def test_words_say_what_the_picture_shows() -> None:
    """The description names the links in order, what is wrong with which, and the outcome."""
    chain = make_chain(3)
    assert chain_alt(chain) == (
        "A chain of 3 links. 1 Lock 1 → 2 Lock 2 → 3 Lock 3. When every link is sound: The door stays shut."
    )
    assert chain_alt(chain, broken={"link-2": "Bolt 2 is too short"}) == (
        "A chain of 3 links. 1 Lock 1: sound; 2 Lock 2: broken (Bolt 2 is too short); 3 Lock 3: sound. "
        "Not reached: The door stays shut."
    )
    assert chain_alt(chain, broken={}).endswith("3 Lock 3: sound. Reached: The door stays shut.")


@given(_cases())
def test_words_always_fit(case: tuple[Chain, dict[str, str] | None]) -> None:
    """The description is never longer than Discord takes, and never empty."""
    chain, broken = case
    assert 0 < len(chain_alt(chain, broken=broken)) <= ALT_LIMIT


def test_words_give_up_what_is_wrong_first() -> None:
    """When ten links are broken for long reasons, each is still called broken and the outcome stays whole."""
    chain = _retitled(make_chain(10), ["T" * 30] * 10)
    told = chain_alt(replace(chain, outcome="o" * 200), broken={link.id: "w" * 80 for link in chain.links})
    assert told.count(": broken") == 10
    assert told.endswith("Not reached: " + "o" * 200)


def test_a_link_that_is_not_there_is_a_mistake() -> None:
    """Marking an unknown link raises, rather than showing a chain as sound that is not."""
    for tell in (draw_chain, chain_alt):
        with pytest.raises(ValueError, match="no link link-9"):
            tell(make_chain(2), broken={"link-9": "Gone"})


def test_starting_the_bot_loads_no_pillow() -> None:
    """Pictures cost memory and start-up time only once somebody looks at one."""
    command = "import sys, bot.app; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", command], check=False).returncode == 0  # noqa: S603  # our own words
