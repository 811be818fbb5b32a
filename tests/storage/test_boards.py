"""Results, slips and the boards they add up to, on a real database."""

import asyncio
import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.profile import Share
from bot.domain.standings import Period, Score, Standing, key_of, rank
from bot.storage import profiles, results, totals
from bot.storage.members import keep_names
from bot.storage.store import Store, Tx, open_store
from tests.builders import NOW, make_item, make_posed
from tests.conftest import url_of
from tests.storage.rows import a_round, a_schedule, result

NEVER = date.max
"""Nothing is used up since then: every answer is ranked."""


async def _all_time(tx: Tx, guild_id: int = 100) -> list[Score]:
    return await totals.page(tx, guild_id, "all", size=50)


async def test_results_add_up_by_member_and_period(store: Store) -> None:
    """Boards are sums over ranked answers per server, of all time and of the week, with names or `someone`."""
    async with store.write() as tx:
        await a_schedule(tx)
        for number, day in enumerate((1, 2, 9), start=1):
            asked = await a_round(tx, number, opened_on=date(2026, 11, day))
            await results.keep(tx, asked, [result(1), result(2, units=2520)], used_up_since=NEVER)
        await results.keep(tx, await a_round(tx, 4, guild_id=101), [result(1)], used_up_since=NEVER)
        await keep_names(tx, {(100, 1): "Ann", (101, 2): "Not here"})
        ann = Score(member_id=1, name="Ann", units=15120, answered=3, right=3)
        ben = Score(member_id=2, name="someone", units=7560, answered=3, right=0)
        assert await _all_time(tx) == [ann, ben]
        assert [(each.member_id, each.units) for each in await _all_time(tx, 101)] == [(1, 5040)]
        week = {
            key: await totals.page(tx, 100, key, size=9) for key in ("2026-W44", "2026-W45", "2026-W46", "2026-W47")
        }
        assert {key: [(each.member_id, each.answered) for each in board] for key, board in week.items()} == {
            "2026-W44": [(1, 1), (2, 1)],
            "2026-W45": [(1, 1), (2, 1)],
            "2026-W46": [(1, 1), (2, 1)],
            "2026-W47": [],
        }


async def test_the_top_of_a_day_names_the_first_earners(store: Store) -> None:
    """The day's top adds up that date's rounds in the order of a board, and counts whoever earned anything."""
    async with store.write() as tx:
        await a_schedule(tx)
        await keep_names(tx, {(100, 2): "bea", (100, 3): "Ann"})
        today, other = await a_round(tx, 1), await a_round(tx, 2)
        before = await a_round(tx, 3, opened_on=NOW.date() - timedelta(days=1))
        await results.keep(tx, today, [result(1), result(2), result(3), result(4, units=0)], used_up_since=NEVER)
        await results.keep(tx, other, [result(1)], used_up_since=NEVER)
        await results.keep(tx, before, [result(5, units=9 * 5040)], used_up_since=NEVER)
        top, earners = await results.top_of_day(tx, 100, NOW.date(), limit=2)
    assert [(each.member_id, each.name, each.units, each.answered) for each in top] == [
        (1, "someone", 10080, 2),
        (3, "Ann", 5040, 1),
    ]
    assert earners == 3


async def test_results_of_a_round_replace_the_earlier_ones(store: Store) -> None:
    """Grading a round again leaves nothing of the first time: results, slips or marks on the boards."""
    async with store.write() as tx:
        await a_schedule(tx)
        asked = await a_round(tx, posed=make_posed(make_item(traps={"B": "x", "C": "y"})))
        first = [result(1, slips=frozenset({"x", "y"})), result(2)]
        await results.keep(tx, asked, first, used_up_since=NEVER)
        await results.keep(tx, asked, [result(1, units=0, slips=frozenset({"y"}))], used_up_since=NEVER)
        assert [(each.member_id, each.units, each.answered, each.right) for each in await _all_time(tx)] == [
            (1, 0, 1, 0)
        ]
        assert [
            (each.trap, each.fell) for each in await profiles.encounters(tx, 100, 1, since=NOW - timedelta(days=9))
        ] == [("y", True)]
        assert await profiles.noted(tx, asked.id) == {"x": Share(met=1, fell=0), "y": Share(met=1, fell=1)}
        await results.drop(tx, asked)
        assert await _all_time(tx) == []
        assert await totals.periods(tx, 100) == frozenset()
        assert await results.kept(tx, asked.id) == {}
        assert await profiles.encounters(tx, 100, 1, since=NOW) == []
        assert await profiles.noted(tx, asked.id) == {}


