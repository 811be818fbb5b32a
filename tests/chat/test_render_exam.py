"""Mock exams as text: numbers in ranges, sentences on trends, and everything within Discord's limits."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.exam import exam_begun, exam_missed, exam_overview, exam_record, exam_result
from bot.chat.render.text import LAYOUT_LIMIT
from bot.domain.bank import Bank, Blueprint, Domain, Objective
from bot.domain.exam import MOST, Paper, Part, Trend, result
from bot.domain.sitting import IDLE, Entry, Mode, Sitting, answered, flagged, handed_in
from bot.services.examining import Exam, Outcome, Record
from tests.builders import NOW, make_bank, make_item, make_posed, make_sitting


def _sitting(items: int) -> Sitting:
    return make_sitting(Mode.EXAM, items=items, deadline=IDLE)


def _outcome(sitting: Sitting, bank: Bank | None = None) -> Outcome:
    bank, over = bank or make_bank(), handed_in(sitting, NOW)
    return Outcome(bank=bank, sitting=over, result=result(bank.blueprint, over.entries), held=())


def _wide(domains: int) -> Bank:
    """A bank with so many domains of the longest titles, each with an objective named by its number."""
    made = tuple(
        Domain(id=f"d{n}", title=f"{n} ".ljust(100, "x"), low=1, high=1, objectives=(Objective(id=f"{n}", title="x"),))
        for n in range(domains)
    )
    return make_bank(blueprint=Blueprint(as_of=NOW.date(), domains=made))


def _size(texts: list[str]) -> int:
    return sum(map(len, texts))


def test_numbers_in_a_row_are_ranges() -> None:
    """Sixty questions are listed in a line that can be read, and read aloud."""
    sitting = _sitting(9)
    for number in (1, 2, 3, 5, 8, 9):
        sitting = answered(sitting, number, "A", NOW, sure=None)
    text = "\n".join(exam_overview(Exam(bank=make_bank(), sitting=sitting)))
    assert "**Answered:** questions 1 to 3, 5, 8 to 9" in text
    assert "**No answer yet:** questions 4, 6 to 7" in text
    assert "🚩 **Flagged:** none" in text


@given(marked=st.sets(st.integers(1, MOST)), given_to=st.sets(st.integers(1, MOST)))
def test_an_overview_always_fits(marked: set[int], given_to: set[int]) -> None:
    """Whatever is answered and flagged in the longest exam."""
    sitting = _sitting(MOST)
    for number in given_to:
        sitting = answered(sitting, number, "A", NOW, sure=None)
    for number in marked:
        sitting = flagged(sitting, number, NOW, flag=True)
    assert _size(exam_overview(Exam(bank=make_bank(), sitting=sitting))) <= LAYOUT_LIMIT


@pytest.mark.parametrize("domains", [1, 5, 60])
def test_many_long_domains_fit(domains: int) -> None:
    """The start and the result name as many as there is room for, say that there are more, and what has no question."""
    bank = _wide(domains)
    drawn = [Part(domain=each, wanted=9, room=8, drawn=8) for each in bank.blueprint.domains]
    begun = Paper(items=(), parts=tuple(drawn), asked=MOST)
    text = exam_begun(Exam(bank=bank, sitting=_sitting(MOST)), begun)
    assert _size(text) <= LAYOUT_LIMIT
    assert ("more\n" in "\n".join(text)) == (domains == 60)
    nothing = replace(begun, parts=tuple(replace(each, room=0, drawn=0) for each in drawn))
    assert _size(exam_begun(Exam(bank=bank, sitting=_sitting(MOST)), nothing)) <= LAYOUT_LIMIT
    sitting = _sitting(MOST)
    asked = (make_posed(make_item(objective=f"{number % domains}")) for number in range(MOST))
    pairs = zip(sitting.entries, asked, strict=True)
    sitting = replace(sitting, entries=tuple(replace(entry, posed=posed) for entry, posed in pairs))
    assert _size(exam_result(_outcome(sitting, bank))) <= LAYOUT_LIMIT
    assert _size(exam_result(_outcome(_sitting(MOST), bank))) <= LAYOUT_LIMIT


def test_a_long_explanation_fits() -> None:
    """A question with the longest texts is cut, not refused."""
    item = make_item(options=10, key="ABCDE")
    options = tuple(replace(option, text="x" * 150, why="y" * 600) for option in item.options)
    entry = Entry(number=1, posed=make_posed(replace(item, options=options)), choice="FGHIJ")
    sitting = replace(_sitting(1), entries=(entry,))
    outcome = _outcome(sitting)
    assert _size(exam_missed(outcome, outcome.missed[0])) <= LAYOUT_LIMIT


@pytest.mark.parametrize(
    ("trend", "sentence"),
    [
        (Trend(change=Fraction(1, 4), exams=1, clear=True), "**25 points above** the one before it, more than chance"),
        (
            Trend(change=Fraction(-1, 10), exams=3, clear=False),
            "**10 points below** the 3 before it together, which ch",
        ),
        (Trend(change=Fraction(1, 100), exams=2, clear=False), "**1 point above** the 2"),
        (Trend(change=Fraction(0), exams=1, clear=False), "The latest is level with the one before it."),
    ],
)
def test_a_trend_is_a_sentence(trend: Trend, sentence: str) -> None:
    """It says how much, compared with what, and whether chance may be all there is to it."""
    assert sentence in "\n".join(exam_record(Record(outcomes=(_outcome(_sitting(3)),), trend=trend)))


def test_banks_are_named_where_there_are_several() -> None:
    """Of one bank alone its name would be said in every line."""
    one = _outcome(_sitting(3))
    other = replace(one, bank=replace(one.bank, id="other", short_title="Other"))
    assert "Sample" not in exam_record(Record(outcomes=(one, one), trend=None))[1]
    assert "Other" in exam_record(Record(outcomes=(one, other), trend=None))[1]


def test_what_left_the_blueprint_is_in_the_result() -> None:
    """Marks of a domain that was renamed since are told as anything else."""
    sitting = _sitting(1)
    lost = replace(sitting.entries[0], posed=make_posed(make_item(objective="9.9")))
    assert "Anything else: 0 of 1 mark, 0 %" in "\n".join(exam_result(_outcome(replace(sitting, entries=(lost,)))))
