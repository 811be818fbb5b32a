"""`/review` on the real bot: what is due, how sure one is, when it comes back, and what does not stick."""

from datetime import timedelta
from typing import Any

import discord
import simcord

from bot.domain.posed import PosedItem
from bot.domain.rating import LEECH
from bot.services.offering import Learner
from tests.chat.world import World, custom_ids, said

DAY = timedelta(days=1)


def _message(result: simcord.InteractionResult) -> discord.Message:
    assert result.response is not None
    message = result.response.message
    assert message is not None
    return message


def _buttons(result: simcord.InteractionResult) -> list[str]:
    return custom_ids(_message(result))


def _button(result: simcord.InteractionResult, begins: str) -> str:
    return next(each for each in _buttons(result) if each.startswith(f"tw:review:{begins}:"))


class Review:
    """Ann's review, as she goes through it; it may be in direct messages."""

    def __init__(self, world: World, who: Any = None) -> None:  # noqa: ANN401 - a member or a user
        self.world = world
        self.who: Any = who or world.ann

    async def begin(self, **options: Any) -> str:  # noqa: ANN401 - options of /review
        """Type the command; gives what is shown."""
        place = (self.world.channel,) if isinstance(self.who, simcord.MemberActor) else ()
        self.result = await self.who.slash(*place, "review", **options)
        return said(self.result)

    async def posed(self) -> PosedItem:
        """The item that is asked now."""
        _, _, _, sitting_id, number, _ = _button(self.result, "pick").split(":")
        learner = Learner(member_id=self.who.id, guild_id=None)
        sitting = await self.world.bot.client.services.sittings.find(learner, int(sitting_id))
        return sitting.entries[int(number) - 1].posed

    async def pick(self, letters: str) -> str:
        """Choose from the menu."""
        menu = _button(self.result, "pick")
        self.result = await self.who.select(_message(self.result), list(letters), custom_id=menu)
        return said(self.result)

    async def press(self, begins: str) -> str:
        """Press a button."""
        self.result = await self.who.click(_message(self.result), custom_id=_button(self.result, begins))
        return said(self.result)

    async def say(self, how: str) -> str:
        """Say how sure one is."""
        custom_id = next(each for each in _buttons(self.result) if f":{how}:" in each)
        self.result = await self.who.click(_message(self.result), custom_id=custom_id)
        return said(self.result)

    async def answer(self, *, right: bool, how: str = "fairly") -> str:
        """Answer what is asked; gives the feedback."""
        posed = await self.posed()
        wrong = [letter for letter, option in posed.options if not option.correct]
        await self.pick("".join(sorted(posed.key)) if right else wrong[0])
        return await self.say(how)


async def _practise(world: World, questions: int, **options: Any) -> None:  # noqa: ANN401 - options of /practice
    """Let Ann do a practice run, all right."""
    result = await world.ann.slash(world.channel, "practice", questions=questions, **options)
    sittings, learner = world.bot.client.services.sittings, Learner(member_id=world.ann.id, guild_id=world.guild.id)
    (menu,) = (each for each in _buttons(result) if ":pick:" in each)
    sitting = await sittings.find(learner, int(menu.split(":")[3]))
    for entry in sitting.entries:
        await sittings.answer(learner, sitting.id, entry.number, entry.posed.key)
    await sittings.finish(learner, sitting.id)


async def _later(world: World, days: float) -> None:
    await world.env.advance_time((days * DAY).total_seconds())


async def test_without_cards_it_says_where_they_come_from(world: World) -> None:
    """Who never answered anything learns how cards are made; who has some, when the first is due."""
    review = Review(world)
    assert "You have no cards yet" in await review.begin()
    await _practise(world, 3)
    told = await review.begin()
    assert "Nothing is due just now. The next one comes <t:" in told
    assert "You have 3 cards." in told


async def test_a_review_from_begin_to_end(world: World) -> None:
    """What is due is counted, asked with how sure one is, explained with when it comes back, and counted again."""
    await _practise(world, 3)
    await _later(world, 2)
    review = Review(world)
    told = await review.begin(questions=2)
    assert "3 cards of yours due now, 2 in this run." in told
    assert "Review 1 of 2" in told
    posed = await review.posed()
    asked = await review.pick(min(posed.key))
    assert "How sure are you?" in asked
    assert not any(option.why in asked for _, option in posed.options)
    changed = await review.pick("".join(sorted(posed.key)))
    assert "How sure are you?" in changed
    told = await review.say("sure")
    assert "✓ Right!** It comes back <t:" in told
    assert all(option.why in told for _, option in posed.options if option.correct)
    await review.press("next")
    await review.answer(right=False, how="guessed")
    end = await review.press("next")
    assert "**1 of 2 right**" in end
    assert "1 card still due. After that the next one comes <t:" in end
    assert "You have 3 cards." in end
    assert "1 card of yours due now." in await review.press("more")
    await review.answer(right=True)
    assert "Nothing is due any more." in await review.press("next")
    assert not [each for each in _buttons(review.result) if each.startswith("tw:review:more")]


