"""The composition root: builds everything by hand, once, and closes it in order."""

import contextlib
import gc
import os
import platform
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random, SystemRandom

from bot.chat.client import TrapwiseClient
from bot.chat.cogs.boards import OF_BOARDS, BoardCog
from bot.chat.cogs.exam import ExamCog
from bot.chat.cogs.help import HelpCog
from bot.chat.cogs.insights import InsightCog
from bot.chat.cogs.lessons import LessonCog
from bot.chat.cogs.practice import PracticeCog
from bot.chat.cogs.quizzes import QuizCog
from bot.chat.cogs.review import ReviewCog
from bot.chat.cogs.rounds import RoundCog
from bot.chat.cogs.scenarios import ScenarioCog
from bot.chat.cogs.schedules import ScheduleCog
from bot.chat.cogs.setup import SetupCog
from bot.chat.cogs.traps import TrapCog
from bot.chat.drill_buttons import OF_DRILLS
from bot.chat.exam_buttons import OF_EXAMS
from bot.chat.lesson_buttons import OF_LESSONS
from bot.chat.lesson_exits import FROM_LESSONS
from bot.chat.pacer import Pacer
from bot.chat.practice_buttons import OF_PRACTICE
from bot.chat.publisher import DiscordPublisher
from bot.chat.quiz_buttons import OF_QUIZZES
from bot.chat.quiz_publisher import DiscordQuizPublisher
from bot.chat.render.sizes import too_large
from bot.chat.report_buttons import OF_REPORTS
from bot.chat.reveal_buttons import UNDER_REVEALS
from bot.chat.review_buttons import OF_REVIEWS
from bot.chat.schedule_buttons import OF_SCHEDULES
from bot.chat.services import Services
from bot.chat.surfaces.private import OF_ANSWERS
from bot.chat.surfaces.reactions import Reactions
from bot.chat.trap_buttons import OF_TRAPS
from bot.content.loader import load_banks
from bot.content.problems import Problem
from bot.services.announcing import Announcer
from bot.services.answering import Answering
from bot.services.conducting import Conductor
from bot.services.correcting import Correcting
from bot.services.daily import Daily
from bot.services.drills import Drills
from bot.services.examining import Examining
from bot.services.heartbeat import give_sign, take_leave
from bot.services.library import Library, Shelf
from bot.services.organising import Organising
from bot.services.planning import Planner
from bot.services.ports import Clock
from bot.services.practising import Practising
from bot.services.profiles import Profiles
from bot.services.quizzing import Quizzing
from bot.services.recalling import Recalling
from bot.services.registry import CommandRegistry
from bot.services.reporting import Reporting
from bot.services.reviewing import RETENTION, Reviewing
from bot.services.sittings import Sittings
from bot.services.standings import Standings
from bot.services.stepping import Stepper
from bot.services.watching import Watch
from bot.storage.holding import Held, hold
from bot.storage.presence import Presence
from bot.storage.store import Store, open_store

COGS = (
    SetupCog,
    ScheduleCog,
    RoundCog,
    QuizCog,
    LessonCog,
    TrapCog,
    ScenarioCog,
    PracticeCog,
    ReviewCog,
    ExamCog,
    BoardCog,
    InsightCog,
    HelpCog,
)

BUTTONS = (
    *OF_ANSWERS,
    *UNDER_REVEALS,
    *OF_DRILLS,
    *OF_QUIZZES,
    *OF_PRACTICE,
    *OF_REVIEWS,
    *OF_EXAMS,
    *OF_REPORTS,
    *OF_LESSONS,
    *FROM_LESSONS,
    *OF_TRAPS,
    *OF_BOARDS,
    *OF_SCHEDULES,
)

_NO_LIMIT = 1e9

_YOUNG = 20_000
"""New objects, less those freed, between two rounds of the cyclic collector; Python's own is 700."""


class ContentProblem(Exception):
    """The banks cannot be used; the text has one line per problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """One composed bot: its client, not yet connected, and sentences for whoever started it."""

    client: TrapwiseClient
    daily: Daily
    answering: Answering
    store: Store
    notices: tuple[str, ...]
    held: Held | None = None
    heartbeat: Path | None = None

    async def close(self) -> None:
        """Stop the background work, disconnect, and close the database; nothing received is lost."""
        await self.client.close()
        if self.heartbeat is not None:
            with contextlib.suppress(OSError):  # a tick that could not give its sign has told why
                take_leave(self.heartbeat)
        await self.store.close()
        if self.held is not None:
            self.held.close()


def spare_collector() -> None:
    """Keep the cyclic collector from looking through what stays anyway; for a process that is one bot.

    Banks, commands and libraries stay until the end. Thousands of answers under way, which counting references frees,
    made it look through all of that several times a second: a third of what a reaction cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, *gc.get_threshold()[1:])


