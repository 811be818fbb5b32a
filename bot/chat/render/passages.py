"""Passages: headings with entries below, laid out on pages so that no entry is cut."""

from collections.abc import Iterable
from dataclasses import dataclass, field

PAGE_TARGET = 3200
"""Characters after which a page is full enough to be read in one go; with its title it stays well below 4,000."""

PAGE_BLOCKS = 15
"""Blocks on a page: with the lines between them, a title and buttons they stay below Discord's 40 components."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a passage, and the id of the trap that it names, if any."""

    text: str
    trap: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A heading and its entries, `gap` between the entries; `again` is the heading when they go on overleaf.

    Without entries the heading stands alone.
    """

    heading: str
    entries: tuple[Entry, ...]
    again: str = ""
    gap: str = "\n"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of passages: its blocks, and the ids of the traps that its entries name, each once."""

    blocks: list[str] = field(default_factory=list)
    traps: dict[str, None] = field(default_factory=dict)

    def __len__(self) -> int:
        """Count its characters."""
        return sum(map(len, self.blocks))


def paged(passages: Iterable[Passage]) -> list[Sheet]:
    """Lay passages out as pages of blocks, each page as full as `PAGE_TARGET` allows.

    Passages break between entries only: an entry that is too long for any page has one to itself.
    """
    pages = [Sheet()]
    for passage in passages:
        for number, entry in enumerate(passage.entries or (Entry(""),)):
            if number and len(pages[-1]) + len(passage.gap) + len(entry.text) <= PAGE_TARGET:
                pages[-1].blocks[-1] += f"{passage.gap}{entry.text}"
            else:
                heading = (passage.again or passage.heading) if number else passage.heading
                block = f"{heading}\n{entry.text}".rstrip("\n")
                full = len(pages[-1]) + len(block) > PAGE_TARGET or len(pages[-1].blocks) >= PAGE_BLOCKS
                if pages[-1].blocks and (number or full):
                    pages.append(Sheet())
                pages[-1].blocks.append(block)
            pages[-1].traps.update({entry.trap: None} if entry.trap is not None else {})
    return pages
