"""Cases: what a generated question is made of, and the item that it becomes."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.chain import Fault, Link
from bot.domain.item import Difficulty, Item, ItemKind, MultipleRule, Option


class Question(StrEnum):
    """What a case asks for."""

    CAUSE = "cause"
    CONSEQUENCE = "consequence"
    COMPLETION = "completion"


class Form(StrEnum):
    """How a case is told; every form settles its key in its own way.

    Cause: `OPEN` shows every link, `HIDDEN` all but the broken one, `PARTIAL` the broken one and some healthy ones
    where just one thing is wrong, `REVIEW` every link without saying whether anything failed, and `FIRST` asks which
    of two repairs comes first. Consequence: `FORECAST`. Completion of a design with two faults: `REPAIRS` shows
    both, `GAPS` withholds one or both where just two things are wrong.
    """

    OPEN = "open"
    HIDDEN = "hidden"
    PARTIAL = "partial"
    REVIEW = "review"
    FIRST = "first"
    FORECAST = "forecast"
    REPAIRS = "repairs"
    GAPS = "gaps"

    @property
    def question(self) -> Question:
        """What cases of this form ask for."""
        match self:
            case Form.FORECAST:
                return Question.CONSEQUENCE
            case Form.REPAIRS | Form.GAPS:
                return Question.COMPLETION
            case _:
                return Question.CAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """A link that is not sound: its place in the chain, from 0, and the fault it has."""

    place: int
    link: Link
    fault: Fault

    @property
    def trap(self) -> str | None:
        """The confusion of whoever takes this link for sound."""
        return self.fault.trap or self.link.trap


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is seen of one link; `fault` is None when it is sound."""

    link: str
    fault: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One generated question.

    `flaws` is the whole truth, in causal order, shown or not; `shown` are the observations in the order told.
    `opening` stands before them in the stem, `closing` behind. `key` tells cases apart, see
    `bot.domain.scenarios.plan`. Options are unshuffled, as in any item.
    """

    lesson: str
    seed: int
    key: str
    form: Form
    flaws: tuple[Flaw, ...]
    opening: str
    shown: tuple[Observation, ...]
    closing: str
    options: tuple[Option, ...]
    difficulty: Difficulty
    objective: str
    sources: tuple[str, ...]

    @property
    def question(self) -> Question:
        """What the case asks for."""
        return self.form.question

    @property
    def kind(self) -> ItemKind:
        """How the case is answered."""
        return ItemKind.MULTIPLE if self.question is Question.COMPLETION else ItemKind.SINGLE

    @property
    def stem(self) -> str:
        """The text of the question: the setting, the evidence as a list, and what is asked."""
        evidence = "\n".join(f"- {seen.text}" for seen in self.shown)
        return f"{self.opening}\n{evidence}\n\n{self.closing}"


MARK = "-case-"
"""What stands between lesson and seed in a generated item's id."""

SEEDS = 2**32
"""Seeds go from 0 up to this; an item's id stays under 64 characters with them."""


def case_item(case: Case, *, rule: MultipleRule = MultipleRule.EXAM) -> Item:
    """The case as an item, to be posed, marked and stored like any other; `rule` is the bank's."""
    return Item(
        id=case_id(case.lesson, case.seed),
        revision=1,
        lesson=case.lesson,
        kind=case.kind,
        stem=case.stem,
        options=case.options,
        difficulty=case.difficulty,
        objective=case.objective,
        sources=case.sources,
        rule=rule,
    )


def case_id(lesson: str, seed: int) -> str:
    """The id of the item that a case becomes."""
    return f"{lesson}{MARK}{seed}"


def lesson_of(item_id: str) -> str | None:
    """The id of the lesson that a generated item was made of, or None for an item that somebody wrote."""
    return item_id.partition(MARK)[0] if seed_of(item_id) is not None else None


def seed_of(item_id: str) -> int | None:
    """The seed of a generated item, or None for an item that somebody wrote."""
    _, mark, digits = item_id.partition(MARK)
    return int(digits) if mark and digits.isascii() and digits.isdigit() else None
