"""Options: the key of a plan, and distractors each of which the case itself rules out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bot.domain.chain import Chain, Fault, Link
from bot.domain.item import Option
from bot.domain.lesson import Lesson, LookAlike
from bot.domain.scenarios.case import Flaw, Form, Question
from bot.domain.scenarios.plan import Plan
from bot.domain.scenarios.wording import ACCOUNTED, BROKEN, HAPPENS, IN_ORDER, LEFT, NOTHING

LEAST_LINKS = 3
LEAST_LOOK_ALIKES = 2
"""With this many of both, every form has enough distractors."""

MOST_OPTIONS = 6
_MOST_RESULTS = MOST_OPTIONS - 1


def usable(look_alikes: Sequence[LookAlike]) -> list[LookAlike]:
    """The look-alikes that their author worded as options of cases."""
    return [each for each in look_alikes if each.option is not None and each.fix is not None]


def as_part(link: Link) -> str:
    """A link as a part of the design."""
    return link.option or link.configure


def as_fix(link: Link, fault: Fault) -> str:
    """What mends a fault."""
    return fault.fix or as_part(link)


def asks_for_changes(form: Form) -> bool:
    """Whether the options are changes rather than parts of the design."""
    return form in {Form.PARTIAL, Form.FIRST, Form.REPAIRS}


def asks_for_several(form: Form) -> bool:
    """Whether the key has more than one option."""
    return form.question is Question.COMPLETION


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Makes the options of one plan; `seen` is the evidence of each link by its place, in the words of the case."""

    lesson: Lesson
    chain: Chain
    plan: Plan
    seen: Mapping[int, str]
    rng: Random

    def options(self) -> tuple[Option, ...]:
        """The key, then the distractors."""
        if self.plan.form is Form.FORECAST:
            return self._results()
        match self.plan.form:
            case Form.REVIEW:
                given = [self._nothing(), *map(self._right, self.plan.flaws)]
            case Form.FIRST:
                first, second = self.plan.flaws
                given = [self._right(first), self._later(second)]
            case _:
                given = [*map(self._right, self.plan.flaws)]
        # Two right ones need as many wrong ones, and something to search through.
        sizes = (5, MOST_OPTIONS) if asks_for_several(self.plan.form) else (4, 5)
        return (*given, *self._wrong(self.rng.choice(sizes) - len(given)))

    def _wrong(self, count: int) -> list[Option]:
        """Healthy links and one or two look-alikes; where a chain is short of the former, more of the latter."""
        broken = {flaw.place for flaw in self.plan.flaws}
        sound = [place for place in range(len(self.chain.links)) if place not in broken]
        controls = usable(self.lesson.look_alikes)
        healthy = self.rng.sample(sound, min(max(count - self.rng.choice((1, 1, 2)), 1), len(sound)))
        others = self.rng.sample(controls, min(count - len(healthy), len(controls)))
        return [*map(self._healthy, healthy), *map(self._look_alike, others)]

    def _name(self, link: Link, fault: Fault) -> str:
        return as_fix(link, fault) if asks_for_changes(self.plan.form) else as_part(link)

    def _right(self, flaw: Flaw) -> Option:
        return Option(text=self._name(flaw.link, flaw.fault), correct=True, why=self._why_right(flaw))

    def _why_right(self, flaw: Flaw) -> str:
        name, title = flaw.fault.name, flaw.link.title
        if self.plan.form is Form.HIDDEN:
            return self.rng.choice(LEFT).format(title=title, fault=name)
        if flaw.place in self.plan.withheld:
            return self.rng.choice(ACCOUNTED).format(title=title, fault=name)
        if self.plan.form is Form.FIRST:
            return f"{title} comes before what else is wrong: {name}."
        return self.rng.choice(BROKEN).format(title=title, fault=name, result=flaw.link.result)

    def _later(self, flaw: Flaw) -> Option:
        first = self.plan.flaws[0]
        why = f"This has to be mended too, but {first.link.title} comes first: {first.fault.name}."
        return Option(text=as_fix(flaw.link, flaw.fault), correct=False, why=why, trap=first.trap)

    def _healthy(self, place: int) -> Option:
        link = self.chain.links[place]
        text = self._name(link, self.rng.choice(link.faults))
        return Option(text=text, correct=False, why=self._why_sound(place), trap=self._overlooked(place))

    def _why_sound(self, place: int) -> str:
        if place not in self.plan.withheld:
            return self.rng.choice(IN_ORDER).format(evidence=self.seen[place])
        first = self.plan.flaws[0]
        if self.plan.form is Form.PARTIAL:
            return f"The one thing that is wrong has been found already: {self.seen[first.place]}"
        return f"{first.link.title} comes before it and is wrong already: {self.seen[first.place]}"

    def _overlooked(self, place: int) -> str | None:
        """The confusion of whoever settles for a sound link: they took the broken one for sound.

        That follows only if the fault was there to be seen and the choice was one against the other.
        """
        if asks_for_several(self.plan.form) or not self.plan.flaws:
            return None
        first = self.plan.flaws[0]
        earlier = self.plan.form is Form.FIRST and place < first.place
        return None if earlier or first.place in self.plan.withheld else first.trap

    def _look_alike(self, control: LookAlike) -> Option:
        text = (control.fix if asks_for_changes(self.plan.form) else control.option) or control.control
        return Option(text=text, correct=False, why=control.not_the_answer, trap=control.trap)

    def _nothing(self) -> Option:
        if not self.plan.flaws:
            return Option(text=NOTHING, correct=True, why="Every part of the chain is shown to be sound.")
        flaw = self.plan.flaws[0]
        return Option(text=NOTHING, correct=False, why=self._why_not(flaw), trap=flaw.trap)

    def _results(self) -> tuple[Option, ...]:
        """What each link brings about, and the claim that nothing fails; the first broken link is among them."""
        places = list(range(len(self.chain.links)))
        first = self.plan.flaws[0] if self.plan.flaws else None
        if len(places) > _MOST_RESULTS:
            others = [place for place in places if first is None or place != first.place]
            kept = self.rng.sample(others, _MOST_RESULTS - (first is not None))
            places = sorted([*kept, *([first.place] if first is not None else [])])
        return (*(self._result(place, first) for place in places), self._working(first))

    def _result(self, place: int, first: Flaw | None) -> Option:
        link = self.chain.links[place]
        if first is None or place < first.place:
            return Option(
                text=link.result, correct=False, why=self.rng.choice(HAPPENS).format(evidence=self.seen[place])
            )
        if place == first.place:
            return Option(text=link.result, correct=True, why=f"{link.title}: {first.fault.name}.")
        why = f"{first.link.title} comes before it and fails: {self.seen[first.place]}"
        return Option(text=link.result, correct=False, why=why, trap=first.trap)

    def _working(self, first: Flaw | None) -> Option:
        texts = self.chain.cases
        text = texts.working if texts is not None else self.chain.outcome
        if first is None:
            return Option(text=text, correct=True, why="Every part of the chain is shown to be sound.")
        return Option(text=text, correct=False, why=self._why_not(first), trap=first.trap)

    def _why_not(self, flaw: Flaw) -> str:
        return f"{flaw.link.title} is not as it should be: {self.seen[flaw.place]}"
