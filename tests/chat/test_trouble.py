"""Trouble in Discord on the real bot: deleted posts and channels, lost permissions, errors and outages."""

from datetime import timedelta

import pytest

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.world import World, said, texts


async def test_a_deleted_post_makes_its_round_void(group: World) -> None:
    """A post that someone deleted is found at the close: the round is void, and the organiser is told."""
    message = await group.post(open_for="30m")
    await group.ann.react(message, EMOJI["A"])
    group.env.backend.delete_message(group.channel.id, message.id)
    await group.env.advance_time(31 * 60)
    assert group.reveals() == []
    assert "is void" in said(await group.olive.slash(group.channel, "schedule show"))
    assert "no ranked answer" in said(await group.ann.slash(group.channel, "me"))


async def test_a_post_deleted_while_away_is_found_at_the_start(group: World) -> None:
    """A post that disappeared while the bot was off makes its round void as soon as it is back."""
    message = await group.post()
    group.env.backend.delete_message(group.channel.id, message.id)
    await group.restart()
    assert "is void" in said(await group.olive.slash(group.channel, "schedule show"))


async def test_a_deleted_channel_pauses_its_schedule(group: World) -> None:
    """Deleting the channel pauses the schedule, and the organiser is told by message and by the next command."""
    other = group.guild.create_text_channel("other")
    await group.post()
    group.env.backend.delete_channel(group.channel.id)
    await group.env.settle()
    shown = said(await group.olive.slash(other, "schedule show"))
    assert "its channel was deleted" in shown
    assert "⏸️ Paused" in shown
    direct = group.env.backend.dm_channels.get(group.olive.id)
    assert direct is not None


async def test_a_channel_can_be_exchanged_after_deletion(group: World) -> None:
    """After another channel is chosen and the schedule resumed, questions come again."""
    other = group.guild.create_text_channel("other")
    group.env.backend.delete_channel(group.channel.id)
    await group.env.settle()
    await group.olive.slash(other, "schedule edit", name="Daily question", channel=other)
    await group.olive.slash(other, "schedule resume", name="Daily question")
    await group.env.advance_time(timedelta(hours=9).total_seconds())
    assert any("React with" in message.content for message in other.history())


async def test_lost_permission_pauses_and_resume_catches_up(group: World) -> None:
    """A question that may not be posted pauses its schedule; with the permission back, resume posts it."""
    group.permit(send_messages=False)
    await group.env.advance_time(timedelta(hours=8).total_seconds())
    assert group.posts() == []
    assert "may no longer post" in said(await group.olive.slash(group.channel, "schedule show"))
    group.permit(send_messages=True)
    await group.olive.slash(group.channel, "schedule resume", name="Daily question")
    assert len(group.posts()) == 1


async def test_a_forbidden_call_is_not_repeated(group: World) -> None:
    """After a refusal the bot stops asking: one failed post in a whole day."""
    group.permit(send_messages=False)
    await group.env.advance_time(timedelta(hours=8).total_seconds())
    before = len(group.env.http_requests)
    await group.env.advance_time(timedelta(days=1).total_seconds())
    assert len(group.env.http_requests) == before


async def test_a_reveal_that_may_not_be_posted_waits(group: World) -> None:
    """Answers are graded although the reveal is forbidden, and the reveal follows when it may."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI[group.key(message)])
    reveals = len(group.reveals())
    group.permit(send_messages=False)
    await group.olive.slash(group.channel, "round close")
    assert len(group.reveals()) == reveals
    assert "1 mark" in said(await group.ann.slash(group.channel, "me"))
    group.permit(send_messages=True)
    await group.olive.slash(group.channel, "schedule resume", name="Daily question")
    assert len(group.reveals()) == reveals + 1


async def test_a_server_error_is_tried_again(group: World) -> None:
    """When Discord answers 500 for a while the question comes later, once."""
    group.env.inject_error("POST", "/channels/*/messages", status=400, code=0, times=2)
    await group.env.advance_time(timedelta(hours=8).total_seconds())
    await group.env.advance_time(timedelta(minutes=5).total_seconds())
    assert len(group.posts()) == 1


async def test_an_unknown_outcome_is_looked_up_before_sending_again(group: World) -> None:
    """A question that was sent although Discord reported an error is found in the channel, not sent twice."""
    message = await group.post()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    # As after a crash between sending and storing: the post is there, the ledger does not know it.
    await group.bot.close()
    group.edit_database("UPDATE rounds SET state='planned', message_id=NULL, seeded=0, attempts=1, step_at=0")
    await group.come_back()
    assert len(group.posts()) == 1
    await group.ann.react(message, EMOJI["A"])
    assert EMOJI["A"] in await group.mine(group.ann, message)


async def test_a_reveal_of_unknown_outcome_is_not_sent_twice(group: World) -> None:
    """A reveal that is in the channel already is found there after a crash."""
    await group.post()
    await group.close()
    await group.bot.close()
    group.edit_database("UPDATE rounds SET state='closed', reveal_id=NULL, attempts=1, step_at=0")
    await group.come_back()
    assert len(group.reveals()) == 1


async def test_a_reconnect_that_could_not_resume_is_repaired(group: World) -> None:
    """After a new gateway session everything missed in between is found by a full diff."""
    message = await group.post_kind(ItemKind.SINGLE)
    group.bot.client.dispatch("disconnect")
    await group.env.settle()
    group.unheard(group.ann, message, "B", there=True)
    group.bot.client.dispatch("connect")
    await group.env.settle()
    assert f"{EMOJI['B']}, given by reaction, found" in await group.mine(group.ann, message)


async def test_a_resumed_connection_needs_no_diff(group: World) -> None:
    """Discord replays what happened before a resume, so nothing is read back."""
    await group.post()
    group.bot.client.dispatch("disconnect")
    await group.env.settle()
    before = len(group.env.http_requests)
    group.bot.client.dispatch("resumed")
    await group.env.settle()
    assert len(group.env.http_requests) == before


async def test_an_unexpected_error_names_a_reference(group: World, caplog: pytest.LogCaptureFixture) -> None:
    """A fault of ours answers the member with a reference that the log has too."""
    group.bot.client.services.library._banks = None  # type: ignore[assignment]
    answer = said(await group.ann.slash(group.channel, "trap", name="x"))
    reference = answer.split("`")[1]
    assert reference in caplog.text
    assert len(group.env.errors) == 1
    group.env._errors.clear()


async def test_restarts_do_not_send_the_commands_again(group: World) -> None:
    """The command list goes to Discord when it changed, not at every start."""
    await group.restart()
    await group.restart()
    sent = [each for each in group.env.http_requests if each.method == "PUT" and "commands" in each.path]
    assert len(sent) == 1


async def test_reactions_during_the_close_wait_are_late(group: World) -> None:
    """What the reveal shows and what My answer says agree after a change at the last moment."""
    message = await group.post_kind(ItemKind.SINGLE)
    right = group.key(message)
    await group.ann.react(message, EMOJI[right])
    told = texts(await group.close())
    await group.ann.unreact(message, EMOJI[right])
    assert "1 fully right" in told
    assert "Right: 1 mark" in await group.mine(group.ann, message)
