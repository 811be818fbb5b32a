"""Mixing: what is asked next, items that somebody wrote and, where they are allowed, generated cases."""

from dataclasses import replace
from random import Random

from bot.domain.bank import Bank
from bot.domain.item import Difficulty, Item
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import case_item
from bot.domain.scenarios.drawing import Stock, labs
from bot.domain.selection import History, choose, fitting, fresh, is_on

SHARE = 1 / 3
"""How often a case is asked while there are items that were never asked; afterwards cases come before repetitions."""

_WEIGHED = 6
"""Fresh cases that are weighed against one another for each one that is asked."""


def mix(
    bank: Bank,
    topic: str | None,
    history: History,
    *,
    count: int,
    rng: Random,
    cases: bool,
    trap: str | None = None,
    difficulty: Difficulty | None = None,
) -> list[Item]:
    """Choose up to `count` different items on a topic, with generated ones among them where `cases` are allowed.

    Which lessons have those is told by `labs_on`. Without cases this is `choose`. A case that the server was never
    told comes before any that it was, and before an item asked already; no two that are chosen are one case in
    different words.
    """
    items = fitting(bank, topic=topic, trap=trap, difficulty=difficulty)
    lessons = labs_on(bank, topic, trap=trap, difficulty=difficulty) if cases else []
    if not lessons:
        return choose(bank, items, history, count=count, rng=rng)
    stock = Stock(bank=bank, lessons=lessons, told=history.told, taken=history.busy, difficulty=difficulty)
    unasked = sum(item.id not in history.busy for item in fresh(items, history.asked))
    wanted = sum(rng.random() < SHARE for _ in range(count))
    made = _made(stock, history, count=max(wanted, count - unasked), rng=rng)
    chosen = made + choose(bank, items, history, count=count - len(made), rng=rng)
    rng.shuffle(chosen)
    return chosen + [case_item(case, rule=bank.rule) for case in stock.again(count=count - len(chosen))]


def labs_on(
    bank: Bank, topic: str | None, *, trap: str | None = None, difficulty: Difficulty | None = None
) -> list[Lesson]:
    """List the lessons whose cases are asked on a topic, always all of a lesson's: its id, or one of its objectives.

    Cases are not narrowed to an objective, and not asked on a trap: either would tell which link is broken.
    """
    if trap is not None:
        return []
    return [
        lesson
        for lesson in labs(bank, difficulty)
        if any(is_on(bank, topic, lesson.id, objective) for objective in lesson.objectives)
    ]


def _made(stock: Stock, history: History, *, count: int, rng: Random) -> list[Item]:
    drawn = [case_item(case, rule=stock.bank.rule) for case in stock.fresh(rng, count=_WEIGHED * count)]
    return choose(stock.bank, drawn, replace(history, asked={}, busy=()), count=count, rng=rng)
