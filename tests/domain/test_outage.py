"""Outages: one beginning and one end, however many failures lie between them."""

from bot.domain.outage import Outage, Over


def test_only_the_first_failure_begins_an_outage() -> None:
    """Every further failure is counted and begins nothing; after the end the next one begins again."""
    outage = Outage()
    assert [outage.failed(now) for now in (10.0, 11.0, 14.0)] == [True, False, False]
    assert outage.worked(15.0) == Over(seconds=5.0, failures=3)
    assert outage.worked(16.0) is None
    assert outage.failed(17.0)
    assert outage.worked(17.5) == Over(seconds=0.5, failures=1)


def test_it_is_over_when_it_has_been_calm_for_a_while() -> None:
    """A success among failures ends nothing; the end is counted from the first success after the last failure."""
    outage = Outage(calm=2.0)
    outage.failed(0.0)
    assert outage.worked(1.0) is None
    assert not outage.failed(2.5)
    assert outage.worked(3.0) is None
    assert outage.worked(4.0) is None
    assert outage.worked(9.0) == Over(seconds=3.0, failures=2)
