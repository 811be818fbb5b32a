"""Lessons: the teaching that stands beside the items."""

from dataclasses import dataclass
from datetime import date

from bot.domain.chain import Chain
from bot.domain.item import Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One passage of teaching; `text` is Discord markdown."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """One row of the workflow table: what to configure, what results, and the trap beside it."""

    step: str
    configuration: str
    result: str
    trap: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAlike:
    """A control that is easily taken for the one that is asked for."""

    control: str
    does: str
    not_the_answer: str
    trap: str | None = None
    option: str | None = None
    """It as an option of a case that asks for parts; with `fix`, or not at all."""
    fix: str | None = None
    """It as an option of a case that asks for changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """One thing to monitor, where to find it, and what it tells."""

    what: str
    where: str
    tells: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """One lesson file: teaching, chain and items of one subject."""

    id: str
    title: str
    summary: str
    objectives: tuple[str, ...]
    updated: date
    takeaways: tuple[str, ...]
    sections: tuple[Section, ...]
    workflow: tuple[WorkflowStep, ...]
    look_alikes: tuple[LookAlike, ...]
    chain: Chain | None
    monitor: tuple[Watch, ...]
    sources: tuple[str, ...]
    items: tuple[Item, ...]
