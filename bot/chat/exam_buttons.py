"""Mock exams in Discord: a page for each question, an overview, and handing in.

Custom ids carry an exam and a question's number in it; everything else is in the tables, so a restart is nothing, and
whatever is pressed after the exam is over shows its result.
"""

from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.choosing import options_of
from bot.chat.exam_results import OF_RESULTS, OVER, result_layout
from bot.chat.layouts import card
from bot.chat.learners import learner_of
from bot.chat.render.exam import exam_begun, exam_handing_in, exam_overview, exam_question
from bot.chat.render.text import cut
from bot.chat.replies import Interaction, turn
from bot.chat.runs import ENTRY, SITTING, OfRun, number_in
from bot.chat.services import services_of
from bot.domain.errors import SittingGone
from bot.domain.sitting import Entry, Sitting, following
from bot.services.examining import Exam

_OPTIONS = 25
"""Discord takes so many options in one menu."""

_LABEL = 100


class ExamChoice(TrapwiseMenu, template=rf"tw:exam:pick:{ENTRY}:[A-J]{{0,10}}"):
    """Takes the answer to a question.

    The last part of its id is the answer that stands, so that it is another menu after each change.
    """

    def __init__(self, sitting_id: int, entry: Entry | int) -> None:
        if isinstance(entry, int):
            super().__init__(f"tw:exam:pick:{sitting_id}:{entry}:")
            self.number = entry
        else:
            picked = entry.choice or ""
            super().__init__(
                f"tw:exam:pick:{sitting_id}:{entry.number}:{picked}",
                options_of(entry.posed, picked),
                most=entry.posed.most,
                placeholder="Your answer …",
            )
            self.number = entry.number
        self.sitting_id = sitting_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        examining, letters = services_of(interaction).examining, set(self.chosen)
        exam = await examining.answer(learner_of(interaction), self.sitting_id, self.number, letters)
        await _show(interaction, exam, self.number)


class ExamFlag(TrapwiseButton, template=rf"tw:exam:flag:{ENTRY}:(?P<flag>on|off)"):
    """Marks a question to be looked at again, or takes the mark off."""

    def __init__(self, sitting_id: int, number: int, *, flag: bool) -> None:
        custom_id = f"tw:exam:flag:{sitting_id}:{number}:{'on' if flag else 'off'}"
        super().__init__(custom_id, "Flag" if flag else "Take the flag off", emoji="🚩")
        self.sitting_id, self.number, self.flag = sitting_id, number, flag

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]), flag=parts["flag"] == "on")

    async def pressed(self, interaction: Interaction) -> None:
        examining = services_of(interaction).examining
        exam = await examining.flag(learner_of(interaction), self.sitting_id, self.number, flag=self.flag)
        await _show(interaction, exam, self.number)


class ExamItem(TrapwiseButton, template=rf"tw:exam:item:(?P<way>[a-z]+):{ENTRY}"):
    """Goes to a question; `way` keeps two ways to the same one apart, which Discord does not take twice."""

    def __init__(self, way: str, sitting_id: int, number: int, label: str = "Go on") -> None:
        super().__init__(f"tw:exam:item:{way}:{sitting_id}:{number}", label)
        self.sitting_id, self.number = sitting_id, number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["way"], int(parts["sitting"]), int(parts["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        exam = await services_of(interaction).examining.find(learner_of(interaction), self.sitting_id)
        await _show(interaction, exam, self.number)


class ExamGoTo(TrapwiseMenu, template=rf"tw:exam:goto:{SITTING}:(?P<first>\d{{1,3}}):(?P<shown>\d{{1,20}})"):
    """Goes to any of up to 25 questions; `shown` is another number each time, so that it is another menu."""

    def __init__(self, sitting_id: int, first: int, shown: int, options: Sequence[discord.SelectOption] = ()) -> None:
        custom_id = f"tw:exam:goto:{sitting_id}:{first}:{shown}"
        super().__init__(custom_id, options, placeholder=f"Go to question {first} to {first + len(options) - 1} …")
        self.sitting_id = sitting_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["first"]), int(parts["shown"]))

    async def pressed(self, interaction: Interaction) -> None:
        exam = await services_of(interaction).examining.find(learner_of(interaction), self.sitting_id)
        await _show(interaction, exam, number_in(self))


class ExamOverview(OfRun, template=rf"tw:exam:all:{SITTING}"):
    """Shows what is answered, flagged and open."""

    part, says = "exam:all", "Overview"

    async def pressed(self, interaction: Interaction) -> None:
        exam = await services_of(interaction).examining.find(learner_of(interaction), self.sitting_id)
        await show_exam(interaction, exam)


