"""`/exam` on the real bot: a whole exam, what was missed, going on later, the history, and direct messages."""

import discord
import pytest

from bot.chat.exam_results import ExamMissed
from bot.domain.related import items_on
from bot.services.library import Shelf
from tests.chat.exams import Sat, at_first, begun, left, message_of, one_lesson
from tests.chat.world import World, said


@pytest.fixture
def shelves(shelves: list[Shelf]) -> list[Shelf]:
    """Give a bank of one lesson."""
    return one_lesson(shelves)


async def test_an_exam_of_twenty_with_a_restart_in_the_middle(world: World) -> None:
    """From the start to the result on one message, answered in part before and in part after the restart."""
    sat = await begun(world, questions=20)
    for part in ("20 questions, 30 minutes", "the clock is running, time is up <t:", "Drawn by the weights"):
        assert part in sat.text
    assert "Nothing to ask yet about: Manage and maintain devices" in sat.text
    assert "**not** the exam vendor's scale" in sat.text
    await sat.press("item:go:")
    first = message_of(sat.result).id
    for number in range(1, 21):
        if number == 10:
            await world.restart()
        assert f"Question {number} of 20" in sat.text
        posed = (await sat.entry()).posed
        told = await sat.answer(right=number > 6)
        assert "Your answer: **" in told
        assert not any(option.why in told for _, option in posed.options)
        if number < 20:
            await sat.press("item:next:")
    assert "tw:exam:item:next:" not in str(sat.ids)
    assert "**No answer yet:** none" in await sat.press("all:")
    told = await sat.press("hand:")
    assert "Handed in <t:" in told
    assert "20 questions, 14 fully right" in told
    assert "of 20 marks" in told
    for part in ("**Prepare device infrastructure**:", "**Protect devices**:", "No question was about: Manage and"):
        assert part in told
    assert "🪤 **What caught you most**" in told
    assert "**not** the exam vendor's scale" in told
    assert message_of(sat.result).id == first


async def test_what_was_missed_is_explained_page_by_page(world: World) -> None:
    """Wrong and missing answers one after the other, each with its reason and trap, its lesson, and the way back."""
    sat = await at_first(world, questions=6)
    await sat.answer(right=True)
    await sat.press("item:next:")
    wrong = await sat.entry()
    await sat.answer(right=False)
    told = await sat.hand_in()
    assert "1 fully right, 4 without an answer" in told
    assert "What I missed (5)" in sat.shown
    page = await sat.press("missed:")
    assert "Question 2 · 1 of 5 missed" in page
    assert "You answered" in page
    assert all(option.why in page for _, option in wrong.posed.options if option.correct)
    assert "tw:exam:item" not in str(sat.ids)
    for number in range(2, 6):
        assert f"{number} of 5 missed" in await sat.press(f"missed:{sat.id}:{number + 1}")
        assert "You gave no answer" in sat.text
    assert "4 of 5 missed" in await sat.press("missed:")
    assert any(each.startswith("tw:read:md-102:") for each in sat.ids)
    assert "Handed in" in await sat.press("result:")


async def test_the_weakest_traps_lead_to_cards_and_practice(world: World) -> None:
    """Below a result each of the traps that caught most has its card, and a question unless its only one was asked."""
    sat = await at_first(world, questions=10)
    for _ in range(9):
        await sat.answer(right=False)
        await sat.press("item:next:")
    await sat.hand_in()
    cards = [each for each in sat.ids if each.startswith("tw:trap:new:")]
    drills = [each for each in sat.ids if each.startswith("tw:drill:trap:")]
    bank = world.bot.client.services.library.bank("md-102")
    traps = [each.split(":")[4] for each in cards]
    asked = {entry.posed.item.id for entry in (await sat.sitting()).entries}
    more = [
        trap for trap in traps if {item.id for item in items_on(bank, trap)} - asked or len(items_on(bank, trap)) > 1
    ]
    assert len(traps) == 3
    assert drills == [f"tw:drill:trap:md-102:{trap}" for trap in more]
    message = message_of(sat.result)
    assert "Why it tempts" in said(await world.ann.click(message, custom_id=cards[0]))
    assert "Practice" in said(await world.ann.click(message, custom_id=drills[0]))


async def test_answers_change_and_flags_come_and_go(world: World) -> None:
    """The menu shows what is on file; the overview lists what is answered, open and flagged, and leads there."""
    sat = await at_first(world, questions=5)
    await sat.choose("A")
    assert "Your answer: **A**" in sat.text
    assert "Your answer: **B**" in await sat.choose("B")
    assert "'default': True" in sat.shown
    assert "Question 1 of 5 🚩" in await sat.press("flag:")
    assert "🚩" not in (await sat.press("flag:"))
    await sat.press("flag:")
    overview = await sat.press("all:")
    for part in ("**Answered:** question 1", "**No answer yet:** questions 2 to 5", "**Flagged:** question 1"):
        assert part in overview
    assert "Question 1 of 5 🚩" in await sat.press("item:flagged:")
    await sat.press("all:")
    assert "Question 2 of 5" in await sat.press("item:go:")
    await sat.press("all:")
    assert "Question 4 of 5" in await sat.choose("4", "goto")
    assert "Question 3 of 5" in await sat.press("item:back:")
    assert [entry.choice for entry in (await sat.sitting()).entries] == ["B", None, None, None, None]


