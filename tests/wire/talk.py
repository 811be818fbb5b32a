"""One gateway connection's conversation: hello, heartbeats, identify, resume, and being turned away."""

import asyncio
import secrets
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from aiohttp import WSMsgType, web

from tests.wire import payloads
from tests.wire.protocol import ALL_INTENTS, GUILDS, PRIVILEGED, Close, Op, Told, members_chunk
from tests.wire.routes.accounts import gateway_of
from tests.wire.session import Connection, Session
from tests.wire.state import Json, World

_MINUTE = 60.0


class Host(Protocol):
    """What a conversation needs of the gateway."""

    world: World
    heartbeat: float
    per_minute: int
    privileged: int
    sessions: dict[str, Session]
    identified: int
    resumed: int
    replayed: int
    received: list[tuple[int, Any]]

    def end(self, session: Session) -> None:
        """Forget a session: it cannot be resumed."""


@dataclass(slots=True, kw_only=True)
class Talk:
    """One connection's conversation."""

    gateway: Host
    connection: Connection
    address: str
    session: Session | None = None
    _heard: deque[float] = field(default_factory=deque)

    def check_version(self, version: str | None) -> None:
        """Turn away whoever speaks another version."""
        if version != "10":
            raise Told(Close.BAD_VERSION)

    async def listen(self, socket: web.WebSocketResponse) -> None:
        """Greet, and answer until the client goes or is told to."""
        interval = self.gateway.heartbeat
        self.connection.say(Op.HELLO, {"heartbeat_interval": round(interval * 1000), "_trace": []})
        while True:
            try:
                message = await socket.receive(timeout=interval * 1.5)
            except TimeoutError:
                self._end_session()
                raise Told(Close.SESSION_TIMED_OUT) from None
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                if message.data in (1000, 1001):
                    # Whoever closes with these codes does not come back to the session.
                    self._end_session()
                return
            self._hear(message.data)

    def _end_session(self) -> None:
        if self.session is not None:
            self.gateway.end(self.session)

    def _hear(self, text: str | bytes) -> None:
        now = asyncio.get_running_loop().time()
        self._heard.append(now)
        while self._heard[0] <= now - _MINUTE:
            self._heard.popleft()
        if len(self._heard) > self.gateway.per_minute:
            raise Told(Close.TOO_FAST)
        try:
            said = orjson.loads(text)
            op, data = said["op"], said.get("d")
        except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
            raise Told(Close.UNREADABLE) from None
        self.gateway.received.append((op, data))
        self._answer(op, data)

    def _answer(self, op: int, data: Any) -> None:  # noqa: ANN401 - any JSON
        match op:
            case Op.HEARTBEAT:
                self.connection.say(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                self._identify(data)
            case Op.RESUME:
                self._resume(data)
            case _ if op not in {*Op}:
                raise Told(Close.UNKNOWN_OP)
            case _ if self.session is None:
                raise Told(Close.NOT_IDENTIFIED)
            case Op.REQUEST_MEMBERS:
                self._tell_members(self.session, data)

    def _identify(self, data: Json) -> None:
        if self.session is not None:
            raise Told(Close.IDENTIFIED_ALREADY)
        self._check_token(data)
        intents, shard = data.get("intents", 0), tuple(data.get("shard", (0, 1)))
        if not 0 <= intents <= ALL_INTENTS:
            raise Told(Close.BAD_INTENTS)
        if intents & PRIVILEGED & ~self.gateway.privileged:
            raise Told(Close.INTENTS_NOT_ALLOWED)
        if not 0 <= shard[0] < shard[1]:
            raise Told(Close.BAD_SHARD)
        self.session = Session(secrets.token_hex(16), intents=intents, shard=shard)
        self.session.connection = self.connection
        self.gateway.sessions[self.session.id] = self.session
        self.gateway.identified += 1
        self._greet(self.session)

    def _greet(self, session: Session) -> None:
        world = self.gateway.world
        guilds = [guild for guild in world.guilds.values() if guild.joined and session.wants(GUILDS, guild.id)]
        ready = {
            "v": 10,
            "user": payloads.own_user(world.bot),
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": gateway_of(self.address),
            "shard": list(session.shard),
            "application": {"id": str(world.application_id), "flags": 0},
            "private_channels": [],
        }
        session.push("READY", orjson.dumps(ready))
        for guild in guilds:
            session.push("GUILD_CREATE", orjson.dumps(payloads.guild(guild, world)))

    def _resume(self, data: Json) -> None:
        self._check_token(data)
        found, since = self.gateway.sessions.get(str(data.get("session_id"))), int(data.get("seq") or 0)
        if found is None or not found.can_replay(since):
            self.connection.say(Op.INVALID_SESSION, data=False)
            return
        if since > found.sequence:
            self.gateway.end(found)
            raise Told(Close.BAD_SEQUENCE)
        if found.connection is not None and found.connection is not self.connection:
            found.connection.cut()
        self.session, found.connection = found, self.connection
        self.gateway.resumed += 1
        self.gateway.replayed += found.replay(since)
        found.push("RESUMED", b'{"_trace":[]}')

    def _check_token(self, data: Json) -> None:
        if data.get("token") != self.gateway.world.token:
            raise Told(Close.BAD_TOKEN)

    def _tell_members(self, session: Session, data: Json) -> None:
        asked = data.get("guild_id", 0)
        guild = self.gateway.world.guilds.get(int(asked[0] if isinstance(asked, list) else asked))
        if guild is None or not guild.joined:
            return
        chunk = members_chunk(guild, data)
        session.push("GUILD_MEMBERS_CHUNK", orjson.dumps(chunk))
