"""Traps met, by a learner and by a server, on a real database."""

from datetime import timedelta
from typing import Any

from bot.domain.posed import PosedItem
from bot.domain.practice import PracticeSource, Practised
from bot.domain.profile import People, Share
from bot.domain.rounds import Round
from bot.domain.tally import Result
from bot.storage import practice, profiles, results, rounds
from bot.storage.store import Store, Tx
from tests.builders import NOW, make_item, make_posed
from tests.storage.rows import a_round, a_schedule, result

HOUR = timedelta(hours=1)
LONG_AGO = NOW - timedelta(days=999)


def _posed(*traps: str) -> PosedItem:
    return make_posed(make_item(traps=dict(zip("BCD", traps, strict=False))))


def _fell(member_id: int, *traps: str) -> Result:
    return result(member_id, units=0, slips=frozenset(traps))


async def _graded(tx: Tx, number: int, found: list[Result], *traps: str, **changes: Any) -> Round:  # noqa: ANN401 - any field
    """Store a round on some traps with its results; it closed `number` hours from now."""
    asked = await a_round(tx, number, posed=_posed(*traps), closes_at=NOW + number * HOUR, **changes)
    await results.keep(tx, asked, found, used_up_since=NOW.date())
    return asked


async def _met(tx: Tx, member_id: int, guild_id: int = 100) -> list[tuple[str, str, int, bool]]:
    found = await profiles.encounters(tx, guild_id, member_id, since=LONG_AGO)
    return sorted((each.bank, each.trap, round((each.at - NOW) / HOUR), each.fell) for each in found)


async def test_slips_and_right_answers_on_the_same_trap_are_encounters(store: Store) -> None:
    """What counts is each slip, and each fully right answer to an item with a trap fallen for; servers stay apart."""
    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [_fell(1, "x"), result(2)], "x", "y")
        await _graded(tx, 2, [result(1), _fell(2, "y")], "x", "y")
        await _graded(tx, 3, [result(1)], "z")
        await _graded(tx, 4, [result(1, units=2520)], "x")
        await _graded(tx, 5, [result(1)], "x", guild_id=101)
        await _graded(tx, 6, [_fell(1, "x")], "x", bank="other")
        assert await _met(tx, 1) == [("other", "x", 6, True), ("sample", "x", 1, True), ("sample", "x", 2, False)]
        assert await _met(tx, 2) == [("sample", "y", 1, False), ("sample", "y", 2, True)]
        assert await _met(tx, 1, 101) == []
        assert await _met(tx, 9) == []


async def test_practice_is_met_too(store: Store) -> None:
    """Slips and right answers of practice count where it was done, and those of direct messages everywhere."""

    async def practise(tx: Tx, days: int, choice: str, guild_id: int | None = 100, *, full: bool = False) -> None:
        done = Practised(
            guild_id=guild_id,
            member_id=1,
            bank="sample",
            posed=make_posed(make_item("practised", traps={"B": "x", "C": "y"})),
            seed=f"{days}{guild_id}",
            choice=choice,
            units=0,
            full=full,
            at=NOW + days * 24 * HOUR,
            source=PracticeSource.DRILL,
        )
        await practice.keep(tx, done)

    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [result(1)], "x")
        await practise(tx, 1, "B")
        await practise(tx, 2, "C", None)
        await practise(tx, 3, "A", full=True)
        await practise(tx, 4, "D", 101)
        await practise(tx, -1000, "B")
        assert await _met(tx, 1) == [
            ("sample", "x", 1, False),
            ("sample", "x", 24, True),
            ("sample", "x", 72, False),
            ("sample", "y", 48, True),
            ("sample", "y", 72, False),
        ]
        assert await _met(tx, 1, 102) == [("sample", "y", 48, True)]
        assert await _met(tx, 2) == []


async def test_what_is_long_past_is_not_looked_at(store: Store) -> None:
    """Slips and right answers count since an instant."""
    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [_fell(1, "x")], "x")
        await _graded(tx, 2, [_fell(1, "x")], "x")
        await _graded(tx, 3, [result(1)], "x")
        found = await profiles.encounters(tx, 100, 1, since=NOW + 2 * HOUR)
        assert sorted(each.fell for each in found) == [False, True]
        assert await profiles.encounters(tx, 100, 1, since=NOW + 3 * HOUR) == []


async def test_unranked_repeats_count_for_the_profile(store: Store) -> None:
    """Falling again for an item that was used up teaches as much about the learner as the first time."""
    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [_fell(1, "x")], "x")
        again = await _graded(tx, 2, [_fell(1, "x")], "x")
        assert await results.is_ranked(tx, again.id, 1) is False
        assert await _met(tx, 1) == [("sample", "x", 1, True), ("sample", "x", 2, True)]


async def test_a_trap_is_met_when_its_round_stopped_taking_answers(store: Store) -> None:
    """A round closed early by an organiser counts from then, not from when it was to close."""
    async with store.write() as tx:
        await a_schedule(tx)
        asked = await _graded(tx, 9, [_fell(1, "x")], "x")
        await rounds.note(tx, asked.id, closing_at=NOW + 2 * HOUR)
        assert await _met(tx, 1) == [("sample", "x", 2, True)]
        assert [each.at for each in await profiles.meetings(tx, 100, "sample", since=LONG_AGO)] == [NOW + 2 * HOUR]


async def test_a_servers_meetings_are_its_rounds_by_trap(store: Store) -> None:
    """Each closed round counts once per trap of its item, with all answers and those that fell, since an instant."""
    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [_fell(1, "x", "y"), _fell(2, "x"), result(3)], "x", "y")
        await _graded(tx, 2, [_fell(1, "x")], "x")
        await _graded(tx, 3, [], "x")
        await _graded(tx, 4, [_fell(1, "x")], "x", guild_id=101)
        await _graded(tx, 5, [_fell(1, "x")], "x", bank="other")
        found = await profiles.meetings(tx, 100, "sample", since=NOW)
        assert sorted((each.trap, each.met, each.fell) for each in found) == [("x", 1, 1), ("x", 3, 2), ("y", 3, 1)]
        later = await profiles.meetings(tx, 100, "sample", since=NOW + 2 * HOUR)
        assert [(each.trap, each.met) for each in later] == [("x", 1)]


async def test_people_are_counted_once(store: Store) -> None:
    """Who met a trap three times, or fell twice, is one member of those who met it and one of those who fell."""
    async with store.write() as tx:
        await a_schedule(tx)
        await _graded(tx, 1, [_fell(1, "x"), result(2), result(3)], "x", "y")
        await _graded(tx, 2, [_fell(1, "x"), _fell(4, "x")], "x")
        await _graded(tx, 3, [_fell(1, "x")], "x", guild_id=101)
        await _graded(tx, 4, [_fell(5, "x")], "x", bank="other")
        assert await profiles.people(tx, 100, "sample", since=NOW, lately=NOW + 2 * HOUR) == {
            "x": People(everyone=Share(met=4, fell=2), recent=Share(met=2, fell=2), before=Share(met=3, fell=1)),
            "y": People(everyone=Share(met=3, fell=0), recent=Share(met=0, fell=0), before=Share(met=3, fell=0)),
        }
        later = await profiles.people(tx, 100, "sample", since=NOW + 2 * HOUR, lately=NOW)
        assert later == {
            "x": People(everyone=Share(met=2, fell=2), recent=Share(met=2, fell=2), before=Share(met=0, fell=0))
        }
        assert await profiles.people(tx, 102, "sample", since=NOW, lately=NOW) == {}
