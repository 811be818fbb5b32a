"""Every name that SimCord keeps private and the playground needs, checked on import so that an upgrade fails loudly.

Nothing else in the project may touch them. SimCord is pinned exactly for the same reason.
"""
# This module exists to hold private access, so the rule against it is off here and nowhere else.
# ruff: noqa: SLF001

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from zlib import crc32

import simcord
from simcord import _runtime, _settlement
from simcord.env import Env
from simcord.preview import Preview, _action_plans, _actions, _component_projection, _markdown, _pages, _server

from bot.domain.errors import TrapwiseError

_TESTED = "3.2.1"
_LOOK_SECONDS = 0.003
_MENU = 3
"""Discord's number for a menu of texts."""
_RELATIVE_TIME = re.compile(r"<t:(-?\d+):R>")

# Whose private name, and why it is needed: the sentence of a failed import quotes both.
_NEEDED: tuple[tuple[object, str, str], ...] = (
    (Env, "_settlement_state", "to see the bot's next timer"),
    (Env, "_record_error", "to tell refusals from errors"),
    (Env, "_settle_internal", "to see sooner that the bot is done"),
    (Env, "_detach_bot", "to take the bot away"),
    (Env, "_begin_operation", "to take the bot away"),
    (Env, "_end_operation", "to take the bot away"),
    (_runtime, "_attach_bot", "to bring the bot back"),
    (_settlement, "_next_virtual_timer", "to see the bot's next timer"),
    (Preview, "_action", "to let browser and clock take turns"),
    (Preview, "_publish", "to know what each page has shown"),
    (Preview, "_publish_message_pages", "to publish once for many clicks"),
    (_markdown, "_markdown_parser", "to build parsers once"),
    (_component_projection, "_control_key", "to know a menu that changed for another one"),
    (_action_plans, "_component_key", "to know a menu that changed for another one"),
    (Preview, "_MAX_PAGES", "to allow many tabs"),
    (Preview, "_PAGE_LEASE_SECONDS", "to keep a tab that slept"),
    (_pages._Page.__slots__, "revision", "to accept a click on what is still there"),
    (_pages._Page.__slots__, "last_sequence", "to accept a click on what is still there"),
    (_server.PreviewServer, "_STATIC_FILES", "to serve the page's script"),
    (_actions.ACTION_SPECS, "set_reaction", "to accept a click on what is still there"),
)


def missing_names(needed: Iterable[tuple[object, str, str]] = _NEEDED) -> list[str]:
    """Describe each needed name that the installed SimCord lacks."""
    return [
        f"{name} ({why})"
        for owner, name, why in needed
        if not (name in owner if isinstance(owner, tuple | Mapping) else hasattr(owner, name))
    ]


def require(needed: Iterable[tuple[object, str, str]] = _NEEDED) -> None:
    """Raise ImportError with one sentence when a needed name is gone."""
    if missing := missing_names(needed):
        raise ImportError(
            f"The playground was built on SimCord {_TESTED}; {simcord.__version__} is installed and lacks "
            f"{', '.join(missing)}. Install simcord=={_TESTED}.",
        )


require()


class _Parsers:
    """SimCord builds a parser for every text it draws, which is half its work; these are built once each."""

    def __init__(self, build: Callable[..., Any]) -> None:
        self._build = build
        self._built: dict[str, tuple[dict[str, Any], Any]] = {}

    def __call__(self, policy: Mapping[str, bool | str], context: Mapping[str, Any]) -> Any:  # noqa: ANN401
        key = repr(policy)
        if key not in self._built:
            names: dict[str, Any] = {}
            self._built[key] = names, self._build(policy, names)
        names, parser = self._built[key]
        # A parser looks names up in the mapping it was built with, and is used before the next is asked for.
        names.clear()
        names.update(context)
        return parser


cast("Any", _markdown)._markdown_parser = _Parsers(_markdown._markdown_parser)


