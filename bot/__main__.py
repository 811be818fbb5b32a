"""The command line: `trapwise run`, `playground`, `bank` and the rest; exit codes 0 fine, 1 problems, 2 wrong use."""

import argparse
import asyncio
import gc
import logging
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

# Hardly anything of what is loaded here becomes garbage: searching it for some would take a sixth of the time to start.
gc.disable()

from bot import __version__, app, log
from bot.chat.connection import ConnectionProblem, stay_connected
from bot.chat.render.sizes import too_large
from bot.playground import command as playground
from bot.services.heartbeat import read_sign
from bot.settings import SettingsProblem, load_settings
from bot.storage.store import StorageProblem

gc.freeze()
gc.enable()

FINE, PROBLEMS = 0, 1


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; returns the exit code."""
    args = _parser().parse_args(argv)
    command: Callable[[argparse.Namespace], int] = args.command
    try:
        return command(args)
    except (SettingsProblem, StorageProblem, ConnectionProblem, app.ContentProblem) as problem:
        print(problem, file=sys.stderr)  # noqa: T201 - the command line speaks to a person
        return PROBLEMS
    except KeyboardInterrupt:
        return FINE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="trapwise", description=__doc__)
    parser.add_argument("--version", action="version", version=f"trapwise {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="run the bot in Discord; needs DISCORD_TOKEN")
    run.set_defaults(command=_run)
    play = commands.add_parser("playground", help="run the bot in a browser page, without Discord")
    playground.add_arguments(play)
    play.set_defaults(command=_play)
    rebuild = commands.add_parser("rebuild", help="grade every stored answer again and put boards right")
    rebuild.add_argument("--check", action="store_true", help="change nothing; exit code 1 when something differs")
    rebuild.set_defaults(command=_rebuild)
    health = commands.add_parser("health", help="tell whether a running bot is alive (for containers)")
    health.set_defaults(command=_health)
    _add_bank_commands(commands.add_parser("bank", help="check and count lesson banks"))
    return parser


def _add_bank_commands(parser: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="report every problem of every file as file:line:column: message")
    check.add_argument("paths", nargs="*", type=Path, help="folders of banks; the shipped ones when left out")
    check.add_argument("--strict", action="store_true", help="also ask for what makes a bank good to learn from")
    check.set_defaults(command=_check)
    stats = commands.add_parser("stats", help="count lessons, items, traps, and items per trap and objective")
    stats.add_argument("path", nargs="?", type=Path, help="a folder of banks; the shipped ones when left out")
    form = stats.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument("--markdown", action="store_true", help="print the coverage of the blueprint as a table")
    stats.set_defaults(command=_stats)
    schema = commands.add_parser("schema", help="write the JSON Schemas that editors complete by")
    schema.add_argument("folder", nargs="?", type=Path, default=Path("content/schema"))
    schema.set_defaults(command=_schema)


# What only one command needs is imported when that is given: `run` starts without it.


def _check(args: argparse.Namespace) -> int:
    from bot.content import cli  # noqa: PLC0415 - see above

    return cli.check(args.paths or [app.shipped_content()], sys.stdout, rendered=too_large, strict=args.strict)


def _stats(args: argparse.Namespace) -> int:
    from bot.content import cli  # noqa: PLC0415 - see above

    return cli.stats(args.path or app.shipped_content(), sys.stdout, as_json=args.json, as_markdown=args.markdown)


def _schema(args: argparse.Namespace) -> int:
    from bot.content import cli  # noqa: PLC0415 - see above

    return cli.schema(args.folder, sys.stdout)


def _run(args: argparse.Namespace) -> int:
    del args
    settings = load_settings()
    if settings.discord_token is None:
        raise SettingsProblem(["DISCORD_TOKEN: is not set; `trapwise playground` runs without one"])
    token = settings.discord_token.get_secret_value()
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    except OSError as trouble:
        problem = f"TRAPWISE_DATA_DIR: {settings.data_dir} cannot be made ({trouble.strerror}); name another folder"
        raise SettingsProblem([problem]) from None
    log.configure(settings.log_level, settings.log_format, sys.stderr, token=token)
    shipped = app.shipped_content()
    own = [settings.content_dir] if settings.content_dir is not None else []
    # What is shipped was measured by the project's tests: to do it again takes as long as loading it.
    shelves = app.load_shelves([shipped, *own], measured=[shipped])

    async def serve() -> None:
        bot = await app.open_app(
            database=settings.database_url,
            shelves=shelves,
            heartbeat=_heartbeat(settings.data_dir),
            alone=True,
            retention=settings.review_retention,
        )
        app.spare_collector()
        for notice in bot.notices:
            logging.getLogger("bot").info(notice)
        try:
            await stay_connected(bot.client, token)
        finally:
            await bot.close()

    asyncio.run(serve())
    return FINE


def _play(args: argparse.Namespace) -> int:
    log.configure("WARNING", "text", sys.stderr)
    shelves = app.load_shelves([app.shipped_content()])

    def make_app(*, database: str, clock: Callable[[], datetime]) -> Awaitable[app.App]:
        return app.open_app(
            database=f"sqlite+aiosqlite:///{quote(database, safe='/:')}",
            shelves=shelves,
            clock=clock,
            longest_nap=timedelta(hours=1),
            unlimited=True,
        )

    return asyncio.run(playground.run(args, make_app=make_app, wall=app.system_clock))


def _rebuild(args: argparse.Namespace) -> int:
    from bot import upkeep  # noqa: PLC0415 - see above

    database = load_settings().database_url
    return asyncio.run(upkeep.rebuild(database, sys.stdout, mend=not args.check))


def _health(args: argparse.Namespace) -> int:
    del args
    found = read_sign(_heartbeat(load_settings().data_dir), app.system_clock().timestamp())
    print(found.sentence)  # noqa: T201
    return FINE if found.well else PROBLEMS


def _heartbeat(data_dir: Path) -> Path:
    return data_dir / "heartbeat"


if __name__ == "__main__":
    sys.exit(main())
