"""Reports as text: thanks for the member, and an entry of the queue that always fits."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.render.reports import REASONS, complaint, counted, received, voided
from bot.domain.item import LETTERS
from bot.domain.report import MAX_NOTE, Elsewhere, Figures, Reason, Report, ReportState
from bot.domain.rounds import RoundState
from bot.services.correcting import Corrected
from bot.services.ports import Refusal
from bot.services.reporting import Complaint
from tests.builders import NOW, make_item, make_posed, make_round

_ROOM = 3500


def _report(number: int = 1, note: str = "", state: ReportState = ReportState.OPEN) -> Report:
    return Report(
        id=number,
        guild_id=100,
        bank="sample",
        item_id="1.1-001",
        revision=1,
        round_id=1,
        member_id=number,
        reason=Reason.KEY,
        note=note,
        at=NOW,
        state=state,
    )


def _entry(*reports: Report, elsewhere: dict[bool, Elsewhere] | None = None) -> Complaint:
    posed = make_posed()
    return Complaint(
        reports=reports,
        round=make_round(posed, state=RoundState.EXPLAINED),
        figures=Figures(answered=5, unresolved=1, right=1, chosen={"A": 1, "B": 3, "C": 0, "D": 0}),
        elsewhere=elsewhere or {},
        place="sample/lessons/1.1.yaml:7",
        page=1,
        pages=1,
    )


def test_every_reason_has_words() -> None:
    """Each reason reads as a sentence that Discord takes as a menu's label."""
    assert set(REASONS) == set(Reason)
    assert all(0 < len(text) <= 100 for text in REASONS.values())


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (ReportState.OPEN, "will look at it"),
        (ReportState.DISMISSED, "left the question as it is"),
        (ReportState.VOIDED, "counts for nobody"),
    ],
)
def test_a_member_sees_what_became_of_a_report(state: ReportState, told: str) -> None:
    """Waiting, dismissed, or void."""
    assert told in received(_report(state=state), new=False)


def test_shares_leave_out_what_was_never_settled() -> None:
    """Shares are of the four answers whose letters are known; the share right is of all five."""
    text = "\n".join(complaint(_entry(_report())))
    assert "🇧 75 %" in text
    assert "**5 answers**, 20 % fully right" in text


def _elsewhere(knew: tuple[int, int, int], missed: tuple[int, int, int]) -> dict[bool, Elsewhere]:
    """Tell of those who were right and of those who were not: how many they are, their answers, the right ones."""
    return {
        group: Elsewhere(members=members, answered=answered, right=right)
        for group, (members, answered, right) in ((True, knew), (False, missed))
    }


def test_it_is_said_when_the_wrong_people_are_right() -> None:
    """When those who missed the item do better elsewhere the key is worth a look."""
    fine = "\n".join(complaint(_entry(_report(), elsewhere=_elsewhere((5, 20, 15), (5, 20, 10)))))
    assert "75 % of other questions right; whoever did not, 50 %" in fine
    assert "look at the key" not in fine
    odd = "\n".join(complaint(_entry(_report(), elsewhere=_elsewhere((5, 20, 5), (5, 20, 10)))))
    assert "look at the key" in odd


@pytest.mark.parametrize("found", [{}, _elsewhere((4, 90, 5), (9, 90, 9)), _elsewhere((9, 90, 5), (1, 90, 9))])
def test_how_a_few_people_did_is_nobodys_business(found: dict[bool, Elsewhere]) -> None:
    """A share of one person's answers, or of a handful's, is not told, however many answers those are."""
    assert "other questions" not in "\n".join(complaint(_entry(_report(), elsewhere=found)))


@given(st.lists(st.one_of(st.text(max_size=MAX_NOTE), st.just("_" * MAX_NOTE)), min_size=1, max_size=60))
def test_an_entry_always_fits(notes: list[str]) -> None:
    """However many notes there are, and whatever is in them, an entry leaves room for a notice."""
    options = tuple(replace(each, text="t" * 150) for each in make_item(options=10).options)
    posed = make_posed(replace(make_item(options=10), stem="s" * 900, options=options))
    entry = replace(
        _entry(*(_report(number, note) for number, note in enumerate(notes))),
        round=replace(make_round(posed, state=RoundState.EXPLAINED), id=10**9, message_id=2**63, channel_id=2**63),
        figures=Figures(answered=10**5, unresolved=0, right=10**5, chosen=dict.fromkeys(LETTERS, 10**5)),
        place="b" * 40 + "/lessons/" + "l" * 120 + ".yaml:99999",
        elsewhere=_elsewhere((10**6, 10**6, 0), (10**6, 10**6, 10**6)),
    )
    assert sum(map(len, complaint(entry))) <= _ROOM


@pytest.mark.parametrize(("later", "told"), [(0, ""), (1, "1 later round of the same item was"), (2, "rounds of the")])
def test_what_a_correction_did_is_told(later: int, told: str) -> None:
    """How many results moved, how many later rounds were graded anew, and what could not be done."""
    done = Corrected(round=make_round(), changed=True, results=2, later=later, unmarked=None)
    assert "2 results left the boards" in voided(done)
    assert "2 results came back to the boards" in counted(done)
    assert told in voided(done)
    assert "could not write that" in voided(replace(done, unmarked=Refusal.FORBIDDEN))


def test_a_correction_that_changed_nothing_says_so() -> None:
    """Repeated, it tells how the round stands already, and whether its reveal says so."""
    done = Corrected(round=make_round(), changed=False, results=0, later=0, unmarked=None)
    assert voided(done) == "Question 1 is void already: it counts for nobody.\n-# Its reveal says so."
    assert counted(done) == "Question 1 counts already: there is nothing to undo.\n-# Its reveal says so."
