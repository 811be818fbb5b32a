"""Drills: which item is offered, that open questions stay out, and that an answer is stored once."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import ForeignPost, ItemBusy, ItemGone, NothingToPractise, TrapGone
from bot.services.offering import Learner
from tests.builders import make_bank, make_item, make_trap
from tests.services.house import MINUTE, House, right, wrong

ANN = Learner(member_id=1, guild_id=100)


async def _explained(house: House, letters: str = "") -> int:
    """One round of the house's schedule, answered by Ann and revealed; gives its id."""
    asked = await house.posted(open_for=MINUTE)
    await house.tap(asked, 1, letters or wrong(asked)[0])
    house.clock.now = asked.closes_at
    await house.work()
    return asked.id


async def test_a_drill_on_a_trap_has_it(group: House) -> None:
    """The item offered below a trap has a distractor of it."""
    drill = await group.drills.for_trap(ANN, "sample", "door-as-lock")
    assert "door-as-lock" in drill.posed.item.traps


async def test_a_similar_item_is_never_the_same(group: House) -> None:
    """Below a reveal another item is offered, however often one asks."""
    round_id = await _explained(group)
    own = (await group.round(round_id)).posed.item.id
    offered = {(await group.drills.for_similar(ANN, round_id)).posed.item.id for _ in range(40)}
    assert own not in offered
    assert len(offered) > 3


async def test_the_trap_fallen_for_comes_first(house: House) -> None:
    """Of an item with two traps the one that caught the learner is practised; without an answer either will do."""
    house.banks = (
        make_bank(
            [
                make_item("1.1-001", traps={"B": "first", "C": "second"}),
                make_item("1.1-002", traps={"B": "first"}),
                make_item("1.1-003", traps={"B": "second"}),
            ],
            traps=[make_trap("first"), make_trap("second")],
        ),
    )
    await house.restart()
    await house.schedule(topic=None)
    asked = await house.posted(open_for=MINUTE)
    while asked.posed.item.id != "1.1-001":
        house.clock.now = asked.closes_at
        await house.work()
        asked = await house.posted(open_for=MINUTE)
    caught = {option.trap: letter for letter, option in asked.posed.options}
    await house.tap(asked, 1, caught["first"])
    await house.tap(asked, 2, caught["second"])
    house.clock.now = asked.closes_at
    await house.work()
    offered = [(await house.drills.for_similar(replace(ANN, member_id=each), asked.id)) for each in (1, 2)]
    assert [each.posed.item.id for each in offered] == ["1.1-002", "1.1-003"]


async def test_items_of_open_rounds_are_not_offered(group: House) -> None:
    """An item in an open round of the server is left out, also when it was asked for by name."""
    asked = await group.posted()
    item = asked.posed.item.id
    offered = {(await group.drills.for_trap(ANN, "sample", "door-as-lock")).posed.item.id for _ in range(40)}
    assert item not in offered
    with pytest.raises(ItemBusy):
        await group.drills.of_item(ANN, "sample", item)
    elsewhere = replace(ANN, guild_id=555)
    assert (await group.drills.of_item(elsewhere, "sample", item)).posed.item.id == item


async def test_a_drill_posed_before_the_round_is_not_graded_during_it(group: House) -> None:
    """A select that was left open does not tell the key of a question asked since; nothing is stored."""
    asked = await group.planned()
    drill = await group.drills.of_item(replace(ANN, guild_id=555), "sample", asked.posed.item.id)
    with pytest.raises(ItemBusy):
        await group.drills.grade(ANN, drill.posing, "A")
    assert group.rows("SELECT * FROM practised") == []


async def test_in_direct_messages_servers_where_one_answered_count(group: House) -> None:
    """Without a server the open rounds of every server count in which the member has answered."""
    asked = await group.posted()
    item, alone = asked.posed.item.id, replace(ANN, guild_id=None)
    assert (await group.drills.of_item(alone, "sample", item)).posed.item.id == item
    await group.tap(asked, 1, "A")
    with pytest.raises(ItemBusy):
        await group.drills.of_item(alone, "sample", item)
    group.clock.now = asked.closes_at
    await group.work()
    later = await group.posted()
    with pytest.raises(ItemBusy):
        await group.drills.of_item(alone, "sample", later.posed.item.id)
    await group.drills.of_item(replace(alone, member_id=2), "sample", later.posed.item.id)


@pytest.mark.parametrize("heard", [True, False])
async def test_a_void_round_still_tells_of_the_server(group: House, *, heard: bool) -> None:
    """Whose only counted round is void goes on being kept from the server's open rounds, however their answer came."""
    asked = await group.posted(open_for=MINUTE)
    if heard:
        await group.tap(asked, 1, "A")
    else:
        group.unheard(asked, 1, "A")
    group.clock.now = asked.closes_at
    await group.work()
    await group.correcting.void(100, asked.id)
    item = (await group.posted()).posed.item.id
    with pytest.raises(ItemBusy):
        await group.drills.of_item(replace(ANN, guild_id=None), "sample", item)


