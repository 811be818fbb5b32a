"""The bases of buttons and menus: their meaning is in the custom id, so a restart is nothing, and errors reach people.

An exception in a dynamic item's callback reaches no error hook of discord.py: `callback` here is the one guard.
"""

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

import discord
from discord import ui

from bot.chat.replies import Interaction, in_time, refuse
from bot.domain.errors import OrganisersOnly

_Part = TypeVar("_Part", bound=ui.Item[Any])


class Guarded(ui.DynamicItem[_Part], Generic[_Part], template=r"tw:base"):
    """A part of a message whose subclass says what using it does.

    `organisers` limits it to people with Manage Server. `in_place` belongs to parts of private messages: the answer, or
    the refusal, takes the place of the message.
    """

    organisers: ClassVar[bool] = False
    in_place: ClassVar[bool] = False

    @classmethod
    async def from_custom_id(cls, interaction: Interaction, item: ui.Item[Any], match: re.Match[str], /) -> Self:
        del interaction, item
        return cls.parse(match.groupdict())

    @classmethod
    @abstractmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        """Make the part again from the named groups of its template."""

    @abstractmethod
    async def pressed(self, interaction: Interaction) -> None:
        """Do what the part is for; any exception becomes a private sentence."""

    async def callback(self, interaction: Interaction) -> None:
        try:
            self._check(interaction)
            async with in_time(interaction, in_place=self.in_place):
                await self.pressed(interaction)
        except Exception as error:  # noqa: BLE001 - the guard that turns every error into a sentence
            await refuse(interaction, error, in_place=self.in_place)

    def _check(self, interaction: Interaction) -> None:
        if self.organisers and not interaction.permissions.manage_guild:
            raise OrganisersOnly


class TrapwiseButton(Guarded[ui.Button[Any]], template=r"tw:base"):
    """A button; its subclass says what pressing it does."""

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


class NumberedButton(TrapwiseButton, template=r"tw:base"):
    """A button that is about one thing and nothing else; `word` names it in its custom id, before the thing's id."""

    word: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary
    emoji: ClassVar[str | None] = None

    def __init_subclass__(cls, *, word: str) -> None:
        cls.word = word
        super().__init_subclass__(template=rf"tw:{word}:(?P<number>\d{{1,18}})")

    def __init__(self, number: int) -> None:
        super().__init__(f"tw:{self.word}:{number}", self.label, style=self.style, emoji=self.emoji)
        self.number = number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["number"]))

    @classmethod
    def number_of(cls, message: discord.Message) -> int | None:
        """Give the id that such a button below a message is about; `None` when it has none."""
        start = f"tw:{cls.word}:"
        for component in message.components:
            for child in getattr(component, "children", ()):
                custom_id: Any = getattr(child, "custom_id", None)
                if isinstance(custom_id, str) and custom_id.startswith(start):
                    return int(custom_id.removeprefix(start))
        return None


class RoundButton(NumberedButton, word="base"):
    """A button that is about one round and nothing else."""

    @property
    def round_id(self) -> int:
        """The round that it is about."""
        return self.number

    @classmethod
    def round_of(cls, message: discord.Message) -> int | None:
        """Give the round that such a button below a message is about; `None` when it has none."""
        return cls.number_of(message)


class TrapwiseMenu(Guarded[ui.Select[Any]], template=r"tw:base"):
    """A menu to choose from, one option or up to `most`; its subclass says what choosing does.

    Clients go on showing what somebody picked in a menu also when its message has changed: only one with another custom
    id is another menu to them.
    """

    def __init__(
        self, custom_id: str, options: Sequence[discord.SelectOption] = (), *, most: int = 1, placeholder: str = ""
    ) -> None:
        menu: ui.Select[Any] = ui.Select(
            custom_id=custom_id, options=list(options), max_values=most, placeholder=placeholder or None
        )
        super().__init__(menu)

    @property
    def chosen(self) -> list[str]:
        """The values of what was chosen just now."""
        return self.item.values
