"""Revealing: everything that the reveal of a closed round tells, gathered from the database and the bank."""

from bot.domain.rounds import GRADED, Round
from bot.domain.scenarios.finding import diagnose
from bot.domain.standings import Standing, rank, used_up_since
from bot.domain.tally import tally
from bot.services.library import Library
from bot.services.ports import TOP, TOP_OF_QUIZ, Reveal
from bot.storage import answers, quizzes, results, rounds
from bot.storage.store import Store, Tx


async def reveal_of(store: Store, library: Library, closed: Round) -> Reveal:
    """Gather what the reveal of a round tells now; what its bank has no more is left out."""
    async with store.read() as tx:
        held = (await answers.of_rounds(tx, [closed.id]))[closed.id]
        again = closed.void_reason is not None and await _asked_again(tx, closed)
        quiz = await quizzes.by_id(tx, closed.quiz_id) if closed.quiz_id is not None else None
        top, earners = await _leading(tx, closed)
    item = closed.posed.item
    bank = library.bank(closed.bank) if library.has(closed.bank) else None
    lesson = bank.lessons.get(item.lesson) if bank is not None else None
    return Reveal(
        round=closed,
        bank_title=bank.short_title if bank is not None else closed.bank,
        lesson_id=item.lesson,
        lesson_title=lesson.title if lesson is not None else item.lesson,
        tally=tally(closed.posed, held),
        traps=library.traps_of(closed.bank, item),
        sources=tuple(bank.sources[each] for each in item.sources if each in bank.sources) if bank else (),
        top=tuple(top),
        earners=earners,
        diagnosis=diagnose(bank, item) if bank is not None else None,
        asked_again=again,
        quiz=quiz,
    )


async def _leading(tx: Tx, closed: Round) -> tuple[list[Standing], int]:
    """Give the first of the day, or of a quiz up to this round, and how many there are."""
    if closed.quiz_id is not None:
        standings = rank(await quizzes.board(tx, closed.quiz_id, up_to=closed.number))
        return standings[:TOP_OF_QUIZ], len(standings)
    top, earners = await results.top_of_day(tx, closed.guild_id, closed.opened_on, limit=TOP)
    return rank(top), earners


async def _asked_again(tx: Tx, corrected: Round) -> bool:
    later = await rounds.of_item(tx, corrected, states=GRADED)
    return any(used_up_since(each.opened_on) <= corrected.opened_on for each in later)
