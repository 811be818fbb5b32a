"""Upgrading: a database of an earlier version, with everything in it, is what a new one would have become."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from bot.domain.item import LETTERS, Item
from bot.domain.posed import PosedItem
from bot.domain.standings import Score
from bot.storage import migrating, rounds, schedules, sittings, totals
from bot.storage.snapshots import dump_posed
from bot.storage.store import open_store
from tests.builders import NOW, make_item, make_posed, make_sitting
from tests.conftest import url_of

_FIRST = """
INSERT INTO schedules (id, guild_id, name, channel_id, created_by, weekdays, at, zone, bank, per_day, open_for,
    catch_up, thread, silent, seed) VALUES
    (1, 100, 'Daily', 200, 300, '0', '08:30', 'UTC', 'sample', 1, 60, 60, 0, 0, 7);
INSERT INTO rounds (id, guild_id, channel_id, schedule_id, bank, item_id, posed, state, "on", opened_on, number,
    planned_at, closes_at, silent, thread) VALUES
    (1, 100, 200, 1, 'sample', 'x', '{"item":{"options":[{"trap":"t"},{"trap":"u"},{"trap":null}]}}',
    'explained', '2027-01-03', '2027-01-03', 1, 0, 0, 0, 0),
    (2, 100, 200, 1, 'sample', 'y', '{"item":{"options":[{"trap":null}]}}',
    'explained', '2027-01-04', '2027-01-04', 1, 0, 0, 0, 0);
INSERT INTO slips (round_id, member_id, trap, guild_id, bank) VALUES (1, 2, 't', 100, 'sample');
INSERT INTO members VALUES (100, 1, 'ANN'), (100, 3, 'Zoë');
INSERT INTO results (round_id, member_id, guild_id, opened_on, bank, item_id, units, "full", ranked) VALUES
    (1, 1, 100, '2027-01-03', 'sample', 'x', 5040, 1, 1), (1, 2, 100, '2027-01-03', 'sample', 'x', 2520, 0, 1),
    (2, 1, 100, '2027-01-04', 'sample', 'y', 0, 0, 1), (2, 2, 100, '2027-01-04', 'sample', 'y', 2520, 0, 1),
    (2, 3, 100, '2027-01-04', 'sample', 'y', 5040, 1, 0);
