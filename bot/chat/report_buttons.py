"""Reporting an item below a reveal, and the organisers' queue of what was reported.

The form is not kept in memory: `submitted` reads it by its custom id, so that it may be sent after a restart.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Self

import discord
from discord import ui

from bot.chat.buttons import NumberedButton, RoundButton, TrapwiseButton
from bot.chat.layouts import card
from bot.chat.organisers import guild_of
from bot.chat.render.reports import REASONS, complaint, counted, dismissed, received, voided, written
from bot.chat.replies import Interaction, ask, in_time, refuse, reply, turn
from bot.chat.services import Services, services_of
from bot.domain.errors import TooSlow
from bot.domain.report import MAX_NOTE, Reason
from bot.domain.rounds import RoundState
from bot.services.correcting import Corrected
from bot.services.ports import Refusal

_FORM = "tw:report:"
_NOTHING = "Nothing is reported just now: the queue is empty."


class Report(RoundButton, word="flaw"):
    """Asks what is wrong with a round's item; whoever said so already is shown what."""

    label, emoji = "Report this item", "🚩"

    async def pressed(self, interaction: Interaction) -> None:
        reporting = services_of(interaction).reporting
        known = await reporting.given(interaction.guild_id, self.round_id, interaction.user.id)
        if known is not None:
            await reply(interaction, received(known, new=False))
        elif interaction.response.is_done():
            # Discord takes a form only as the first answer, and a deferral was that.
            raise TooSlow
        else:
            await ask(interaction, _form(self.round_id))


async def submitted(interaction: Interaction) -> None:
    """Take the form of a report; any other interaction is left alone."""
    data: Mapping[str, Any] = interaction.data or {}
    custom_id = str(data.get("custom_id", ""))
    if interaction.type is not discord.InteractionType.modal_submit or not custom_id.startswith(_FORM):
        return
    try:
        async with in_time(interaction):
            given = dict(_given(data.get("components", ())))
            reporting = services_of(interaction).reporting
            taken = await reporting.report(
                interaction.guild_id,
                int(custom_id.removeprefix(_FORM)),
                interaction.user.id,
                Reason(given["reason"]),
                given.get("note", ""),
            )
            await reply(interaction, received(taken.report, new=taken.new))
        await reporting.tell(taken)
    except Exception as error:  # noqa: BLE001 - the guard that turns every error into a sentence
        await refuse(interaction, error)


class QueuePage(TrapwiseButton, template=r"tw:reports:(?P<page>\d{1,6})"):
    """Turns to an entry of the queue."""

    organisers = True

    def __init__(self, page: int, label: str = "Reports") -> None:
        super().__init__(f"tw:reports:{page}", label)
        self.page = page

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["page"]))

    async def pressed(self, interaction: Interaction) -> None:
        await turn(interaction, await queue_layout(services_of(interaction), guild_of(interaction), self.page))


class Dismiss(NumberedButton, word="dismiss"):
    """Leaves an item as it is, and shows what else waits."""

    label = "Dismiss"
    organisers = True

    async def pressed(self, interaction: Interaction) -> None:
        services, guild_id = services_of(interaction), guild_of(interaction)
        done = await services.reporting.dismiss(guild_id, self.number)
        undo = Reopen(done.first, done.last)
        await turn(interaction, await queue_layout(services, guild_id, 1, dismissed(done), undo=undo))


class Reopen(TrapwiseButton, template=r"tw:reopen:(?P<first>\d{1,18}):(?P<last>\d{1,18})"):
    """Undoes a dismissal, and shows what was dismissed."""

    organisers = True

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"tw:reopen:{first}:{last}", "Undo dismissal")
        self.first, self.last = first, last

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["first"]), int(parts["last"]))

    async def pressed(self, interaction: Interaction) -> None:
        services, guild_id = services_of(interaction), guild_of(interaction)
        page = await services.reporting.reopen(guild_id, first=self.first, last=self.last)
        await turn(interaction, await queue_layout(services, guild_id, page, "Back in the queue."))


