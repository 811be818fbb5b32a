"""Reporting an item below its reveal, and the organisers' queue, on the real bot."""

import asyncio

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.chat import replies
from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from bot.domain.report import Report
from bot.services.library import Shelf
from tests.chat.world import World, custom_ids, said, texts


@pytest.fixture(name="shelves", scope="session")
def _shelves(one_lesson: list[Shelf]) -> list[Shelf]:
    return one_lesson


async def _reveal(group: World) -> discord.Message:
    """Ask a question that Ann gets right and Ben does not; gives its reveal."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI[group.key(message)])
    await group.ben.react(message, EMOJI[group.wrong(message)[0]])
    return await group.close()


async def _press(group: World, who: MemberActor, message: discord.Message, start: str) -> InteractionResult:
    button = next(each for each in custom_ids(message) if each.startswith(start))
    return await who.click(message, custom_id=button)


async def _report(group: World, who: MemberActor, reveal: discord.Message, note: str = "") -> InteractionResult:
    shown = await _press(group, who, reveal, "tw:flaw:")
    assert shown.modal is not None
    return await who.submit_modal(shown, {"reason": ["key"], **({"note": note} if note else {})})


async def _queue(group: World) -> InteractionResult:
    return await group.olive.slash(group.channel, "round reports")


def _message(result: InteractionResult) -> discord.Message:
    assert result.response is not None
    return result.response.message


async def test_a_report_is_taken_with_thanks_and_once(group: World) -> None:
    """The form takes a reason and a note; a second press shows them instead of the form."""
    reveal = await _reveal(group)
    told = said(await _report(group, group.ann, reveal, "**B** is right, <@123456789012345678>"))
    assert "Thank you! You reported: **The answer is wrong**" in told
    again = await _press(group, group.ann, reveal, "tw:flaw:")
    assert again.modal is None
    assert "You reported this" in said(again)
    assert "is right" in said(again)
    assert "<@123456789012345678>" not in said(again)


async def test_a_form_may_be_sent_after_a_restart(group: World) -> None:
    """A form that was open while the bot restarted is taken by the new one."""
    reveal = await _reveal(group)
    shown = await _press(group, group.ann, reveal, "tw:flaw:")
    await group.restart()
    assert "Thank you!" in said(await group.ann.submit_modal(shown, {"reason": ["typo"]}))


async def test_two_forms_of_one_member_are_one_report(group: World) -> None:
    """Whoever opened the form twice and sends both is shown what was sent first."""
    reveal = await _reveal(group)
    forms = [await _press(group, group.ann, reveal, "tw:flaw:") for _ in range(2)]
    assert "Thank you!" in said(await group.ann.submit_modal(forms[0], {"reason": ["typo"]}))
    second = said(await group.ann.submit_modal(forms[1], {"reason": ["other"]}))
    assert "You reported this" in second
    assert "A typing error" in second


async def test_organisers_see_the_queue_without_names(group: World) -> None:
    """The notice leads to a queue with reasons, notes, figures and the file, and never says who."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal, "B fits too")
    queue = said(await _queue(group))
    for part in ("someone reported question", "**1 member reported it**", "The answer is wrong: 1", "> B fits too"):
        assert part in queue
    for part in ("**2 answers**, 50 % fully right", "md-102/lessons/6.2-", ".yaml:"):
        assert part in queue
    assert "Ann" not in queue
    assert "someone reported" not in said(await _queue(group))


async def test_dismissing_empties_the_queue(group: World) -> None:
    """A dismissed report is gone from the queue; pressing the button of an old view says so."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal)
    old, view = await _queue(group), await _queue(group)
    assert "the queue is empty" in said(await _press(group, group.olive, _message(view), "tw:dismiss:"))
    assert "dealt with already" in said(await _press(group, group.olive, _message(old), "tw:dismiss:"))
    assert "left the question as it is" in said(await _press(group, group.ann, reveal, "tw:flaw:"))


async def test_a_dismissal_can_be_undone(group: World) -> None:
    """What was dismissed by mistake is back in the queue at the press of a button, also after a restart."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal)
    done = await _press(group, group.olive, _message(await _queue(group)), "tw:dismiss:")
    assert "Dismissed 1 report" in said(done)
    await group.restart()
    back = await _press(group, group.olive, _message(done), "tw:reopen:")
    assert "Back in the queue" in said(back)
    assert "**1 member reported it**" in said(back)
    assert "will look at it" in said(await _press(group, group.ann, reveal, "tw:flaw:"))


async def test_a_member_is_thanked_before_the_organiser_is_told(group: World) -> None:
    """The message to the organiser may take minutes, and Discord takes no thanks after a quarter of an hour."""
    reveal = await _reveal(group)
    before = len(group.env.http_requests)
    await _report(group, group.ann, reveal)
    asked = [each.path for each in group.env.http_requests[before:]]
    told = next(place for place, path in enumerate(asked) if path.endswith("/users/@me/channels"))
    assert [path for path in asked[:told] if "callback" in path] == [path for path in asked if "callback" in path]
    assert any("callback" in path for path in asked[:told])


