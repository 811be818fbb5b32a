"""Buttons and menus that Discord would never send so: their ids and values are changed behind the bot's back."""

from typing import Any

import discord
import pytest

from bot.chat.drill_buttons import DrillChoice
from bot.chat.exam_buttons import ExamGoTo
from bot.chat.exam_results import ExamPast
from bot.chat.letters import EMOJI
from bot.chat.practice_buttons import PracticeChoice
from bot.chat.review_buttons import ReviewChoice
from bot.domain.item import ItemKind
from bot.domain.sitting import Mode, Wish
from bot.services.offering import Learner
from tests.chat.exams import left, use
from tests.chat.menus import opened
from tests.chat.parts import part
from tests.chat.world import World, custom_ids, said

NOT_ON_FILE = "no longer have this question on file"


async def test_an_open_round_is_not_explained(group: World) -> None:
    """The explanation of a round that still takes answers is refused: it would tell the key."""
    await group.post_kind(ItemKind.SINGLE)
    reveal = await group.close()
    message = await group.post_kind(ItemKind.SINGLE)
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    await group.ann.react(message, EMOJI[group.wrong(message)[0]])
    for start in ("tw:why:", "tw:learn:"):
        part(group, reveal, start)["custom_id"] = f"{start}{asked.id}"
        assert NOT_ON_FILE in said(await group.ann.click(reveal, custom_id=f"{start}{asked.id}"))


@pytest.mark.parametrize("values", [["A", "B"], ["AB"], [""], ["J"], ["é"]])
async def test_a_private_answer_is_one_that_the_menu_offers(group: World, values: list[str]) -> None:
    """Two letters for an item with one right option, none, or those of no option are refused, and nothing is stored."""
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    forged = part(group, menu.message, "tw:choose:")
    forged["max_values"], forged["options"] = 5, [{"label": "x", "value": value} for value in values]
    result = await group.ann.select(menu.message, values, custom_id=forged["custom_id"])
    assert NOT_ON_FILE in said(result)
    assert "I have no answer of yours on file" in await group.mine(group.ann, message)


@pytest.mark.parametrize("forged", ["like:abc", f"like:{'9' * 38}", "trap:md-102", "item:md-102", "next:md-102"])
async def test_drills_of_nothing_are_refused(group: World, forged: str) -> None:
    """A drill's button whose id names no round, or lacks a part, says that the question is not on file."""
    await group.post()
    reveal = await group.close()
    start = next(each for each in custom_ids(reveal) if each.startswith("tw:drill:like:"))
    part(group, reveal, start)["custom_id"] = f"tw:drill:{forged}"
    assert NOT_ON_FILE in said(await group.ann.click(reveal, custom_id=f"tw:drill:{forged}"))


@pytest.mark.parametrize("value", ["AB", "Z" * 90, "é", "9" * 40])
async def test_menus_of_runs_take_what_they_offer(group: World, value: str) -> None:
    """Whatever else is sent from a menu of a run, an exam or a drill gets one sentence, and is no answer."""
    services, ann = group.bot.client.services, Learner(member_id=group.ann.id, guild_id=group.guild.id)
    items = [item for item in group.shelves[0].bank.items() if item.kind is ItemKind.SINGLE][:2]
    ids = {
        mode: (await services.sittings.begin(ann, mode, "md-102", Wish(count=2), items)).id
        for mode in (Mode.PRACTICE, Mode.REVIEW)
    }
    drill = await services.drills.of_item(ann, "md-102", items[0].id)
    options = [discord.SelectOption(label="forged", value=value)]
    asked: list[Any] = [
        PracticeChoice(ids[Mode.PRACTICE], 1, options),
        ReviewChoice(ids[Mode.REVIEW], 1),
        ExamGoTo(ids[Mode.PRACTICE], 1, 1, options),
        ExamPast(0, options),
        DrillChoice(drill.posing, options),
    ]
    for menu in asked:
        menu.item.options = options
        assert "I no longer have this" in await use(group.ann, await left(group, menu), menu)
    for sitting_id in ids.values():
        assert (await services.sittings.find(ann, sitting_id)).answered == ()
