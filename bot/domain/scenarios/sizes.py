"""Sizes: how long the cases of a lesson can get, so that a chain is refused before one of them does not fit."""

from collections.abc import Iterator, Sequence
from heapq import nlargest

from bot.domain.chain import CaseTexts, Chain, Link
from bot.domain.item import Difficulty, Item, ItemKind, Option
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import SEEDS, Flaw, Form, case_id
from bot.domain.scenarios.finding import Diagnosis
from bot.domain.scenarios.options import MOST_OPTIONS, as_fix, as_part, usable
from bot.domain.scenarios.wording import LEADS, NOTHING, QUESTIONS, REPORTED, notes, settings

_BULLET = len("\n- ")
_MOST_FLAWS = 2
_LONGEST_WHY = 400
_MOST_RIGHT = 2


def longest_stem(chain: Chain) -> int:
    """The characters that no stem of the chain's cases exceeds; 0 without texts for cases."""
    texts = chain.cases
    if texts is None:
        return 0
    return max(_longest_of(chain, texts, form) for form in Form)


def largest_items(lesson: Lesson) -> Iterator[Item]:
    """Give stand-ins, of filler where the words do not matter, none of whose parts a generated item exceeds."""
    chain = lesson.chain
    if chain is None or chain.cases is None:
        return
    controls = usable(lesson.look_alikes)
    parts = [*map(as_part, chain.links), *(each.option or "" for each in controls), NOTHING]
    fixes = [*(_longest(_fixes(link)) for link in chain.links), *(each.fix or "" for each in controls)]
    results = [*(link.result for link in chain.links), chain.cases.working]
    stem = "x" * longest_stem(chain)
    for kind, texts in (
        (ItemKind.SINGLE, parts),
        (ItemKind.SINGLE, fixes),
        (ItemKind.SINGLE, results),
        (ItemKind.MULTIPLE, parts),
        (ItemKind.MULTIPLE, fixes),
    ):
        yield _item(lesson, kind, stem, nlargest(MOST_OPTIONS, texts, key=len))


def largest_diagnosis(lesson: Lesson) -> Diagnosis | None:
    """Give what takes most words to say is wrong in a case; None where there are no cases."""
    chain = lesson.chain
    if chain is None or chain.cases is None:
        return None
    flaws = [
        Flaw(place=place, link=link, fault=max(link.faults, key=lambda fault: len(fault.name)))
        for place, link in enumerate(chain.links)
    ]
    return Diagnosis(chain=chain, flaws=tuple(nlargest(_MOST_FLAWS, flaws, key=lambda flaw: len(flaw.fault.name))))


def _longest_of(chain: Chain, texts: CaseTexts, form: Form) -> int:
    opening = map(len, map(_longest, (texts.scenes, settings(texts, form), LEADS[form])))
    known = _hidden(chain) if form is Form.HIDDEN else _seen(chain) + len(_longest(notes(chain, form)))
    return sum(opening) + len("  ") + known + len("\n\n ") + len(_longest(QUESTIONS[form]))


def _seen(chain: Chain) -> int:
    """The evidence of all links, with the faults that add most."""
    sound = sum(map(_sound, chain.links))
    more = (
        max(len(_longest(fault.sightings)) for fault in link.faults) + _BULLET - _sound(link) for link in chain.links
    )
    return sound + sum(nlargest(_MOST_FLAWS, (each for each in more if each > 0)))


def _hidden(chain: Chain) -> int:
    """The evidence of all links but one, and its longest symptom instead."""
    sound = sum(map(_sound, chain.links))
    instead = max(_longest_symptom(link) - _sound(link) for link in chain.links)
    return sound + instead + len(f"{_longest(REPORTED)} ")


def _sound(link: Link) -> int:
    return _BULLET + len(_longest(link.sightings))


def _longest_symptom(link: Link) -> int:
    return max(len(fault.symptom) for fault in link.faults)


def _fixes(link: Link) -> list[str]:
    return [as_fix(link, fault) for fault in link.faults]


def _longest(texts: Sequence[str]) -> str:
    return max(texts, key=len)


def _item(lesson: Lesson, kind: ItemKind, stem: str, texts: Sequence[str]) -> Item:
    right = 1 if kind is ItemKind.SINGLE else _MOST_RIGHT
    why = "x" * _LONGEST_WHY
    return Item(
        id=case_id(lesson.id, SEEDS - 1),
        revision=1,
        lesson=lesson.id,
        kind=kind,
        stem=stem,
        options=tuple(Option(text=text, correct=place < right, why=why) for place, text in enumerate(texts)),
        difficulty=Difficulty.HARD,
        objective=lesson.objectives[0],
        sources=lesson.sources,
    )
