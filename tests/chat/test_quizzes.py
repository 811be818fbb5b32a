"""Live quizzes on the real bot: the lobby, questions by the clock, reveals with the standings, the final board."""

from datetime import timedelta
from typing import Any

import discord
import simcord

from bot.chat.letters import EMOJI
from tests.chat.menus import opened
from tests.chat.world import World, custom_ids, said, texts

LOBBY, READING = 31, 13
_GALLERY = 12
"""Discord's number for pictures in a layout."""


async def start(world: World, who: simcord.MemberActor | None = None, **options: Any) -> str:  # noqa: ANN401
    """Run `/quiz start` as Ann, or somebody else, and give the answer."""
    wanted = {"questions": 2, "seconds": 30} | options
    return said(await (who or world.ann).slash(world.channel, "quiz start", **wanted))


async def first(world: World, **options: Any) -> discord.Message:  # noqa: ANN401
    """Start a quiz and give its first question, when the lobby is over."""
    assert "on its way" in await start(world, **options)
    await world.env.advance_time(LOBBY)
    return world.posts()[-1]


def lobbies(world: World) -> list[discord.Message]:
    """List what announces quizzes, oldest first."""
    return [each for each in world.channel.history() if "A quiz begins" in texts(each)]


def boards(world: World) -> list[discord.Message]:
    """List the final boards, oldest first."""
    return [each for each in world.channel.history() if "The quiz is over" in texts(each)]


def pictures(board: discord.Message) -> list[dict[str, Any]]:
    """List the pictures of a layout as Discord describes them."""
    frame: Any = board.components[0].to_dict()
    return [each for each in frame["components"] if each["type"] == _GALLERY]


async def press(world: World, who: simcord.MemberActor, message: discord.Message, label: str) -> str:
    """Press a button under a message as it is now, and give the answer."""
    return said(await who.click(world.current(message), label=label))


async def test_a_quiz_from_lobby_to_board(world: World) -> None:
    """Members answer by letter, one comes late; reveals tell the standings, the board ends with everyone's marks."""
    assert "A quiz of 2 questions" in await start(world)
    (lobby,) = lobbies(world)
    assert "**2 questions**, 30 seconds each" in texts(lobby)
    assert "on this quiz's own board only" in texts(lobby)
    await world.env.advance_time(LOBBY)
    one = world.posts()[-1]
    assert "**Question 1 of 2 · " in one.content
    right, wrong = world.key(one), world.wrong(one)[0]
    for letter in right:
        await world.ann.react(one, EMOJI[letter])
    await world.ben.react(one, EMOJI[wrong])
    await world.env.advance_time(30)
    told = texts(world.reveals()[-1])
    assert "**After question 1 of 2:** 1. Ann (" in told
    assert "Question 2 follows in a moment" in told
    assert "Top of the day" not in told
    await world.env.advance_time(READING)
    two = world.posts()[-1]
    assert "**Question 2 of 2 · " in two.content
    for who in (world.ann, world.cat):
        for letter in world.key(two):
            await who.react(two, EMOJI[letter])
    await world.env.advance_time(31)
    assert "The final board follows" in texts(world.reveals()[-1])
    (board,) = boards(world)
    shown = texts(board)
    assert "That was the last question. 2 questions asked." in shown
    assert "🥇 **Ann** 2 marks, 2 of 2 fully right" in shown
    assert "🥈 **Cat** 1 mark, 1 of 1 fully right" in shown
    assert "**Ben** 0 marks, 0 of 1 fully right" in shown
    (picture,) = pictures(board)
    assert picture["items"][0]["description"].endswith(": 1. Ann, 2 marks; 2. Cat, 1 mark; 3. Ben, 0 marks.")
    assert "Nobody has a ranked answer" in said(await world.ann.slash(world.channel, "leaderboard"))
    assert "It counts on the quiz's own board" in await world.mine(world.ann, two)


async def test_the_lobby_is_started_and_stopped_by_its_host(world: World) -> None:
    """Start now and Stop answer the host and organisers; anyone else is told who may."""
    await start(world)
    (lobby,) = lobbies(world)
    assert "Only whoever started this quiz" in await press(world, world.ben, lobby, "Start now")
    assert world.posts() == []
    assert "first question" in await press(world, world.ann, lobby, "Start now")
    assert len(world.posts()) == 1
    assert "Only whoever started this quiz" in await press(world, world.ben, lobby, "Stop")
    assert "Stopped" in await press(world, world.olive, lobby, "Stop")
    assert len(world.reveals()) == 1
    assert "It was stopped. 1 question asked." in texts(boards(world)[0])
    assert "That quiz is over" in await press(world, world.ann, lobby, "Start now")


