"""`/exam` where something is in the way: time up, old pages, two clicks, and exams that are not one's own."""

from typing import Any

import discord
import pytest

from bot.chat.exam_buttons import ExamChoice, ExamFlag, ExamGoTo, ExamHandIn, ExamItem, ExamOverview
from bot.chat.exam_results import ExamMissed, ExamPast, ExamRecord, ExamResult
from bot.chat.practice_buttons import PracticeChoice, PracticeNext
from bot.services.library import Shelf
from tests.chat.exams import at_first, begun, left, message_of, one_lesson, use
from tests.chat.world import World, said

NOT_THEIRS = "I no longer have this run on file"


@pytest.fixture
def shelves(shelves: list[Shelf]) -> list[Shelf]:
    """Give a bank of one lesson."""
    return one_lesson(shelves)


async def test_time_up_counts_what_was_there(world: World) -> None:
    """An answer after the deadline is not taken; the result says that time was up, and `/exam start` begins another."""
    sat = await at_first(world, questions=5, minutes=3)
    await sat.answer(right=True)
    await sat.press("item:next:")
    await world.env.advance_time(181)
    told = await sat.answer(right=True)
    assert "The exam was over already" in told
    assert "⏱️ Your time was up <t:" in told
    assert "1 fully right, 4 without an answer" in told
    assert "5 questions, 8 minutes" in (await begun(world, questions=5)).text


async def test_time_up_while_away_is_told_at_the_next_start(world: World) -> None:
    """Whoever comes back with the command after the deadline, and after a restart, reads the result first."""
    sat = await at_first(world, questions=5)
    await sat.answer(right=True)
    await world.bot.close()
    await world.env.advance_time(24 * 3600)
    await world.come_back()
    back = await begun(world)
    assert "⏱️ Your time was up" in back.text
    assert "`/exam start` once more begins another" in back.text
    assert "16 questions" in (await begun(world)).text


async def test_two_clicks_are_one(world: World) -> None:
    """When Discord takes no reply and the page stays, the same click again does no harm: one answer, one result."""
    sat = await at_first(world, questions=5)
    message, menu = message_of(sat.result), next(each for each in sat.ids if each.startswith("tw:exam:pick:"))
    for letter in "AB":
        world.env.inject_error("POST", "/interactions/*", status=404, code=10062)
        await world.ann.select(message, [letter], custom_id=menu)
    assert (await sat.sitting()).entries[0].choice == "B"
    again = ExamHandIn(sat.id, now=True)
    page = await left(world, again)
    assert await use(world.ann, page, again) == await use(world.ann, page, again)
    assert "**2.**" not in said(await world.ann.slash(world.channel, "exam history"))


async def test_stale_buttons_show_the_result(world: World) -> None:
    """Whatever is pressed on a page that was left open, after handing in elsewhere, changes nothing and says so."""
    sat = await at_first(world, questions=5)
    entry = await sat.entry()
    parts: list[Any] = [ExamChoice(sat.id, entry), ExamFlag(sat.id, 1, flag=True), ExamItem("next", sat.id, 2)]
    stale = await left(world, *parts)
    await sat.hand_in()
    before = await sat.sitting()
    for part in parts:
        told = await use(world.ann, stale, part)
        assert "The exam was over already: what you just did changes nothing." in told
        assert "Handed in" in told
    for other in (ExamOverview(sat.id), ExamHandIn(sat.id), ExamHandIn(sat.id, now=True)):
        assert "Handed in" in await use(world.ann, await left(world, other), other)
    assert await sat.sitting() == before


async def test_someone_elses_exam_is_out_of_reach(world: World) -> None:
    """A custom id that names another member's exam gives one private sentence, open or over, and changes nothing."""
    sat = await at_first(world, questions=5)
    await sat.answer(right=True)
    entry, before = await sat.entry(), await sat.sitting()
    option = discord.SelectOption(label="1", value="1")
    past = discord.SelectOption(label="1", value=str(sat.id))
    parts: list[Any] = [
        *(ExamChoice(sat.id, entry), ExamFlag(sat.id, 1, flag=True), ExamItem("go", sat.id, 2), ExamOverview(sat.id)),
        *(ExamGoTo(sat.id, 1, 7, [option]), ExamHandIn(sat.id), ExamHandIn(sat.id, now=True), ExamResult(sat.id)),
        *(ExamMissed(sat.id, 1), ExamPast(0, [past])),
    ]
    for part in parts:
        assert NOT_THEIRS in await use(world.ben, await left(world, part), part)
    assert await sat.sitting() == before
    await sat.hand_in()
    for part in parts:
        assert NOT_THEIRS in await use(world.ben, await left(world, part), part)
    record = ExamRecord(sat.id)
    assert "taken none" in await use(world.ben, await left(world, record), record)


async def test_an_open_exam_tells_nothing_by_any_button(world: World) -> None:
    """Neither its own result buttons, nor those of a practice run with its number, nor a question that is not there."""
    sat = await at_first(world, questions=5)
    await sat.answer(right=False)
    entry = await sat.entry()
    options = [discord.SelectOption(label="A", value="A")]
    past = discord.SelectOption(label="1", value=str(sat.id))
    parts: list[Any] = [ExamResult(sat.id), ExamMissed(sat.id, 1), ExamPast(0, [past]), ExamItem("go", sat.id, 6)]
    for part in [*parts, PracticeChoice(sat.id, 1, options), PracticeNext(sat.id, 1)]:
        told = await use(world.ann, await left(world, part), part)
        assert NOT_THEIRS in told
        assert not any(option.why in told for _, option in entry.posed.options)
    assert (await sat.sitting()).open


async def test_what_the_channel_is_asked_is_told_later(group: World) -> None:
    """An item in an open round is not drawn; one that comes into a round meanwhile is left out till it is closed."""
    sat = await begun(group, questions=60)
    drawn = {entry.posed.item.id for entry in (await sat.sitting()).entries}
    assert len(drawn) == 32
    await group.post()
    await sat.press("item:go:")
    told = await sat.hand_in()
    assert "1 question left out here: the channel is being asked the same" in told
    assert "31 questions, 0 fully right" in told
    assert "31 questions, " in (await begun(group, group.ben, questions=60)).text
    await group.close()
    result = ExamResult(sat.id)
    assert "32 questions, 0 fully right" in await use(group.ann, await left(group, result), result)


@pytest.mark.parametrize(("options", "sentence"), [({"bank": "xyz"}, "I have no bank named")])
async def test_what_there_is_no_exam_of_gets_a_sentence(
    world: World, options: dict[str, object], sentence: str
) -> None:
    """An unknown bank is refused in one private sentence; while typing, those there are are listed."""
    assert sentence in said(await world.ann.slash(world.channel, "exam start", **options))
    found = await world.ann.autocomplete(world.channel, "exam start", "bank", "")
    assert [each["value"] for each in found] == ["md-102"]
