"""The figures of a bank: how much there is of what, and where it is thin."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from bot.content.quality import Quality, quality
from bot.domain.bank import Bank
from bot.domain.item import Difficulty, ItemKind
from bot.domain.related import related
from bot.domain.scenarios.generating import has_cases

LEADS_ON: Final = 2
"""A trap's card leads on to so many others at least, where a bank is well knit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveStats:
    """How many items test one objective of the blueprint."""

    id: str
    title: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainStats:
    """How many items a domain has, what share of the bank in percent that is, and what the blueprint gives it."""

    id: str
    title: str
    items: int
    share: float
    low: int
    high: int
    objectives: tuple[ObjectiveStats, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BankStats:
    """The figures of one bank; mappings go from a name to a number of items."""

    id: str
    title: str
    lessons: Mapping[str, int]
    items: int
    kinds: Mapping[str, int]
    difficulties: Mapping[str, int]
    traps: int
    items_per_trap: Mapping[str, int]
    lonely_traps: tuple[str, ...]
    """Traps with so few others near them that their cards hardly lead on. No problem: a small bank has nothing but."""
    labs: tuple[str, ...]
    """The lessons whose chains generate cases."""
    sources: int
    domains: tuple[DomainStats, ...]
    quality: Quality

    def as_json(self) -> dict[str, Any]:
        """The figures as plain values that `json.dumps` takes."""
        return asdict(self)

    def as_markdown(self) -> str:
        """The coverage of the blueprint as a table for a README, without a line break at the end."""
        lessons = "1 lesson" if len(self.lessons) == 1 else f"{len(self.lessons)} lessons"
        multiple, labs = self.kinds[ItemKind.MULTIPLE], ", ".join(self.labs)
        chain = "the chain of {} generates cases" if len(self.labs) == 1 else "the chains of {} generate cases"
        chains = f"; {chain.format(labs)}" if self.labs else ""
        rows = (
            f"| {domain.title} | {domain.low} to {domain.high} % | {domain.items} | {domain.share:g} % "
            f"| {sum(objective.items > 0 for objective in domain.objectives)} of {len(domain.objectives)} |"
            for domain in self.domains
        )
        head = f"**{self.title}**: {lessons}, {self.items} items ({multiple} multi-select), {self.traps} traps{chains}."
        return "\n".join(
            [
                head,
                "",
                "| domain | weight | items | share | objectives |",
                "|---|---|---|---|---|",
                *rows,
            ]
        )

    def as_table(self) -> str:
        """The figures as lines of text for a terminal, without a line break at the end."""
        head = f"{self.id}: {self.title}"
        counts = {
            "lessons": len(self.lessons),
            "with cases": len(self.labs),
            "items": self.items,
            "traps": self.traps,
            "sources": self.sources,
        }
        parts = [
            _rows("", counts),
            _rows("Items by lesson", self.lessons),
            _rows("Items by kind", self.kinds),
            _rows("Items by difficulty", self.difficulties),
            _rows("Items by trap", dict(sorted(self.items_per_trap.items(), key=lambda row: (-row[1], row[0])))),
            "\n".join(["Items by blueprint", *_blueprint_rows(self.domains)]),
            "\n".join(["Quality", *_quality_rows(self.quality)]),
        ]
        if self.lonely_traps:
            title = f"Traps near fewer than {LEADS_ON} others (see_also brings them closer)"
            parts.append("\n".join([title, *(f"  {trap}" for trap in self.lonely_traps)]))
        return "\n\n".join([head, *parts])


def bank_stats(bank: Bank) -> BankStats:
    """Count a bank. An item counts once for each trap its distractors name, however often they name it."""
    items = list(bank.items())
    kinds = Counter(item.kind for item in items)
    difficulties = Counter(item.difficulty for item in items)
    traps = Counter(trap for item in items for trap in item.traps)
    return BankStats(
        id=bank.id,
        title=bank.title,
        lessons={lesson.id: len(lesson.items) for lesson in bank.lessons.values()},
        items=len(items),
        kinds={str(kind): kinds[kind] for kind in ItemKind},
        difficulties={str(difficulty): difficulties[difficulty] for difficulty in Difficulty},
        traps=len(bank.traps),
        items_per_trap={trap: traps[trap] for trap in bank.traps},
        lonely_traps=tuple(
            trap.id for trap in bank.traps.values() if len(related(bank, trap, limit=LEADS_ON)) < LEADS_ON
        ),
        labs=tuple(lesson.id for lesson in bank.lessons.values() if has_cases(lesson)),
        sources=len(bank.sources),
        domains=tuple(_domains(bank, Counter(item.objective for item in items))),
        quality=quality(bank),
    )


def _domains(bank: Bank, counts: Counter[str]) -> Iterable[DomainStats]:
    total = counts.total()
    for domain in bank.blueprint.domains:
        items = sum(counts[objective.id] for objective in domain.objectives)
        yield DomainStats(
            id=domain.id,
            title=domain.title,
            items=items,
            share=round(100 * items / total, 1) if total else 0.0,
            low=domain.low,
            high=domain.high,
            objectives=tuple(
                ObjectiveStats(id=objective.id, title=objective.title, items=counts[objective.id])
                for objective in domain.objectives
            ),
        )


def _rows(title: str, counts: Mapping[str, int]) -> str:
    width = max(map(len, counts), default=0)
    rows = [f"  {name:<{width}}  {count:>5}" for name, count in counts.items()]
    return "\n".join([title, *rows] if title else rows)


def _blueprint_rows(domains: Sequence[DomainStats]) -> Iterable[str]:
    for domain in domains:
        yield f"  {domain.title}: {domain.items} ({domain.share:g} %; the blueprint: {domain.low} to {domain.high} %)"
        width = max((len(objective.id) for objective in domain.objectives), default=0)
        for objective in domain.objectives:
            yield f"    {objective.id:<{width}}  {objective.items:>4}  {objective.title}"


def _quality_rows(found: Quality) -> Iterable[str]:
    letters = ", ".join(f"{letter} {share.keys} ({share.expected:g})" for letter, share in found.letters.items())
    yield f"  keys by letter as written (by chance): {letters}"
    yield (
        f"  the longest option is a key in {found.key_is_longest:g} %, the shortest in {found.key_is_shortest:g} % of "
        f"the items (by chance {found.by_chance:g} %)"
    )
    hardest = ", ".join(f"{item} {value:g}" for item, value in found.hardest)
    yield f"  stems read at LIX {found.lix:g} in the middle; the hardest: {hardest or 'none'}"
    pairs = ", ".join(f"{one} and {other}" for one, other in found.alike)
    yield f"  stems that are alike: {pairs or 'none'}"
    yield f"  items without a trap: {', '.join(found.without_trap) or 'none'}"
