"""Generated cases as questions of a server: allowing them, the reveal with its picture, and the buttons below."""

from dataclasses import replace

import discord
import pytest

from bot.chat.letters import EMOJI
from bot.domain.rounds import Round
from bot.domain.scenarios.case import seed_of
from bot.domain.scenarios.finding import diagnose
from tests.chat.world import World, custom_ids, said, texts


async def _allow(group: World) -> None:
    await group.olive.slash(group.channel, "schedule edit", name="Daily question", cases=True, topic="6.2")


async def _case(group: World) -> tuple[discord.Message, Round]:
    """Post questions until a case comes, of which something is wrong; the others are closed."""
    await _allow(group)
    while True:
        message = await group.post()
        asked = group.bot.answering.round_of(message.id)
        assert asked is not None
        if seed_of(asked.posed.item.id) is not None and _broken(group, asked):
            return message, asked
        await group.close()


def _broken(group: World, asked: Round) -> list[str]:
    """The names of what is wrong in a case."""
    found = diagnose(group.bot.client.services.library.bank("md-102"), asked.posed.item)
    return [] if found is None else list(found.broken.values())


async def test_an_organiser_allows_cases(group: World) -> None:
    """`/schedule edit` and `add` take the wish, `/schedule show` says so; without it nothing is said."""
    shown = said(await group.olive.slash(group.channel, "schedule show"))
    assert "cases" not in shown
    edited = await group.olive.slash(group.channel, "schedule edit", name="Daily question", cases=True)
    assert "asks generated cases, too" in said(edited)
    await group.restart()
    assert "asks generated cases, too" in said(await group.olive.slash(group.channel, "schedule show"))
    options = {"name": "Second", "channel": group.channel, "time": "18:00", "cases": True}
    assert "asks generated cases, too" in said(await group.olive.slash(group.channel, "schedule add", **options))
    back = await group.olive.slash(group.channel, "schedule edit", name="Daily question", cases=False)
    assert "cases" not in said(back)


async def test_cases_that_there_are_none_of(group: World) -> None:
    """An organiser who allows cases on a topic without a chain reads that none will come."""
    bank = group.shelves[0].bank
    lessons = {lesson.id: replace(lesson, chain=None) for lesson in bank.lessons.values()}
    await group.restart_with(replace(bank, lessons=lessons))
    edited = await group.olive.slash(group.channel, "schedule edit", name="Daily question", cases=True)
    assert "may ask generated cases, but no lesson on its topic has any" in said(edited)
    assert "React with" in (await group.post()).content


async def test_the_reveal_of_a_case_draws_what_was_wrong(group: World) -> None:
    """The picture stands in the reveal with its description, the same is said in words, and written items have none."""
    message, asked = await _case(group)
    broken = _broken(group, asked)
    assert "The chain" not in message.content
    assert not any(each in message.content for each in broken)
    await group.ann.react(message, EMOJI[min(asked.posed.key)])
    reveal = await group.close()
    assert [file.filename for file in reveal.attachments] == ["chain.png"]
    layout = str([part.to_dict() for part in reveal.components])
    assert "**The chain**" in texts(reveal)
    for each in broken:
        assert f"broken ({each})" in layout
        assert f"**: {each}" in texts(reveal)


async def test_below_the_reveal_of_a_case(group: World) -> None:
    """One's own answer is explained, the lesson opens at its chain, and who took no part can try the very case."""
    message, asked = await _case(group)
    wrong = next(letter for letter in asked.posed.letters if letter not in asked.posed.key)
    await group.ann.react(message, EMOJI[wrong])
    reveal = await group.close()
    mine = await group.ann.click(reveal, custom_id=f"tw:why:{asked.id}")
    assert dict(asked.posed.options)[wrong].why in said(mine)
    assert "**The chain**" in said(await group.ann.click(reveal, label="Lesson"))
    missed = await group.ben.click(reveal, custom_id=f"tw:why:{asked.id}")
    assert missed.response is not None
    drill = await group.ben.click(missed.response.message, custom_id=f"tw:drill:item:md-102:{asked.posed.item.id}")
    assert "Scenario" in said(drill)
    similar = await group.ann.click(reveal, custom_id=f"tw:drill:like:{asked.id}")
    assert similar.response is not None
    assert any(each.startswith("tw:pick:md-102:") for each in custom_ids(similar.response.message))


