"""Spaced review in Discord: each question with its menu, how sure one is, the feedback, and how it went.

Custom ids carry a run, an item's number in it and what is picked; everything else is in the tables.
"""

from enum import StrEnum
from typing import Any, Self

from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.choosing import options_of
from bot.chat.layouts import card
from bot.chat.leads import to_lesson, to_traps
from bot.chat.learners import learner_of
from bot.chat.render.review import (
    nothing_due,
    review_begins,
    review_feedback,
    review_question,
    review_result,
    traps_of_leeches,
)
from bot.chat.replies import Interaction, turn
from bot.chat.runs import ENTRY, SITTING, OfEntry, OfRun, bank_of, links_to_traps
from bot.chat.services import services_of
from bot.chat.trap_links import trap_link
from bot.domain.errors import ItemBusy, SittingGone
from bot.domain.sitting import Entry, Mode, Sitting, following
from bot.services.reviewing import Deck
from bot.services.sittings import Step

QUESTIONS = 20
"""How many cards a review has unless one says otherwise."""

_LINKS = 3


class Sureness(StrEnum):
    """How sure one is of an answer, in the word of the custom id."""

    SURE = "sure"
    FAIRLY = "fairly"
    GUESSED = "guessed"

    @property
    def sure(self) -> bool | None:
        """It as it is stored."""
        return {Sureness.SURE: True, Sureness.GUESSED: False}.get(self)


_LABELS = {Sureness.SURE: "Sure", Sureness.FAIRLY: "Fairly sure", Sureness.GUESSED: "Guessed"}


class ReviewChoice(TrapwiseMenu, template=rf"tw:review:pick:{ENTRY}:[A-J]{{0,10}}"):
    """Takes the choice for a question, and asks how sure one is of it; until that is said it may change.

    The last part of its id is what is picked, so that it is another menu after each change.
    """

    def __init__(self, sitting_id: int, entry: Entry | int, picked: str = "") -> None:
        self.sitting_id = sitting_id
        self.number = entry if isinstance(entry, int) else entry.number
        custom_id = f"tw:review:pick:{sitting_id}:{self.number}:{picked}"
        if isinstance(entry, int):
            super().__init__(custom_id)
            return
        options = options_of(entry.posed, picked)
        super().__init__(custom_id, options, most=entry.posed.most, placeholder="Your answer …")

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]))

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        sitting = await services.sittings.find(learner_of(interaction), self.sitting_id)
        entry = sitting.entry(self.number)
        if entry is None or not entry.posed.offers(self.chosen):
            raise SittingGone
        if not sitting.open or entry.answered:
            await _go_on(interaction, self.sitting_id, self.number - 1)
        else:
            await turn(interaction, _question(interaction, sitting, entry, "".join(sorted(self.chosen))))


class ReviewAnswer(
    TrapwiseButton, template=rf"tw:review:answer:{ENTRY}:(?P<how>sure|fairly|guessed):(?P<letters>[A-J]{{1,10}})"
):
    """Gives an answer with how sure one is of it, and shows the feedback."""

    def __init__(self, sitting_id: int, number: int, how: Sureness, letters: str) -> None:
        super().__init__(f"tw:review:answer:{sitting_id}:{number}:{how}:{letters}", _LABELS[how])
        self.sitting_id, self.number, self.how, self.letters = sitting_id, number, how, letters

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]), Sureness(parts["how"]), parts["letters"])

    async def pressed(self, interaction: Interaction) -> None:
        sittings, learner = services_of(interaction).sittings, learner_of(interaction)
        try:
            sitting = await sittings.answer(learner, self.sitting_id, self.number, self.letters, sure=self.how.sure)
        except ItemBusy as busy:
            await _go_on(interaction, self.sitting_id, self.number, note=str(busy))
            return
        entry = sitting.entries[self.number - 1]
        if entry.answered:
            await turn(interaction, await _feedback(interaction, sitting, entry))
        else:  # its time was up
            await _go_on(interaction, self.sitting_id, self.number)


class ReviewNext(OfEntry, template=rf"tw:review:next:{ENTRY}"):
    """Goes on to the next question of a review, or to how it went."""

    part = "review:next"

    async def pressed(self, interaction: Interaction) -> None:
        await _go_on(interaction, self.sitting_id, self.number)


