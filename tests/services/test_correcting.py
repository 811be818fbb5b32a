"""Correcting: an explained round leaves the boards and comes back, and later rounds follow."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.domain.errors import NotRevealed, UnknownQuestion, VoidAlready
from bot.domain.report import Reason
from bot.domain.rounds import Round, RoundState
from bot.services import correcting
from bot.services.ports import PublishFailed, Refusal, Reveal
from bot.services.rebuilding import Rebuilding
from bot.storage.store import StorageUnread
from tests.builders import make_bank, make_item
from tests.services.house import MINUTE, House, Killed, right, until, wrong

GUILD = 100


@pytest.fixture
async def one_item(house: House) -> House:
    """A house whose bank has one item, so that every round asks it again."""
    house.banks = (make_bank([make_item(traps={"B": "door-as-lock"})]),)
    await house.restart()
    await house.schedule()
    return house


async def _asked(house: House, **taps: str) -> Round:
    """Ask, let members answer (`m1="r"` rightly, `m2="w"` wrongly), close and explain."""
    asked = await house.posted(open_for=MINUTE)
    for who, how in taps.items():
        await house.tap(asked, int(who[1:]), right(asked) if how == "r" else wrong(asked)[0])
    house.clock.now = asked.closes_at
    await house.work()
    explained = await house.round(asked.id)
    assert explained.state is RoundState.EXPLAINED
    return explained


def _kept(house: House) -> list[object]:
    tables = ("results", "slips", "round_traps", "totals", "ladders")
    return [sorted(house.rows(f"SELECT * FROM {table}")) for table in tables]  # noqa: S608 - one of these names


async def _is_sound(house: House) -> bool:
    return all([found.sound async for found in Rebuilding(house.store).check()])


async def test_a_void_round_gives_nothing(group: House) -> None:
    """Its results leave the boards, whose rows are as if it had never been; its reveal is written anew, once."""
    await _asked(group, m1="r", m2="w")
    before = _kept(group)
    second = await _asked(group, m1="r", m2="r", m3="w")
    done = await group.correcting.void(GUILD, second.id)
    assert (done.results, done.later, done.unmarked) == (3, 0, None)
    assert _kept(group) == before
    assert await _is_sound(group)
    (told,) = group.publisher.corrected
    assert (told.round.id, told.round.state) == (second.id, RoundState.VOID)


async def test_counting_it_again_undoes_it(group: House) -> None:
    """After the undo results and boards are what they were, and the reveal tells that it was undone."""
    await _asked(group, m1="r", m2="w")
    second = await _asked(group, m1="r", m2="w")
    before = _kept(group)
    await group.correcting.void(GUILD, second.id)
    done = await group.correcting.count_again(GUILD, second.id)
    assert (done.results, done.later) == (2, 0)
    assert _kept(group) == before
    again = await group.round(second.id)
    assert again == replace(second, void_reason=correcting.TAKEN_OUT)
    assert group.publisher.corrected[-1].round == again
    assert await _is_sound(group)


async def test_later_rounds_of_the_item_are_graded_anew(one_item: House) -> None:
    """What was practice because of a round that is void now counts, and is practice again after the undo."""
    first = await _asked(one_item, m1="r", m2="w")
    second = await _asked(one_item, m1="r", m3="r")
    await _asked(one_item, m1="r", m2="r")
    ranked = "SELECT round_id, member_id, ranked FROM results ORDER BY round_id, member_id"
    before, kept = one_item.rows(ranked), _kept(one_item)
    assert before == [(1, 1, 1), (1, 2, 1), (2, 1, 0), (2, 3, 1), (3, 1, 0), (3, 2, 0)]
    done = await one_item.correcting.void(GUILD, first.id)
    assert done.later == 2
    assert one_item.rows(ranked) == [(2, 1, 1), (2, 3, 1), (3, 1, 0), (3, 2, 1)]
    assert await _is_sound(one_item)
    await one_item.correcting.void(GUILD, second.id)
    assert one_item.rows(ranked) == [(3, 1, 1), (3, 2, 1)]
    assert await _is_sound(one_item)
    for each in (first, second):
        await one_item.correcting.count_again(GUILD, each.id)
    assert (one_item.rows(ranked), _kept(one_item)) == (before, kept)
    assert await _is_sound(one_item)


async def test_the_reveal_knows_whether_the_item_was_asked_again(one_item: House) -> None:
    """A correction tells of later answers where there may be some that it changed: within sixty days, and closed."""
    first = await _asked(one_item, m1="r")
    await one_item.posted(open_for=MINUTE)
    await one_item.correcting.void(GUILD, first.id)
    one_item.clock.now += timedelta(days=60) - 2 * MINUTE
    await one_item.work()
    await one_item.correcting.void(GUILD, first.id)
    assert [told.asked_again for told in one_item.publisher.corrected] == [False, True]


async def test_sixty_days_are_counted_from_what_is_ranked_now(one_item: House) -> None:
    """What is ranked once an earlier round is void makes the next answer practice, and no longer after the undo."""
    first = await _asked(one_item, m1="r")
    one_item.clock.now += timedelta(days=60) - MINUTE
    await _asked(one_item, m1="r")
    one_item.clock.now += timedelta(days=1) - MINUTE
    third = await _asked(one_item, m1="w")
    assert (third.opened_on - first.opened_on).days == 61
    before = _kept(one_item)
    assert [row[::3] for row in one_item.results()] == [(1, 1), (2, 0), (3, 1)]
    assert (await one_item.correcting.void(GUILD, first.id)).later == 2
    assert [row[::3] for row in one_item.results()] == [(2, 1), (3, 0)]
    assert await _is_sound(one_item)
    await one_item.correcting.count_again(GUILD, first.id)
    assert _kept(one_item) == before
    assert await _is_sound(one_item)


async def test_a_round_still_open_counts_after_its_earlier_one_is_void(one_item: House) -> None:
    """An answer given while the earlier round still counted is ranked when that one is void by the close."""
    first = await _asked(one_item, m1="r")
    second = await one_item.posted(open_for=MINUTE)
    await one_item.tap(second, 1, right(second))
    await one_item.correcting.void(GUILD, first.id)
    one_item.clock.now = second.closes_at
    await one_item.work()
    assert one_item.results() == [(second.id, 1, 5040, 1)]
    assert await _is_sound(one_item)


async def test_two_at_once_void_it_once(group: House) -> None:
    """Of two organisers pressing at once one takes its results off, the other is told that it is void already."""
    asked = await _asked(group, m1="r")
    told = await asyncio.gather(*(group.correcting.void(GUILD, asked.id) for _ in range(2)))
    assert sorted((each.changed, each.results) for each in told) == [(False, 0), (True, 1)]
    assert group.results() == []


async def test_what_cannot_be_corrected_is_refused(group: House) -> None:
    """A round that is open, of another server or missing stays as it is."""
    asked = await _asked(group, m1="r")
    opened = await group.posted()
    with pytest.raises(NotRevealed):
        await group.correcting.void(GUILD, opened.id)
    with pytest.raises(NotRevealed):
        await group.correcting.count_again(GUILD, opened.id)
    for guild_id, round_id in ((555, asked.id), (GUILD, 999)):
        with pytest.raises(UnknownQuestion):
            await group.correcting.void(guild_id, round_id)
        with pytest.raises(UnknownQuestion):
            await group.correcting.count_again(guild_id, round_id)
    assert (await group.round(asked.id)).state is RoundState.EXPLAINED


async def test_a_round_void_before_its_reveal_never_counts(group: House) -> None:
    """A question whose post went missing while it was open cannot be made to count, and has no reveal to write."""
    opened = await group.posted()
    await group.stepper.void(opened, "its post is gone")
    with pytest.raises(VoidAlready):
        await group.correcting.void(GUILD, opened.id)
    with pytest.raises(NotRevealed):
        await group.correcting.count_again(GUILD, opened.id)


async def test_a_reveal_that_cannot_be_changed_is_told(group: House) -> None:
    """The boards are right also when Discord does not let the reveal be changed, and the organiser is told why."""
    asked = await _asked(group, m1="r")
    group.publisher.fail("correct", PublishFailed(Refusal.POST_GONE))
    done = await group.correcting.void(GUILD, asked.id)
    assert done.unmarked is Refusal.POST_GONE
    assert group.results() == []
    assert await group.correcting.write_again(GUILD, asked.id) is None
    assert group.publisher.corrected[-1].round.state is RoundState.VOID
    with pytest.raises(UnknownQuestion):
        await group.correcting.write_again(555, asked.id)
    with pytest.raises(NotRevealed):
        await group.correcting.write_again(GUILD, (await group.posted()).id)


async def test_a_correction_whose_reveal_was_never_written_is_mended_by_repeating_it(group: House) -> None:
    """After a crash between the two, voiding again changes nothing but the reveal; so does counting again."""
    asked = await _asked(group, m1="r")
    for name, state in (("void", RoundState.VOID), ("count_again", RoundState.EXPLAINED)):
        group.publisher.fail("correct", Killed())
        with pytest.raises(Killed):
            await getattr(group.correcting, name)(GUILD, asked.id)
        await group.restart()
        before = _kept(group)
        done = await getattr(group.correcting, name)(GUILD, asked.id)
        assert (done.changed, done.results, done.unmarked) == (False, 0, None)
        assert _kept(group) == before
        assert group.publisher.corrected[-1].round.state is state


async def test_the_last_of_two_corrections_is_what_the_reveal_tells(group: House) -> None:
    """However slow the first edit is, the second comes after it and tells how the round stands by then."""
    asked = await _asked(group, m1="r")
    slow = group.publisher.hang("correct")
    first = asyncio.create_task(group.correcting.void(GUILD, asked.id))
    await until(lambda: group.publisher.named("correct") == ["correct"])
    second = asyncio.create_task(group.correcting.count_again(GUILD, asked.id))
    await until(lambda: len(group.results()) == 1)
    await asyncio.sleep(0.05)
    slow.set()
    assert [done.unmarked for done in await asyncio.gather(first, second)] == [None, None]
    assert [told.round.state for told in group.publisher.corrected] == [RoundState.VOID, RoundState.EXPLAINED]


async def test_an_organiser_is_answered_while_discord_takes_no_edits(
    group: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edit that waits for minutes is given up: the organiser has to be answered while Discord takes an answer."""
    monkeypatch.setattr(correcting, "_PATIENCE_SECONDS", 0.01)
    asked = await _asked(group, m1="r")
    group.publisher.hang("correct")
    done = await group.correcting.void(GUILD, asked.id)
    assert (done.changed, done.unmarked) == (True, Refusal.UNAVAILABLE)
    assert await group.correcting.write_again(GUILD, asked.id) is None


