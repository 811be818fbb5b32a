"""The menu that Answer privately opens, as its member has it before them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import simcord
from simcord.results import ResponseMessage

from tests.chat.world import World, said

_MENU = 3
"""Discord's number for a menu of texts."""


@dataclass(frozen=True, slots=True)
class Menu:
    """A private message with a menu; it changes as the bot changes it."""

    who: simcord.MemberActor
    message: ResponseMessage

    @property
    def text(self) -> str:
        """What stands above the menu."""
        return self.message.content

    @property
    def select(self) -> Mapping[str, Any]:
        """The menu itself, as Discord describes it."""
        return next(part for row in self.message.components for part in row["components"] if part["type"] == _MENU)

    @property
    def picked(self) -> str:
        """The letters that are picked already."""
        return "".join(each["value"] for each in self.select["options"] if each.get("default"))

    @property
    def buttons(self) -> list[str]:
        """The labels of the buttons below it."""
        return [part["label"] for row in self.message.components for part in row["components"] if "label" in part]

    async def choose(self, letters: str) -> str:
        """Choose, and give what the bot answers."""
        return said(await self.who.select(self.message, list(letters), custom_id=self.select["custom_id"]))

    async def withdraw(self) -> str:
        """Press Withdraw, and give what the bot answers."""
        return said(await self.who.click(self.message, label="Withdraw"))


async def opened(group: World, who: simcord.MemberActor) -> Menu:
    """Press Answer privately under the newest question."""
    result = await who.click(group.posts()[-1], label="Answer privately")
    assert result.response is not None, "the button was not answered"
    assert result.response.ephemeral, "the menu is private"
    return Menu(who, result.response)


async def choose(group: World, who: simcord.MemberActor, letters: str) -> str:
    """Answer the newest question privately in one go, and give the receipt."""
    return await (await opened(group, who)).choose(letters)
