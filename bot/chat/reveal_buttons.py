"""The buttons under a reveal: one's own answer explained, the lesson, a similar item, and reporting the item."""

from collections.abc import Mapping
from typing import Any

import discord
from discord import ui

from bot.chat.buttons import RoundButton, TrapwiseButton
from bot.chat.drill_buttons import Drill
from bot.chat.layouts import REVEALED, card
from bot.chat.lesson_buttons import find_lesson, open_lesson
from bot.chat.render.explaining import own_explained
from bot.chat.render.lessons import CHAIN, page_about
from bot.chat.render.marking import own_answer
from bot.chat.replies import Interaction, reply, show
from bot.chat.report_buttons import Report
from bot.chat.services import services_of
from bot.chat.trap_links import trap_link
from bot.domain.errors import ForeignPost
from bot.domain.rounds import OVER, Round, RoundState
from bot.domain.scenarios.case import seed_of
from bot.domain.tally import slips
from bot.domain.trap import Trap
from bot.services.recalling import OwnAnswer

_CARDS = 5
"""Links in a row."""


class Explain(RoundButton, word="why"):
    """Explains privately the answer of whoever presses it, and leads on from there."""

    label = "Why was mine wrong?"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        assert interaction.message is not None
        own = await _own(interaction, self.round_id)
        asked = own.round
        # A reveal that was sent just now is not known to the ledger yet.
        if asked.reveal_id not in (None, interaction.message.id):
            raise ForeignPost
        if asked.state is RoundState.VOID:
            await reply(interaction, own_answer(own))
            return
        traps = services_of(interaction).library.traps_of(asked.bank, asked.posed.item)
        layout = card(own_explained(own, traps), accent=REVEALED, buttons=_ways_on(own), links=_cards(own, traps))
        await show(interaction, layout)


class RoundLesson(RoundButton, word="learn"):
    """Opens the lesson of a round's item, at what whoever presses it fell for, else at what others fall for."""

    label = "Lesson"
    emoji = "📖"

    async def pressed(self, interaction: Interaction) -> None:
        own = await _own(interaction, self.round_id)
        posed = own.round.posed
        bank, lesson = find_lesson(interaction, own.round.bank, posed.item.lesson)
        page = CHAIN if seed_of(posed.item.id) is not None else page_about(bank, lesson, [*_fallen(own), *posed.traps])
        layout, pictures = await open_lesson(bank, lesson, page)
        await show(interaction, layout, pictures=pictures)


async def _own(interaction: Interaction, round_id: int) -> OwnAnswer:
    """Give what whoever presses answered to a round; raises `ForeignPost` of one whose key nobody may learn yet."""
    own = await services_of(interaction).recalling.own_here(round_id, interaction.guild_id, interaction.user.id)
    if own.round.state not in OVER:
        raise ForeignPost
    return own


def _fallen(own: OwnAnswer) -> list[str]:
    """List the traps that an answer fell for, in the order shown."""
    caught = slips(own.round.posed, own.answer) if own.answer is not None else ()
    return [trap for trap in own.round.posed.traps if trap in caught]


def _ways_on(own: OwnAnswer) -> list[ui.Item[Any]]:
    asked = own.round
    if own.answer is None or not own.answer.given:
        return [Drill.of_item(asked.bank, asked.posed.item.id)]
    return [Drill.for_similar(asked.id), RoundLesson(asked.id)]


def _cards(own: OwnAnswer, traps: Mapping[str, Trap]) -> list[ui.Item[Any]]:
    """Link the cards of the traps that were fallen for."""
    fallen = [traps[each] for each in _fallen(own) if each in traps]
    return [trap_link(own.round.bank, trap) for trap in fallen[:_CARDS]]


def under_reveal(asked: Round) -> list[TrapwiseButton]:
    """Make the buttons of a round's reveal."""
    return [Explain(asked.id), RoundLesson(asked.id), Drill.for_similar(asked.id), Report(asked.id)]


UNDER_REVEALS = (Explain, RoundLesson)
