"""The base of every button: its meaning is in its custom id, so it works after a restart, and its errors reach people.

An exception in a dynamic item's callback reaches no error hook of discord.py: `callback` here is the one guard.
"""

import re
from abc import abstractmethod
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.chat.replies import Interaction, in_time, refuse
from bot.domain.errors import OrganisersOnly


class TrapwiseButton(ui.DynamicItem[ui.Button[Any]], template=r"tw:base"):
    """A button whose subclass says what pressing it does; `organisers` limits it to people with Manage Server."""

    organisers: ClassVar[bool] = False

    def __init__(
        self,
        custom_id: str,
        label: str,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        emoji: str | None = None,
        disabled: bool = False,
    ) -> None:
        super().__init__(ui.Button(custom_id=custom_id, label=label, style=style, emoji=emoji, disabled=disabled))

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        del interaction, item
        return cls.parse(match.groupdict())

    @classmethod
    @abstractmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        """Make the button again from the named groups of its template."""

    @abstractmethod
    async def pressed(self, interaction: Interaction) -> None:
        """Do what the button is for; any exception becomes a private sentence."""

    async def callback(self, interaction: Interaction) -> None:
        try:
            self._check(interaction)
            async with in_time(interaction):
                await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - the guard that turns every error into a sentence
            await refuse(interaction, error)

    def _check(self, interaction: Interaction) -> None:
        if self.organisers and not interaction.permissions.manage_guild:
            raise OrganisersOnly