async def test_a_reveal_without_leave_to_attach(group: World) -> None:
    """Where the bot may attach nothing, the reveal says in words what the picture would show."""
    _, asked = await _case(group)
    group.permit(attach_files=False)
    reveal = await group.close()
    assert reveal.attachments == []
    assert all(each in texts(reveal) for each in _broken(group, asked))


async def test_a_picture_that_discord_refuses_is_left_out(group: World) -> None:
    """When Discord forbids the picture after all, the reveal comes without it."""
    await _case(group)
    route = f"/channels/{group.channel.id}/messages"
    group.env.inject_error("POST", route, status=403, code=50013, message="Missing Permissions")
    reveal = await group.close()
    assert reveal.attachments == []
    assert "**The chain**" in texts(reveal)


@pytest.mark.parametrize("allowed", [True, False])
async def test_voiding_a_case_keeps_its_reveal_in_order(group: World, *, allowed: bool) -> None:
    """A reveal that is written anew has its picture once, as far as it may be attached, and its words."""
    _, asked = await _case(group)
    reveal = await group.close()
    group.permit(attach_files=allowed)
    await group.bot.client.services.correcting.void(group.guild.id, asked.id)
    changed = group.current(reveal)
    assert "This question is void" in texts(changed)
    assert "**The chain**" in texts(changed)
    assert [file.filename for file in changed.attachments] == (["chain.png"] if allowed else [])


async def test_a_quiz_with_cases(world: World) -> None:
    """Only organisers may ask for them; lobby and board say so, a reveal draws the chain; one like it has them."""
    bank = world.shelves[0].bank
    lesson = bank.lessons["6.2"]
    few = replace(lesson, items=lesson.items[:1])
    await world.restart_with(replace(bank, lessons={**bank.lessons, "6.2": few}))
    wish = {"questions": 3, "seconds": 90, "topic": "6.2", "cases": True}
    assert "Only organisers" in said(await world.ann.slash(world.channel, "quiz start", **wish))
    assert "on its way" in said(await world.olive.slash(world.channel, "quiz start", **wish))
    assert "generated cases, too" in texts(next(iter(world.channel.history())))
    await world.env.advance_time(31)
    while True:
        post = world.posts()[-1]
        asked = world.bot.answering.round_of(post.id)
        assert asked is not None
        await world.ann.react(post, EMOJI[min(asked.posed.key)])
        await world.env.advance_time(90)
        if seed_of(asked.posed.item.id) is not None:
            break
        await world.env.advance_time(13)
    reveal = world.reveals()[-1]
    assert [file.filename for file in reveal.attachments] == ["chain.png"]
    assert "**The chain**" in texts(reveal)
    assert all(each in texts(reveal) for each in _broken(world, asked))
    await world.olive.slash(world.channel, "quiz stop")
    board = list(world.channel.history())[-1]
    assert "generated cases, too" in texts(board)
    await world.olive.click(board, label="Another one like this")
    assert "generated cases, too" in texts(list(world.channel.history())[-1])


async def test_a_quiz_where_no_lesson_has_cases(world: World) -> None:
    """Who asks for cases on a topic without a chain reads that none will come, and the lobby promises none."""
    bank = world.shelves[0].bank
    await world.restart_with(
        replace(bank, lessons={each.id: replace(each, chain=None) for each in bank.lessons.values()})
    )
    answer = said(await world.olive.slash(world.channel, "quiz start", topic="6.2", cases=True))
    assert "It asks no generated cases: no lesson on its topic has any." in answer
    assert "generated" not in texts(list(world.channel.history())[-1])


@pytest.mark.parametrize(
    ("narrowed", "why"),
    [
        ({"trap": "md-102:grace-as-instant"}, "its trap would tell what is wrong in each of them"),
        ({"topic": "2.3", "difficulty": "easy"}, "too few of those on its topic are easy ones"),
    ],
)
async def test_a_quiz_whose_filter_leaves_no_cases(world: World, narrowed: dict[str, str], why: str) -> None:
    """Who asks for cases on a trap, or on a difficulty that would tell the link, reads why none will come."""
    answer = said(await world.olive.slash(world.channel, "quiz start", cases=True, **narrowed))
    assert f"It asks no generated cases: {why}." in answer
    assert "generated" not in texts(list(world.channel.history())[-1])
