"""Fills a database with millions of results, and with the boards that the product would have kept of them."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.benchmark import Bench
from bot.domain.grading import UNITS_PER_MARK
from bot.domain.standings import Period, key_of
from tests.builders import NOW

ROUNDS = 100
MEMBERS = 100_000
SMALL_MEMBERS = 10
LARGE, SMALL = 1, 2
"""The servers."""

_ROUND = """
INSERT INTO rounds (id, guild_id, channel_id, schedule_id, bank, item_id, posed, state, "on", opened_on, number,
                    planned_at, closes_at, silent, thread)
VALUES (?, ?, 1, ?, 'sample', ?, '{}', 'explained', ?, ?, 1, 0, 0, 0, 0)
"""

_NAMES = """
INSERT INTO members (guild_id, member_id, name, name_key)
WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < :members)
SELECT :guild, n, 'Member ' || n, 'member ' || n FROM number
"""

# Everybody answers every round. A third of the rounds give shares, as of two to five right letters: halves, thirds,
# quarters and fifths, so that members' totals are many different ones. Members differ in how often they are right.
_DRAWN = "((n * 7919 + round * 104729) * 2654435761 % 4294967296)"
_UNITS = f"""
CASE WHEN {_DRAWN} / 65536 % 100 < 25 + n * 31 % 60 THEN :mark
WHEN round % 3 = 0 THEN :mark / (2 + round % 4) * ({_DRAWN} / 4096 % (2 + round % 4)) ELSE 0 END
"""

_RESULTS = f"""
INSERT INTO results (round_id, member_id, units, "full", ranked)
WITH RECURSIVE number(n, round) AS (SELECT 1, :round UNION ALL SELECT n + 1, round FROM number WHERE n < :members)
SELECT round, n, units, units = :mark, 1 FROM (SELECT n, round, {_UNITS} AS units FROM number)
"""  # noqa: S608 - nothing in it comes from outside

# The other way of making a board: an index that has everything a sum needs.
_COVERED = """
CREATE TABLE IF NOT EXISTS covered (guild_id BIGINT, member_id BIGINT, units BIGINT, round_id INTEGER,
                                    PRIMARY KEY (guild_id, member_id, units, round_id)) WITHOUT ROWID
"""
_COVER = f"""
INSERT INTO covered
SELECT :guild, n, {_UNITS}, round FROM
(SELECT member_id AS n FROM members WHERE guild_id = :guild ORDER BY member_id) CROSS JOIN
(SELECT id AS round FROM rounds WHERE guild_id = :guild)
"""  # noqa: S608 - as above

# In the order of that index nothing needs sorting, which would take longer than all the rest.
_TOTALS = """
INSERT INTO totals (guild_id, member_id, period, units, answered, "full", name_key)
SELECT :guild, covered.member_id, :period, SUM(covered.units), COUNT(*), SUM(covered.units = :mark), members.name_key
FROM covered CROSS JOIN members ON members.guild_id = :guild AND members.member_id = covered.member_id
WHERE covered.guild_id = :guild AND covered.round_id BETWEEN :first AND :last
GROUP BY covered.member_id
"""

_LADDERS = """
INSERT INTO ladders (guild_id, period, units, members)
SELECT guild_id, period, units, COUNT(*) FROM totals WHERE guild_id = :guild GROUP BY guild_id, period, units
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A server and how many members it has."""

    guild: int
    members: int


def rounds_on(number: int) -> date:
    """The date of a round, 0 the first and -1 the last; there is one every day, and the last one was today."""
    return NOW.date() - timedelta(days=ROUNDS - 1 - number % ROUNDS)


def fill(bench: Bench, file: Path, crowd: Crowd) -> None:
    """Write a server's rounds, names, results and boards; the database must not be in use."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-400000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute(_NAMES, {"guild": crowd.guild, "members": crowd.members})
        for number in range(ROUNDS):
            bench.say(f"{crowd.members:,} members: {number + 1} of {ROUNDS} rounds")
            _write_round(connection, crowd, number)
        bench.say(f"{crowd.members:,} members: the index to compare with, and the boards")
        connection.execute(_COVERED)
        values = {"guild": crowd.guild, "mark": UNITS_PER_MARK}
        connection.execute(_COVER, values)
        for period, first in _periods():
            ids = {"first": crowd.guild * ROUNDS + first, "last": crowd.guild * ROUNDS + ROUNDS - 1}
            connection.execute(_TOTALS, values | ids | {"period": period})
        connection.execute(_LADDERS, {"guild": crowd.guild})
        connection.execute("PRAGMA journal_mode=WAL")


def _write_round(connection: sqlite3.Connection, crowd: Crowd, number: int) -> None:
    round_id = crowd.guild * ROUNDS + number
    on = rounds_on(number).isoformat()
    connection.execute(_ROUND, (round_id, crowd.guild, crowd.guild, f"1.1-{number:03}", on, on))
    connection.execute(_RESULTS, {"round": round_id, "members": crowd.members, "mark": UNITS_PER_MARK})


def _periods() -> list[tuple[str, int]]:
    """The periods whose boards are written, with their first rounds: all time, and the week of the last round.

    Earlier weeks' boards stand elsewhere in the same tables, where nobody looks, and take minutes to write.
    """
    last = rounds_on(-1)
    return [(key_of(Period.ALL_TIME, last), 0), (key_of(Period.WEEK, last), ROUNDS - 1 - last.weekday())]
