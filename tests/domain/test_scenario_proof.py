"""The proof that keys are right: the answer is searched for in the text of the stem alone, in every possible state.

Nothing here asks the generator what it did. The reader below knows the chain as a learner could (what each piece of
evidence means, what each option would mend), reads the stem as a text, tries every state of every link, and tells
which options are right in all that fit.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chain import Chain, Link
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import SEEDS, case_item
from bot.domain.scenarios.generating import generate, make_case
from bot.domain.scenarios.plan import all_plans
from tests.domain.labs import labs, shipped_labs, some_plans

State = Mapping[str, str | None]
"""The fault of each link by its id; None where the link is sound."""

SEVERAL = ("Which changes", "Which parts")
NOTHING_FAILS = ("first that does not happen", "first thing that fails", "first of these that fails")
FIRST = ("change comes first", "the work begin", "be made first")
ONE = ("Exactly one thing is wrong.", "Just one thing is wrong.", "There is one thing wrong, and only one.")
TWO = ("Exactly two things are wrong.", "Just two things are wrong.", "There are two things wrong, and only two.")


@dataclass(frozen=True)
class Reader:
    """Somebody who knows the chain and reads stems."""

    lesson: Lesson
    chain: Chain

    def right(self, item: Item) -> list[frozenset[str]]:
        """The texts of the right options, in each state that the stem leaves possible."""
        asked = item.stem.rsplit("\n\n", 1)[1]
        return [
            frozenset(option.text for option in item.options if self._true(option.text, state, asked))
            for state in self._states(item.stem)
        ]

    def _states(self, stem: str) -> Iterator[State]:
        """Every state of all links, with any number of faults, that goes with what the stem says."""
        seen = dict(self._meaning(line[2:]) for line in stem.splitlines() if line.startswith("- "))
        possible = [
            [seen[link.id]] if link.id in seen else [None, *(fault.id for fault in link.faults)]
            for link in self.chain.links
        ]
        for faults in product(*possible):
            state = dict(zip((link.id for link in self.chain.links), faults, strict=True))
            if self._fits(sum(fault is not None for fault in faults), stem):
                yield state

    def _fits(self, wrong: int, stem: str) -> bool:
        assert self.chain.cases is not None
        if any(sentence in stem for sentence in ONE):
            return wrong == 1
        if any(sentence in stem for sentence in TWO):
            return wrong == 2
        # The outcome follows unless something is wrong.
        return wrong > 0 or not any(sentence in stem for sentence in self.chain.cases.failing)

    def _meaning(self, evidence: str) -> tuple[str, str | None]:
        found: list[tuple[str, str | None]] = []
        for link in self.chain.links:
            found += [(link.id, None)] if evidence in (link.evidence, *link.evidence_also) else []
            found += [
                (link.id, fault.id) for fault in link.faults if evidence in (fault.evidence, *fault.evidence_also)
            ]
        (only,) = found
        return only

    def _true(self, option: str, state: State, asked: str) -> bool:
        """Whether an option is right in a state, by what is asked; look-alikes never are."""
        assert self.chain.cases is not None
        wrong = [link for link in self._in_order(asked) if state[link.id] is not None]
        if any(words in asked for words in NOTHING_FAILS):
            return option == (wrong[0].result if wrong else self.chain.cases.working)
        if option == "Nothing is missing: every part is as it should be":
            return not wrong
        considered = wrong[:1] if any(words in asked for words in FIRST) else wrong
        for link in considered:
            part = link.option or link.configure
            fixes = [fault.fix or part for fault in link.faults if fault.id == state[link.id]]
            if option == part or option in fixes:
                return True
        return False

    def _in_order(self, asked: str) -> Sequence[Link]:
        """The links, in the order that the text states if it states one."""
        if "→" not in asked:
            return self.chain.links
        by_title = {link.title: link for link in self.chain.links}
        start = min(asked.index(title) for title in by_title)
        titles = asked[start:].split(". ", maxsplit=1)[0].split(" → ")
        assert set(titles) == set(by_title)
        return [by_title[title] for title in titles]


def prove(lesson: Lesson, item: Item) -> None:
    """The stem is possible, it leaves one set of right options, that is the key, and no two options are the same."""
    assert lesson.chain is not None
    answers = Reader(lesson, lesson.chain).right(item)
    assert answers, "no state fits the stem"
    key = frozenset(option.text for option in item.options if option.correct)
    assert set(answers) == {key}, item.stem
    assert len({option.text for option in item.options}) == len(item.options)
    several = any(words in item.stem for words in SEVERAL)
    assert len(key) == (2 if several else 1)
    assert len(item.options) - len(key) >= max(len(key), 3 if not several else 2)


@pytest.mark.parametrize("lesson", shipped_labs(), ids=lambda lesson: lesson.id)
def test_cases_of_the_shipped_chains(lesson: Lesson) -> None:
    """Whatever is wrong and whatever is withheld, the stem of every shipped chain has the key as its one answer.

    A sample is tried; with the profile `torture` it is every state with everything that may be withheld.
    """
    for number, plan in enumerate(some_plans(lesson)):
        prove(lesson, case_item(make_case(lesson, plan, number, Random(number))))


@given(lesson=st.sampled_from(shipped_labs()), seed=st.integers(0, SEEDS - 1))
def test_every_wording_of_the_shipped_chains(lesson: Lesson, seed: int) -> None:
    """So it has in whatever words it is told."""
    prove(lesson, case_item(generate(lesson, seed)))


@given(lesson=labs(), seed=st.integers(0, SEEDS - 1))
def test_cases_of_any_chain(lesson: Lesson, seed: int) -> None:
    """So it is for small chains of any shape, whatever the seed."""
    prove(lesson, case_item(generate(lesson, seed)))


@given(lesson=labs(), data=st.data())
def test_plans_of_any_chain(lesson: Lesson, data: st.DataObject) -> None:
    """So it is for any plan of them, told in any words."""
    assert lesson.chain is not None
    plan = data.draw(st.sampled_from(list(all_plans(lesson.chain))))
    seed = data.draw(st.integers(0, 999))
    prove(lesson, case_item(make_case(lesson, plan, seed, Random(seed))))