class Void(RoundButton, word="void"):
    """Takes a round off the boards; counting it again is offered at once."""

    label, style = "Void the round", discord.ButtonStyle.danger
    organisers = True

    async def pressed(self, interaction: Interaction) -> None:
        done = await services_of(interaction).correcting.void(guild_of(interaction), self.round_id)
        await turn(interaction, voided_card(done))


class CountAgain(RoundButton, word="recount"):
    """Undoes voiding a round."""

    label = "Count it again"
    organisers = True

    async def pressed(self, interaction: Interaction) -> None:
        done = await services_of(interaction).correcting.count_again(guild_of(interaction), self.round_id)
        await turn(interaction, counted_card(done))


class WriteAgain(RoundButton, word="rewrite"):
    """Writes on a reveal what became of its round, when Discord did not take it the first time."""

    label = "Write it on the reveal"
    organisers = True

    async def pressed(self, interaction: Interaction) -> None:
        correcting = services_of(interaction).correcting
        await reply(interaction, written(await correcting.write_again(guild_of(interaction), self.round_id)))


def voided_card(done: Corrected, *notices: str) -> ui.LayoutView:
    """Lay out what taking a round off the boards did, below notices, with the way back."""
    return card([*notices, voided(done)], buttons=[CountAgain(done.round.id), *_unwritten(done), QueuePage(1)])


def counted_card(done: Corrected, *notices: str) -> ui.LayoutView:
    """Lay out what counting a round again did, below notices."""
    return card([*notices, counted(done)], buttons=[*_unwritten(done), QueuePage(1)])


def _unwritten(done: Corrected) -> list[TrapwiseButton]:
    """Offer to write the reveal again where trying again can help."""
    lost = done.unmarked in (None, Refusal.POST_GONE, Refusal.CHANNEL_GONE)
    return [] if lost else [WriteAgain(done.round.id)]


async def queue_layout(
    services: Services, guild_id: int, page: int, *notices: str, undo: Reopen | None = None
) -> ui.LayoutView:
    """Lay out an entry of a server's queue below notices, with what can be done about it and about what was done."""
    entry = await services.reporting.queue(guild_id, page)
    undone = [undo] if undo is not None else []
    if entry is None:
        return card([*notices, _NOTHING], buttons=undone)
    asked = entry.round
    buttons: list[ui.Item[Any]] = [Dismiss(entry.reports[0].id)]
    buttons.append(CountAgain(asked.id) if asked.state is RoundState.VOID else Void(asked.id))
    if entry.page > 1:
        buttons.append(QueuePage(entry.page - 1, "◀ Back"))
    if entry.page < entry.pages:
        buttons.append(QueuePage(entry.page + 1, "Next ▶"))
    return card([*notices, *complaint(entry)], buttons=[*buttons, *undone])


def _form(round_id: int) -> ui.Modal:
    reasons = [discord.SelectOption(label=text, value=reason) for reason, text in REASONS.items()]
    form = ui.Modal(title="Report this item", custom_id=f"{_FORM}{round_id}")
    form.add_item(ui.Label(text="What is wrong?", component=ui.Select(custom_id="reason", options=reasons)))
    note: ui.TextInput[ui.Modal] = ui.TextInput(
        custom_id="note", style=discord.TextStyle.paragraph, required=False, max_length=MAX_NOTE
    )
    form.add_item(
        ui.Label(text="Tell more, if you like", description="Organisers read it without your name.", component=note)
    )
    form.stop()
    return form


def _given(components: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield what was entered into each part of a form, by the part's custom id."""
    for each in components:
        part: Mapping[str, Any] = each.get("component", each)
        if "custom_id" in part:
            yield part["custom_id"], str(part["values"][0] if part.get("values") else part.get("value") or "")


OF_REPORTS = (Report, QueuePage, Dismiss, Reopen, Void, CountAgain, WriteAgain)
