"""What a menu offers to choose from: an item's options by their letters."""

import discord

from bot.chat.render.private import label
from bot.domain.item import ItemKind
from bot.domain.posed import PosedItem


def options_of(posed: PosedItem, picked: str = "") -> list[discord.SelectOption]:
    """Give an item's options, some of them picked already; the value of each is its letter."""
    return [
        discord.SelectOption(label=label(letter, option.text), value=letter, default=letter in picked)
        for letter, option in posed.options
    ]


def most_of(posed: PosedItem) -> int:
    """Say how many may be chosen: one, or any number of a multi-select item."""
    return len(posed.options) if posed.item.kind is ItemKind.MULTIPLE else 1
