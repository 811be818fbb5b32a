"""Private answers that come too late, from elsewhere, slowly, or while something fails: one private sentence each."""

import asyncio
import logging

import discord
import pytest

from bot.chat import replies
from bot.chat.letters import EMOJI
from bot.domain.answer import Answer
from bot.domain.item import ItemKind
from bot.storage import answers
from tests.chat.menus import Menu, choose, opened
from tests.chat.parts import part
from tests.chat.world import BOT_PERMISSIONS, World, said

A, B = EMOJI["A"], EMOJI["B"]
CALLBACK = "/interactions/*/callback"
_DEFERRED_IN_PLACE = 6
"""Discord's number for a change of the message that comes later."""


async def test_a_menu_of_a_closed_question_says_so_in_place(group: World) -> None:
    """Choosing or withdrawing after the close changes nothing: the menu gives way to what was on file and its marks."""
    message = await group.post_kind(ItemKind.SINGLE)
    wrong, right = group.wrong(message)[0], group.key(message)
    await choose(group, group.ann, wrong)
    choosing, withdrawing = await opened(group, group.ann), await opened(group, group.ann)
    await group.close()
    for told in (await choosing.choose(right), await withdrawing.withdraw()):
        assert told.startswith("This question is closed: answers can no longer change.\nYour answer: ")
        assert "**Wrong; the answer is" in told
    assert choosing.message.components == []
    assert f"{EMOJI[wrong]}, given privately" in await group.mine(group.ann, message)


async def test_the_button_of_a_closed_question_opens_no_menu(group: World) -> None:
    """Answer privately on a post that still shows it after the close says so and shows what was on file."""
    message = await group.post()
    stored = group.env.backend.get_message(group.channel.id, message.id)
    as_seen = list(stored.components)
    await group.close()
    stored.components = as_seen
    result = await group.ann.click(group.current(message), label="Answer privately")
    assert said(result) == (
        "This question is closed: answers can no longer change.\nYou had no answer on file when this question closed."
    )
    assert result.response is not None
    assert result.response.components == []


async def test_a_menu_of_a_deleted_question_says_so(group: World) -> None:
    """Once a deleted post was found to be gone, its menus say that the question counts for nobody."""
    message = await group.post()
    menu = await opened(group, group.ann)
    group.env.backend.delete_message(group.channel.id, message.id)
    await group.olive.slash(group.channel, "round close")
    assert await menu.choose("A") == "This question is void (its post is gone): it counts for nobody."
    assert menu.message.components == []


async def test_rounds_that_are_not_on_file_are_foreign(group: World) -> None:
    """A round that the database does not have gives a sentence, whichever part is used."""
    message = await group.post()
    await choose(group, group.ann, "A")
    choosing, withdrawing = await opened(group, group.ann), await opened(group, group.ann)
    part(group, choosing.message, "tw:choose:")["custom_id"] = "tw:choose:99:0A"
    assert "no longer have this question" in await choosing.choose("A")
    part(group, withdrawing.message, "tw:withdraw:")["custom_id"] = "tw:withdraw:99"
    assert "no longer have this question" in await withdrawing.withdraw()
    part(group, message, "tw:private:")["custom_id"] = "tw:private:99"
    assert "no longer have this question" in said(await group.ann.click(message, label="Answer privately"))


async def test_letters_that_a_question_does_not_have_are_foreign(group: World) -> None:
    """A menu with an option that its question lacks records nothing."""
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    part(group, menu.message, "tw:choose:")["options"][0]["value"] = "J"
    assert "no longer have this question" in await menu.choose("J")
    assert "no answer of yours" in await group.mine(group.ann, message)