async def test_skip_pause_and_resume(world: World) -> None:
    """The host skips by button and command; paused, the post says so and has Resume, and nothing closes."""
    post = await first(world)
    assert await press(world, world.ann, post, "Pause")
    paused = world.current(post)
    assert "⏸ Paused: answers stay open" in paused.content
    await world.env.advance_time(300)
    assert world.reveals() == []
    assert "is paused" in said(await world.ann.slash(world.channel, "quiz skip"))
    assert await press(world, world.ann, post, "Resume") == "It goes on."
    resumed = world.current(post)
    assert "Closes <t:" in resumed.content
    assert "tw:quizpause:1" in custom_ids(resumed)
    assert "On we go" in await press(world, world.ann, post, "Skip")
    assert len(world.reveals()) == 1
    assert "tw:quiznext:1:1" in custom_ids(world.current(post))
    assert said(await world.ann.slash(world.channel, "quiz skip")) == "On we go."
    assert len(world.posts()) == 2
    assert "Only whoever started" in said(await world.ben.slash(world.channel, "quiz pause"))
    assert "Paused" in said(await world.olive.slash(world.channel, "quiz pause"))
    assert "It goes on" in said(await world.olive.slash(world.channel, "quiz resume"))
    assert "Stopped" in said(await world.olive.slash(world.channel, "quiz stop"))
    assert "there is none in this channel" in said(await world.ann.slash(world.channel, "quiz stop"))


async def test_buttons_of_questions_that_are_over(world: World) -> None:
    """Under a question that is over the host asks the next one, once; under the last one is nothing left."""
    one = await first(world)
    await press(world, world.ann, one, "Skip")
    assert "On we go" in await press(world, world.ann, one, "Next question")
    two = world.posts()[-1]
    assert "The quiz has moved on" in await press(world, world.ann, one, "Next question")
    assert world.posts()[-1].id == two.id
    assert len(world.reveals()) == 1
    await press(world, world.ann, two, "Skip")
    assert custom_ids(world.current(two)) == ["tw:mine:2"]


async def test_a_pause_between_two_questions(world: World) -> None:
    """Whoever pauses has the button to go on with: no open question would show one."""
    one = await first(world)
    await press(world, world.ann, one, "Skip")
    paused = await world.ann.click(world.current(one), label="Pause")
    await world.env.advance_time(READING)
    assert len(world.posts()) == 1
    assert paused.response is not None
    assert said(await world.ann.click(paused.response, label="Resume")) == "It goes on."
    assert len(world.posts()) == 2


async def test_a_restart_in_the_middle_of_a_question(world: World) -> None:
    """Before and after a restart answers count, and the question stays open for as long as it was to."""
    post = await first(world)
    right = world.key(post)
    for letter in right:
        await world.ann.react(post, EMOJI[letter])
    await world.env.advance_time(10)
    await world.bot.close()
    world.env.backend.advance_clock(timedelta(minutes=5).total_seconds())
    await world.come_back()
    assert world.reveals() == []
    assert world.current(post).content != post.content, "the post tells the new time"
    for letter in right:
        await world.ben.react(post, EMOJI[letter])
    await world.env.advance_time(31)
    assert len(world.reveals()) == 1
    assert "**2 answers**, 2 fully right" in texts(world.reveals()[0])
    await world.env.advance_time(READING)
    assert len(world.posts()) == 2
    await world.restart()
    await world.env.advance_time(45)
    assert len(boards(world)) == 1


async def test_buttons_only(world: World) -> None:
    """Without letters nothing is put under the post; a private answer counts, a letter somebody adds does not."""
    assert "on its way" in await start(world, answers="button only")
    await world.env.advance_time(LOBBY)
    post = next(each for each in world.channel.history() if "Question 1 of 2" in each.content)
    assert post.reactions == []
    assert "React with" not in post.content
    await world.ben.react(post, EMOJI["A"])
    opened = await world.ann.click(post, label="Answer privately")
    assert opened.response is not None
    await world.env.advance_time(31)
    assert "nobody answered this time" in texts(world.reveals()[-1])


async def test_answering_privately_and_by_reaction(world: World) -> None:
    """Whoever does both has one answer: what came last."""
    post = await first(world)
    right, wrong = world.key(post), world.wrong(post)[0]
    await world.ann.react(post, EMOJI[wrong])
    opened = await world.ann.click(post, label="Answer privately")
    assert opened.response is not None
    menu = next(part for row in opened.response.components for part in row["components"] if part["type"] == 3)
    await world.ann.select(opened.response, list(right), custom_id=menu["custom_id"])
    await world.env.advance_time(31)
    assert "**1 answer**, 1 fully right" in texts(world.reveals()[-1])


async def test_time_up_while_somebody_answers(world: World) -> None:
    """Whoever still has the menu before them when the time is up is told so in its place, and nothing changes."""
    post = await first(world)
    right = world.key(post)
    menu = await opened(world, world.ann)
    await world.env.advance_time(31)
    assert (await menu.choose(right)).startswith("This question is closed: answers can no longer change.")
    assert "nobody answered this time" in texts(world.reveals()[-1])


