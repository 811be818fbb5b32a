"""The REST side: lets a request through limits and faults to its route, and answers the way Discord does."""

import asyncio
from collections.abc import Mapping

import orjson
from aiohttp import web

from tests.wire.faults import Fault, FaultKind, Faults
from tests.wire.journal import Entry, Journal
from tests.wire.limits import Limits, Verdict, refused
from tests.wire.refusals import NOT_FOUND, UNAUTHORISED, Refused
from tests.wire.routes import accounts, interactions, messages, reactions
from tests.wire.routes.call import Call, Handler, read_body
from tests.wire.state import World

BASE = "/api/v10"
ROUTES: Mapping[str, Handler] = {**accounts.ROUTES, **messages.ROUTES, **reactions.ROUTES, **interactions.ROUTES}

_BY_TOKEN = ("POST /interactions/", "/webhooks/")
_PLACES = ("channel_id", "guild_id", "webhook_id")
_TOO_MANY = 429


class Rest:
    """Serves every route of the API."""

    def __init__(self, world: World, *, limits: Limits, faults: Faults, journal: Journal) -> None:
        self._world = world
        self._limits = limits
        self._faults = faults
        self._journal = journal

    def routes(self) -> list[web.RouteDef]:
        """Give everything to be served, the catch-all last."""
        made = [self._route(name, handler) for name, handler in ROUTES.items()]
        return [*made, web.route("*", BASE + "/{rest:.*}", self._unknown)]

    def _route(self, name: str, handler: Handler) -> web.RouteDef:
        async def serve(request: web.Request) -> web.StreamResponse:
            return await self._serve(request, name, handler)

        method, _, path = name.partition(" ")
        return web.route(method, BASE + path, serve)

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        entry = self._journal.begin(f"{request.method} ?", request.path, "")
        self._journal.end(entry)
        return _refusal(Refused(NOT_FOUND), {}, entry)

    async def _serve(self, request: web.Request, name: str, handler: Handler) -> web.StreamResponse:
        path = request.match_info
        place = next((path[key] for key in _PLACES if key in path), "")
        entry = self._journal.begin(name, request.path, place)
        try:
            fault = self._faults.strike(name)
            if fault is None:
                return await self._respond(request, entry, handler)
            entry.fault = fault.kind.name
            return await self._respond_badly(request, entry, handler, fault)
        finally:
            self._journal.end(entry)

    async def _respond_badly(
        self, request: web.Request, entry: Entry, handler: Handler, fault: Fault
    ) -> web.StreamResponse:
        match fault.kind:
            case FaultKind.FAIL_BEFORE:
                await request.read()
                return _broken(entry, fault)
            case FaultKind.DROP_BEFORE:
                return _dropped(request, entry)
            case FaultKind.LIMITED:
                return _limited(refused(fault.seconds, globally=fault.globally), entry)
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
            case FaultKind.HOLD_BEFORE:
                await fault.released.wait()
            case _:
                pass
        response = await self._respond(request, entry, handler)
        if fault.kind is FaultKind.HOLD_AFTER:
            await fault.released.wait()
        if fault.kind is FaultKind.FAIL_AFTER:
            return _broken(entry, fault)
        return _dropped(request, entry) if fault.kind is FaultKind.DROP_AFTER else response

    async def _respond(self, request: web.Request, entry: Entry, handler: Handler) -> web.StreamResponse:
        known = any(part in entry.route for part in _BY_TOKEN)
        if not known and request.headers.get("Authorization") != f"Bot {self._world.token}":
            return _refusal(Refused(UNAUTHORISED), {}, entry)
        verdict = self._limits.take(entry.route, entry.place)
        if verdict.retry_after is not None:
            return _limited(verdict, entry)
        body, files = await read_body(request)
        address = f"{request.scheme}://{request.host}"
        call = Call(
            world=self._world, address=address, path=request.match_info, query=request.query, body=body, files=files
        )
        try:
            answer = await handler(call)
        except Refused as refusal:
            return _refusal(refusal, verdict.headers, entry)
        entry.status = 204 if answer is None else 200
        if answer is None:
            return web.Response(status=204, headers=verdict.headers)
        return _json(answer, entry.status, verdict.headers)


def _json(answer: object, status: int, headers: Mapping[str, str]) -> web.Response:
    return web.Response(body=orjson.dumps(answer), status=status, headers=headers, content_type="application/json")


def _refusal(refusal: Refused, headers: Mapping[str, str], entry: Entry) -> web.Response:
    entry.status, entry.code = refusal.refusal.status, refusal.refusal.code
    return _json(refusal.body(), entry.status, headers)


def _limited(verdict: Verdict, entry: Entry) -> web.Response:
    entry.status = _TOO_MANY
    retry_after = round(verdict.retry_after or 0, 3)
    said = {"message": "You are being rate limited.", "retry_after": retry_after, "global": verdict.globally}
    return _json(said, _TOO_MANY, verdict.headers)


def _broken(entry: Entry, fault: Fault) -> web.Response:
    entry.status = fault.status
    return web.Response(
        body=fault.text.encode(), status=fault.status, content_type=fault.content_type, headers=dict(fault.headers)
    )


def _dropped(request: web.Request, entry: Entry) -> web.Response:
    entry.status = 0
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
