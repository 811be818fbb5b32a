"""The cases of every chain that comes with Trapwise: how many there are, how long they get, and what lengths tell."""

import re
from collections import Counter
from itertools import count
from random import Random

import pytest

from bot.domain.item import Difficulty
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import Case, Form, Question, case_item
from bot.domain.scenarios.finding import all_traits
from bot.domain.scenarios.generating import generate, make_case
from bot.domain.scenarios.plan import all_plans, draw_plan
from tests.domain.labs import bank_of, shipped_labs, some_plans

LONGEST_STEM = 900
LONGEST_OPTION = 150
LONGEST_WHY = 400

LEAST_CASES = 300
"""A question a day, every third of them a case: nobody meets one twice in more than two years."""

LEAST_CASES_OF_ONBOARDING = 500
"""What was promised of lesson 6.2, whose chain was the first."""

SEEN = 500
"""Cases of each form that are looked at for what their lengths tell."""

MOST_TELLING = 1.6
"""How much more often than by chance the longest option of a form may be right, or the shortest."""

of_every_chain = pytest.mark.parametrize("lesson", shipped_labs(), ids=lambda lesson: lesson.id)


@of_every_chain
def test_there_are_many_cases(lesson: Lesson) -> None:
    """A chain tells hundreds of cases apart, of every form, and most of the first hundred seeds differ."""
    assert lesson.chain is not None
    plans = list(all_plans(lesson.chain))
    assert len(set(plans)) == len(plans)
    keys = {traits.key for traits in all_traits(lesson)}
    assert len(keys) >= (LEAST_CASES_OF_ONBOARDING if lesson.id == "6.2" else LEAST_CASES)
    assert {key.split()[0] for key in keys} == set(Form)
    drawn = [generate(lesson, seed).key for seed in range(100)]
    assert set(drawn) <= keys
    assert len(set(drawn)) > 75


@of_every_chain
def test_every_question_is_drawn(lesson: Lesson) -> None:
    """Among a few hundred seeds are cases of every form, of two difficulties or more, with no, one and two faults."""
    drawn = [generate(lesson, seed) for seed in range(400)]
    assert {case.form for case in drawn} == set(Form)
    assert {case.question for case in drawn} == set(Question)
    assert {case.difficulty for case in drawn} >= {Difficulty.MEDIUM, Difficulty.HARD}
    assert {len(case.flaws) for case in drawn} == {0, 1, 2}


@of_every_chain
def test_cases_keep_the_limits(lesson: Lesson) -> None:
    """Their texts are as long as an item's may be; their traps, sources and objectives are the bank's."""
    bank = bank_of(lesson)
    for number, plan in enumerate(some_plans(lesson)):
        item = case_item(make_case(lesson, plan, number, Random(number)))
        assert len(item.stem) <= LONGEST_STEM
        assert max(len(option.text) for option in item.options) <= LONGEST_OPTION
        assert max(len(option.why) for option in item.options) <= LONGEST_WHY
        assert item.traps <= set(bank.traps)
        assert set(item.sources) <= set(bank.sources)
        assert item.objective in bank.blueprint.objectives()
        assert not re.search(r"\s\s\S|\s$|\{\w*\}|\.\.", item.stem.replace("\n\n", "\n"))


@of_every_chain
def test_length_tells_little(lesson: Lesson) -> None:
    """In no form is the longest option right much more often than any other would be, nor the shortest."""
    for form, cases in _drawn(lesson).items():
        chance = sum(len(case_item(case).key) / len(case.options) for case in cases)
        longest = sum(_right_at(case, max(len(option.text) for option in case.options)) for case in cases)
        shortest = sum(_right_at(case, min(len(option.text) for option in case.options)) for case in cases)
        assert max(longest, shortest) <= MOST_TELLING * chance, (form, longest / chance, shortest / chance)


def _drawn(lesson: Lesson) -> dict[Form, list[Case]]:
    """Give so many cases of each form, as they are drawn."""
    assert lesson.chain is not None
    drawn: dict[Form, list[Case]] = {form: [] for form in Form}
    for seed in count():
        of_form = drawn[draw_plan(lesson.chain, Random(seed)).form]
        if len(of_form) < SEEN:
            of_form.append(generate(lesson, seed))
        elif all(len(cases) == SEEN for cases in drawn.values()):
            break
    return drawn


def _right_at(case: Case, length: int) -> float:
    """Give the share of right ones among a case's options of a length."""
    right = [option.correct for option in case.options if len(option.text) == length]
    return sum(right) / len(right)


@of_every_chain
def test_twenty_cases_are_not_told_in_the_same_words(lesson: Lesson) -> None:
    """Among any twenty cases of a chain, few pieces of evidence on a sound link are told as often as eight times."""
    for first in range(0, 400, 20):
        drawn = [generate(lesson, seed) for seed in range(first, first + 20)]
        told = Counter(seen.text for case in drawn for seen in case.shown if seen.fault is None)
        assert sum(times >= 8 for times in told.values()) <= 4
        assert max(told.values()) <= 12