def _by_custom_id(key_of: Callable[..., str | None]) -> Callable[..., str | None]:
    """Give a menu a key of its own for each custom id, as Discord's clients do.

    SimCord knows it by its number or its place, and shows what was picked there before in whatever menu comes after.
    """
    return lambda *told: key_of(*(_numbered(each) if isinstance(each, Mapping) else each for each in told))


def _numbered(component: Mapping[str, Any]) -> Mapping[str, Any]:
    if component.get("type") != _MENU:
        return component
    return {**component, "id": 1 + crc32(str(component.get("custom_id")).encode())}


cast("Any", _component_projection)._control_key = _by_custom_id(_component_projection._control_key)
cast("Any", _action_plans)._component_key = _by_custom_id(_action_plans._component_key)


class World(Env):
    """A SimCord world that lives on: time moves only when told to, and the bot can be away for a while."""

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - SimCord's own options, passed through
        # The bot needs this world's clock to be built, so it comes after the world.
        super().__init__(cast("Any", None), check_errors=False, **options)

    @property
    def _advancing(self) -> bool:
        """Always: otherwise a bot's sleep also ends by real time, and every click waits for it to end."""
        return True

    @_advancing.setter
    def _advancing(self, value: bool) -> None:
        pass

    async def _settle_internal(self, **options: Any) -> None:  # noqa: ANN401 - passed through
        """Look often whether the bot is done: the twentieth of a second that SimCord waits is felt in each click."""
        await super()._settle_internal(**{"idle": _LOOK_SECONDS, **options})

    def _record_error(self, error: BaseException) -> None:
        """A command that was refused in a sentence has not failed, whatever discord.py calls it."""
        if not isinstance(getattr(error, "original", error), TrapwiseError):
            super()._record_error(error)

    def set_clock(self, now: datetime) -> None:
        """Move the clock without letting anything happen, before the bot is there."""
        self.backend.advance_clock((now - self.now()).total_seconds())

    def rename_bot(self, name: str) -> None:
        """Name the bot before any server knows it."""
        self.backend.bot_user.name = name

    def seconds_to_next_timer(self) -> float | None:
        """Seconds until the bot wakes by itself; None when it waits for nothing."""
        due = _settlement._next_virtual_timer(self._settlement_state())
        return None if due is None else max(0.0, due - self._virtual_time)

    async def connect(self, client: object) -> None:
        """Log a bot in; the first time starts the world. A failure leaves the world without a bot."""
        bot = cast("Any", client)
        if not self._started:
            self.bot = bot
            await self.start()
            return
        self._begin_operation("connect")
        try:
            await _runtime._attach_bot(self, bot)
        finally:
            self._end_operation()

    async def disconnect(self) -> None:
        """Take the bot off the gateway and end its tasks; members can go on, and nothing reaches it."""
        self._begin_operation("disconnect")
        try:
            await self._detach_bot()
        finally:
            self._end_operation()


def set_permissions(role: simcord.RoleHandle, bits: int) -> None:
    """Give a role exactly these permissions, as Discord's bit field; before the bot is there."""
    role._role.permissions = bits


