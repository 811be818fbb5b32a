"""The playground's side of the terminal: sentences out, single keys in, and the signals that end it."""

import asyncio
import contextlib
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self


def say(sentence: str) -> None:
    """Print one sentence at once, also into a pipe; a reader who has gone is no trouble."""
    with contextlib.suppress(BrokenPipeError):
        print(sentence, flush=True)  # noqa: T201 - the terminal is this module's business


# What arrows and the like send, in which no letter is meant as a key.
_ESCAPE = re.compile(r"\x1b(\[[0-9;]*[A-Za-z~]|O.)?")


class Keys:
    """Keys as they are pressed; `q` also stands for SIGINT, SIGTERM and whatever else asks for the end."""

    def __init__(self) -> None:
        self._pressed: asyncio.Queue[str] = asyncio.Queue()
        self.listening = False
        self.ending = False

    def press(self, key: str) -> None:
        self.ending |= key == "q"
        self._pressed.put_nowait(key)

    async def next(self) -> str:
        return await self._pressed.get()

    @contextmanager
    def open(self) -> Iterator[Self]:
        """Listen to the signals and, where standard input is a terminal, to its keys."""
        loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as stack:
            for number in (signal.SIGINT, signal.SIGTERM):
                with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C cancels the main task instead
                    loop.add_signal_handler(number, self.press, "q")
                    stack.callback(loop.remove_signal_handler, number)
            with contextlib.suppress(ImportError):  # Windows has no termios, so no keys
                self.listening = self._listen(loop, stack)
            yield self

    def _listen(self, loop: asyncio.AbstractEventLoop, stack: contextlib.ExitStack) -> bool:
        import termios  # noqa: PLC0415 - not on every system
        import tty  # noqa: PLC0415

        if sys.stdin is None or sys.stdin.closed or not sys.stdin.isatty():
            return False
        handle = sys.stdin.fileno()
        before = termios.tcgetattr(handle)
        stack.callback(termios.tcsetattr, handle, termios.TCSADRAIN, before)
        tty.setcbreak(handle)

        def read() -> None:
            text = os.read(handle, 32).decode(errors="ignore")
            if not text:  # the terminal has gone
                loop.remove_reader(handle)
            for key in _ESCAPE.sub("", text).lower():
                self.press(key)

        loop.add_reader(handle, read)
        stack.callback(loop.remove_reader, handle)
        return True
