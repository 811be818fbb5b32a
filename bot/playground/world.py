"""A living demo server: it follows the clock on the wall, serves its page, and outlives its bot."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import simcord

from bot.playground import demo
from bot.playground.simcord_internals import Page, World

_log = logging.getLogger(__name__)
_SETTLE_SECONDS = 15.0
_TICK_SECONDS = 0.5
_REFRESH_SECONDS = 2.0
_FARTHEST_SKIP = timedelta(days=8)
_LONGEST_STEP = timedelta(hours=1)


class RunningBot(Protocol):
    """What the playground needs of a composed bot."""

    @property
    def client(self) -> object: ...
    @property
    def notices(self) -> tuple[str, ...]: ...
    async def close(self) -> None: ...


MakeBot = Callable[[Callable[[], datetime]], Awaitable[RunningBot]]


class Playground:
    """One demo server with one bot and one page; every public method may be called at any moment."""

    def __init__(
        self,
        make_bot: MakeBot,
        *,
        now: datetime,
        speed: float,
        reaching: Callable[[datetime], None],
    ) -> None:
        self.world = World(settle_timeout=_SETTLE_SECONDS)
        self.server = demo.build(self.world)
        self.world.set_clock(now)
        self.speed = speed
        self._make_bot = make_bot
        self._reaching = reaching
        self._bot: RunningBot | None = None
        # The clock and the browser take turns: SimCord does one thing at a time and refuses a second.
        self._turn = asyncio.Lock()
        self._page: Page | None = None
        self._outdated = False
        self._reported = 0
        self._loop = asyncio.get_running_loop()
        self._last = self._refreshed = self._loop.time()

    @property
    def bot_is_here(self) -> bool:
        return self._bot is not None

    @asynccontextmanager
    async def page(self, *, port: int, zone: ZoneInfo) -> AsyncIterator[simcord.Preview]:
        """Serve the page while inside. Raises simcord.SetupError when the port is taken."""
        preview = self.world.preview(
            self.server.channels[0], viewers=self.server.people, layout="channel", timezone=zone.key, port=port
        )
        self._page = Page(preview, self._turn, Path(__file__).with_name("page.js"), self._acted)
        try:
            async with preview:
                yield preview
        finally:
            self._page = None

    async def arrange(self, *, zone: ZoneInfo, set_up: bool) -> str | None:
        """Make the first moves; returns what the bot said when no question came of it."""
        async with self._turn:
            said = await demo.first_moves(self.world, self.server, zone=zone, set_up=set_up, speed=self.speed)
            self._report_errors()
            return said

    async def bring_bot(self) -> tuple[str, ...]:
        """Open a new bot and log it in; it catches up by itself. Returns its notices."""
        async with self._turn:
            bot = await self._make_bot(self.world.now)
            try:
                await self.world.connect(bot.client)
            except BaseException:
                await bot.close()
                raise
            self._bot = bot
            self._outdated = True
            return bot.notices

    async def take_bot(self) -> None:
        """Close the bot and take it away; the page and the members stay."""
        async with self._turn:
            bot, self._bot = self._bot, None
            if bot is not None:
                try:
                    await bot.close()
                finally:
                    await self.world.disconnect()

    @asynccontextmanager
    async def moving(self) -> AsyncIterator[None]:
        """Follow the clock on the wall while inside."""
        ticking = asyncio.create_task(self._keep_time(), name="playground clock")
        try:
            yield
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)

    async def _keep_time(self) -> None:
        last = ""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            try:
                await self.tick()
            except Exception as trouble:  # noqa: BLE001 - one bad moment must not stop the world
                if str(trouble) != last:
                    _log.error("The clock stumbled.", exc_info=trouble)
                last = str(trouble)

    async def tick(self) -> None:
        """Let as much time pass as has passed since the last tick, times the speed."""
        async with self._turn:
            real, before = self._loop.time(), self._last
            self._last = real
            if real - self._refreshed >= _REFRESH_SECONDS:  # for the countdowns in the page
                self._refreshed, self._outdated = real, True
            await self._let_pass(timedelta(seconds=(real - before) * self.speed))

    async def skip(self, *, enough: Callable[[], bool]) -> bool:
        """Let time pass until the bot says something by itself; False when it is silent for days, or enough is."""
        end = self.world.now() + _FARTHEST_SKIP
        while self.world.now() < end and not enough():
            async with self._turn:
                before = self._sent()
                wait = self.world.seconds_to_next_timer()
                step = _LONGEST_STEP if wait is None else timedelta(seconds=wait + 0.001)
                await self._let_pass(min(step, _LONGEST_STEP))
                if self._sent() != before:
                    await self._let_pass(timedelta(seconds=1))  # in which the letters follow the question
                    return True
        return False

    async def show_next_channel(self) -> str:
        """Turn the page to the other channel and return its name."""
        async with self._turn:
            channels, page = self.server.channels, self._page
            assert page is not None
            here = next(i for i, one in enumerate(channels) if one.id == page.preview.channel.id)
            page.show_channel(channels[(here + 1) % len(channels)])
            return page.preview.channel.name or ""

    async def close(self) -> None:
        """Close the bot and end the world."""
        try:
            await self.take_bot()
        finally:
            async with self._turn:
                await self.world.shutdown()

    def _sent(self) -> int:
        return sum(each.method == "POST" and each.path.endswith("/messages") for each in self.world.http_requests)

    def _acted(self, outdated: bool) -> None:  # noqa: FBT001 - a callback
        self._outdated |= outdated
        self._report_errors()

    async def _let_pass(self, time: timedelta) -> None:
        before = len(self.world.http_requests)
        self._reaching(self.world.now() + time)
        try:
            await self.world.advance_time(time.total_seconds())
        finally:
            self._report_errors()
            self._outdated |= len(self.world.http_requests) != before
            if self._outdated and self._page is not None and self._page.is_served:
                self._outdated = False
                await self._page.preview.refresh()

    def _report_errors(self) -> None:
        for error in self.world.errors_since(self._reported):
            if not hasattr(error, "original"):  # what failed inside a command the bot has logged itself
                _log.error("The bot failed at something.", exc_info=error)
        self._reported = self.world.error_cursor
