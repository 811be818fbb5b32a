"""What answers are worth and how members rank, worked out anew from the rules in words and none of the bot's code."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path

UNITS = 5040
_USED_UP = timedelta(days=60)
_QUERY = """
SELECT id, guild_id, message_id, item_id, opened_on, closes_at, closing_at, state, posed FROM rounds ORDER BY id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was asked: `letters` are those it has, `right` those that are right."""

    number: int
    guild_id: int
    message_id: int
    item: str
    on: date
    closes_at: datetime
    closing_at: datetime | None
    state: str
    single: bool
    rule: str
    weight: Fraction
    letters: str
    right: str

    @property
    def wrong(self) -> str:
        """The letters that are not right."""
        return "".join(letter for letter in self.letters if letter not in self.right)

    def worth(self, choice: str) -> int:
        """Give what a choice earns, in units of 1/5040 mark; one that is not settled, with `?` before it, nothing."""
        if choice.startswith("?"):
            return 0
        hits = sum(letter in self.right for letter in choice)
        misses, keyed = len(choice) - hits, len(self.right)
        if self.single or self.rule == "strict":
            earned = Fraction(sorted(choice) == sorted(self.right))
        elif self.rule == "minus":
            earned = Fraction(max(hits - misses, 0), keyed)
        else:
            earned = Fraction(max(min(hits, keyed - misses), 0), keyed)
        return int(earned * self.weight * UNITS)


def asked_in(database: Path) -> list[Asked]:
    """List the questions of a database in the order in which they were claimed."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        return [_asked(*row) for row in connection.execute(_QUERY)]


def voids_in(database: Path) -> Counter[str]:
    """Count the questions that were dropped, by the reason."""
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        rows = connection.execute("SELECT void_reason, count(*) FROM rounds WHERE state = 'void' GROUP BY void_reason")
        return Counter(dict(rows.fetchall()))


def _asked(  # noqa: PLR0917 - a row
    number: int,
    guild_id: int,
    message_id: int | None,
    item_id: str,
    opened_on: str,
    closes_at: int,
    closing_at: int | None,
    state: str,
    posed: str,
) -> Asked:
    told = json.loads(posed)
    options = [told["item"]["options"][place] for place in told["order"]]
    letters = "ABCDEFGHIJ"[: len(options)]
    return Asked(
        number=number,
        guild_id=guild_id,
        message_id=message_id or 0,
        item=item_id,
        on=date.fromisoformat(opened_on),
        closes_at=_instant(closes_at),
        closing_at=None if closing_at is None else _instant(closing_at),
        state=state,
        single=told["item"]["kind"] == "single",
        rule=told["item"]["rule"],
        weight=Fraction(told["item"]["weight"]),
        letters=letters,
        right="".join(letter for letter, option in zip(letters, options, strict=True) if option["correct"]),
    )


def _instant(microseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)


def totals(answered: Iterable[tuple[Asked, Mapping[int, str]]]) -> dict[int, int]:
    """Add up what members of one server earned in questions that were closed, given with their answers, in their order.

    A second answer to an item within sixty days is practice, and earns nothing here.
    """
    earned: dict[int, int] = defaultdict(int)
    ranked: dict[tuple[int, str], list[date]] = defaultdict(list)
    for asked, given in answered:
        for member, choice in given.items():
            before = ranked[member, asked.item]
            if not any(day >= asked.on - _USED_UP for day in before):
                before.append(asked.on)
                earned[member] += asked.worth(choice)
    return dict(earned)


def ranked(earned: Mapping[int, int], names: Mapping[int, str]) -> list[tuple[int, str, int]]:
    """Rank members 1, 2, 2, 4: gives rank, name and units, those with as much by the alphabet."""
    return [
        (1 + sum(other > units for other in earned.values()), names[member], units)
        for member, units in sorted(earned.items(), key=lambda each: (-each[1], names[each[0]].casefold(), each[0]))
    ]
