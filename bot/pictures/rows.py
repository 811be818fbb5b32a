"""The drawing of a board: one row below the other, the first three ranks on medals.

Discord shows a picture about 350 pixels wide on a phone, so everything here reads at under half its size. A medal's
colour says nothing that its number does not. Imports Pillow; `bot.pictures.board` is the way in.
"""

from collections.abc import Mapping, Sequence

from PIL import Image, ImageDraw

from bot.domain.grading import marks
from bot.domain.standings import Standing
from bot.pictures.diagram import BORDER, COLOURS, PAPER, WIDTH, Colour, Look
from bot.pictures.lettering import can_write, font, tidy

UNWRITTEN = "(name in the list below)"

_EDGE = 32
_HEAD = 96
_ROW = 92
_DISC = 60
_NAME_LEFT = _EDGE + _DISC + 24
_MARKS_WIDTH = 150
_NAME_WIDTH = WIDTH - _NAME_LEFT - _MARKS_WIDTH - _EDGE
_BAR = 12
_FINE = 2
"""Everything is drawn this many times as large, then made smaller, which smooths its edges."""

_PLAIN = COLOURS[Look.LINK]
MEDALS: Mapping[int, tuple[Colour, Colour]] = {
    1: ((0xF2, 0xC1, 0x4E), PAPER),
    2: ((0xC9, 0xD1, 0xE0), PAPER),
    3: ((0xDD, 0x9E, 0x6E), PAPER),
}
"""The colours of a rank's disc and of the number on it; other ranks look like the links of a chain."""


def rows_card(title: str, standings: Sequence[Standing]) -> Image.Image:
    """Draw a board."""
    height = _HEAD + _ROW * len(standings) + _EDGE // 2
    image = Image.new("RGB", (WIDTH * _FINE, height * _FINE), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle(_fine(2, 2, WIDTH - 3, height - 3), 12 * _FINE, outline=BORDER, width=3 * _FINE)
    most = max((each.score.units for each in standings), default=0)
    for place, standing in enumerate(standings):
        _shapes(draw, _HEAD + place * _ROW, standing, most)
    shrunk = image.reduce(_FINE)
    # Text is drawn at its own size: letters made smaller look thin.
    pen = ImageDraw.Draw(shrunk)
    pen.text((_EDGE, 28), fitted(tidy(title), WIDTH - 2 * _EDGE, 40), font=font(40, bold=True), fill=_PLAIN.text)
    for place, standing in enumerate(standings):
        _texts(pen, _HEAD + place * _ROW, standing)
    return shrunk


def fitted(text: str, width: int, size: int) -> str:
    """Cut a text to a width in pixels in bold letters of a size; what the fonts cannot write is not shown."""
    if not text or not can_write(text):
        return UNWRITTEN
    face = font(size, bold=True)
    if face.getlength(text) <= width:
        return text
    while face.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _shapes(draw: ImageDraw.ImageDraw, top: float, standing: Standing, most: int) -> None:
    disc, _ = MEDALS.get(standing.rank, (_PLAIN.badge, _PLAIN.on_badge))
    draw.ellipse(_fine(_EDGE, top + 8, _EDGE + _DISC, top + 8 + _DISC), fill=disc)
    left, right, bar = _NAME_LEFT, WIDTH - _EDGE, top + _ROW - 28
    draw.rounded_rectangle(_fine(left, bar, right, bar + _BAR), _BAR * _FINE // 2, fill=_PLAIN.fill)
    length = (right - left) * standing.score.units / most if most else 0
    if length >= _BAR:
        draw.rounded_rectangle(_fine(left, bar, left + length, bar + _BAR), _BAR * _FINE // 2, fill=_PLAIN.line)


def _texts(pen: ImageDraw.ImageDraw, top: float, standing: Standing) -> None:
    _, on_disc = MEDALS.get(standing.rank, (_PLAIN.badge, _PLAIN.on_badge))
    middle = (_EDGE + _DISC / 2, top + 8 + _DISC / 2)
    pen.text(middle, str(standing.rank), font=font(32, bold=True), fill=on_disc, anchor="mm")
    name = fitted(tidy(standing.score.name), _NAME_WIDTH, 36)
    pen.text((_NAME_LEFT, top + 8), name, font=font(36, bold=name != UNWRITTEN), fill=_PLAIN.text)
    number = marks(standing.score.units)
    pen.text((WIDTH - _EDGE, top + 8), number, font=font(36, bold=True), fill=_PLAIN.text, anchor="ra")


def _fine(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * _FINE, top * _FINE, right * _FINE, bottom * _FINE
