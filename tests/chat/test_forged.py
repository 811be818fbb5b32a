"""Buttons and menus that Discord would never send so: their ids and values are changed behind the bot's back."""

import pytest

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
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
