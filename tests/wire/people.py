"""What people do: tap letters, take them back, clear and delete, run commands, press buttons, read what is answered."""

import asyncio
import secrets
import time
from collections.abc import Mapping

import orjson

from tests.wire import messages, payloads, reactions
from tests.wire.permissions import permissions_of
from tests.wire.state import Channel, Interaction, InteractionKind, Json, Message, World
from tests.wire.waiting import until

LETTERS = "ABCDEFGHIJ"
_FIRST_LETTER = 0x1F1E6
_PATIENCE = 10.0
_NUMBERS = (4, 10)
_USER, _CHANNEL, _ROLE = 6, 7, 8


def emoji_of(letter: str) -> str:
    """Give the emoji of a letter A to J; anything longer is an emoji already."""
    return chr(_FIRST_LETTER + LETTERS.index(letter)) if letter in LETTERS else letter


class People:
    """Everybody who is not the bot."""

    def __init__(self, world: World) -> None:
        self._world = world

    def tap(self, message_id: int, member_id: int, letter: str, *, burst: bool = False) -> bool:
        """Put a letter, or any emoji, on a message; false when it was there."""
        message = self._world.message(message_id)
        return reactions.add(self._world, message, member_id, emoji_of(letter), burst=burst)

    def lift(self, message_id: int, member_id: int, letter: str, *, burst: bool = False) -> bool:
        """Take one's letter off a message; false when it was not there."""
        message = self._world.message(message_id)
        return reactions.remove(self._world, message, member_id, emoji_of(letter), burst=burst)

    def clear(self, message_id: int, letter: str | None = None, *, moderator_id: int = 0) -> None:
        """Clear a message's reactions as a moderator: all of them, or one letter's."""
        message = self._world.message(message_id)
        if letter is None:
            reactions.clear(self._world, message, by=moderator_id)
        else:
            reactions.clear_emoji(self._world, message, emoji_of(letter), by=moderator_id)

    def delete(self, message_id: int) -> None:
        """Delete a message."""
        messages.delete(self._world, self._world.message(message_id))

    def say(self, channel_id: int, user_id: int, text: str) -> Message:
        """Write something in a channel."""
        world = self._world
        return messages.create(world, world.channel(channel_id), world.users[user_id], {"content": text})

    def run(self, channel_id: int, member_id: int, command: str, **options: object) -> Interaction:
        """Run a slash command, such as `round post`; numbers stand for channels, roles and people where they fit."""
        data = self._command(channel_id, command, options)
        return self._interact(InteractionKind.COMMAND, channel_id, member_id, data)

    async def slash(self, channel_id: int, member_id: int, command: str, **options: object) -> Interaction:
        """Run a slash command and wait for the first answer.

        Raises:
            TimeoutError: there is none.
        """
        return await answered(self.run(channel_id, member_id, command, **options))

    async def complete(
        self, channel_id: int, member_id: int, command: str, option: str, typed: str, **others: object
    ) -> list[Json]:
        """Type into an option of a command; gives what is suggested."""
        data = self._command(channel_id, command, {**others, option: typed}, focused=option)
        found = self._interact(InteractionKind.AUTOCOMPLETE, channel_id, member_id, data)
        return (await answered(found)).choices

    def push(self, message: Message, member_id: int, custom_id: str) -> Interaction:
        """Press a button of a message, also of one that only one person sees."""
        part = next(each for each in message.parts() if each.get("custom_id") == custom_id)
        data: Json = {"custom_id": custom_id, "component_type": part["type"], "id": part.get("id", 1)}
        return self._interact(InteractionKind.COMPONENT, message.channel_id, member_id, data, message)

    async def press(self, message: Message, member_id: int, custom_id: str) -> Interaction:
        """Press a button and wait for the first answer; `custom_id` may be the beginning of one.

        Raises:
            TimeoutError: there is none.
        """
        full = next(each for each in message.custom_ids() if each.startswith(custom_id))
        return await answered(self.push(message, member_id, full))

    async def choose(self, message: Message, member_id: int, custom_id: str, *values: str) -> Interaction:
        """Choose from a list and wait for the first answer."""
        return await answered(self.pick(message, member_id, custom_id, *values))

    def pick(self, message: Message, member_id: int, custom_id: str, *values: str) -> Interaction:
        """Choose from a list of a message."""
        part = next(each for each in message.parts() if each.get("custom_id") == custom_id)
        data: Json = {"custom_id": custom_id, "component_type": part["type"], "values": list(values)}
        return self._interact(InteractionKind.COMPONENT, message.channel_id, member_id, data, message)

    def _interact(
        self, kind: InteractionKind, channel_id: int, user_id: int, data: Json, message: Message | None = None
    ) -> Interaction:
        world, channel = self._world, self._world.channel(channel_id)
        found = Interaction(
            id=world.ids(),
            token=secrets.token_urlsafe(24),
            kind=kind,
            channel_id=channel_id,
            guild_id=channel.guild_id,
            user_id=user_id,
            made=time.monotonic(),
            message=message,
        )
        world.interactions[found.token] = found
        payload = self._payload(found, channel, data)
        world.emit("INTERACTION_CREATE", orjson.dumps(payload), channel.guild_id)
        return found

    def _payload(self, found: Interaction, channel: Channel, data: Json) -> Json:
        world = self._world
        payload: Json = {
            "id": str(found.id),
            "application_id": str(world.application_id),
            "type": int(found.kind),
            "token": found.token,
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": payloads.channel(channel, world),
            "locale": "en-US",
            "entitlements": [],
            "authorizing_integration_owners": {"0": str(found.guild_id or 0)},
            "attachment_size_limit": 10 << 20,
            "context": 0 if found.guild_id is not None else 1,
            "app_permissions": "0",
        }
        if found.message is not None:
            payload["message"] = payloads.message(found.message, world)
        if found.guild_id is None:
            return payload | {"user": payloads.user(world.users[found.user_id])}
        guild = world.guild(found.guild_id)
        payload["channel"]["permissions"] = str(permissions_of(guild, found.user_id, channel))
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "member": payloads.acting_member(guild.members[found.user_id], guild, channel),
            "app_permissions": str(permissions_of(guild, world.bot.id, channel)),
        }

    def _command(
        self, channel_id: int, command: str, options: Mapping[str, object], *, focused: str | None = None
    ) -> Json:
        name, *rest = command.split()
        guild_id = self._world.channel(channel_id).guild_id
        known = [*self._world.commands.get(guild_id, []), *self._world.commands.get(None, [])]
        found: Json = next(each for each in known if each["name"] == name)
        data: Json = {"id": found["id"], "name": name, "type": found["type"]}
        place = data
        for part in rest:
            found = next(each for each in found["options"] if each["name"] == part)
            inner: Json = {"name": part, "type": found["type"]}
            place["options"] = [inner]
            place = inner
        place["options"] = []
        for each, value in options.items():
            kind = next(known["type"] for known in found["options"] if known["name"] == each)
            place["options"].append({"name": each, "type": kind, "value": _value(kind, value)})
            if each == focused:
                place["options"][-1]["focused"] = True
            elif kind in (_USER, _CHANNEL, _ROLE):
                self._resolve(data.setdefault("resolved", {}), guild_id, kind, int(str(value)))
        return data

    def _resolve(self, resolved: Json, guild_id: int | None, kind: int, wanted: int) -> None:
        world, guild = self._world, self._world.guild(guild_id)
        match kind:
            case _ if kind == _CHANNEL:
                described = payloads.channel(world.channel(wanted), world)
                resolved.setdefault("channels", {})[str(wanted)] = described | {"permissions": "0"}
            case _ if kind == _ROLE:
                resolved.setdefault("roles", {})[str(wanted)] = payloads.role(guild.roles[wanted], 1)
            case _:
                member = payloads.member(guild.members[wanted])
                resolved.setdefault("users", {})[str(wanted)] = member.pop("user")
                resolved.setdefault("members", {})[str(wanted)] = member | {"permissions": "0"}


def _value(kind: int, value: object) -> object:
    """Write an option's value as Discord sends it: ids are texts, and so is what somebody is still typing."""
    return value if kind in _NUMBERS or isinstance(value, bool) else str(value)


async def answered(found: Interaction, patience: float = _PATIENCE) -> Interaction:
    """Wait for the first answer to an interaction.

    Raises:
        TimeoutError: there is none.
    """
    await asyncio.wait_for(found.answered.wait(), patience)
    return found


async def shown(found: Interaction, patience: float = _PATIENCE) -> str:
    """Wait until an interaction shows text, at once or after it was deferred; gives the text.

    Raises:
        TimeoutError: there is none.
    """
    return await until(lambda: found.text, patience=patience)
