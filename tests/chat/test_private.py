"""Answers by button on the real bot: the menu, its receipts, and how both surfaces agree."""

from itertools import pairwise

import discord
import pytest
from simcord.backend.errors import BackendError

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.menus import Menu, choose, opened
from tests.chat.world import World, said

A, B, C, D = (EMOJI[letter] for letter in "ABCD")


async def test_a_private_answer_gets_a_receipt(group: World) -> None:
    """The menu lists the lettered options, nothing picked; choosing says what is recorded, since when, until when."""
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    assert [each["label"][:3] for each in menu.select["options"]] == [f"{letter}. " for letter in asked.posed.letters]
    assert (menu.select["min_values"], menu.select["max_values"], menu.picked, menu.buttons) == (1, 1, "", [])
    assert menu.text.startswith("I have no answer of yours on file.\n**Choose one**: only you see it")
    receipt = await menu.choose("B")
    assert receipt.startswith(f"✅ Your answer: {B}, given privately <t:")
    assert "A letter you add under the question later replaces it; taking letters away does not." in receipt
    assert (menu.picked, menu.buttons) == ("B", ["Withdraw"])
    assert f"{B}, given privately <t:" in await group.mine(group.ann, message)
    assert set(group.letters(message).values()) == {1}, "nobody can see it"


async def test_what_is_on_file_is_picked_already(group: World) -> None:
    """Whichever way it was given, the menu opens with the answer in it, and offers to withdraw it."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    for emoji in (D, A):
        await group.ann.react(message, emoji)
    menu = await opened(group, group.ann)
    assert (menu.picked, menu.select["max_values"]) == ("AD", len(menu.select["options"]))
    assert f"{A} {D}, given by reaction <t:" in menu.text
    receipt = await menu.choose("CB")
    assert f"{B} {C}, given privately" in receipt
    assert f"Your letters {A} {D} under the question are still public, but do not count." in receipt
    assert "replaces it with all the letters you have there" in receipt
    again = await opened(group, group.ann)
    assert (again.picked, again.buttons) == ("BC", ["Withdraw"])


async def test_withdrawing_offers_the_menu_again(group: World) -> None:
    """Withdraw asks nothing, says what is withdrawn, and leaves a menu with nothing picked; twice is no error."""
    message = await group.post_kind(ItemKind.SINGLE)
    await choose(group, group.ann, "C")
    menu, other = await opened(group, group.ann), await opened(group, group.ann)
    assert (await menu.withdraw()).startswith(f"✅ Withdrawn: {C} is no longer your answer.\nChoose again here until")
    assert (menu.picked, menu.buttons) == ("", [])
    assert (await other.withdraw()).startswith("You withdrew your answer <t:")
    assert "You withdrew your answer <t:" in await group.mine(group.ann, message)
    assert A in await menu.choose("A")
    assert A in await group.mine(group.ann, message)


async def test_a_menu_is_new_after_every_change(group: World) -> None:
    """Its id changes with the answer: clients would go on showing what was picked in a menu that they know."""
    await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    ids = [menu.select["custom_id"]]
    for change in (menu.choose("A"), menu.withdraw(), menu.choose("A")):
        await change
        ids.append(menu.select["custom_id"])
    assert all(one != other for one, other in pairwise(ids))


async def test_letter_then_private(group: World) -> None:
    """A private answer replaces a letter, and taking the letter away afterwards withdraws nothing."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, A)
    receipt = await choose(group, group.ann, "B")
    assert f"Your letter {A} under the question is still public, but does not count." in receipt
    assert "does not count.\nYou can change it" in await group.mine(group.ann, message)
    await group.ann.unreact(message, A)
    assert f"{B}, given privately" in await group.mine(group.ann, message)


@pytest.mark.parametrize("restarted", [False, True])
async def test_private_then_letter(group: World, *, restarted: bool) -> None:
    """A letter added after a private answer replaces it, live or across a restart, and the menu shows the letter."""
    message = await group.post_kind(ItemKind.SINGLE)
    await choose(group, group.ann, "B")
    if restarted:
        await group.restart()
    await group.ann.react(message, C)
    assert f"{C}, given by reaction" in await group.mine(group.ann, message)
    assert (await opened(group, group.ann)).picked == "C"
    await group.ann.unreact(message, C)
    assert "withdrew" in await group.mine(group.ann, message)


