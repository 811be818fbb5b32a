"""Column types that carry domain values: instants, sets of weekdays and of ids, posed items, wishes."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from bot.domain.item import Difficulty
from bot.domain.posed import PosedItem
from bot.domain.sitting import Wish
from bot.storage.snapshots import dump_posed, load_posed

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime as whole microseconds since 1970: compares and indexes the same on every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: object | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else _EPOCH + int(str(value)) * _MICROSECOND


class Duration(TypeDecorator[timedelta]):
    """A length of time as whole seconds."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: timedelta | None, dialect: Dialect) -> int | None:
        del dialect
        return None if value is None else int(value.total_seconds())

    def process_result_value(self, value: object | None, dialect: Dialect) -> timedelta | None:
        del dialect
        return None if value is None else timedelta(seconds=int(str(value)))


class LocalTime(TypeDecorator[time]):
    """A time of day as `HH:MM`."""

    impl = sa.String(5)
    cache_ok = True

    def process_bind_param(self, value: time | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else f"{value:%H:%M}"

    def process_result_value(self, value: object | None, dialect: Dialect) -> time | None:
        del dialect
        return None if value is None else time.fromisoformat(str(value))


class Zone(TypeDecorator[ZoneInfo]):
    """A time zone by its IANA name."""

    impl = sa.String(64)
    cache_ok = True

    def process_bind_param(self, value: ZoneInfo | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else value.key

    def process_result_value(self, value: object | None, dialect: Dialect) -> ZoneInfo | None:
        del dialect
        return None if value is None else ZoneInfo(str(value))


class Weekdays(TypeDecorator[frozenset[int]]):
    """A set of weekdays (0 is Monday) as their digits, such as `01234`."""

    impl = sa.String(7)
    cache_ok = True

    def process_bind_param(self, value: frozenset[int] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else "".join(str(day) for day in sorted(value))

    def process_result_value(self, value: object | None, dialect: Dialect) -> frozenset[int] | None:
        del dialect
        return None if value is None else frozenset(int(day) for day in str(value))


class Names(TypeDecorator[frozenset[str]]):
    """A set of ids, such as traps, in one text with spaces between them."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: frozenset[str] | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else " ".join(sorted(value))

    def process_result_value(self, value: object | None, dialect: Dialect) -> frozenset[str] | None:
        del dialect
        return None if value is None else frozenset(str(value).split())


class Posed(TypeDecorator[PosedItem]):
    """A posed item as JSON."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: PosedItem | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else dump_posed(value)

    def process_result_value(self, value: object | None, dialect: Dialect) -> PosedItem | None:
        del dialect
        return None if value is None else load_posed(str(value))


class Wished(TypeDecorator[Wish]):
    """What a sitting was asked for, as JSON."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Wish | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else json.dumps(asdict(value))

    def process_result_value(self, value: object | None, dialect: Dialect) -> Wish | None:
        del dialect
        if value is None:
            return None
        wanted = json.loads(str(value))
        difficulty = wanted.pop("difficulty")
        return Wish(**wanted, difficulty=None if difficulty is None else Difficulty(difficulty))
