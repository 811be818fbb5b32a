"""Traps as text: one on its card with its contrast, and the list of those that catch a server."""

from collections.abc import Sequence

from bot.chat.render.text import percent, plural
from bot.domain.bank import Bank
from bot.domain.profile import RECENT, WINDOW, Crowd, Share
from bot.domain.trap import Trap
from bot.services.profiles import MIN_MEMBERS, Insight

# Seen on dark and on light ground alike; the small squares are not.
_LEFT, _RIGHT = "🔸", "🔹"

_STEADY = 0.05
"""Shares that differ by less are called the same."""


def trap_card(bank: Bank, trap: Trap) -> list[str]:
    """Write a trap as blocks: the belief, the contrast, why it tempts, how to tell the two apart, sources."""
    return [
        f"### 🪤 {trap.name}\n**The mistaken belief**\n> {trap.belief}",
        contrast(trap),
        f"**Why it tempts**\n{trap.why_tempting}",
        f"**Tell them apart**\n👉 {trap.tell_apart}",
        f"-# Sources: {_sources(bank, trap)}",
    ]


def contrast(trap: Trap) -> str:
    """Write what tells a trap's two things apart, row by row.

    Discord has no tables. The two things are named once, each with its sign, and a row of the contrast is a pair of
    lines that begin with the signs, always in the same order: that fits a phone, and can be listened to.
    """
    rows = "\n\n".join(f"{_LEFT} {row.left}\n{_RIGHT} {row.right}" for row in trap.contrast)
    return f"{_LEFT} **{trap.left}**\n{_RIGHT} **{trap.right}**\n\n{rows}"


def server_traps(found: Sequence[Insight]) -> list[str]:
    """Write an organiser's list of the traps that catch the server most; no names, and nothing about a few."""
    title = "### 🪤 The traps that catch this server most"
    rule = (
        f"-# Closed questions of the last {WINDOW.days} days, in the order of slips: recent ones weigh more, and one "
        f"member may slip often. Nobody is named, and a trap that fewer than {MIN_MEMBERS} members met is left out. "
        "Private practice is not counted."
    )
    if not found:
        return [title, "None yet: nobody fell for a trap that enough members met.", rule]
    return [title, "\n\n".join(_insight(place, each) for place, each in enumerate(found, start=1)), rule]


def _insight(place: int, told: Insight) -> str:
    members = f"{_fell(told.members)} of {plural(told.members.met, 'member')} fell for it"
    return f"**{place}. {told.trap.name}**\n{members}\n{_trend(told.recent, told.before)}"


def _fell(members: Crowd) -> str:
    if members.least == members.most:
        return str(members.least)
    return f"At least {members.least}" if members.most == members.met else f"{members.least} or {members.most}"


def _trend(recent: Share | None, before: Share | None) -> str:
    late = f"Last {RECENT.days} days"
    if recent is None:
        return f"{late}: not told, as it would be about too few members"
    share = percent(recent.fell, recent.met)
    now = f"{late}: {recent.fell} of {plural(recent.met, 'answer')} ({share})"
    if before is None:
        return now
    change = recent.fell / recent.met - before.fell / before.met
    word = "↗ getting worse" if change > _STEADY else "↘ getting better" if change < -_STEADY else "→ much the same"
    return f"{now}\nBefore: {percent(before.fell, before.met)}, so {word}"


def _sources(bank: Bank, trap: Trap) -> str:
    return " · ".join(f"[{bank.sources[each].title}]({bank.sources[each].url})" for each in trap.sources)
