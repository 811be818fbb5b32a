"""Practice: items done for oneself, outside the ranks: which one comes next, and how it is posed from a seed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Self
from zlib import crc32

from bot.domain.bank import Bank
from bot.domain.grading import grade_choice, units
from bot.domain.item import Item
from bot.domain.posed import PosedItem, pose
from bot.domain.scenarios.case import seed_of

SEED_LENGTH = 5
PRINT_LENGTH = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RECENT = timedelta(days=1)


class PracticeSource(StrEnum):
    """Where a practised item came from."""

    DRILL = "drill"
    PRACTICE = "practice"
    REVIEW = "review"
    EXAM = "exam"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practised:
    """One item that a member did for themself; `choice` and `posed` fit each other as in a round.

    `guild_id` is `None` in direct messages. Member, bank, item and `seed` tell one posing from any other. `full` says
    that the answer earned all of the item's mark, `sure` whether the member was sure, `None` when they did not say.
    """

    guild_id: int | None
    member_id: int
    bank: str
    posed: PosedItem
    seed: str
    choice: str
    units: int
    full: bool
    at: datetime
    source: PracticeSource
    sure: bool | None = None

    @classmethod
    def graded(
        cls,
        posed: PosedItem,
        choice: Collection[str],
        *,
        guild_id: int | None,
        member_id: int,
        bank: str,
        seed: str,
        at: datetime,
        source: PracticeSource,
        sure: bool | None = None,
    ) -> Self:
        """Grade the letters that a member chose."""
        mark = grade_choice(posed, choice)
        return cls(
            guild_id=guild_id,
            member_id=member_id,
            bank=bank,
            posed=posed,
            seed=seed,
            choice="".join(sorted(choice)),
            units=units(mark, posed.item.weight),
            full=mark.fraction == 1,
            at=at,
            source=source,
            sure=sure,
        )

    @property
    def fallen(self) -> frozenset[str]:
        """The traps that the answer fell for."""
        return self.posed.slips(self.choice)

    @property
    def resisted(self) -> frozenset[str]:
        """The traps that a fully right answer did not fall for: all that are in the item."""
        return self.posed.item.traps if self.full else frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Go:
    """One go at an item, as profiles look back at it: when it was, and the traps that were fallen for and resisted."""

    bank: str
    item_id: str
    at: datetime
    fallen: frozenset[str]
    resisted: frozenset[str]


def new_seed(rng: Random) -> str:
    """Draw a seed that fits into a button: five digits or letters."""
    return "".join(rng.choices(_DIGITS, k=SEED_LENGTH))


def pose_by(item: Item, seed: str) -> PosedItem:
    """Shuffle an item's options in the order that belongs to a seed, the same one every time.

    A generated item has a seed of its own, and one order: whoever tells it again sees the same letters.
    """
    return pose(item, Random(item.id if seed_of(item.id) is not None else f"{item.id}:{seed}"))


def fingerprint(item: Item) -> str:
    """Give four characters that change when an item's stem, options or key do."""
    text = repr((item.stem, [(option.text, option.correct) for option in item.options]))
    number, digits = crc32(text.encode()), ""
    for _ in range(PRINT_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        digits += _DIGITS[digit]
    return digits


def similar(bank: Bank, item: Item, fallen: Collection[str]) -> dict[str, int]:
    """Say how near other items are to one; what has nothing in common with it is left out.

    0 is an item on a trap that was `fallen` for, 1 on another trap of the item, 2 on its objective.
    """
    found: dict[str, int] = {}
    for other in bank.items():
        if other.id == item.id:
            continue
        if other.traps & frozenset(fallen):
            found[other.id] = 0
        elif other.traps & item.traps:
            found[other.id] = 1
        elif other.objective == item.objective:
            found[other.id] = 2
    return found


def pick(near: Mapping[str, int], seen: Mapping[str, datetime], *, now: datetime, rng: Random) -> str | None:
    """Pick the id of the next item of those that are `near`, the first of `line_up`; `None` of none."""
    return next(iter(line_up(near, seen, now=now, rng=rng)), None)


def draw(
    items: Collection[Item],
    caught: Collection[str],
    seen: Mapping[str, datetime],
    *,
    count: int,
    now: datetime,
    rng: Random,
) -> list[Item]:
    """Draw up to `count` different items for a run, in any order.

    Up to half of them are on a trap that `caught` the learner of late, and were not seen within a day; the others come
    as `line_up` has them.
    """
    by_id = {item.id: item for item in items}
    order = line_up(dict.fromkeys(by_id, 0), seen, now=now, rng=rng)
    on_traps = [each for each in order if by_id[each].traps & frozenset(caught) and not _recent(each, seen, now)]
    chosen = on_traps[: count // 2]
    chosen += [each for each in order if each not in chosen][: count - len(chosen)]
    rng.shuffle(chosen)
    return [by_id[each] for each in chosen]


def line_up(near: Mapping[str, int], seen: Mapping[str, datetime], *, now: datetime, rng: Random) -> list[str]:
    """Put the ids of the items that are `near` in the order in which they are offered.

    What was not `seen` within a day comes first; then what is nearest, then what was seen longest ago or never.
    """

    def order(item_id: str) -> tuple[bool, int, float, float]:
        last, recent = seen.get(item_id), _recent(item_id, seen, now)
        return recent, 0 if recent else near[item_id], last.timestamp() if last is not None else 0.0, rng.random()

    return sorted(sorted(near), key=order)


def _recent(item_id: str, seen: Mapping[str, datetime], now: datetime) -> bool:
    return item_id in seen and now - seen[item_id] < _RECENT
