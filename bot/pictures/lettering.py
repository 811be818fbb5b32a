"""Lettering: the shipped fonts, what they can write, and lines broken by their measured width.

Imports Pillow, so nothing that is needed at start imports this module.
"""

import unicodedata
from functools import cache
from pathlib import Path

from PIL import ImageFont

_FOLDER = Path(__file__).parent / "fonts"
_MISSING = "\uffff"
"""No character: a font draws its sign for a missing glyph instead."""

# Scripts that run from right to left or need shaping: the basic layout would draw them wrong, which is worse than not.
_RIGHT_TO_LEFT = ("R", "AL", "AN")
_ORNAMENTS = ("So", "Sk", "Cf")
_COMBINING = ("Mn", "Mc", "Me")


@cache
def font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Give a shipped font at a size in pixels.

    The basic layout is asked for because the other depends on libraries of the machine.
    """
    file = _FOLDER / ("DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf")
    return ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC)


def tidy(text: str) -> str:
    """Write a text on one line, accents joined with their letters; emoji that the fonts lack are ornament and go."""
    joined = unicodedata.normalize("NFC", text)
    return " ".join("".join(char for char in joined if not _is_ornament(char) or _has(char)).split())


def can_write(text: str) -> bool:
    """Tell whether the fonts have every character of a tidied text and can place it."""
    return all(map(_has, set(text)))


def _is_ornament(char: str) -> bool:
    return unicodedata.category(char) in _ORNAMENTS or unicodedata.name(char, "").startswith("VARIATION SELECTOR")


@cache
def _has(char: str) -> bool:
    if unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or unicodedata.category(char) in _COMBINING:
        return False
    return char == " " or all(_drawn(char, bold=bold) != _drawn(_MISSING, bold=bold) for bold in (False, True))


def _drawn(char: str, *, bold: bool) -> bytes:
    return bytes(font(24, bold=bold).getmask(char))


def wrapped(text: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Break a tidied text into lines of at most `width` pixels: at spaces, and inside words that are wider."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if face.getlength(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _pieces(word, face, width)
        lines += full
    return [*lines, line]


def _pieces(word: str, face: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Cut a word into pieces that fit, each as long as it can be and at least one character."""
    pieces = [""]
    for char in word:
        if pieces[-1] and face.getlength(pieces[-1] + char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces
