"""`trapwise playground`: its options, and its run from the first sentence to the last."""

import argparse
import asyncio
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from bot.domain.errors import TrapwiseError
from bot.playground.database import Horizon, Unusable, database
from bot.playground.terminal import Keys, say

if TYPE_CHECKING:
    from bot.playground.world import Playground, RunningBot

USUAL_PORT = 8765
SLOWEST, FASTEST = 0.1, 3600.0

_KEYS = """\
Keys:  n  skip ahead until the bot next says something       + -  make time pass faster or slower
       r  restart the bot; open questions and answers stay    c    turn the page to the other channel
       o  take the bot offline, and back online               q    quit
       While it is offline, keep clicking letters: it catches up when it is back."""


class MakeApp(Protocol):
    """What opens a composed bot."""

    def __call__(self, *, database: str, clock: Callable[[], datetime]) -> Awaitable["RunningBot"]: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the playground's options to a parser."""
    parser.add_argument(
        "--port", type=_port, metavar="N", help=f"port of the page (default {USUAL_PORT}, or a free one)"
    )
    parser.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X",
        help="let time pass X times as fast: 60 is a minute a second",
    )
    parser.add_argument(
        "--db", type=Path, metavar="PATH", help="keep the database there between runs (default: a temporary one)"
    )


async def run(args: argparse.Namespace, *, make_app: MakeApp, wall: Callable[[], datetime]) -> int:
    """Run the playground, which follows the clock on the wall, until somebody ends it; returns the exit code."""
    try:
        # Imported late: it needs the packages of the `playground` extra, and its options do not. SimCord tries
        # discord.py out on import, which then warns of packages that only voice needs.
        logging.disable(logging.WARNING)
        from bot.playground.world import Playground  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        return _refuse(f"The playground needs {missing.name}: run `pip install 'trapwise[playground]'`.", 1)
    except ImportError as changed:
        return _refuse(str(changed), 1)
    finally:
        logging.disable(logging.NOTSET)
    try:
        port = _choose_port(args.port)
        with database(args.db) as where, Keys().open() as keys:
            horizon = Horizon(where, now=wall(), ahead=timedelta(minutes=1) * args.speed)
            playground = Playground(
                lambda clock: make_app(database=str(where.path), clock=clock),
                now=horizon.start,
                speed=args.speed,
                reaching=horizon.reach,
            )
            return await _play(playground, horizon, keys, port=port, kept=where.path if where.kept else None)
    except Unusable as refusal:
        return _refuse(str(refusal), 2)
    except TrapwiseError as refusal:
        return _refuse(str(refusal), 1)


async def _play(playground: "Playground", horizon: Horizon, keys: Keys, *, port: int, kept: Path | None) -> int:
    zone = local_zone()
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(lambda: horizon.stop_at(playground.world.now()))
        stack.push_async_callback(playground.close)
        for notice in await playground.bring_bot():
            say(notice)
        refusal = await playground.arrange(zone=zone, set_up=not horizon.set_up)
        horizon.set_up |= refusal is None
        preview = await stack.enter_async_context(playground.page(port=port, zone=zone))
        _introduce(preview.url, refusal, kept=kept, listening=keys.listening)
        await stack.enter_async_context(playground.moving())
        closing = asyncio.create_task(preview.wait_closed())
        closing.add_done_callback(lambda _: keys.press("q"))
        stack.callback(closing.cancel)
        while (key := await keys.next()) != "q":
            await _obey(playground, key, keys)
    say("The playground has ended." + (f" Its database stays in {kept}." if kept else ""))
    return 0


async def _obey(playground: "Playground", key: str, keys: Keys) -> None:
    """Do what a key stands for; what goes wrong is told and ends nothing."""
    try:
        match key:
            case "r":
                await playground.take_bot()
                await playground.bring_bot()
                say("The bot has been restarted.")
            case "o" if playground.bot_is_here:
                await playground.take_bot()
                say("The bot is offline. Click letters in the page, then press o again.")
            case "o":
                await playground.bring_bot()
                say("The bot is online again and has caught up.")
            case "n" if not playground.bot_is_here:
                say("The bot is offline, so nothing would happen: press o first.")
            case "n":
                say("Skipping ahead …")
                done = await playground.skip(enough=lambda: keys.ending)
                say(f"It is {_time(playground)}. " + ("" if done else "The bot had nothing to say."))
            case "+" | "=" | "-":
                factor = 0.1 if key == "-" else 10
                playground.speed = min(max(playground.speed * factor, SLOWEST), FASTEST)
                say(f"Time passes {playground.speed:g} times as fast. It is {_time(playground)}.")
            case "c":
                say(f"The page shows #{await playground.show_next_channel()}.")
            case "h" | "?":
                say(_KEYS)
            case _:
                pass
    except Exception as trouble:  # noqa: BLE001 - whatever it was, the visitor can go on
        say(f"That did not work: {trouble}")


def _introduce(url: str, refusal: str | None, *, kept: Path | None, listening: bool) -> None:
    say(f"\nThe playground is at  {url}\n")
    say("Open it in a browser, in as many tabs as you like. There you are everyone:")
    say("Olive the organiser, and Ana, Ben, Chi and Dee. Choose who you are after “Viewing as”.")
    if refusal is None:
        say("A question is waiting. Answer it as several of them; in two minutes it closes and is explained.")
    else:
        say(f"The bot posted no question. It said: {refusal}")
    if kept is None:
        say("The database goes when you quit; --db PATH would keep it.")
    say("\n" + _KEYS + "\n" if listening else "Ctrl-C ends it.")


def _time(playground: "Playground") -> str:
    return f"{playground.world.now().astimezone(local_zone()):%A %H:%M}"


def local_zone(link: str = "/etc/localtime") -> ZoneInfo:
    """Return the zone this machine is set to, as far as it says so by name; else UTC."""
    try:
        return ZoneInfo(os.path.realpath(link).partition("/zoneinfo/")[2])
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


def _choose_port(asked: int | None) -> int:
    port = USUAL_PORT if asked is None else asked
    with socket.socket() as trial:
        if os.name == "posix":  # as the server does: a port that was closed a moment ago is free
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError as trouble:
            if asked is not None:
                raise Unusable(f"Port {port} cannot be used ({trouble.strerror}): choose another --port.") from trouble
            say(f"Port {port} is taken, so the page gets a free one.")
            return 0
    return port


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201 - the terminal is where it belongs
    return code


def _port(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) < 1 << 16:
        raise argparse.ArgumentTypeError(f"{text} is no port: give a number from 1 to 65535")
    return int(text)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not SLOWEST <= speed <= FASTEST:
        raise argparse.ArgumentTypeError(f"{text} is no speed: give a number from {SLOWEST:g} to {FASTEST:g}")
    return speed
