"""The routes about reactions: adding, removing, clearing, and listing who reacted, a page at a time."""

from typing import Any

from tests.wire import payloads, reactions
from tests.wire.permissions import Can, require
from tests.wire.routes.call import Call, Routes, snowflake_of
from tests.wire.state import Message

_PAGE = 100
_DEFAULT_PAGE = 25
_BURST = 1


async def _add(call: Call) -> None:
    message, emoji = _message(call), call.path["emoji"]
    if emoji not in message.reactions:
        # Joining an emoji that is there needs no permission to add one.
        require(call.world, call.world.channel(message.channel_id), Can.ADD_REACTIONS)
    reactions.add(call.world, message, call.world.bot.id, emoji)


async def _remove_own(call: Call) -> None:
    _remove(call, call.world.bot.id)


async def _remove_other(call: Call) -> None:
    message = _message(call)
    member_id = call.id("member_id")
    if member_id != call.world.bot.id:
        require(call.world, call.world.channel(message.channel_id), Can.MANAGE_MESSAGES)
    _remove(call, member_id)


def _remove(call: Call, user_id: int) -> None:
    message, emoji = _message(call), call.path["emoji"]
    reactions.check_emoji(emoji)
    # The documented route is about ordinary reactions: a super reaction stays.
    reactions.remove(call.world, message, user_id, emoji, by=call.world.bot.id)


async def _clear(call: Call) -> None:
    message = _message(call, Can.MANAGE_MESSAGES)
    reactions.clear(call.world, message, by=call.world.bot.id)


async def _clear_emoji(call: Call) -> None:
    message = _message(call, Can.MANAGE_MESSAGES)
    reactions.check_emoji(call.path["emoji"])
    reactions.clear_emoji(call.world, message, call.path["emoji"], by=call.world.bot.id)


async def _users(call: Call) -> list[Any]:
    message, emoji = _message(call), call.path["emoji"]
    reactions.check_emoji(emoji)
    limit = call.number("limit", default=_DEFAULT_PAGE, most=_PAGE)
    after = snowflake_of("after", call.query.get("after", "0"))
    reaction = message.reactions.get(emoji)
    if reaction is None:
        return []
    holders = reaction.holders(burst=int(call.query.get("type", 0)) == _BURST)
    page = sorted(holder for holder in holders if holder > after)[:limit]
    return [payloads.user(call.world.users[holder]) for holder in page]


def _message(call: Call, *needed: Can) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    require(call.world, channel, Can.READ_MESSAGE_HISTORY, *needed)
    return call.world.message(call.id("message_id"), channel_id=channel.id)


_ALL = "/channels/{channel_id}/messages/{message_id}/reactions"

ROUTES: Routes = {
    f"PUT {_ALL}/{{emoji}}/@me": _add,
    f"DELETE {_ALL}/{{emoji}}/@me": _remove_own,
    f"DELETE {_ALL}/{{emoji}}/{{member_id}}": _remove_other,
    f"DELETE {_ALL}/{{emoji}}": _clear_emoji,
    f"DELETE {_ALL}": _clear,
    f"GET {_ALL}/{{emoji}}": _users,
}
