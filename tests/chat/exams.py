"""An exam as its member has it before them, and messages with parts that nobody was given."""

import re
from dataclasses import replace
from typing import Any

import discord
import simcord
from discord import ui

from bot.chat.layouts import card
from bot.domain.sitting import Entry, Sitting
from bot.services.library import Shelf
from bot.services.offering import Learner
from tests.chat.world import World, custom_ids, said


def one_lesson(shelves: list[Shelf]) -> list[Shelf]:
    """Leave of the banks what these tests count on: one lesson, of two domains, with 32 items."""
    shelf = shelves[0]
    lesson = shelf.bank.lessons["6.2"]
    lessons = {"6.2": replace(lesson, items=lesson.items[:32])}
    return [replace(shelf, bank=replace(shelf.bank, lessons=lessons))]


def message_of(result: simcord.InteractionResult) -> discord.Message:
    """Give the private message of an answer, as it is now."""
    assert result.response is not None
    message = result.response.message
    assert message is not None
    return message


class Sat:
    """An exam as its member goes through it: one message, which changes."""

    def __init__(self, world: World, who: Any, result: simcord.InteractionResult) -> None:  # noqa: ANN401 - member or user
        self.world, self.who, self.result = world, who, result
        found = re.search(r"tw:exam:item:go:(\d+)", " ".join(self.ids))
        self.id = int(found[1]) if found else 0

    @property
    def text(self) -> str:
        """All that the page says."""
        return said(self.result)

    @property
    def ids(self) -> list[str]:
        """The custom ids of its buttons and menus."""
        return custom_ids(message_of(self.result))

    @property
    def shown(self) -> str:
        """Everything there is to see, with the labels of buttons and options."""
        return str([part.to_dict() for part in message_of(self.result).components])

    async def sitting(self) -> Sitting:
        """The exam as it is stored."""
        guild_id = self.world.guild.id if isinstance(self.who, simcord.MemberActor) else None
        learner = Learner(member_id=self.who.id, guild_id=guild_id)
        return await self.world.bot.client.services.sittings.find(learner, self.id)

    async def entry(self) -> Entry:
        """What is asked now."""
        (menu,) = (each for each in self.ids if each.startswith("tw:exam:pick:"))
        return (await self.sitting()).entries[int(menu.split(":")[4]) - 1]

    async def press(self, begins: str) -> str:
        """Press a button; gives what is shown then."""
        custom_id = next(each for each in self.ids if each.startswith(f"tw:exam:{begins}"))
        self.result = await self.who.click(message_of(self.result), custom_id=custom_id)
        return self.text

    async def choose(self, value: str, begins: str = "pick") -> str:
        """Choose from a menu; gives what is shown then."""
        custom_id = next(each for each in self.ids if f"{each}:".startswith(f"tw:exam:{begins}:"))
        values = list(value) if begins == "pick" else [value]
        self.result = await self.who.select(message_of(self.result), values, custom_id=custom_id)
        return self.text

    async def answer(self, *, right: bool) -> str:
        """Answer what is asked now; gives what is shown then."""
        posed = (await self.entry()).posed
        wrong = [letter for letter, option in posed.options if not option.correct]
        trapped = [letter for letter, option in posed.options if option.trap]
        return await self.choose("".join(sorted(posed.key)) if right else (trapped or wrong)[0])

    async def hand_in(self) -> str:
        """Hand in from an overview or a question, with the confirmation where it is asked for."""
        if any(each.startswith("tw:exam:all:") for each in self.ids):
            await self.press("all:")
        told = await self.press("hand:")
        return await self.press(f"hand:{self.id}:now") if "Hand in now?" in told else told


async def begun(world: World, who: simcord.MemberActor | None = None, **options: object) -> Sat:
    """Use `/exam start`, as Ann unless someone else is named."""
    who = who or world.ann
    return Sat(world, who, await who.slash(world.channel, "exam start", **options))


async def at_first(world: World, who: simcord.MemberActor | None = None, **options: object) -> Sat:
    """Begin an exam and go to its first question."""
    sat = await begun(world, who, **options)
    await sat.press("item:go:")
    return sat


async def left(world: World, *parts: ui.Item[Any]) -> discord.Message:
    """Leave a message of the bot with buttons on it, which its members never had before them."""
    channel = world.bot.client.get_channel(world.channel.id)
    assert isinstance(channel, discord.TextChannel)
    layout = card(["Left over"])
    for part in parts:
        layout.add_item(ui.ActionRow(part))
    return await channel.send(view=layout)


async def use(who: simcord.MemberActor, message: discord.Message, part: Any) -> str:  # noqa: ANN401 - any button or menu
    """Press a button, or choose the first option of a menu, and give what the bot says."""
    if isinstance(part.item, ui.Select):
        return said(await who.select(message, [part.item.options[0].value], custom_id=part.custom_id))
    return said(await who.click(message, custom_id=part.custom_id))
