"""Traffic: what a storm of limits may cost at most, and which outcomes of requests an operator is told of."""

import asyncio
import logging
from types import SimpleNamespace
from typing import Any

import pytest
import yarl

from bot.chat.pacer import MOST, Pacer, Urgency
from bot.chat.traffic import Traffic
from tests.chat.test_pacer import FastLoop

BLOCKED_AFTER = 10_000
"""Answers of 401, 403 and 429 in ten minutes for which Discord blocks an address."""

DISCORD = {"Via": "1.1 google", "Content-Type": "application/json"}
SERVERS = 400


async def answer(traffic: Traffic, status: int, *, path: str = "/api/v10/channels/1", **headers: str) -> None:
    """Let a request end with a status."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    response = SimpleNamespace(status=status, headers=DISCORD | given)
    about = SimpleNamespace()
    await traffic._began(None, about, made(path=path))
    await traffic._ended(None, about, made(path=path, response=response))


async def break_off(traffic: Traffic, trouble: BaseException, *, path: str = "/api/v10/channels/1") -> None:
    """Let a request end with an exception."""
    about = SimpleNamespace()
    await traffic._began(None, about, made(path=path))
    await traffic._broke(None, about, made(path=path, exception=trouble))


def made(*, path: str, **more: object) -> Any:  # noqa: ANN401 - what aiohttp would pass
    return SimpleNamespace(url=yarl.URL(f"https://discord.com{path}"), **more)


@pytest.mark.parametrize("length", ["nan", "-nan", "soon", "-1"])
async def test_a_limit_of_no_length_holds_nothing(length: str) -> None:
    """A header that is no number of seconds counts as none."""
    loop = asyncio.get_running_loop()
    pacer, traffic = Pacer(loop.time), Traffic()
    traffic.guard(pacer, recovered=lambda: None)
    await answer(traffic, 429, Retry_After=length, X_RateLimit_Global="true")
    await asyncio.wait_for(pacer.turn(Urgency.QUESTION), 1)


def in_ten_minutes(status: int, *, tries: int, **headers: str) -> int:
    """Count what four hundred servers ask in ten minutes when nothing is answered in any other way."""
    asked = 0
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        pacer, traffic = Pacer(loop.time), Traffic()
        traffic.guard(pacer, recovered=lambda: None)

        async def server() -> None:
            nonlocal asked
            wait = 20.0
            while True:
                await pacer.turn(Urgency.QUESTION)
                for _ in range(tries):
                    asked += 1
                    await asyncio.sleep(0.1)
                    await answer(traffic, status, **headers)
                    await asyncio.sleep(float(headers.get("Retry_After", "0")))
                await asyncio.sleep(wait)
                wait = min(2 * wait, 600)

        async def storm() -> None:
            crowd = [asyncio.create_task(server()) for _ in range(SERVERS)]
            await asyncio.sleep(600)
            for each in crowd:
                each.cancel()
            await asyncio.gather(*crowd, return_exceptions=True)

        runner.run(storm())
    return asked


@pytest.mark.parametrize(
    ("tries", "headers"),
    [
        (1, {"Via": ""}),
        (5, {"Retry_After": "0.5"}),
        (5, {"Retry_After": "0.5", "X_RateLimit_Global": "true"}),
        (5, {"Retry_After": "30"}),
    ],
    ids=["blocked", "per route", "global", "long waits"],
)
def test_a_storm_of_ten_minutes_is_far_from_what_gets_a_bot_blocked(tries: int, headers: dict[str, str]) -> None:
    """With four hundred servers that all want something, and discord.py trying each request up to five times."""
    assert in_ten_minutes(429, tries=tries, **headers) < BLOCKED_AFTER / 4


async def test_a_limit_of_one_route_holds_nobody_else_back() -> None:
    """A single answer of 429 that is about one route lets all others go on; a global one holds everything."""
    pacer, traffic = Pacer(asyncio.get_running_loop().time), Traffic()
    traffic.guard(pacer, recovered=lambda: None)
    await answer(traffic, 429, Retry_After="30")
    assert pacer.spare()
    await answer(traffic, 429, Retry_After="0.05", X_RateLimit_Scope="global")
    assert not pacer.spare()
    await asyncio.wait_for(pacer.turn(Urgency.QUESTION), timeout=5)


async def test_errors_in_a_row_are_one_outage(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One broken request is not worth a line, three are an outage; its end is told once, and those who wait hear it."""
    caplog.set_level(logging.INFO, "bot")
    monkeypatch.setattr("bot.chat.traffic._CALM_SECONDS", 0.0)
    traffic, recovered = Traffic(), []
    traffic.guard(Pacer(asyncio.get_running_loop().time), recovered=lambda: recovered.append(1))
    for status in (502, 200, 503, 404, 500):
        await answer(traffic, status)
    assert caplog.records == []
    await break_off(traffic, ConnectionResetError())
    await break_off(traffic, asyncio.CancelledError())
    await break_off(traffic, ConnectionResetError(), path="/")
    await answer(traffic, 504)
    await answer(traffic, 504)
    await answer(traffic, 200)
    await answer(traffic, 200)
    told = [record.getMessage() for record in caplog.records]
    assert [line.split(":")[0].split(" after")[0] for line in told] == [
        "Discord's REST API does not answer (status 504)",
        "Discord's REST API answers again",
    ]
    assert recovered == [1]


def test_what_the_limit_counts_takes_room_until_a_second_after_its_answer() -> None:
    """Once as many are under way as a second may see, the next one is sent later; answers to commands never wait."""
    waited: list[float] = []
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        pacer, traffic = Pacer(loop.time, rate=1e9, burst=1e9), Traffic()
        traffic.guard(pacer, recovered=lambda: None)

        async def begin(path: str) -> None:
            began = loop.time()
            await traffic._began(None, SimpleNamespace(), made(path=path))
            waited.append(loop.time() - began)

        async def crowd() -> None:
            for number in range(2 * MOST):
                await begin(f"/api/v10/interactions/{number}/token/callback")
            for _ in range(MOST):
                assert pacer.spare()
                await answer(traffic, 200)
            assert not pacer.spare()
            await begin("/api/v10/interactions/1/token/callback")
            await begin("/api/v10/channels/1")
            assert pacer.spare()

        runner.run(crowd())
    *free, last = waited
    assert set(free) == {0.0}
    assert last == pytest.approx(1.0)
