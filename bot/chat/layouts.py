"""Components V2 layouts: blocks of text in a frame, with buttons below."""

from collections.abc import Iterable, Sequence
from typing import Any

import discord
from discord import ui

ACCENT = discord.Colour(0x4F6BED)
REVEALED = discord.Colour(0x2E9E6B)


def card(
    texts: Iterable[str], *, buttons: Sequence[ui.Item[Any]] = (), accent: discord.Colour = ACCENT
) -> ui.LayoutView:
    """Frame texts, a line between them, and put up to five buttons below."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=accent)
    for place, text in enumerate(texts):
        if place:
            container.add_item(ui.Separator(spacing=discord.SeparatorSpacing.small))
        container.add_item(ui.TextDisplay(text))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    if buttons:
        view.add_item(ui.ActionRow(*buttons))
    view.stop()
    return view


def row(*buttons: ui.Item[Any]) -> ui.View:
    """Put buttons below a plain message.

    Every button carries its meaning in its custom id and is answered by its class, also after a restart: the view is
    stopped at once, so that discord.py keeps nothing in memory for it.
    """
    view = ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return view
