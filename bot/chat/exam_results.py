"""Mock exams that are over: their result, what was missed page by page, and the history; nothing of an open one."""

from collections.abc import Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseMenu
from bot.chat.drill_buttons import Drill
from bot.chat.layouts import card
from bot.chat.leads import to_lesson, to_traps
from bot.chat.learners import learner_of
from bot.chat.render.exam import exam_brief, exam_missed, exam_record, exam_result, weakest
from bot.chat.render.text import cut
from bot.chat.replies import Interaction, turn
from bot.chat.runs import ENTRY, SITTING, OfEntry, OfRun, number_in
from bot.chat.services import services_of
from bot.chat.trap_links import LABEL, trap_link
from bot.domain.related import items_on
from bot.domain.trap import Trap
from bot.services.examining import Outcome, Record

OVER = "-# The exam was over already: what you just did changes nothing."


class ExamResult(OfRun, template=rf"tw:exam:result:{SITTING}"):
    """Shows the result of an exam in place of what it led to."""

    part, says = "exam:result", "Result"

    async def pressed(self, interaction: Interaction) -> None:
        examining = services_of(interaction).examining
        await turn(interaction, result_layout(await examining.outcome(learner_of(interaction), self.sitting_id)))


class ExamMissed(OfEntry, template=rf"tw:exam:missed:{ENTRY}"):
    """Shows why the answer to a question was not right, or to the next that was not; the result if there is none."""

    part = "exam:missed"

    async def pressed(self, interaction: Interaction) -> None:
        examining = services_of(interaction).examining
        outcome = await examining.outcome(learner_of(interaction), self.sitting_id)
        place = next((at for at, entry in enumerate(outcome.missed) if entry.number >= self.number), None)
        await turn(interaction, result_layout(outcome) if place is None else _missed_layout(outcome, place))


class ExamRecord(OfRun, template=rf"tw:exam:record:{SITTING}"):
    """Shows a member's exams; it carries the one that it leads away from."""

    part, says = "exam:record", "All my exams"

    async def pressed(self, interaction: Interaction) -> None:
        record = await services_of(interaction).examining.record(learner_of(interaction))
        await turn(interaction, record_layout(record, self.sitting_id))


class ExamPast(TrapwiseMenu, template=r"tw:exam:past:(?P<after>\d{1,18})"):
    """Opens the result of an earlier exam; its id has the one opened last, so that it is another menu after each."""

    def __init__(self, after: int, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(f"tw:exam:past:{after}", options, placeholder="Open a result …")

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["after"]))

    async def pressed(self, interaction: Interaction) -> None:
        examining = services_of(interaction).examining
        await turn(interaction, result_layout(await examining.outcome(learner_of(interaction), number_in(self))))


def result_layout(outcome: Outcome, note: str | None = None) -> ui.LayoutView:
    """Lay out what an exam came to, with ways to its mistakes and to practise; a note stands above."""
    sitting_id, bank, missed = outcome.sitting.id, outcome.bank, outcome.missed
    first = [ExamMissed(sitting_id, missed[0].number, f"What I missed ({len(missed)})")] if missed else []
    texts = [*([note] if note else []), *exam_result(outcome)]
    traps = [bank.traps[trap] for trap, _ in weakest(outcome)]
    cards = [trap_link(bank.id, trap) for trap in traps]
    layout = card(texts, buttons=[*first, ExamRecord(sitting_id)], links=cards)
    drills = [
        Drill.for_trap(bank.id, trap.id, label=cut(trap.name, LABEL)) for trap in traps if _has_another(outcome, trap)
    ]
    if drills:
        layout.add_item(ui.ActionRow(*drills))
    return layout


def record_layout(record: Record, after: int = 0) -> ui.LayoutView:
    """Lay out a member's exams with a menu to open one; `after` is the one opened last."""
    options = [
        discord.SelectOption(label=f"{place}. {exam_brief(outcome)}", value=str(outcome.sitting.id))
        for place, outcome in enumerate(record.outcomes, start=1)
    ]
    return card(exam_record(record), menus=[ExamPast(after, options)] if options else [])


def _has_another(outcome: Outcome, trap: Trap) -> bool:
    """Tell whether a trap has more to practise than one question that was in the exam."""
    found = items_on(outcome.bank, trap.id)
    return len(found) > 1 or any(item.id not in outcome.asked for item in found)


def _missed_layout(outcome: Outcome, place: int) -> ui.LayoutView:
    sitting_id, missed = outcome.sitting.id, outcome.missed
    buttons: list[ui.Item[Any]] = []
    if place > 0:
        buttons.append(ExamMissed(sitting_id, missed[place - 1].number, "◀ Back"))
    if place + 1 < len(missed):
        buttons.append(ExamMissed(sitting_id, missed[place + 1].number, "Next ▶"))
    entry = missed[place]
    choice = entry.choice or ""
    buttons += [ExamResult(sitting_id), to_lesson(outcome.bank, entry.posed, choice)]
    return card(exam_missed(outcome, entry), buttons=buttons, links=to_traps(outcome.bank, entry.posed, choice))


OF_RESULTS = (ExamResult, ExamMissed, ExamRecord, ExamPast)