async def test_several_are_chosen_where_several_are_right(world: World) -> None:
    """A multi-select question takes several letters, and a part of the mark is shown in the end."""
    sat = await at_first(world, questions=30)
    while len((await sat.entry()).posed.key) == 1:
        await sat.press("item:next:")
    posed = (await sat.entry()).posed
    assert f"Choose {len(posed.key)}" in sat.text
    number = (await sat.entry()).number
    assert f"Your answer: **{min(posed.key)}**" in await sat.choose(min(posed.key))
    await sat.hand_in()
    message = await left(world, ExamMissed(sat.id, number))
    told = said(await world.ann.click(message, custom_id=f"tw:exam:missed:{sat.id}:{number}"))
    assert f"1 right, 0 wrong of {len(posed.key)}" in told


async def test_handing_in_asks_while_something_is_open(world: World) -> None:
    """What has no answer and what is flagged is named; Not yet goes back, and nothing was graded."""
    sat = await at_first(world, questions=5)
    await sat.answer(right=True)
    await sat.press("flag:")
    await sat.press("all:")
    asked = await sat.press("hand:")
    assert "Hand in now?" in asked
    assert "**No answer yet:** questions 2 to 5" in asked
    assert "**Still flagged:** question 1" in asked
    assert "**Answered:**" in await sat.press("all:")
    assert (await sat.sitting()).open
    await sat.press("hand:")
    assert "Handed in" in await sat.press(f"hand:{sat.id}:now")


async def test_an_open_exam_is_offered_instead_of_another(world: World) -> None:
    """`/exam start` shows where one is, to go on or hand in, after a restart as well; afterwards another may begin."""
    sat = await at_first(world, questions=5)
    await sat.answer(right=True)
    await world.restart()
    again = await begun(world, questions=9)
    assert again.id == sat.id
    assert "You have this one open" in again.text
    assert "**No answer yet:** questions 2 to 5" in again.text
    assert "Question 2 of 5" in await again.press("item:go:")
    assert "Handed in" in await again.hand_in()
    assert (await begun(world)).id != sat.id
    assert "16 questions, 24 minutes" in (await begun(world, world.ben)).text


async def test_the_history_has_every_exam_and_a_trend(world: World) -> None:
    """The latest first with its share, how it compares, and a menu that opens a result."""
    assert "You have taken none here yet" in said(await world.ann.slash(world.channel, "exam history"))
    for right in (1, 5):
        sat = await at_first(world, questions=5)
        for number in range(5):
            await sat.answer(right=number < right)
            if number < 4:
                await sat.press("item:next:")
        await sat.hand_in()
    latest = Sat(world, world.ann, await world.ann.slash(world.channel, "exam history"))
    text = latest.text
    assert text.index("**1.**") < text.index("5 of 5 marks, 100 %") < text.index("**2.**")
    assert "points above** the one before it" in text
    assert "**not** the exam vendor's scale" in text
    (menu,) = (row.children[0] for row in message_of(latest.result).components if isinstance(row, discord.ActionRow))
    assert isinstance(menu, discord.SelectMenu)
    assert "5 questions, 1 fully right" in await latest.choose(menu.options[1].value, "past")
    assert await latest.press("record") == text
    assert "taken none" in said(await world.ben.slash(world.channel, "exam history"))


async def test_the_largest_exam_fits(world: World) -> None:
    """Sixty are asked for; the overview has a menu for each 25, and says when there are fewer."""
    sat = await begun(world, questions=60)
    assert "You asked for 60; there are no more than these" in sat.text
    await sat.press("item:go:")
    await sat.press("all:")
    menus = [each for each in sat.ids if each.startswith(f"tw:exam:goto:{sat.id}:")]
    assert [each.split(":")[4] for each in menus] == ["1", "26"]
    assert "Question 32 of 32" in await sat.choose("32", f"goto:{sat.id}:26")
    await sat.press("all:")
    assert not set(menus) & set(sat.ids)


async def test_exams_work_in_direct_messages(group: World) -> None:
    """With the bot by oneself an exam works as in a server, apart from the one there, and reaches no board."""
    here = await begun(group, group.ben, questions=5)
    ben = group.ben.user
    alone = Sat(group, ben, await ben.slash("exam start", questions=5))
    assert alone.id != here.id
    await alone.press("item:go:")
    await alone.answer(right=True)
    assert "1 fully right, 4 without an answer" in await alone.hand_in()
    assert "**2.**" not in said(await ben.slash("exam history"))
    assert (await here.sitting()).open
    assert "Ben" not in said(await group.ann.slash(group.channel, "leaderboard"))


async def test_members_may_install_it_for_themselves(world: World) -> None:
    """Discord is told that the command is for servers and for users, and the bounds of its options."""
    tree = world.bot.client.tree
    (told,) = (each.to_dict(tree) for each in tree.get_commands() if each.name == "exam")
    assert (told["integration_types"], told["contexts"]) == ([0, 1], [0, 1, 2])
    options = {each["name"]: each for part in told["options"] for each in part.get("options", [])}
    bounds = [(options[name]["min_value"], options[name]["max_value"]) for name in ("questions", "minutes")]
    assert bounds == [(5, 60), (1, 240)]
