"""Column types: whatever goes in comes out the same, and sorts as it should."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from fractions import Fraction
from zoneinfo import ZoneInfo, available_timezones

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.item import Difficulty, Image, Item, ItemKind, MultipleRule, Option
from bot.domain.posed import PosedItem
from bot.domain.sitting import Wish
from bot.storage.columns import Duration, Instant, LocalTime, Names, Posed, Weekdays, Wished, Zone

metadata = sa.MetaData()
_KINDS = (Duration, Instant, LocalTime, Names, Posed, Weekdays, Wished, Zone)
kept = sa.Table(
    "kept",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    *(
        sa.Column(kind.__name__.lower(), kind)
        for kind in (Duration, Instant, LocalTime, Names, Posed, Weekdays, Wished, Zone)
    ),
)

ZONES = (UTC, timezone(timedelta(hours=14)), ZoneInfo("America/New_York"))

words = st.text(max_size=20)
options = st.builds(Option, text=words, correct=st.booleans(), why=words, trap=st.none() | words)
images = st.builds(Image, file=words, alt=words)
items = st.builds(
    Item,
    id=words,
    revision=st.integers(1, 10**6),
    lesson=words,
    kind=st.sampled_from(ItemKind),
    stem=words,
    options=st.lists(options, min_size=2, max_size=10).map(tuple),
    difficulty=st.sampled_from(Difficulty),
    objective=words,
    sources=st.lists(words, max_size=3).map(tuple),
    rule=st.sampled_from(MultipleRule),
    weight=st.fractions(0, 10, max_denominator=1000),
    image=st.none() | images,
)


@st.composite
def posed_items(draw: st.DrawFn) -> PosedItem:
    item = draw(items)
    return PosedItem(item=item, order=tuple(draw(st.permutations(range(len(item.options))))))


@pytest.fixture(scope="module")
def connection() -> Iterator[sa.Connection]:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as opened:
        metadata.create_all(opened)
        yield opened
    engine.dispose()


def through(connection: sa.Connection, column: str, value: object) -> object:
    """Store a value, and read it again."""
    connection.execute(sa.delete(kept))
    connection.execute(sa.insert(kept).values({column: value}))
    return connection.execute(sa.select(kept.c[column])).scalar_one()


@settings(max_examples=60)
@given(value=posed_items())
def test_a_posed_item_survives(connection: sa.Connection, value: PosedItem) -> None:
    """Every text, fraction, picture and order of a question already asked is read as it was stored."""
    assert through(connection, "posed", value) == value


@settings(max_examples=60)
@given(value=st.datetimes(timezones=st.sampled_from(ZONES)))
def test_an_instant_survives_to_the_microsecond(connection: sa.Connection, value: datetime) -> None:
    """An aware datetime of any zone and year comes back as the same instant, in UTC."""
    try:
        expected = value.astimezone(UTC)
    except OverflowError:
        return  # such an hour of the first or last day of all time is in no year that Python knows
    found = through(connection, "instant", value)
    assert found == expected
    assert isinstance(found, datetime)
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    ],
)
def test_the_ends_of_time_survive(connection: sa.Connection, value: datetime) -> None:
    """The first microsecond of year 1, the last of 9999 and those around 1970 are exact."""
    assert through(connection, "instant", value) == value


def test_a_naive_instant_is_refused(connection: sa.Connection) -> None:
    """A datetime without a zone is a fault, never taken for UTC."""
    with pytest.raises(sa.exc.StatementError, match="offset-naive"):
        through(connection, "instant", datetime(2026, 11, 23))  # noqa: DTZ001 - that is the point


@given(first=st.datetimes(timezones=st.just(UTC)), second=st.datetimes(timezones=st.just(UTC)))
@settings(max_examples=30)
def test_instants_sort_as_time_runs(connection: sa.Connection, first: datetime, second: datetime) -> None:
    """The database puts instants in the order in which they happen."""
    connection.execute(sa.delete(kept))
    connection.execute(sa.insert(kept), [{"instant": first}, {"instant": second}])
    found = connection.execute(sa.select(kept.c.instant).order_by(kept.c.instant)).scalars().all()
    assert found == sorted([first, second])


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("duration", timedelta(0)),
        ("duration", timedelta(days=7)),
        ("localtime", time(0, 0)),
        ("localtime", time(23, 59)),
        ("weekdays", frozenset(range(7))),
        ("weekdays", frozenset({6, 0})),
        ("weekdays", frozenset[int]()),
        ("names", frozenset({"door-as-lock", "a", "9"})),
        ("names", frozenset[str]()),
        ("wished", Wish(count=3)),
        ("wished", Wish(count=30, topic="6.2", trap="a", difficulty=Difficulty.HARD, missed=True)),
        *(
            (name, None)
            for name in ("duration", "instant", "localtime", "names", "posed", "weekdays", "wished", "zone")
        ),
    ],
)
def test_small_values_survive(connection: sa.Connection, column: str, value: object) -> None:
    """Lengths of time, times of day, sets of weekdays and what is missing come back as they were."""
    assert through(connection, column, value) == value


def test_every_zone_survives(connection: sa.Connection) -> None:
    """Whatever zone an organiser may choose is found again by its name."""
    for name in sorted(available_timezones()):
        assert through(connection, "zone", ZoneInfo(name)) == ZoneInfo(name)


def test_an_item_with_everything_survives(connection: sa.Connection) -> None:
    """The example that shows what is stored: half a mark, a picture, quotes, line breaks and emoji."""
    item = Item(
        id="1",
        revision=2,
        lesson="1",
        kind=ItemKind.MULTIPLE,
        stem='"A"\n🇦\x00',
        options=(Option(text="a", correct=True, why="b"), Option(text="c", correct=False, why="", trap="d")),
        difficulty=Difficulty.HARD,
        objective="1.1",
        sources=("S",),
        rule=MultipleRule.MINUS,
        weight=Fraction(1, 2),
        image=Image(file="a.png", alt="b"),
    )
    posed = PosedItem(item=item, order=(1, 0))
    assert through(connection, "posed", posed) == posed
    assert through(connection, "posed", replace(posed, order=(0, 1))) != posed
