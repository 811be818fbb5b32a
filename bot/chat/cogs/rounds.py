"""`/round`: asking now, closing early, what members reported, and taking a question off the boards."""

from collections.abc import Iterable

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.cogs.schedules import Count, suggest_schedules
from bot.chat.organisers import check_schedule, guild_of, notices_first, tell_organiser
from bot.chat.render.text import cut, plural
from bot.chat.replies import Interaction, show
from bot.chat.report_buttons import counted_card, queue_layout, submitted, voided_card
from bot.chat.services import Services
from bot.chat.understood import IN_VAIN
from bot.domain.errors import TrapwiseError, UnknownQuestion, UnknownRound
from bot.domain.reading import echo, read_duration
from bot.domain.rounds import Round, RoundState

_LABEL = 90
_SUGGESTED = 25
_DIGITS = 18
_NOTICES = 500
"""Characters of notices that an entry of the queue, and what a correction did, leave room for."""


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class RoundCog(
    commands.GroupCog, group_name="round", group_description="Ask a question now, close one early, see reports, correct"
):
    """Posts and closes questions out of turn, and shows what is wrong with them."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="Ask the next question of a schedule now")
    @app_commands.describe(
        schedule="Which schedule; the first one when left out",
        questions="How many, 1 to 5",
        open_for="How long they stay open, such as 30m; as the schedule says when left out",
    )
    async def post(
        self,
        interaction: Interaction,
        schedule: str | None = None,
        questions: Count = 1,
        open_for: str | None = None,
    ) -> None:
        length = read_duration(open_for) if open_for is not None else None
        check_schedule(interaction, await self._services.organising.find(guild_of(interaction), schedule))
        planned = await self._services.organising.post_now(
            guild_of(interaction), schedule, count=questions, open_for=length
        )
        await tell_organiser(
            interaction, f"{plural(len(planned), 'question')} on the way to <#{planned[0].channel_id}>."
        )

    @app_commands.command(description="Close an open question now and explain it")
    @app_commands.describe(question="Which question; the oldest open one when left out")
    async def close(self, interaction: Interaction, question: str | None = None) -> None:
        wanted = None if question is None else _number(question, UnknownRound())
        closed = await self._services.organising.close_now(guild_of(interaction), wanted)
        if await _is_gone(interaction, closed):
            told = f"The post of question {closed.id} is gone, so it is void: it counts for nobody."
        else:
            told = f"Closing question {closed.id}; its explanation follows in <#{closed.channel_id}>."
        await tell_organiser(interaction, told)

    @app_commands.command(description="What members reported: why, how the question did, and what you can do")
    async def reports(self, interaction: Interaction) -> None:
        notices = await notices_first(interaction, _NOTICES)
        await show(interaction, await queue_layout(self._services, guild_of(interaction), 1, *notices))

    @app_commands.command(description="Take an explained question off the boards: it counts for nobody")
    @app_commands.describe(question="Which question: pick one, or type its number")
    async def void(self, interaction: Interaction, question: str) -> None:
        done = await self._services.correcting.void(guild_of(interaction), _explained(question))
        await show(interaction, voided_card(done, *await notices_first(interaction, _NOTICES)))

    @app_commands.command(description="Count a question again that was taken off the boards")
    @app_commands.describe(question="Which question: pick one, or type its number")
    async def count(self, interaction: Interaction, question: str) -> None:
        done = await self._services.correcting.count_again(guild_of(interaction), _explained(question))
        await show(interaction, counted_card(done, *await notices_first(interaction, _NOTICES)))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        await submitted(interaction)

    @post.autocomplete("schedule")
    async def _schedules(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_schedules(self._services, guild_of(interaction), typed)

    @close.autocomplete("question")
    async def _questions(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return _suggested(await self._services.organising.open_rounds(guild_of(interaction)), typed)

    @void.autocomplete("question")
    async def _explained_ones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await self._services.correcting.latest(guild_of(interaction), RoundState.EXPLAINED)
        return _suggested(found, typed)

    @count.autocomplete("question")
    async def _void_ones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await self._services.correcting.latest(guild_of(interaction), RoundState.VOID)
        return _suggested(found, typed)


def _suggested(found: Iterable[Round], typed: str) -> list[app_commands.Choice[str]]:
    labels = [(cut(f"{each.id}: {each.posed.item.stem.strip()}", _LABEL), str(each.id)) for each in found]
    fitting = [(label, value) for label, value in labels if typed.casefold() in label.casefold()]
    return [app_commands.Choice(name=label, value=value) for label, value in fitting[:_SUGGESTED]]


async def _is_gone(interaction: Interaction, asked: Round) -> bool:
    """Tell whether a question's post was deleted; where Discord does not say, it is taken to be there."""
    channel = interaction.client.get_partial_messageable(asked.channel_id)
    try:
        await channel.get_partial_message(asked.message_id or 0).fetch()
    except discord.NotFound:
        return True
    except IN_VAIN:
        return False
    return False


def _number(typed: str, unknown: TrapwiseError) -> int:
    """Read the number of a question; raises `unknown` for what is none, or is longer than one can be."""
    if not (typed.isascii() and typed.isdecimal()) or len(typed) > _DIGITS:
        raise unknown
    return int(typed)


def _explained(typed: str) -> int:
    return _number(typed, UnknownQuestion(number=echo(typed)))
