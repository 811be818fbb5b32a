"""Practice runs: which items they have, and what comes after one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NothingFits, NothingMissed, SittingGone, UnknownBank, UnknownTopic
from bot.domain.item import Difficulty
from bot.domain.sitting import Sitting, Wish
from bot.services.offering import Learner
from tests.builders import make_bank, make_item, make_trap
from tests.services.house import MINUTE, House, right, wrong

ANN = Learner(member_id=1, guild_id=100)
ALL = Wish(count=30)


def _ids(sitting: Sitting) -> set[str]:
    return {entry.posed.item.id for entry in sitting.entries}


async def _do(house: House, sitting: Sitting, *, wrong_ones: set[str]) -> None:
    """Answer everything in a run, some items wrongly."""
    for entry in sitting.entries:
        letters = entry.posed.key
        if entry.posed.item.id in wrong_ones:
            letters = frozenset(entry.posed.letters) - letters
            letters = frozenset(sorted(letters)[:1])
        await house.sittings.answer(ANN, sitting.id, entry.number, letters)


@pytest.fixture
async def varied(house: House) -> House:
    """A house whose bank has two topics, two traps and two difficulties."""
    house.banks = (
        make_bank(
            [
                make_item("1.1-001", traps={"B": "first"}),
                replace(make_item("1.1-002", traps={"B": "second"}), difficulty=Difficulty.HARD),
                make_item("1.2-001", traps={"B": "first"}, lesson="1.2", objective="2.1"),
                make_item("1.2-002", lesson="1.2", objective="2.1"),
            ],
            traps=[make_trap("first"), make_trap("second")],
        ),
    )
    await house.restart()
    return house


@pytest.mark.parametrize(
    ("wish", "ids"),
    [
        (ALL, {"1.1-001", "1.1-002", "1.2-001", "1.2-002"}),
        (replace(ALL, topic="1.2"), {"1.2-001", "1.2-002"}),
        (replace(ALL, topic="2.1"), {"1.2-001", "1.2-002"}),
        (replace(ALL, trap="first"), {"1.1-001", "1.2-001"}),
        (replace(ALL, difficulty=Difficulty.HARD), {"1.1-002"}),
        (replace(ALL, trap="first", topic="1.1"), {"1.1-001"}),
    ],
)
async def test_a_run_has_what_was_wished_for(varied: House, wish: Wish, ids: set[str]) -> None:
    """A lesson, an objective, a trap and a difficulty narrow it down, alone and together."""
    assert _ids(await varied.practising.begin(ANN, "sample", wish)) == ids


async def test_a_run_has_as_many_as_were_wished_for(group: House) -> None:
    """They are all different."""
    sitting = await group.practising.begin(ANN, "sample", Wish(count=7))
    assert len(_ids(sitting)) == len(sitting.entries) == 7


async def test_what_there_is_not_is_said(varied: House) -> None:
    """An unknown bank or topic, and wishes that no item fits, are refused; nothing is begun."""
    with pytest.raises(UnknownBank):
        await varied.practising.begin(ANN, "other", ALL)
    with pytest.raises(UnknownTopic):
        await varied.practising.begin(ANN, "sample", replace(ALL, topic="9"))
    with pytest.raises(NothingFits):
        await varied.practising.begin(ANN, "sample", replace(ALL, trap="second", topic="1.2"))
    with pytest.raises(NothingMissed):
        await varied.practising.begin(ANN, "sample", replace(ALL, missed=True))
    assert varied.rows("SELECT * FROM sittings") == []


async def test_items_of_open_rounds_are_left_out(group: House) -> None:
    """What the server is being asked is in no run; alone, what any server of the learner's is."""
    asked = await group.posted()
    assert asked.posed.item.id not in _ids(await group.practising.begin(ANN, "sample", ALL))
    alone = replace(ANN, guild_id=None)
    assert asked.posed.item.id in _ids(await group.practising.begin(alone, "sample", ALL))
    await group.tap(asked, 1, "A")
    assert asked.posed.item.id not in _ids(await group.practising.begin(alone, "sample", ALL))


async def test_only_what_was_missed(group: House) -> None:
    """The latest answer counts, in whatever mode it was given: in a run, or in a round of the server."""
    asked, again = [await group.posted(open_for=MINUTE) for _ in range(2)]
    await group.tap(asked, 1, wrong(asked)[0])
    await group.tap(again, 1, right(again))
    group.clock.now = asked.closes_at
    await group.work()
    fell, rose = asked.posed.item.id, again.posed.item.id
    missed = replace(ALL, missed=True)
    assert _ids(await group.practising.begin(ANN, "sample", missed)) == {fell}
    group.clock.now += MINUTE
    await _do(group, await group.practising.begin(ANN, "sample", ALL), wrong_ones={rose})
    assert _ids(await group.practising.begin(ANN, "sample", missed)) == {rose}
    with pytest.raises(NothingMissed):
        await group.practising.begin(replace(ANN, member_id=2), "sample", missed)


async def test_a_void_round_was_not_missed(group: House) -> None:
    """What counts for nobody is nothing to go over again."""
    asked = await group.posted(open_for=MINUTE)
    await group.tap(asked, 1, wrong(asked)[0])
    group.clock.now = asked.closes_at
    await group.work()
    await group.correcting.void(100, asked.id)
    with pytest.raises(NothingMissed):
        await group.practising.begin(ANN, "sample", replace(ALL, missed=True))


async def test_again_has_just_what_was_missed(group: House) -> None:
    """After a run it can be gone over again, what was wrong or partly right only, till nothing is left."""
    first = await group.practising.begin(ANN, "sample", Wish(count=5))
    wrong_ones = {entry.posed.item.id for entry in first.entries[:2]}
    await _do(group, first, wrong_ones=wrong_ones)
    again = await group.practising.again(ANN, first.id)
    assert (_ids(again), again.wish) == (wrong_ones, first.wish)
    await _do(group, again, wrong_ones=set())
    with pytest.raises(NothingMissed):
        await group.practising.again(ANN, again.id)
    with pytest.raises(SittingGone):
        await group.practising.again(replace(ANN, member_id=2), first.id)


async def test_more_is_of_the_same_kind_and_new(group: House) -> None:
    """Another run has the same wish, and of its items those that were not seen within a day."""
    first = await group.practising.begin(ANN, "sample", Wish(count=6, topic="1.1"))
    await _do(group, first, wrong_ones=set())
    more = await group.practising.more(ANN, first.id)
    assert more.wish == first.wish
    assert not _ids(more) & _ids(first)


async def test_half_of_a_run_is_on_what_catches_the_learner(house: House) -> None:
    """Up to half is on traps that they fell for of late, once a day has passed."""
    plain = [make_item(f"1.1-{number:03}") for number in range(40)]
    caught = [make_item(f"1.1-9{number:02}", traps={"B": "door-as-lock"}) for number in range(6)]
    house.banks = (make_bank(plain + caught),)
    await house.restart()
    on_trap = {item.id for item in caught}
    first = await house.practising.begin(ANN, "sample", Wish(count=1, trap="door-as-lock"))
    (letter,) = (letter for letter, option in first.entries[0].posed.options if option.trap)
    await house.sittings.answer(ANN, first.id, 1, letter)
    fallen = _ids(first)
    chosen = _ids(await house.practising.begin(ANN, "sample", Wish(count=8)))
    assert len(chosen & on_trap) >= 4
    assert not chosen & fallen
    house.clock.now += timedelta(days=2)
    alone = replace(ANN, guild_id=None, member_id=2)
    assert len(_ids(await house.practising.begin(alone, "sample", Wish(count=8))) & on_trap) < 4
