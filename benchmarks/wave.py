"""Four hundred servers that are due in the same second: how near their posts come to what Discord's limit allows."""

import asyncio
import math
import time
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from benchmarks.arena import peer
from benchmarks.benchmark import Bench, Benchmark, Goal, Measured
from benchmarks.ledger import LETTERS, due_schedules
from bot import app
from tests.wire.control import Remote
from tests.wire.processes import server_process

_SERVERS = 400
_PER_SECOND = 50
"""Discord's global limit (its documentation on rate limits, 2026)."""

_LEAD = timedelta(seconds=10)
"""How long the bot has to start and connect before the servers are due."""

_PATIENCE = 120.0
_POST = "POST /channels/{channel_id}/messages"
_LETTER = "PUT /channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"


class WaveBroken(Exception):
    """Posts or letters are missing or twice there, or Discord refused a request."""


async def _measure(bench: Bench) -> Mapping[str, Measured]:
    bench.say(f"{_SERVERS} servers")
    database = bench.scratch / "wave.db"
    async with server_process(bench.scratch / "server.log") as remote:
        places = await remote("found", count=_SERVERS, members=1)
        due_at, due = time.monotonic() + _LEAD.total_seconds(), app.system_clock() + _LEAD
        await due_schedules(database, places, due=due)
        async with peer("four_letters", remote, database):
            await remote("ready")
            if time.monotonic() > due_at:
                raise WaveBroken("the bot took too long to start")
            await remote("forget")
            requests = await _until_done(bench, remote, due_at)
            posted = await remote("messages")
    _check(requests, posted)
    count = _SERVERS * (1 + len(LETTERS))
    bound = math.ceil(count / _PER_SECOND) - 1.0
    seconds = max(each["at"] + each["seconds"] for each in _wave(requests)) - due_at
    note = f"{count} requests in {seconds:.1f} s, {bound:.0f} s allowed; run once, for it is a minute of real time"
    return {"post_wave": Measured(ratio=seconds / bound, note=note)}


async def _until_done(bench: Bench, remote: Remote, due_at: float) -> list[dict[str, Any]]:
    """Wait for every post and letter; gives all requests that were answered."""
    done: list[dict[str, Any]] = []
    wanted, there = _SERVERS * (1 + len(LETTERS)), 0
    while there < wanted and time.monotonic() < due_at + _PATIENCE:
        await asyncio.sleep(1)
        # Anew from the first one: a request under way is in the journal already, and has its answer only later.
        done = [each for each in await remote("requests") if each["status"]]
        there = len(_wave(done))
        bench.say(f"{there} of {wanted} requests, {max(time.monotonic() - due_at, 0):.0f} s after the second")
    return done


def _wave(requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Choose the requests that post or put letters."""
    return [each for each in requests if each["route"] in (_POST, _LETTER)]


def _check(requests: list[dict[str, Any]], posted: list[dict[str, Any]]) -> None:
    routes = Counter(each["route"] for each in requests)
    # Whatever was asked for besides, being limited is being too fast; a post or letter must come through at once.
    refused = [each for each in requests if each["status"] == HTTPStatus.TOO_MANY_REQUESTS]
    refused += [each for each in _wave(requests) if not 200 <= each["status"] < 300]  # noqa: PLR2004 - success
    channels = Counter(message["channel_id"] for message in posted)
    letters = sum(len(message.get("reactions") or []) for message in posted)
    if refused or len(channels) != _SERVERS or max(channels.values()) > 1 or letters != _SERVERS * len(LETTERS):
        raise WaveBroken(
            f"{dict(routes)}, {len(refused)} refused, posts in {len(channels)} channels, {letters} letters"
        )


BENCHMARKS = (Benchmark(goals=(Goal(name="post_wave", bound=1.2),), measure=_measure),)
