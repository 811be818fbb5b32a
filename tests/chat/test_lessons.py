"""`/lesson` and links to lessons, on the real bot."""

from typing import Any

import discord
import simcord

from bot.chat.layouts import card
from bot.chat.lesson_buttons import LessonLink, LessonMenu, LessonPage
from tests.chat.parts import part
from tests.chat.world import World, custom_ids, said

PNG = b"\x89PNG"


def _shown(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    assert result.response is not None
    return result.response


async def _board(world: World, *buttons: discord.ui.Item[Any]) -> discord.Message:
    """Let the bot post buttons for everyone, as it does under a reveal."""
    channel = world.bot.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    sent = await channel.send(view=card(["For everyone"], buttons=buttons))
    await world.env.settle()
    return world.current(sent)


async def test_an_unknown_lesson_gets_a_sentence(world: World) -> None:
    """What is not in any bank is refused with a sentence."""
    assert "I know no lesson named" in said(await world.ann.slash(world.channel, "lesson", name="`" * 99))


async def test_a_lesson_can_be_read_page_by_page(world: World) -> None:
    """A lesson opens on its takeaways; Next leads through to its sources, and Back to the page before."""
    result = await world.ann.slash(world.channel, "lesson", name="6.2")
    assert "Takeaways" in said(result)
    pages = [said(result)]
    while f"Page {len(pages)} of {len(pages)}\n" not in pages[-1]:
        message = _shown(result).message
        *_, following = (each for each in custom_ids(message) if each.startswith("tw:turn:"))
        result = await world.ann.click(message, custom_id=following)
        pages.append(said(result))
    assert "Sources" in pages[-1]
    assert "What to monitor" in "".join(pages)
    assert len(set(pages)) == len(pages)
    before, start = (each for each in custom_ids(_shown(result).message) if each.startswith("tw:turn:"))
    assert start == "tw:turn:md-102:6.2:intro"
    drill = await world.ann.click(_shown(result).message, label="Practise this lesson")
    assert "🎯 Practice · MD-102 6.2" in said(drill)
    assert said(await world.ann.click(_shown(result).message, custom_id=before)) == pages[-2]


async def test_the_menu_goes_to_a_part_and_the_picture_comes_and_goes(world: World) -> None:
    """The chain is shown with its picture, in the same message; any other page takes the picture off again."""
    first = _shown(await world.ann.slash(world.channel, "lesson", name="6.2"))
    assert first.attachments == []
    chain = _shown(await world.ann.select(first.message, ["chain"], custom_id="tw:goto:md-102:6.2:intro"))
    assert chain.id == first.id
    assert [file.filename for file in chain.attachments] == ["chain.png"]
    assert (await chain.attachments[0].read()).startswith(PNG)
    faults = _shown(await world.ann.click(chain.message, custom_id="tw:turn:md-102:6.2:faults"))
    assert faults.id == first.id
    assert faults.attachments == []
    back = _shown(await world.ann.click(faults.message, custom_id="tw:turn:md-102:6.2:chain"))
    assert [file.filename for file in back.attachments] == ["chain.png"]


async def test_a_link_opens_a_lesson_at_a_part_of_it_for_one_person(world: World) -> None:
    """A link under a public message opens the lesson privately and leaves the message alone, also after a restart."""
    message = await _board(world, LessonLink("md-102", "6.2"), LessonLink("md-102", "6.2", "chain", "The chain"))
    first = await world.ann.click(message, custom_id="tw:read:md-102:6.2:intro")
    assert "Takeaways" in said(first)
    await world.restart()
    chain = await world.ben.click(message, custom_id="tw:read:md-102:6.2:chain")
    assert "**The chain**" in said(chain)
    assert len(_shown(chain).attachments) == 1
    assert "For everyone" in str([each.to_dict() for each in world.current(message).components])


async def test_pages_never_turn_in_public(world: World) -> None:
    """The reader's own buttons, should they stand below a public message, open the page privately too."""
    menu = LessonMenu("md-102", "6.2", "intro", options=[discord.SelectOption(label="Chain", value="chain")])
    message = await _board(world, LessonPage("md-102", "6.2", "steps"))
    assert "Workflow" in said(await world.ann.click(message, custom_id="tw:turn:md-102:6.2:steps"))
    message = await _board(world, menu)
    assert "**The chain**" in said(await world.ann.select(message, ["chain"], custom_id="tw:goto:md-102:6.2:intro"))
    assert "For everyone" in str([each.to_dict() for each in world.current(message).components])


async def test_links_that_lead_nowhere_any_more(world: World) -> None:
    """A page that a lesson has lost leads to its first; a lesson that is gone is told in a sentence."""
    message = await _board(world, LessonLink("md-102", "6.2", "part-99"), LessonLink("md-102", "0.0"))
    assert "Page 1 of" in said(await world.ann.click(message, custom_id="tw:read:md-102:6.2:part-99"))
    assert "not here any more" in said(await world.ann.click(message, custom_id="tw:read:md-102:0.0:intro"))


async def test_a_trap_that_a_page_names_leads_to_its_card(world: World) -> None:
    """The menu lists the page's traps; the card comes below, and the menu is a new one, also after a restart."""
    page = _shown(await world.ann.slash(world.channel, "lesson", name="6.2"))
    page = _shown(await world.ann.select(page.message, ["steps"], custom_id="tw:goto:md-102:6.2:intro"))
    bank = world.bot.client.services.library.bank("md-102")
    menu = part(world, page.message, "tw:named:")
    assert [each["label"] for each in menu["options"]] == list(
        dict.fromkeys(bank.traps[step.trap].name for step in bank.lessons["6.2"].workflow)
    )
    known = []
    for _ in range(2):
        known.append(part(world, page.message, "tw:named:")["custom_id"])
        trap = bank.traps[menu["options"][1]["value"]]
        card = await world.ann.select(page.message, [trap.id], custom_id=known[-1])
        assert "Workflow, step by step" in said(card)
        assert trap.belief in str([each.components for each in card.followups])
        await world.restart()
    assert known[0] != known[1]


async def test_a_card_leads_to_where_its_lesson_tells_of_the_trap(world: World) -> None:
    """The button below a trap's card opens the page on which the chain breaks by it."""
    card = await world.ann.slash(world.channel, "trap", name="md-102:grace-as-instant")
    lesson = await world.ann.click(_shown(card).message, label="Lesson 6.2")
    assert "Where the chain breaks" in said(lesson)
    assert world.bot.client.services.library.bank("md-102").traps["grace-as-instant"].name in said(lesson)
