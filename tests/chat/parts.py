"""Parts of messages as Discord keeps them, to be looked at or changed behind everybody's back."""

from collections.abc import Iterable, Iterator
from typing import Any

import discord
from simcord.results import ResponseMessage

from tests.chat.world import World


def part(group: World, message: discord.Message | ResponseMessage, begins: str) -> dict[str, Any]:
    """Give the first button or menu of a message whose custom id begins so."""
    return next(each for each in parts(group, message) if str(each.get("custom_id", "")).startswith(begins))


def parts(group: World, message: discord.Message | ResponseMessage) -> list[dict[str, Any]]:
    """List all parts of a message, those within others too."""
    channel_id = message.channel_id if isinstance(message, ResponseMessage) else message.channel.id
    return list(_within(group.env.backend.get_message(channel_id, message.id).components))


def _within(components: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for each in components:
        yield each
        yield from _within(each.get("components", []))
