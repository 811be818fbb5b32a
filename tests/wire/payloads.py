"""What Discord sends about what it holds: each thing as JSON, with every key that its API description requires."""

from datetime import datetime
from typing import Any

import orjson

from tests.wire.clock import instant
from tests.wire.permissions import permissions_of
from tests.wire.state import Channel, ChannelKind, Guild, Json, Member, Message, Reaction, Role, User, World

_REPLY = 19
_THREADS = (ChannelKind.PUBLIC_THREAD, ChannelKind.ANNOUNCEMENT_THREAD)


def written(at: datetime | None) -> str | None:
    """Write an instant as Discord does."""
    return None if at is None else at.isoformat(timespec="milliseconds")


def user(found: User) -> Json:
    """Describe an account."""
    described: Json = {
        "id": str(found.id),
        "username": found.name.lower().replace(" ", "_"),
        "discriminator": "0",
        "global_name": None if found.bot else found.name,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }
    return described | {"bot": True} if found.bot else described


def own_user(found: User) -> Json:
    """Describe the account that asks."""
    return user(found) | {"mfa_enabled": True, "locale": "en-US", "verified": True, "email": None}


def member(found: Member) -> Json:
    """Describe a member of a server."""
    return {
        "user": user(found.user),
        "nick": found.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in found.roles],
        "joined_at": written(instant(found.user.id)),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "deaf": False,
        "mute": False,
        "flags": 0,
    }


def member_bytes(found: Member) -> bytes:
    """Describe a member as JSON, worked out once."""
    if found.payload is None:
        found.payload = orjson.dumps(member(found))
    return found.payload


def emoji(key: str) -> Json:
    """Describe an emoji: a character, or `name:id` for one of a server's own."""
    name, colon, emoji_id = key.partition(":")
    return {"id": emoji_id if colon else None, "name": name}


def role(found: Role, position: int) -> Json:
    """Describe a role."""
    return {
        "id": str(found.id),
        "name": found.name,
        "permissions": str(found.permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": True,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def channel(found: Channel, world: World) -> Json:
    """Describe a channel, thread or direct conversation."""
    described: Json = {"id": str(found.id), "type": int(found.kind), "flags": 0, "last_message_id": _last(found)}
    if found.kind is ChannelKind.DIRECT:
        return described | {"recipients": [user(world.users[found.recipient or 0])]}
    described |= {"guild_id": str(found.guild_id), "name": found.name, "position": 0, "nsfw": False, "topic": None}
    described |= {"parent_id": None if found.parent_id is None else str(found.parent_id), "rate_limit_per_user": 0}
    if found.kind in _THREADS:
        return described | _thread(found, world)
    overwrites = [
        {"id": str(each.target), "type": int(each.for_member), "allow": str(each.allow), "deny": str(each.deny)}
        for each in found.overwrites.values()
    ]
    return described | {"permission_overwrites": overwrites}


def _last(found: Channel) -> str | None:
    return str(next(reversed(found.messages))) if found.messages else None


def _thread(found: Channel, world: World) -> Json:
    made = written(instant(found.id))
    return {
        "owner_id": str(world.bot.id),
        "message_count": len(found.messages),
        "member_count": 1,
        "total_message_sent": len(found.messages),
        "thread_metadata": {
            "archived": found.archived,
            "archive_timestamp": made,
            "auto_archive_duration": 1440,
            "locked": False,
            "create_timestamp": made,
        },
    }


def reaction(found: Reaction, viewer: int) -> Json:
    """Describe the holders of one emoji on a message, as counts."""
    normal, burst = len(found.normal), len(found.burst)
    return {
        "emoji": emoji(found.emoji),
        "count": normal + burst,
        "count_details": {"normal": normal, "burst": burst},
        "burst_colors": ["#5865f2"] if burst else [],
        "me": viewer in found.normal,
        "me_burst": viewer in found.burst,
        "burst_me": viewer in found.burst,
        "burst_count": burst,
    }


def message(found: Message, world: World, *, nested: bool = False) -> Json:
    """Describe a message as the bot sees it; one inside another shows no further one."""
    described: Json = {
        "id": str(found.id),
        "channel_id": str(found.channel_id),
        "type": _REPLY if found.reference is not None else 0,
        "author": user(found.author),
        "content": found.content,
        "timestamp": written(instant(found.id)),
        "edited_timestamp": written(found.edited_at),
        "tts": False,
        "pinned": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": found.mention_roles,
        "attachments": found.attachments,
        "embeds": found.embeds,
        "components": found.components,
        "flags": found.flags,
    }
    if found.nonce is not None:
        described["nonce"] = found.nonce
    if found.reactions:
        described["reactions"] = [reaction(each, world.bot.id) for each in found.reactions.values()]
    if found.thread_id is not None and found.thread_id in world.channels:
        described["thread"] = channel(world.channels[found.thread_id], world)
    if found.reference is not None:
        described["message_reference"] = found.reference
        if not nested:
            replied = world.messages.get(int(found.reference["message_id"]))
            described["referenced_message"] = None if replied is None else message(replied, world, nested=True)
    return described


def guild(found: Guild, world: World) -> Json:
    """Describe a server as it is sent when the bot connects: with channels, threads, roles and the bot's member."""
    me = found.members[world.bot.id]
    return {
        "id": str(found.id),
        "name": found.name,
        "owner_id": str(found.owner_id),
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "description": None,
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": "en-US",
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": roles(found),
        "joined_at": written(instant(found.id)),
        "large": len(found.members) >= 250,
        "unavailable": False,
        "member_count": len(found.members),
        "members": [member(me)],
        "channels": [channel(each, world) for each in found.channels.values()],
        "threads": [channel(each, world) for each in found.threads.values() if not each.archived],
    } | _empty("voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds")


def roles(found: Guild) -> list[Json]:
    """Describe all roles of a server."""
    return [role(each, place) for place, each in enumerate(found.roles.values())]


def acting_member(found: Member, where: Guild, place: Channel) -> Json:
    """Describe a member who does something in a channel, with their permissions there."""
    return member(found) | {"permissions": str(permissions_of(where, found.user.id, place))}


def application(world: World) -> Json:
    """Describe the bot's application."""
    return {
        "id": str(world.application_id),
        "name": "Trapwise",
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "owner": user(User(id=1, name="operator")),
        "team": None,
        "rpc_origins": [],
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "summary": "",
    }


def _empty(*names: str) -> dict[str, list[Any]]:
    return {name: [] for name in names}