"""


def _at_revision(file: Path, revision: str, move: Callable[[Config, str], None] = command.upgrade) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrating._FOLDER))
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        move(config, revision)
    engine.dispose()


def _row(score: Score) -> tuple[str, int, int, int]:
    return score.name, score.units, score.answered, score.right


async def test_the_first_schema_is_upgraded_with_its_boards(tmp_path: Path) -> None:
    """Results of the first version count on the boards of this one, by period and in the order of names."""
    file = tmp_path / "old.db"
    _at_revision(file, "0001")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_FIRST)
    store = await open_store(url_of(file), now=NOW)
    async with store.read() as tx:
        boards = {
            period: [
                (each.name, each.units, each.answered, each.right)
                for each in await totals.page(tx, 100, period, size=9)
            ]
            for period in ("all", "2026-W53", "2027-W01")
        }
        steps = await totals.steps(tx, 100, "all")
    await store.close()
    assert boards == {
        "all": [("ANN", 5040, 2, 1), ("someone", 5040, 2, 0)],
        "2026-W53": [("ANN", 5040, 1, 1), ("someone", 2520, 1, 0)],
        "2027-W01": [("someone", 2520, 1, 0), ("ANN", 0, 1, 0)],
    }
    assert steps == {5040: 2}
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT name_key FROM members ORDER BY member_id").fetchall() == [("ann",), ("zoë",)]
        assert connection.execute("SELECT COUNT(*), SUM(units) FROM results").fetchone() == (5, 15120)
        traps = connection.execute("SELECT round_id, trap, met, fell FROM round_traps ORDER BY trap").fetchall()
    assert traps == [(1, "t", 2, 1), (1, "u", 2, 0)]


async def test_earlier_practice_keeps_its_traps(tmp_path: Path) -> None:
    """Of practice of an earlier version the traps fallen for and resisted are noted; taken back, it is what it was."""
    file = tmp_path / "old.db"
    _at_revision(file, "0005")
    traps = {"B": "b", "C": "c", "D": "c"}
    done = [
        _practised(1, make_item(traps=traps), "B"),
        _practised(2, make_item(traps=traps), "CD"),
        _practised(3, make_item(traps=traps), "A"),
        _practised(4, make_item(), "B"),
    ]
    with closing(sqlite3.connect(file)) as connection:
        for each in done * 200:
            values = (f"s{connection.total_changes}", *each)
            connection.execute(
                "INSERT INTO practised (seed, member_id, posed, choice, full, bank, item_id, units, at, source) "
                "VALUES (?, ?, ?, ?, ?, 'sample', 'x', 0, 0, 'drill')",
                values,
            )
        connection.commit()
        before = connection.execute("SELECT * FROM practised").fetchall()
    await (await open_store(url_of(file), now=NOW)).close()
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT member_id, fallen, resisted, COUNT(*) FROM practised GROUP BY 1, 2, 3")
        assert found.fetchall() == [(1, "b", "", 200), (2, "c", "", 200), (3, "", "b c", 200), (4, "", "", 200)]
    _at_revision(file, "0005", command.downgrade)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM practised").fetchall() == before


def _practised(member_id: int, item: Item, letters: str) -> tuple[int, str, str, bool]:
    """Give what was stored of a go at an item: `letters` are those in its author's order."""
    posed = PosedItem(item=item, order=tuple(reversed(range(len(item.options)))))
    chosen = {item.options[LETTERS.index(letter)] for letter in letters}
    choice = "".join(letter for letter, option in posed.options if option in chosen)
    return member_id, dump_posed(posed), choice, frozenset(choice) == posed.key


async def test_no_schedule_asks_cases_before_somebody_allows_it(tmp_path: Path) -> None:
    """Schedules of a version before there were cases ask none; taken back to it, they are what they were."""
    file = tmp_path / "old.db"
    _at_revision(file, "0004")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_FIRST.partition("INSERT INTO rounds")[0])
        connection.execute("UPDATE schedules SET name_key = 'daily'")
        connection.commit()
        before = connection.execute("SELECT * FROM schedules").fetchall()
    store = await open_store(url_of(file), now=NOW)
    async with store.write() as tx:
        (found,) = await schedules.of_guild(tx, 100)
        assert found.cases is False
        await schedules.change(tx, replace(found, cases=True))
        assert (await schedules.by_id(tx, found.id)).cases is True
    await store.close()
    _at_revision(file, "0004", command.downgrade)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM schedules").fetchall() == before


async def test_runs_are_new_and_taken_back(tmp_path: Path) -> None:
    """Of earlier practice nobody said whether they were sure; taken back, it is what it was, and runs are gone."""
    file = tmp_path / "old.db"
    _at_revision(file, "0007")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "INSERT INTO practised (seed, member_id, posed, choice, full, bank, item_id, units, at, source) "
            "VALUES ('s', 1, '{}', 'A', 1, 'sample', 'x', 0, 0, 'drill')"
        )
        connection.commit()
        before = connection.execute("SELECT * FROM practised").fetchall()
    store = await open_store(url_of(file), now=NOW)
    async with store.write() as tx:
        assert await sittings.begin(tx, make_sitting()) == 1
        assert await sittings.begin(tx, make_sitting()) is None
        await sittings.fill(tx, 1, [make_posed()])
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT sure FROM practised").fetchall() == [(None,)]
    _at_revision(file, "0007", command.downgrade)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM practised").fetchall() == before
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name LIKE '%sitting%'").fetchall()
    assert tables == []


