"""`/scenario` on the real bot: a case, its answer with the chain drawn, another one, and what may go wrong."""

from dataclasses import replace

import discord
import pytest
import simcord

from bot.chat.lesson_buttons import LessonLink
from bot.domain.posed import PosedItem
from bot.domain.practice import pose_by
from bot.domain.scenarios.case import SEEDS
from bot.services.library import Shelf
from tests.chat.world import World, custom_ids, said

PNG = b"\x89PNG"


@pytest.fixture(name="shelves", scope="session")
def _shelves(one_lesson: list[Shelf]) -> list[Shelf]:
    return one_lesson


def _message(result: simcord.InteractionResult) -> discord.Message:
    assert result.response is not None
    message = result.response.message
    assert message is not None
    return message


def _button(result: simcord.InteractionResult, begins: str) -> str:
    return next(each for each in custom_ids(_message(result)) if each.startswith(begins))


def _posed(world: World, result: simcord.InteractionResult) -> PosedItem:
    """The case that a question poses."""
    _, _, bank_id, item_id, seed, _ = _button(result, "tw:pick:").split(":")
    _, item = world.bot.client.services.library.item(bank_id, item_id)
    return pose_by(item, seed)


def _wrong(posed: PosedItem) -> str:
    """A wrong letter, one with a trap if there is one."""
    letters = [letter for letter, option in posed.options if not option.correct]
    return next((each for each in letters if dict(posed.options)[each].trap), letters[0])


async def _answer(
    who: simcord.MemberActor, asked: simcord.InteractionResult, letters: str
) -> simcord.InteractionResult:
    return await who.select(_message(asked), list(letters), custom_id=_button(asked, "tw:pick:"))


async def _lose_the_chain(world: World) -> None:
    """Start the bot again with the bank's lesson without its chain."""
    bank = world.shelves[0].bank
    lessons = {lesson.id: replace(lesson, chain=None) for lesson in bank.lessons.values()}
    await world.restart_with(replace(bank, lessons=lessons))


async def test_a_case_is_asked_and_explained(world: World) -> None:
    """The question gives nothing away; the answer has the verdict, every option's reason, and the chain in words."""
    asked = await world.ann.slash(world.channel, "scenario", lesson="md-102:6.2", seed=5)
    assert _message(asked).attachments == []
    question, posed = said(asked), _posed(world, asked)
    assert "Scenario · MD-102 6.2" in question
    assert "Case 5: `/scenario lesson:md-102:6.2 seed:5` tells it again." in question
    assert not any(option.why in question for _, option in posed.options)
    told = await _answer(world.ann, asked, _wrong(posed))
    text = said(told)
    for part in ("✗ Not this one.", "**The chain**", "Not reached:", "The trap:", "✓ The answer:", "Case 5:"):
        assert part in text
    assert all(option.text in text and option.why in text for _, option in posed.options)


async def test_the_picture_marks_what_is_broken(world: World) -> None:
    """Only the feedback has a picture; its description names the broken links as the words below it do."""
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    told = await _answer(world.ann, asked, "".join(sorted(_posed(world, asked).key)))
    (picture,) = _message(told).attachments
    assert picture.filename == "chain.png"
    assert (await picture.read()).startswith(PNG)
    layout = str([part.to_dict() for part in _message(told).components])
    for broken in ("The connection is not turned on", "Multifactor authentication is enough"):
        assert f"broken ({broken})" in layout
        assert f"**: {broken}\n" in said(told)
    following = await world.ann.click(_message(told), custom_id=_button(told, "tw:drill:next:"))
    assert _message(following).attachments == []


async def test_several_are_chosen_where_several_are_right(world: World) -> None:
    """A case that asks for changes takes several choices and shows the arithmetic."""
    seed = 0
    while True:
        asked = await world.ann.slash(world.channel, "scenario", seed=seed)
        posed = _posed(world, asked)
        if len(posed.key) == 2:
            break
        seed += 1
    assert "**Choose 2.**" in said(asked)
    first = min(posed.key)
    assert "1 right, 1 wrong of 2" in said(await _answer(world.ann, asked, first + _wrong(posed)))


