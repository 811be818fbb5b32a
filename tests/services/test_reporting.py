"""Reporting: once per member and revision, one notice, and a queue with figures and without names."""

import asyncio

import pytest

from bot.domain.errors import ForeignPost, ReportGone
from bot.domain.report import MAX_NOTE, Elsewhere, Reason, ReportState
from bot.domain.rounds import Round
from tests.services.house import MINUTE, House, right, sample_bank, wrong

GUILD = 100


async def _asked(house: House, people: int = 3) -> Round:
    """Ask and explain a question that the first member got right, the others wrong."""
    asked = await house.posted(open_for=MINUTE)
    for member in range(1, people + 1):
        await house.tap(asked, member, right(asked) if member == 1 else wrong(asked)[0])
    house.clock.now = asked.closes_at
    await house.work()
    return await house.round(asked.id)


async def test_a_report_is_kept_and_told_of(group: House) -> None:
    """The reason and the note are stored, with a notice; the message to the organiser goes after the thanks."""
    asked = await _asked(group)
    taken = await group.reporting.report(GUILD, asked.id, 1, Reason.KEY, "  It is B.  ")
    made = taken.report
    assert (made.reason, made.note, made.state, taken.new) == (Reason.KEY, "It is B.", ReportState.OPEN, True)
    assert await group.reporting.given(GUILD, asked.id, 1) == made
    assert await group.reporting.given(GUILD, asked.id, 2) is None
    (notice,) = group.notices()
    assert f"someone reported question {asked.id}" in notice
    assert group.publisher.told == []
    await group.reporting.tell(taken)
    assert [text for _, text in group.publisher.told] == [notice]


async def test_a_member_reports_a_revision_once(group: House) -> None:
    """The second report of a member, also one sent at the same time, changes nothing and shows the first."""
    asked = await _asked(group)
    told = await asyncio.gather(
        *(group.reporting.report(GUILD, asked.id, 1, reason, "") for reason in (Reason.KEY, Reason.TYPO))
    )
    assert sorted(taken.new for taken in told) == [False, True]
    assert len({taken.report for taken in told}) == 1
    assert len(group.rows("SELECT * FROM reports")) == 1


async def test_organisers_are_told_once_for_an_item(group: House) -> None:
    """Many reports of an item make one notice; after it was dealt with a new report makes another."""
    asked = await _asked(group)
    for member in range(1, 4):
        await group.reporting.tell(await group.reporting.report(GUILD, asked.id, member, Reason.UNCLEAR, ""))
    assert len(group.notices()) == len(group.publisher.told) == 1
    entry = await group.reporting.queue(GUILD, 1)
    assert entry is not None
    assert (await group.reporting.dismiss(GUILD, entry.reports[0].id)).count == 3
    await group.reporting.report(GUILD, asked.id, 4, Reason.UNCLEAR, "")
    assert len(group.notices()) == 2


async def test_the_queue_has_the_figures_of_the_round(group: House) -> None:
    """An entry tells how many answered, how many were right, and how often each option was chosen."""
    asked = await _asked(group, people=4)
    for member, reason in ((1, Reason.KEY), (2, Reason.TYPO)):
        await group.reporting.report(GUILD, asked.id, member, reason, f"note {member}")
    entry = await group.reporting.queue(GUILD, 1)
    assert entry is not None
    assert [each.note for each in entry.reports] == ["note 2", "note 1"]
    assert (entry.figures.answered, entry.figures.right) == (4, 1)
    assert entry.figures.chosen[right(asked)] == 1
    assert entry.figures.chosen[wrong(asked)[0]] == 3
    assert (entry.page, entry.pages) == (1, 1)


async def test_it_is_told_how_people_did_elsewhere(group: House) -> None:
    """Those who were right and those who were not are compared by their answers to other questions, if any."""
    *_, asked = [await _asked(group, people) for people in (3, 3, 4)]
    await group.reporting.report(GUILD, asked.id, 1, Reason.KEY, "")
    entry = await group.reporting.queue(GUILD, 1)
    assert entry is not None
    assert entry.elsewhere == {
        True: Elsewhere(members=1, answered=2, right=2),
        False: Elsewhere(members=2, answered=4, right=0),
    }


async def test_the_queue_turns_pages(group: House) -> None:
    """Items are gone through in the order in which they were first reported; too high a page is the last one."""
    first, second = await _asked(group), await _asked(group)
    for asked in (second, first):
        await group.reporting.report(GUILD, asked.id, 1, Reason.OTHER, "")
    pages = [await group.reporting.queue(GUILD, page) for page in (1, 2, 9)]
    assert [each.round.id for each in pages if each is not None] == [second.id, first.id, first.id]
    assert {each.pages for each in pages if each is not None} == {2}
    assert await group.reporting.queue(555, 1) is None


