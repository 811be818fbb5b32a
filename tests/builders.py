"""Small domain values for tests; what a test cares about it passes, or changes with `dataclasses.replace`."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.domain.answer import Answer, Came, Surface
from bot.domain.bank import Bank, Blueprint, Domain, Objective, Source
from bot.domain.chain import Chain, Fault, Link
from bot.domain.item import LETTERS, Difficulty, Item, ItemKind, MultipleRule, Option
from bot.domain.lesson import Lesson
from bot.domain.posed import PosedItem
from bot.domain.quiz import LOBBY, Quiz
from bot.domain.rounds import Round, RoundState
from bot.domain.schedule import DEFAULT_CATCH_UP, DEFAULT_OPEN_FOR, EVERY_DAY, Schedule
from bot.domain.sitting import Entry, Mode, Sitting, SittingState, Wish
from bot.domain.trap import Contrast, Trap

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday morning; in Prague it is ten o'clock."""

PRAGUE = ZoneInfo("Europe/Prague")

# The two objectives of each domain of `make_bank`, by domain id.
_OBJECTIVES = {"devices": ("1.1", "1.2"), "apps": ("2.1", "2.2")}


def make_option(text: str = "A lock", *, correct: bool = False, trap: str | None = None) -> Option:
    """One choice, wrong unless said otherwise; without a trap it has a rationale of its own."""
    return Option(text=text, correct=correct, why=f"{text}: that is why.", trap=trap)


def make_item(
    item_id: str = "1.1-001",
    *,
    kind: ItemKind | None = None,
    options: int = 4,
    key: str = "A",
    traps: Mapping[str, str] | None = None,
    objective: str = "1.1",
    lesson: str = "1.1",
    rule: MultipleRule = MultipleRule.EXAM,
    weight: Fraction = Fraction(1),
) -> Item:
    """An item whose `key` and `traps` (trap id by letter) go by the author's order; several right ones make it multi.

    The options' texts are `Option A`, `Option B`, ...
    """
    by_letter = traps or {}
    return Item(
        id=item_id,
        revision=1,
        lesson=lesson,
        kind=kind or (ItemKind.SINGLE if len(key) == 1 else ItemKind.MULTIPLE),
        stem=f"What keeps the door shut ({item_id})?",
        options=tuple(
            make_option(f"Option {letter}", correct=letter in key, trap=by_letter.get(letter))
            for letter in LETTERS[:options]
        ),
        difficulty=Difficulty.MEDIUM,
        objective=objective,
        sources=("LOCK",),
        rule=rule,
        weight=weight,
    )


def make_posed(item: Item | None = None, *, order: Iterable[int] | None = None) -> PosedItem:
    """An item as asked; in the author's order unless said otherwise, so that its letters are those of `make_item`."""
    posed = item or make_item()
    return PosedItem(item=posed, order=tuple(range(len(posed.options)) if order is None else order))


def make_trap(trap_id: str = "door-as-lock") -> Trap:
    """A trap with two rows of contrast."""
    return Trap(
        id=trap_id,
        left="Door",
        right="Lock",
        belief="A door that is shut is locked.",
        why_tempting="Both keep the wind out.",
        contrast=(Contrast(left="Shuts", right="Locks"), Contrast(left="Has hinges", right="Has a key")),
        tell_apart="Try the handle.",
        sources=("LOCK",),
    )


def make_lesson(lesson_id: str = "1.1", *, items: Iterable[Item] = ()) -> Lesson:
    """A lesson with no teaching but these items."""
    return Lesson(
        id=lesson_id,
        title=f"Lesson {lesson_id}",
        summary="What keeps a door shut.",
        objectives=(lesson_id,),
        updated=NOW.date(),
        takeaways=("A door is not a lock.",),
        sections=(),
        workflow=(),
        look_alikes=(),
        chain=None,
        monitor=(),
        sources=("LOCK",),
        items=tuple(items),
    )


def make_chain(links: int = 3) -> Chain:
    """A chain of links `link-1`, `link-2`, ... titled `Lock 1` and so on, each with one quiet fault."""
    return Chain(
        outcome="The door stays shut.",
        links=tuple(
            Link(
                id=f"link-{number}",
                title=f"Lock {number}",
                configure=f"Turn key {number}.",
                result=f"Bolt {number} is out.",
                evidence=f"Bolt {number} is seen in its hole.",
                faults=(
                    Fault(
                        id="short",
                        name=f"Bolt {number} is too short",
                        quiet=True,
                        symptom="It rattles.",
                        evidence=f"Bolt {number} is not seen in its hole.",
                    ),
                ),
            )
            for number in range(1, links + 1)
        ),
    )


