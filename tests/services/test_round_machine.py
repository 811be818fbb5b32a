"""A round under random interleavings of everything that can happen to it, held against a model of ten lines."""

import asyncio
import itertools
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from bot.domain.item import LETTERS
from bot.domain.rounds import RoundState
from bot.services.ports import PublishFailed, Refusal
from tests.services.round_life import MEMBERS, Life

Story: TypeAlias = list[tuple[str, int, str]]
"""What people do: taps, choices and clears, each with its member and marks or letters."""

Stories: TypeAlias = tuple[Story, Story, Story, Story]

Trouble: TypeAlias = int | tuple[str, int] | tuple[str, Exception | None, bool]

BATCH = 10
"""So many lives are drawn at a time: after these Hypothesis goes on with variations of what it has drawn already."""

SAMPLE = settings(stateful_step_count=8, deadline=None, database=None, suppress_health_check=list(HealthCheck))
"""Always the same lives; the profile `torture` draws new ones, longer and more."""

members = st.sampled_from(MEMBERS)
marks = st.sampled_from("ABCABCABCabc")
choices = st.sampled_from(["", "A", "B", "C", "AB"])
clears = st.sampled_from(["A", "B", LETTERS])
taps = st.tuples(st.just("tap"), members, marks)
chosen = st.tuples(st.just("choose"), members, choices)
cleared = st.tuples(st.just("clear"), st.just(0), clears)
stories = st.lists(st.one_of(*[taps] * 10, chosen, cleared), min_size=2, max_size=8) | st.builds(
    # Where order counts: several marks one after the other, and the latest of them taken away.
    lambda member, order: [("tap", member, mark) for mark in [*order[:4], order[3]]],
    members,
    st.permutations("ABCab"),
)
errors = st.sampled_from(
    [*map(PublishFailed, (Refusal.UNAVAILABLE, Refusal.REJECTED, Refusal.FORBIDDEN)), RuntimeError("a fault of ours")]
)


def troubles(*methods: str) -> st.SearchStrategy[Trouble]:
    """What may go wrong: no kind of call is as telling as these."""
    calls = st.sampled_from(methods)
    fails = st.tuples(calls, errors, st.booleans())  # the next such call fails, before or after it took effect
    takes_long = st.tuples(calls, st.none(), st.booleans())
    killed = st.integers(1, 12)  # at so manieth a call or commit, before or after it
    busy = st.tuples(st.just("commit"), st.integers(1, 6))  # so manieth commit is refused, and all after it for a while
    return st.one_of(st.just(0), killed, fails, takes_long, takes_long, busy)


seconds = st.sampled_from([1, 20, 61, 61, 600, 600, 3600, -30, -3600])
often = st.sampled_from([True, True, False])
seldom = st.sampled_from([False, False, False, True])