async def test_voiding_takes_the_round_off_the_boards_and_back(group: World) -> None:
    """Void: boards and reveal change at once, and Count it again restores both."""
    reveal = await _reveal(group)
    await _report(group, group.ben, reveal)
    view = await _queue(group)
    done = await _press(group, group.olive, _message(view), "tw:void:")
    assert "is void: 2 results left the boards" in said(done)
    assert "This question is void" in texts(group.current(reveal))
    assert "Top of the day" not in texts(group.current(reveal))
    assert "no ranked answer" in said(await group.ann.slash(group.channel, "me"))
    back = await _press(group, group.olive, _message(done), "tw:recount:")
    assert "counts again: 2 results came back" in said(back)
    assert texts(group.current(reveal)).startswith(
        "**This question counts again.** An organiser had taken its 2 results"
    )
    assert texts(group.current(reveal)).endswith(texts(reveal))
    assert custom_ids(group.current(reveal)) == custom_ids(reveal)
    assert "**1 mark**" in said(await group.ann.slash(group.channel, "me"))


async def test_a_stale_button_still_leads_back(group: World) -> None:
    """Void pressed once more, on a view that is still there, says how things stand and offers to count again."""
    reveal = await _reveal(group)
    await _report(group, group.ben, reveal)
    views = [_message(await _queue(group)) for _ in range(2)]
    await _press(group, group.olive, views[0], "tw:void:")
    again = await _press(group, group.olive, views[1], "tw:void:")
    assert "is void already: it counts for nobody" in said(again)
    assert "Its reveal says so" in said(again)
    assert "counts again" in said(await _press(group, group.olive, _message(again), "tw:recount:"))


async def test_a_deleted_reveal_is_told_to_the_organiser(group: World) -> None:
    """When the reveal is gone the round is void all the same, and the answer says what could not be done."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal)
    group.env.backend.delete_message(group.channel.id, reveal.id)
    done = await _press(group, group.olive, _message(await _queue(group)), "tw:void:")
    assert "I could not write that on its reveal: the post is gone" in said(done)
    assert not any(each.startswith("tw:rewrite:") for each in custom_ids(_message(done)))


async def test_a_reveal_can_be_written_later(group: World) -> None:
    """What Discord did not take while it was in trouble is written at the press of a button afterwards."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal)
    view = _message(await _queue(group))
    group.env.inject_error("PATCH", "/channels/*/messages/*", status=400, code=0, times=1)
    done = await _press(group, group.olive, view, "tw:void:")
    assert "I could not write that on its reveal" in said(done)
    assert "is void" not in texts(group.current(reveal))
    assert "Its reveal says so" in said(await _press(group, group.olive, _message(done), "tw:rewrite:"))
    assert "This question is void" in texts(group.current(reveal))


async def test_only_organisers_decide(group: World) -> None:
    """Whoever has lost Manage Server since is refused at each button, and nothing changes."""
    reveal = await _reveal(group)
    await _report(group, group.ann, reveal)
    view = _message(await _queue(group))
    organisers = group.guild.roles["organisers"]
    group.env.backend.guilds[group.guild.id].roles[organisers.id].permissions = 0
    for start in ("tw:dismiss:", "tw:void:"):
        assert "Only organisers" in said(await _press(group, group.olive, view, start))
    assert "1 mark" in said(await group.ann.slash(group.channel, "me"))


async def test_reports_of_several_items_are_pages(group: World) -> None:
    """With two reported items there are two pages to turn."""
    for _ in range(2):
        await _report(group, group.ann, await _reveal(group))
    first = await _queue(group)
    assert "Report 1 of 2" in said(first)
    assert "Report 2 of 2" in said(await _press(group, group.olive, _message(first), "tw:reports:2"))


async def test_a_form_for_a_round_that_is_gone_gets_a_sentence(group: World) -> None:
    """A form sent when its round was deleted meanwhile is refused in a sentence."""
    reveal = await _reveal(group)
    shown = await _press(group, group.ann, reveal, "tw:flaw:")
    await group.bot.close()
    for table in ("answers", "results", "slips", "rounds"):
        group.edit_database(f"DELETE FROM {table}")  # noqa: S608 - one of these names
    await group.come_back()
    assert "no longer have this question" in said(await group.ann.submit_modal(shown, {"reason": ["typo"]}))


async def test_a_form_that_takes_too_long_to_open_gets_a_sentence(
    group: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord takes a form only as the first answer: after a deferral one is asked to press once more."""
    reveal = await _reveal(group)
    monkeypatch.setattr(replies, "_DEFER_SECONDS", 0.0)
    reporting = group.bot.client.services.reporting
    at_once = reporting.given

    async def in_a_while(guild_id: int | None, round_id: int, member_id: int) -> Report | None:
        for _ in range(200):
            await asyncio.sleep(0)
        return await at_once(guild_id, round_id, member_id)

    monkeypatch.setattr(reporting, "given", in_a_while)
    assert "press the button once more" in said(await _press(group, group.ann, reveal, "tw:flaw:"))