async def test_a_letter_added_to_others_brings_them_all_back(group: World) -> None:
    """On a multi-select post the letters give way to a private answer together, and come back together."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    for emoji in (A, B):
        await group.ann.react(message, emoji)
    await choose(group, group.ann, "C")
    await group.restart()
    assert f"{C}, given privately" in await group.mine(group.ann, message)
    await group.ann.react(message, D)
    assert f"{A} {B} {D}, given by reaction" in await group.mine(group.ann, message)


async def test_letters_do_not_undo_a_private_withdrawal(group: World) -> None:
    """What was withdrawn by button stays so beside letters on the post, also across a restart, till one is added."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    for emoji in (A, B):
        await group.ann.react(message, emoji)
    menu = await opened(group, group.ann)
    assert f"Your letters {A} {B} under the question are still public, but do not count." in await menu.withdraw()
    await group.restart()
    await group.ann.unreact(message, A)
    mine = await group.mine(group.ann, message)
    assert "You withdrew your answer" in mine
    assert f"Your letter {B} under the question is still public, but does not count." in mine
    await group.ann.react(message, C)
    assert f"{B} {C}, given by reaction" in await group.mine(group.ann, message)


async def test_letters_that_cannot_be_told_apart_are_settled_in_the_menu(group: World) -> None:
    """An unresolved answer opens the menu with nothing picked; choosing settles it, and no full diff unsettles it."""
    message = await group.post_kind(ItemKind.SINGLE)
    for letter in "AB":
        group.unheard(group.ann, message, letter, there=True)
    await group.restart()
    menu = await opened(group, group.ann)
    assert "cannot tell which you tapped last" in menu.text
    assert (menu.picked, menu.buttons) == ("", ["Withdraw"])
    assert f"{B}, given privately" in await menu.choose("B")
    await group.restart()
    assert f"{B}, given privately" in await group.mine(group.ann, message)


async def test_what_is_settled_stays_settled(group: World) -> None:
    """Settling under My answer turns into the receipt with the menu; another such message changes nothing any more."""
    message = await group.post_kind(ItemKind.SINGLE)
    for letter in "AB":
        group.unheard(group.ann, message, letter, there=True)
    await group.restart()
    first, second = [await group.ann.click(message, label="My answer") for _ in range(2)]
    assert first.response is not None
    assert second.response is not None
    assert f"✅ Your answer: {B}, given privately" in said(await group.ann.click(first.response, label="Option B"))
    assert Menu(group.ann, first.response).picked == "B"
    assert f"✅ Your answer: {B}, given privately" in said(await group.ann.click(second.response, label="Option A"))
    assert f"{B}, given privately" in await group.mine(group.ann, message)


async def test_private_answers_around_an_outage(group: World) -> None:
    """A letter added in an outage replaces a private answer from before it, and none that was given since it began."""
    message = await group.post_kind(ItemKind.SINGLE)
    await choose(group, group.ann, "B")
    await group.env.advance_time(60)
    group.bot.client.dispatch("disconnect")
    await group.env.settle()
    for who in (group.ann, group.ben):
        group.unheard(who, message, "A", there=True)
    await choose(group, group.ben, "B")
    group.bot.client.dispatch("connect")
    await group.env.settle()
    assert f"{A}, given by reaction, found" in await group.mine(group.ann, message)
    assert f"{B}, given privately" in await group.mine(group.ben, message)


async def test_a_menu_outlives_restarts(group: World) -> None:
    """A menu opened before the bot was restarted takes the answer, and so does its Withdraw."""
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    await group.restart()
    assert f"✅ Your answer: {B}, given privately" in await menu.choose("B")
    await group.restart()
    assert f"{B}, given privately" in await group.mine(group.ann, message)
    assert f"✅ Withdrawn: {B}" in await menu.withdraw()


async def test_members_who_may_not_react_can_answer(group: World) -> None:
    """Where Discord lets a member add no letter they answer privately all the same, and it is marked as any answer."""
    message = await group.post_kind(ItemKind.SINGLE)
    everyone = group.env.backend.guilds[group.guild.id].roles[group.guild.default_role.id]
    everyone.permissions = discord.Permissions(view_channel=True, use_application_commands=True).value
    right = group.key(message)
    with pytest.raises(BackendError, match="Missing Permissions"):
        await group.ann.react(message, EMOJI[right])
    menu = await group.ann.click(message, label="Answer privately")
    assert menu.response is not None
    await Menu(group.ann, menu.response).choose(right)
    await group.olive.slash(group.channel, "round close")
    mine = await group.mine(group.ann, message)
    assert f"{EMOJI[right]}, given privately" in mine
    assert "**Right: 1 mark.**" in mine


async def test_a_private_answer_brings_a_name_to_the_board(group: World) -> None:
    """Whoever answered by button only is on the board under the name that the server knows."""
    message = await group.post_kind(ItemKind.SINGLE)
    await choose(group, group.cat, group.key(message))
    await group.close()
    assert "**Cat** 1 mark" in said(await group.ann.slash(group.channel, "leaderboard"))
