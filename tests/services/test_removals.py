"""Removals: the letters that the bot itself takes off are told from withdrawals."""

from datetime import timedelta

import pytest

from bot.domain.rounds import Round
from bot.services.removals import Letter, Removals
from tests.services.house import House

MESSAGE = 9000


@pytest.fixture
async def asked(group: House) -> Round:
    """Post a single-select question."""
    return await group.posted()


async def test_a_letter_that_the_bot_took_off_withdraws_nothing(group: House, asked: Round) -> None:
    """Tidying is told from a withdrawal; a letter that stayed is its member's again."""
    heard = group.answering
    await group.tap(asked, 1, "A")
    letter = Letter(MESSAGE, 1, "A")
    heard.removals.begin(letter)
    await heard.lift(MESSAGE, 1, "A")
    heard.removals.end(letter, gone=True)
    assert group.stored(asked) == {1: "A"}
    await heard.tap(MESSAGE, 1, "A")
    heard.removals.begin(letter)
    heard.removals.end(letter, gone=False)
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: ""}


async def test_a_letter_put_back_while_the_bot_takes_it_off_is_the_answer(group: House, asked: Round) -> None:
    """Whoever lifts a letter and taps it again before the bot's own removal arrives keeps it as their answer."""
    heard, letter = group.answering, Letter(MESSAGE, 1, "A")
    await group.tap(asked, 1, "AB")
    heard.removals.begin(letter)
    await heard.lift(MESSAGE, 1, "A")
    await heard.tap(MESSAGE, 1, "A")
    heard.removals.end(letter, gone=True)
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: "A"}


async def test_the_event_of_a_removal_may_come_after_its_answer_but_not_much_later(group: House, asked: Round) -> None:
    """An event within moments of the answer is the bot's own; one that comes much later is a withdrawal."""
    heard, letter, passed = group.answering, Letter(MESSAGE, 1, "A"), [0.0]
    heard.removals = Removals(lambda: passed[0])
    await group.tap(asked, 1, "A")
    for seconds, choice in ((1, "A"), (3, "")):
        await heard.tap(MESSAGE, 1, "A")
        heard.removals.begin(letter)
        heard.removals.end(letter, gone=True)
        passed[0] += seconds
        group.clock.now -= timedelta(hours=1)  # the wall clock says nothing about it
        await heard.lift(MESSAGE, 1, "A")
        assert group.stored(asked) == {1: choice}


async def test_a_withdrawal_is_heard_soon_after_a_letter_came_back(group: House, asked: Round) -> None:
    """Whoever puts a letter back after the bot took it off, and seconds later lifts it, has withdrawn."""
    heard, letter, passed = group.answering, Letter(MESSAGE, 1, "A"), [0.0]
    heard.removals = Removals(lambda: passed[0])
    await group.tap(asked, 1, "AB")
    await heard.lift(MESSAGE, 1, "B")
    heard.removals.begin(letter)
    await heard.lift(MESSAGE, 1, "A")  # the bot's own
    await heard.tap(MESSAGE, 1, "A")
    heard.removals.end(letter, gone=True)
    passed[0] += 3
    await heard.lift(MESSAGE, 1, "A")
    assert group.stored(asked) == {1: ""}