async def test_a_database_that_cannot_be_read_after_the_commit_undoes_nothing(
    group: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The round is void by then: the organiser is told that, and that the reveal does not say so yet."""
    asked = await _asked(group, m1="r")

    async def unread(*_: object) -> Reveal:
        raise StorageUnread("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(correcting, "reveal_of", unread)
        done = await group.correcting.void(GUILD, asked.id)
    assert (done.changed, done.unmarked) == (True, Refusal.UNAVAILABLE)
    assert await group.correcting.write_again(GUILD, asked.id) is None


async def test_the_latest_explained_and_void_rounds_are_listed(group: House) -> None:
    """Newest first, each with its like, of one server only; what is open or has no reveal is in neither list."""
    first, second, third = [await _asked(group) for _ in range(3)]
    await group.stepper.void(await group.posted(), "its post is gone")
    await group.posted()
    await group.correcting.void(GUILD, second.id)

    async def listed(state: RoundState, guild_id: int = GUILD) -> list[int]:
        return [each.id for each in await group.correcting.latest(guild_id, state)]

    assert await listed(RoundState.EXPLAINED) == [third.id, first.id]
    assert await listed(RoundState.VOID) == [second.id]
    assert await listed(RoundState.EXPLAINED, 555) == []


async def test_reports_follow_their_round(group: House) -> None:
    """A void round takes its reports out of the queue; counting it again brings them back."""
    asked = await _asked(group, m1="r")
    await group.reporting.report(GUILD, asked.id, 1, Reason.KEY, "")
    await group.correcting.void(GUILD, asked.id)
    assert await group.reporting.queue(GUILD, 1) is None
    await group.correcting.count_again(GUILD, asked.id)
    assert await group.reporting.queue(GUILD, 1) is not None


async def test_an_item_whose_answer_was_revealed_is_not_asked_as_new(group: House) -> None:
    """A void round's item waits its turn like any other that was asked: its answer is known."""
    asked = await _asked(group)
    await group.correcting.void(GUILD, asked.id)
    following = set()
    for _ in range(11):
        group.clock.now += timedelta(minutes=5)
        following.add((await _asked(group)).posed.item.id)
    assert asked.posed.item.id not in following


@pytest.mark.parametrize("seed", range(5))
async def test_boards_are_right_in_whatever_order_rounds_are_void(one_item: House, seed: int) -> None:
    """After any corrections of several rounds of an item, everything is what the answers earn."""
    rng = Random(seed)
    asked = [await _asked(one_item, **{f"m{who}": rng.choice("rw") for who in rng.sample(range(6), 3)}) for _ in "1234"]
    before, void = _kept(one_item), set[int]()
    for _ in range(12):
        round_id = rng.choice(asked).id
        change = one_item.correcting.count_again if round_id in void else one_item.correcting.void
        await change(GUILD, round_id)
        void ^= {round_id}
        assert await _is_sound(one_item)
    for round_id in void:
        await one_item.correcting.count_again(GUILD, round_id)
    assert _kept(one_item) == before