async def test_feedback_once_seen_waits_for_an_open_round_too(group: House) -> None:
    """A drill answered before its item came into a round shows no feedback again while that is under way."""
    asked = await group.planned()
    drill = await group.drills.of_item(replace(ANN, guild_id=555), "sample", asked.posed.item.id)
    await group.drills.grade(replace(ANN, guild_id=555), drill.posing, "A")
    with pytest.raises(ItemBusy):
        await group.drills.grade(ANN, drill.posing, "A")


async def test_an_answer_is_graded_and_kept(group: House) -> None:
    """A right answer earns the item's mark, and is stored with what was shown; it is on no board."""
    drill = await group.drills.for_trap(ANN, "sample", "door-as-lock")
    (key,) = drill.posed.key
    outcome = await group.drills.grade(ANN, drill.posing, key)
    assert outcome.choice == key
    assert outcome.mark.fraction == 1
    ((guild, member, choice, units, full, source),) = group.rows(
        "SELECT guild_id, member_id, choice, units, full, source FROM practised"
    )
    assert (guild, member, choice, units, full, source) == (100, 1, key, 5040, 1, "drill")
    assert group.rows("SELECT * FROM totals") == []


async def test_what_was_sent_first_stays(group: House) -> None:
    """Two answers to one posing, together or later, are stored once, and both are told of the first."""
    drill = await group.drills.for_trap(ANN, "sample", "door-as-lock")
    (key,) = drill.posed.key
    other = next(letter for letter in drill.posed.letters if letter != key)
    both = (group.drills.grade(ANN, drill.posing, letter) for letter in (other, key))
    told = [*await asyncio.gather(*both), await group.drills.grade(ANN, drill.posing, key)]
    assert [each.choice for each in told] == [other] * 3
    assert [each.mark.fraction for each in told] == [0] * 3
    assert len(group.rows("SELECT * FROM practised")) == 1


async def test_another_one_follows_the_trap_just_met(house: House) -> None:
    """After a drill the next one is on the trap that caught the learner there, and never the same item."""
    traps = [make_trap("first"), make_trap("second")]
    items = [
        make_item("1.1-001", traps={"B": "first", "C": "second"}),
        make_item("1.1-002", traps={"B": "first"}),
        make_item("1.1-003", traps={"B": "second"}),
    ]
    house.banks = (make_bank(items, traps=traps),)
    await house.restart()
    drill = await house.drills.of_item(ANN, "sample", "1.1-001")
    caught = {option.trap: letter for letter, option in drill.posed.options}
    await house.drills.grade(ANN, drill.posing, caught["second"])
    following = await house.drills.another(ANN, "sample", "1.1-001")
    assert following.posed.item.id == "1.1-003"


async def test_what_was_answered_in_the_server_comes_later(house: House) -> None:
    """An item the learner answered in a round today is offered after one they never saw."""
    house.banks = (make_bank(make_item(f"1.1-00{number}", traps={"B": "door-as-lock"}) for number in (1, 2)),)
    await house.restart()
    await house.schedule()
    answered = (await house.round(await _explained(house))).posed.item.id
    for _ in range(5):
        assert (await house.drills.for_trap(ANN, "sample", "door-as-lock")).posed.item.id != answered


async def test_what_is_gone_gets_a_sentence(group: House) -> None:
    """A trap, an item, a bank or a round that is there no more is refused; so is a round of another server."""
    round_id = await _explained(group)
    drill = await group.drills.for_trap(ANN, "sample", "door-as-lock")
    with pytest.raises(TrapGone):
        await group.drills.for_trap(ANN, "sample", "gone")
    with pytest.raises(ForeignPost):
        await group.drills.for_similar(ANN, 999)
    with pytest.raises(ForeignPost):
        await group.drills.for_similar(replace(ANN, guild_id=555), round_id)
    with pytest.raises(ItemGone):
        await group.drills.another(ANN, "sample", "1.1-999")
    with pytest.raises(ItemGone):
        await group.drills.grade(ANN, replace(drill.posing, fingerprint="0000"), "A")
    group.banks = (make_bank(bank_id="other"),)
    await group.restart()
    with pytest.raises(ItemGone):
        await group.drills.for_similar(ANN, round_id)
    with pytest.raises(TrapGone):
        await group.drills.for_trap(ANN, "sample", "door-as-lock")
    with pytest.raises(ItemGone):
        await group.drills.grade(ANN, drill.posing, "A")


async def test_an_open_round_has_no_similar_items(group: House) -> None:
    """What a reveal offers is not to be had before it."""
    asked = await group.posted()
    with pytest.raises(ForeignPost):
        await group.drills.for_similar(ANN, asked.id)


async def test_an_item_like_no_other_has_nothing_similar(house: House) -> None:
    """Where no other item has its traps or its objective, that is said."""
    house.banks = (make_bank([make_item("1.1-001")]),)
    await house.restart()
    await house.schedule()
    round_id = await _explained(house)
    with pytest.raises(NothingToPractise):
        await house.drills.for_similar(ANN, round_id)


async def test_the_right_answer_is_known_to_be_right(group: House) -> None:
    """Whoever answered a round rightly is offered an item on any of its traps."""
    asked = await group.posted(open_for=MINUTE)
    await group.tap(asked, 1, right(asked))
    group.clock.now = asked.closes_at
    await group.work()
    drill = await group.drills.for_similar(ANN, asked.id)
    assert drill.posed.item.traps == asked.posed.item.traps