async def test_dismissed_reports_leave_the_queue(group: House) -> None:
    """A report is dismissed once, only by its own server, and the member sees what became of it."""
    asked = await _asked(group)
    made = (await group.reporting.report(GUILD, asked.id, 1, Reason.KEY, "")).report
    with pytest.raises(ReportGone):
        await group.reporting.dismiss(555, made.id)
    assert (await group.reporting.dismiss(GUILD, made.id)).count == 1
    with pytest.raises(ReportGone):
        await group.reporting.dismiss(GUILD, made.id)
    with pytest.raises(ReportGone):
        await group.reporting.dismiss(GUILD, 999)
    assert await group.reporting.queue(GUILD, 1) is None
    known = await group.reporting.given(GUILD, asked.id, 1)
    assert known is not None
    assert known.state is ReportState.DISMISSED


async def _reported(house: House, asked: Round, *members: int) -> list[int]:
    """Let members report a round's item; gives the ids of their reports."""
    return [(await house.reporting.report(GUILD, asked.id, member, Reason.KEY, "")).report.id for member in members]


async def _waiting(house: House) -> list[int]:
    """Give the members whose reports wait in the first entry of the queue, newest first."""
    entry = await house.reporting.queue(GUILD, 1)
    return [] if entry is None else [each.member_id for each in entry.reports]


async def test_only_what_was_seen_is_dismissed(group: House) -> None:
    """A report that came while the organiser was reading waits on: it may say what the ones before did not."""
    asked = await _asked(group)
    *_, seen = await _reported(group, asked, 1, 2)
    await _reported(group, asked, 3)
    assert (await group.reporting.dismiss(GUILD, seen)).count == 2
    assert await _waiting(group) == [3]


async def test_a_dismissal_is_undone(group: House) -> None:
    """The reports dismissed together are back, on their page; those dismissed before are not."""
    asked, other = await _asked(group), await _asked(group)
    (early,) = await _reported(group, asked, 1)
    await group.reporting.dismiss(GUILD, early)
    await _reported(group, other, 1)
    *_, newest = await _reported(group, asked, 2, 3)
    done = await group.reporting.dismiss(GUILD, newest)
    with pytest.raises(ReportGone):
        await group.reporting.reopen(555, first=done.first, last=done.last)
    assert await _waiting(group) == [1]
    for _ in range(2):  # pressed twice it does no more
        assert await group.reporting.reopen(GUILD, first=done.first, last=done.last) == 2
    entry = await group.reporting.queue(GUILD, 2)
    assert entry is not None
    assert (entry.round.id, [each.member_id for each in entry.reports]) == (asked.id, [3, 2])
    assert len(group.notices()) == 3


async def test_a_dismissal_of_what_is_void_since_cannot_be_undone(group: House) -> None:
    """Nothing of it waits for a decision any more, and the organiser is told so."""
    asked = await _asked(group)
    first, second = await _reported(group, asked, 1, 2)
    await group.correcting.void(GUILD, asked.id)
    with pytest.raises(ReportGone):
        await group.reporting.reopen(GUILD, first=first, last=second)


async def test_the_latest_round_of_an_item_is_decided_first(house: House) -> None:
    """Reports of two rounds of one revision are one entry, of the later round; when that is void the other is left."""
    house.banks = (sample_bank(1),)
    await house.restart()
    await house.schedule()
    first, second = await _asked(house), await _asked(house)
    await _reported(house, second, 1)
    await _reported(house, first, 2)
    entry = await house.reporting.queue(GUILD, 1)
    assert entry is not None
    assert (entry.round.id, len(entry.reports), entry.pages) == (second.id, 2, 1)
    await house.correcting.void(GUILD, second.id)
    left = await house.reporting.queue(GUILD, 1)
    assert left is not None
    assert (left.round.id, [each.member_id for each in left.reports]) == (first.id, [2])


async def test_open_and_foreign_rounds_cannot_be_reported(group: House) -> None:
    """Only below a reveal of the same server there is something to report."""
    asked, opened = await _asked(group), await group.posted()
    for guild_id, round_id in ((GUILD, opened.id), (555, asked.id), (None, asked.id), (GUILD, 999)):
        with pytest.raises(ForeignPost):
            await group.reporting.report(guild_id, round_id, 1, Reason.KEY, "")
        with pytest.raises(ForeignPost):
            await group.reporting.given(guild_id, round_id, 1)


async def test_a_note_that_cannot_be_stored_as_it_is_is_mended(group: House) -> None:
    """Half a surrogate pair and too long a text do no harm."""
    asked = await _asked(group)
    taken = await group.reporting.report(GUILD, asked.id, 1, Reason.OTHER, "\ud83d" + "x" * 999)
    assert taken.report.note == "?" + "x" * (MAX_NOTE - 1)
