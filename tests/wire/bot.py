"""`python -m tests.wire.bot`: the real bot as a process, told where Discord is, what time it is, and when to die."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random

import orjson

from bot import app, log
from bot.chat import traffic
from bot.chat.connection import ConnectionProblem, stay_connected
from bot.domain.lesson import Lesson
from bot.services.answering import Answering
from bot.services.library import Shelf
from tests.wire.hooks import Hooks, Point
from tests.wire.minutes import Minutes, What
from tests.wire.point import point_discord_at
from tests.wire.serve import add_clock_arguments, clock_of
from tests.wire.state import DEFAULT_TOKEN

_NAPS = 0.25


def main(argv: Sequence[str] | None = None, *, shelves: Sequence[Shelf] | None = None) -> None:
    """Run the bot until it is told to stop, or dies as planned; `shelves` spare it loading the banks."""
    args = _parser().parse_args(argv)
    log.configure(args.log_level, "text", sys.stderr, token=args.token)
    point_discord_at(args.discord)
    _shorten_holds(args.shorter_holds)
    plan = [Point.from_json(orjson.dumps(each)) for each in orjson.loads(args.plan)]
    hooks = Hooks(plan=plan, trace=args.trace)
    if plan or args.trace is not None:
        hooks.install()
    found = app.load_shelves([app.shipped_content()]) if shelves is None else shelves
    try:
        asyncio.run(_run(args, hooks, narrowed(found, args.items) if args.items else found))
    except ConnectionProblem as problem:
        sys.exit(f"gave up: {problem}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--discord", required=True, help="the address of the server")
    parser.add_argument("--database", required=True, type=Path)
    parser.add_argument("--token", default=DEFAULT_TOKEN)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument(
        "--longest-nap", type=float, default=_NAPS, help="in real seconds, so that a fast clock is seen"
    )
    parser.add_argument(
        "--shorter-holds", type=float, default=1.0, help="how many times shorter the bot holds its requests in trouble"
    )
    parser.add_argument("--steps", type=Path, help="a file with seconds by which the bot's clock is off")
    parser.add_argument("--plan", default=os.environ.get("WIRE_PLAN", "[]"), help="points at which to die, as JSON")
    parser.add_argument("--trace", type=Path, help="a file for the points that are reached")
    parser.add_argument("--acks", type=Path, help="a file for the answers that were acknowledged")
    parser.add_argument("--minutes", type=Path, help="a file for what is heard and when rounds move on")
    parser.add_argument("--items", type=lambda text: text.split(","), help="the only items of the banks, by id")
    parser.add_argument("--log-level", default="INFO")
    add_clock_arguments(parser)
    return parser


def narrowed(shelves: Iterable[Shelf], items: Collection[str]) -> list[Shelf]:
    """Leave only some items in the banks, by id."""

    def only(lesson: Lesson) -> Lesson:
        return replace(lesson, items=tuple(item for item in lesson.items if item.id in items))

    return [
        replace(shelf, bank=replace(shelf.bank, lessons={key: only(each) for key, each in shelf.bank.lessons.items()}))
        for shelf in shelves
    ]


async def _run(args: argparse.Namespace, hooks: Hooks, shelves: Sequence[Shelf]) -> None:
    clock = clock_of(args)
    clock.steps = args.steps
    minutes = None if args.minutes is None else Minutes(args.minutes, clock)
    if minutes is not None:
        minutes.watch()
        minutes.note(What.STARTED)
    bot = await app.open_app(
        database=f"sqlite+aiosqlite:///{args.database}",
        shelves=shelves,
        clock=clock,
        rng=Random(args.seed),
        longest_nap=timedelta(seconds=args.longest_nap),
    )
    hooks.listen(bot.client)
    if minutes is not None:
        minutes.listen(bot.client)
    if args.acks is not None:
        note_acknowledged(bot.answering, args.acks)
    try:
        await stay_connected(bot.client, args.token)
    finally:
        await bot.close()
        logging.getLogger("tests.wire").info("stopped cleanly")


def _shorten_holds(times: float) -> None:
    """Let the holds after many answers of 429 last as long by a fast clock as they do in life.

    They are in real seconds, a quarter of an hour at most: by a clock that is sixty times as fast two thirds of a day,
    in which nothing is asked, closed or revealed. What Discord itself asks to wait is kept as it is.
    """
    traffic._FIRST_HOLD /= times
    traffic._LONGEST_HOLD /= times


def note_acknowledged(answering: Answering, file: Path) -> None:
    """Write a line of JSON for every letter that was acknowledged: what survives a kill is what was promised."""
    lines = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def noting(change: str, act: Callable[..., Awaitable[str]]) -> Callable[..., Awaitable[str]]:
        async def wrapped(message_id: int, member_id: int, mark: str, **more: str | None) -> str:
            verdict = await act(message_id, member_id, mark, **more)
            os.write(lines, orjson.dumps([change, message_id, member_id, mark, str(verdict)]) + b"\n")
            return verdict

        return wrapped

    answering.tap = noting("tap", answering.tap)  # type: ignore[method-assign,assignment]
    answering.lift = noting("lift", answering.lift)  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    main()