async def test_only_earlier_rounds_make_an_answer_practice(store: Store) -> None:
    """A member is practising after a ranked answer to the same item in an earlier round, not because of a later one."""
    today = NOW.date()

    async def ranked(tx: Tx, number: int, since: date) -> set[int]:
        found = await results.earnings(tx, asked[number], [result(1), result(2)], used_up_since=since)
        return {member_id for member_id, each in found.items() if each.ranked}

    async with store.write() as tx:
        await a_schedule(tx)
        other = make_posed(make_item("other"))
        asked = {1: await a_round(tx, 1), 2: await a_round(tx, 2), 3: await a_round(tx, 3, posed=other)}
        await results.keep(tx, asked[1], [result(1)], used_up_since=today)
        assert await ranked(tx, 2, today) == {2}
        assert await ranked(tx, 2, today + timedelta(days=1)) == {1, 2}
        assert await ranked(tx, 1, today) == {1, 2}
        assert await ranked(tx, 3, today) == {1, 2}
        await results.keep(tx, asked[2], [result(1), result(2)], used_up_since=today)
        assert await ranked(tx, 1, today) == {1, 2}
        assert [(each.member_id, each.answered) for each in await _all_time(tx)] == [(1, 1), (2, 1)]


NAMES = ("Ann", "ann", "Ben", "Straße", "STRASSE", "Żaneta", "zoë", "someone")
DAYS = [date(2026, 12, 27) + timedelta(days=day) for day in range(12)]
"""Two weeks around a new year, whose ISO week belongs to the year before."""

Deed = tuple[str, int, dict[int, int] | str]
"""What is done, to which round or member, and the units by member or the name that it is done with."""

deeds: st.SearchStrategy[list[Deed]] = st.lists(
    st.one_of(
        st.tuples(
            st.just("grade"),
            st.integers(0, 5),
            st.dictionaries(st.integers(1, 8), st.sampled_from([0, 1680, 2520, 5040]), max_size=8),
        ),
        st.tuples(st.just("void"), st.integers(0, 5), st.just("")),
        st.tuples(st.just("name"), st.integers(1, 8), st.sampled_from(NAMES)),
    ),
    max_size=15,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """What the boards have to be: every ranked result of every round, added up when asked."""

    days: list[date]
    results: dict[int, dict[int, int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    def board(self, key: str, period: Period) -> list[Standing]:
        """Add a board up."""
        earned: dict[int, list[int]] = {}
        for number, found in self.results.items():
            for member_id, units in found.items() if key_of(period, self.days[number]) == key else ():
                earned.setdefault(member_id, []).append(units)
        return rank(
            Score(
                member_id=member_id,
                name=self.names.get(member_id, "someone"),
                units=sum(units),
                answered=len(units),
                right=units.count(5040),
            )
            for member_id, units in earned.items()
        )


@settings(max_examples=60, deadline=None)
@given(days=st.lists(st.sampled_from(DAYS), min_size=6, max_size=6), done=deeds)
def test_boards_are_the_sum_of_the_results(template: Path, days: list[date], done: list[Deed]) -> None:
    """Whatever is graded, graded again, voided or renamed, in any order: totals, ranks and order are as if added up."""

    async def check(file: Path) -> None:
        store = await open_store(url_of(file), now=NOW)
        try:
            async with store.write() as tx:
                model = await _do(tx, days, done)
                for key, period in {(key_of(period, day), period) for period in Period for day in days}:
                    await _compare(tx, key, model.board(key, period))
        finally:
            await store.close()

    with TemporaryDirectory() as folder:
        asyncio.run(check(Path(shutil.copyfile(template, Path(folder) / "trapwise.db"))))


async def _do(tx: Tx, days: list[date], done: list[Deed]) -> Model:
    model = Model(days=days)
    await a_schedule(tx)
    asked = [await a_round(tx, number, opened_on=day) for number, day in enumerate(days)]
    for deed, which, what in done:
        if isinstance(what, dict):
            model.results[which] = what
            found = [result(member_id, units=units) for member_id, units in what.items()]
            await results.keep(tx, asked[which], found, used_up_since=NEVER)
        elif deed == "name":
            model.names[which] = what
            await keep_names(tx, {(100, which): what})
        else:
            model.results.pop(which, None)
            await results.drop(tx, asked[which])
    return model


async def _compare(tx: Tx, key: str, board: list[Standing]) -> None:
    scores = [each.score for each in board]
    assert await totals.page(tx, 100, key, size=20) == scores
    assert await totals.page(tx, 100, key, after=2, size=3) == scores[2:5]
    assert await totals.people(tx, 100, key) == len(board)
    assert await totals.steps(tx, 100, key) == Counter(score.units for score in scores)
    for each in board:
        assert await totals.of_member(tx, 100, key, each.score.member_id) == each.score
        assert await totals.people(tx, 100, key, above=each.score.units) == each.rank - 1
