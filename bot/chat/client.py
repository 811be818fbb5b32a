"""The client: connects the services to Discord's events, and keeps the command list in step."""

import asyncio
import contextlib
import hashlib
import json
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.gone import Gone
from bot.chat.pacer import Pacer, Urgency
from bot.chat.permissions import invited_with
from bot.chat.replies import in_time, refuse
from bot.chat.services import Services
from bot.chat.surfaces.reactions import Reactions
from bot.chat.traffic import Traffic
from bot.domain.schedule import Pause
from bot.services.ports import PublishFailed, Refusal
from bot.services.registry import CommandRegistry

logger = logging.getLogger(__name__)

_PATIENCE_SECONDS = 6
"""How long a step under way may take when stopping; what is left is due again after the next start."""

_LAST_SECONDS = 2

_LONGEST_LIMIT = 900.0
"""A limit that is to last longer is a failure, tried again like any other: waited for, it could stop all requests."""

_REACTIONS = "raw_reaction_"
"""What the names of all events about reactions begin with."""

Button = type[discord.ui.DynamicItem[Any]]


def intents() -> discord.Intents:
    """Give the only events Trapwise asks for: servers and their channels, and reactions. None is privileged."""
    return discord.Intents(guilds=True, guild_reactions=True)


class Tree(app_commands.CommandTree["TrapwiseClient"]):
    """The command list; whatever goes wrong in a command ends in one private sentence."""

    async def _call(self, interaction: discord.Interaction["TrapwiseClient"]) -> None:
        # discord.py has no public place around a whole command; a suggestion while typing cannot be deferred.
        if interaction.type is discord.InteractionType.application_command:
            async with in_time(interaction):
                await super()._call(interaction)
        else:
            await super()._call(interaction)

    async def on_error(
        self, interaction: discord.Interaction["TrapwiseClient"], error: app_commands.AppCommandError, /
    ) -> None:
        await refuse(interaction, error)


class TrapwiseClient(commands.Bot):
    """discord.py's client with Trapwise's services. `begin` must be called before it connects.

    `introduced` says whether Discord knows who this is and which commands there are: the first thing asked of it.
    """

    services: Services

    def __init__(self) -> None:
        # discord.py would warn at every start of packages that only voice needs.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        self.traffic = Traffic()
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=Tree,
            intents=intents(),
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            http_trace=self.traffic.trace,
            max_ratelimit_timeout=_LONGEST_LIMIT,
        )
        self.introduced = False
        self._gone = Gone()
        self._loop_task: asyncio.Task[None] | None = None

    def begin(
        self,
        services: Services,
        *,
        reactions: Reactions,
        registry: CommandRegistry,
        pacer: Pacer,
        cogs: Sequence[commands.Cog],
        buttons: Sequence[Button],
    ) -> None:
        """Take the services and everything that answers people."""
        self.services = services
        self._reactions = reactions
        self._registry = registry
        self._pacer = pacer
        self._waiting_cogs = cogs
        self._buttons = buttons

    async def setup_hook(self) -> None:
        for cog in self._waiting_cogs:
            await self.add_cog(cog)
        self.add_dynamic_items(*self._buttons)
        await self._sync()
        self.introduced = True
        logger.info("invite me with %s", self.invitation())
        await self.services.daily.begin()
        self._loop_task = asyncio.create_task(self.services.daily.run(), name="daily")

    async def close(self) -> None:
        """Stop ticking, let what is under way finish, and disconnect."""
        if self._loop_task is not None:
            await _within(_PATIENCE_SECONDS, self._stop_ticking(self._loop_task))
            # What still goes on is waited for even so: cancelled once more, a statement would never end.
            self._loop_task.cancel()
            await asyncio.wait({self._loop_task}, timeout=_LAST_SECONDS)
        self._gone.forget()
        await super().close()
        if self._loop_task is not None:
            # No more events come now: what was received is committed, however slow a step was.
            await _within(_LAST_SECONDS, self.services.answering.stop())

    async def _stop_ticking(self, ticking: asyncio.Task[None]) -> None:
        await self.services.daily.stop()
        await asyncio.wait({ticking})

    def invitation(self) -> str:
        """Give the link with which an organiser adds the bot to a server."""
        assert self.application_id is not None
        return discord.utils.oauth_url(
            self.application_id, permissions=invited_with(), scopes=("bot", "applications.commands")
        )

    async def on_connect(self) -> None:
        """Repair what was missed: this is a first connection, or one that could not resume."""
        self._gone.over("what happened meanwhile is being read from the posts")
        await self.services.daily.catch_up()

    async def on_resumed(self) -> None:
        """Forget the gap: Discord has replayed what happened in it."""
        self.services.daily.caught_up()
        self._gone.over("Discord has replayed what happened meanwhile")

    async def on_disconnect(self) -> None:
        """Remember since when events may be missing."""
        if self._closing_task is not None:
            return
        if hasattr(self, "services"):
            self.services.daily.went_away()
        self._gone.begin()

    def dispatch(self, event_name: str, /, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - as discord.py has it
        """Spread an event, unless it is a reaction to what is no round: of that nobody hears, and no task is made."""
        if event_name.startswith(_REACTIONS) and not self._reactions.concerns(args[0]):
            return
        super().dispatch(event_name, *args, **kwargs)

    async def on_raw_reaction_add(self, event: discord.RawReactionActionEvent) -> None:
        await self._reactions.added(event)

    async def on_raw_reaction_remove(self, event: discord.RawReactionActionEvent) -> None:
        await self._reactions.removed(event)

    async def on_raw_reaction_clear(self, event: discord.RawReactionClearEvent) -> None:
        await self._reactions.cleared(event)

    async def on_raw_reaction_clear_emoji(self, event: discord.RawReactionClearEmojiEvent) -> None:
        await self._reactions.emoji_cleared(event)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """Pause the schedules of a deleted channel, end its quiz, and drop the questions that went with it."""
        services = self.services
        for asked in services.answering.open_rounds():
            if asked.channel_id == channel.id:
                await services.stepper.refused(asked, PublishFailed(Refusal.CHANNEL_GONE))
        await services.conductor.channel_gone(channel.id)
        for schedule in await services.organising.of_channel(channel.id):
            await services.stepper.pause(schedule, Pause.CHANNEL_GONE)

    async def _sync(self) -> None:
        """Send the command list to Discord, only when it differs from what was sent last."""
        wanted = [command.to_dict(self.tree) for command in self.tree.get_commands()]
        print_of_it = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()
        await self._pacer.turn(Urgency.QUESTION)
        there = {command.name for command in await self.tree.fetch_commands()}
        if await self._registry.is_current(print_of_it) and there == {each["name"] for each in wanted}:
            return
        await self._pacer.turn(Urgency.QUESTION)
        await self.tree.sync()
        await self._registry.sent(print_of_it)
        logger.info("commands sent to Discord: %d", len(wanted))


async def _within(seconds: float, stopping: Coroutine[Any, Any, None]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await stopping
