"""Cases of a chain: that seeds repeat them, and what their parts say."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.chain import Chain
from bot.domain.errors import NoCases
from bot.domain.item import MAX_OPTIONS, MIN_OPTIONS, Difficulty, ItemKind, MultipleRule, Option
from bot.domain.lesson import Lesson
from bot.domain.posed import pose
from bot.domain.scenarios.case import SEEDS, Case, Form, case_item, seed_of
from bot.domain.scenarios.generating import case_of, generate, has_cases, make_case
from bot.domain.scenarios.plan import Plan, all_plans
from bot.domain.scenarios.sizes import largest_items, longest_stem
from bot.domain.scenarios.wording import ACCOUNTED, BROKEN, HAPPENS, IN_ORDER, LEFT, REPAIRS_FOLLOW, REPORTED
from tests.builders import make_item, make_lesson
from tests.domain.labs import labs, make_fault, make_lab, make_link

LONGEST_ID = 64

seeds = st.integers(0, SEEDS - 1)


def chain_of(lesson: Lesson) -> Chain:
    """The chain of a lesson that has one."""
    assert lesson.chain is not None
    return lesson.chain


def small_lab() -> Lesson:
    """Three links; the second has a quiet fault with a trap of its own, the others loud ones."""
    quiet = make_fault("b", 0, quiet=True, trap="lax-as-strict")
    links = (
        make_link("a", [make_fault("a", 0)], trap="door-as-lock"),
        make_link("b", [quiet], trap="key-as-lock"),
        make_link("c", [make_fault("c", 0)]),
    )
    return make_lab(links)


def cases(lesson: Lesson, form: Form, *broken: str, withheld: tuple[int, ...] | None = None) -> list[Case]:
    """Fifty wordings of the cases of a form in which just these links are broken."""

    def wanted(plan: Plan) -> bool:
        links = tuple(flaw.link.id for flaw in plan.flaws)
        seen = withheld is None or plan.withheld == frozenset(withheld)
        return plan.form is form and links == broken and seen

    plans = [plan for plan in all_plans(chain_of(lesson)) if wanted(plan)]
    assert plans
    return [make_case(lesson, plan, seed, Random(seed)) for plan in plans for seed in range(50)]


def options(found: list[Case]) -> dict[str, Option]:
    """Every option of the cases by its text."""
    return {option.text: option for case in found for option in case.options}


def said(option: Option, wordings: Sequence[str], **fields: str) -> bool:
    """Whether an option's rationale is one of these, with the fields filled in."""
    return option.why in [each.format(**fields) for each in wordings]


@given(lesson=labs(), seed=seeds)
def test_a_seed_gives_one_case(lesson: Lesson, seed: int) -> None:
    """The same seed makes the same case, and what was stored leads back to it."""
    case = generate(lesson, seed)
    assert generate(lesson, seed) == case
    item = case_item(case, rule=MultipleRule.STRICT)
    assert case_of(lesson, item) == case
    assert seed_of(item.id) == seed


def test_a_case_of_a_changed_lesson_is_not_found_again() -> None:
    """A stored case is led back only if the lesson still tells it the same; a written item never is."""
    lesson = small_lab()
    item = case_item(generate(lesson, 7))
    chain = chain_of(lesson)
    assert chain.cases is not None
    edited = replace(lesson, chain=replace(chain, cases=replace(chain.cases, scenes=("Another house.",))))
    assert case_of(edited, item) is None
    assert case_of(make_lesson(), item) is None
    assert case_of(lesson, replace(item, id=f"1.1-case-{SEEDS}")) is None
    assert case_of(lesson, make_item()) is None
    assert seed_of("1.1-case-x") is None


@given(lesson=labs(), seed=seeds)
def test_cases_are_items(lesson: Lesson, seed: int) -> None:
    """What a case becomes obeys the rules of items: key, options, rationales, ids and lengths."""
    case = generate(lesson, seed)
    item = case_item(case)
    right = len(item.key)
    assert (item.kind is ItemKind.SINGLE) == (right == 1)
    assert len(item.options) - right >= right
    assert MIN_OPTIONS <= len(item.options) <= MAX_OPTIONS
    assert all(option.why and not (option.correct and option.trap) for option in item.options)
    assert len(pose(item, Random(0)).key) == right
    assert len(item.id) <= LONGEST_ID
    assert item.lesson == lesson.id
    assert item.sources
    assert item.objective


