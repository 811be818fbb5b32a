"""Suggestions while typing, in Discord's form."""

from collections.abc import Iterable

from discord import app_commands

from bot.chat.render.text import cut
from bot.services.library import Suggestion

_LIMIT = 100


def choices(suggestions: Iterable[Suggestion]) -> list[app_commands.Choice[str]]:
    """Turn suggestions into choices; names are at most 100 characters."""
    return [app_commands.Choice(name=cut(each.label, _LIMIT), value=each.value) for each in suggestions]
