"""Who may do what where: Discord's own algorithm over roles and overwrites, and the refusals that follow from it."""

from enum import IntFlag

from tests.wire.refusals import MISSING_ACCESS, MISSING_PERMISSIONS, Refused
from tests.wire.state import Channel, ChannelKind, Guild, Overwrite, World


class Can(IntFlag):
    """The permissions that matter here, by Discord's bits."""

    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING = (1 << 53) - 1
MEMBERS = (
    Can.VIEW_CHANNEL
    | Can.SEND_MESSAGES
    | Can.ADD_REACTIONS
    | Can.READ_MESSAGE_HISTORY
    | Can.USE_APPLICATION_COMMANDS
    | Can.SEND_MESSAGES_IN_THREADS
)
"""What everyone may do in a new server."""

INVITED = MEMBERS | Can.ATTACH_FILES | Can.MANAGE_MESSAGES | Can.CREATE_PUBLIC_THREADS
"""What the bot's own role adds in a new server: what its invitation asks for."""


def permissions_of(guild: Guild, user_id: int, channel: Channel | None = None) -> int:
    """Give the permissions someone has in a server, or in one of its channels; a thread has those of its parent."""
    member = guild.members.get(user_id)
    if member is None:
        return 0
    if guild.owner_id == user_id:
        return EVERYTHING
    held = guild.roles[guild.id].permissions
    for role_id in member.roles:
        held |= guild.roles[role_id].permissions
    if held & Can.ADMINISTRATOR:
        return EVERYTHING
    if channel is None:
        return held
    return _overwritten(held, guild, member.roles, user_id, _parent(guild, channel).overwrites)


def _parent(guild: Guild, channel: Channel) -> Channel:
    return channel if channel.parent_id is None else guild.channels.get(channel.parent_id, channel)


def _overwritten(held: int, guild: Guild, roles: list[int], user_id: int, overwrites: dict[int, Overwrite]) -> int:
    for targets in ([guild.id], roles, [user_id]):
        found = [overwrites[target] for target in targets if target in overwrites]
        deny = allow = 0
        for each in found:
            deny, allow = deny | each.deny, allow | each.allow
        held = held & ~deny | allow
    return held


def require(world: World, channel: Channel, *needed: Can) -> None:
    """Refuse unless the bot may see a channel and do what is needed there; its own conversations need nothing."""
    if channel.guild_id is None:
        return
    guild = world.guilds.get(channel.guild_id)
    if guild is None or not guild.joined:
        raise Refused(MISSING_ACCESS)
    held = permissions_of(guild, world.bot.id, channel)
    if not held & Can.VIEW_CHANNEL:
        raise Refused(MISSING_ACCESS)
    for permission in needed:
        if not held & permission:
            # Discord counts reading back as access to the channel, the rest as permissions in it.
            raise Refused(MISSING_ACCESS if permission is Can.READ_MESSAGE_HISTORY else MISSING_PERMISSIONS)


def may(world: World, channel: Channel, permission: Can) -> bool:
    """Tell whether the bot has a permission in a channel."""
    if channel.guild_id is None:
        return True
    return bool(permissions_of(world.guilds[channel.guild_id], world.bot.id, channel) & permission)


def speaks_with(channel: Channel) -> Can:
    """Give the permission that writing in a channel needs."""
    thread = channel.kind in (ChannelKind.PUBLIC_THREAD, ChannelKind.ANNOUNCEMENT_THREAD)
    return Can.SEND_MESSAGES_IN_THREADS if thread else Can.SEND_MESSAGES
