"""The pacer: never more than the limit in any second, questions before letters, and nothing waits for ever."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.letters import EMOJI
from bot.chat.pacer import BURST, MOST, RATE, Pacer, Urgency
from bot.domain.rounds import RoundState
from tests.chat.world import World


class FastLoop(asyncio.SelectorEventLoop):
    """An event loop whose time is made up: sleeping takes none."""

    def __init__(self) -> None:
        super().__init__()
        self._made_up = 0.0

    def time(self) -> float:
        return self._made_up

    def _run_once(self) -> None:
        scheduled = self._scheduled  # type: ignore[attr-defined]
        if not self._ready and scheduled:  # type: ignore[attr-defined]
            self._made_up = max(self._made_up, scheduled[0]._when)
        super()._run_once()  # type: ignore[misc]


def pace(urgencies: list[Urgency], *, leaving: frozenset[int] = frozenset()) -> list[tuple[float, Urgency]]:
    """Ask for all turns at once; give the instants at which they came, in order. `leaving` are cancelled meanwhile."""
    came: list[tuple[float, Urgency]] = []
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        pacer = Pacer(loop.time)

        async def go(urgency: Urgency) -> None:
            await pacer.turn(urgency)
            came.append((loop.time(), urgency))

        async def crowd() -> None:
            tasks = [asyncio.create_task(go(urgency)) for urgency in urgencies]
            await asyncio.sleep(0.01)
            for place in leaving:
                tasks[place].cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        runner.run(crowd())
    return came


def test_no_second_holds_more_than_the_limit() -> None:
    """Of two thousand requests at once no window of one second sees more than 50."""
    came = [instant for instant, _ in pace([Urgency.LETTER] * 2000)]
    assert len(came) == 2000
    assert busiest(came) <= 50


def test_the_limit_is_nearly_used_up() -> None:
    """Two thousand requests take little more than the limit's own time."""
    came = [instant for instant, _ in pace([Urgency.LETTER] * 2000)]
    assert came[-1] < 2000 / 50 * 1.15


def arrivals(
    count: int, *, slow: Callable[[float], float], held: Callable[[float], float] = lambda _: 0.0
) -> list[float]:
    """Give when requests reach a server, each one `slow` seconds after the instant at which it is sent.

    Something else may have `held` it for some seconds after its turn, as discord.py does for the limit of its route.
    """
    came: list[float] = []
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        pacer = Pacer(loop.time)

        async def request() -> None:
            await pacer.turn(Urgency.LETTER)
            await asyncio.sleep(held(loop.time()))
            number = await pacer.sent()
            await asyncio.sleep(slow(loop.time()))
            came.append(loop.time())
            await asyncio.sleep(0.002)
            pacer.answered(number)

        async def crowd() -> None:
            await asyncio.gather(*(request() for _ in range(count)))

        runner.run(crowd())
    return came


def standstills(stalls: list[tuple[float, float]]) -> Callable[[float], float]:
    """Give what tells how long something stands still at an instant, from pauses and the stalls after them."""
    still: list[tuple[float, float]] = []
    for pause, length in stalls:
        begins = (still[-1][1] if still else 0.0) + pause
        still.append((begins, begins + length))
    return lambda at: next((end - at for begin, end in still if begin <= at < end), 0.0)


def busiest(came: list[float]) -> int:
    """Count the requests of the second that saw most."""
    return max(sum(first <= other < first + 1 for other in came) for first in came)


a_few_stalls = st.lists(st.tuples(st.floats(0, 2), st.floats(0.01, 1.5)), min_size=1, max_size=8)


@given(a_few_stalls)
def test_no_second_holds_more_than_the_limit_after_a_stall(stalls: list[tuple[float, float]]) -> None:
    """A line or a machine that stands still and then brings all requests at once does not bring one too many."""
    came = arrivals(300, slow=standstills(stalls))
    assert len(came) == 300
    assert busiest(came) <= 50


@given(a_few_stalls, st.floats(0, 2))
def test_what_had_its_turn_long_ago_does_not_come_all_at_once(stalls: list[tuple[float, float]], limit: float) -> None:
    """Requests that wait for the limit of their route, and then for a machine that stands still, are counted, too."""
    still = standstills(stalls)
    came = arrivals(300, slow=lambda _: 0.02, held=lambda at: limit + still(at + limit))
    assert len(came) == 300
    assert busiest(came) <= 50


def test_a_line_that_is_merely_long_costs_little() -> None:
    """With a fifth of a second on the way four in five turns are left."""
    came = arrivals(500, slow=lambda _: 0.2)
    assert came[-1] < 500 / RATE / 0.8


