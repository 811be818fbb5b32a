"""`/round`: asking now, closing early, and what members reported."""

from discord import app_commands
from discord.ext import commands

from bot.chat.cogs.schedules import Count, suggest_schedules
from bot.chat.organisers import check_schedule, guild_of, tell_organiser
from bot.chat.render.text import cut, plural
from bot.chat.replies import Interaction, reply, show
from bot.chat.report_buttons import queue_layout, submitted
from bot.chat.services import Services
from bot.domain.errors import UnknownRound
from bot.domain.reading import read_duration

_LABEL = 90
_NOTICES = 500
"""Characters of notices that an entry of the queue leaves room for."""


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class RoundCog(
    commands.GroupCog, group_name="round", group_description="Ask a question now, close one early, see reports"
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
        wanted = None if question is None else _number(question)
        closed = await self._services.organising.close_now(guild_of(interaction), wanted)
        await tell_organiser(
            interaction, f"Closing question {closed.id}; its explanation follows in <#{closed.channel_id}>."
        )

    @app_commands.command(description="What members reported: why, how the question did, and what you can do")
    async def reports(self, interaction: Interaction) -> None:
        services, guild_id = self._services, guild_of(interaction)
        notices = [f"⚠️ {each}" for each in await services.announcer.waiting(guild_id)]
        if sum(map(len, notices)) > _NOTICES:
            for notice in notices:
                await reply(interaction, notice)
            notices = []
        await show(interaction, await queue_layout(services, guild_id, 1, *notices))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: Interaction) -> None:
        await submitted(interaction)

    @post.autocomplete("schedule")
    async def _schedules(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_schedules(self._services, guild_of(interaction), typed)

    @close.autocomplete("question")
    async def _questions(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        found = await self._services.organising.open_rounds(guild_of(interaction))
        labels = [(cut(f"{each.id}: {each.posed.item.stem.strip()}", _LABEL), str(each.id)) for each in found]
        return [
            app_commands.Choice(name=label, value=value)
            for label, value in labels
            if typed.casefold() in label.casefold()
        ][:25]


def _number(typed: str) -> int:
    """Read the number of a question; raises `UnknownRound`, as for one that is not there."""
    if not (typed.isascii() and typed.isdecimal()):
        raise UnknownRound
    return int(typed[:18])
