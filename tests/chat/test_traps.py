"""`/trap`, the traps of `/me` and `/insights traps` on the real bot."""

from dataclasses import replace
from datetime import timedelta

import discord
import pytest
import simcord

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from bot.domain.related import items_on
from bot.domain.trap import Trap
from tests.chat.parts import part
from tests.chat.world import World, custom_ids, said


def _message(result: simcord.InteractionResult) -> discord.Message:
    assert result.response is not None
    message = result.response.message
    assert message is not None
    return message


def _button(message: discord.Message, begins: str) -> str:
    return next(each for each in custom_ids(message) if each.startswith(begins))


async def _fall(group: World, *who: simcord.MemberActor) -> Trap:
    """Ask until an item with traps comes; these members fall for one of them, and the round is revealed."""
    while True:
        message = await group.post_kind(ItemKind.SINGLE)
        asked = group.bot.answering.round_of(message.id)
        assert asked is not None
        trapped = [(letter, option.trap) for letter, option in asked.posed.options if option.trap]
        if trapped:
            break
        await group.close()
    letter, trap = trapped[0]
    for each in who:
        await each.react(message, EMOJI[letter])
    await group.close()
    return group.bot.client.services.library.bank("md-102").traps[str(trap)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("antivirus", "antivirus-as-onboarding"),
        ("edr onb", "antivirus-as-onboarding"),
        ("EDR", "antivirus-as-onboarding"),
        ("antivrius", "antivirus-as-onboarding"),
        ("intune enrollment", "enrolment-as-telemetry"),
        ("mfa", "mfa-as-compliance"),
        ("isolat", "file-action-as-isolation"),
    ],
)
async def test_a_trap_is_found_by_either_name(world: World, typed: str, first: str) -> None:
    """Either of the two things finds the trap while typing: in part, in any case, with a slip of the finger."""
    found = await world.ann.autocomplete(world.channel, "trap", "name", typed)
    assert found[0]["value"] == f"md-102:{first}"


async def test_a_trap_card_tells_both_things_apart(world: World) -> None:
    """A trap's card has the belief, the difference, why it tempts, the test, and sources."""
    card = said(await world.ann.slash(world.channel, "trap", name="md-102:antivirus-as-onboarding"))
    for each in ("Antivirus policy", "Why it tempts", "Tell them apart", "Sources", "https://"):
        assert each in card


async def test_a_trap_may_be_sent_as_typed(world: World) -> None:
    """Who sends a word instead of picking gets the one trap that has it, or the names of some that do."""
    assert "Antivirus policy ⇄ EDR" in said(await world.ann.slash(world.channel, "trap", name="antivirus"))
    several = said(await world.ann.slash(world.channel, "trap", name="isolate"))
    assert several.startswith("`isolate` may mean **")
    assert "I know no trap named `xyz`" in said(await world.ann.slash(world.channel, "trap", name="xyz"))


async def test_a_card_leads_on(world: World) -> None:
    """Its buttons pose an item on the trap, open the lesson, and turn to another trap's card."""
    first = await world.ann.slash(world.channel, "trap", name="md-102:antivirus-as-onboarding")
    before, message = said(first), _message(first)
    drill = await world.ann.click(message, custom_id="tw:drill:trap:md-102:antivirus-as-onboarding")
    assert "tw:pick:" in str(custom_ids(_message(drill)))
    near = _button(message, "tw:trap:turn:")
    turned = await world.ann.click(message, custom_id=near)
    assert said(turned) != before
    assert "Tell them apart" in said(turned)
    assert "Defender" in said(await world.ann.click(_message(turned), custom_id=_button(_message(turned), "tw:read:")))


async def test_a_card_of_a_trap_that_is_gone_says_so(world: World) -> None:
    """A button that outlived its trap gets a sentence, and never the card of another trap of a similar id."""
    message = _message(await world.ann.slash(world.channel, "trap", name="md-102:contain-as-isolate"))
    near = _button(message, "tw:trap:turn:")
    bank, gone = world.shelves[0].bank, near.rpartition(":")[2]
    traps = {trap_id: trap for trap_id, trap in bank.traps.items() if trap_id != gone}
    traps[f"{gone}-2"] = replace(bank.traps[gone], id=f"{gone}-2")
    await world.restart_with(replace(bank, traps=traps))
    assert "That trap is not here any more" in said(await world.ann.click(message, custom_id=near))


