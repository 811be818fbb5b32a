"""Killing the bot in the middle of a flood, again and again: does every answer that was acknowledged survive?"""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import orjson

from benchmarks.arena import Place, found
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured
from benchmarks.choices import Choices, stored
from bot.domain.item import ItemKind
from bot.services.answering import Verdict
from tests.wire.control import Remote
from tests.wire.processes import bot_process, server_process
from tests.wire.waiting import until

_KILLS = 20
_ROUNDS = 50
_MEMBERS = 2_000
_FLOOD = 20_000
_MORE_SECONDS = 0.3
"""How long at most the flood goes on after the first acknowledgement."""

_PATIENCE = 60.0

_TRIES = 3
"""How often a kill is tried that came only after the last acknowledgement, each time sooner: it shows nothing."""

Tap = tuple[int, int, str]


class KillTooLate(Exception):
    """A flood was over before the bot was killed, however soon that was."""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    rng = Random(1)
    lost = acknowledged = 0
    fresh = bench.scratch / "fresh.db"
    async with server_process(bench.scratch / "server.log", limits="none") as remote:
        await remote("settings", keep_taps=False)
        place = await found(remote, fresh, rounds=_ROUNDS, members=_MEMBERS)
        for number in range(1, _KILLS + 1):
            bench.say(f"kill {number} of {_KILLS}; {lost} of {acknowledged} acknowledged answers lost")
            kept, gone = await _kill(remote, place, fresh, number=number, more=rng.uniform(0, _MORE_SECONDS))
            acknowledged += kept
            lost += gone
    note = f"of {acknowledged} acknowledged answers; each of the {_KILLS} kills fell between two of them"
    return {"kill_flood": Measured(ratio=lost, note=note)}


async def _kill(remote: Remote, place: Place, fresh: Path, *, number: int, more: float) -> tuple[int, int]:
    """Kill a bot between two acknowledgements of a flood; gives how many there were, and how many are lost.

    Raises:
        KillTooLate: it could not be done.
    """
    acknowledged = lost = 0
    for again in range(_TRIES):
        database = Path(shutil.copyfile(fresh, fresh.with_name(f"{number}-{again}.db")))
        acks, taps = await _flood(remote, place, database, seed=number, more=more / 4**again)
        acknowledged += len(acks)
        lost += _lost(acks, taps, place.kinds, stored(database, place))
        if len(acks) < len(taps):
            return acknowledged, lost
    raise KillTooLate(f"kill {number} came {_TRIES} times after everything was acknowledged")


async def _flood(
    remote: Remote, place: Place, database: Path, *, seed: int, more: float
) -> tuple[list[Tap], list[Tap]]:
    """Kill a bot in a flood, some seconds after its first acknowledgement; gives these, and all that was fired."""
    acks = database.with_suffix(".acks")
    await remote("wipe", messages=place.posts)
    async with bot_process(remote.address, database, options={"acks": acks}) as running:
        await remote("ready")
        await remote("quiet", seconds=0.2)
        drawn = await remote("load", messages=place.posts, members=place.members, count=_FLOOD, seed=seed, packed=True)
        firing = asyncio.create_task(remote("fire"))
        await until(lambda: acks.stat().st_size, patience=_PATIENCE, every=0.002)
        await asyncio.sleep(more)
        running.kill()
        await running.ended()
        await asyncio.gather(firing, return_exceptions=True)
    heard = [orjson.loads(line) for line in acks.read_bytes().splitlines()]
    taps = list(dict.fromkeys((message, member, letter) for message, member, letter in drawn))
    recorded = [(message, member, mark) for _, message, member, mark, verdict in heard if verdict == Verdict.RECORDED]
    return recorded, taps


def _lost(acks: Sequence[Tap], taps: Sequence[Tap], kinds: Mapping[int, ItemKind], held: Choices) -> int:
    """Count the members' latest acknowledged letters that are gone, unless a later one of theirs came instead."""
    order = {tap: place for place, tap in enumerate(taps)}
    latest = {(message, member): (message, member, letter) for message, member, letter in acks}
    lost = 0
    for message, member, letter in acks:
        choice = held.get((message, member), "")
        if kinds[message] is ItemKind.MULTIPLE:
            lost += letter not in choice
        elif latest[message, member] == (message, member, letter):
            lost += order.get((message, member, choice), -1) < order[message, member, letter]
    return lost


BENCHMARKS = (Benchmark(goals=(Goal(name="kill_flood", bound=0, vital=True),), measure=_measure),)