async def test_four_members_of_whom_the_host_leaves(world: World) -> None:
    """Without its host a quiz goes on, organisers may stop it, and the board has also who left and who came late."""
    one = await first(world, questions=5)
    for who in (world.ann, world.ben):
        for letter in world.key(one):
            await who.react(one, EMOJI[letter])
    await world.env.advance_time(31)
    world.guild.remove_member(world.ann)
    await world.env.settle()
    await world.env.advance_time(READING)
    two = world.posts()[-1]
    for letter in world.key(two):
        await world.cat.react(two, EMOJI[letter])
    assert "Only whoever started" in await press(world, world.ben, two, "Skip")
    assert "On we go" in await press(world, world.olive, two, "Skip")
    assert "On we go" in await press(world, world.olive, two, "Next question")
    await press(world, world.olive, world.posts()[-1], "Stop")
    shown = texts(boards(world)[-1])
    assert "It was stopped. 3 questions asked." in shown
    assert all(f"**{name}** 1 mark, 1 of 1 fully right" in shown for name in ("Ann", "Ben", "Cat"))


async def test_a_lost_connection_in_the_middle_of_a_question(world: World) -> None:
    """While Discord is gone nothing closes; afterwards the question has the time it had left, and its post says so."""
    post = await first(world)
    await world.env.advance_time(10)
    await world.bot.client.on_disconnect()
    await world.env.advance_time(120)
    assert world.reveals() == []
    await world.bot.client.on_resumed()
    await world.env.advance_time(15)
    assert world.reveals() == []
    assert world.current(post).content != post.content
    await world.env.advance_time(10)
    assert len(world.reveals()) == 1


async def test_two_quizzes_in_two_channels(world: World) -> None:
    """A second quiz in the channel is refused; in another channel one runs beside it, also of the same host."""
    await start(world)
    assert "running in this channel already" in await start(world, world.ben)
    other = world.guild.create_text_channel("other")
    await world.env.settle()
    answer = said(await world.ben.slash(other, "quiz start", questions=1, seconds=10))
    assert "on its way" in answer
    await world.env.advance_time(LOBBY)
    here = world.posts()[-1]
    there = next(each for each in other.history() if "React with" in each.content)
    assert here.content.split("\n")[1] != there.content.split("\n")[1]
    await world.env.advance_time(11)
    assert any("The quiz is over" in texts(each) for each in other.history())
    assert boards(world) == []


async def test_a_deleted_channel_ends_its_quiz(world: World) -> None:
    """With its channel a quiz is over, its item counts for nobody, and its host is told."""
    other = world.guild.create_text_channel("other")
    await world.env.settle()
    await world.ann.slash(other, "quiz start", questions=2, seconds=30)
    await world.env.advance_time(LOBBY)
    world.env.backend.delete_channel(other.id)
    await world.env.settle()
    await world.env.advance_time(60)
    shown = said(await world.set_up())
    assert "The quiz in" in shown
    assert "the channel was deleted" in shown


async def test_another_one_like_it(world: World) -> None:
    """Under the final board anyone starts another quiz of the same kind, and is its host."""
    post = await first(world)
    await press(world, world.ann, post, "Stop")
    (board,) = boards(world)
    assert "A quiz of 2 questions" in await press(world, world.ben, board, "Another one like this")
    assert f"Started by <@{world.ben.id}>" in texts(lobbies(world)[-1])


async def test_what_is_suggested_and_refused(world: World) -> None:
    """Topics and traps are suggested while typing; what cannot be asked, and points without the right, are refused."""
    topics = await world.ann.autocomplete(world.channel, "quiz start", "topic", "6.2")
    assert topics[0]["value"] == "6.2"
    traps = await world.ann.autocomplete(world.channel, "quiz start", "trap", "antivirus")
    assert traps[0]["value"] == "md-102:antivirus-as-onboarding"
    assert (await world.ann.autocomplete(world.channel, "quiz start", "bank", ""))[0]["value"] == "md-102"
    assert "Only organisers" in await start(world, points=True)
    assert "has no items about" in await start(world, topic="99.9")
    assert "I know no trap" in await start(world, trap="xyz")
    narrow = await start(world, topic="6.2", trap=traps[0]["value"], questions=30)
    assert "There are no more than" in narrow
    assert "🪤 Antivirus policy" in texts(lobbies(world)[0])


async def test_points_count_when_an_organiser_says_so(world: World) -> None:
    """An organiser's quiz with points is on the server's board as well, and its lobby says so."""
    post = await first(world, who=world.olive, points=True)
    assert "on this server's boards, too" in texts(lobbies(world)[0])
    for letter in world.key(post):
        await world.ann.react(post, EMOJI[letter])
    await world.env.advance_time(31)
    assert "**Ann** 1 mark" in said(await world.ann.slash(world.channel, "leaderboard"))


async def test_a_quiz_needs_what_it_needs(world: World) -> None:
    """Where the bot may not add letters, a quiz is refused with what is missing."""
    world.permit(add_reactions=False)
    await world.env.settle()
    assert "Add Reactions" in await start(world)


async def test_a_board_without_its_picture(world: World) -> None:
    """Where the bot may not attach files, the board comes in words alone."""
    post = await first(world)
    await world.ben.react(post, EMOJI["A"])
    world.permit(attach_files=False)
    await world.env.settle()
    await press(world, world.ann, post, "Stop")
    (board,) = boards(world)
    assert "**Ben**" in texts(board)
    assert pictures(board) == []
