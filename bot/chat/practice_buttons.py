"""Practice runs in Discord: each question with its menu, the feedback in its place, and how the run went.

Custom ids carry a run and an item's number in it; everything else is in the tables, so a restart is nothing.
"""

from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseMenu
from bot.chat.choosing import options_of
from bot.chat.layouts import card
from bot.chat.leads import to_lesson, to_traps
from bot.chat.learners import learner_of
from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.practice import NAME, practice_result
from bot.chat.render.runs import place
from bot.chat.render.text import plural
from bot.chat.replies import Interaction, turn
from bot.chat.runs import ENTRY, SITTING, OfEntry, OfRun, bank_of, links_to_traps
from bot.chat.services import Services, services_of
from bot.domain.bank import Bank
from bot.domain.errors import ItemBusy
from bot.domain.sitting import Entry, Mode, Sitting, following
from bot.services.sittings import Step


class PracticeChoice(TrapwiseMenu, template=rf"tw:practice:pick:{ENTRY}"):
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


class PracticeNext(OfEntry, template=rf"tw:practice:next:{ENTRY}"):
    """Goes on to the next question of a run, or to how it went."""

    part = "practice:next"

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        step = await services.sittings.step(learner_of(interaction), self.sitting_id, self.number)
        await turn(interaction, run_layout(services, step))


class PracticeEnd(OfRun, template=rf"tw:practice:end:{SITTING}"):
    """Ends a run before its last question."""

    part, says = "practice:end", "End here"

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        sitting = await services.sittings.finish(learner_of(interaction), self.sitting_id)
        await turn(interaction, run_layout(services, Step(sitting=sitting, entry=None, left_out=0)))


class PracticeAgain(OfRun, template=rf"tw:practice:again:{SITTING}"):
    """Begins a run of what was missed in another, in its place."""

    part, says = "practice:again", "Again, only what I missed"

    async def pressed(self, interaction: Interaction) -> None:
        await begun(
            interaction, await services_of(interaction).practising.again(learner_of(interaction), self.sitting_id)
        )


class PracticeMore(OfRun, template=rf"tw:practice:more:{SITTING}"):
    """Begins another run like one that is over, in its place."""

    part, says = "practice:more", "Another run"

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
    bank, notes = bank_of(services, sitting, Mode.PRACTICE), [f"-# {note}"] if note else []
    if entry is None:
        return card([*notes, *practice_result(bank, sitting, step.left_out)], buttons=_after(bank, sitting))
    menu = PracticeChoice(sitting.id, entry.number, options_of(entry.posed), most=entry.posed.most)
    texts = drill_question(bank, entry.posed, name=place(NAME, sitting, entry))
    return card([*notes, *texts], buttons=[PracticeEnd(sitting.id)], menus=[menu])


def _feedback(services: Services, sitting: Sitting, entry: Entry) -> ui.LayoutView:
    bank, posed = bank_of(services, sitting, Mode.PRACTICE), entry.posed
    texts = drill_feedback(bank, posed, entry.choice or "", entry.mark, bank.traps, name=place(NAME, sitting, entry))
    more = sitting.open and following(sitting, entry.number) is not None
    buttons: list[ui.Item[Any]] = [
        PracticeNext(sitting.id, entry.number, "Next" if more else "How it went"),
        to_lesson(bank, posed, entry.choice or ""),
    ]
    if more:
        buttons.append(PracticeEnd(sitting.id))
    return card(texts, buttons=buttons, links=to_traps(bank, posed, entry.choice or ""))


def _after(bank: Bank, sitting: Sitting) -> list[ui.Item[Any]]:
    missed = len(sitting.missed)
    again = [PracticeAgain(sitting.id, f"Again, only what I missed ({missed})")] if missed else []
    more = PracticeMore(sitting.id, f"Another {plural(sitting.wish.count, 'question')}")
    return [*again, more, *links_to_traps(bank, sitting)]


OF_PRACTICE = (PracticeChoice, PracticeNext, PracticeEnd, PracticeAgain, PracticeMore)
