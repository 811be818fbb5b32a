"""Practice runs in Discord: each question with its menu, the feedback in its place, and how the run went.

Custom ids carry a run and an item's number in it; everything else is in the tables, so a restart is nothing.
"""

from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.choosing import most_of, options_of
from bot.chat.layouts import card
from bot.chat.learners import learner_of
from bot.chat.lesson_buttons import LessonLink
from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.practice import caught_by, place, practice_result
from bot.chat.render.text import plural
from bot.chat.replies import Interaction, turn
from bot.chat.services import Services, services_of
from bot.chat.trap_links import trap_link
from bot.domain.bank import Bank
from bot.domain.errors import ItemBusy, SittingGone
from bot.domain.sitting import Entry, Sitting, following
from bot.services.sittings import Step

_ENTRY = r"(?P<sitting>\d{1,18}):(?P<number>\d{1,3})"
_SITTING = r"(?P<sitting>\d{1,18})"


class PracticeChoice(TrapwiseMenu, template=rf"tw:practice:pick:{_ENTRY}"):
    """Takes the answer to a question of a run, and shows the feedback in its place."""

    def __init__(
        self, sitting_id: int, number: int, options: Sequence[discord.SelectOption] = (), *, most: int = 1
    ) -> None:
        super().__init__(f"tw:practice:pick:{sitting_id}:{number}", options, most=most, placeholder="Your answer …")
        self.sitting_id, self.number = sitting_id, number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        services, learner = services_of(interaction), learner_of(interaction)
        try:
            sitting = await services.sittings.answer(learner, self.sitting_id, self.number, self.chosen)
        except ItemBusy as busy:
            # It came into an open round while its menu was open: the run goes on with what follows.
            step = await services.sittings.step(learner, self.sitting_id, self.number)
            await turn(interaction, run_layout(services, step, note=str(busy)))
            return
        entry = sitting.entries[self.number - 1]
        if entry.answered:
            await turn(interaction, _feedback(services, sitting, entry))
        else:  # its time was up
            await turn(interaction, run_layout(services, Step(sitting=sitting, entry=None, left_out=0)))


class PracticeNext(TrapwiseButton, template=rf"tw:practice:next:{_ENTRY}"):
    """Goes on to the next question of a run, or to how it went."""

    def __init__(self, sitting_id: int, number: int, label: str = "Next") -> None:
        super().__init__(f"tw:practice:next:{sitting_id}:{number}", label, style=discord.ButtonStyle.primary)
        self.sitting_id, self.number = sitting_id, number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        step = await services.sittings.step(learner_of(interaction), self.sitting_id, self.number)
        await turn(interaction, run_layout(services, step))


class _OfRun(TrapwiseButton, template=r"tw:base"):
    """A button that is about a run as a whole."""

    verb = ""
    label = ""

    def __init__(self, sitting_id: int, label: str = "") -> None:
        super().__init__(f"tw:practice:{self.verb}:{sitting_id}", label or self.label)
        self.sitting_id = sitting_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]))


class PracticeEnd(_OfRun, template=rf"tw:practice:end:{_SITTING}"):
    """Ends a run before its last question."""

    verb, label = "end", "End here"

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        sitting = await services.sittings.finish(learner_of(interaction), self.sitting_id)
        await turn(interaction, run_layout(services, Step(sitting=sitting, entry=None, left_out=0)))


class PracticeAgain(_OfRun, template=rf"tw:practice:again:{_SITTING}"):
    """Begins a run of what was missed in another, in its place."""

    verb, label = "again", "Again, only what I missed"

    async def pressed(self, interaction: Interaction) -> None:
        await begun(
            interaction, await services_of(interaction).practising.again(learner_of(interaction), self.sitting_id)
        )


class PracticeMore(_OfRun, template=rf"tw:practice:more:{_SITTING}"):
    """Begins another run like one that is over, in its place."""

    verb, label = "more", "Another run"

    async def pressed(self, interaction: Interaction) -> None:
        await begun(
            interaction, await services_of(interaction).practising.more(learner_of(interaction), self.sitting_id)
        )


async def begun(interaction: Interaction, sitting: Sitting, note: str | None = None) -> None:
    """Show the first question of a run in place of the message that was used, or privately after a command."""
    services = services_of(interaction)
    step = await services.sittings.step(learner_of(interaction), sitting.id)
    await turn(interaction, run_layout(services, step, note=note))


def run_layout(services: Services, step: Step, *, note: str | None = None) -> ui.LayoutView:
    """Lay out where a run goes on: its next question, or how it went; a note stands above."""
    sitting, entry = step.sitting, step.entry
    bank, notes = _bank(services, sitting), [f"-# {note}"] if note else []
    if entry is None:
        return card([*notes, *practice_result(bank, sitting, step.left_out)], buttons=_after(bank, sitting))
    menu = PracticeChoice(sitting.id, entry.number, options_of(entry.posed), most=most_of(entry.posed))
    texts = drill_question(bank, entry.posed, name=place(sitting, entry))
    return card([*notes, *texts], buttons=[PracticeEnd(sitting.id)], menu=menu)


def _feedback(services: Services, sitting: Sitting, entry: Entry) -> ui.LayoutView:
    bank, posed = _bank(services, sitting), entry.posed
    texts = drill_feedback(bank, posed, entry.choice or "", entry.mark, bank.traps, name=place(sitting, entry))
    more = sitting.open and following(sitting, entry.number) is not None
    buttons: list[ui.Item[Any]] = [
        PracticeNext(sitting.id, entry.number, "Next" if more else "How it went"),
        LessonLink(bank.id, posed.item.lesson),
    ]
    if more:
        buttons.append(PracticeEnd(sitting.id))
    return card(texts, buttons=buttons)


def _after(bank: Bank, sitting: Sitting) -> list[ui.Item[Any]]:
    missed = len(sitting.missed)
    again = [PracticeAgain(sitting.id, f"Again, only what I missed ({missed})")] if missed else []
    traps = [trap_link(bank.id, bank.traps[trap]) for trap, _ in caught_by(bank, sitting)]
    return [*again, PracticeMore(sitting.id, f"Another {plural(sitting.wish.count, 'question')}"), *traps]


def _bank(services: Services, sitting: Sitting) -> Bank:
    if not services.library.has(sitting.bank):
        raise SittingGone
    return services.library.bank(sitting.bank)


OF_PRACTICE = (PracticeChoice, PracticeNext, PracticeEnd, PracticeAgain, PracticeMore)
