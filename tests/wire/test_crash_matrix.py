"""The crash matrix's sample: of each thing that a traced life does, a few, with a kill on either side of them."""

import re
import sys
from pathlib import Path

import pytest

from tests.wire.hooks import Kind, Moment, Point
from tests.wire.matrix import LIVES, Case, Matrix, Outcome, Tally, doubles, middles, sample, singles, spread
from tests.wire.nursery import nursery
from tests.wire.stage import set_stage

TRIED_HERE = {"day": re.compile(""), "quiz": re.compile("quizzes|messages(/{message_id})?$|callback")}
"""Which points of a life every test run tries some of: of a quiz what a day has not."""


def point(nth: int, *, name: str = "insert answers", moment: Moment = Moment.BEFORE) -> Point:
    """Make a point at a commit."""
    return Point(kind=Kind.COMMIT, name=name, nth=nth, moment=moment)


def test_a_matrix_follows_from_a_trace() -> None:
    """Every point is a case; a sample has some of each name on each side; second kills are spread evenly."""
    points = [point(nth, moment=moment) for nth in range(1, 8) for moment in Moment]
    points.insert(3, point(1, name="insert rounds"))
    assert [case.plans for case in singles(points)] == [(each,) for each in points]
    chosen = [point(4), point(4, moment=Moment.AFTER), point(1, name="insert rounds")]
    assert middles(points) == chosen
    few = [*(point(nth) for nth in (2, 4, 6)), *(point(nth, moment=Moment.AFTER) for nth in (2, 4, 6))]
    assert sample(points) == singles([*few, point(1, name="insert rounds")])
    assert spread(list(map(point, range(10))), 2) == [point(2), point(7)]
    first = Outcome(case=Case(plans=(point(1),)), wrong=(), deaths=1, recovery=tuple(points), log="")
    assert [case.plans for case in doubles(first, 2)] == [(point(1), each) for each in spread(chosen, 2)]


def test_a_kill_may_fail_to_come_now_and_then() -> None:
    """One in a hundred, and one in a small sample, is the machine's load; more, or anything wrong, is a failure."""

    def tried(count: int, *, missed: int, wrong: tuple[str, ...] = ()) -> Tally:
        tally = Tally()
        for number in range(count):
            deaths = 0 if number < missed else 1
            case = Case(plans=(point(number),))
            tally.count(Outcome(case=case, wrong=wrong, deaths=deaths, recovery=(), log=""))
        return tally

    assert [tried(30, missed=missed).well for missed in (0, 1, 2)] == [True, True, False]
    assert [tried(300, missed=missed).well for missed in (3, 4)] == [True, False]
    assert not tried(30, missed=0, wrong=("an answer is gone",)).well
    assert not tried(1, missed=1).well


@pytest.mark.parametrize("life", LIVES)
async def test_a_bot_killed_at_a_sample_of_points_loses_and_repeats_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], life: str
) -> None:
    """Killed and started again: one post, one reveal, each acknowledged answer, the scores of a life without a kill.

    Of a quiz there is also one lobby, and one board.
    """
    tally = Tally()
    async with nursery(tmp_path / "nursery.log") as bots:
        matrix = Matrix(await set_stage(tmp_path, bots, LIVES[life]), tmp_path)
        traced = await matrix.trace()
        cases = sample([each for each in traced.points if TRIED_HERE[life].search(each.name)])
        await matrix.try_all(cases, traced.scores, tally.count)
    with capsys.disabled():
        # Of a worker of pytest's only this reaches the terminal.
        sys.stderr.write(f"crash matrix of a {life}: {len(traced.points)} points, {len(cases)} of them tried here\n")
    assert not tally.failed, "\n".join(each.story() for each in tally.failed)
    # A single kill may fail to come, as the whole matrix may miss its share: another machine, another load.
    assert tally.well, "not reached:\n" + "\n".join(map(str, tally.unreached))