async def test_feedback_leads_on(world: World) -> None:
    """Its buttons make another case in its place, open the lesson at its chain, and show the trap's card."""
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    posed = _posed(world, asked)
    told = await _answer(world.ann, asked, _wrong(posed))
    trap = dict(posed.options)[_wrong(posed)].trap
    card = await world.ann.click(_message(told), custom_id=f"tw:trap:new:md-102:{trap}")
    assert "Why it tempts" in said(card)
    lesson = await world.ann.click(_message(told), custom_id="tw:read:md-102:6.2:chain")
    assert "**The chain**" in said(lesson)
    following = await world.ann.click(_message(told), custom_id="tw:drill:next:md-102:6.2-case-5")
    assert _message(following).id == _message(told).id
    assert _posed(world, following).item.id != "6.2-case-5"


async def test_a_right_answer_leads_to_the_trap_it_avoided(world: World) -> None:
    """Whoever was right can read what those believe who overlook the broken link."""
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    told = await _answer(world.ann, asked, "".join(_posed(world, asked).key))
    assert "✓ Right!" in said(told)
    assert _button(told, "tw:trap:new:md-102:enabled-as-evaluated")


async def test_a_case_survives_a_restart(world: World) -> None:
    """A menu that was open before is answered afterwards, and so is Another one."""
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    posed = _posed(world, asked)
    await world.restart()
    told = await _answer(world.ann, asked, min(posed.key))
    assert "✓ Right!" in said(told)
    await world.restart()
    following = await world.ann.click(_message(told), custom_id=_button(told, "tw:drill:next:"))
    assert "Scenario" in said(following)


async def test_an_answer_that_discord_takes_no_reply_to_is_kept(world: World) -> None:
    """When the reply comes too late the menu stays; answered again, it tells of what was chosen first."""
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    posed = _posed(world, asked)
    world.env.inject_error("POST", "/interactions/*", status=404, code=10062)
    await _answer(world.ann, asked, _wrong(posed))
    assert "✗ Not this one." in said(await _answer(world.ann, asked, min(posed.key)))


async def test_lessons_are_suggested_only_where_there_are_cases(world: World) -> None:
    """While typing, lessons with a chain are listed by number and title."""
    found = await world.ann.autocomplete(world.channel, "scenario", "lesson", "onb")
    assert [each["value"] for each in found] == ["md-102:6.2"]


async def test_what_there_is_no_case_of_gets_a_sentence(world: World) -> None:
    """An unknown lesson, one without a chain, and a case whose chain went since: one private sentence each."""
    assert "I know no lesson named" in said(await world.ann.slash(world.channel, "scenario", lesson="5.5"))
    asked = await world.ann.slash(world.channel, "scenario", seed=5)
    later = await world.ann.slash(world.channel, "scenario", seed=6)
    told = await _answer(world.ann, later, "A")
    await _lose_the_chain(world)
    assert "I have no cases for" in said(await world.ann.slash(world.channel, "scenario", lesson="6.2"))
    assert "None of my lessons" in said(await world.ann.slash(world.channel, "scenario"))
    assert "The chain of this case was changed" in said(await _answer(world.ann, asked, "A"))
    following = await world.ann.click(_message(told), custom_id=_button(told, "tw:drill:next:"))
    assert "The chain of this case was changed" in said(following)


async def test_a_seed_out_of_bounds_is_kept_out(world: World) -> None:
    """Discord is told which numbers there are."""
    command = next(each for each in await world.bot.client.tree.fetch_commands() if each.name == "scenario")
    (seed,) = (option for option in command.options if option.name == "seed")
    assert isinstance(seed, discord.app_commands.Argument)
    assert (seed.min_value, seed.max_value) == (0, SEEDS - 1)


async def test_a_case_is_not_told_while_it_is_an_open_question(group: World) -> None:
    """The seed of a case that the channel is being asked gets a sentence instead."""
    asked = await group.ann.slash(group.channel, "scenario", seed=5)
    item = _posed(group, asked).item
    await group.post()
    await group.bot.close()
    group.edit_database(f"UPDATE rounds SET item_id = '{item.id}'")  # noqa: S608 - an id of ours
    await group.come_back()
    assert "open right now" in said(await group.ben.slash(group.channel, "scenario", seed=5))
    assert "open right now" in said(await _answer(group.ann, asked, "A"))


@pytest.mark.parametrize("lesson", ["6.2", "Defender for Endpoint integration and onboarding"])
async def test_a_lesson_may_be_typed(world: World, lesson: str) -> None:
    """Its number or its title will do."""
    assert "Scenario" in said(await world.ann.slash(world.channel, "scenario", lesson=lesson))


def test_the_link_to_the_chain_is_a_lesson_link() -> None:
    """What the tests press is what `LessonLink` makes."""
    assert LessonLink("md-102", "6.2", "chain").custom_id == "tw:read:md-102:6.2:chain"