async def test_cases_that_were_told_are_known(tmp_path: Path) -> None:
    """Rounds of generated items are marked as such; taken back, rounds are what they were."""
    file = tmp_path / "old.db"
    _at_revision(file, "0008")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_FIRST.partition("INSERT INTO slips")[0])
        connection.execute("UPDATE rounds SET item_id = '1.1-case-7' WHERE id = 2")
        connection.commit()
        before = connection.execute("SELECT * FROM rounds").fetchall()
    store = await open_store(url_of(file), now=NOW)
    async with store.read() as tx:
        assert [(each.item_id, each.key) for each in await rounds.told(tx, 100, "sample")] == [("1.1-case-7", "")]
    await store.close()
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT id, case_key FROM rounds").fetchall() == [(1, None), (2, "")]
    _at_revision(file, "0008", command.downgrade)
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("SELECT * FROM rounds").fetchall() == before


_REFERRING = """
INSERT INTO answers (round_id, member_id, seen, choice, unresolved, surface, came, at) VALUES
    (1, 1, 'A', 'A', 0, 'reactions', 'live', 0);
INSERT INTO results (round_id, member_id, units, "full", ranked) VALUES (1, 1, 5040, 1, 1);
INSERT INTO reports (guild_id, bank, item_id, revision, round_id, member_id, reason, note, at, state) VALUES
    (100, 'sample', 'x', 1, 1, 2, 'wrong', '', 0, 'open');
INSERT INTO round_traps VALUES (1, 't', 2, 1);
INSERT INTO totals VALUES (100, 1, 'all', 5040, 1, 1, 'ann'), (100, 1, '2026-W53', 5040, 1, 1, 'ann');
INSERT INTO ladders VALUES (100, 'all', 5040, 1), (100, '2026-W53', 5040, 1);
"""
_QUIZ = """
INSERT INTO quizzes (id, guild_id, channel_id, host_id, bank, count, seconds, by_letter, counts, cases, seed, state,
    made_at, begins_at, number) VALUES (1, 100, 200, 300, 'sample', 1, 30, 1, 1, 0, 7, 'over', 0, 0, 1);
INSERT INTO rounds (id, guild_id, channel_id, quiz_id, bank, item_id, posed, state, "on", opened_on, number,
    planned_at, closes_at, silent, thread) SELECT 9, guild_id, channel_id, 1, bank, item_id, posed, state, "on",
    opened_on, number, planned_at, closes_at, silent, thread FROM rounds WHERE id = 1;
INSERT INTO answers SELECT 9, member_id, seen, choice, unresolved, surface, came, at FROM answers;
INSERT INTO results SELECT 9, member_id, units, "full", ranked FROM results;
INSERT INTO slips SELECT 9, member_id, trap, guild_id, bank FROM slips;
INSERT INTO reports (guild_id, bank, item_id, revision, round_id, member_id, reason, note, at, state) VALUES
    (100, 'sample', 'x', 2, 9, 2, 'wrong', '', 0, 'open');
INSERT INTO round_traps SELECT 9, trap, met, fell FROM round_traps;
UPDATE totals SET units = 10080, answered = 2, "full" = 2;
UPDATE ladders SET units = 10080;
"""
_TABLES = ("schedules", "rounds", "answers", "results", "slips", "reports", "round_traps", "totals", "ladders")


def _everything(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(file)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return {
            table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall())  # noqa: S608 - our own names
            for table in _TABLES
        }


async def test_rounds_stay_what_they_were_beside_those_of_quizzes(tmp_path: Path) -> None:
    """Upgraded, rounds keep everything that refers to them; taken back, what quizzes left is gone, also from boards."""
    file = tmp_path / "old.db"
    _at_revision(file, "0006")
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_FIRST.partition("INSERT INTO members")[0] + _REFERRING)
    before = _everything(file)
    await (await open_store(url_of(file), now=NOW)).close()
    after = _everything(file)
    assert [row[:6] for row in after["rounds"]] == [row[:6] for row in before["rounds"]]
    assert {table: after[table] for table in _TABLES if table != "rounds"} == {
        table: before[table] for table in _TABLES if table != "rounds"
    }
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(_QUIZ)
    _at_revision(file, "0006", command.downgrade)
    assert _everything(file) == before
