"""`/practice` on the real bot: a run with feedback at once, filters, going on later, and in direct messages."""

from dataclasses import replace
from typing import Any

import discord
import pytest
import simcord

from bot.chat.learners import learner_of
from bot.domain.posed import PosedItem
from bot.domain.sitting import IDLE
from bot.services.offering import Learner
from tests.chat.world import World, custom_ids, said


def _message(result: simcord.InteractionResult) -> discord.Message:
    assert result.response is not None
    message = result.response.message
    assert message is not None
    return message


def _button(result: simcord.InteractionResult, begins: str) -> str:
    return next(each for each in custom_ids(_message(result)) if each.startswith(f"tw:practice:{begins}:"))


def _buttons(result: simcord.InteractionResult) -> str:
    return " ".join(custom_ids(_message(result)))


class Run:
    """One member's run, as they go through it."""

    def __init__(self, world: World, who: Any, result: simcord.InteractionResult) -> None:  # noqa: ANN401 - member or user
        self.world, self.who, self.result = world, who, result

    @property
    def text(self) -> str:
        return said(self.result)

    async def posed(self) -> PosedItem:
        """The item that is asked now."""
        _, _, _, sitting_id, number = _button(self.result, "pick").split(":")
        guild_id = self.world.guild.id if isinstance(self.who, simcord.MemberActor) else None
        learner = Learner(member_id=self.who.id, guild_id=guild_id)
        sitting = await self.world.bot.client.services.sittings.find(learner, int(sitting_id))
        return sitting.entries[int(number) - 1].posed

    async def choose(self, letters: str) -> str:
        """Choose from the menu; gives what is shown then."""
        menu = _button(self.result, "pick")
        self.result = await self.who.select(_message(self.result), list(letters), custom_id=menu)
        return self.text

    async def answer(self, *, right: bool) -> str:
        """Answer what is asked now; gives the feedback."""
        posed = await self.posed()
        wrong = [letter for letter, option in posed.options if not option.correct]
        return await self.choose("".join(sorted(posed.key)) if right else wrong[0])

    async def press(self, begins: str) -> str:
        """Press a button; gives what is shown then."""
        self.result = await self.who.click(_message(self.result), custom_id=_button(self.result, begins))
        return self.text


async def _begun(world: World, who: simcord.MemberActor | None = None, **options: Any) -> Run:  # noqa: ANN401 - options of /practice
    who = who or world.ann
    return Run(world, who, await who.slash(world.channel, "practice", **options))


async def test_a_run_of_ten(world: World) -> None:
    """Ten questions, each explained in its place; in the end the count, the traps, and what was missed once more."""
    run = await _begun(world)
    first = _message(run.result).id
    fallen = set()
    for number in range(1, 11):
        assert f"Practice {number} of 10 · MD-102" in run.text
        posed = await run.posed()
        assert not any(option.why in run.text for _, option in posed.options)
        told = await run.answer(right=number > 3)
        assert ("✓ Right!" in told) == (number > 3)
        assert all(option.why in told for _, option in posed.options if option.correct)
        if number <= 3:
            wrong = next(option for _, option in posed.options if not option.correct)
            fallen |= {wrong.trap} if wrong.trap else set()
        await run.press("next")
    assert "**7 of 10 right**, 7" in run.text
    assert _message(run.result).id == first
    bank = world.bot.client.services.library.bank("md-102")
    assert all(bank.traps[each].name in run.text for each in fallen)
    assert "Practice 1 of 3" in await run.press("again")
    for _ in range(3):
        await run.answer(right=True)
        await run.press("next")
    assert "**3 of 3 right**" in run.text
    assert "tw:practice:again" not in _buttons(run.result)


async def test_a_wrong_answer_is_told_its_trap(world: World) -> None:
    """The option that was picked is explained with its trap, and the feedback leads to the lesson."""
    run = await _begun(world, trap="md-102:antivirus-as-onboarding", questions=1)
    posed = await run.posed()
    letter = next(letter for letter, option in posed.options if option.trap == "antivirus-as-onboarding")
    told = await run.choose(letter)
    assert "✗" in told
    assert "The trap: Antivirus policy ⇄ EDR" in told
    assert "Tell them apart" in told
    assert "tw:read:md-102:6.2" in _buttons(run.result)
    assert "tw:practice:end" not in _buttons(run.result)
    assert "How it went" in str([part.to_dict() for part in _message(run.result).components])
    assert "Antivirus policy ⇄ EDR" in await run.press("next")


