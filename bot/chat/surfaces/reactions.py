"""Answers by reaction: raw gateway events only, since a cache forgets messages and restarts."""

import logging
from collections.abc import Callable
from typing import TypeAlias

import discord

from bot.chat.letters import letter_of
from bot.chat.permissions import may
from bot.chat.understood import storable
from bot.domain.item import LETTERS, ItemKind
from bot.domain.rounds import Round
from bot.services.answering import Answering, Verdict
from bot.services.ports import Publisher, PublishFailed, Refusal
from bot.services.removals import Letter

logger = logging.getLogger(__name__)

_TIDYING_AT_ONCE = 5
"""More removals than this at a time are dropped: they are cosmetic and spend the budget that questions need."""

ReactionEvent: TypeAlias = (
    discord.RawReactionActionEvent | discord.RawReactionClearEvent | discord.RawReactionClearEmojiEvent
)


class Reactions:
    """Hears letters come and go, and keeps single-select posts tidy where it may.

    Ask `concerns` first, of each event, and hand it nothing else: it is a look-up or two.
    """

    def __init__(
        self, client: discord.Client, answering: Answering, publisher: Publisher, *, later: Callable[[Round], None]
    ) -> None:
        """Prepare; `later` lets a post be repaired where letters could not be put back for now."""
        self._client = client
        self._answering = answering
        self._publisher = publisher
        self._later = later
        self._tidying = 0

    def concerns(self, event: ReactionEvent) -> bool:
        """Tell whether an event is about a round, or may turn out to be. Nearly all are not."""
        answering = self._answering
        return answering.round_of(event.message_id) is not None or answering.is_posting(event.channel_id)

    async def added(self, event: discord.RawReactionActionEvent) -> None:
        """Record a letter."""
        if (mark := _mark(event)) is None or self._is_bot(event) or not storable(event.user_id):
            return
        name = event.member.display_name if event.member is not None else None
        verdict = await self._answering.tap(
            event.message_id, event.user_id, mark, name=name, channel_id=event.channel_id
        )
        if verdict is Verdict.RECORDED:
            asked = self._answering.round_of(event.message_id)
            if asked is not None and asked.posed.item.kind is ItemKind.SINGLE:
                await self._tidy(asked, event.user_id)

    async def removed(self, event: discord.RawReactionActionEvent) -> None:
        """Record that a letter is gone."""
        if (mark := _mark(event)) is not None and storable(event.user_id):
            await self._answering.lift(event.message_id, event.user_id, mark, channel_id=event.channel_id)

    async def cleared(self, event: discord.RawReactionClearEvent) -> None:
        """Put the letters back after a moderator cleared a post; no answer is withdrawn."""
        await self._seed(await self._answering.clear(event.message_id, channel_id=event.channel_id), LETTERS)

    async def emoji_cleared(self, event: discord.RawReactionClearEmojiEvent) -> None:
        """Put one letter back after a moderator cleared it; no answer is withdrawn."""
        letter = letter_of(str(event.emoji))
        if letter is not None:
            await self._seed(await self._answering.clear(event.message_id, letter, channel_id=event.channel_id), letter)

    async def _seed(self, asked: Round | None, letters: str) -> None:
        if asked is None:
            return
        try:
            await self._publisher.seed(asked, letters)
        except PublishFailed as failure:
            logger.info("round %d: letters could not be put back (%s)", asked.id, failure)
            if failure.why is Refusal.UNAVAILABLE:
                self._later(asked)

    async def _tidy(self, asked: Round, member_id: int) -> None:
        held = self._answering.held(asked.id, member_id)
        if (
            held is None
            or self._tidying >= _TIDYING_AT_ONCE
            or not may(self._client, asked.guild_id, asked.channel_id, "manage_messages")
        ):
            return
        self._tidying += 1
        try:
            for letter in sorted(mark for mark in held.marks if mark.isupper()):
                # Look again before each removal: the member may have come back to this letter meanwhile.
                current = self._answering.held(asked.id, member_id)
                if current is None or letter in current.choice:
                    continue
                removed = Letter(asked.message_id or 0, member_id, letter)
                self._answering.removals.begin(removed)
                gone = False
                try:
                    gone = await self._publisher.tidy(asked, member_id, letter)
                finally:
                    self._answering.removals.end(removed, gone=gone)
        finally:
            self._tidying -= 1

    def _is_bot(self, event: discord.RawReactionActionEvent) -> bool:
        if event.member is not None:
            return event.member.bot
        return self._client.user is not None and event.user_id == self._client.user.id


def _mark(event: discord.RawReactionActionEvent) -> str | None:
    letter = letter_of(event.emoji.name) if event.emoji.id is None else None
    if letter is None:
        return None
    return letter.lower() if event.burst else letter