def make_blueprint(**weights: tuple[int, int]) -> Blueprint:
    """Domains `devices` (objectives 1.1, 1.2) and `apps` (2.1, 2.2); pass the bounds of a weight in percent by name."""
    return Blueprint(
        as_of=NOW.date(),
        domains=tuple(
            Domain(
                id=domain,
                title=domain.title(),
                low=weights.get(domain, (50, 50))[0],
                high=weights.get(domain, (50, 50))[1],
                objectives=tuple(Objective(id=each, title=f"Objective {each}") for each in objectives),
            )
            for domain, objectives in _OBJECTIVES.items()
        ),
    )


def make_bank(
    items: Iterable[Item] | None = None,
    *,
    bank_id: str = "sample",
    traps: Iterable[Trap] | None = None,
    blueprint: Blueprint | None = None,
) -> Bank:
    """A bank of these items, each in the lesson it names; one item and one trap unless said otherwise."""
    kept = [make_item()] if items is None else list(items)
    lessons = {item.lesson: [each for each in kept if each.lesson == item.lesson] for item in kept}
    return Bank(
        id=bank_id,
        title="A sample bank",
        short_title="Sample",
        description="Questions about locks.",
        updated=NOW.date(),
        rule=MultipleRule.EXAM,
        blueprint=blueprint or make_blueprint(),
        sources={
            "LOCK": Source(
                id="LOCK", title="All about locks", url="https://example.org/locks", checked=date(2026, 11, 1)
            )
        },
        traps={trap.id: trap for trap in ([make_trap()] if traps is None else traps)},
        lessons={lesson: make_lesson(lesson, items=found) for lesson, found in lessons.items()},
    )


def make_schedule(
    *,
    schedule_id: int = 1,
    guild_id: int = 100,
    name: str = "Daily question",
    channel_id: int = 200,
    weekdays: Iterable[int] = EVERY_DAY,
    at: time = time(8, 30),
    zone: ZoneInfo = PRAGUE,
    bank: str = "sample",
    per_day: int = 1,
    open_for: timedelta = DEFAULT_OPEN_FOR,
    catch_up: timedelta = DEFAULT_CATCH_UP,
    next_run: datetime | None = None,
) -> Schedule:
    """A daily schedule at half past eight in Prague; not due until given its `next_run`."""
    return Schedule(
        id=schedule_id,
        guild_id=guild_id,
        name=name,
        channel_id=channel_id,
        created_by=300,
        weekdays=frozenset(weekdays),
        at=at,
        zone=zone,
        bank=bank,
        per_day=per_day,
        open_for=open_for,
        catch_up=catch_up,
        next_run=next_run,
    )


def make_round(
    posed: PosedItem | None = None,
    *,
    round_id: int = 1,
    state: RoundState = RoundState.OPEN,
    planned_at: datetime = NOW,
    open_for: timedelta = DEFAULT_OPEN_FOR,
    message_id: int | None = 400,
    guild_id: int = 100,
    channel_id: int = 200,
    schedule_id: int | None = 1,
    number: int = 1,
) -> Round:
    """A round of `make_schedule`, open and posted unless said otherwise; its next step is to close."""
    return Round(
        id=round_id,
        guild_id=guild_id,
        channel_id=channel_id,
        schedule_id=schedule_id,
        bank="sample",
        posed=posed or make_posed(),
        state=state,
        on=planned_at.date(),
        opened_on=planned_at.date(),
        number=number,
        planned_at=planned_at,
        closes_at=planned_at + open_for,
        step_at=planned_at + open_for,
        message_id=message_id,
        seeded=message_id is not None,
    )


def make_quiz(*, count: int = 3, seconds: int = 30) -> Quiz:
    """A quiz of `sample`, started just now and in its lobby."""
    return Quiz(
        id=1,
        guild_id=100,
        channel_id=200,
        host_id=300,
        bank="sample",
        count=count,
        seconds=seconds,
        made_at=NOW,
        begins_at=NOW + LOBBY,
    )


def make_answer(
    choice: str = "",
    *,
    seen: str | None = None,
    unresolved: bool = False,
    surface: Surface = Surface.REACTIONS,
    came: Came = Came.LIVE,
    at: datetime = NOW,
) -> Answer:
    """An answer; by reaction, with its letters on the post, unless said otherwise."""
    there = ("o" if unresolved else "").join(choice) if surface is Surface.REACTIONS else ""
    return Answer(
        seen=there if seen is None else seen, choice=choice, unresolved=unresolved, surface=surface, came=came, at=at
    )


def make_sitting(mode: Mode = Mode.PRACTICE, *, items: int = 3, deadline: timedelta | None = None) -> Sitting:
    """A sitting of single-select items whose key is A, begun now."""
    return Sitting(
        id=7,
        guild_id=100,
        member_id=1,
        mode=mode,
        bank="sample",
        wish=Wish(count=items),
        state=SittingState.OPEN,
        started_at=NOW,
        touched_at=NOW,
        entries=tuple(
            Entry(number=number, posed=make_posed(make_item(f"1.1-{number:03}", traps={"B": "door-as-lock"})))
            for number in range(1, items + 1)
        ),
        deadline=None if deadline is None else NOW + deadline,
    )