class Page:
    """The browser page: SimCord's preview, made to share one lock with the clock and to lose no click."""

    def __init__(self, preview: Preview, lock: asyncio.Lock, script: Path, acted: Callable[[bool], None]) -> None:
        self.preview = preview
        self._lock = lock
        self._acted = acted
        # Per page and message: since which revision the page has shown these very components.
        self._shown: dict[str, dict[int, tuple[int, object]]] = {}
        self._inner_action, self._inner_publish = preview._action, preview._publish
        held = cast("Any", preview)
        held._action, held._publish = self._action, self._publish
        held._publish_message_pages = self._publish_own_page
        # A tab of a laptop that slept must find its page again; SimCord's lease is ten minutes, 16 pages.
        held._PAGE_LEASE_SECONDS, held._MAX_PAGES = 24 * 3600.0, 64
        # Our script takes the place of SimCord's and imports it under another name.
        files = {**preview._server._STATIC_FILES, "/app.js": str(script), "/simcord-app.js": "app.js"}
        cast("Any", preview._server)._STATIC_FILES = files

    @property
    def is_served(self) -> bool:
        """False before the page is served, and once somebody has pressed “End preview session”."""
        return self.preview._active and not self.preview._closed

    async def _action(self, context_id: str | None, body: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """Do what a tab asks when it is its turn. SimCord answers "busy" instead of waiting."""
        async with self._lock:
            requests = len(self.preview.env.http_requests)
            result = await self._inner_action(context_id, self._current(context_id, body))
            failed = result["rejected"] or result["settlement"] != "settled"
            self._acted(failed or len(self.preview.env.http_requests) != requests)
            return result

    def _current(self, context_id: str | None, body: Any) -> Any:  # noqa: ANN401 - JSON
        """Let a click made on an older state of the page count as made on the current one, when it can.

        SimCord refuses such a click and its page forgets it. Message, letter, command and values in the
        click are looked up in the current state anyway; what they name and is gone is refused there.
        """
        page = self.preview._pages.get(context_id or "")
        if page is None or not isinstance(body, Mapping) or body.get("sequence") != page.last_sequence + 1:
            return body
        seen, bot, kind = body.get("published_revision"), body.get("bot_generation"), body.get("kind")
        generation = self.preview.env._generation
        if not isinstance(seen, int) or not isinstance(bot, int) or seen > page.revision or bot > generation:
            return body
        if kind == "modal_submit" and bot != generation:
            return body  # the form was opened by a bot that is gone
        if kind in {"click", "select"} and not self._buttons_unchanged(page, body.get("target_id"), seen):
            return body
        return {**body, "published_revision": page.revision, "bot_generation": generation}

    def _buttons_unchanged(self, page: _pages._Page, target: object, seen: int) -> bool:
        """Whether a message still has the buttons it had at a revision: a button is known by its place alone."""
        if not isinstance(target, str | int) or not str(target).isdecimal():
            return False
        message = self.preview.env.backend.messages.get(page.channel_id, {}).get(int(target))
        first, components = self._shown.get(page.id, {}).get(int(target), (seen + 1, None))
        return message is not None and message.components is components and first <= seen

    def _publish(self, page: _pages._Page, *args: Any, **options: Any) -> None:  # noqa: ANN401 - passed through
        self._inner_publish(page, *args, **options)
        for gone in self._shown.keys() - self.preview._pages.keys() - {page.id}:
            del self._shown[gone]
        shown = self._shown.setdefault(page.id, {})
        for message in self.preview.env.backend.messages.get(page.channel_id, {}).values():
            if shown.get(message.id, (0, None))[1] is not message.components:
                shown[message.id] = (page.revision, message.components)
        for projected in page.snapshot["messages"].values():
            # SimCord's script draws a message again when anything in it differs, so "in 2 minutes" moves on.
            projected["drawn_at"] = self._countdown(projected["content"])

    def _publish_own_page(self, **options: Any) -> None:  # noqa: ANN401 - passed through
        """Publish a change to the tab that made it; the others get it, with others' changes, at the next tick."""
        if self.preview._action_page is not None:
            self.preview._publish(self.preview._action_page, **options)
        self._acted(True)  # noqa: FBT003

    def _countdown(self, content: str) -> list[int]:
        """Return, for each relative time in a text, a number that changes about when its wording does."""
        now = self.preview.capture_time.timestamp()
        left = [float(unix) - now for unix in _RELATIVE_TIME.findall(content)]
        return [round(seconds / (60 if abs(seconds) > 90 else 2)) for seconds in left]  # noqa: PLR2004 - a minute and a half

    def show_channel(self, channel: simcord.ChannelHandle) -> None:
        """Turn every open tab to another channel."""
        preview = self.preview
        preview.channel = channel
        for page in tuple(preview._pages.values()):
            page.channel_id, page.target_id, page.window_end_id = channel.id, None, None
            page.modal, page.modal_handle = None, None
            page.generation += 1
            preview._publish(page, reason="navigation")
