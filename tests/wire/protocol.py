"""The gateway's words: what messages are, why connections close, which intent an event needs, who is asked about."""

from enum import IntEnum

from tests.wire import payloads
from tests.wire.state import Guild, Json

GUILDS, MEMBERS, PRESENCES, MESSAGE_CONTENT = 1 << 0, 1 << 1, 1 << 8, 1 << 15
PRIVILEGED = MEMBERS | PRESENCES | MESSAGE_CONTENT
ALL_INTENTS = (1 << 26) - 1
_INTENTS = {"GUILD_MEMBER_": MEMBERS, "MESSAGE_REACTION_": 1 << 10, "MESSAGE_": 1 << 9}
_DIRECT_INTENTS = {"MESSAGE_REACTION_": 1 << 13, "MESSAGE_": 1 << 12}
_FOR_EVERYONE = ("INTERACTION_CREATE", "GUILD_MEMBERS_CHUNK")
_MOST_ASKED = 100


class Op(IntEnum):
    """What a message of the gateway is."""

    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Close(IntEnum):
    """Why the gateway closes a connection."""

    UNKNOWN_ERROR = 4000
    UNKNOWN_OP = 4001
    UNREADABLE = 4002
    NOT_IDENTIFIED = 4003
    BAD_TOKEN = 4004
    IDENTIFIED_ALREADY = 4005
    BAD_SEQUENCE = 4007
    TOO_FAST = 4008
    SESSION_TIMED_OUT = 4009
    BAD_SHARD = 4010
    BAD_VERSION = 4012
    BAD_INTENTS = 4013
    INTENTS_NOT_ALLOWED = 4014


class Told(Exception):
    """A client is told to go, with a code."""

    def __init__(self, code: Close) -> None:
        super().__init__(code.name)
        self.code = code


def members_chunk(guild: Guild, asked: Json) -> Json:
    """Answer a question about a server's members: by ids, or by the beginning of a name."""
    chunk: Json = {"guild_id": str(guild.id), "chunk_index": 0, "chunk_count": 1, "nonce": asked.get("nonce")}
    if "user_ids" in asked:
        wanted = asked["user_ids"] if isinstance(asked["user_ids"], list) else [asked["user_ids"]]
        ids = [int(each) for each in wanted[:_MOST_ASKED]]
        chunk["not_found"] = [str(each) for each in ids if each not in guild.members]
        found = [guild.members[each] for each in ids if each in guild.members]
    else:
        start, limit = str(asked.get("query", "")).casefold(), min(int(asked.get("limit", 0)), _MOST_ASKED)
        named = (each for each in guild.members.values() if (each.nick or each.user.name).casefold().startswith(start))
        found = [each for _, each in zip(range(limit), named, strict=False)]
    return chunk | {"members": [payloads.member(each) for each in found]}


def intent_of(event: str, *, direct: bool) -> int:
    """Give the intent that an event needs; 0 for what everyone hears."""
    if event in _FOR_EVERYONE:
        return 0
    table = _DIRECT_INTENTS if direct else _INTENTS
    return next((intent for start, intent in table.items() if event.startswith(start)), GUILDS)
