"""Reactions by the thousand: prepared as JSON first, then sent as fast as the wire takes them, or at a steady rate."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from tests.wire import reactions
from tests.wire.gateway import Gateway
from tests.wire.people import emoji_of
from tests.wire.state import Message, World

_TURN = 256
"""How many reactions are handed to the sender before it gets its turn."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One reaction to come: put on a message, or taken off it."""

    message: Message
    member_id: int
    emoji: str
    burst: bool
    added: bool
    body: bytes

    @property
    def event(self) -> str:
        """Give the name of its event."""
        return "MESSAGE_REACTION_ADD" if self.added else "MESSAGE_REACTION_REMOVE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """How a volley went: how many reactions, in how many seconds until the last was sent.

    `stamps` has the steady clock's nanoseconds at which each was sent, if asked for; nothing else may be sent then.
    """

    count: int
    seconds: float
    stamps: tuple[int, ...] = ()

    @property
    def per_second(self) -> float:
        """Give the rate."""
        return self.count / self.seconds


def prepare(
    world: World, taps: Iterable[tuple[int, int, str]], *, burst: bool = False, added: bool = True
) -> list[Shot]:
    """Make a volley of (message, member, letter); nothing happens yet."""
    shots = []
    for message_id, member_id, letter in taps:
        message, emoji = world.message(message_id), emoji_of(letter)
        body = (
            reactions.added_body(world, message, member_id, emoji, burst=burst)
            if added
            else reactions.removed_body(message, member_id, emoji, burst=burst)
        )
        shots.append(Shot(message, member_id, emoji, burst, added, body))
    return shots


def scatter(
    rng: Random, message_ids: Sequence[int], member_ids: Sequence[int], letters: str, count: int
) -> list[tuple[int, int, str]]:
    """Draw taps of members all over messages; the same ones for the same seed."""
    return [(rng.choice(message_ids), rng.choice(member_ids), rng.choice(letters)) for _ in range(count)]


async def fire(
    world: World, gateway: Gateway, shots: Sequence[Shot], *, rate: float | None = None, stamped: bool = False
) -> Fired:
    """Let a volley happen: as fast as it can be sent, or `rate` per second. What changes nothing is not sent."""
    connection = next((session.connection for session in gateway.connected), None)
    if connection is not None and stamped:
        await connection.sent()
        connection.stamps = []
    began, count = time.monotonic(), 0
    for place, shot in enumerate(shots):
        if rate is not None and (wait := began + place / rate - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        elif place % _TURN == 0:
            await gateway.sent()
        if _change(world, shot):
            gateway.emit(shot.event, shot.body, shot.message.guild_id)
            count += 1
    await gateway.sent()
    seconds = time.monotonic() - began
    stamps = tuple(connection.stamps or ()) if connection is not None else ()
    if connection is not None:
        connection.stamps = None
    return Fired(count=count, seconds=seconds, stamps=stamps)


async def pack(world: World, gateway: Gateway, shots: Sequence[Shot]) -> int:
    """Let a volley happen, but keep it from the bot, packed and numbered; gives how many reactions `loose` will send.

    Sending it costs next to nothing then, so that the server takes no time from what is measured. Until it is sent,
    everything else waits behind it. It goes to the one bot that is connected.
    """
    (session,) = gateway.connected
    assert session.connection is not None
    changed = [shot for shot in shots if _change(world, shot)]
    await session.connection.sent()
    await session.connection.pack_ahead(session.number(shot.event, shot.body) for shot in changed)
    return len(changed)


async def loose(gateway: Gateway, count: int) -> Fired:
    """Send what was packed, all at once."""
    (session,) = gateway.connected
    assert session.connection is not None
    began = time.monotonic()
    await session.connection.send_ahead()
    return Fired(count=count, seconds=time.monotonic() - began)


def _change(world: World, shot: Shot) -> bool:
    change = reactions.put if shot.added else reactions.take
    return change(world, shot.message, shot.member_id, shot.emoji, burst=shot.burst)
