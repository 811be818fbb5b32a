"""Passages: headings with entries below, laid out on pages so that no entry is cut."""

from collections.abc import Iterable
from dataclasses import dataclass

PAGE_TARGET = 3200
"""Characters after which a page is full enough to be read in one go; with its title it stays well below 4,000."""

PAGE_BLOCKS = 15
"""Blocks on a page: with the lines between them, a title and buttons they stay below Discord's 40 components."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A heading and its entries, `gap` between the entries; `again` is the heading when they go on overleaf.

    Without entries the heading stands alone.
    """

    heading: str
    entries: tuple[str, ...]
    again: str = ""
    gap: str = "\n"


def paged(passages: Iterable[Passage]) -> list[list[str]]:
    """Lay passages out as pages of blocks, each page as full as `PAGE_TARGET` allows.

    Passages break between entries only: an entry that is too long for any page has one to itself.
    """
    pages: list[list[str]] = [[]]
    for passage in passages:
        for number, entry in enumerate(passage.entries or ("",)):
            if number and _size(pages[-1]) + len(passage.gap) + len(entry) <= PAGE_TARGET:
                pages[-1][-1] += f"{passage.gap}{entry}"
                continue
            block = f"{(passage.again or passage.heading) if number else passage.heading}\n{entry}".rstrip("\n")
            full = _size(pages[-1]) + len(block) > PAGE_TARGET or len(pages[-1]) >= PAGE_BLOCKS
            if pages[-1] and (number or full):
                pages.append([])
            pages[-1].append(block)
    return pages


def _size(page: list[str]) -> int:
    return sum(map(len, page))
