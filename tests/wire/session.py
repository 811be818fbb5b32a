"""A gateway session and the connection it has at the moment: numbering, what to replay, and sending in order."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Iterable

import orjson
from aiohttp import web

from tests.wire.compression import Plain, Stream
from tests.wire.waiting import until

_REPLAYED = 200_000
"""How many events a session keeps for a resume."""

_TOGETHER = 32
"""How many messages at most go out in one write, after which others get their turn."""

_FULL = 1 << 20
"""How many bytes may wait in the socket's buffer before sending pauses."""

_STUCK = 600.0
"""Seconds after which a client that reads nothing is a mistake of the test."""

_SHORT, _MEDIUM = 126, 1 << 16
_TEXT, _BINARY = 0x81, 0x82


class Connection:
    """One web socket: what is put in is packed and sent in that order.

    Frames are written by hand, many at a time: aiohttp's own way costs a system call for each.
    """

    def __init__(self, socket: web.WebSocketResponse, stream: Stream, request: web.Request) -> None:
        self._socket = socket
        self._stream = stream
        self._frame = _TEXT if isinstance(stream, Plain) else _BINARY
        self._transport = request.transport
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()
        self._sender = asyncio.create_task(self._send_all(), name="gateway sender")
        self._ahead: list[bytes] | None = None
        self.open = self._transport is not None
        self.stamps: list[int] | None = None
        """The steady clock's nanoseconds at which each message was sent, while somebody wants to know."""

    def put(self, message: bytes) -> None:
        """Send a message when those before it are sent."""
        if self.open:
            self._waiting.append(message)
            self._empty.clear()
            self._wake.set()

    def say(self, op: int, data: object = None) -> None:
        """Send something that is no event."""
        self.put(orjson.dumps({"op": op, "d": data, "s": None, "t": None}))

    async def pack_ahead(self, messages: Iterable[bytes]) -> None:
        """Pack messages now that `send_ahead` will send; everything else waits behind them."""
        await self.sent()
        self._ahead = [self._framed(message) for message in messages]

    async def send_ahead(self) -> None:
        """Send what was packed ahead, all at once, and wait until it is out."""
        packed, self._ahead = self._ahead or [], None
        if self.open and self._transport is not None:
            self._transport.write(b"".join(packed))
            await self._drain(0)
        self._wake.set()

    async def sent(self) -> None:
        """Wait until everything is sent, or the connection is gone."""
        await self._empty.wait()

    async def close(self, code: int) -> None:
        """Close the socket with one of Discord's codes, after what waits to be sent."""
        if self.open:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.sent(), 1)
            self._end()
            await self._socket.close(code=code, drain=False)

    def cut(self) -> None:
        """Break the connection without a word."""
        self._end()
        if self._transport is not None:
            self._transport.abort()

    def _end(self) -> None:
        self.open = False
        self._waiting.clear()
        self._empty.set()
        self._sender.cancel()

    async def _send_all(self) -> None:
        while self.open and self._transport is not None:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting and self._ahead is None:
                count = min(len(self._waiting), _TOGETHER)
                self._transport.write(b"".join([self._framed(self._waiting.popleft()) for _ in range(count)]))
                if self.stamps is not None:
                    self.stamps += [time.monotonic_ns()] * count
                await self._drain(_FULL)
            if not self._waiting:
                self._empty.set()

    async def _drain(self, most: int) -> None:
        """Let others have their turn, and wait until the socket's buffer holds no more than so many bytes."""
        await asyncio.sleep(0)
        transport = self._transport
        if transport is not None and transport.get_write_buffer_size() > most:
            await until(
                lambda: not self.open or transport.get_write_buffer_size() <= most, patience=_STUCK, every=0.001
            )

    def _framed(self, message: bytes) -> bytes:
        """Pack a message into one frame, unmasked as a server's are."""
        packed = self._stream.pack(message)
        size = len(packed)
        if size < _SHORT:
            return bytes((self._frame, size)) + packed
        if size < _MEDIUM:
            return bytes((self._frame, 126)) + size.to_bytes(2, "big") + packed
        return bytes((self._frame, 127)) + size.to_bytes(8, "big") + packed


class Session:
    """What a bot has with the gateway, across connections."""

    def __init__(self, session_id: str, *, intents: int, shard: tuple[int, int]) -> None:
        self.id = session_id
        self.intents = intents
        self.shard = shard
        self.sequence = 0
        self.connection: Connection | None = None
        self._sent: deque[tuple[int, bytes]] = deque(maxlen=_REPLAYED)

    @property
    def connected(self) -> bool:
        """Tell whether there is a connection now."""
        return self.connection is not None and self.connection.open

    def push(self, event: str, body: bytes) -> None:
        """Number an event and send it: now, or when the session is resumed."""
        message = self.number(event, body)
        if self.connection is not None:
            self.connection.put(message)

    def number(self, event: str, body: bytes) -> bytes:
        """Give the message of an event, as the next of this session; somebody else sends it."""
        self.sequence += 1
        message = b'{"t":"%b","s":%d,"op":0,"d":%b}' % (event.encode(), self.sequence, body)
        self._sent.append((self.sequence, message))
        return message

    def can_replay(self, since: int) -> bool:
        """Tell whether everything after a number is still there."""
        return since >= self.sequence or (bool(self._sent) and self._sent[0][0] <= since + 1)

    def replay(self, since: int) -> int:
        """Send everything after a number again; gives how many events that were."""
        missed = [message for number, message in self._sent if number > since]
        for message in missed:
            if self.connection is not None:
                self.connection.put(message)
        return len(missed)

    def wants(self, intent: int, guild_id: int | None) -> bool:
        """Tell whether an event is for this session: of an intent it has, in a server of its shard."""
        if intent and not self.intents & intent:
            return False
        return guild_id is None or (guild_id >> 22) % self.shard[1] == self.shard[0]
