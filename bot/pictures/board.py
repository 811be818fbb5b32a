"""A leaderboard as a picture: rank, name, marks and a bar for each row. The same in words.

Cheap to import: Pillow comes in with the first picture that is drawn.
"""

from collections.abc import Sequence

from bot.domain.grading import marks
from bot.domain.standings import Standing
from bot.pictures.chain import ALT_LIMIT

ROWS = 10
"""How many rows a picture has at most."""


def draw_board(title: str, standings: Sequence[Standing]) -> bytes:
    """Draw the first rows of a board as PNG, 800 pixels wide.

    A name that the fonts cannot write is left to the text beside the picture, and the picture says so.
    """
    from bot.pictures.diagram import png  # noqa: PLC0415 - Pillow is imported when first needed
    from bot.pictures.rows import rows_card  # noqa: PLC0415 - as above

    return png(rows_card(title, standings[:ROWS]))


def board_alt(title: str, standings: Sequence[Standing]) -> str:
    """Say in at most 1,024 characters what `draw_board` draws."""
    rows = [f"{each.rank}. {each.score.name}, {_marks(each)}" for each in standings[:ROWS]]
    told = f"{title}: {'; '.join(rows)}."
    return told if len(told) <= ALT_LIMIT else f"{told[: ALT_LIMIT - 1]}…"


def _marks(standing: Standing) -> str:
    number = marks(standing.score.units)
    return f"{number} mark" if number == "1" else f"{number} marks"
