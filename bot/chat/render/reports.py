"""Reports in words: what a member reported, and an entry of the organisers' queue with the item's figures."""

from collections import Counter
from collections.abc import Iterator, Mapping

from bot.chat.letters import EMOJI
from bot.chat.render.text import bar, cut, link_to, percent, plural, safe, when
from bot.domain.report import Elsewhere, Reason, Report, ReportState
from bot.domain.rounds import RoundState
from bot.services.correcting import Corrected
from bot.services.ports import Refusal
from bot.services.reporting import Complaint, Dismissed

REASONS: Mapping[Reason, str] = {
    Reason.KEY: "The answer is wrong",
    Reason.UNCLEAR: "It is unclear, or more than one answer fits",
    Reason.OUTDATED: "It is out of date",
    Reason.TYPO: "A typing error",
    Reason.OTHER: "Something else",
}
"""Every reason as members and organisers read it."""

_NOTES = 1200
"""Characters for all notes together; those that do not fit are counted."""

_STEM = 300
_OPTION = 90
_FEW_MEMBERS = 5
"""Of a group of fewer members no share is told: it would be about somebody, and say little."""

_FOLLOWED = {
    ReportState.OPEN: "An organiser will look at it.",
    ReportState.DISMISSED: "An organiser has looked at it, and left the question as it is.",
    ReportState.VOIDED: "An organiser has looked at it, and the question counts for nobody any more.",
}


def received(report: Report, *, new: bool) -> str:
    """Write what is on file of a member's report, with thanks."""
    note = f"\n> {safe(report.note)}" if report.note else ""
    start = "Thank you! You reported" if new else f"You reported this {when(report.at)}, thank you"
    return f"{start}: **{REASONS[report.reason]}**.{note}\n{_FOLLOWED[report.state]}"


def complaint(entry: Complaint) -> list[str]:
    """Write an entry of the queue: the item, why it was reported, how it did, and where authors find it.

    At most 3,500 characters, which leaves room for a line of notice.
    """
    item, asked = entry.round.posed.item, entry.round
    link = link_to(asked.guild_id, asked.channel_id, asked.message_id)
    void = " · void" if asked.state is RoundState.VOID else ""
    about = f"[Question {asked.id}]({link}){void} · `{item.id}`, revision {item.revision}"
    return [
        f"### Report {entry.page} of {entry.pages}\n{about}\n{cut(item.stem.strip(), _STEM)}",
        _reasons(entry),
        _how_it_did(entry),
        f"-# For authors: `{entry.place}`" if entry.place is not None else f"-# Bank `{asked.bank}`: file not known",
    ]


def dismissed(done: Dismissed) -> str:
    """Write what dismissing did."""
    return f"Dismissed {plural(done.count, 'report')}: the question stays as it is."


def voided(done: Corrected) -> str:
    """Write what taking a round off the boards did."""
    if not done.changed:
        return f"Question {done.round.id} is void already: it counts for nobody.\n{written(done.unmarked)}"
    left = f"Question {done.round.id} is void: {plural(done.results, 'result')} left the boards."
    return f"{left}{_later(done)}\n{written(done.unmarked)}"


def counted(done: Corrected) -> str:
    """Write what counting a round again did."""
    if not done.changed:
        return f"Question {done.round.id} counts already: there is nothing to undo.\n{written(done.unmarked)}"
    back = f"Question {done.round.id} counts again: {plural(done.results, 'result')} came back to the boards."
    return f"{back}{_later(done)}\n{written(done.unmarked)}"


def _later(done: Corrected) -> str:
    if not done.later:
        return ""
    return f" {plural(done.later, 'later round')} of the same item {'was' if done.later == 1 else 'were'} graded anew."


def written(unmarked: Refusal | None) -> str:
    """Write whether the reveal says what became of its round."""
    if unmarked is None:
        return "-# Its reveal says so."
    return f"⚠️ I could not write that on its reveal: {unmarked}."


def _reasons(entry: Complaint) -> str:
    counted_up = Counter(report.reason for report in entry.reports)
    lines = [f"- {REASONS[reason]}: {count}" for reason, count in counted_up.most_common()]
    return "\n".join([f"**{plural(len(entry.reports), 'member')} reported it**", *lines, *_notes(entry)])


def _notes(entry: Complaint) -> Iterator[str]:
    notes = [f"> {safe(report.note)}" for report in entry.reports if report.note]
    room = _NOTES
    for number, note in enumerate(notes):
        room -= len(note)
        if room < 0:
            yield f"-# … and {plural(len(notes) - number, 'more note')}"
            return
        yield note


def _how_it_did(entry: Complaint) -> str:
    done = entry.figures
    whole = done.answered - done.unresolved
    shares = [
        f"{EMOJI[letter]} {percent(done.chosen[letter], whole)} {bar(done.chosen[letter], whole)}"
        f"{' ✓' if option.correct else ''} {cut(option.text, _OPTION)}"
        for letter, option in entry.round.posed.options
    ]
    right = f", {percent(done.right, done.answered)} fully right" if done.answered else ""
    return "\n".join([f"**{plural(done.answered, 'answer')}**{right}", *shares, *_tells_apart(entry.elsewhere)])


def _tells_apart(elsewhere: Mapping[bool, Elsewhere]) -> list[str]:
    """Say whether those who got this item right are the ones who get others right: the key may be wrong if not."""
    knew, missed = elsewhere.get(True), elsewhere.get(False)
    if knew is None or missed is None or min(knew.members, missed.members) < _FEW_MEMBERS:
        return []
    line = (
        f"-# Whoever got it right gets {percent(knew.right, knew.answered)} of other questions right; whoever did not, "
        f"{percent(missed.right, missed.answered)}."
    )
    suspect = knew.right * missed.answered < missed.right * knew.answered
    return [f"{line} That is the wrong way round: look at the key." if suspect else line]
