"""What happens to reactions, whoever causes it: the change, the note of it, and the event about it."""

from datetime import datetime

import orjson

from tests.wire import payloads
from tests.wire.refusals import TOO_MANY_REACTIONS, UNKNOWN_EMOJI, Refused
from tests.wire.state import Message, Reaction, Tap, World

MOST_EMOJI = 20
"""How many different emoji a message takes."""

_LONGEST_EMOJI = 16
_VARIATION_SELECTOR = "\ufe0f"


def add(world: World, message: Message, user_id: int, emoji: str, *, burst: bool = False) -> bool:
    """Put a reaction on a message; false when it was there.

    Raises:
        Refused: the emoji is unknown, or would be the twenty-first.
    """
    if not put(world, message, user_id, emoji, burst=burst):
        return False
    body = added_body(world, message, user_id, emoji, burst=burst, nth=len(message.taps) - 1)
    world.emit("MESSAGE_REACTION_ADD", body, message.guild_id)
    return True


def put(world: World, message: Message, user_id: int, emoji: str, *, burst: bool = False) -> bool:
    """Put a reaction on a message without an event about it; false when it was there."""
    reaction = message.reactions.get(emoji)
    if reaction is None:
        check_emoji(emoji)
        if len(message.reactions) >= MOST_EMOJI:
            raise Refused(TOO_MANY_REACTIONS)
        reaction = message.reactions[emoji] = Reaction(emoji=emoji)
    holders = reaction.holders(burst=burst)
    if user_id in holders:
        return False
    holders[user_id] = now = world.clock()
    _note(world, message, now, user_id, emoji, burst=burst, added=True, by=user_id)
    return True


def remove(world: World, message: Message, user_id: int, emoji: str, *, burst: bool = False, by: int = 0) -> bool:
    """Take a reaction off a message, by its owner unless said otherwise; false when it was not there."""
    if not take(world, message, user_id, emoji, burst=burst, by=by):
        return False
    body = removed_body(message, user_id, emoji, burst=burst, nth=len(message.taps) - 1)
    world.emit("MESSAGE_REACTION_REMOVE", body, message.guild_id)
    return True


def take(world: World, message: Message, user_id: int, emoji: str, *, burst: bool = False, by: int = 0) -> bool:
    """Take a reaction off a message without an event about it; false when it was not there."""
    reaction = message.reactions.get(emoji)
    if reaction is None or reaction.holders(burst=burst).pop(user_id, None) is None:
        return False
    if not (reaction.normal or reaction.burst):
        del message.reactions[emoji]
    _note(world, message, world.clock(), user_id, emoji, burst=burst, added=False, by=by or user_id)
    return True


def clear(world: World, message: Message, *, by: int) -> None:
    """Take every reaction off a message."""
    for emoji in list(message.reactions):
        _forget(world, message, emoji, by=by)
    world.tell("MESSAGE_REACTION_REMOVE_ALL", _place(message), message.guild_id)


def clear_emoji(world: World, message: Message, emoji: str, *, by: int) -> None:
    """Take one emoji off a message, whoever holds it."""
    _forget(world, message, emoji, by=by)
    payload = _place(message) | {"emoji": payloads.emoji(emoji)}
    world.tell("MESSAGE_REACTION_REMOVE_EMOJI", payload, message.guild_id)


def check_emoji(emoji: str) -> None:
    """Refuse what is no emoji; Discord knows a regional indicator only without a variation selector."""
    name, _, emoji_id = emoji.partition(":")
    own = emoji_id.isdecimal() and name.isidentifier()
    character = not emoji.isascii() and len(emoji) <= _LONGEST_EMOJI and not emoji.endswith(_VARIATION_SELECTOR)
    if not (own or character):
        raise Refused(UNKNOWN_EMOJI)


def added_body(
    world: World, message: Message, user_id: int, emoji: str, *, burst: bool = False, nth: int | None = None
) -> bytes:
    """Give the JSON of an event about a reaction that was added.

    Beside what Discord tells, `nth` is the place of the change among all of the message, for whoever takes minutes.
    """
    payload: dict[str, object] = _tapped(message, user_id, emoji, burst=burst, nth=nth)
    payload["message_author_id"] = str(message.author.id)
    if burst:
        payload["burst_colors"] = ["#5865f2"]
    guild = world.guilds.get(message.guild_id or 0)
    if guild is not None and user_id in guild.members:
        payload["member"] = orjson.Fragment(payloads.member_bytes(guild.members[user_id]))
    return orjson.dumps(payload)


def removed_body(message: Message, user_id: int, emoji: str, *, burst: bool = False, nth: int | None = None) -> bytes:
    """Give the JSON of an event about a reaction that was removed; `nth` as for one that was added."""
    return orjson.dumps(_tapped(message, user_id, emoji, burst=burst, nth=nth))


def _tapped(message: Message, user_id: int, emoji: str, *, burst: bool, nth: int | None) -> dict[str, object]:
    place = _place(message) if nth is None else _place(message) | {"nth": nth}
    return place | {
        "user_id": str(user_id),
        "emoji": payloads.emoji(emoji),
        "burst": burst,
        "type": int(burst),
    }


def _place(message: Message) -> dict[str, object]:
    place: dict[str, object] = {"channel_id": str(message.channel_id), "message_id": str(message.id)}
    return place if message.guild_id is None else place | {"guild_id": str(message.guild_id)}


def _forget(world: World, message: Message, emoji: str, *, by: int) -> None:
    reaction = message.reactions.pop(emoji, None)
    if reaction is None:
        return
    now = world.clock()
    for burst in (False, True):
        for user_id in reaction.holders(burst=burst):
            _note(world, message, now, user_id, emoji, burst=burst, added=False, by=by)


def _note(
    world: World, message: Message, at: datetime, user_id: int, emoji: str, *, burst: bool, added: bool, by: int
) -> None:
    if world.keep_taps:
        message.taps.append(Tap(at=at, user_id=user_id, emoji=emoji, burst=burst, added=added, by=by))
