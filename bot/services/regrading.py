"""Regrading: storing anew what a round's answers earn, and what that changes for later rounds of its item."""

from collections.abc import Collection

from bot.domain.profile import met_in
from bot.domain.rounds import GRADED, Round
from bot.domain.standings import used_up_since
from bot.domain.tally import Result, tally
from bot.storage import answers, profiles, results, rounds
from bot.storage.store import Tx


async def earned(tx: Tx, asked: Round) -> Collection[Result]:
    """Grade a round's stored answers again; one that is void or not closed yet earns nothing."""
    if asked.state not in GRADED:
        return ()
    return tally(asked.posed, (await answers.of_rounds(tx, [asked.id]))[asked.id]).results


async def is_astray(tx: Tx, asked: Round, found: Collection[Result]) -> bool:
    """Tell whether what is stored of a round differs from what these results earn."""
    due = await results.earnings(tx, asked, found, used_up_since=used_up_since(asked.opened_on))
    met = met_in(asked.posed, found)
    if due != await results.kept(tx, asked.id) or met != await profiles.noted(tx, asked.id):
        return True
    return await results.has_stray_slips(tx, asked)


async def store(tx: Tx, asked: Round, found: Collection[Result]) -> None:
    """Store a round's results in place of earlier ones, and count them on the boards."""
    await results.keep(tx, asked, found, used_up_since=used_up_since(asked.opened_on))


async def regrade_later(tx: Tx, changed: Round) -> int:
    """Put right the later rounds of the same item in the same server; gives how many were not.

    Whether an answer is ranked there or practice depends on who had a ranked answer to the round that changed; marks
    and slips do not.
    """
    count = 0
    for later in await rounds.of_item(tx, changed, states=GRADED):
        count += await results.rerank(tx, later, used_up_since=used_up_since(later.opened_on))
    return count
