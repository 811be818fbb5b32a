"""Bots by the hundred: a process that has imported everything and forks one for each life, in milliseconds.

A fork is a process like any other: it has its own client, loop and database, and SIGKILL ends it in mid-sentence.
`python -m tests.wire.nursery` reads orders from its standard input and prints what becomes of them, a line of JSON
each; when its input ends, so do all its bots.
"""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from bot import app
from bot.services.library import Shelf
from tests.wire import bot
from tests.wire.processes import start

_PATIENCE = 30.0


@dataclass(slots=True, kw_only=True)
class Bot:
    """A bot under way; what it says is in the file `log`, and `code` becomes its exit code, negative for a signal."""

    number: int
    log: Path
    nursery: "Nursery"
    code: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def kill(self) -> None:
        """End it at once, in mid-sentence; what it has written stays with the system, unlike after a power cut."""
        self._signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to stop."""
        self._signal(signal.SIGTERM)

    async def ended(self, patience: float = _PATIENCE) -> int:
        """Wait until it has ended; gives its exit code.

        Raises:
            TimeoutError: it goes on.
        """
        return await asyncio.wait_for(asyncio.shield(self.code), patience)

    async def stop(self, patience: float = _PATIENCE) -> int:
        """Ask it to stop, and wait; gives its exit code."""
        self.terminate()
        return await self.ended(patience)

    async def make_sure(self) -> None:
        """End it whatever it does."""
        self.kill()
        await self.ended()

    def _signal(self, number: int) -> None:
        if not self.code.done():
            self.nursery.order({"number": self.number, "signal": int(number)})


class Nursery:
    """The other end: gives orders, and hears what becomes of them."""

    def __init__(self, orders: asyncio.StreamWriter) -> None:
        self._orders = orders
        self._bots: dict[int, Bot] = {}

    def run(self, arguments: Sequence[str], log: Path) -> Bot:
        """Run a bot with the arguments of `tests.wire.bot`."""
        number = len(self._bots) + 1
        made = self._bots[number] = Bot(number=number, log=log, nursery=self)
        self.order({"number": number, "arguments": list(arguments), "log": str(log)})
        return made

    def order(self, order: dict[str, Any]) -> None:
        """Give an order."""
        self._orders.write(orjson.dumps(order) + b"\n")

    async def hear(self, news: asyncio.StreamReader) -> None:
        """Take in what becomes of the bots, until the nursery is gone."""
        while line := await news.readline():
            told = orjson.loads(line)
            self._bots[told["number"]].code.set_result(told["code"])
        for each in self._bots.values():
            if not each.code.done():
                each.code.set_exception(RuntimeError("the nursery is gone"))
                each.code.exception()


@contextlib.asynccontextmanager
async def nursery(log: Path) -> AsyncIterator[Nursery]:
    """Run a nursery until the block ends; what goes wrong with it itself is in `log`."""
    running = await start(["-m", "tests.wire.nursery"], log, piped=True)
    assert running.process.stdin is not None
    assert running.process.stdout is not None
    made = Nursery(running.process.stdin)
    hearing = asyncio.create_task(made.hear(running.process.stdout), name="nursery")
    try:
        yield made
    finally:
        running.process.stdin.close()
        await running.ended()
        await hearing


def main() -> None:
    """Take orders until there are no more."""
    shelves = app.load_shelves([app.shipped_content()])
    # What every bot has in common is never looked at by the collector, so it stays shared.
    gc.collect()
    gc.freeze()
    told, tells = socket.socketpair()
    tells.setblocking(False)
    signal.set_wakeup_fd(tells.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    _Yard(shelves).work(told.fileno())


class _Yard:
    """Forks bots, and tells of their ends."""

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = shelves
        self._numbers: dict[int, int] = {}
        self._rest = b""

    def work(self, told: int) -> None:
        """Take orders from standard input, and hear of deaths at `told`, until there are no more orders."""
        import select  # noqa: PLC0415 - of the yard's own process only

        while True:
            ready, _, _ = select.select([0, told], [], [])
            if told in ready:
                os.read(told, 4096)
                self._bury()
            if 0 in ready and not self._take_orders():
                for pid in self._numbers:
                    os.kill(pid, signal.SIGKILL)
                return

    def _take_orders(self) -> bool:
        read = os.read(0, 1 << 20)
        *lines, self._rest = (self._rest + read).split(b"\n")
        for line in lines:
            order = orjson.loads(line)
            if "signal" in order:
                for pid, number in self._numbers.items():
                    if number == order["number"]:
                        os.kill(pid, order["signal"])
            else:
                self._fork(order)
        return bool(read)

    def _fork(self, order: dict[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            os._exit(_live(order, self._shelves))
        self._numbers[pid] = order["number"]

    def _bury(self) -> None:
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                number, code = self._numbers.pop(found[0]), os.waitstatus_to_exitcode(found[1])
                os.write(1, orjson.dumps({"number": number, "code": code}) + b"\n")


def _live(order: dict[str, Any], shelves: Sequence[Shelf]) -> int:
    """Be a bot; gives the exit code."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with Path(order["log"]).open("ab") as log, Path(os.devnull).open("rb") as nothing:
        for file, number in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(file.fileno(), number)
    try:
        bot.main(order["arguments"], shelves=shelves)
    except SystemExit as end:
        print(end.code, file=sys.stderr)  # noqa: T201 - as Python itself would
        return 1
    except BaseException:  # noqa: BLE001 - the end of a process, whatever it was
        traceback.print_exc()
        return 1
    finally:
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    main()
