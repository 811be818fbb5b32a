"""What a menu offers to choose from: an item's options by their letters."""

import discord

from bot.chat.render.private import label
from bot.domain.posed import PosedItem


def options_of(posed: PosedItem, picked: str = "") -> list[discord.SelectOption]:
    """Give an item's options, some of them picked already; the value of each is its letter."""
    return [
        discord.SelectOption(label=label(letter, option.text), value=letter, default=letter in picked)
        for letter, option in posed.options
    ]
