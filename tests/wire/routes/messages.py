"""The routes about messages: sending, reading, history, changing, threads, and direct conversations."""

from itertools import islice

from tests.wire import messages, payloads
from tests.wire.forms import check_message
from tests.wire.permissions import Can, may, require, speaks_with
from tests.wire.refusals import (
    ARCHIVED,
    NO_REPLY_WITHOUT_HISTORY,
    NOT_THE_AUTHOR,
    TAKES_NO_MESSAGES,
    THREAD_EXISTS,
    UNKNOWN_USER,
    Refused,
    bad_form,
)
from tests.wire.routes.call import Call, Routes, snowflake_of
from tests.wire.state import Channel, ChannelKind, Json, Message

_PAGE, _DEFAULT_PAGE = 100, 50
_THREAD_NAME = 100


async def _send(call: Call) -> Json:
    world, channel, form = call.world, call.world.channel(call.id("channel_id")), call.body or {}
    require(world, channel, speaks_with(channel), *([Can.ATTACH_FILES] if call.files else []))
    _check_reachable(call, channel)
    check_message(form, files=len(call.files))
    form = form | {"message_reference": _reference(call, channel, form)}
    message = messages.remembered(world, world.bot, form)
    if message is None:
        message = messages.create(world, channel, world.bot, form, files=call.files)
    return payloads.message(message, world)


def _check_reachable(call: Call, channel: Channel) -> None:
    if channel.archived:
        raise Refused(ARCHIVED)
    if channel.kind is ChannelKind.DIRECT and not call.world.users[channel.recipient or 0].takes_messages:
        raise Refused(TAKES_NO_MESSAGES)


def _reference(call: Call, channel: Channel, form: Json) -> Json | None:
    wanted = form.get("message_reference")
    if wanted is None:
        return None
    if not may(call.world, channel, Can.READ_MESSAGE_HISTORY):
        raise Refused(NO_REPLY_WITHOUT_HISTORY)
    message_id = snowflake_of("message_reference", str(wanted["message_id"]))
    if message_id not in channel.messages:
        if wanted.get("fail_if_not_exists", True):
            raise bad_form(message_reference=("REPLIES_UNKNOWN_MESSAGE", "Unknown message"))
        return None
    place = {"type": 0, "message_id": str(message_id), "channel_id": str(channel.id)}
    return place if channel.guild_id is None else place | {"guild_id": str(channel.guild_id)}


async def _get(call: Call) -> Json:
    return payloads.message(_found(call, Can.READ_MESSAGE_HISTORY), call.world)


async def _history(call: Call) -> list[Json]:
    channel = call.world.channel(call.id("channel_id"))
    require(call.world, channel)
    if not may(call.world, channel, Can.READ_MESSAGE_HISTORY):
        # Discord does not refuse this: there is just nothing to be seen.
        return []
    limit = call.number("limit", default=_DEFAULT_PAGE, most=_PAGE)
    page = sorted(_page(call, channel, limit), key=lambda message: message.id, reverse=True)
    return [payloads.message(message, call.world) for message in page]


def _page(call: Call, channel: Channel, limit: int) -> list[Message]:
    newest_first, held = reversed(channel.messages.values()), channel.messages.values()
    if "around" in call.query:
        middle = snowflake_of("around", call.query["around"])
        return sorted(held, key=lambda message: abs(message.id - middle))[:limit]
    if "after" in call.query:
        after = snowflake_of("after", call.query["after"])
        return list(islice((message for message in held if message.id > after), limit))
    before = snowflake_of("before", call.query.get("before", str(1 << 63)))
    return list(islice((message for message in newest_first if message.id < before), limit))


async def _edit(call: Call) -> Json:
    message = _found(call)
    if message.author is not call.world.bot:
        raise Refused(NOT_THE_AUTHOR)
    check_message(call.body or {}, files=len(call.files), empty=True)
    messages.edit(call.world, message, call.body or {})
    return payloads.message(message, call.world)


async def _delete(call: Call) -> None:
    message = _found(call)
    if message.author is not call.world.bot:
        require(call.world, call.world.channel(message.channel_id), Can.MANAGE_MESSAGES)
    messages.delete(call.world, message)


async def _open_thread(call: Call) -> Json:
    message = _found(call, Can.CREATE_PUBLIC_THREADS)
    name = (call.body or {}).get("name") or ""
    if not 1 <= len(name) <= _THREAD_NAME:
        raise bad_form(name=("BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {_THREAD_NAME} in length."))
    if message.thread_id is not None:
        raise Refused(THREAD_EXISTS)
    channel = call.world.channel(message.channel_id)
    return payloads.channel(messages.open_thread(call.world, channel, message, name), call.world)


async def _get_channel(call: Call) -> Json:
    channel = call.world.channel(call.id("channel_id"))
    require(call.world, channel)
    return payloads.channel(channel, call.world)


async def _typing(call: Call) -> None:
    require(call.world, call.world.channel(call.id("channel_id")), Can.SEND_MESSAGES)


async def _direct(call: Call) -> Json:
    user = call.world.users.get(int((call.body or {}).get("recipient_id") or 0))
    if user is None:
        raise Refused(UNKNOWN_USER)
    return payloads.channel(messages.direct_channel(call.world, user), call.world)


def _found(call: Call, *needed: Can) -> Message:
    channel = call.world.channel(call.id("channel_id"))
    require(call.world, channel, *needed)
    return call.world.message(call.id("message_id"), channel_id=channel.id)


_ALL = "/channels/{channel_id}/messages"
_ONE = f"{_ALL}/{{message_id}}"

ROUTES: Routes = {
    f"POST {_ALL}": _send,
    f"GET {_ALL}": _history,
    f"GET {_ONE}": _get,
    f"PATCH {_ONE}": _edit,
    f"DELETE {_ONE}": _delete,
    f"POST {_ONE}/threads": _open_thread,
    "GET /channels/{channel_id}": _get_channel,
    "POST /channels/{channel_id}/typing": _typing,
    "POST /users/@me/channels": _direct,
}
