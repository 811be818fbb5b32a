"""Banks: all lessons of one subject with their traps, sources and blueprint."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from bot.domain.item import Item, MultipleRule
from bot.domain.lesson import Lesson
from bot.domain.trap import Trap


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact comes from and when that page was last checked."""

    id: str
    title: str
    url: str
    checked: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Objective:
    """One thing the subject asks a learner to be able to do."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """A part of the blueprint; `low` and `high` bound its weight in percent."""

    id: str
    title: str
    low: int
    high: int
    objectives: tuple[Objective, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """The subject's domains, their weights, and the date from which they hold."""

    as_of: date
    domains: tuple[Domain, ...]

    def objectives(self) -> Mapping[str, str]:
        """Every objective's title by its id."""
        return {objective.id: objective.title for domain in self.domains for objective in domain.objectives}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bank:
    """One subject; the mappings go by id and keep the order of the files."""

    id: str
    title: str
    short_title: str
    description: str
    updated: date
    rule: MultipleRule
    blueprint: Blueprint
    sources: Mapping[str, Source]
    traps: Mapping[str, Trap]
    lessons: Mapping[str, Lesson]

    def items(self) -> Iterator[Item]:
        """Every item, lesson by lesson."""
        for lesson in self.lessons.values():
            yield from lesson.items

    def item(self, item_id: str) -> Item | None:
        """The item with this id, if the bank still has it."""
        return next((item for item in self.items() if item.id == item_id), None)
