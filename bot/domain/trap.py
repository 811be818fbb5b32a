"""Traps: named confusions of two things, shared by many distractors."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One row of the table that tells the two things apart."""

    left: str
    right: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trap:
    """A confusion of `left` (what tempts) with `right` (what is meant); `see_also` are ids of traps near it."""

    id: str
    left: str
    right: str
    belief: str
    why_tempting: str
    contrast: tuple[Contrast, ...]
    tell_apart: str
    sources: tuple[str, ...]
    see_also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Both things in one short line, as learners meet it."""
        return f"{self.left} ⇄ {self.right}"
