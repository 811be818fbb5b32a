"""Components V2 layouts: blocks of text and pictures in a frame, with buttons and a menu below."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import discord
from discord import ui

from bot.chat.render.blocks import Block, Picture

ACCENT = discord.Colour(0x4F6BED)
REVEALED = discord.Colour(0x2E9E6B)


def card(
    blocks: Iterable[Block],
    *,
    buttons: Sequence[ui.Item[Any]] = (),
    links: Sequence[ui.Item[Any]] = (),
    menus: Sequence[ui.Item[Any]] = (),
    accent: discord.Colour = ACCENT,
) -> ui.LayoutView:
    """Frame texts and pictures, a line between them, and put up to five buttons, up to five links and menus below.

    The files of pictures have to be sent along: `show` and `turn` of `bot.chat.replies` take the pictures for that.
    """
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=accent)
    for place, block in enumerate(blocks):
        if place:
            container.add_item(ui.Separator(spacing=discord.SeparatorSpacing.small))
        container.add_item(_shown(block))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    for items in (buttons, links, *([menu] for menu in menus)):
        if items:
            view.add_item(ui.ActionRow(*items))
    view.stop()
    return view


def _shown(block: Block) -> ui.Item[ui.LayoutView]:
    if isinstance(block, str):
        return ui.TextDisplay(block)
    return ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{block.name}", description=block.alt))


def files(pictures: Iterable[Picture]) -> list[discord.File]:
    """Give pictures as files to send; each sending takes its own."""
    return [discord.File(BytesIO(picture.data), filename=picture.name) for picture in pictures]


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