def system_clock() -> datetime:
    """Give the present instant from the machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that names the system clock


def shipped_content() -> Path:
    """Give the folder of the banks that come with Trapwise: inside the installed package, else in the checkout."""
    installed = Path(__file__).parent / "shipped"
    return installed if installed.is_dir() else Path(__file__).parent.parent / "content"


def load_shelves(folders: Iterable[Path], *, measured: Collection[Path] = ()) -> list[Shelf]:
    """Load every bank of several folders; an id of a later folder replaces an earlier one.

    Whether its messages fit into Discord's limits is looked at in all folders but those `measured` before.

    Raises:
        ContentProblem: some file has a problem; the text lists all of them.
    """
    shelves: dict[str, Shelf] = {}
    problems: list[Problem] = []
    for folder in folders:
        loaded = load_banks(folder, rendered=None if folder in measured else too_large)
        shelves |= {bank.id: Shelf(bank=bank, folder=folder / bank.id) for bank in loaded.banks.values()}
        problems += loaded.all_problems
    if problems:
        raise ContentProblem("\n".join(str(problem) for problem in problems))
    return list(shelves.values())


async def open_app(
    *,
    database: str,
    shelves: Sequence[Shelf],
    clock: Clock = system_clock,
    rng: Random | None = None,
    longest_nap: timedelta = timedelta(seconds=30),
    heartbeat: Path | None = None,
    unlimited: bool = False,
    alone: bool = False,
    retention: float = RETENTION,
) -> App:
    """Open the database at a URL and compose a bot around it; each tick writes to the file `heartbeat`, and the end.

    `unlimited` is for a simulated Discord, which has no rate limits to keep. `alone` refuses a database that another
    bot on this machine is using, and holds it. `retention` is how much of what is due for review should be remembered.

    Raises:
        StorageProblem: the database cannot be used.
    """
    me = f"process {os.getpid()} on {platform.node() or 'this machine'}"
    held = hold(database, who=me) if alone else None
    try:
        store = await open_store(database, now=clock())
    except BaseException:
        if held is not None:
            held.close()
        raise
    library = Library(shelves)
    answering = Answering(store, clock)
    client = TrapwiseClient()
    limits = {"rate": _NO_LIMIT, "burst": _NO_LIMIT, "most": _NO_LIMIT} if unlimited else {}
    pacer = Pacer(time.monotonic, **limits)
    publisher = DiscordPublisher(client, pacer, odd=client.traffic.misunderstood)
    announcer = Announcer(store, clock, publisher)
    planner = Planner(store, library)
    conductor = Conductor(
        store,
        clock,
        DiscordQuizPublisher(client, pacer, odd=client.traffic.misunderstood),
        questions=publisher,
        answering=answering,
        library=library,
        announcer=announcer,
    )
    stepper = Stepper(
        store,
        clock,
        publisher,
        answering=answering,
        library=library,
        announcer=announcer,
        conductor=conductor,
    )
    daily = Daily(
        store,
        clock,
        answering=answering,
        planner=planner,
        stepper=stepper,
        conductor=conductor,
        longest_nap=longest_nap,
        beat=partial(_beat, heartbeat, store, Presence(Path(store.where))),
        watch=Watch(me=me, steady=time.monotonic if clock is system_clock else None),
    )
    store.tell_of_trouble(daily.wake)
    client.traffic.guard(pacer, recovered=daily.hurry)
    rng = rng or SystemRandom()
    sittings, profiles = Sittings(store, clock, library=library), Profiles(store, clock, library=library)
    services = Services(
        clock=clock,
        library=library,
        answering=answering,
        recalling=Recalling(store, answering),
        organising=Organising(store, clock, library=library, planner=planner, rng=rng, wake=daily.wake),
        quizzing=Quizzing(store, clock, library=library, rng=rng, wake=daily.wake),
        drills=Drills(store, clock, library=library, rng=rng),
        sittings=sittings,
        practising=Practising(store, clock, library=library, profiles=profiles, sittings=sittings, rng=rng),
        reviewing=Reviewing(store, clock, library=library, sittings=sittings, retention=retention),
        examining=Examining(store, clock, library=library, sittings=sittings, rng=rng),
        reporting=Reporting(store, clock, library=library, announcer=announcer),
        correcting=Correcting(store, publisher, library=library),
        standings=Standings(store, clock),
        profiles=profiles,
        announcer=announcer,
        daily=daily,
        stepper=stepper,
        conductor=conductor,
    )
    client.begin(
        services,
        reactions=Reactions(client, answering, publisher, later=stepper.repair_later),
        registry=CommandRegistry(store),
        pacer=pacer,
        cogs=[cog(services) for cog in COGS],
        buttons=BUTTONS,
    )
    notice = f"The database is {'new' if store.created else 'kept'} in {store.where}."
    return App(
        client=client,
        daily=daily,
        answering=answering,
        store=store,
        notices=(notice,),
        held=held,
        heartbeat=heartbeat,
    )


def _beat(heartbeat: Path | None, store: Store, presence: Presence) -> None:
    """Give a sign of life with what the database says."""
    trouble = presence.trouble() or store.trouble
    if heartbeat is not None:
        give_sign(heartbeat, trouble)
