"""Rebuilding: results and boards are what the stored answers earn, and are put right where they are not."""

from contextlib import AbstractAsyncContextManager, closing
from sqlite3 import connect

import pytest

from bot.services.rebuilding import Findings, Rebuilding
from bot.storage.store import Tx
from tests.services.house import MINUTE, House, right, wrong


async def _played(house: House) -> None:
    """Three closed rounds and one that is open."""
    await house.schedule()
    for number in range(3):
        asked = await house.posted(open_for=MINUTE)
        await house.tap(asked, 1, right(asked))
        await house.tap(asked, 2, wrong(asked)[number])
        house.clock.now = asked.closes_at
        await house.work()
    await house.tap(await house.posted(), 3, "A")


async def _check(house: House) -> list[Findings]:
    return [each async for each in Rebuilding(house.store).check()]


async def test_what_was_kept_is_what_the_answers_earn(house: House) -> None:
    """After ordinary work every result and every board equals what the answers add up to."""
    await _played(house)
    (found,) = await _check(house)
    assert (found.rounds, found.answers, found.sound) == (3, 6, True)


def _kept(house: House) -> list[object]:
    return [
        house.rows("SELECT * FROM results"),
        house.rows("SELECT * FROM slips"),
        house.rows("SELECT * FROM totals"),
        house.rows("SELECT * FROM ladders"),
    ]


@pytest.mark.parametrize(
    ("damage", "rounds", "boards"),
    [
        ("UPDATE totals SET units = units + 1 WHERE member_id = 1 AND period = 'all'", 0, 1),
        ("DELETE FROM totals WHERE member_id = 2", 0, 2),
        ("INSERT INTO totals VALUES (100, 9, '2019-W01', 1, 1, 1, 'nobody')", 0, 1),
        ("UPDATE ladders SET members = members + 1 WHERE period = 'all' AND units > 0", 0, 1),
        ("DELETE FROM ladders", 0, 2),
        ("UPDATE results SET units = 1 WHERE round_id = 2 AND member_id = 1", 1, 2),
        ("DELETE FROM results WHERE round_id = 1", 1, 2),
        ("UPDATE results SET ranked = 0 WHERE round_id = 2", 1, 2),
        ("INSERT INTO slips VALUES (1, 1, 'door-as-lock', 100, 'sample')", 1, 0),
        ("INSERT INTO slips VALUES (1, 7, 'door-as-lock', 100, 'sample')", 1, 0),
        ("INSERT INTO slips VALUES (4, 3, 'door-as-lock', 100, 'sample')", 1, 0),
        ("UPDATE slips SET guild_id = 101 WHERE round_id = 1", 1, 0),
        ("UPDATE slips SET bank = 'other' WHERE round_id = 1", 1, 0),
        ("UPDATE totals SET name_key = 'zzz' WHERE member_id = 1 AND period = 'all'", 0, 1),
        ("INSERT INTO results VALUES (4, 3, 5040, 1, 1)", 1, 2),
        ("UPDATE answers SET choice = '' WHERE round_id = 1 AND member_id = 1", 1, 0),
    ],
)
async def test_damage_is_found_and_mended(house: House, damage: str, rounds: int, boards: int) -> None:
    """A check finds what differs and changes nothing; mending puts it right, whichever table was wrong."""
    await _played(house)
    with closing(connect(house.file)) as connection, connection:
        connection.execute(damage)
    before = _kept(house)
    (found,) = await _check(house)
    assert (found.wrong_rounds, found.wrong_boards, found.sound) == (rounds, boards, False)
    assert before == _kept(house)
    assert [each async for each in Rebuilding(house.store).mend()] == [found]
    assert [each.sound for each in await _check(house)] == [True]


async def test_each_round_and_each_board_is_mended_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A running bot waits for one of them at most: no transaction that writes has more than one round or one board."""
    await _played(house)
    with closing(connect(house.file)) as connection, connection:
        connection.execute("UPDATE results SET units = 1 WHERE member_id = 1")
    begun: list[None] = []
    write = house.store.write

    def counted() -> AbstractAsyncContextManager[Tx]:
        begun.append(None)
        return write()

    monkeypatch.setattr(house.store, "write", counted)
    (found,) = [each async for each in Rebuilding(house.store).mend()]
    assert len(begun) == found.wrong_rounds + found.wrong_boards == 3 + 2
    assert [each.sound for each in await _check(house)] == [True]


async def test_what_was_put_right_meanwhile_is_left_alone(house: House) -> None:
    """What the check found is looked at again in the transaction that would mend it."""
    await _played(house)
    with closing(connect(house.file)) as connection, connection:
        connection.execute("UPDATE results SET units = 1 WHERE round_id = 2")
    mending = Rebuilding(house.store)
    (found,) = await _check(house)
    await mending.mend_one(found)
    before = _kept(house)
    await mending.mend_one(found)
    assert before == _kept(house)
    assert [each.sound for each in await _check(house)] == [True]


async def test_what_was_right_only_beside_a_wrong_round_is_mended_too(house: House) -> None:
    """An answer becomes practice by an earlier one: mending that one makes a later round wrong, and it is mended."""
    await _played(house)
    mending = Rebuilding(house.store)
    with closing(connect(house.file)) as connection, connection:
        connection.execute("UPDATE rounds SET (item_id, posed) = (SELECT item_id, posed FROM rounds WHERE id = 1)")
    assert [each.wrong_rounds async for each in mending.mend()]
    assert [each.sound for each in await _check(house)] == [True]
    with closing(connect(house.file)) as connection, connection:
        connection.execute("DELETE FROM results WHERE round_id = 1")
        connection.execute("UPDATE results SET ranked = 1 WHERE round_id = 2")
    assert [each.rounds_astray async for each in mending.mend()] == [(1,)]
    assert [each.sound for each in await _check(house)] == [True]


async def test_nothing_asked_is_nothing_to_check(house: House) -> None:
    """A new database has no servers to check."""
    assert await _check(house) == []
