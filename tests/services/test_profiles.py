"""Profiles: the traps one keeps falling for, and those that catch the server."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.profile import Crowd, Share
from bot.domain.rounds import Round
from bot.services.offering import Learner
from bot.services.profiles import Insight
from tests.builders import make_bank, make_item, make_trap
from tests.services.house import MINUTE, House, right, wrong

DAYS = timedelta(days=1)


async def play(house: House, right_by: Iterable[int], wrong_by: Iterable[int] = ()) -> Round:
    """Ask a question, let members answer right or fall for its trap, and reveal it."""
    asked = await house.posted(open_for=MINUTE)
    for member in right_by:
        await house.tap(asked, member, right(asked))
    for member in wrong_by:
        await house.tap(asked, member, wrong(asked)[0])
    house.clock.now = asked.closes_at
    await house.work()
    return asked


async def _pause(house: House, days: float) -> None:
    """Let days go by without questions."""
    house.clock.now += days * DAYS


async def _told(house: House, member_id: int) -> list[tuple[str, int]]:
    return [(each.trap.id, each.times) for each in await house.profiles.repeated(100, member_id)]


async def _insights(house: House) -> list[Insight]:
    return list(await house.profiles.insights(100))


async def _house(house: House, *traps: str) -> House:
    """Start again with a bank that has these traps, two items on each."""
    items = [make_item(f"1.1-{number:03}", traps={"B": trap}) for number, trap in enumerate(trap for trap in traps * 2)]
    house.banks = (make_bank(items, traps=[make_trap(trap) for trap in traps]),)
    await house.restart()
    await house.schedule(next_run=None)
    return house


async def test_a_trap_is_told_with_how_often_and_when(house: House) -> None:
    """A learner's profile counts their slips, and knows the last; nobody else's."""
    await _house(house, "a")
    await play(house, [1], [2])
    last = await play(house, [1], [2])
    assert await _told(house, 2) == [("a", 2)]
    (only,) = await house.profiles.repeated(100, 2)
    assert (only.bank.id, only.last) == ("sample", last.closes_at)
    assert await _told(house, 1) == []
    assert await house.profiles.repeated(101, 2) == ()


async def test_three_are_told(house: House) -> None:
    """Of four traps the three that weigh most are told, the most repeated first."""
    await _house(house, *"abcd")
    fallen: dict[str, int] = {}
    while len(fallen) < 4 or max(fallen.values()) < 2:
        (trap,) = (await play(house, [], [1])).posed.item.traps
        fallen[trap] = fallen.get(trap, 0) + 1
    told = await _told(house, 1)
    assert len(told) == 3
    assert told[0][1] == 2


async def test_later_right_answers_count_back(house: House) -> None:
    """Two right answers on the same trap undo a fresh slip; one leaves it in the profile."""
    await _house(house, *["a"] * 3)
    await play(house, [], [1])
    await play(house, [1])
    assert await _told(house, 1) == [("a", 1)]
    await play(house, [1])
    assert await _told(house, 1) == []


async def test_practice_counts_for_oneself_and_not_for_the_server(house: House) -> None:
    """A slip in a drill is in one's own profile, a right one a day later counts back; organisers learn of neither."""
    await _house(house, "a")
    learner = Learner(member_id=1, guild_id=100)

    async def drill(*, right: bool) -> None:
        offered = await house.drills.for_trap(learner, "sample", "a")
        trapped = {letter for letter, option in offered.posed.options if option.trap}
        await house.drills.grade(learner, offered.posing, offered.posed.key if right else trapped)

    await drill(right=False)
    assert await _told(house, 1) == [("a", 1)]
    for _day in range(2):
        await _pause(house, 1)
        await drill(right=True)
    assert await _told(house, 1) == []
    assert await _insights(house) == []


async def test_a_slip_is_forgotten_in_time(house: House) -> None:
    """After ninety days without it a single slip is not told any more."""
    await _house(house, "a")
    await play(house, [], [1])
    await _pause(house, 89)
    assert await _told(house, 1) == [("a", 1)]
    await _pause(house, 2)
    assert await _told(house, 1) == []


async def test_a_trap_that_is_gone_is_not_told(house: House) -> None:
    """A trap that its author took out, or a bank that is gone, leaves profiles and insights silently."""
    await _house(house, "a")
    await play(house, [], [1, 2, 3, 4, 5])
    house.banks = (make_bank([make_item()], traps=()),)
    await house.restart()
    assert await _told(house, 1) == []
    assert await _insights(house) == []
    house.banks = (make_bank(bank_id="other"),)
    await house.restart()
    assert await _told(house, 1) == []
    assert await _insights(house) == []


