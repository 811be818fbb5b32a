"""The routes about who is who: the bot's account and application, its commands, people, servers, the gateway."""

from tests.wire import payloads
from tests.wire.refusals import MISSING_ACCESS, UNKNOWN_MEMBER, UNKNOWN_USER, Refused, bad_form
from tests.wire.routes.call import Call, Routes
from tests.wire.state import Json

_MOST_COMMANDS = 100
_DESCRIPTION = 100


async def _me(call: Call) -> Json:
    return payloads.own_user(call.world.bot)


async def _user(call: Call) -> Json:
    user = call.world.users.get(call.id("user_id"))
    if user is None:
        raise Refused(UNKNOWN_USER)
    return payloads.user(user)


async def _application(call: Call) -> Json:
    return payloads.application(call.world)


async def _gateway(call: Call) -> Json:
    limit = {"total": 1000, "remaining": 999, "reset_after": 14_400_000, "max_concurrency": 1}
    return {"url": gateway_of(call.address), "shards": 1, "session_start_limit": limit}


def gateway_of(address: str) -> str:
    """Give the gateway's address beside the API's."""
    return f"{address.replace('http', 'ws', 1)}/gateway"


async def _guild(call: Call) -> Json:
    return payloads.guild(call.world.guild(call.id("guild_id")), call.world)


async def _guild_channels(call: Call) -> list[Json]:
    guild = call.world.guild(call.id("guild_id"))
    return [payloads.channel(each, call.world) for each in guild.channels.values()]


async def _member(call: Call) -> Json:
    member = call.world.guild(call.id("guild_id")).members.get(call.id("member_id"))
    if member is None:
        raise Refused(UNKNOWN_MEMBER)
    return payloads.member(member)


async def _commands(call: Call) -> list[Json]:
    return call.world.commands.get(_scope(call), [])


async def _replace_commands(call: Call) -> list[Json]:
    wanted: list[Json] = call.body or []
    if len(wanted) > _MOST_COMMANDS:
        raise bad_form(commands=("BASE_TYPE_BAD_LENGTH", f"Must be {_MOST_COMMANDS} or fewer in length."))
    for place, each in enumerate(wanted):
        if each.get("type", 1) == 1 and not 1 <= len(each.get("description", "")) <= _DESCRIPTION:
            said = f"Must be between 1 and {_DESCRIPTION} in length."
            raise bad_form(**{f"{place}__description": ("BASE_TYPE_BAD_LENGTH", said)})
    before = {each["name"]: each["id"] for each in call.world.commands.get(_scope(call), [])}
    call.world.commands[_scope(call)] = made = [
        {
            "default_member_permissions": None,
            "dm_permission": True,
            "nsfw": False,
            "options": [],
            "type": 1,
            **each,
            "id": before.get(each["name"]) or str(call.world.ids()),
            "application_id": str(call.world.application_id),
            "version": str(call.world.ids()),
        }
        for each in wanted
    ]
    return made


def _scope(call: Call) -> int | None:
    """Give whose commands a call is about: a server's, or everyone's."""
    if call.id("application_id") != call.world.application_id:
        raise Refused(MISSING_ACCESS)
    return call.id("guild_id") if "guild_id" in call.path else None


_COMMANDS = "/applications/{application_id}/commands"
_GUILD_COMMANDS = "/applications/{application_id}/guilds/{guild_id}/commands"

ROUTES: Routes = {
    "GET /users/@me": _me,
    "GET /users/{user_id}": _user,
    "GET /oauth2/applications/@me": _application,
    "GET /applications/@me": _application,
    "GET /gateway": _gateway,
    "GET /gateway/bot": _gateway,
    "GET /guilds/{guild_id}": _guild,
    "GET /guilds/{guild_id}/channels": _guild_channels,
    "GET /guilds/{guild_id}/members/{member_id}": _member,
    f"GET {_COMMANDS}": _commands,
    f"PUT {_COMMANDS}": _replace_commands,
    f"GET {_GUILD_COMMANDS}": _commands,
    f"PUT {_GUILD_COMMANDS}": _replace_commands,
}
