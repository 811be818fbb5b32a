"""The gateway, version 10: who has a session, who has a connection, and what is sent to whom."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.wire.compression import stream_of
from tests.wire.event_faults import EventFault, EventFaultKind, EventFaults
from tests.wire.protocol import Close, Op, Told, intent_of
from tests.wire.session import Connection, Session
from tests.wire.state import World
from tests.wire.talk import Talk
from tests.wire.waiting import PATIENCE, until

_ENDS_A_SESSION = (Close.BAD_SEQUENCE, Close.SESSION_TIMED_OUT)


@dataclass(slots=True, kw_only=True)
class Gateway:
    """Everything about connections. `heartbeat` is the interval in seconds that bots are told.

    While `reachable` is false, connections break before a word is said. `per_minute` is how many messages a connection
    may send, `privileged` the privileged intents that the application was given.
    """

    world: World
    faults: EventFaults = field(default_factory=EventFaults)
    heartbeat: float = 41.25
    per_minute: int = 120
    privileged: int = 0
    reachable: bool = True
    sessions: dict[str, Session] = field(default_factory=dict)
    identified: int = 0
    resumed: int = 0
    replayed: int = 0
    refused: int = 0
    received: list[tuple[int, Any]] = field(default_factory=list)
    _overtaken: list[tuple[str, bytes, int | None]] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends."""
        if not self.reachable:
            self.refused += 1
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        socket = web.WebSocketResponse(compress=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, stream_of(request.query.get("compress")), request)
        talk = Talk(gateway=self, connection=connection, address=f"{request.scheme}://{request.host}")
        try:
            talk.check_version(request.query.get("v"))
            await talk.listen(socket)
        except Told as told:
            await connection.close(told.code)
        finally:
            connection.cut()
        return socket

    def emit(self, event: str, body: bytes, guild_id: int | None) -> None:
        """Send an event to every session that wants it, unless something goes wrong with it."""
        fault = self.faults.strike(event)
        if fault is None:
            self._deliver(event, body, guild_id)
        else:
            self._deliver_badly(fault, event, body, guild_id)
            if fault.kind is EventFaultKind.SWAP:
                return
        if self._overtaken:
            self._let_through()

    def end(self, session: Session) -> None:
        """Forget a session: it cannot be resumed."""
        self.sessions.pop(session.id, None)

    def _let_through(self) -> None:
        overtaken, self._overtaken = self._overtaken, []
        for each in overtaken:
            self._deliver(*each)

    def _deliver_badly(self, fault: EventFault, event: str, body: bytes, guild_id: int | None) -> None:
        loop = asyncio.get_running_loop()
        match fault.kind:
            case EventFaultKind.DROP:
                pass
            case EventFaultKind.REPEAT:
                self._deliver(event, body, guild_id)
                self._deliver(event, body, guild_id)
            case EventFaultKind.SWAP:
                self._overtaken.append((event, body, guild_id))
                loop.call_later(fault.seconds, self._let_through)
            case EventFaultKind.DELAY:
                loop.call_later(fault.seconds, self._deliver, event, body, guild_id)

    def _deliver(self, event: str, body: bytes, guild_id: int | None) -> None:
        intent = intent_of(event, direct=guild_id is None)
        for session in self.sessions.values():
            if session.wants(intent, guild_id):
                session.push(event, body)

    @property
    def connected(self) -> list[Session]:
        """List the sessions that have a connection."""
        return [session for session in self.sessions.values() if session.connected]

    async def ready(self, *, patience: float = PATIENCE) -> Session:
        """Wait until a bot has a session and a connection; gives the newest.

        Raises:
            TimeoutError: none came.
        """
        await until(lambda: self.connected, patience=patience)
        return self.connected[-1]

    async def gone(self, *, patience: float = PATIENCE) -> None:
        """Wait until no bot has a connection.

        Raises:
            TimeoutError: one stayed.
        """
        await until(lambda: not self.connected, patience=patience)

    def cut(self, *, resumable: bool = True) -> None:
        """Break every connection; without `resumable` their sessions are forgotten too."""
        for session in self.connected:
            if not resumable:
                self.end(session)
            if session.connection is not None:
                session.connection.cut()

    def go_away(self, seconds: float) -> None:
        """Break every connection, and let nobody in for a while; sessions go on meanwhile."""
        self.reachable = False
        self.cut()
        asyncio.get_running_loop().call_later(seconds, setattr, self, "reachable", True)

    def invalidate(self, *, resumable: bool) -> None:
        """Tell every bot that its session is invalid: for good, or to be resumed."""
        for session in self.connected:
            if not resumable:
                self.end(session)
            if session.connection is not None:
                session.connection.say(Op.INVALID_SESSION, resumable)

    def ask_to_reconnect(self) -> None:
        """Tell every bot to reconnect, as Discord does when it moves them to another machine."""
        self._say(Op.RECONNECT)

    def ask_for_heartbeat(self) -> None:
        """Ask every bot for a heartbeat at once."""
        self._say(Op.HEARTBEAT)

    async def close(self, code: int) -> None:
        """Close every connection with a code; for codes after which Discord wants a new session, the old one ends."""
        for session in self.connected:
            if code in _ENDS_A_SESSION:
                self.end(session)
            if session.connection is not None:
                await session.connection.close(code)

    async def sent(self) -> None:
        """Wait until every event so far has been sent to whoever is connected."""
        for session in self.connected:
            if session.connection is not None:
                await session.connection.sent()

    def _say(self, op: Op) -> None:
        for session in self.connected:
            if session.connection is not None:
                session.connection.say(op)