class RoundMachine(RuleBasedStateMachine):
    """The rules; what they do and how it is checked is in `round_life`."""

    life: Life
    acts: Stories
    killed: bool
    race: Trouble
    last: Trouble

    def __init__(self, database: Callable[[], Path]) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.patch = pytest.MonkeyPatch()
        self.file = database()
        self.sound = False

    @initialize(
        single=often,
        tidies=seldom,
        first=troubles("post", "post", "seed"),
        acts=st.tuples(stories, stories, stories, stories),
        killed=st.booleans(),
        race=troubles("collect"),
        last=troubles("collect", "explain"),
    )
    def begin(
        self,
        *,
        single: bool,
        tidies: bool,
        first: Trouble,
        acts: Stories,
        killed: bool,
        race: Trouble,
        last: Trouble,
    ) -> None:
        """A question is due, and posted; how its life begins and ends is drawn here, what happens between by rules."""
        self.runner.run(self._begin(single=single, tidies=tidies))
        self.sound, self.acts, self.killed, self.race, self.last = True, acts, killed, race, last
        self._troubled(first)
        self._live(self.life.tick())
        self._back()
        self._meanwhile(acts[0])
        for _ in range(2):
            self._again()
        self._happens(acts[0])
        self._live(self.life.deliver())

    async def _begin(self, *, single: bool, tidies: bool) -> None:
        # In the loop that its events belong to.
        self.life = await Life(self.file, self.patch, single=single, tidies=tidies).begin()

    @rule(story=stories, heard=often)
    def people(self, story: Story, *, heard: bool) -> None:
        """People do something on the post; the process hears of it at once, or later."""
        self._happens(story)
        if heard:
            self._live(self.life.deliver())

    @rule(story=stories)
    def more_people(self, story: Story) -> None:
        """The same: Hypothesis leaves out some rules of each life, and nothing is as telling as this one."""
        self._happens(story)
        self._live(self.life.deliver())

    @precondition(lambda self: not self.life.chat.dead)
    @rule(seconds=seconds, resumed=seldom, trouble=troubles("collect", "seed", "explain"), meanwhile=stories)
    def tick(self, *, seconds: int, resumed: bool, trouble: Trouble, meanwhile: Story) -> None:
        """Time passes and the loop wakes; people go on while something takes long."""
        self.life.clock.advance(seconds=seconds)
        if resumed:
            self._live(self.life.resume())
        if not self.life.chat.dead:
            self._troubled(trouble)
            self._live(self.life.tick())
            self._meanwhile(meanwhile)

    @precondition(lambda self: not self.life.chat.dead)
    @rule(killed=st.booleans(), missed=stories, back=often, trouble=troubles("collect"), meanwhile=stories)
    def outage(self, *, killed: bool, missed: Story, back: bool, trouble: Trouble, meanwhile: Story) -> None:
        """The process is killed while it waits for something, or loses the gateway; people go on without it."""
        if killed:
            self._live(self.life.kill())
        elif self.life.chat.connected:
            self._live(self.life.lose())
        self._happens(missed)
        if back:
            self._troubled(trouble)
            self._back()
            self._meanwhile(meanwhile)

    @precondition(lambda self: not self.life.chat.connected)
    @rule()
    def back(self) -> None:
        """The process runs again, and has a gateway again."""
        self._back()

    @rule(trouble=troubles("find_post", "seed", "collect", "find_reveal"))
    def trouble(self, trouble: Trouble) -> None:
        """Something will go wrong, whenever its time comes."""
        self._troubled(trouble)

    @precondition(lambda self: self.life.chat.held or self.life.chat.busy)
    @rule()
    def release(self) -> None:
        """What took long goes on."""
        self._live(self.life.release())

    def teardown(self) -> None:
        """Let the life come to its end, which says whether it was a good one."""
        try:
            if self.sound:
                self._race()
                self._close()
                self._live(self.life.end())
        finally:
            if hasattr(self, "life"):
                self.runner.run(self.life.bury())
            self.runner.close()
            self.patch.undo()

    def _race(self) -> None:
        """Let people go on during an outage, and while it is repaired."""
        self._back()
        self.outage(killed=self.killed, missed=self.acts[1], back=True, trouble=self.race, meanwhile=self.acts[2])
        self._back()

    def _close(self) -> None:
        """Let the round's time come in an outage, or while people go on, with its last trouble."""
        if not self.killed and self.life.chat.connected:
            self._live(self.life.lose())
            self._happens(self.acts[3])
        if not self.life.chat.dead:
            self._troubled(self.last)
            self._live(self.life.close())
            self._meanwhile(self.acts[3])

    def _again(self) -> None:
        """Take another turn, if the question is not posted yet: when leases and waits are over."""
        if self.life.state() is RoundState.PLANNED:
            self._back()
            self.life.clock.advance(seconds=61)
            if not self.life.chat.dead:
                self._live(self.life.tick())

    def _happens(self, story: Story) -> None:
        for kind, member, what in story if self.life.chat.message else ():
            if kind == "tap":
                self.life.chat.toggle(member, what)
            elif kind == "clear":
                self.life.chat.clear(what)
            elif self.life.state() not in (None, RoundState.PLANNED):
                self.life.chose(member, what)

    def _troubled(self, trouble: Trouble) -> None:
        match trouble:
            case int():
                self.life.chat.doom = trouble
            case ("commit", int() as manieth):
                self.life.chat.busy_in = manieth
            case (str() as method, Exception() as error, bool() as after):
                self.life.chat.fail(method, error, after=after)
            case (str() as method, None, bool() as after) if not self.life.chat.held:
                self.life.chat.armed = method, after

    def _meanwhile(self, story: Story) -> None:
        """Let people go on while something is held, or the database busy; then it goes on too, sometimes."""
        if self.life.chat.held or self.life.chat.busy:
            self._happens(story)
            self._live(self.life.deliver())
            if len(story) > 2:
                self._live(self.life.release())

    def _back(self) -> None:
        if self.life.chat.dead:
            self._live(self.life.start())
        if not self.life.chat.connected:
            self._live(self.life.connect())

    def _live(self, step: Coroutine[Any, Any, None]) -> None:
        self.sound = False
        self.runner.run(step)
        self.sound = True