class ExamHandIn(TrapwiseButton, template=rf"tw:exam:hand:{SITTING}:(?P<how>ask|now)"):
    """Hands an exam in; first it asks, where something is unanswered or flagged."""

    def __init__(self, sitting_id: int, *, now: bool = False) -> None:
        super().__init__(
            f"tw:exam:hand:{sitting_id}:{'now' if now else 'ask'}",
            "Hand in all the same" if now else "Hand in",
            style=discord.ButtonStyle.danger if now else discord.ButtonStyle.primary,
        )
        self.sitting_id, self.now = sitting_id, now

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), now=parts["how"] == "now")

    async def pressed(self, interaction: Interaction) -> None:
        examining, learner = services_of(interaction).examining, learner_of(interaction)
        exam = await examining.find(learner, self.sitting_id)
        sitting = exam.sitting
        if sitting.open and not self.now and (sitting.unanswered or _flagged(sitting)):
            buttons = [ExamHandIn(sitting.id, now=True), ExamOverview(sitting.id, "Not yet")]
            await turn(interaction, card(exam_handing_in(sitting), buttons=buttons))
            return
        await show_exam(interaction, await examining.hand_in(learner, self.sitting_id))


async def show_exam(interaction: Interaction, exam: Exam, note: str | None = None) -> None:
    """Show where a learner is in an exam: how it begins, the overview of an open one, or its result; a note above."""
    if not exam.sitting.open:
        await turn(interaction, result_layout(await services_of(interaction).examining.told(exam), note))
    elif exam.paper is not None:
        texts, sitting_id = exam_begun(exam, exam.paper), exam.sitting.id
        await turn(interaction, card(texts, buttons=[ExamItem("go", sitting_id, 1, "First question")]))
    else:
        await turn(interaction, _overview_layout(exam, note, interaction.id))


async def _show(interaction: Interaction, exam: Exam, number: int) -> None:
    """Show a question of an open exam; of one that is over the result."""
    entry = exam.sitting.entry(number)
    if entry is None:
        raise SittingGone
    if exam.sitting.open:
        await turn(interaction, _item_layout(exam.sitting, entry))
    else:
        await show_exam(interaction, exam, OVER)


def _item_layout(sitting: Sitting, entry: Entry) -> ui.LayoutView:
    number, last = entry.number, len(sitting.entries)
    buttons: list[ui.Item[Any]] = []
    if number > 1:
        buttons.append(ExamItem("back", sitting.id, number - 1, "◀ Back"))
    if number < last:
        buttons.append(ExamItem("next", sitting.id, number + 1, "Next ▶"))
    buttons += [ExamFlag(sitting.id, number, flag=not entry.flagged), ExamOverview(sitting.id)]
    return card(exam_question(sitting, entry), buttons=buttons, menus=[ExamChoice(sitting.id, entry)])


def _overview_layout(exam: Exam, note: str | None, shown: int) -> ui.LayoutView:
    sitting = exam.sitting
    first, flagged = following(sitting, 0) or sitting.entries[0], _flagged(sitting)
    buttons: list[ui.Item[Any]] = [ExamItem("go", sitting.id, first.number, f"Go on with question {first.number}")]
    if flagged:
        buttons.append(ExamItem("flagged", sitting.id, flagged[0].number, f"Flagged: question {flagged[0].number}"))
    buttons.append(ExamHandIn(sitting.id))
    menus = [
        ExamGoTo(sitting.id, at + 1, shown, [_option(entry) for entry in sitting.entries[at : at + _OPTIONS]])
        for at in range(0, len(sitting.entries), _OPTIONS)
    ]
    return card([*([note] if note else []), *exam_overview(exam)], buttons=buttons, menus=menus)


def _option(entry: Entry) -> discord.SelectOption:
    state = f"answered {', '.join(entry.choice)}" if entry.choice else "no answer yet"
    return discord.SelectOption(
        label=f"{entry.number}: {state}{' 🚩' if entry.flagged else ''}",
        value=str(entry.number),
        description=cut(" ".join(entry.posed.item.stem.split()), _LABEL),
    )


def _flagged(sitting: Sitting) -> list[Entry]:
    return [entry for entry in sitting.entries if entry.flagged]


OF_EXAMS = (ExamChoice, ExamFlag, ExamItem, ExamGoTo, ExamOverview, ExamHandIn, *OF_RESULTS)