async def test_several_are_chosen_where_several_are_right(world: World) -> None:
    """A multi-select item takes several letters, and says what they earned."""
    run = await _begun(world, questions=30)
    while len((await run.posed()).key) == 1:
        await run.answer(right=True)
        await run.press("next")
    posed = await run.posed()
    assert f"Choose {len(posed.key)}" in run.text
    assert f"1 right, 0 wrong of {len(posed.key)}" in await run.choose(min(posed.key))


async def test_a_run_goes_on_after_a_restart(world: World) -> None:
    """A menu and a button from before are answered; `/practice` alone goes on at the first question left."""
    run = await _begun(world, questions=4)
    await world.restart()
    await run.answer(right=True)
    await world.restart()
    assert "Practice 2 of 4" in await run.press("next")
    await run.answer(right=False)
    later = await _begun(world)
    assert "Going on where you stopped" in later.text
    assert "Practice 3 of 4" in later.text
    ben = await _begun(world, world.ben)
    assert "Practice 1 of 10" in ben.text


async def test_any_option_begins_another_run(world: World) -> None:
    """The earlier one ends, and its buttons show how it went; its answers are kept."""
    run = await _begun(world, questions=4)
    await run.answer(right=True)
    other = await _begun(world, questions=2)
    assert "Your earlier run has ended; its answers are kept." in other.text
    assert "Practice 1 of 2" in other.text
    assert "**1 of 1 right**" in await run.press("next")
    assert "3 questions not answered" in run.text


async def test_a_run_may_be_ended_and_followed_by_another(world: World) -> None:
    """End here shows how it went so far; another run of the same kind begins from there."""
    run = await _begun(world, questions=3)
    assert "You answered nothing" in await run.press("end")
    assert "Practice 1 of 3" in await run.press("more")


async def test_the_first_answer_stays(world: World) -> None:
    """A menu that is still open somewhere shows the feedback to the first answer, and counts nothing twice."""
    run = await _begun(world, questions=2)
    posed, menu, message = await run.posed(), _button(run.result, "pick"), _message(run.result)
    world.env.inject_error("POST", "/interactions/*", status=404, code=10062)
    wrong = next(letter for letter, option in posed.options if not option.correct)
    await world.ann.select(message, [wrong], custom_id=menu)
    again = await world.ann.select(message, [min(posed.key)], custom_id=menu)
    assert "✓ Right!" not in said(again)
    assert "**0 of 1 right**" in said(await world.ann.click(message, custom_id=_button(again, "end")))


async def test_an_answer_after_a_day_finds_the_run_over(world: World) -> None:
    """Whoever comes back after a day is told how it went; the answer does not count, and a new run may begin."""
    run = await _begun(world, questions=3)
    await run.answer(right=True)
    await run.press("next")
    await world.env.advance_time(IDLE.total_seconds() + 1)
    told = await run.answer(right=True)
    assert "**1 of 1 right**" in told
    assert "ended after a day" in told
    assert "Practice 1 of 10" in (await _begun(world)).text


async def test_a_question_that_the_channel_is_asked_is_left_out(group: World) -> None:
    """An item that comes into an open round while it waits in a run gives nothing away; the run goes on without it."""
    run = await _begun(group, questions=2)
    posed = await run.posed()
    await group.post()
    await group.bot.close()
    group.edit_database(f"UPDATE rounds SET item_id = '{posed.item.id}'")  # noqa: S608 - an id of ours
    await group.come_back()
    told = await run.answer(right=True)
    assert "open right now" in told
    assert "Practice 2 of 2" in told
    assert not any(option.why in told for _, option in posed.options)
    await run.answer(right=True)
    assert "1 question left out" in await run.press("next")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"topic": "9.9"}, "has no items about `9.9`"),
        ({"trap": "xyz"}, "I know no trap named"),
        ({"bank": "xyz"}, "I have no bank named"),
        ({"missed": True}, "nothing to go over again"),
        ({"difficulty": "easy", "trap": "md-102:grace-as-instant"}, "no item that fits"),
    ],
)
async def test_what_does_not_fit_is_said(world: World, options: dict[str, Any], sentence: str) -> None:
    """Wishes that nothing fits, unknown words, and nothing missed yet each get one private sentence."""
    assert sentence in (await _begun(world, **options)).text


