"""Leases: a step belongs to whoever took it for as long as it takes, and to nobody else."""

import asyncio
from datetime import timedelta

import pytest

from bot.services import stepping
from tests.services.house import House, refused_commits, until


async def test_a_lease_whose_renewal_was_refused_is_renewed_later(
    group: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full for a moment, just when a renewal commits, does not give slow work to somebody else."""
    monkeypatch.setattr(stepping, "_RENEWED_SECONDS", 0.01)
    await group.planned()
    gate = group.publisher.hang("post")
    await group.daily.tick()
    await until(lambda: bool(group.publisher.named("post")))
    before = group.rows("SELECT step_at FROM rounds")
    with refused_commits(group):
        group.clock.advance(seconds=30)
        await until(lambda: group.store.trouble is not None)
        assert group.rows("SELECT step_at FROM rounds") == before
    await until(lambda: group.rows("SELECT step_at FROM rounds") != before)
    gate.set()
    await group.daily.idle()


async def test_slow_work_keeps_its_lease(group: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that outlasts its lease renews it: another process does not take it for abandoned."""
    monkeypatch.setattr(stepping, "_RENEWED_SECONDS", 0.01)
    other = await group.second()

    async def linger(gate: asyncio.Event) -> None:
        for _ in range(4):
            before = group.rows("SELECT step_at FROM rounds")
            group.clock.advance(seconds=30)
            await until(lambda before=before: group.rows("SELECT step_at FROM rounds") != before)  # type: ignore[misc]
            await asyncio.wait_for(other.work(1), timeout=5)
        gate.set()

    await group.planned(open_for=timedelta(minutes=5))
    gates = [group.publisher.hang(method) for method in ("post", "collect", "explain")]
    await group.daily.tick()
    await linger(gates[0])
    await group.daily.idle()
    group.clock.now = (await group.round()).closes_at
    await group.daily.tick()
    await linger(gates[1])
    await linger(gates[2])
    await group.daily.idle()
    await other.close()
    assert await group.states() == ["explained"]
    assert (len(group.publisher.posts), len(group.publisher.reveals)) == (1, 1)
    assert group.publisher.named("find_post", "find_reveal") == []
