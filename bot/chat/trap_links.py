"""Links to trap cards, for messages that the cards themselves lead to; `bot.chat.trap_buttons` answers them."""

from typing import Any

import discord
from discord import ui

from bot.chat.render.text import cut
from bot.domain.trap import Trap

TRAP = r"tw:trap:(?P<how>new|turn):(?P<bank>[a-z0-9-]+):(?P<trap>[a-z0-9-]+)"
"""The custom ids of buttons that show a card below their message (`new`) or in its place (`turn`)."""

SIGN = "🪤"
LABEL = 80
"""Characters of a button's label."""


def card_id(bank_id: str, trap_id: str, *, turns: bool = False) -> str:
    """Give the custom id of a button that shows a trap's card."""
    return f"tw:trap:{'turn' if turns else 'new'}:{bank_id}:{trap_id}"


def trap_link(bank_id: str, trap: Trap) -> ui.Button[Any]:
    """Make a button that shows a trap's card below the message it is on."""
    return ui.Button(
        custom_id=card_id(bank_id, trap.id),
        label=cut(trap.name, LABEL),
        emoji=SIGN,
        style=discord.ButtonStyle.secondary,
    )