async def test_me_lists_traps_with_a_button_each(group: World) -> None:
    """A learner sees the trap that caught them, how often, and practises it from there, also after a restart."""
    trap = await _fall(group, group.ann)
    await group.restart()
    mine = await group.ann.slash(group.channel, "me")
    assert f"**1.** {trap.name}\n-# once, <t:" in said(mine)
    assert "🎯" in str(part(group, _message(mine), "tw:drill:trap:")["emoji"])
    assert part(group, _message(mine), "tw:drill:trap:")["label"] == trap.name
    drill = await group.ann.click(_message(mine), custom_id=f"tw:drill:trap:md-102:{trap.id}")
    assert "tw:pick:" in str(custom_ids(_message(drill)))
    other = await group.ben.slash(group.channel, "me")
    assert trap.name not in said(other)
    assert not [each for each in custom_ids(_message(other)) if each.startswith("tw:drill")]


async def test_a_trap_whose_one_question_was_just_explained_is_not_practised_at_once(group: World) -> None:
    """Where practice could only ask what was explained a moment ago /me says so; a day later it offers it."""
    trap = await _fall(group, group.ann)
    shelf = group.shelves[0]
    spared = {item.id for item in items_on(shelf.bank, trap.id)[1:]}
    lessons = {
        lesson.id: replace(lesson, items=tuple(item for item in lesson.items if item.id not in spared))
        for lesson in shelf.bank.lessons.values()
    }
    group.shelves[:] = [replace(shelf, bank=replace(shelf.bank, lessons=lessons))]
    await group.restart()
    mine = await group.ann.slash(group.channel, "me")
    assert "I have one question on it, and you have just had that: practise it tomorrow." in said(mine)
    assert custom_ids(_message(mine)) == []
    await group.env.advance_time(timedelta(days=1, minutes=1).total_seconds())
    later = await group.ann.slash(group.channel, "me")
    assert "you have just had" not in said(later)
    assert custom_ids(_message(later)) == [f"tw:drill:trap:md-102:{trap.id}"]


async def test_organisers_see_what_the_server_confuses(group: World) -> None:
    """Of a trap that five met they learn about how many fell and open its card; names are nowhere."""
    trap = await _fall(group, group.ann, group.ben, group.cat, group.dan, group.olive)
    told = await group.olive.slash(group.channel, "insights traps")
    assert f"**1. {trap.name}**\nAt least 3 of 5 members fell for it" in said(told)
    assert not any(name in said(told) for name in ("Ann", "Ben", "Cat"))
    assert part(group, _message(told), "tw:trap:new:")["label"] == trap.name
    card = await group.olive.click(_message(told), custom_id=f"tw:trap:new:md-102:{trap.id}")
    assert trap.belief in said(card)


async def test_four_members_are_too_few_to_be_told_of(group: World) -> None:
    """Where fewer than five met a trap an organiser learns nothing."""
    trap = await _fall(group, group.ann, group.ben, group.cat, group.dan)
    told = said(await group.olive.slash(group.channel, "insights traps"))
    assert trap.name not in told
    assert "None yet" in told


async def test_insights_are_for_organisers(group: World) -> None:
    """The command is hidden from others, but for those to whom the server's own settings show it."""
    command = next(each for each in await group.bot.client.tree.fetch_commands() if each.name == "insights")
    assert command.default_member_permissions == discord.Permissions(manage_guild=True)
    group.guild.set_command_permissions(command, {group.ann: True})
    assert "None yet" in said(await group.ann.slash(group.channel, "insights traps"))


async def test_insights_begin_with_what_organisers_have_to_know(group: World) -> None:
    """A sentence that waits for the next organiser command is on top, once."""
    services = group.bot.client.services
    await services.announcer.tell(await services.organising.find(group.guild.id, None), "Something happened.")
    assert said(await group.olive.slash(group.channel, "insights traps")).startswith("⚠️ Something happened.\n###")
    assert "Something happened" not in said(await group.olive.slash(group.channel, "insights traps"))
