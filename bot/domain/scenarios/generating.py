"""Generating: a case of a lesson's chain from a seed, the same one every time."""

from collections.abc import Mapping
from random import Random

from bot.domain.chain import CaseTexts, Chain
from bot.domain.errors import NoCases
from bot.domain.item import Item
from bot.domain.lesson import Lesson
from bot.domain.scenarios.case import SEEDS, Case, Form, Observation, case_item, seed_of
from bot.domain.scenarios.options import LEAST_LINKS, LEAST_LOOK_ALIKES, Offer, usable
from bot.domain.scenarios.plan import Plan, draw_plan, traits_of
from bot.domain.scenarios.wording import LEADS, QUESTIONS, REPORTED, notes, settings


def has_cases(lesson: Lesson) -> bool:
    """Whether cases can be made of a lesson: it has a chain with texts for them, and enough to choose from."""
    return (
        lesson.chain is not None
        and lesson.chain.cases is not None
        and len(lesson.chain.links) >= LEAST_LINKS
        and len(usable(lesson.look_alikes)) >= LEAST_LOOK_ALIKES
    )


def generate(lesson: Lesson, seed: int) -> Case:
    """Make the case of a seed.

    Raises:
        NoCases: the lesson has nothing to make cases of.
        ValueError: the seed is not among `SEEDS`.
    """
    if not 0 <= seed < SEEDS:
        raise ValueError(f"a seed is at least 0 and below {SEEDS}, not {seed}")
    if lesson.chain is None or not has_cases(lesson):
        raise NoCases(lesson=lesson.title)
    rng = Random(seed)
    return make_case(lesson, draw_plan(lesson.chain, rng), seed, rng)


def case_of(lesson: Lesson, item: Item) -> Case | None:
    """The case that a stored item was made from; None if it is no case, or the lesson has changed since."""
    seed = seed_of(item.id)
    if seed is None or not seed < SEEDS or item.lesson != lesson.id or not has_cases(lesson):
        return None
    case = generate(lesson, seed)
    return case if case_item(case, rule=item.rule) == item else None


def make_case(lesson: Lesson, plan: Plan, seed: int, rng: Random) -> Case:
    """Put a plan into words. The lesson must have cases (`has_cases`)."""
    chain = lesson.chain
    if chain is None or chain.cases is None:
        raise NoCases(lesson=lesson.title)
    first = plan.flaws[0] if plan.flaws else None
    traits = traits_of(lesson, chain, plan)
    opening, seen = _opening(chain.cases, plan.form, rng), _seen(chain, plan, rng)
    return Case(
        lesson=lesson.id,
        seed=seed,
        key=traits.key,
        form=plan.form,
        flaws=plan.flaws,
        opening=opening,
        shown=_shown(chain, plan, seen, rng),
        closing=f"{_told(chain, plan, rng)} {rng.choice(QUESTIONS[plan.form])}".strip(),
        options=Offer(lesson=lesson, chain=chain, plan=plan, seen=seen, rng=rng).options(),
        difficulty=traits.difficulty,
        objective=(first.link.objective if first is not None else None) or lesson.objectives[0],
        sources=_sources(lesson, chain, plan),
    )


def _opening(texts: CaseTexts, form: Form, rng: Random) -> str:
    return " ".join(map(rng.choice, (texts.scenes, settings(texts, form), LEADS[form])))


def _told(chain: Chain, plan: Plan, rng: Random) -> str:
    if plan.form is Form.HIDDEN:
        return f"{rng.choice(REPORTED)} {plan.flaws[0].fault.symptom}"
    return rng.choice(notes(chain, plan.form))


def _seen(chain: Chain, plan: Plan, rng: Random) -> dict[int, str]:
    """Choose words for the evidence of each link, by its place, also of those that are not shown."""
    faults = {flaw.place: flaw.fault for flaw in plan.flaws}
    return {place: rng.choice(faults.get(place, link).sightings) for place, link in enumerate(chain.links)}


def _shown(chain: Chain, plan: Plan, seen: Mapping[int, str], rng: Random) -> tuple[Observation, ...]:
    faults = {flaw.place: flaw.fault.id for flaw in plan.flaws}
    shown = [
        Observation(link=link.id, fault=faults.get(place), text=seen[place])
        for place, link in enumerate(chain.links)
        if place not in plan.withheld
    ]
    if rng.random() < 1 / 2:
        rng.shuffle(shown)
    return tuple(shown)


def _sources(lesson: Lesson, chain: Chain, plan: Plan) -> tuple[str, ...]:
    """The pages about the broken links; about all links when none is broken."""
    links = [flaw.link for flaw in plan.flaws] or chain.links
    return tuple(dict.fromkeys(source for link in links for source in link.sources)) or lesson.sources