async def test_rounds_of_another_server_are_foreign(group: World) -> None:
    """A part that names another server's round gets a sentence; nothing is shown, recorded or withdrawn there."""
    message = await group.post_kind(ItemKind.SINGLE)
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    env, guild = group.env, group.env.create_guild("Elsewhere")
    env.backend.guilds[guild.id].roles[guild.roles[env.backend.bot_user.name].id].permissions = BOT_PERMISSIONS.value
    channel = guild.create_text_channel("daily")
    bosses = guild.create_role("bosses", permissions=discord.Permissions(manage_guild=True))
    eve = guild.add_member(env.create_user("eve"), roles=[bosses])
    await env.settle()
    await eve.slash(channel, "setup", channel=channel, time="08:30", zone="Europe/Prague")
    await eve.slash(channel, "round post")
    post = channel.last_message
    assert post is not None
    menus: list[Menu] = []
    for _ in range(3):
        result = await eve.click(post, label="Answer privately")
        assert result.response is not None
        menus.append(Menu(eve, result.response))
        await menus[-1].choose("A")
    choosing, withdrawing, settling = menus
    part(group, choosing.message, "tw:choose:")["custom_id"] = f"tw:choose:{asked.id}:0A"
    part(group, withdrawing.message, "tw:withdraw:")["custom_id"] = f"tw:withdraw:{asked.id}"
    part(group, settling.message, "tw:withdraw:")["custom_id"] = f"tw:settle:{asked.id}:B"
    part(group, post, "tw:private:")["custom_id"] = f"tw:private:{asked.id}"
    part(group, post, "tw:mine:")["custom_id"] = f"tw:mine:{asked.id}"
    for told in (
        await choosing.choose("B"),
        await withdrawing.withdraw(),
        await settling.withdraw(),
        said(await eve.click(post, label="Answer privately")),
        said(await eve.click(post, label="My answer")),
    ):
        assert "no longer have this question" in told
    assert group.bot.answering.all_held(asked.id) == {}


async def test_an_expired_interaction_is_no_fault(group: World, caplog: pytest.LogCaptureFixture) -> None:
    """When Discord takes no answer any more the choice counts all the same, and the log has no warning."""
    caplog.set_level(logging.WARNING)
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    group.env.inject_error("POST", CALLBACK, status=404, code=10062, message="Unknown interaction")
    await group.ann.select(menu.message, ["B"], custom_id=menu.select["custom_id"])
    assert f"{B}, given privately" in await group.mine(group.ann, message)
    assert caplog.records == []


async def test_a_late_answer_changes_the_same_message(group: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice whose commit takes long is deferred in place, and its receipt still replaces the menu."""
    await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    _slow(group, monkeypatch)
    result = await group.ann.select(menu.message, ["B"], custom_id=menu.select["custom_id"])
    kinds = [each.json["type"] for each in group.env.http_requests if each.path.endswith("callback") and each.json]
    assert kinds[-1] == _DEFERRED_IN_PLACE
    assert menu.text.startswith(f"✅ Your answer: {B}")
    assert result.followups == []


async def test_a_token_that_expires_meanwhile_is_no_fault(
    group: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """When the receipt of a deferred choice comes too late for Discord, the choice counts and nothing is logged."""
    caplog.set_level(logging.WARNING)
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)
    with monkeypatch.context() as patch:
        _slow(group, patch)
        group.env.inject_error("PATCH", "/webhooks/*/messages/@original", status=401, code=50027)
        await group.ann.select(menu.message, ["B"], custom_id=menu.select["custom_id"])
    assert f"{B}, given privately" in await group.mine(group.ann, message)
    assert caplog.records == []


async def test_no_receipt_before_the_commit(group: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A choice that cannot be stored gets a sentence with a reference instead; the menu stays, to try again."""
    message = await group.post_kind(ItemKind.SINGLE)
    menu = await opened(group, group.ann)

    async def broken(*_: object) -> None:
        raise OSError("no")

    with monkeypatch.context() as patch:
        patch.setattr(answers, "keep", broken)
        result = await group.ann.select(menu.message, ["B"], custom_id=menu.select["custom_id"])
    assert result.response is not None
    assert result.response.ephemeral
    assert "Something went wrong on my side" in result.response.content
    assert "no answer of yours" in await group.mine(group.ann, message)
    assert A in await menu.choose("A")


def _slow(group: World, patch: pytest.MonkeyPatch) -> None:
    """Let private choices take longer than Discord waits."""
    patch.setattr(replies, "_DEFER_SECONDS", 0.0)
    answering = group.bot.answering
    at_once = answering.choose

    async def in_a_while(round_id: int, member_id: int, letters: str, *, name: str | None = None) -> Answer:
        for _ in range(200):
            await asyncio.sleep(0)
        return await at_once(round_id, member_id, letters, name=name)

    patch.setattr(answering, "choose", in_a_while)
