"""The drawing of a chain: boxes with arrows from top to bottom, the outcome in the last.

Discord shows a picture about 350 pixels wide on a phone, so everything here reads at under half its size. What a
colour says, a sign or the kind of a line says as well. Imports Pillow; `bot.pictures.chain` is the way in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import pairwise

from PIL import Image, ImageDraw

from bot.domain.chain import Chain
from bot.pictures.lettering import can_write, font, tidy, wrapped

WIDTH = 800

_EDGE = 28
_INSET = 24
_ARROW = 44
_CUT = 62
"""Space for an arrow that is cut."""

_CORNER = 18
_BADGE = 60
_TEXT_LEFT = _EDGE + _INSET + _BADGE + 22
_RIGHT = WIDTH - _EDGE
_FINE = 2
"""Everything is drawn this many times as large, then made smaller, which smooths its edges."""

Colour = tuple[int, int, int]
Point = tuple[float, float]


class Look(StrEnum):
    """What a box says: a link nothing is said of, a sound or a broken one, and the outcome, reached or not."""

    LINK = "link"
    SOUND = "sound"
    BROKEN = "broken"
    OUTCOME = "outcome"
    MISSED = "missed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colours:
    """The colours of a box; text is readable on `fill`, and `on_badge` on `badge`."""

    fill: Colour
    line: Colour
    text: Colour
    badge: Colour
    on_badge: Colour


PAPER: Colour = (0x17, 0x1A, 0x24)
BORDER: Colour = (0x5A, 0x64, 0x80)
ARROW: Colour = (0xA9, 0xB3, 0xCC)
_WHITE: Colour = (0xFF, 0xFF, 0xFF)
_PALE: Colour = (0xF3, 0xF5, 0xFA)
COLOURS: Mapping[Look, Colours] = {
    Look.LINK: Colours(
        fill=(0x24, 0x2A, 0x3D), line=(0x7C, 0x93, 0xF8), text=_PALE, badge=(0x44, 0x5F, 0xE0), on_badge=_WHITE
    ),
    Look.SOUND: Colours(
        fill=(0x1B, 0x2F, 0x2B), line=(0x3F, 0xBF, 0x8A), text=_PALE, badge=(0x3F, 0xBF, 0x8A), on_badge=PAPER
    ),
    Look.BROKEN: Colours(
        fill=(0x3D, 0x1D, 0x24), line=(0xFF, 0x7B, 0x7B), text=_PALE, badge=(0xFF, 0x7B, 0x7B), on_badge=PAPER
    ),
    Look.OUTCOME: Colours(
        fill=(0x17, 0x45, 0x35), line=(0x3F, 0xBF, 0x8A), text=_PALE, badge=(0x3F, 0xBF, 0x8A), on_badge=PAPER
    ),
    Look.MISSED: Colours(fill=PAPER, line=ARROW, text=(0xD5, 0xDA, 0xE6), badge=ARROW, on_badge=PAPER),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text: where its top left is, and in which size and weight it is written."""

    at: Point
    text: str
    size: int
    bold: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One box with its lines of text; `number` is of its link, from 1."""

    look: Look
    top: float
    bottom: float
    lines: tuple[Line, ...]
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Style:
    size: int
    bold: bool

    @property
    def leading(self) -> int:
        return round(self.size * 1.25)


_TITLE = _Style(size=40, bold=True)
_NOTE = _Style(size=34, bold=False)
_CAPTION = _Style(size=34, bold=True)


def diagram(chain: Chain, broken: Mapping[str, str] | None) -> Image.Image | None:
    """Draw a chain; `None` when the fonts cannot write it. For `broken` see `bot.pictures.chain.draw_chain`."""
    boxes = arranged(chain, broken)
    if not all(can_write(line.text) for box in boxes for line in box.lines):
        return None
    height = round(boxes[-1].bottom + _EDGE)
    image = Image.new("RGB", (WIDTH * _FINE, height * _FINE), PAPER)
    pen = _Pen(image)
    pen.frame(height)
    for box in boxes:
        pen.box(box)
    for upper, lower in pairwise(boxes):
        pen.arrow(upper.bottom, lower.top, whole=upper.look is not Look.BROKEN)
    shrunk = image.reduce(_FINE)
    # Text is drawn at its own size: letters made smaller look thin.
    for box in boxes:
        _write(shrunk, box)
    return shrunk


def png(image: Image.Image) -> bytes:
    """Encode a picture of flat colours: with a palette it is a third of the size and takes a tenth of the time."""
    file = BytesIO()
    palette = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    palette.save(file, "PNG")
    return file.getvalue()


def arranged(chain: Chain, broken: Mapping[str, str] | None) -> list[Box]:
    """Lay a chain out from top to bottom, in pixels of the finished picture."""
    boxes: list[Box] = []
    for number, link in enumerate(chain.links, start=1):
        look = Look.LINK if broken is None else Look.BROKEN if link.id in broken else Look.SOUND
        texts = [(link.title, _TITLE), ((broken or {}).get(link.id, ""), _NOTE)]
        boxes.append(_box(look, boxes, texts, left=_TEXT_LEFT, number=number))
    caption = "When every link is sound" if broken is None else "Not reached" if broken else "Reached"
    look = Look.MISSED if broken else Look.OUTCOME
    texts = [(caption, _CAPTION), (chain.outcome, _NOTE)]
    return [*boxes, _box(look, boxes, texts, left=_EDGE + _INSET)]


def _box(look: Look, above: list[Box], texts: list[tuple[str, _Style]], *, left: int, number: int | None = None) -> Box:
    top = float(_EDGE)
    if above:
        top = above[-1].bottom + (_CUT if above[-1].look is Look.BROKEN else _ARROW)
    right = _RIGHT - _INSET - (_BADGE + 12 if look in (Look.SOUND, Look.BROKEN) else 0)
    height, lines = float(_INSET), []
    for text, style in texts:
        if not text:
            continue
        for piece in wrapped(tidy(text), font(style.size, bold=style.bold), right - left):
            lines.append(Line(at=(left, top + height), text=piece, size=style.size, bold=style.bold))
            height += style.leading
    return Box(look=look, top=top, bottom=top + height + _INSET, lines=tuple(lines), number=number)


def _write(image: Image.Image, box: Box) -> None:
    draw, colours = ImageDraw.Draw(image), COLOURS[box.look]
    for line in box.lines:
        draw.text(line.at, line.text, font=font(line.size, bold=line.bold), fill=colours.text)
    if box.number is not None:
        at = (_EDGE + _INSET + _BADGE / 2, (box.top + box.bottom) / 2)
        # A sound or a broken link wears its colour on the sign at its other end.
        draw.text(at, str(box.number), font=font(34, bold=True), fill=COLOURS[Look.LINK].on_badge, anchor="mm")


class _Pen:
    """Draws shapes; takes pixels of the finished picture."""

    def __init__(self, image: Image.Image) -> None:
        self._draw = ImageDraw.Draw(image)

    def frame(self, height: int) -> None:
        """Draw the border, which sets the picture off from a background as dark as it is."""
        self._draw.rounded_rectangle(_fine(2, 2, WIDTH - 3, height - 3), 12 * _FINE, outline=BORDER, width=3 * _FINE)

    def box(self, box: Box) -> None:
        """Draw a box, its number's badge, and the sign that says sound or broken."""
        colours, middle = COLOURS[box.look], (box.top + box.bottom) / 2
        around = _fine(_EDGE, box.top, _RIGHT, box.bottom)
        dashed = box.look in (Look.BROKEN, Look.MISSED)
        self._draw.rounded_rectangle(
            around, _CORNER * _FINE, fill=colours.fill, outline=None if dashed else colours.line, width=4 * _FINE
        )
        if dashed:
            self._dashes(_EDGE, box.top, _RIGHT, box.bottom, colours.line)
        if box.number is not None:
            self._disc(_EDGE + _INSET + _BADGE / 2, middle, COLOURS[Look.LINK].badge)
        sign = _RIGHT - _INSET - _BADGE / 2
        if box.look is Look.SOUND:
            self._disc(sign, middle, colours.badge)
            self._stroke([(sign - 15, middle + 1), (sign - 4, middle + 12), (sign + 16, middle - 11)], colours.on_badge)
        if box.look is Look.BROKEN:
            self._disc(sign, middle, colours.badge)
            self._cross(sign, middle, 12, colours.on_badge)

    def arrow(self, top: float, bottom: float, *, whole: bool) -> None:
        """Draw an arrow from one box to the next; one that is not whole has a cross for its shaft."""
        x, neck, tip = WIDTH / 2, bottom - 18, bottom - 3
        self._draw.polygon(
            [(at * _FINE, y * _FINE) for at, y in ((x - 15, neck), (x + 15, neck), (x, tip))], fill=ARROW
        )
        if whole:
            self._stroke([(x, top + 4), (x, neck)], ARROW)
        else:
            self._cross(x, (top + neck) / 2, 11, COLOURS[Look.BROKEN].line)

    def _disc(self, x: float, y: float, colour: Colour) -> None:
        half = _BADGE / 2
        self._draw.ellipse(_fine(x - half, y - half, x + half, y + half), fill=colour)

    def _cross(self, x: float, y: float, arm: float, colour: Colour) -> None:
        self._stroke([(x - arm, y - arm), (x + arm, y + arm)], colour)
        self._stroke([(x - arm, y + arm), (x + arm, y - arm)], colour)

    def _stroke(self, points: list[Point], colour: Colour) -> None:
        fine = [(x * _FINE, y * _FINE) for x, y in points]
        self._draw.line(fine, fill=colour, width=7 * _FINE, joint="curve")

    def _dashes(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        """Draw a dashed border."""
        width = 4 * _FINE
        for y in (top + 2, bottom - 2):
            for start, end in _pieces(left + _CORNER, right - _CORNER):
                self._draw.line(_fine(start, y, end, y), fill=colour, width=width)
        for x in (left + 2, right - 2):
            for start, end in _pieces(top + _CORNER, bottom - _CORNER):
                self._draw.line(_fine(x, start, x, end), fill=colour, width=width)
        for x, y, angle in ((left, top, 180), (right, top, 270), (right, bottom, 0), (left, bottom, 90)):
            inner_x, inner_y = x + (_CORNER if x == left else -_CORNER), y + (_CORNER if y == top else -_CORNER)
            around = _fine(inner_x - _CORNER, inner_y - _CORNER, inner_x + _CORNER, inner_y + _CORNER)
            self._draw.arc(around, angle, angle + 90, fill=colour, width=width)


def _fine(left: float, top: float, right: float, bottom: float) -> tuple[float, float, float, float]:
    return left * _FINE, top * _FINE, right * _FINE, bottom * _FINE


def _pieces(start: float, end: float) -> list[tuple[float, float]]:
    """Divide a side into dashes with a gap before, between and after them."""
    count = max(1, round((end - start) / 36))
    step = (end - start) / count
    return [(start + step * (each + 0.2), start + step * (each + 0.8)) for each in range(count)]