@given(lesson=labs(), data=st.data())
def test_no_case_is_larger_than_the_stand_ins(lesson: Lesson, data: st.DataObject) -> None:
    """What is measured beforehand bounds the stem and the options of every case."""
    plan = data.draw(st.sampled_from(list(all_plans(chain_of(lesson)))))
    item = case_item(make_case(lesson, plan, 0, Random(data.draw(st.integers(0, 999)))))
    assert len(item.stem) <= longest_stem(chain_of(lesson))
    assert any(
        largest.kind is item.kind
        and sum(len(option.text) for option in item.options) <= sum(len(option.text) for option in largest.options)
        and len(item.options) <= len(largest.options)
        for largest in largest_items(lesson)
    )


def test_open_and_review() -> None:
    """Where all is seen, whoever picks a sound link overlooked the broken one: its trap, and the evidence."""
    review = options(cases(small_lab(), Form.REVIEW, "b"))
    for found in (options(cases(small_lab(), Form.OPEN, "b")), review):
        assert said(found["A sound b"], BROKEN, title="Link b", fault="Fault b-0", result="It follows b.")
        assert said(found["A sound a"], IN_ORDER, evidence="One sees a sound a.")
        assert found["A sound a"].trap == "lax-as-strict"
        assert (found["A toy 0"].why, found["A toy 0"].trap) == ("Toy 0 keeps nobody out.", "toy-0")
    nothing = review["Nothing is missing: every part is as it should be"]
    assert (nothing.why, nothing.trap) == ("Link b is not as it should be: One sees b-0.", "lax-as-strict")


def test_a_review_that_finds_nothing() -> None:
    """A design without a fault is a case as well; then no sound link has a trap."""
    found = options(cases(small_lab(), Form.REVIEW))
    assert found["Nothing is missing: every part is as it should be"].correct
    assert found["A sound a"].trap is None


def test_hidden() -> None:
    """The symptom is told and the evidence is not; a wrong choice shows no confusion, for nothing was overlooked."""
    found = cases(small_lab(), Form.HIDDEN, "b")
    assert all(any(f"{told} One hears of b-0." in case.stem for told in REPORTED) for case in found)
    assert not any("One sees b-0." in case.stem for case in found)
    assert all("symptom=b-0" in case.key for case in found)
    assert options(found)["A sound a"].trap is None
    assert said(options(found)["A sound b"], LEFT, title="Link b", fault="Fault b-0")


def test_partial() -> None:
    """What is not seen is ruled out by the one fault that is; changes are asked for."""
    found = options(cases(small_lab(), Form.PARTIAL, "b", withheld=(2,)))
    assert found["Mend b-0"].correct
    assert said(found["Mend a-0"], IN_ORDER, evidence="One sees a sound a.")
    assert found["Mend c-0"].why == "The one thing that is wrong has been found already: One sees b-0."


def test_first() -> None:
    """The earlier of two faults is the key; the later one says why it has to wait."""
    found = cases(small_lab(), Form.FIRST, "b", "c")
    order = "Link a → Link b → Link c"
    assert all(any(each.format(order=order) in case.stem for each in REPAIRS_FOLLOW) for case in found)
    by_text = options(found)
    assert by_text["Mend b-0"].why == "Link b comes before what else is wrong: Fault b-0."
    assert by_text["Mend c-0"].why == "This has to be mended too, but Link b comes first: Fault b-0."
    assert (by_text["Mend c-0"].trap, by_text["Mend a-0"].trap) == ("lax-as-strict", None)
    behind = options(cases(small_lab(), Form.FIRST, "a", "b", withheld=(2,)))
    assert behind["Mend c-0"].why == "Link a comes before it and is wrong already: One sees a-0."
    assert behind["Mend c-0"].trap == "door-as-lock"


def test_forecast() -> None:
    """The first result that fails is the key; what comes before happens, what comes after was never reached."""
    found = options(cases(small_lab(), Form.FORECAST, "b"))
    assert found["It follows b."].correct
    assert said(found["It follows a."], HAPPENS, evidence="One sees a sound a.")
    assert found["It follows c."].why == "Link b comes before it and fails: One sees b-0."
    assert found["None fails: nobody gets in."].why == "Link b is not as it should be: One sees b-0."
    traps = {text: option.trap for text, option in found.items()}
    assert traps == {
        "It follows a.": None,
        "It follows b.": None,
        "It follows c.": "lax-as-strict",
        "None fails: nobody gets in.": "lax-as-strict",
    }


def test_a_long_chain_shows_some_results() -> None:
    """A chain of ten links still has at most six options in a forecast, the key among them."""
    lesson = make_lab([make_link(name, [make_fault(name, 0)]) for name in "abcdefghij"])
    for case in cases(lesson, Form.FORECAST, "e"):
        assert len(case.options) == 6
        assert [option.text for option in case.options if option.correct] == ["It follows e."]


