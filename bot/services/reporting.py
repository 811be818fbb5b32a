"""Reporting: members say what is wrong with an item, organisers go through what was said."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.domain.errors import ForeignPost, ReportGone
from bot.domain.report import MAX_NOTE, Elsewhere, Figures, Reason, Report, ReportState, figures
from bot.domain.rounds import OVER, Round
from bot.domain.schedule import Schedule
from bot.services import troubles
from bot.services.announcing import Announcer
from bot.services.library import Library
from bot.services.ports import Clock
from bot.storage import quizzes, reports, rounds, schedules
from bot.storage.reports import Subject, subject_of
from bot.storage.store import Store, Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One entry of the queue: an item's revision with its open reports, newest first.

    `round` is the latest of the rounds that were reported: of several on the same item, it is decided first.

    `elsewhere` is how its members did in other rounds, by whether they were fully right in this one.
    `place` is the file and line of the item's source, where that is known. `page` of `pages` counts from 1.
    """

    reports: tuple[Report, ...]
    round: Round
    figures: Figures
    elsewhere: Mapping[bool, Elsewhere]
    place: str | None
    page: int
    pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is on file after a report; `new` says whether it is that one, `notice` whom to tell what of it."""

    report: Report
    new: bool
    notice: tuple[Schedule, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dismissed:
    """So many reports of one item that were dismissed together, by the ids of the first and the last."""

    first: int
    last: int
    count: int


class Reporting:
    """Takes reports, and shows them to organisers without names."""

    def __init__(self, store: Store, clock: Clock, *, library: Library, announcer: Announcer) -> None:
        self._store = store
        self._clock = clock
        self._library = library
        self._announcer = announcer

    async def given(self, guild_id: int | None, round_id: int, member_id: int) -> Report | None:
        """Give what a member reported of a round's item before; raises `ForeignPost` when there is no such round."""
        async with self._store.read() as tx:
            asked = await _revealed(tx, guild_id, round_id)
            return await reports.of_member(tx, _subject(asked), member_id)

    async def report(self, guild_id: int | None, round_id: int, member_id: int, reason: Reason, note: str) -> Taken:
        """Take a report; a member reports a revision once. Raises `ForeignPost`.

        The first one of an item makes a notice for organisers; the others wait with it in the queue. Whoever takes it
        answers the member, then calls `tell`.
        """
        async with self._store.write() as tx:
            asked = await _revealed(tx, guild_id, round_id)
            subject = _subject(asked)
            first = not await reports.open_about(tx, subject)
            made = await reports.add(tx, self._new(asked, member_id, reason, note))
            if made is None:
                known = await reports.of_member(tx, subject, member_id)
                assert known is not None
                return Taken(report=known, new=False)
            if not first:
                return Taken(report=made, new=True)
            if asked.schedule_id is None:
                await self._keep_of_quiz(tx, asked)
                return Taken(report=made, new=True)
            schedule = await schedules.by_id(tx, asked.schedule_id)
            text = troubles.reported(schedule, asked)
            await self._announcer.keep(tx, schedule, text)
        return Taken(report=made, new=True, notice=(schedule, text))

    async def tell(self, taken: Taken) -> None:
        """Send the notice of a report, if it makes one; that may take as long as Discord takes."""
        if taken.notice is not None:
            await self._announcer.send(*taken.notice)

    async def queue(self, guild_id: int, page: int) -> Complaint | None:
        """Give an entry of a server's queue (from 1; the nearest one when there are fewer), `None` when it is empty."""
        async with self._store.read() as tx:
            waiting = await reports.subjects(tx, guild_id)
            if not waiting:
                return None
            page = min(max(page, 1), len(waiting))
            subject = waiting[page - 1]
            found = await reports.open_about(tx, subject)
            asked = await rounds.by_id(tx, max(each.round_id for each in found))
            assert asked is not None
            counts = await reports.counts(tx, asked.id)
            elsewhere = await reports.elsewhere(tx, asked.id)
        return Complaint(
            reports=tuple(found),
            round=asked,
            figures=figures(asked.posed, counts),
            elsewhere=elsewhere,
            place=await self._library.place(subject.bank, subject.item_id),
            page=page,
            pages=len(waiting),
        )

    async def dismiss(self, guild_id: int, report_id: int) -> Dismissed:
        """Dismiss a report with the open ones of the same item before it; what came since was not seen, and waits.

        Raises:
            ReportGone: the server has no such report, or it was dealt with already.
        """
        async with self._store.write() as tx:
            found = await _report_here(tx, guild_id, report_id)
            if found.state is not ReportState.OPEN:
                raise ReportGone
            done = await reports.dismiss(tx, subject_of(found), up_to=report_id)
        return Dismissed(first=min(done), last=max(done), count=len(done))

    async def reopen(self, guild_id: int, *, first: int, last: int) -> int:
        """Undo a dismissal: put its reports back into the queue; gives the page of their entry there.

        Raises:
            ReportGone: the server has no such reports, or none of them waits or was dismissed: their round is void.
        """
        async with self._store.write() as tx:
            subject = subject_of(await _report_here(tx, guild_id, last))
            await reports.reopen(tx, subject, since=first, up_to=last)
            waiting = await reports.subjects(tx, guild_id)
        if subject not in waiting:
            raise ReportGone
        return waiting.index(subject) + 1

    async def _keep_of_quiz(self, tx: Tx, asked: Round) -> None:
        """Keep a notice for organisers; a quiz's host, to whom one would be sent, need not be one of them."""
        quiz = await quizzes.by_id(tx, asked.quiz_id or 0)
        assert quiz is not None
        await self._announcer.keep(tx, quiz, troubles.reported(quiz, asked))

    def _new(self, asked: Round, member_id: int, reason: Reason, note: str) -> Report:
        return Report(
            id=0,
            guild_id=asked.guild_id,
            bank=asked.bank,
            item_id=asked.posed.item.id,
            revision=asked.posed.item.revision,
            round_id=asked.id,
            member_id=member_id,
            reason=reason,
            # Half a surrogate pair, which JSON can carry, could not be stored.
            note=note.strip()[:MAX_NOTE].encode(errors="replace").decode(),
            at=self._clock(),
            state=ReportState.OPEN,
        )


async def _revealed(tx: Tx, guild_id: int | None, round_id: int) -> Round:
    asked = await rounds.by_id(tx, round_id)
    if asked is None or asked.guild_id != guild_id or asked.state not in OVER:
        raise ForeignPost
    return asked


async def _report_here(tx: Tx, guild_id: int, report_id: int) -> Report:
    found = await reports.by_id(tx, report_id)
    if found is None or found.guild_id != guild_id:
        raise ReportGone
    return found


def _subject(asked: Round) -> Subject:
    item = asked.posed.item
    return Subject(guild_id=asked.guild_id, bank=asked.bank, item_id=item.id, revision=item.revision)