async def test_a_void_round_teaches_nothing(house: House) -> None:
    """Slips in a round that is taken off the boards were none, and are back when it counts again."""
    await _house(house, "a")
    asked = await play(house, [], range(1, 7))
    told = await _told(house, 1), await _insights(house)
    assert told[0] == [("a", 1)]
    assert len(told[1]) == 1
    await house.correcting.void(asked.guild_id, asked.id)
    assert (await _told(house, 1), await _insights(house)) == ([], [])
    await house.correcting.count_again(asked.guild_id, asked.id)
    assert (await _told(house, 1), await _insights(house)) == told


async def test_insights_count_members_and_answers(house: House) -> None:
    """Of a trap organisers learn how many members met it and fell, and the share of answers of late and before."""
    await _house(house, "a")
    await play(house, [1, 2, 3], [4, 5, 6, 7])
    await _pause(house, 40)
    await play(house, [1, 2, 7, 8], [4, 5, 6])
    (only,) = await _insights(house)
    assert (only.trap.id, only.members) == ("a", Crowd(met=8, least=4, most=4))
    assert (only.recent, only.before) == (Share(met=7, fell=3), Share(met=7, fell=4))


async def test_nothing_is_told_of_few(house: House) -> None:
    """A trap that four members met is not named; nor is a stretch of time in which fewer than five met it."""
    await _house(house, "a")
    await play(house, [1, 2], [3, 4])
    assert await _insights(house) == []
    await _pause(house, 40)
    await play(house, [5, 6], [7, 8])
    (only,) = await _insights(house)
    assert (only.members, only.recent, only.before) == (Crowd(met=8, least=4, most=4), None, None)


@pytest.mark.parametrize(
    ("right_by", "wrong_by", "told"),
    [
        (4, 1, Crowd(met=5, least=1, most=2)),
        (3, 2, Crowd(met=5, least=1, most=2)),
        (2, 3, Crowd(met=5, least=3, most=5)),
        (1, 4, Crowd(met=5, least=3, most=5)),
        (0, 5, Crowd(met=5, least=3, most=5)),
        (3, 3, Crowd(met=6, least=3, most=3)),
    ],
)
async def test_nobody_is_told_what_every_other_did(house: House, right_by: int, wrong_by: int, told: Crowd) -> None:
    """Where all but one or two did the same, no number says so: who knows of themself would know of all others."""
    await _house(house, "a")
    await play(house, range(right_by), range(10, 10 + wrong_by))
    (only,) = await _insights(house)
    assert only.members == told
    assert only.recent == (Share(met=6, fell=3) if right_by == wrong_by else None)


async def test_that_nobody_fell_of_late_is_told(house: House) -> None:
    """Good news is about nobody's slips: of many who met a trap lately, none fell."""
    await _house(house, "a")
    await play(house, [1, 2], [3, 4, 5])
    await _pause(house, 40)
    await play(house, [1, 2, 3, 4, 5])
    (only,) = await _insights(house)
    assert (only.recent, only.before) == (Share(met=5, fell=0), None)


async def test_insights_look_back_half_a_year(house: House) -> None:
    """What happened longer ago is not told; a trap that nobody fell for never is."""
    await _house(house, "a")
    await play(house, range(5))
    assert await _insights(house) == []
    await play(house, [], range(5))
    await _pause(house, 179)
    assert [each.trap.id for each in await _insights(house)] == ["a"]
    await _pause(house, 2)
    assert await _insights(house) == []


async def test_the_heaviest_trap_comes_first(house: House) -> None:
    """One that caught five just now is told before one that caught eight two months ago."""
    await _house(house, "a", "b")
    (old,) = (await play(house, [], range(8))).posed.item.traps
    await _pause(house, 60)
    new = old
    while new == old:
        asked = await house.posted(open_for=MINUTE)
        (new,) = asked.posed.item.traps
        for member in (6, 7, 8, 9, 10):
            await house.tap(asked, member, right(asked) if new == old else wrong(asked)[0])
        house.clock.now = asked.closes_at
        await house.work()
    assert [each.trap.id for each in await _insights(house)] == [new, old]


async def test_a_question_is_drawn_by_what_is_fallen_for_now(house: House) -> None:
    """What many fell for lately is asked next more often than what they fell for long ago."""
    await _house(house, *["a", "b"] * 5)
    (caught,) = (await play(house, [], range(9))).posed.item.traps
    schedule = await house.schedule_now()

    async def drawn(*, now: datetime) -> int:
        """Count how often an item on that trap would be asked, of 200 schedules that differ in their seeds only."""
        asked = [await house.planner.preview(replace(schedule, seed=seed), now=now) for seed in range(200)]
        return sum(caught in each.posed.item.traps for each in asked)

    # Nine of nineteen items are on it; each is twice as likely while the slips are fresh.
    assert 115 <= await drawn(now=house.clock()) <= 140
    assert 80 <= await drawn(now=house.clock() + 200 * DAYS) <= 105
