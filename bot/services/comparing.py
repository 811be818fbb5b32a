"""Comparing: what a snapshot of a post tells of a live round that was not heard."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.answer import Answer, cleared, reconciled
from bot.services.live import Live
from bot.services.ports import Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """Members' answers that a snapshot changes, and the members whom it is too old for."""

    answers: dict[int, Answer] = field(default_factory=dict)
    passed_over: set[int] = field(default_factory=set)


def compared(live: Live, snapshot: Snapshot, *, begun: int, now: datetime) -> Found:
    """Compare what is held with a snapshot that was begun at a place in the order of changes; changes nothing.

    Members who did something since, or after the round closed, are passed over: what they did live is newer.
    """
    # A clear before the snapshot is in it, though the round had closed by then: letters swept from the snapshot all the
    # same would be new to the next one, which a failure or a restart brings.
    swept, seen = live.cleared_since(begun)
    # A letter that the bot had not put there yet was cleared by nobody.
    wiped = snapshot.unseeded if live.round.seeded and live.seeded_at <= begun else ""
    begun = begun if live.closed_at is None else min(begun, live.closed_at)
    found = Found()
    for member_id in set(snapshot.marks) | set(live.answers):
        if live.touched.get(member_id, 0) > begun:
            found.passed_over.add(member_id)
            continue
        before = live.answers.get(member_id) or Answer(at=now)
        present = snapshot.marks.get(member_id, frozenset())
        if present == before.marks and not swept:
            continue  # as for nearly everyone
        known = replace(before, seen=seen[member_id]) if member_id in seen else before
        # Marks that were swept meanwhile say nothing, be they missing or not, unless they had not been heard of.
        unknown = {mark for mark in known.marks if mark.upper() in swept}
        after = reconciled(
            known,
            present | unknown,
            kind=live.round.posed.item.kind,
            now=now,
            cleared_letters=wiped,
            stands=live.stands(member_id),
            heard=live.heard_since_gap(member_id),
        )
        after = cleared(after, swept)
        if after != before:
            found.answers[member_id] = after
    return found
