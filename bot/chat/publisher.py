"""The publisher: what Trapwise does in Discord by itself, and what each of Discord's refusals means."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import discord

from bot.chat.history import History, Where
from bot.chat.layouts import REVEALED, card, files
from bot.chat.letters import EMOJI, letter_of
from bot.chat.pacer import Pacer, Urgency
from bot.chat.permissions import may
from bot.chat.quiz_buttons import under_question
from bot.chat.refusals import refusals
from bot.chat.render.blocks import Block, Picture
from bot.chat.render.chains import diagnosis_picture
from bot.chat.render.question import question
from bot.chat.render.reveal import reveal
from bot.chat.reveal_buttons import under_reveal
from bot.chat.surfaces.private import MyAnswer
from bot.chat.understood import IN_VAIN, Understanding, storable
from bot.domain.rounds import OVER, Round, RoundState
from bot.services.ports import Posting, Reveal, Snapshot

if TYPE_CHECKING:
    from discord.types.user import User as UserPayload

logger = logging.getLogger(__name__)

_TOO_MANY_EMOJI = 30010
_PAGE = 100
"""Discord gives at most so many members of a reaction at a time."""


_Holder = tuple[str, "UserPayload"]


class DiscordPublisher:
    """Posts, reads and explains through discord.py's client."""

    def __init__(self, client: discord.Client, pacer: Pacer, *, odd: Callable[[str], None] = lambda _: None) -> None:
        self._client = client
        self._pacer = pacer
        self._understand = Understanding(odd)
        self._history = History(client, pacer, self._understand)

    async def post(self, posting: Posting) -> int:
        files = self._files(posting)
        async with refusals():
            try:
                return await self._send(posting, files)
            except discord.Forbidden:
                if not files:
                    raise
                return await self._send(posting, [])

    async def _send(self, posting: Posting, files: list[discord.File]) -> int:
        asked, role = posting.round, posting.round.ping_role
        mentions = discord.AllowedMentions(
            everyone=False, users=False, roles=[discord.Object(role)] if role is not None else False
        )
        await self._pacer.turn(Urgency.QUESTION)
        sent = await self._understand.of(
            self._channel(asked).send(
                question(asked, posting.bank, posting.quiz),
                view=under_question(asked, posting.quiz),
                nonce=asked.nonce,
                silent=asked.silent,
                allowed_mentions=mentions,
                files=files,
            )
        )
        return sent.id

    async def find_post(self, wanted: Round) -> int | None:
        found = await self._history.find(_where(wanted), lambda message: MyAnswer.round_of(message) == wanted.id)
        return None if found is None else found.id

    async def retell(self, posting: Posting) -> None:
        asked = posting.round
        async with refusals():
            # Whoever takes part in a quiz waits to learn of its time; what is over has its reveal already.
            await self._pacer.turn(Urgency.LETTER if asked.state in OVER else Urgency.QUESTION)
            await self._understand.of(
                self._message(asked).edit(
                    content=question(asked, posting.bank, posting.quiz),
                    view=under_question(asked, posting.quiz),
                    allowed_mentions=discord.AllowedMentions.none(),
                )
            )

    async def seed(self, opened: Round, letters: str) -> None:
        async with refusals():
            for letter in (each for each in opened.posed.letters if each in letters):
                await self._pacer.turn(Urgency.LETTER)
                try:
                    await self._understand.of(self._message(opened).add_reaction(EMOJI[letter]))
                except discord.HTTPException as trouble:
                    if trouble.code != _TOO_MANY_EMOJI:
                        raise
                    # Members filled the post with other emoji: the letters that fit must do.
                    logger.warning("round %d: no room for another letter", opened.id)
                    return

    async def collect(self, asked: Round) -> Snapshot:
        marks: dict[int, set[str]] = {}
        names: dict[int, str] = {}
        seeded: set[str] = set()
        async with refusals():
            await self._pacer.turn(_reading(asked))
            message = await self._understand.of(self._message(asked).fetch())
            for reaction in message.reactions:
                letter = letter_of(str(reaction.emoji))
                if letter is None or letter not in asked.posed.letters:
                    continue
                if reaction.me or reaction.me_burst:
                    seeded.add(letter)
                async for mark, user in self._holders(asked, reaction, letter):
                    member_id = int(user["id"])
                    if not user.get("bot") and storable(member_id):
                        marks.setdefault(member_id, set()).add(mark)
                        names[member_id] = user.get("global_name") or user["username"]
        return Snapshot(
            marks={member: frozenset(held) for member, held in marks.items()},
            unseeded="".join(letter for letter in asked.posed.letters if letter not in seeded),
            names=names,
        )

    async def explain(self, told: Reveal) -> int:
        picture = await self._picture(told)
        async with refusals():
            try:
                return await self._send_reveal(told, picture)
            except discord.Forbidden:
                if picture is None:
                    raise
                return await self._send_reveal(told, None)

    async def _send_reveal(self, told: Reveal, picture: Picture | None) -> int:
        asked = told.round
        await self._pacer.turn(Urgency.QUESTION)
        sent = await self._understand.of(
            self._channel(asked).send(
                view=_reveal(told, picture),
                files=_attached(picture),
                reference=self._reference(asked),
                mention_author=False,
                nonce=f"r{asked.nonce}"[:25],
                silent=asked.silent,
            )
        )
        return sent.id

    async def correct(self, told: Reveal) -> None:
        picture = await self._picture(told)
        async with refusals():
            try:
                await self._edit_reveal(told, picture)
            except discord.Forbidden:
                if picture is None:
                    raise
                await self._edit_reveal(told, None)

    async def _edit_reveal(self, told: Reveal, picture: Picture | None) -> None:
        asked = told.round
        await self._pacer.turn(Urgency.QUESTION)
        message = self._channel(asked).get_partial_message(asked.reveal_id or 0)
        await self._understand.of(
            message.edit(
                view=_reveal(told, picture),
                attachments=_attached(picture),
                allowed_mentions=discord.AllowedMentions.none(),
            )
        )

    async def _picture(self, told: Reveal) -> Picture | None:
        """Draw what was wrong in a case, where a picture may be attached; the reveal's text says the same."""
        if told.diagnosis is None or not self._may_attach(told.round):
            return None
        return await asyncio.to_thread(diagnosis_picture, told.diagnosis)

    async def find_reveal(self, wanted: Round) -> int | None:
        found = await self._history.find(
            _where(wanted),
            lambda message: message.reference is not None and message.reference.message_id == wanted.message_id,
        )
        return None if found is None else found.id

    async def discuss(self, explained: Round) -> None:
        await self._pacer.turn(Urgency.LETTER)
        async with refusals():
            told = self._client.get_partial_messageable(explained.channel_id, guild_id=explained.guild_id)
            revealed = told.get_partial_message(explained.reveal_id or 0)
            await self._understand.of(
                revealed.create_thread(name=f"Discuss question {explained.id}", auto_archive_duration=1440)
            )

    async def tidy(self, asked: Round, member_id: int, letter: str) -> bool:
        if not self._pacer.spare():
            return False
        try:
            await self._message(asked).remove_reaction(EMOJI[letter], discord.Object(member_id))
        except IN_VAIN as trouble:
            logger.debug("round %d: an earlier letter stays (%s)", asked.id, trouble)
            return False
        return True

    async def tell(self, user_id: int, text: str) -> None:
        try:
            await self._pacer.turn(Urgency.LETTER)
            direct = await self._client.create_dm(discord.Object(user_id))
            await self._pacer.turn(Urgency.LETTER)
            await direct.send(text)
        except IN_VAIN as trouble:
            logger.info("an organiser takes no direct messages (%s); the next command will say it", trouble)

    async def _holders(self, asked: Round, reaction: discord.Reaction, letter: str) -> AsyncIterator[_Holder]:
        """Yield everyone who holds a letter, with the mark for each sort of reaction; all pages."""
        if reaction.count - reaction.burst_count > int(reaction.me):
            async for user in self._pages(asked, letter, discord.ReactionType.normal):
                yield letter, user
        if reaction.burst_count > int(reaction.me_burst):
            async for user in self._pages(asked, letter, discord.ReactionType.burst):
                yield letter.lower(), user

    async def _pages(self, asked: Round, letter: str, sort: discord.ReactionType) -> AsyncIterator["UserPayload"]:
        """Yield the members of a reaction by ascending id.

        `Reaction.users` stops at a count that may have grown meanwhile, and whoever it cut off would seem to have
        withdrawn: only a page that is not full is the last one.
        """
        after = 0
        while True:
            await self._pacer.turn(_reading(asked))
            page = await self._understand.of(self._users(asked, letter, after, sort))
            new = [user for user in page if int(user["id"]) > after]
            for user in new:
                yield user
            if len(page) < _PAGE or not new:
                return
            after = max(int(user["id"]) for user in new)

    async def _users(self, asked: Round, letter: str, after: int, sort: discord.ReactionType) -> list["UserPayload"]:
        page = await self._client.http.get_reaction_users(
            asked.channel_id, asked.message_id or 0, EMOJI[letter], _PAGE, after=after, type=sort.value
        )
        # Taken as one, an object would be an empty page, and withdraw everybody's answer.
        users: object = page
        if not isinstance(users, list) or not all(int(user["id"]) and user["username"] for user in page):
            message = "no list of members"
            raise TypeError(message)
        return page

    def _files(self, posting: Posting) -> list[discord.File]:
        """Give the question's picture with its description, where it may be attached."""
        image = posting.round.posed.item.image
        asked = posting.round
        if image is None or posting.image is None or not self._may_attach(asked):
            return []
        return [discord.File(posting.image, description=image.alt)]

    def _may_attach(self, asked: Round) -> bool:
        # An unknown server is tried: at the start a question may be due before Discord has told of its servers.
        return may(self._client, asked.guild_id, asked.channel_id, "attach_files") is not False

    def _channel(self, asked: Round) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(asked.channel_id, guild_id=asked.guild_id)

    def _message(self, asked: Round) -> discord.PartialMessage:
        return self._channel(asked).get_partial_message(asked.message_id or 0)

    def _reference(self, asked: Round) -> discord.MessageReference:
        return discord.MessageReference(
            message_id=asked.message_id or 0,
            channel_id=asked.channel_id,
            guild_id=asked.guild_id,
            fail_if_not_exists=True,
        )


def _reveal(told: Reveal, picture: Picture | None) -> discord.ui.LayoutView:
    key, *others = reveal(told)
    blocks: list[Block] = [key, *([picture] if picture is not None else []), *others]
    return card(blocks, accent=REVEALED, buttons=under_reveal(told.round))


def _attached(picture: Picture | None) -> list[discord.File]:
    return files([picture] if picture is not None else [])


def _reading(asked: Round) -> Urgency:
    """Tell how urgent it is to read a post: before a reveal it is due, else it can wait for what is."""
    return Urgency.REPAIR if asked.state is RoundState.OPEN else Urgency.QUESTION


def _where(wanted: Round) -> Where:
    return Where(guild_id=wanted.guild_id, channel_id=wanted.channel_id, since=wanted.planned_at)
