"""Driving a server in another process: every command of `Control` is a POST with JSON there and back."""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from random import Random
from typing import Any, Self

import aiohttp
import orjson
from aiohttp import web

from tests.wire import guilds, payloads, volley
from tests.wire.event_faults import EventFault, EventFaultKind, EventWeather
from tests.wire.faults import Fault, FaultKind, Weather
from tests.wire.limits import DISCORD, Limits, Rule, no_limits
from tests.wire.people import LETTERS, emoji_of
from tests.wire.permissions import Can
from tests.wire.server import WireServer
from tests.wire.state import Interaction, Json, Message

PATH = "/control/{command}"


class Control:
    """The commands. Arguments and results are JSON; ids are numbers."""

    def __init__(self, server: WireServer) -> None:
        self._server = server
        self._shots: list[volley.Shot] = []
        self._packed: int | None = None
        self._interactions: dict[int, Interaction] = {}

    def routes(self) -> list[web.RouteDef]:
        """Give what is to be served besides the API."""
        return [web.post(PATH, self._serve)]

    async def _serve(self, request: web.Request) -> web.Response:
        name, given = request.match_info["command"], orjson.loads(await request.read() or b"{}")
        if name.startswith("_") or name == "routes" or not hasattr(self, name):
            return web.Response(text=f"there is no command {name}", status=404)
        try:
            result = getattr(self, name)(**given)
            answer = await result if inspect.isawaitable(result) else result
        except Exception as trouble:  # noqa: BLE001 - whatever went wrong, the test at the other end must hear of it
            return web.Response(text=f"{type(trouble).__name__}: {trouble}", status=500)
        return web.Response(body=orjson.dumps(answer), content_type="application/json")

    def found(self, *, count: int = 1, members: int = 5, channel: str = "daily") -> list[Json]:
        """Found servers; gives of each its id, its channel, its owner, and its members."""
        made = []
        for number in range(1, count + 1):
            guild = guilds.found_guild(self._server.world, name=f"Group {number}", members=members, channel=channel)
            ids = guilds.learners(self._server.world, guild)
            made.append(
                {"id": guild.id, "channel": next(iter(guild.channels)), "owner": guild.owner_id, "members": ids}
            )
        return made

    def permit(self, *, guild: int, permissions: Sequence[str]) -> None:
        """Let the bot have exactly these permissions in a server, by Discord's names."""
        allowed = Can(0)
        for name in permissions:
            allowed |= Can[name.upper()]
        guilds.permit(self._server.world, self._server.world.guilds[guild], allowed)

    def delete_channel(self, *, channel: int) -> None:
        """Delete a channel."""
        guilds.delete_channel(self._server.world, self._server.world.channel(channel))

    def say(self, *, channel: int, member: int, text: str) -> int:
        """Let somebody write something; gives the message."""
        return self._server.people.say(channel, member, text).id

    def tap(self, *, message: int, member: int, letter: str, burst: bool = False) -> bool:
        """Put a letter on a message."""
        return self._server.people.tap(message, member, letter, burst=burst)

    def lift(self, *, message: int, member: int, letter: str, burst: bool = False) -> bool:
        """Take a letter off a message."""
        return self._server.people.lift(message, member, letter, burst=burst)

    def clear(self, *, message: int, letter: str | None = None) -> None:
        """Clear a message's reactions as a moderator."""
        self._server.people.clear(message, letter)

    def delete(self, *, message: int) -> None:
        """Delete a message."""
        self._server.people.delete(message)

    async def slash(self, *, channel: int, member: int, command: str, options: Mapping[str, Any] | None = None) -> Json:
        """Run a slash command; gives what was answered."""
        return self._answer(await self._server.people.slash(channel, member, command, **(options or {})))

    async def press(self, *, member: int, custom_id: str, message: int = 0, interaction: int = 0) -> Json:
        """Press a button of a message, or of the private answer to an interaction; gives what was answered."""
        shown = self._interactions[interaction].shown[0] if interaction else self._server.world.message(message)
        return self._answer(await self._server.people.press(shown, member, custom_id))

    async def interaction(self, *, interaction: int) -> Json:
        """Look at an interaction again: what was deferred may have been answered since."""
        return self._answer(self._interactions[interaction])

    def _answer(self, found: Interaction) -> Json:
        self._interactions[found.id] = found
        seconds = None if found.answered_at is None else found.answered_at - found.made
        custom_ids = [each for message in found.shown for each in message.custom_ids()]
        return {"id": found.id, "kind": found.answer, "text": found.text, "custom_ids": custom_ids, "seconds": seconds}

    def messages(self, *, channel: int | None = None) -> list[Json]:
        """List the bot's messages, in a channel or everywhere, oldest first."""
        found = self._server.world.posted_by_bot(None if channel is None else [channel])
        return [payloads.message(each, self._server.world) for each in found]

    def reactions(self, *, message: int) -> dict[str, dict[str, list[int]]]:
        """Give who holds which letter on a message, ordinarily and as a super reaction; other emoji by themselves."""
        letters = {emoji_of(letter): letter for letter in LETTERS}
        return {
            letters.get(each.emoji, each.emoji): {"normal": list(each.normal), "burst": list(each.burst)}
            for each in self._anywhere(message).reactions.values()
        }

    def taps(self, *, message: int) -> list[Json]:
        """Give everything that ever happened to a message's reactions."""
        return [asdict(each) for each in self._anywhere(message).taps]

    def _anywhere(self, message: int) -> Message:
        world = self._server.world
        return world.messages.get(message) or world.gone[message]

    async def load(
        self,
        *,
        messages: Sequence[int],
        members: Sequence[int],
        count: int,
        letters: str = "ABCD",
        seed: int = 0,
        packed: bool = False,
    ) -> list[tuple[int, int, str]]:
        """Prepare a volley; gives its taps in order. Packed, it has happened, unknown to the bot."""
        world, gateway = self._server.world, self._server.gateway
        taps = volley.scatter(Random(seed), messages, members, letters, count)
        self._shots = volley.prepare(world, taps)
        self._packed = await volley.pack(world, gateway, self._shots) if packed else None
        return taps

    async def fire(self, *, rate: float | None = None, stamped: bool = False) -> Json:
        """Fire what is loaded, and wait until it is sent."""
        world, gateway = self._server.world, self._server.gateway
        if self._packed is not None:
            packed, self._packed = self._packed, None
            return asdict(await volley.loose(gateway, packed))
        return asdict(await volley.fire(world, gateway, self._shots, rate=rate, stamped=stamped))

    def wipe(self, *, messages: Sequence[int]) -> None:
        """Take everybody's reactions but the bot's off messages without a word, so that a volley can be fired again."""
        world = self._server.world
        for message_id in messages:
            for reaction in world.message(message_id).reactions.values():
                reaction.burst.clear()
                for member in [each for each in reaction.normal if each != world.bot.id]:
                    del reaction.normal[member]

    def fault(self, *, kind: str, **more: Any) -> None:  # noqa: ANN401 - the fields of Fault
        """Let something go wrong with requests: the name of a `FaultKind`, and fields of `Fault`."""
        self._server.faults.add(Fault(kind=FaultKind[kind], **more))

    def weather(self, *, seed: int, rates: Mapping[str, float], route: str = "*", longest: float = 0.3) -> None:
        """Let things go wrong with requests at random."""
        known = {FaultKind[name]: rate for name, rate in rates.items()}
        self._server.faults.blow(Weather(rng=Random(seed), rates=known, route=route, longest=longest))

    def event_fault(self, *, kind: str, **more: Any) -> None:  # noqa: ANN401 - the fields of EventFault
        """Let something go wrong with events: the name of an `EventFaultKind`, and fields of `EventFault`."""
        self._server.gateway.faults.add(EventFault(kind=EventFaultKind[kind], **more))

    def event_weather(self, *, seed: int, rates: Mapping[str, float], longest: float = 0.3) -> None:
        """Let things go wrong with reaction events at random."""
        known = {EventFaultKind[name]: rate for name, rate in rates.items()}
        self._server.gateway.faults.blow(EventWeather(rng=Random(seed), rates=known, longest=longest))

    def calm(self) -> None:
        """Let nothing go wrong any more."""
        self._server.faults.clear()
        self._server.gateway.faults.clear()

    def limits(self, *, kind: str = "discord", per_second: int = 50) -> None:
        """Count requests by Discord's limits (`discord`), or by none (`none`)."""
        self._server.limits.become(Limits(per_second=per_second) if kind == "discord" else no_limits())

    def limit(self, *, route: str, limit: int, seconds: float) -> None:
        """Give one route another limit, keeping the others."""
        rule = Rule(bucket=route, limit=limit, seconds=seconds)
        limits = self._server.limits
        limits.become(Limits(rules={**DISCORD, route: rule}, per_second=limits.per_second))

    async def ready(self, *, patience: float = 20.0) -> str:
        """Wait until a bot is connected; gives its session."""
        return (await self._server.gateway.ready(patience=patience)).id

    def cut(self, *, resumable: bool = True) -> None:
        """Break every connection to the gateway."""
        self._server.gateway.cut(resumable=resumable)

    def invalidate(self, *, resumable: bool) -> None:
        """Make every session invalid."""
        self._server.gateway.invalidate(resumable=resumable)

    def go_away(self, *, seconds: float) -> None:
        """Break every connection to the gateway, and let nobody in for a while."""
        self._server.gateway.go_away(seconds)

    async def quiet(self, *, seconds: float = 0.3, patience: float = 30.0) -> None:
        """Wait until nothing was asked for some seconds."""
        await self._server.journal.quiet(seconds, patience=patience)

    def settings(self, *, keep_taps: bool | None = None, nonce_seconds: float | None = None) -> None:
        """Change how the world keeps things."""
        world = self._server.world
        world.keep_taps = world.keep_taps if keep_taps is None else keep_taps
        world.nonce_seconds = world.nonce_seconds if nonce_seconds is None else nonce_seconds

    def requests(self, *, since: int = 0) -> list[Json]:
        """Give the journal from a place in it on."""
        return self._server.journal.as_json(since)

    def forget(self) -> None:
        """Empty the journal."""
        self._server.journal.clear()

    def stats(self) -> Json:
        """Count: requests by status, those one too many, connections, resumes, replayed events."""
        gateway, journal = self._server.gateway, self._server.journal
        return {
            "requests": len(journal.entries),
            "statuses": {str(status): count for status, count in journal.statuses().items()},
            "limited": journal.limited,
            "invalid": journal.invalid,
            "identified": gateway.identified,
            "resumed": gateway.resumed,
            "replayed": gateway.replayed,
            "connected": len(gateway.connected),
        }


class ControlProblem(Exception):
    """A command went wrong at the other end; the text says how."""


class Remote:
    """The other end of `Control`: `await remote("tap", message=…, member=…, letter="A")`."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._http = aiohttp.ClientSession()

    async def __call__(self, command: str, **given: object) -> Any:  # noqa: ANN401 - any JSON
        """Do one command in the server's process.

        Raises:
            ControlProblem: it went wrong there.
        """
        address = self.address + PATH.format(command=command)
        async with self._http.post(address, data=orjson.dumps(given)) as response:
            body = await response.read()
        if response.status != web.HTTPOk.status_code:
            raise ControlProblem(body.decode())
        return orjson.loads(body)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *problem: object) -> None:
        await self._http.close()
