"""The crash matrix's sample: of each thing that a traced life does, a few, with a kill on either side of them."""

import sys
from pathlib import Path

import pytest

from tests.wire.hooks import Kind, Moment, Point
from tests.wire.matrix import Case, Matrix, Outcome, doubles, middles, sample, singles, spread
from tests.wire.nursery import nursery
from tests.wire.stage import set_stage


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


async def test_a_bot_killed_at_a_sample_of_points_loses_and_repeats_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Killed and started again: one post, one reveal, each acknowledged answer, the scores of a life without a kill."""
    failed: list[Outcome] = []
    unreached: list[Outcome] = []

    def seen(outcome: Outcome) -> None:
        if outcome.wrong:
            failed.append(outcome)
        elif not outcome.reached:
            unreached.append(outcome)

    async with nursery(tmp_path / "nursery.log") as bots:
        matrix = Matrix(await set_stage(tmp_path, bots), tmp_path)
        traced = await matrix.trace()
        cases = sample(traced.points)
        await matrix.try_all(cases, traced.scores, seen)
    with capsys.disabled():
        # Of a worker of pytest's only this reaches the terminal.
        sys.stderr.write(f"crash matrix: {len(traced.points)} points, {len(cases)} of them tried here\n")
    assert not failed, "\n".join(each.story() for each in failed)
    assert not unreached, "\n".join(str(each.case) for each in unreached)
