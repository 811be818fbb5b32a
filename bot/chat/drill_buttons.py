"""Drills in Discord: buttons that ask for one, its private question with a select, and feedback in its place.

Everything a drill needs is in custom ids, so that it can be answered after a restart.
"""

import asyncio
from collections.abc import Sequence
from enum import StrEnum
from typing import Self, assert_never

import discord
from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.choosing import options_of
from bot.chat.layouts import card
from bot.chat.leads import MOST_TRAPS, to_lesson, to_traps
from bot.chat.learners import learner_of
from bot.chat.lesson_buttons import LessonLink
from bot.chat.render.blocks import Picture
from bot.chat.render.case import case_feedback, case_question
from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.lessons import CHAIN
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import services_of
from bot.chat.trap_links import trap_link
from bot.domain.errors import ForeignPost
from bot.domain.trap import Trap
from bot.services import drills
from bot.services.drills import Outcome, Posing

_DIGITS = 18


class Kind(StrEnum):
    """What a drill is asked for by; the value is its word in the custom id."""

    TRAP = "trap"
    SIMILAR = "like"
    ITEM = "item"
    ANOTHER = "next"


class Drill(
    TrapwiseButton,
    template=r"tw:drill:(?P<kind>trap|like|item|next):(?P<first>[a-z0-9-]+)(?::(?P<second>[a-z0-9.-]+))?",
):
    """Poses a drill privately; `for_trap`, `for_similar`, `of_item` and `another` make the button."""

    def __init__(self, kind: Kind, first: str, second: str = "", *, label: str = "Practise") -> None:
        ids = f"{first}:{second}" if second else first
        super().__init__(f"tw:drill:{kind}:{ids}", label, emoji="🎯")
        self.kind, self.first, self.second = kind, first, second

    @classmethod
    def for_trap(cls, bank_id: str, trap_id: str, *, label: str = "Practise it") -> Self:
        """Make the button below a trap: an item with a distractor of it."""
        return cls(Kind.TRAP, bank_id, trap_id, label=label)

    @classmethod
    def for_similar(cls, round_id: int, *, label: str = "Try a similar one") -> Self:
        """Make the button below a reveal: an item on the trap that whoever presses fell for, else one like it."""
        return cls(Kind.SIMILAR, str(round_id), label=label)

    @classmethod
    def of_item(cls, bank_id: str, item_id: str, *, label: str = "Try it now") -> Self:
        """Make a button for just this item."""
        return cls(Kind.ITEM, bank_id, item_id, label=label)

    @classmethod
    def another(cls, bank_id: str, item_id: str, *, label: str = "Another one") -> Self:
        """Make the button below a drill's feedback: an item like this one, in its place."""
        return cls(Kind.ANOTHER, bank_id, item_id, label=label)

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(Kind(parts["kind"]), parts["first"], parts["second"] or "")

    async def pressed(self, interaction: Interaction) -> None:
        layout = drill_layout(await self._drill(interaction))
        if self.kind is Kind.ANOTHER:
            await turn(interaction, layout)
        else:
            await show(interaction, layout)

    async def _drill(self, interaction: Interaction) -> drills.Drill:
        if not self._names_something():
            raise ForeignPost
        offered, learner = services_of(interaction).drills, learner_of(interaction)
        match self.kind:
            case Kind.TRAP:
                return await offered.for_trap(learner, self.first, self.second)
            case Kind.SIMILAR:
                return await offered.for_similar(learner, int(self.first))
            case Kind.ITEM:
                return await offered.of_item(learner, self.first, self.second)
            case Kind.ANOTHER:
                return await offered.another(learner, self.first, self.second)
            case _:
                assert_never(self.kind)

    def _names_something(self) -> bool:
        """Tell whether the ids are those of a round, or of something in a bank, as every button's are that was made."""
        if self.kind is Kind.SIMILAR:
            return self.first.isdecimal() and len(self.first) <= _DIGITS
        return bool(self.second)


class DrillChoice(
    TrapwiseMenu,
    template=r"tw:pick:(?P<bank>[a-z0-9-]+):(?P<item>[a-z0-9.-]+):(?P<seed>[a-z0-9]{5}):(?P<print>[a-z0-9]{4})",
):
    """Takes the answer to a drill, and shows the feedback in place of the question."""

    def __init__(self, posing: Posing, options: Sequence[discord.SelectOption] = (), *, most: int = 1) -> None:
        custom_id = f"tw:pick:{posing.bank_id}:{posing.item_id}:{posing.seed}:{posing.fingerprint}"
        super().__init__(custom_id, options, most=most, placeholder="Your answer …")
        self.posing = posing

    @classmethod
    def of(cls, drill: drills.Drill) -> Self:
        """Make the menu of a drill: one option to choose, or several for a multi-select item."""
        return cls(drill.posing, options_of(drill.posed), most=drill.posed.most)

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(Posing(bank_id=parts["bank"], item_id=parts["item"], seed=parts["seed"], fingerprint=parts["print"]))

    async def pressed(self, interaction: Interaction) -> None:
        outcome = await services_of(interaction).drills.grade(learner_of(interaction), self.posing, self.chosen)
        layout, pictures = await _feedback(outcome)
        await turn(interaction, layout, pictures=pictures)


def drill_layout(drill: drills.Drill) -> ui.LayoutView:
    """Lay out a drill's question with its menu."""
    texts = (drill_question if drill.diagnosis is None else case_question)(drill.bank, drill.posed)
    return card(texts, buttons=[DrillChoice.of(drill)])


async def _feedback(outcome: Outcome) -> tuple[ui.LayoutView, list[Picture]]:
    drill = outcome.drill
    bank, posed, diagnosis = drill.bank, drill.posed, drill.diagnosis
    another = Drill.another(bank.id, posed.item.id)
    if diagnosis is None:
        texts = drill_feedback(bank, posed, outcome.choice, outcome.mark, bank.traps)
        lesson, links = to_lesson(bank, posed, outcome.choice), to_traps(bank, posed, outcome.choice)
        return card(texts, buttons=[another, lesson], links=links), []
    # Beside everybody's answers: a drawing takes a while, the first one longest.
    blocks = await asyncio.to_thread(case_feedback, bank, posed, diagnosis, outcome.choice, outcome.mark)
    buttons = [another, LessonLink(bank.id, posed.item.lesson, CHAIN)]
    links = to_traps(bank, posed, outcome.choice) or [trap_link(bank.id, trap) for trap in _overlooked(outcome)]
    return card(blocks, buttons=buttons, links=links), [each for each in blocks if isinstance(each, Picture)]


def _overlooked(outcome: Outcome) -> list[Trap]:
    """List the traps of whoever takes the broken links of a case for sound."""
    drill = outcome.drill
    named = dict.fromkeys(flaw.trap for flaw in drill.diagnosis.flaws) if drill.diagnosis is not None else ()
    return [drill.bank.traps[each] for each in named if each is not None and each in drill.bank.traps][:MOST_TRAPS]


OF_DRILLS = (Drill, DrillChoice)
