"""Reviews: cards made of the history, three weeks of them, corrections, and what may not be asked."""

import time
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from bot.domain.errors import UnknownBank
from bot.domain.history import Event
from bot.domain.item import Item
from bot.domain.rating import AHEAD, LEECH, Card
from bot.domain.sitting import Mode, Sitting, Wish
from bot.services.offering import Learner
from bot.services.reviewing import Deck, Reviewing
from tests.builders import NOW, make_bank, make_item
from tests.services.house import MINUTE, House, right, wrong

ANN = Learner(member_id=1, guild_id=100)
DAY = timedelta(days=1)


async def _practised(house: House, *items: Item, right_ones: bool = True) -> None:
    """Let Ann do these items in practice."""
    sitting = await house.sittings.begin(ANN, Mode.PRACTICE, "sample", Wish(count=len(items)), items)
    await _answered(house, sitting, right_ones=right_ones)


async def _answered(house: House, sitting: Sitting, *, right_ones: bool = True, sure: bool | None = None) -> None:
    for entry in sitting.entries:
        wrong_one = next(letter for letter, option in entry.posed.options if option.trap)
        letters = entry.posed.key if right_ones else wrong_one
        await house.sittings.answer(ANN, sitting.id, entry.number, letters, sure=sure)


async def _reviewed(house: House, *, right_ones: bool = True, sure: bool | None = None) -> Deck:
    """Let Ann do all that is due; gives her cards before."""
    deck = await house.reviewing.deck(ANN)
    sitting = await house.reviewing.begin(ANN, deck, count=50)
    await _answered(house, sitting, right_ones=right_ones, sure=sure)
    await house.sittings.finish(ANN, sitting.id)
    return deck


def _items(house: House) -> list[Item]:
    return list(house.banks[0].items())


def _card(deck: Deck, item_id: str) -> Card:
    return next(card for card in deck.cards if card.item_id == item_id)


async def test_who_answered_nothing_has_no_cards(house: House) -> None:
    """There is a deck, and nothing in it."""
    deck = await house.reviewing.deck(ANN)
    assert (deck.cards, deck.due, deck.next_due) == ((), (), None)
    with pytest.raises(UnknownBank):
        await house.reviewing.deck(ANN, "other")


async def test_every_answer_becomes_a_card(group: House) -> None:
    """What was answered in the channel, in practice, as a drill or in an exam comes back, each item once."""
    asked = await group.posted(open_for=MINUTE)
    await group.tap(asked, 1, right(asked))
    group.clock.now = asked.closes_at
    await group.work()
    first, second, third, *_ = (item for item in _items(group) if item.id != asked.posed.item.id)
    await _practised(group, first)
    drill = await group.drills.of_item(ANN, "sample", second.id)
    await group.drills.grade(ANN, drill.posing, "A")
    exam = await group.sittings.begin(ANN, Mode.EXAM, "sample", Wish(count=2), [third, first], lasts=DAY)
    await group.sittings.answer(ANN, exam.id, 1, "A")
    assert len((await group.reviewing.deck(ANN)).cards) == 3
    await group.sittings.finish(ANN, exam.id)
    deck = await group.reviewing.deck(ANN)
    assert {card.item_id for card in deck.cards} == {asked.posed.item.id, first.id, second.id, third.id}
    assert (await group.reviewing.deck(replace(ANN, member_id=2))).cards == ()


async def test_three_weeks_of_reviews(house: House) -> None:
    """Reviewed every day, what is known comes back at growing intervals, what is not the next day."""
    known, unknown = _items(house)[:2]
    await _practised(house, known, unknown)
    came: dict[str, list[int]] = {known.id: [], unknown.id: []}
    for day in range(1, 22):
        house.clock.now = NOW + day * DAY
        deck = await house.reviewing.deck(ANN)
        if not deck.due:
            continue
        sitting = await house.reviewing.begin(ANN, deck, count=50)
        for entry in sitting.entries:
            item_id = entry.posed.item.id
            came[item_id].append(day)
            letters = entry.posed.key if item_id == known.id else "".join(set("ABCD") - entry.posed.key)[:1]
            await house.sittings.answer(ANN, sitting.id, entry.number, letters)
        await house.sittings.finish(ANN, sitting.id)
    gaps = [after - before for before, after in zip(came[known.id], came[known.id][1:], strict=False)]
    assert came[known.id][0] == 2
    assert gaps == sorted(gaps)
    assert len(came[known.id]) <= 3
    assert len(came[unknown.id]) >= 10


async def test_how_sure_one_was_decides_when_it_comes_back(house: House) -> None:
    """Sure comes back later than right, right later than guessed, and guessed later than wrong."""
    dues = {}
    for place, (name, answer) in enumerate(
        {"wrong": (False, None), "guessed": (True, False), "right": (True, None), "sure": (True, True)}.items()
    ):
        item = _items(house)[place]
        sitting = await house.sittings.begin(ANN, Mode.REVIEW, "sample", Wish(count=1), [item])
        await _answered(house, sitting, right_ones=answer[0], sure=answer[1])
        card = await house.reviewing.card(ANN, "sample", item.id)
        assert card is not None
        dues[name] = card.due
    assert dues["wrong"] <= dues["guessed"] < dues["right"] < dues["sure"]