def test_whatever_happens_to_a_round(template: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Answers are always what the rules say; the end is one post, one reveal, and results that equal their grading."""
    caplog.set_level(logging.CRITICAL)
    copies = itertools.count()

    def database() -> Path:
        return Path(shutil.copyfile(template, tmp_path / f"{next(copies)}.db"))

    tortured = settings.get_current_profile_name() == "torture"
    for number in range(settings().max_examples // BATCH if tortured else 8):
        machine = partial(RoundMachine, database)
        lives = settings(settings() if tortured else SAMPLE, max_examples=BATCH)
        run_state_machine_as_test(machine if tortured else seed(number)(machine), settings=lives)  # type: ignore[arg-type]


@pytest.fixture
async def life(database: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Life]:
    """Post a single-select question."""
    life = await Life(database, monkeypatch).posted()
    yield life
    await life.end()
    await life.bury()


async def test_a_clear_during_a_full_diff_withdraws_nothing_that_the_diff_finds(life: Life) -> None:
    """A letter missed in an outage, found by a diff that a moderator's clear overtakes, is no withdrawal later."""
    await life.lose()
    life.chat.toggle(1, "A")
    life.chat.armed = "collect", True
    await life.connect()
    await life.clear("A")
    await life.release()
    await life.close()


@pytest.mark.parametrize("closes", [True, False])
async def test_a_clear_during_a_full_diff_touches_nobody(life: Life, *, closes: bool) -> None:
    """What the diff finds of members who lose a letter to a clear meanwhile counts all the same."""
    await life.tap(1, "A")
    await life.lose()
    life.chat.toggle(1, "B")
    life.chat.armed = "collect", True
    if closes:
        await life.close()
        life.chat.connected = True
    else:
        await life.connect()
    await life.clear("A")
    await life.release()
    assert life.house.stored(await life.house.round()) == {1: "B"}


async def test_letters_count_until_a_close_is_stored(life: Life) -> None:
    """A letter heard while a busy database delays the close counts; one heard after it does not."""
    life.chat.busy_in = 3  # the sign of life and the lease are stored, the close is not
    await life.close()
    assert life.chat.busy
    life.chat.armed = "collect", False
    await life.tap(1, "A")
    await life.release()
    assert life.state() is RoundState.CLOSING
    await life.tap(1, "B")
    await life.release()
    assert life.house.stored(await life.house.round()) == {1: "A"}


@pytest.mark.parametrize("killed", [True, False])
async def test_an_outage_counts_until_it_is_repaired(life: Life, *, killed: bool) -> None:
    """A private answer given after an outage whose repair failed stays when a later one finds the letters of both."""
    await life.lose()
    life.chat.toggle(1, "C")
    life.chat.fail("collect", PublishFailed(Refusal.UNAVAILABLE))
    await life.connect()
    await life.choose(1, "B")
    await life.tick()
    if killed:
        await life.kill()
        await life.start()
    else:
        await life.lose()
    await life.connect()
    assert life.house.stored(await life.house.round()) == {1: "B"}


async def test_a_diff_overtaken_by_a_later_one_changes_nothing(life: Life) -> None:
    """When connections come and go a slow diff may end after a quicker, newer one: it withdraws nothing."""
    life.chat.armed = "collect", True
    await life.lose()
    await life.connect()
    await life.lose()
    life.chat.toggle(1, "B")
    await life.connect()
    assert life.house.stored(await life.house.round()) == {1: "B"}
    await life.release()
    assert life.house.stored(await life.house.round()) == {1: "B"}
