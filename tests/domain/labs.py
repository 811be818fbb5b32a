"""Lessons with chains for the chain lab: the shipped one, and small made-up ones."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from random import Random

from hypothesis import settings
from hypothesis import strategies as st

from bot.app import shipped_content
from bot.content.loader import load_banks
from bot.domain.bank import Bank
from bot.domain.chain import CaseTexts, Chain, Fault, Link
from bot.domain.lesson import Lesson, LookAlike
from bot.domain.scenarios import drawing
from bot.domain.scenarios.case import Form
from bot.domain.scenarios.plan import Plan, all_plans
from tests.builders import make_lesson

SAMPLED = 40
"""Plans of each form that a sample has."""


@cache
def shipped_banks() -> Mapping[str, Bank]:
    """The banks that come with Trapwise, by their ids."""
    return load_banks(shipped_content()).banks


def shipped_bank() -> Bank:
    """The bank that comes first."""
    return shipped_banks()["md-102"]


def shipped_lab() -> Lesson:
    """Lesson 6.2, which has a chain with cases."""
    return shipped_bank().lessons["6.2"]


def shipped_labs() -> list[Lesson]:
    """Every lesson with a chain with cases that comes with Trapwise."""
    return [lesson for bank in shipped_banks().values() for lesson in drawing.labs(bank)]


def bank_of(lesson: Lesson) -> Bank:
    """The bank that a shipped lesson is in."""
    return next(bank for bank in shipped_banks().values() if bank.lessons.get(lesson.id) is lesson)


def some_plans(lesson: Lesson) -> list[Plan]:
    """A sample of the plans of a lesson's cases, some of each form and the same every time; all of them for torture."""
    assert lesson.chain is not None
    plans = list(all_plans(lesson.chain))
    if settings.get_current_profile_name() == "torture":
        return plans
    rng, sample = Random(lesson.id), list[Plan]()
    for form in Form:
        of_form = [plan for plan in plans if plan.form is form]
        sample += rng.sample(of_form, min(SAMPLED, len(of_form)))
    return sample


def make_fault(
    link: str, number: int, *, quiet: bool = False, fix: bool = True, trap: str | None = None, also: int = 0
) -> Fault:
    """A fault whose texts name it; without `fix` it is mended by the link's option. `also` counts further wordings."""
    name = f"{link}-{number}"
    return Fault(
        id=name,
        name=f"Fault {name}",
        quiet=quiet,
        symptom=f"One hears of {name}.",
        evidence=f"One sees {name}.",
        evidence_also=tuple(f"There is {name}, in words {number}." for number in range(also)),
        fix=f"Mend {name}" if fix else None,
        trap=trap,
    )


def make_link(
    name: str, faults: Sequence[Fault], *, trap: str | None = None, option: bool = True, also: int = 0
) -> Link:
    """A link whose texts name it; without `option` it is called as it is configured. `also` counts further wordings."""
    return Link(
        id=name,
        title=f"Link {name}",
        configure=f"Set up {name}",
        result=f"It follows {name}.",
        evidence=f"One sees a sound {name}.",
        evidence_also=tuple(f"Sound is {name}, in words {number}." for number in range(also)),
        faults=tuple(faults),
        trap=trap,
        option=f"A sound {name}" if option else None,
    )


def make_lab(links: Sequence[Link], *, controls: int = 2) -> Lesson:
    """A lesson whose chain is made of these links, with so many look-alikes."""
    texts = CaseTexts(
        scenes=("A house by the sea.", "A house in the hills."),
        failing=("Things disappear.", "Strangers get in."),
        review=("Somebody looks at the house.",),
        event=("A thief comes.",),
        working="None fails: nobody gets in.",
    )
    look_alikes = tuple(
        LookAlike(
            control=f"Toy {number}",
            does="Looks nice.",
            not_the_answer=f"Toy {number} keeps nobody out.",
            trap=f"toy-{number}",
            option=f"A toy {number}",
            fix=f"Buy toy {number}",
        )
        for number in range(controls)
    )
    chain = Chain(outcome="Nobody gets in.", links=tuple(links), cases=texts)
    return replace(make_lesson(), look_alikes=look_alikes, chain=chain)


@st.composite
def labs(draw: st.DrawFn) -> Lesson:
    """Small lessons with cases: 3 to 7 links with 1 to 3 faults each, some without wordings of their own."""
    links = []
    for place in range(draw(st.integers(3, 7))):
        name = "abcdefg"[place]
        fixes = draw(st.lists(st.booleans(), min_size=1, max_size=3))
        faults = [
            make_fault(
                name,
                number,
                quiet=draw(st.booleans()),
                fix=fix,
                trap=draw(st.sampled_from([None, "door"])),
                also=draw(st.integers(0, 2)),
            )
            for number, fix in enumerate(fixes)
        ]
        trap, option, also = (draw(st.sampled_from([None, "lock"])), draw(st.booleans()), draw(st.integers(0, 2)))
        links.append(make_link(name, faults, trap=trap, option=option, also=also))
    return make_lab(links, controls=draw(st.integers(2, 4)))
