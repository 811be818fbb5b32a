"""The server: puts the small Discord together and serves it on loopback."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

from aiohttp import web

from tests.wire.clock import Clock, WireClock
from tests.wire.faults import Faults
from tests.wire.gateway import Gateway
from tests.wire.journal import Journal
from tests.wire.limits import Limits
from tests.wire.people import People
from tests.wire.rest import Rest
from tests.wire.state import World

_HOST = "127.0.0.1"
_GATEWAY = ("/gateway", "/gateway/")


@dataclass(slots=True, kw_only=True)
class WireServer:
    """Everything of one small Discord; `address` is where it is once it is served."""

    world: World
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    journal: Journal = field(default_factory=Journal)
    gateway: Gateway = field(init=False)
    people: People = field(init=False)
    address: str = ""

    def __post_init__(self) -> None:
        self.gateway = Gateway(world=self.world)
        self.people = People(self.world)
        self.world.emit = self.gateway.emit

    def routes(self) -> list[web.RouteDef]:
        """Give everything to be served."""
        rest = Rest(self.world, limits=self.limits, faults=self.faults, journal=self.journal)
        return [*(web.get(path, self.gateway.serve) for path in _GATEWAY), *rest.routes()]


def make_server(*, clock: Clock | None = None, limits: Limits | None = None) -> WireServer:
    """Make a small Discord with nobody in it: on the machine's clock and by Discord's limits if not told otherwise."""
    return WireServer(world=World(clock=clock or WireClock()), limits=limits or Limits())


@contextlib.asynccontextmanager
async def serving(server: WireServer, *, port: int = 0, more: Iterable[web.RouteDef] = ()) -> AsyncIterator[WireServer]:
    """Serve a small Discord on loopback until the block ends; port 0 takes any that is free."""
    application = web.Application(client_max_size=64 << 20)
    application.add_routes([*more, *server.routes()])
    runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, _HOST, port).start()
    server.address = f"http://{_HOST}:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.faults.clear()
        server.gateway.cut()
        await runner.cleanup()
