"""A post as one member sees it, and what the rules make of it: events that are heard, missed, cleared or found."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from bot.domain.answer import Answer, chosen_privately, cleared, lifted, reconciled, tapped
from bot.domain.item import ItemKind
from tests.builders import NOW

LETTERS = "ABCD"
"""The letters on the post; each can be held by an ordinary (`A`) and a super reaction (`a`)."""

kinds = st.sampled_from(ItemKind)
toggles = st.lists(st.sampled_from(LETTERS + LETTERS.lower()), max_size=12)
"""A member's taps: a mark that is there is taken away, as a tap does in the app."""

ordinary_toggles = st.lists(st.sampled_from(LETTERS), max_size=12)
choices = st.sets(st.sampled_from(LETTERS)).map(lambda letters: "".join(sorted(letters)))


@dataclass(slots=True)
class Post:
    """What is really there (`marks`, in the order of tapping), and the answer on file. Every change takes a second."""

    kind: ItemKind
    answer: Answer = field(default_factory=lambda: Answer(at=NOW))
    marks: list[str] = field(default_factory=list)
    unseeded: str = ""
    now: datetime = NOW

    @property
    def letters(self) -> str:
        """The letters that are really there, in alphabetical order."""
        return "".join(sorted({mark.upper() for mark in self.marks}))

    @property
    def held(self) -> tuple[str, bool]:
        """What the answer says, without how it came."""
        return self.answer.choice, self.answer.unresolved

    def toggle(self, marks: str | list[str]) -> "Post":
        """Tap marks while the bot listens."""
        for mark in marks:
            there = self._toggled(mark)
            change = tapped if there else lifted
            self.answer = change(self.answer, mark, kind=self.kind, now=self.now)
        return self

    def miss(self, marks: str | list[str]) -> "Post":
        """Tap marks while the bot is away."""
        for mark in marks:
            self._toggled(mark)
        return self

    def hear(self, marks: str | list[str], was: list[str]) -> "Post":
        """Let the bot hear late of taps that already happened to a post that held `was`."""
        before = list(was)
        for mark in marks:
            change = lifted if mark in before else tapped
            before = [each for each in before if each != mark] if mark in before else [*before, mark]
            self._later()
            self.answer = change(self.answer, mark, kind=self.kind, now=self.now)
        return self

    def clear(self, letters: str = LETTERS, *, heard: bool = True) -> "Post":
        """Let a moderator clear letters, the bot's own included; heard of, they are seeded again."""
        self.marks = [mark for mark in self.marks if mark.upper() not in letters]
        if heard:
            self.answer = cleared(self.answer, letters)
        else:
            self.unseeded = "".join(sorted({*self.unseeded, *letters}))
        return self

    def choose(self, letters: str) -> "Post":
        """Answer by button."""
        self._later()
        self.answer = chosen_privately(self.answer, letters, now=self.now)
        return self

    def find(self, *, outage_began: datetime | None = None, heard: str = "") -> "Post":
        """Compare with a full diff, and seed what is missing; some marks were heard since the outage began."""
        self._later()
        self.answer = reconciled(
            self.answer,
            frozenset(self.marks),
            kind=self.kind,
            now=self.now,
            cleared_letters=self.unseeded,
            stands=outage_began is None or self.answer.at >= outage_began,
            heard=frozenset(heard),
        )
        self.unseeded = ""
        return self

    def _toggled(self, mark: str) -> bool:
        self._later()
        if mark in self.marks:
            self.marks.remove(mark)
            return False
        self.marks.append(mark)
        return True

    def _later(self) -> None:
        self.now += timedelta(seconds=1)


def single() -> Post:
    """An empty post of a single-select item."""
    return Post(kind=ItemKind.SINGLE)


def multiple() -> Post:
    """An empty post of a multi-select item."""
    return Post(kind=ItemKind.MULTIPLE)
