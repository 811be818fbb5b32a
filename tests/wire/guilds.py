"""Founding servers and changing them, as their owners do: channels, roles, members, permissions."""

import orjson

from tests.wire import payloads
from tests.wire.messages import direct_channel
from tests.wire.permissions import INVITED, MEMBERS, Can
from tests.wire.state import Channel, ChannelKind, Guild, Member, Message, Overwrite, Role, User, World


def found_guild(world: World, *, name: str = "Study group", members: int = 5, channel: str = "daily") -> Guild:
    """Found a server with the bot in it, an owner, some members and one text channel."""
    guild = Guild(id=world.ids(), name=name, owner_id=0)
    guild.roles[guild.id] = Role(id=guild.id, name="@everyone", permissions=int(MEMBERS))
    role = Role(id=world.ids(), name=world.bot.name, permissions=int(INVITED))
    guild.roles[role.id] = role
    guild.members[world.bot.id] = Member(user=world.bot, roles=[role.id])
    world.guilds[guild.id] = guild
    guild.owner_id = add_member(world, guild, "Olive").user.id
    for number in range(1, members + 1):
        add_member(world, guild, f"Member {number}")
    _add_channel(world, guild, channel, ChannelKind.TEXT)
    world.emit("GUILD_CREATE", orjson.dumps(payloads.guild(guild, world)), guild.id)
    return guild


def add_member(world: World, guild: Guild, name: str) -> Member:
    """Let someone new join."""
    user = User(id=world.ids(), name=name)
    world.users[user.id] = user
    member = guild.members[user.id] = Member(user=user)
    return member


def learners(world: World, guild: Guild) -> list[int]:
    """List the members who are neither the owner nor the bot."""
    return [each for each in guild.members if each not in (guild.owner_id, world.bot.id)]


def leave(world: World, guild: Guild, member_id: int) -> None:
    """Let a member leave; what they reacted stays, as in Discord."""
    member = guild.members.pop(member_id)
    world.tell("GUILD_MEMBER_REMOVE", {"guild_id": str(guild.id), "user": payloads.user(member.user)}, guild.id)


def add_channel(world: World, guild: Guild, name: str, kind: ChannelKind = ChannelKind.TEXT) -> Channel:
    """Open another channel."""
    channel = _add_channel(world, guild, name, kind)
    world.tell("CHANNEL_CREATE", payloads.channel(channel, world), guild.id)
    return channel


def _add_channel(world: World, guild: Guild, name: str, kind: ChannelKind) -> Channel:
    channel = Channel(id=world.ids(), name=name, kind=kind, guild_id=guild.id)
    world.channels[channel.id] = guild.channels[channel.id] = channel
    return channel


def delete_channel(world: World, channel: Channel) -> None:
    """Delete a channel with everything in it."""
    guild = world.guild(channel.guild_id)
    described = payloads.channel(channel, world)
    del world.channels[channel.id], guild.channels[channel.id]
    for message_id in channel.messages:
        world.gone[message_id] = world.messages.pop(message_id)
    world.tell("CHANNEL_DELETE", described, guild.id)


def send_away(world: World, guild: Guild) -> None:
    """Remove the bot from a server."""
    guild.joined = False
    world.tell("GUILD_DELETE", {"id": str(guild.id)}, guild.id)


def take_back(world: World, guild: Guild) -> None:
    """Invite the bot again."""
    guild.joined = True
    world.emit("GUILD_CREATE", orjson.dumps(payloads.guild(guild, world)), guild.id)


def permit(world: World, guild: Guild, permissions: Can) -> None:
    """Let the bot have exactly these permissions in the whole server, those that everyone has included."""
    mine = guild.roles[guild.members[world.bot.id].roles[0]]
    for role in (guild.roles[guild.id], mine):
        role.permissions = int(permissions)
        place = list(guild.roles).index(role.id)
        world.tell("GUILD_ROLE_UPDATE", {"guild_id": str(guild.id), "role": payloads.role(role, place)}, guild.id)


def deny(world: World, channel: Channel, permissions: Can) -> None:
    """Deny the bot some permissions in one channel; with none, everything goes again."""
    channel.overwrites.pop(world.bot.id, None)
    if permissions:
        channel.overwrites[world.bot.id] = Overwrite(target=world.bot.id, for_member=True, deny=int(permissions))
    world.tell("CHANNEL_UPDATE", payloads.channel(channel, world), channel.guild_id)


def direct_messages(world: World, user_id: int) -> list[Message]:
    """List what the bot wrote to someone."""
    return list(direct_channel(world, world.users[user_id]).messages.values())
