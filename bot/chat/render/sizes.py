"""Measuring a bank as it will be shown: what would not fit into a message, found before anyone posts it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction

from bot.chat.render.cards import lesson_pages, trap_card
from bot.chat.render.question import question
from bot.chat.render.reveal import reveal
from bot.chat.render.text import LAYOUT_LIMIT, MESSAGE_LIMIT
from bot.domain.bank import Bank
from bot.domain.item import Item
from bot.domain.posed import PosedItem
from bot.domain.rounds import Round, RoundState
from bot.domain.standings import Score, Standing
from bot.domain.tally import Tally
from bot.services.ports import Reveal

_LARGEST_ID = 2**63 - 1
_MOMENT = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
_LONGEST_NAME = "W" * 32


def too_large(bank: Bank) -> Iterator[tuple[str, str, str]]:
    """Yield (`item`, `trap` or `lesson`; its id; what does not fit) for everything too long once rendered.

    Questions are measured with a role ping and the longest numbers, reveals with every distractor chosen.
    """
    for item in bank.items():
        asked = _largest_round(bank, item)
        yield from _over("item", item.id, "question", len(question(asked, bank)), MESSAGE_LIMIT)
        told = sum(len(text) for text in reveal(_largest_reveal(bank, asked)))
        yield from _over("item", item.id, "reveal", told, LAYOUT_LIMIT)
    for trap in bank.traps.values():
        yield from _over("trap", trap.id, "card", sum(map(len, trap_card(bank, trap))), LAYOUT_LIMIT)
    for lesson in bank.lessons.values():
        for number, page in enumerate(lesson_pages(bank, lesson), start=1):
            yield from _over("lesson", lesson.id, f"page {number}", sum(map(len, page)), LAYOUT_LIMIT)


def _over(kind: str, subject: str, what: str, size: int, limit: int) -> Iterator[tuple[str, str, str]]:
    if size > limit:
        yield kind, subject, f"its {what} is {size:,} characters once shown; Discord takes {limit:,}"


def _largest_round(bank: Bank, item: Item) -> Round:
    return Round(
        id=_LARGEST_ID,
        guild_id=_LARGEST_ID,
        channel_id=_LARGEST_ID,
        schedule_id=_LARGEST_ID,
        bank=bank.id,
        posed=PosedItem(item=item, order=tuple(range(len(item.options)))),
        state=RoundState.CLOSED,
        on=date.max,
        opened_on=date.max,
        number=1,
        planned_at=_MOMENT,
        closes_at=_MOMENT,
        step_at=None,
        closed_late=True,
        ping_role=_LARGEST_ID,
    )


def _largest_reveal(bank: Bank, asked: Round) -> Reveal:
    item = asked.posed.item
    score = Score(member_id=_LARGEST_ID, name=_LONGEST_NAME, units=int(Fraction(4, 3) * 5040), answered=1, right=0)
    everyone = 100_000
    return Reveal(
        round=asked,
        bank_title=bank.short_title,
        lesson_id=item.lesson,
        lesson_title=bank.lessons[item.lesson].title,
        tally=Tally(
            participants=everyone,
            fully_right=everyone,
            unresolved=0,
            chosen=dict.fromkeys(asked.posed.letters, everyone),
            results=(),
        ),
        traps={trap: bank.traps[trap] for trap in item.traps},
        sources=tuple(bank.sources[each] for each in item.sources),
        top=tuple(Standing(rank=1, score=score) for _ in range(20)),
    )