def test_completion() -> None:
    """Both broken links are the key; a link that is in place is no trap when several are chosen."""
    found = options(cases(small_lab(), Form.REPAIRS, "a", "b"))
    assert found["Mend a-0"].correct
    assert found["Mend b-0"].correct
    assert said(found["Mend c-0"], IN_ORDER, evidence="One sees a sound c.")
    assert found["Mend c-0"].trap is None
    gaps = options(cases(small_lab(), Form.GAPS, "a", "b", withheld=(0,)))
    assert said(gaps["A sound a"], ACCOUNTED, title="Link a", fault="Fault a-0")


def test_without_a_fix_the_option_stands_in() -> None:
    """A fault without a fix of its own is mended by the link's option, and a link without an option by its set-up."""
    links = [make_link("a", [make_fault("a", 0, fix=False)], option=False), *chain_of(small_lab()).links[1:]]
    found = options(cases(make_lab(links), Form.PARTIAL, "a"))
    assert found["Set up a"].correct


def test_difficulty() -> None:
    """A loud fault in plain sight is easy; a quiet second fault that one has to infer or foresee is hard."""
    lesson = small_lab()
    assert {case.difficulty for case in cases(lesson, Form.OPEN, "a")} == {Difficulty.EASY}
    assert {case.difficulty for case in cases(lesson, Form.OPEN, "b")} == {Difficulty.MEDIUM}
    assert {case.difficulty for case in cases(lesson, Form.FORECAST, "a", "b")} == {Difficulty.HARD}
    assert {case.difficulty for case in cases(lesson, Form.GAPS, "a", "b")} == {Difficulty.HARD}


def test_objective_and_sources() -> None:
    """They are those of the broken links; of all links when none is broken; the lesson's where the links have none."""
    lesson = small_lab()
    a, b, c = chain_of(lesson).links
    links = (replace(a, sources=("S1", "S2")), replace(b, objective="2.1", sources=("S2", "S3")), c)
    told = make_lab(links)
    (both, *_) = cases(told, Form.REPAIRS, "a", "b")
    (one, *_) = cases(told, Form.OPEN, "b")
    (none, *_) = cases(told, Form.REVIEW)
    assert (both.sources, one.sources, none.sources) == (("S1", "S2", "S3"), ("S2", "S3"), ("S1", "S2", "S3"))
    assert (both.objective, one.objective, none.objective) == ("1.1", "2.1", "1.1")
    assert cases(lesson, Form.OPEN, "c")[0].sources == lesson.sources
    assert {flaw.link.id for flaw in both.flaws} == {"a", "b"}


def test_lessons_without_cases() -> None:
    """No chain, no texts, too short a chain or too few look-alikes: there are no cases, and the refusal says so."""
    lab = small_lab()
    chain = chain_of(lab)
    lacking = (
        make_lesson(),
        replace(lab, chain=replace(chain, cases=None)),
        replace(lab, chain=replace(chain, links=chain.links[:2])),
        replace(lab, look_alikes=lab.look_alikes[:1]),
        replace(lab, look_alikes=tuple(replace(each, fix=None) for each in lab.look_alikes)),
    )
    assert has_cases(lab)
    for lesson in lacking:
        assert not has_cases(lesson)
        with pytest.raises(NoCases, match=r"I have no cases for Lesson 1\.1"):
            generate(lesson, 0)
    assert list(largest_items(make_lesson())) == []
    assert longest_stem(replace(chain, cases=None)) == 0


def test_an_author_words_evidence_in_several_ways() -> None:
    """Each wording is told in some case, the rationale repeats the one that was seen, and the key stays the same."""
    links = [make_link(name, [make_fault(name, 0, also=2)], also=2) for name in "abc"]
    found = cases(make_lab(links), Form.OPEN, "b")
    told = {seen.text for case in found for seen in case.shown}
    assert told == {sight for link in links[::2] for sight in link.sightings} | set(links[1].faults[0].sightings)
    for case in found:
        words = {seen.link: seen.text for seen in case.shown}
        for option in case.options:
            if option.text.startswith("A sound") and not option.correct:
                assert said(option, IN_ORDER, evidence=words[option.text[-1]])
    assert len({case.key for case in found}) == 1


@pytest.mark.parametrize("seed", [-1, SEEDS])
def test_seeds_have_bounds(seed: int) -> None:
    """A seed that would not fit into an item's id is refused."""
    with pytest.raises(ValueError, match="a seed is at least 0"):
        generate(small_lab(), seed)
