"""What organisers are refused before anything is promised, and answers that take long."""

import asyncio
from typing import Any

import pytest

from bot.chat import replies
from bot.services.standings import Progress
from tests.chat.world import World, said

_DEFERRED = 5
"""Discord's number for an answer that comes later."""


async def test_posting_where_nothing_can_be_posted_is_refused(group: World) -> None:
    """`/round post` and Post one now check the channel first, and plan nothing that cannot be posted."""
    made = await group.set_up()
    assert made.response is not None
    group.permit(send_messages=False)
    assert "without **Send Messages**" in said(await group.olive.slash(group.channel, "round post")).replace(
        "Without", "without"
    )
    pressed = await group.olive.click(made.response.message, custom_id="tw:postnow:1")
    assert "**Send Messages**" in said(pressed)
    group.permit(send_messages=True)
    await group.post()
    assert len(group.posts()) == 1


async def test_resuming_where_nothing_can_be_posted_is_refused(group: World) -> None:
    """`/schedule resume` names what is missing instead of running into it again."""
    await group.olive.slash(group.channel, "schedule pause", name="Daily question")
    group.permit(add_reactions=False)
    answer = said(await group.olive.slash(group.channel, "schedule resume", name="Daily question"))
    assert "**Add Reactions**" in answer


async def test_everyone_cannot_be_pinged(group: World) -> None:
    """The role that everyone has is refused as the role to ping."""
    answer = said(
        await group.olive.slash(group.channel, "schedule edit", name="Daily question", ping=group.guild.default_role)
    )
    assert "never everyone" in answer


async def test_a_role_that_cannot_be_mentioned_is_advised_on(group: World) -> None:
    """A role without mentions is taken, and the organiser learns that nobody in it is notified."""
    role = group.guild.create_role("quiet")
    answer = said(await group.olive.slash(group.channel, "schedule edit", name="Daily question", ping=role))
    assert "nobody in it is notified" in answer


async def test_a_schedule_before_setup_needs_a_zone(world: World) -> None:
    """`/schedule add` in a fresh server asks for a zone instead of guessing one."""
    options: dict[str, Any] = {"name": "Early", "channel": world.channel, "time": "06:00"}
    assert "time zone" in said(await world.olive.slash(world.channel, "schedule add", **options))
    made = said(await world.olive.slash(world.channel, "schedule add", zone="Europe/Prague", **options))
    assert "06:00 (Europe/Prague)" in made


async def test_settling_after_the_close_is_refused(group: World) -> None:
    """A settling button that is pressed after the question closed says so."""
    message = await group.post()
    await group.close()
    stored = group.env.backend.get_message(group.channel.id, message.id)
    stored.components[0]["components"][0]["custom_id"] = "tw:settle:1:A"
    assert "is closed" in said(await group.ann.click(message, custom_id="tw:settle:1:A"))


async def test_an_answer_that_takes_long_is_deferred(group: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that is not done in time tells Discord to wait, and is answered all the same."""
    monkeypatch.setattr(replies, "_DEFER_SECONDS", 0.0)
    standings = group.bot.client.services.standings
    at_once = standings.progress

    async def in_a_while(guild_id: int, member_id: int) -> Progress:
        for _ in range(200):
            await asyncio.sleep(0)
        return await at_once(guild_id, member_id)

    monkeypatch.setattr(standings, "progress", in_a_while)
    result = await group.ann.slash(group.channel, "me")
    deferrals = [
        each for each in group.env.http_requests if isinstance(each.json, dict) and each.json.get("type") == _DEFERRED
    ]
    assert len(deferrals) == 1
    assert "no ranked answer" in said(result)
