"""The demo server: its people and channels, always with the same ids, and the organiser's first moves."""

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import simcord

from bot.chat.permissions import invited_with
from bot.playground.simcord_internals import World, set_permissions

# Discord's permission bits: view channels, send messages, add reactions, read history, use commands. Whatever
# everyone may do the bot may too, so there is no more than that.
_EVERYONE = 1 << 10 | 1 << 11 | 1 << 6 | 1 << 16 | 1 << 31
_MANAGE_SERVER = 1 << 5

ORGANISER, LEARNERS = "Olive", ("Ana", "Ben", "Chi", "Dee")
# Ids repeat in every world built in the same order; the server's is chosen, far from those of any real one.
GUILD_ID = 4_000_000_000_000
# How long the first question stays open, and when the schedule asks the next one.
FIRST_ROUND, NEXT_QUESTION = timedelta(minutes=2), timedelta(minutes=5)
_LONGEST_ROUND = 7 * 24 * 60

_TOPIC = "One question a day. Click a letter to answer, then change the name after “Viewing as” and answer again."
_WELCOME = """\
**Welcome!** This page is a whole server: you are everyone in it. Change who you are after *Viewing as*.
1. Click a letter under the question below, as Ana, then as Ben, Chi and Dee. Change somebody's mind.
2. Click **My answer** to see what the bot has recorded for whoever you are.
3. Two minutes after it was asked the question closes and the reply explains it. \
No patience? Olive, the organiser, types `/round close`; or press **n** in the terminal.
4. Then type `/leaderboard`, `/me`, `/trap` or `/scenario`. `/help` lists everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The demo server; `people` has the organiser first."""

    guild: simcord.GuildHandle
    channels: tuple[simcord.ChannelHandle, ...]
    people: tuple[simcord.MemberActor, ...]


def build(world: World) -> Server:
    """Build the server in a world that has neither bot nor passing time yet, so that all ids repeat."""
    world.rename_bot("Trapwise")
    guild = world.create_guild("Study group", id=GUILD_ID, owner=world.create_user("owner", global_name="Owner"))
    set_permissions(guild.default_role, _EVERYONE)
    set_permissions(guild.roles["Trapwise"], invited_with().value)
    organisers = guild.create_role("organisers")
    set_permissions(organisers, _MANAGE_SERVER)
    organiser = world.create_user(ORGANISER.lower(), global_name=f"{ORGANISER} (organiser)")
    learners = [world.create_user(name.lower(), global_name=name) for name in LEARNERS]
    return Server(
        guild=guild,
        channels=(
            guild.create_text_channel("daily-questions", topic=_TOPIC),
            guild.create_text_channel("lounge", topic="A second channel, for a second schedule perhaps."),
        ),
        people=(
            guild.add_member(organiser, roles=[organisers]),
            *(guild.add_member(learner) for learner in learners),
        ),
    )


async def first_moves(world: World, server: Server, *, zone: ZoneInfo, set_up: bool, speed: float) -> str | None:
    """Welcome the visitor and have the organiser post a question, after a `/setup` when asked for.

    Times are stretched by the speed, so that they last as long for the visitor. Returns what the bot answered when no
    question came of it.
    """
    organiser, channel = server.people[0], server.channels[0]
    await organiser.send(channel, _WELCOME)
    if set_up:
        at = (world.now() + NEXT_QUESTION * speed).astimezone(zone)
        await organiser.slash(channel, "setup", channel=channel, time=f"{at:%H:%M}", zone=zone.key)
    length = min(max(round(FIRST_ROUND * speed / timedelta(minutes=1)), 1), _LONGEST_ROUND)
    result = await organiser.slash(channel, "round post", open_for=f"{length}m")
    await world.advance_time(1)  # in which the letters follow the question
    if any(message.reactions for message in channel.history()):
        return None
    return result.response.content if result.response is not None else "no answer"
