"""One call of a route, as its handler sees it, and the file parts of a form."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from aiohttp import BodyPartReader, web

from tests.wire.refusals import bad_form
from tests.wire.state import Json, World

Handler = Callable[["Call"], Awaitable[Any]]
"""Does what a route is for; gives the JSON of the answer, or `None` for an empty one. May raise `Refused`."""

Routes = Mapping[str, Handler]
"""Handlers by method and path, such as `GET /channels/{channel_id}/messages`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request that was let through: its path's parts, its query, and its JSON with what it wants to attach."""

    world: World
    address: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any = None
    files: list[Json] = field(default_factory=list)

    def id(self, name: str) -> int:
        """Give an id from the path."""
        return snowflake_of(name, self.path[name])

    def number(self, name: str, *, default: int, most: int) -> int:
        """Give a number from the query; `most` is the greatest that Discord takes."""
        number = int(self.query.get(name, default))
        if not 1 <= number <= most:
            raise bad_form(**{name: ("NUMBER_TYPE_MAX", f"int value should be between 1 and {most}.")})
        return number


def snowflake_of(name: str, value: str) -> int:
    """Read an id."""
    if not value.isdecimal():
        raise bad_form(**{name: ("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.')})
    return int(value)


async def read_body(request: web.Request) -> tuple[Any, list[Json]]:
    """Read a request's JSON, plain or as a part of a form, and describe the files that come with it."""
    if not request.can_read_body:
        return None, []
    if not request.content_type.startswith("multipart/"):
        return orjson.loads(await request.read() or b"null"), []
    body: Any = {}
    files: list[Json] = []
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader)
        content = bytes(await part.read(decode=False))
        if part.name == "payload_json":
            body = orjson.loads(content)
        else:
            files.append({"filename": part.filename or "file", "size": len(content)})
    return body, files
