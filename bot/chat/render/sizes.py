"""Measuring a bank as it will be shown: what would not fit into a message, found before anyone posts it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from itertools import islice

from bot.chat.render.lessons import lesson_pages, lesson_title
from bot.chat.render.question import question
from bot.chat.render.reveal import shrunk
from bot.chat.render.text import LAYOUT_LIMIT, MESSAGE_LIMIT, NAME_LIMIT
from bot.chat.render.traps import trap_card
from bot.domain.bank import Bank
from bot.domain.item import Item
from bot.domain.posed import PosedItem
from bot.domain.quiz import LONGEST, MOST_ITEMS, Quiz
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.finding import Diagnosis
from bot.domain.scenarios.sizes import largest_diagnosis, largest_items
from bot.domain.standings import Score, Standing
from bot.domain.tally import Tally
from bot.services.ports import TOP, Reveal

_LARGEST_ID = 2**63 - 1
_MOMENT = datetime(2999, 12, 31, 23, 59, 59, tzinfo=UTC)
_COMPONENTS = 40
_PAGE_BUTTONS = 3
_REVEAL_BUTTONS = 4

# Every character of it but one is written as two, and that one as three.
_LONGEST_NAME = "_" * (NAME_LIMIT - 1) + "\u05d0"


def too_large(bank: Bank) -> Iterator[tuple[str, str, str]]:
    """Yield (`item`, `trap`, `lesson` or `cases`; its id; what does not fit) for everything too long once rendered.

    Questions are measured with a role ping and the longest numbers, reveals with every distractor chosen and
    shrunk: that much they must have room for.
    """
    for item in bank.items():
        yield from _item(bank, item, "item", item.id)
    for trap in bank.traps.values():
        yield from _layout("trap", trap.id, "card", trap_card(bank, trap))
    for lesson in bank.lessons.values():
        pages = lesson_pages(bank, lesson)
        for number, page in enumerate(pages, start=1):
            texts = [lesson_title(bank, lesson, number, len(pages)), *page.blocks]
            pictures = 0 if page.chain is None else 1
            menus = 2 if page.traps else 1
            yield from _layout(
                "lesson", lesson.id, f"page {number}", texts, buttons=_PAGE_BUTTONS, pictures=pictures, menus=menus
            )
        worst = largest_diagnosis(lesson)
        cases = (found for item in largest_items(lesson) for found in _item(bank, item, "cases", lesson.id, worst))
        yield from islice(cases, 1)  # one is enough: they are all made of the same texts


def components(blocks: int, buttons: int = 0, *, menus: int = 0) -> int:
    """Count what a card is made of: its frame, texts and pictures, the lines between, buttons and menus in rows."""
    return 1 + blocks + max(blocks - 1, 0) + (1 + buttons if buttons else 0) + 2 * menus


def _item(
    bank: Bank, item: Item, kind: str, subject: str, diagnosis: Diagnosis | None = None
) -> Iterator[tuple[str, str, str]]:
    asked = _largest_round(bank, item)
    longest = "longest " if kind == "cases" else ""
    opened = replace(asked, state=RoundState.OPEN)
    daily = max(len(question(each, bank)) for each in (opened, asked))
    quiz = max(len(question(replace(each, ping_role=None), bank, _longest_quiz(bank))) for each in (opened, asked))
    yield from _over(kind, subject, f"{longest}question", max(daily, quiz), MESSAGE_LIMIT)
    told = replace(_largest_reveal(bank, asked), diagnosis=diagnosis)
    pictures = 0 if diagnosis is None else 1
    yield from _layout(kind, subject, f"{longest}reveal", shrunk(told), buttons=_REVEAL_BUTTONS, pictures=pictures)


def _layout(
    kind: str, subject: str, what: str, texts: Sequence[str], *, buttons: int = 0, pictures: int = 0, menus: int = 0
) -> Iterator[tuple[str, str, str]]:
    yield from _over(kind, subject, what, sum(map(len, texts)), LAYOUT_LIMIT)
    parts = components(len(texts) + pictures, buttons, menus=menus)
    if parts > _COMPONENTS:
        yield kind, subject, f"its {what} has {parts} parts once shown; Discord takes {_COMPONENTS}"


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
        state=RoundState.EXPLAINED,
        reveal_id=_LARGEST_ID,
        on=date.max,
        opened_on=date.max,
        number=MOST_ITEMS,
        planned_at=_MOMENT,
        closes_at=_MOMENT,
        step_at=None,
        closed_late=True,
        ping_role=_LARGEST_ID,
    )


def _longest_quiz(bank: Bank) -> Quiz:
    return Quiz(
        id=_LARGEST_ID,
        guild_id=_LARGEST_ID,
        channel_id=_LARGEST_ID,
        host_id=_LARGEST_ID,
        bank=bank.id,
        count=MOST_ITEMS,
        seconds=LONGEST,
        made_at=_MOMENT,
        begins_at=_MOMENT,
        paused_at=_MOMENT,
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
        top=tuple(Standing(rank=1, score=score) for _ in range(TOP)),
        earners=10**6,
    )