async def test_sure_comes_back_later_than_guessed(world: World) -> None:
    """The two right answers of one run come back at different times."""
    await _practise(world, 2)
    await _later(world, 2)
    review = Review(world)
    await review.begin()
    times = []
    for how in ("sure", "guessed"):
        told = await review.answer(right=True, how=how)
        times.append(int(told.partition("It comes back <t:")[2].partition(":")[0]))
        await review.press("next")
    assert times[0] > times[1] + DAY.total_seconds()


async def test_a_review_goes_on_after_a_restart(world: World) -> None:
    """What was picked stands on the message; menus, buttons and the command itself go on where one was."""
    await _practise(world, 3)
    await _later(world, 2)
    review = Review(world)
    await review.begin()
    posed = await review.posed()
    await review.pick("".join(sorted(posed.key)))
    await world.restart()
    assert "✓ Right!" in await review.say("fairly")
    await world.restart()
    assert "Review 2 of 3" in await review.press("next")
    again = Review(world)
    told = await again.begin()
    assert "Going on where you stopped." in told
    assert "Review 2 of 3" in told
    await review.answer(right=True)
    assert "Review 3 of 3" in await again.pick("A")
    told = await Review(world).begin(questions=1)
    assert "Your earlier review has ended; its answers are kept. 1 card of yours due now." in told


async def test_three_weeks(world: World) -> None:
    """Day after day what was forgotten comes back soonest, and what is known ever more seldom."""
    await _practise(world, 4)
    counts = []
    for _ in range(21):
        await _later(world, 1)
        review = Review(world)
        told = await review.begin()
        count = 0
        while "Review " in told and " of " in told.split("·")[0]:
            await review.answer(right=True)
            told = await review.press("next")
            count += 1
        counts.append(count)
    assert sum(counts[:7]) == 4
    assert sum(counts) in range(4, 13)
    assert all(each in (0, 4) for each in counts)


async def test_what_does_not_stick_is_named(world: World) -> None:
    """A card forgotten eight times is named in the end with its trap, and leads to its card."""
    await _practise(world, 1, trap="md-102:antivirus-as-onboarding")
    review, end = Review(world), ""
    for _ in range(LEECH):
        await _later(world, 2)
        await review.begin()
        posed = await review.posed()
        letter = next(letter for letter, option in posed.options if option.trap == "antivirus-as-onboarding")
        await review.pick(letter)
        await review.say("sure")
        end = await review.press("next")
    assert "These will not stick" in end
    assert "forgotten 8 times\n-# 🪤 Antivirus policy ⇄ EDR" in end
    assert "tw:trap:new:md-102:antivirus-as-onboarding" in _buttons(review.result)
    assert "These will not stick" in await Review(world).begin()


async def test_a_card_that_the_channel_is_asked_is_left_out(world: World) -> None:
    """An item that comes into an open round before one said how sure one is gives nothing away."""
    await _practise(world, 1)
    await _later(world, 2)
    await world.set_up()
    review = Review(world)
    await review.begin()
    posed = await review.posed()
    await review.pick(min(posed.key))
    await world.post()
    await world.bot.close()
    world.edit_database(f"UPDATE rounds SET item_id = '{posed.item.id}' WHERE state = 'open'")  # noqa: S608 - ours
    await world.come_back()
    told = await review.say("sure")
    assert "open right now" in told
    assert "1 question left out" in told
    assert not any(option.why in told for _, option in posed.options)


async def test_a_review_left_for_a_day_is_over(world: World) -> None:
    """What was answered stays; the rest is due still."""
    await _practise(world, 2)
    await _later(world, 2)
    review = Review(world)
    await review.begin()
    await review.answer(right=True)
    await review.press("next")
    posed = await review.posed()
    await review.pick(min(posed.key))
    await _later(world, 2)
    told = await review.say("sure")
    assert "ended after a day" in told
    assert "1 card still due" in told


async def test_a_review_may_be_ended(world: World) -> None:
    """End here shows how it went, and what is due still."""
    await _practise(world, 2)
    await _later(world, 2)
    review = Review(world)
    await review.begin()
    assert "2 cards still due" in await review.press("end")


async def test_review_works_in_direct_messages(world: World) -> None:
    """One's cards are one's own: what was answered in a server comes back there too."""
    await _practise(world, 2)
    await _later(world, 2)
    alone = Review(world, world.ann.user)
    assert "2 cards of yours due now." in await alone.begin()
    assert "✓ Right!" in await alone.answer(right=True)


async def test_banks_are_suggested_and_checked(world: World) -> None:
    """While typing, banks are listed; another word gets a sentence."""
    banks = await world.ann.autocomplete(world.channel, "review", "bank", "")
    assert [each["value"] for each in banks] == ["md-102", "version-control"]
    assert "I have no bank named" in await Review(world).begin(bank="xyz")
