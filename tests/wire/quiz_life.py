"""The life of a live quiz of two questions, in which the bot may die: from the host's command to the final board."""

import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from tests.wire.life import SOON, Life, WentWrong
from tests.wire.marks import Asked, asked_in
from tests.wire.state import Message
from tests.wire.waiting import until

_READING = timedelta(seconds=13)
_SECONDS = 300
_TRIES = 6
_READ = 0.5
_ANSWER = 5.0
"""Real seconds after which the host tries again what had no effect: the bot died of it, or was not there yet."""


@dataclass(slots=True, kw_only=True)
class QuizLife(Life):
    """One telling of a quiz: begun early, its first question paused, resumed and closed in time, the second skipped."""

    scheduled = False
    besides = 2  # the lobby and the board

    async def _day(self) -> None:
        await self._wait(lambda: self.deaths or self.server.gateway.connected, "the bot does not come")
        options = {"questions": len(self.items), "seconds": _SECONDS}
        await self._have(lambda: self._quiz("state"), lambda: self._run("quiz start", **options))
        await self._have(self._begun, lambda: self._press(self._shown("tw:quizbegin:"), "tw:quizbegin:"))
        one, message = await self._asked_next(1)
        await self._have(lambda: self._quiz("paused_at"), lambda: self._press([message], "tw:quizpause:"))
        await self._wait(lambda: "Paused" in message.content, "the post does not say that it is paused")
        await self._have(lambda: not self._quiz("paused_at"), lambda: self._run("quiz resume"))
        await self._wait(lambda: "Paused" not in message.content, "the post does not say that it goes on")
        await self._wait(lambda: self._runs_out(one), "the first question is not explained")
        self.jump(self.clock() + _READING)
        two, message = await self._asked_next(2)
        await self._have(lambda: self._now(two).state != "open", lambda: self._press([message], "tw:quizskip:"))
        await self._wait(lambda: self._shown("tw:quizagain:"), "there is no final board")
        await self._wait(lambda: self._quiz("board_id"), "the final board is not on file")
        for asked, standing in self.asked():
            await self._come_late(asked, standing)
        await self._rest()

    def oddities(self) -> list[str]:
        """Say what is wrong with the quiz itself."""
        shown = {each: len(self._shown(each)) for each in ("tw:quizbegin:", "tw:quizagain:")}
        found = (self._quiz("state"), self._quiz("ending"), self._quiz("number"), self._quiz("step_at"))
        wrong = [] if found == ("over", "finished", len(self.items), None) else [f"the quiz is {found}"]
        return wrong + [f"{count} messages have {each}" for each, count in shown.items() if count != 1]

    async def _asked_next(self, place: int) -> tuple[Asked, Message]:
        """Wait for a question, and let everyone do what they do."""
        await self._wait(lambda: self._is_open(place), f"question {place} is not open, with all its letters")
        asked, message = self.asked()[place - 1]
        await self._act_out(asked, message)
        return asked, message

    async def _act(self, asked: Asked, message: Message, member: int, mark: str, *, added: bool) -> None:
        """As in any life, but when what was read is noted: a crash before that would leave open what came first."""
        with contextlib.suppress(TimeoutError):  # one that was passed over is read again after a while
            await until(self._is_read, patience=_READ)
        await Life._act(self, asked, message, member, mark, added=added)

    def _is_read(self) -> bool:
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return connection.execute("SELECT 1 FROM process WHERE key LIKE 'unread %'").fetchone() is None

    def _is_open(self, place: int) -> bool:
        found = self.asked()
        return len(found) == place and found[-1][0].state == "open" and self._has_letters(*found[-1])

    def _runs_out(self, asked: Asked) -> bool:
        """Let the time of a question run out, however often it was given some back; tell whether it is explained."""
        now = self._now(asked)
        if now.state == "open" and now.closes_at > self.clock():
            self.jump(now.closes_at + SOON)
        return now.state == "explained"

    def _now(self, asked: Asked) -> Asked:
        return next(each for each in asked_in(self.database) if each.number == asked.number)

    def _begun(self) -> bool:
        return self._quiz("state") == "asking"

    def _quiz(self, column: str) -> object:
        """Give what stands in the quiz's row, `None` also when there is none yet."""
        with closing(sqlite3.connect(self.database, timeout=10)) as connection:
            row = connection.execute(f'SELECT "{column}" FROM quizzes').fetchone()  # noqa: S608 - our own names
        return None if row is None else row[0]

    def _shown(self, button: str) -> list[Message]:
        """List the bot's messages with a button."""
        posted = self.server.world.posted_by_bot([self.channel.id])
        return [each for each in posted if any(custom_id.startswith(button) for custom_id in each.custom_ids())]

    async def _have(self, done: Callable[[], object], act: Callable[[], object]) -> None:
        """Let the host do something till it is done: who gets no answer from a bot that died does it again."""
        for _ in range(_TRIES):
            await self._wait(lambda: done() or self._is_up(self.bots[-1]), "the bot does not come back")
            if done():
                return
            act()
            await self._answered(done)
        raise WentWrong("the host gets nothing done")

    async def _answered(self, done: Callable[[], object]) -> None:
        died = self.deaths
        with contextlib.suppress(TimeoutError):
            await until(lambda: done() or self.deaths != died, patience=_ANSWER)

    def _run(self, command: str, **options: object) -> None:
        with contextlib.suppress(StopIteration):  # there are no commands yet
            self.server.people.run(self.channel.id, self.guild.owner_id, command, **options)

    def _press(self, messages: list[Message], button: str) -> None:
        for message in messages:
            for custom_id in message.custom_ids():
                if custom_id.startswith(button):
                    self.server.people.push(message, self.guild.owner_id, custom_id)
