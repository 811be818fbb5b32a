"""Upkeep: what an operator does with a database from the command line, whether or not the bot is running."""

import asyncio
from typing import TextIO

from bot.chat.render.text import plural
from bot.services.ports import Clock
from bot.services.rebuilding import Findings, Rebuilding
from bot.storage import dialect
from bot.storage.store import StorageProblem, open_store


async def rebuild(database: str, out: TextIO, *, clock: Clock, mend: bool) -> int:
    """Compare results and boards with the answers, `mend` what differs, and say what was found.

    Gives the exit code: 1 when something differs and was not mended.

    Raises:
        StorageProblem: there is no such database, or it cannot be used.
    """
    file = dialect.sqlite_file(database)
    if not await asyncio.to_thread(file.exists):
        raise StorageProblem(f"{file}: there is no database yet; name another with DATABASE_URL.")
    store = await open_store(database, now=clock())
    try:
        rebuilding = Rebuilding(store)
        found: list[Findings] = []
        async for findings in rebuilding.mend() if mend else rebuilding.check():
            found.append(findings)
            _say(findings, out, number=len(found), mend=mend)
    finally:
        await store.close()
    wrong = [findings for findings in found if not findings.sound]
    rounds, answers = sum(each.rounds for each in found), sum(each.answers for each in found)
    verdict = "results and boards are what the answers earn" if not wrong else _remedy(len(wrong), mend=mend)
    counted = ", ".join([plural(len(found), "server"), plural(rounds, "closed round"), plural(answers, "answer")])
    print(f"{counted}: {verdict}.", file=out)
    return 1 if wrong and not mend else 0


def _say(findings: Findings, out: TextIO, *, number: int, mend: bool) -> None:
    if not findings.sound:
        print(
            f"server {findings.guild_id}: {plural(findings.wrong_rounds, 'round')} and "
            f"{plural(findings.wrong_boards, 'board')} {'were' if mend else 'are'} not what the answers earn",
            file=out,
        )
    elif out.isatty():
        print(f"{plural(number, 'server')} compared …", end="\r", flush=True, file=out)


def _remedy(wrong: int, *, mend: bool) -> str:
    servers = plural(wrong, "server")
    return f"{servers} put right" if mend else f"{servers} with differences; `trapwise rebuild` puts them right"