class ReviewEnd(OfRun, template=rf"tw:review:end:{SITTING}"):
    """Ends a review before its last question."""

    part, says = "review:end", "End here"

    async def pressed(self, interaction: Interaction) -> None:
        sitting = await services_of(interaction).sittings.finish(learner_of(interaction), self.sitting_id)
        await turn(interaction, await _result(interaction, Step(sitting=sitting, entry=None, left_out=0)))


class ReviewMore(OfRun, template=rf"tw:review:more:{SITTING}"):
    """Begins another review of what is still due, in place of how one went."""

    part, says = "review:more", "Go on"

    async def pressed(self, interaction: Interaction) -> None:
        before = await services_of(interaction).sittings.find(learner_of(interaction), self.sitting_id)
        await begin_review(interaction, bank_of(services_of(interaction), before, Mode.REVIEW).id, before.wish.count)


async def begin_review(interaction: Interaction, bank_id: str | None, count: int, note: str = "") -> None:
    """Begin a review of what is due of a bank, or say when something will be; a note stands above."""
    services, learner = services_of(interaction), learner_of(interaction)
    deck = await services.reviewing.deck(learner, bank_id)
    if not deck.due:
        await turn(interaction, card(nothing_due(deck), buttons=_links(deck)))
        return
    sitting = await services.reviewing.begin(learner, deck, count=count)
    await _go_on(interaction, sitting.id, note=f"{note} {review_begins(deck, count)}".strip())


async def resume_review(interaction: Interaction, sitting: Sitting) -> None:
    """Go on with a review that is open."""
    await _go_on(interaction, sitting.id, note="Going on where you stopped.")


async def _go_on(interaction: Interaction, sitting_id: int, after: int = 0, note: str = "") -> None:
    step = await services_of(interaction).sittings.step(learner_of(interaction), sitting_id, after)
    if step.entry is None:
        await turn(interaction, await _result(interaction, step, note))
    else:
        await turn(interaction, _question(interaction, step.sitting, step.entry, note=note))


def _question(
    interaction: Interaction, sitting: Sitting, entry: Entry, choice: str = "", note: str = ""
) -> ui.LayoutView:
    bank = bank_of(services_of(interaction), sitting, Mode.REVIEW)
    texts = [*([f"-# {note}"] if note else []), *review_question(bank, sitting, entry, choice)]
    ways = [ReviewAnswer(sitting.id, entry.number, how, choice) for how in Sureness] if choice else []
    return card(texts, buttons=[*ways, ReviewEnd(sitting.id)], menus=[ReviewChoice(sitting.id, entry, choice)])


async def _feedback(interaction: Interaction, sitting: Sitting, entry: Entry) -> ui.LayoutView:
    services = services_of(interaction)
    bank = bank_of(services, sitting, Mode.REVIEW)
    kept = await services.reviewing.card(learner_of(interaction), bank.id, entry.posed.item.id)
    more = sitting.open and following(sitting, entry.number) is not None
    buttons: list[ui.Item[Any]] = [
        ReviewNext(sitting.id, entry.number, "Next" if more else "How it went"),
        to_lesson(bank, entry.posed, entry.choice or ""),
        *([ReviewEnd(sitting.id)] if more else []),
    ]
    links = to_traps(bank, entry.posed, entry.choice or "")
    return card(review_feedback(bank, sitting, entry, kept), buttons=buttons, links=links)


async def _result(interaction: Interaction, step: Step, note: str = "") -> ui.LayoutView:
    services, sitting = services_of(interaction), step.sitting
    bank = bank_of(services, sitting, Mode.REVIEW)
    deck = await services.reviewing.deck(learner_of(interaction), bank.id)
    texts = [*([f"-# {note}"] if note else []), *review_result(sitting, deck, step.left_out)]
    more = [ReviewMore(sitting.id, f"Go on ({len(deck.due)} due)")] if deck.due else []
    caught = links_to_traps(bank, sitting)
    return card(texts, buttons=[*more, *(caught or _links(deck))])


def _links(deck: Deck) -> list[ui.Item[Any]]:
    return [trap_link(deck.bank.id, deck.bank.traps[trap]) for trap in traps_of_leeches(deck)[:_LINKS]]


OF_REVIEWS = (ReviewChoice, ReviewAnswer, ReviewNext, ReviewEnd, ReviewMore)