def test_what_is_never_answered_holds_nobody_up() -> None:
    """A request that hangs has long arrived, or never will: others go on after some seconds."""
    came = arrivals(200, slow=lambda _: 3600.0)
    assert came[-1] - came[0] < 200 / MOST * 6


def test_no_turn_is_left_unused_while_somebody_waits() -> None:
    """Questions and then their letters, a wave of both, take as long as as many requests of one kind."""
    came: list[float] = []
    with asyncio.Runner(loop_factory=FastLoop) as runner:
        loop = runner.get_loop()
        pacer = Pacer(loop.time)

        async def post(after: float) -> None:
            await asyncio.sleep(after)
            for urgency in (Urgency.QUESTION, *[Urgency.LETTER] * 4):
                await pacer.turn(urgency)
                came.append(loop.time())
                await asyncio.sleep(0.25)

        async def wave() -> None:
            await asyncio.gather(*(post(place / 80) for place in range(400)))

        runner.run(wave())
    assert len(came) == 2000
    assert came[-1] < 2000 / RATE + 0.5


def test_questions_go_before_letters() -> None:
    """A question that arrives after a hundred letters goes before all that still wait."""
    came = pace([Urgency.LETTER] * 100 + [Urgency.QUESTION] * 3)
    questions = [place for place, (_, urgency) in enumerate(came) if urgency is Urgency.QUESTION]
    assert max(questions) < BURST + 4


@given(
    st.lists(st.sampled_from(list(Urgency)), max_size=60),
    st.frozensets(st.integers(0, 59), max_size=20),
)
def test_everyone_gets_a_turn(urgencies: list[Urgency], leaving: frozenset[int]) -> None:
    """Whoever waits gets a turn, also when others give up meanwhile."""
    gone = frozenset(place for place in leaving if place < len(urgencies))
    came = pace(urgencies, leaving=gone)
    assert len(urgencies) - len(gone) <= len(came) <= len(urgencies)


async def test_what_can_be_left_out_yields_to_everything_else() -> None:
    """Cosmetic requests are dropped while the budget is nearly used up, and go when there is room."""
    instant = 0.0
    pacer = Pacer(lambda: instant)
    granted = [pacer.spare() for _ in range(10)]
    assert granted[0]
    assert not granted[-1]
    instant = 10.0
    assert pacer.spare()


async def test_a_single_request_waits_for_nothing() -> None:
    """With nobody else a turn comes at once."""
    loop = asyncio.get_running_loop()
    pacer = Pacer(loop.time)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asyncio, "sleep", None)
        await pacer.turn(Urgency.QUESTION)
    assert RATE + BURST <= 50


def test_what_is_due_goes_before_repairs() -> None:
    """Whatever came first: questions and reveals go before repairs of open posts, and those before letters."""
    came = [urgency for _, urgency in pace([Urgency.LETTER] * 50 + [Urgency.REPAIR] * 50 + [Urgency.QUESTION] * 3)]
    at_once = int(BURST)
    assert came[at_once:] == sorted(came[at_once:])


async def test_every_request_takes_a_turn(group: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page of a channel or a reaction, and each part of a direct message, is a request and waits like one.

    Reading an open post is a repair; reading it for its close is due.
    """
    turns: list[Urgency] = []
    real = Pacer.turn

    async def turn(pacer: Pacer, urgency: Urgency) -> None:
        turns.append(urgency)
        await real(pacer, urgency)

    monkeypatch.setattr(Pacer, "turn", turn)
    message = await group.post()
    await group.ann.react(message, EMOJI["A"])
    for number in range(105):
        await group.ann.send(group.channel, f"message {number}")
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    closing = replace(asked, state=RoundState.CLOSING)
    publisher = group.bot.client.services.stepper._publisher
    for work, urgency, at_least in (
        (lambda: publisher.find_post(asked), Urgency.QUESTION, 1),
        (lambda: publisher.find_reveal(asked), Urgency.QUESTION, 3),
        (lambda: publisher.collect(asked), Urgency.REPAIR, 2),
        (lambda: publisher.collect(closing), Urgency.QUESTION, 2),
        (lambda: publisher.tell(group.olive.id, "hello"), Urgency.LETTER, 2),
    ):
        turns.clear()
        before = len(group.env.http_requests)
        await work()
        requests = len(group.env.http_requests) - before
        assert requests >= at_least
        assert turns == [urgency] * requests
