"""The publisher of live quizzes: what is shown of them besides their questions and reveals."""

import asyncio
from collections.abc import Callable, Sequence

import discord
from discord import ui

from bot.chat.history import History, Where
from bot.chat.layouts import REVEALED, card, files
from bot.chat.pacer import Pacer, Urgency
from bot.chat.permissions import may
from bot.chat.quiz_buttons import Again, Begin, Stop
from bot.chat.refusals import refusals
from bot.chat.render.blocks import Picture
from bot.chat.render.quizzes import board_picture, final_board, lobby
from bot.chat.understood import Understanding
from bot.domain.quiz import Quiz
from bot.services.ports import FinalBoard, Lobby, PublishFailed, Refusal


class DiscordQuizPublisher:
    """Announces quizzes and shows their boards through discord.py's client."""

    def __init__(self, client: discord.Client, pacer: Pacer, *, odd: Callable[[str], None] = lambda _: None) -> None:
        self._client = client
        self._pacer = pacer
        self._understand = Understanding(odd)
        self._history = History(client, pacer, self._understand)

    async def invite(self, told: Lobby) -> int:
        quiz = told.quiz
        return await self._send(quiz, card(lobby(told), buttons=[Begin(quiz.id), Stop(quiz.id)]), nonce=quiz.nonce)

    async def find_lobby(self, quiz: Quiz) -> int | None:
        found = await self._history.find(_where(quiz), lambda message: Begin.number_of(message) == quiz.id)
        return None if found is None else found.id

    async def conclude(self, told: FinalBoard) -> int:
        quiz = told.quiz
        # An unknown server is tried, as for questions.
        drawn = may(self._client, quiz.guild_id, quiz.channel_id, "attach_files") is not False
        picture = await asyncio.to_thread(board_picture, told) if drawn else None
        try:
            return await self._send_board(told, picture)
        except PublishFailed as failure:
            if picture is None or failure.why is not Refusal.FORBIDDEN:
                raise
            return await self._send_board(told, None)

    async def _send_board(self, told: FinalBoard, picture: Picture | None) -> int:
        title, *others = final_board(told)
        pictures = [picture] if picture is not None else []
        layout = card([title, *pictures, *others], accent=REVEALED, buttons=[Again(told.quiz.id)])
        return await self._send(told.quiz, layout, nonce=f"b{told.quiz.nonce}", pictures=pictures)

    async def find_board(self, quiz: Quiz) -> int | None:
        found = await self._history.find(_where(quiz), lambda message: Again.number_of(message) == quiz.id)
        return None if found is None else found.id

    async def _send(self, quiz: Quiz, layout: ui.LayoutView, *, nonce: str, pictures: Sequence[Picture] = ()) -> int:
        channel = self._client.get_partial_messageable(quiz.channel_id, guild_id=quiz.guild_id)
        async with refusals():
            await self._pacer.turn(Urgency.QUESTION)
            sent = await self._understand.of(channel.send(view=layout, files=files(pictures), nonce=nonce))
        return sent.id


def _where(quiz: Quiz) -> Where:
    return Where(guild_id=quiz.guild_id, channel_id=quiz.channel_id, since=quiz.made_at)
