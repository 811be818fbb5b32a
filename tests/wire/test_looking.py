"""Readings of posts: which there were, and of whom they have told."""

from datetime import UTC, datetime, timedelta

from tests.wire.journal import Entry
from tests.wire.looking import Reading, readings
from tests.wire.minutes import Line, What
from tests.wire.unread import read_of_everybody

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_a_reading_leaves_behind_who_acted_until_the_next_one() -> None:
    """It has told of everybody when those whom earlier ones left behind did nothing during it, and nothing was lost."""
    minutes = [START + timedelta(minutes=each) for each in range(10)]
    spans = [(each, each) for each in minutes[1::2]]
    assert read_of_everybody(spans, {1: [minutes[1]], 2: [minutes[3]]}, [START]) == [False, True, True, True, True]
    assert read_of_everybody(spans, {1: [minutes[1], minutes[3]]}, [START]) == [False, False, True, True, True]
    assert read_of_everybody(spans, {2: [minutes[3]]}, [START, minutes[2]]) == [True, False, True, True, True]


def test_only_what_was_asked_for_a_whole_reading_belongs_to_it() -> None:
    """A reading is found by its line in the minutes; one that broke off has none, and what it asked for counts not."""
    at = [START + timedelta(minutes=each) for each in range(8)]
    users = "GET /channels/{channel_id}/messages/{message_id}/reactions/{emoji}"
    post = "GET /channels/{channel_id}/messages/{message_id}"
    entries = [
        Entry(
            at=60 * minute,
            seconds=6,
            route=route,
            path=f"/api/v10/channels/5/messages/{path}",
            place="5",
            status=status,
        )
        for minute, route, path, status in (
            (0, post, "7", 200),
            (1, users, "7/reactions/A", 503),
            (3, post, "7", 503),
            (4, post, "7", 200),
            (5, users, "7/reactions/A", 200),
            (5, users, "8/reactions/A", 200),
            (7, users, "7/reactions/A", 200),
        )
    ]
    lines = {
        7: [Line(at=at[6], what=What.READ, about=7, begun=at[2])],
        8: [Line(at=at[6], what=What.READ, begun=at[2])],
    }
    moment = timedelta(seconds=6)
    assert readings(entries, lambda seconds: START + timedelta(seconds=seconds), lines) == {
        7: [Reading(begun=at[2], asked=at[4], told=at[4] + moment, shown=at[5] + moment, done=at[6])],
        8: [],
    }
