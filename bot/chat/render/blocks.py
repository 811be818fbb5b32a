"""The blocks of a layout: texts, and pictures with the same in words."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture to show among texts: the name of its file, what is in it, and the same in words (at most 1,024)."""

    name: str
    data: bytes
    alt: str


Block = str | Picture