async def test_a_correction_changes_the_cards(group: House) -> None:
    """A round that is void makes no card; when it counts again the card is there again, as it was."""
    asked = await group.posted(open_for=MINUTE)
    await group.tap(asked, 1, wrong(asked)[0])
    group.clock.now = asked.closes_at
    await group.work()
    before = await group.reviewing.deck(ANN)
    assert [card.fallen for card in before.cards] == [("door-as-lock",)]
    await group.correcting.void(100, asked.id)
    assert (await group.reviewing.deck(ANN)).cards == ()
    await group.correcting.count_again(100, asked.id)
    assert (await group.reviewing.deck(ANN)).cards == before.cards


async def test_what_is_forgotten_again_and_again_is_a_leech(house: House) -> None:
    """After eight lapses it is named, with the trap that was fallen for; a right answer does not undo that."""
    item = _items(house)[0]
    await _practised(house, item)
    for _ in range(LEECH):
        assert (await house.reviewing.deck(ANN)).leeches == ()
        house.clock.now += 30 * DAY
        await _reviewed(house, right_ones=False)
    house.clock.now += 30 * DAY
    await _reviewed(house)
    (leech,) = (await house.reviewing.deck(ANN)).leeches
    assert (leech.item_id, leech.lapses, leech.fallen) == (item.id, LEECH, ("door-as-lock",))


async def test_items_of_open_rounds_wait(group: House) -> None:
    """A card that is due is not asked while the channel is asked the same."""
    for item in _items(group):
        await _practised(group, item)
    asked = await group.posted(open_for=30 * DAY)
    group.clock.now += 29 * DAY
    deck = await group.reviewing.deck(ANN)
    assert len(deck.due) == len(deck.cards) - 1
    assert asked.posed.item.id not in {card.item_id for card in deck.due}
    elsewhere = await group.reviewing.deck(replace(ANN, guild_id=555))
    assert len(elsewhere.due) == len(deck.cards)


async def test_a_review_takes_what_is_longest_due(house: House) -> None:
    """Of more cards than wished for the others stay due; next due is the first of those that are not."""
    first, second, later = _items(house)[:3]
    await _practised(house, first)
    house.clock.now += DAY / 2
    await _practised(house, second)
    house.clock.now += 9 * DAY
    await _practised(house, later)
    deck = await house.reviewing.deck(ANN)
    assert [card.item_id for card in deck.due] == [first.id, second.id]
    assert deck.next_due == _card(deck, later.id).due
    sitting = await house.reviewing.begin(ANN, deck, count=1)
    assert [entry.posed.item.id for entry in sitting.entries] == [first.id]
    assert deck.next_due > house.clock.now + AHEAD


async def test_the_bank_with_most_due_comes_first(house: House) -> None:
    """Unless one is named."""
    house.banks = (make_bank([make_item()]), make_bank([make_item(traps={"B": "door-as-lock"})], bank_id="other"))
    await house.restart()
    sitting = await house.sittings.begin(ANN, Mode.PRACTICE, "other", Wish(count=1), list(house.banks[1].items()))
    await _answered(house, sitting)
    house.clock.now += 9 * DAY
    assert (await house.reviewing.deck(ANN)).bank.id == "other"
    assert (await house.reviewing.deck(ANN, "sample")).cards == ()


async def test_items_that_are_gone_are_no_cards(house: House) -> None:
    """When the bank loses an item its card goes too."""
    kept, lost = _items(house)[:2]
    await _practised(house, kept, lost)
    house.banks = (make_bank([kept]),)
    await house.restart()
    assert [card.item_id for card in (await house.reviewing.deck(ANN)).cards] == [kept.id]
    assert await house.reviewing.card(ANN, "sample", lost.id) is None
    assert await house.reviewing.card(ANN, "gone", lost.id) is None


async def test_more_retention_means_sooner(house: House) -> None:
    """Who wants to remember more reviews oftener."""
    item = _items(house)[0]
    await _practised(house, item)
    dues = []
    for share in (0.97, 0.9, 0.7):
        reviewing = Reviewing(house.store, house.clock, library=house.library, sittings=house.sittings, retention=share)
        card = await reviewing.card(ANN, "sample", item.id)
        assert card is not None
        dues.append(card.due)
    assert dues == sorted(set(dues))


def test_a_long_history_is_read_fast(house: House) -> None:
    """Five thousand answers become cards within a second, on a slow machine too; usually it takes a tenth."""
    rng, items = Random(1), _items(house)
    events = [
        Event(item_id=rng.choice(items).id, at=NOW + number * timedelta(hours=1), units=5040, full=rng.random() < 0.8)
        for number in range(5000)
    ]
    began = time.process_time()
    cards = house.reviewing._cards(house.banks[0], events)
    assert len(cards) == len(items)
    assert time.process_time() - began < 1
