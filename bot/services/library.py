"""The library: every bank that can be asked from, and finding things in them."""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bot.content.locating import locate_item
from bot.domain.bank import Bank
from bot.domain.errors import (
    CaseGone,
    ItemGone,
    NoCases,
    NoLabs,
    OnlyCases,
    SeveralTraps,
    TrapGone,
    UnknownBank,
    UnknownLesson,
    UnknownTopic,
    UnknownTrap,
)
from bot.domain.finding import find
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.mixing import labs_on
from bot.domain.reading import echo
from bot.domain.scenarios.case import seed_of
from bot.domain.scenarios.drawing import gives_away, labs
from bot.domain.scenarios.finding import find_item
from bot.domain.scenarios.generating import has_cases
from bot.domain.selection import on_topic
from bot.domain.trap import Trap

MAX_SUGGESTIONS = 25
"""Discord shows at most this many suggestions."""


_NAMED = 3
"""How many of several things that may be meant a refusal names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """One line to pick while typing: what is shown, what is sent, and other words that it is found by."""

    label: str
    value: str
    also: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A bank and the folder that its files are in."""

    bank: Bank
    folder: Path


class Library:
    """The banks by id, and look-ups that people make by name."""

    def __init__(self, shelves: Iterable[Shelf]) -> None:
        shelves = list(shelves)
        self._banks: Mapping[str, Bank] = {shelf.bank.id: shelf.bank for shelf in shelves}
        self._folders: Mapping[str, Path] = {shelf.bank.id: shelf.folder for shelf in shelves}

    @property
    def banks(self) -> tuple[Bank, ...]:
        """Every bank, in the order in which they were loaded."""
        return tuple(self._banks.values())

    def bank(self, bank_id: str) -> Bank:
        """Give a bank by id; raises `UnknownBank`."""
        try:
            return self._banks[bank_id]
        except KeyError:
            raise UnknownBank(bank=echo(bank_id)) from None

    def picture(self, bank_id: str, item: Item) -> Path | None:
        """Give the file of an item's picture, if it has one that is still there."""
        if item.image is None or bank_id not in self._folders:
            return None
        file = self._folders[bank_id] / item.image.file
        return file if file.is_file() else None

    async def place(self, bank_id: str, item_id: str) -> str | None:
        """Give the file and line of an item's source, such as `md-102/lessons/6.2-onboarding.yaml:120`."""
        folder = self._folders.get(bank_id)
        return None if folder is None else await asyncio.to_thread(locate_item, folder, item_id)

    def has(self, bank_id: str) -> bool:
        """Tell whether there is a bank of this id."""
        return bank_id in self._banks

    def item(self, bank_id: str, item_id: str) -> tuple[Bank, Item]:
        """Find an item, written or generated, that buttons refer to, with its bank.

        Raises:
            ItemGone: either is there no more; `CaseGone` when it was a generated one.
        """
        bank = self._banks.get(bank_id)
        item = find_item(bank, item_id) if bank is not None else None
        if bank is None or item is None:
            raise gone(item_id)
        return bank, item

    def is_among(self, bank_id: str, item_id: str, others: Collection[str]) -> bool:
        """Tell whether an item, or a case that gives it away, is among others, by their ids."""
        return gives_away(self._banks[bank_id], item_id, others) if self.has(bank_id) else item_id in others

    def traps_of(self, bank_id: str, item: Item) -> dict[str, Trap]:
        """Give the traps an item names, as far as its bank still has them."""
        known = self._banks[bank_id].traps if bank_id in self._banks else {}
        return {trap: known[trap] for trap in item.traps if trap in known}

    def topic(self, bank: Bank, topic: str | None, *, cases: bool = False) -> str | None:
        """Check that a bank has items on a topic, written ones or, where they are allowed, `cases`.

        Raises:
            OnlyCases: it has none but cases, which are not allowed.
            UnknownTopic: it has nothing.
        """
        if topic is None or on_topic(bank, topic):
            return topic
        if not labs_on(bank, topic):
            raise UnknownTopic(bank=bank.short_title, topic=echo(topic))
        if not cases:
            raise OnlyCases(bank=bank.short_title, topic=echo(topic))
        return topic

    def trap_of(self, bank_id: str, trap_id: str) -> tuple[Bank, Trap]:
        """Find a trap that buttons refer to, with its bank; raises `TrapGone`."""
        bank = self._banks.get(bank_id)
        if bank is None or trap_id not in bank.traps:
            raise TrapGone
        return bank, bank.traps[trap_id]

    def about(self, bank_id: str | None, topic: str | None, *, cases: bool = False) -> Bank:
        """Give the bank that is meant: the one named, else the first with items or `cases` on a topic, else the first.

        Raises:
            UnknownBank: none of that id is there.
        """
        if bank_id is not None:
            return self.bank(bank_id)
        fit = (bank for bank in self.banks if on_topic(bank, topic) or (cases and labs_on(bank, topic)))
        return next(fit, self.banks[0])

    def subject(self, bank_id: str | None, topic: str | None, *, cases: bool = False) -> tuple[Bank, str | None]:
        """Give the bank and the topic that are meant, as `about` does; a topic may begin with its bank, as suggested.

        Raises:
            UnknownBank: none of that id is there.
        """
        named, _, rest = (topic or "").rpartition(":")
        if named in self._banks and bank_id in (None, named):
            bank_id, topic = named, rest
        return self.about(bank_id, topic, cases=cases), topic

    def trap(self, wanted: str) -> tuple[Bank, Trap]:
        """Find a trap by `bank:id` (as suggested), by its id or name, or by words that only one has.

        Raises:
            SeveralTraps: more than one may be meant.
            UnknownTrap: none is.
        """
        for bank in self.banks:
            for trap in bank.traps.values():
                if wanted.casefold() in (f"{bank.id}:{trap.id}", trap.id, trap.name.casefold()):
                    return bank, trap
        meant = self.suggest_traps(wanted) if wanted.strip() else []
        if len(meant) == 1:
            return self.trap(meant[0].value)
        if meant:
            raise SeveralTraps(trap=echo(wanted), names=", ".join(f"**{each.label}**" for each in meant[:_NAMED]))
        raise UnknownTrap(trap=echo(wanted))

    def lesson(self, wanted: str) -> tuple[Bank, Lesson]:
        """Find a lesson by `bank:id` (as suggested) or by its id or title; raises `UnknownLesson`."""
        return self._lessons(wanted)[0]

    def lab(self, wanted: str | None) -> tuple[Bank, Lesson]:
        """Find a lesson that cases can be made of, as `lesson` does; the first there is when none is named.

        Of several lessons of that id or title, in several banks, it is the first that has cases.

        Raises:
            UnknownLesson, NoCases: there is no such lesson, or it has no chain to make cases of.
            NoLabs: no lesson has one.
        """
        if wanted is None:
            found = next(((bank, lesson) for bank in self.banks for lesson in labs(bank)), None)
            if found is None:
                raise NoLabs
            return found
        meant = self._lessons(wanted)
        _, first = meant[0]
        found = next(((bank, lesson) for bank, lesson in meant if has_cases(lesson)), None)
        if found is None:
            raise NoCases(lesson=f"lesson {first.id}, {first.title}")
        return found

    def suggest_banks(self, typed: str) -> list[Suggestion]:
        """Suggest banks whose title contains what was typed."""
        return _matching(typed, (Suggestion(label=bank.title, value=bank.id) for bank in self.banks))

    def suggest_topics(self, typed: str, bank_id: str | None, *, cases: bool = False) -> list[Suggestion]:
        """Suggest the lessons and the objectives with items, or also with `cases`, of one bank or of all.

        Where `subject` would take an id for that of another bank, the suggestion names its own.
        """
        banks = [bank for bank in self.banks if bank_id in (None, bank.id)]
        lessons = [
            self._topic(bank, bank_id, lesson.id, f"Lesson {lesson.id}: {lesson.title}", cases=cases)
            for bank in banks
            for lesson in bank.lessons.values()
            if lesson.items or (cases and has_cases(lesson))
        ]
        objectives = [
            self._topic(bank, bank_id, objective.id, f"{objective.id} {objective.title}", cases=cases)
            for bank in banks
            for domain in bank.blueprint.domains
            for objective in domain.objectives
            if on_topic(bank, objective.id) or (cases and labs_on(bank, objective.id))
        ]
        return _matching(typed, lessons + objectives)

    def _topic(self, bank: Bank, bank_id: str | None, topic: str, label: str, *, cases: bool) -> Suggestion:
        if bank_id is not None or bank is self.banks[0] or self.about(None, topic, cases=cases) is bank:
            return Suggestion(label=label, value=topic)
        return Suggestion(label=f"{label} ({bank.short_title})", value=f"{bank.id}:{topic}")

    def suggest_traps(self, typed: str) -> list[Suggestion]:
        """Suggest traps by either of the two things they confuse, or by their ids."""
        return _matching(
            typed,
            (
                Suggestion(label=trap.name, value=f"{bank.id}:{trap.id}", also=trap.id)
                for bank in self.banks
                for trap in bank.traps.values()
            ),
        )

    def suggest_lessons(self, typed: str) -> list[Suggestion]:
        """Suggest lessons by number or title."""
        return _matching(typed, (_named(bank, lesson) for bank in self.banks for lesson in bank.lessons.values()))

    def suggest_labs(self, typed: str) -> list[Suggestion]:
        """Suggest lessons that cases can be made of, by number or title."""
        return _matching(typed, (_named(bank, lesson) for bank in self.banks for lesson in labs(bank)))

    def _lessons(self, wanted: str) -> list[tuple[Bank, Lesson]]:
        """List the lessons that are meant, as `lesson` does; there is at least one."""
        found = [
            (bank, lesson)
            for bank in self.banks
            for lesson in bank.lessons.values()
            if wanted.casefold() in (f"{bank.id}:{lesson.id}", lesson.id, lesson.title.casefold())
        ]
        if not found:
            raise UnknownLesson(lesson=echo(wanted))
        return found


def gone(item_id: str) -> ItemGone:
    """Give the refusal for an item, written or generated, that is not there any more, or not as it was."""
    return CaseGone() if seed_of(item_id) is not None else ItemGone()


def _named(bank: Bank, lesson: Lesson) -> Suggestion:
    return Suggestion(label=f"{lesson.id} {lesson.title}", value=f"{bank.id}:{lesson.id}")


def _matching(typed: str, suggestions: Iterable[Suggestion]) -> list[Suggestion]:
    """Keep what may be meant by what was typed, the likeliest first."""
    listed = list(suggestions)
    found = find(typed, [f"{each.label} {each.also}" for each in listed])
    return [listed[place] for place in found[:MAX_SUGGESTIONS]]
