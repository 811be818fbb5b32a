"""What happens to messages and threads, whoever causes it: the change, and the event about it."""

import re
import time

from tests.wire import payloads
from tests.wire.state import Channel, ChannelKind, Json, Message, User, World

_ROLE_MENTION = re.compile(r"<@&(\d+)>")
_BUTTON, _SEPARATOR, _CONTAINER = 2, 14, 17
_DEFAULTS: dict[int, Json] = {
    _BUTTON: {"disabled": False},
    _SEPARATOR: {"divider": True, "spacing": 1},
    _CONTAINER: {"accent_color": None, "spoiler": False},
}


def create(world: World, channel: Channel, author: User, form: Json, *, files: list[Json] | None = None) -> Message:
    """Put a message into a channel."""
    message = make(world, channel, author, form, files=files)
    channel.messages[message.id] = world.messages[message.id] = message
    nonce = form.get("nonce")
    if nonce is not None:
        message.nonce = str(nonce)
        world.nonces[author.id, str(nonce)] = (message.id, time.monotonic())
    world.tell("MESSAGE_CREATE", _event(message, world), channel.guild_id)
    return message


def make(world: World, channel: Channel, author: User, form: Json, *, files: list[Json] | None = None) -> Message:
    """Make a message that is in no channel yet: a private answer, for one."""
    described = {int(each["id"]): each for each in form.get("attachments") or []}
    return Message(
        id=world.ids(),
        channel_id=channel.id,
        guild_id=channel.guild_id,
        author=author,
        content=form.get("content") or "",
        components=numbered(form.get("components") or []),
        embeds=form.get("embeds") or [],
        attachments=[_attachment(world, each, described.get(place, {})) for place, each in enumerate(files or [])],
        flags=int(form.get("flags") or 0),
        mention_roles=_pinged(form),
        reference=form.get("message_reference"),
    )


def remembered(world: World, author: User, form: Json) -> Message | None:
    """Give the message that was sent with the same nonce a short while ago, when the form asks for that."""
    if not form.get("enforce_nonce") or form.get("nonce") is None:
        return None
    message_id, at = world.nonces.get((author.id, str(form["nonce"])), (0, 0.0))
    if time.monotonic() - at > world.nonce_seconds:
        return None
    return world.messages.get(message_id)


def edit(world: World, message: Message, form: Json) -> None:
    """Change a message, keeping what the form does not name."""
    if "content" in form:
        message.content = form["content"] or ""
    if "components" in form:
        message.components = numbered(form["components"] or [])
    if "embeds" in form:
        message.embeds = form["embeds"] or []
    message.flags |= int(form.get("flags") or 0)
    message.edited_at = world.clock()
    if message.id in world.messages:
        world.tell("MESSAGE_UPDATE", _event(message, world), message.guild_id)


def delete(world: World, message: Message) -> None:
    """Delete a message; it is kept among those that are gone, for tests to look at."""
    world.gone[message.id] = world.messages.pop(message.id)
    world.channels[message.channel_id].messages.pop(message.id, None)
    world.tell(
        "MESSAGE_DELETE",
        {"id": str(message.id), "channel_id": str(message.channel_id), "guild_id": str(message.guild_id)},
        message.guild_id,
    )


def open_thread(world: World, channel: Channel, message: Message, name: str) -> Channel:
    """Open a thread on a message; it has the message's id."""
    announcements = channel.kind is ChannelKind.ANNOUNCEMENT
    thread = Channel(
        id=message.id,
        name=name,
        kind=ChannelKind.ANNOUNCEMENT_THREAD if announcements else ChannelKind.PUBLIC_THREAD,
        guild_id=channel.guild_id,
        parent_id=channel.id,
    )
    message.thread_id = thread.id
    world.channels[thread.id] = world.guild(channel.guild_id).threads[thread.id] = thread
    world.tell("THREAD_CREATE", payloads.channel(thread, world) | {"newly_created": True}, channel.guild_id)
    return thread


def direct_channel(world: World, user: User) -> Channel:
    """Give the conversation with someone, opening it when there is none."""
    for channel in world.channels.values():
        if channel.kind is ChannelKind.DIRECT and channel.recipient == user.id:
            return channel
    channel = Channel(id=world.ids(), name="", kind=ChannelKind.DIRECT, recipient=user.id)
    world.channels[channel.id] = channel
    return channel


def numbered(components: list[Json]) -> list[Json]:
    """Give components the numbers and the defaults that Discord gives them when they are sent without."""
    count = 0

    def visit(part: Json) -> Json:
        nonlocal count
        count += 1
        made = {"id": count, **_DEFAULTS.get(part.get("type", 0), {}), **part}
        if "components" in part:
            made["components"] = [visit(each) for each in part["components"]]
        if part.get("accessory"):
            made["accessory"] = visit(part["accessory"])
        return made

    return [visit(each) for each in components]


def _event(message: Message, world: World) -> Json:
    """Describe a message for an event, which says where it is."""
    described = payloads.message(message, world)
    return described if message.guild_id is None else described | {"guild_id": str(message.guild_id)}


def _attachment(world: World, file: Json, described: Json) -> Json:
    name = described.get("filename") or file["filename"]
    address = f"http://127.0.0.1/attachments/{name}"
    made = {"id": str(world.ids()), "filename": name, "size": file["size"], "url": address, "proxy_url": address}
    return made | {key: described[key] for key in ("description",) if described.get(key)}


def _pinged(form: Json) -> list[str]:
    """List the roles that a message pings: named in it, and allowed to be."""
    named = _ROLE_MENTION.findall(form.get("content") or "")
    allowed = form.get("allowed_mentions")
    if allowed is None or "roles" in allowed.get("parse", []):
        return named
    return [each for each in named if each in {str(role) for role in allowed.get("roles", [])}]
