"""Upkeep: what an operator does with a database from the command line, whether or not the bot is running."""

from typing import TextIO

from bot.services.rebuilding import Findings, Rebuilding
from bot.storage.store import StorageBusy, StorageProblem, open_existing


async def rebuild(database: str, out: TextIO, *, mend: bool) -> int:
    """Compare results and boards with the answers, `mend` what differs, and say what was found.

    Gives the exit code: 1 when something differs and was not mended.

    Raises:
        StorageProblem: there is no such database, it cannot be used, another version wrote it, or it takes no writes.
    """
    store = await open_existing(database)
    try:
        rebuilding = Rebuilding(store)
        found: list[Findings] = []
        async for findings in rebuilding.mend() if mend else rebuilding.check():
            found.append(findings)
            _say(findings, out, number=len(found), mend=mend)
    except StorageBusy as busy:
        raise StorageProblem(f"{store.where}: {busy}") from busy
    finally:
        await store.close()
    wrong = [findings for findings in found if not findings.sound]
    rounds, answers = sum(each.rounds for each in found), sum(each.answers for each in found)
    verdict = "results and boards are what the answers earn" if not wrong else _remedy(len(wrong), mend=mend)
    counted = ", ".join([_counted(len(found), "server"), _counted(rounds, "closed round"), _counted(answers, "answer")])
    print(f"{counted}: {verdict}.", file=out)
    return 1 if wrong and not mend else 0


def _say(findings: Findings, out: TextIO, *, number: int, mend: bool) -> None:
    if not findings.sound:
        print(
            f"server {findings.guild_id}: {_counted(findings.wrong_rounds, 'round')} and "
            f"{_counted(findings.wrong_boards, 'board')} {'were' if mend else 'are'} not what the answers earn",
            file=out,
        )
    elif out.isatty():
        print(f"{_counted(number, 'server')} compared …", end="\r", flush=True, file=out)


def _remedy(wrong: int, *, mend: bool) -> str:
    servers = _counted(wrong, "server")
    return f"{servers} put right" if mend else f"{servers} with differences; `trapwise rebuild` puts them right"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