async def test_topics_traps_and_banks_are_suggested(world: World) -> None:
    """While typing, lessons and objectives, traps and banks are listed."""
    topics = await world.ann.autocomplete(world.channel, "practice", "topic", "6.2", bank="md-102")
    assert "6.2" in [each["value"] for each in topics]
    (git,) = await world.ann.autocomplete(world.channel, "practice", "topic", "lesson 1.1 undo")
    assert git["value"] == "version-control:1.1"
    assert "· Git 1.1" in (await _begun(world, topic="version-control:1.1", questions=1)).text
    traps = await world.ann.autocomplete(world.channel, "practice", "trap", "antivirus")
    assert traps[0]["value"] == "md-102:antivirus-as-onboarding"
    banks = await world.ann.autocomplete(world.channel, "practice", "bank", "")
    assert [each["value"] for each in banks] == ["md-102", "version-control"]


async def test_practice_works_in_direct_messages(group: World) -> None:
    """With the bot by oneself a run works as in a server, is apart from the one there, and reaches no board."""
    here = await _begun(group, group.ben)
    ben = group.ben.user
    alone = Run(group, ben, await ben.slash("practice", questions=2))
    assert "Practice 1 of 2" in alone.text
    await alone.answer(right=True)
    await alone.press("next")
    await alone.answer(right=False)
    assert "**1 of 2 right**" in await alone.press("next")
    assert "Practice 1 of 10" in here.text
    board = said(await group.ann.slash(group.channel, "leaderboard"))
    assert "Ben" not in board


async def test_members_may_install_it_for_themselves(world: World) -> None:
    """Discord is told that the command is for servers and for users, in servers and in direct messages."""
    tree = world.bot.client.tree
    (told,) = (each.to_dict(tree) for each in tree.get_commands() if each.name == "practice")
    assert (told["integration_types"], told["contexts"]) == ([0, 1], [0, 1, 2])


@pytest.mark.parametrize(
    ("owners", "alone"),
    [({}, False), ({"0": "guild"}, False), ({"0": "guild", "1": "user"}, False), ({"1": "user"}, True)],
)
async def test_where_only_a_member_installed_it_they_are_alone(
    world: World, owners: dict[str, str], alone: bool
) -> None:
    """In a server that did not install the bot nothing is of that server."""
    ids = {"guild": str(world.guild.id), "user": str(world.ann.id)}
    payload: Any = {
        "id": "1",
        "application_id": "2",
        "type": 2,
        "token": "t",
        "version": 1,
        "guild_id": ids["guild"],
        "channel_id": str(world.channel.id),
        "authorizing_integration_owners": {kind: ids[of] for kind, of in owners.items()},
        "member": {
            "user": {"id": ids["user"], "username": "ann", "discriminator": "0", "avatar": None},
            "roles": [],
            "joined_at": "2026-01-01T00:00:00+00:00",
            "permissions": "0",
            "deaf": False,
            "mute": False,
            "flags": 0,
        },
        "attachment_size_limit": 1,
    }
    interaction = discord.Interaction(data=payload, state=world.bot.client._connection)
    learner = learner_of(interaction)
    assert learner == Learner(member_id=world.ann.id, guild_id=None if alone else world.guild.id)


async def test_a_run_of_a_bank_that_is_gone_says_so(world: World) -> None:
    """Its buttons get a sentence; the command by itself, which that names, begins another."""
    run = await _begun(world)
    await world.restart_with(replace(world.shelves[0].bank, id="other"))
    assert "I no longer have this run on file" in await run.press("end")
    assert "Practice 1 of 10" in (await _begun(world)).text
