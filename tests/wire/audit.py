"""The audit after a soak: posts, answers, marks and leaderboards against what the server saw."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from io import StringIO
from math import floor
from pathlib import Path

from bot import upkeep
from tests.conftest import url_of
from tests.wire.crowd import Post
from tests.wire.marks import UNITS, Asked, asked_in, ranked, totals
from tests.wire.people import shown
from tests.wire.server import WireServer
from tests.wire.state import Guild, Tap
from tests.wire.truth import choices, posts, reveals, stored_choices, stored_units

_ROW = re.compile(r"^(?:\*\*(\d+)\.\*\*|([🥇🥈🥉])) \*\*(.+?)\*\* ([\d.]+) marks?, (\d+) of (\d+) fully right$")
_MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
_PAGES = re.compile(r"(\d+) members?, page \d+ of (\d+)")
_AWAY = re.compile(r"gave up: Discord (cannot be reached \(|answers with an error \((429|5..)\))")
_TROUBLE = (" ERROR ", " CRITICAL ", "Traceback")

_LEAST_EXPLAINED = 0.5
"""The share of rounds that must come to their reveal; bad weather makes some of them void."""

_LEAST_ANSWERS = 3
"""So many answers a round must there be to compare, on average."""

Row = tuple[int, str, str]


@dataclass(slots=True, kw_only=True)
class Found:
    """What was compared, and what is wrong."""

    wrong: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    rows: int = 0
    units: int = 0

    def too_little(self) -> list[str]:
        """Tell what there was too little of for a comparison to show anything: rounds with a reveal, answers."""
        rounds, explained = sum(self.states.values()), self.states["explained"]
        wrong = []
        if explained < max(rounds * _LEAST_EXPLAINED, 1):
            wrong.append(f"only {explained} of {rounds} rounds were explained")
        if self.answers < max(explained * _LEAST_ANSWERS, 1):
            wrong.append(f"only {self.answers} answers were compared in {explained} rounds")
        return wrong

    def summary(self) -> str:
        """Tell it in a line."""
        return (
            f"compared: rounds {dict(self.states)}, {self.answers} answers, {self.rows} rows of leaderboards, "
            f"{write(self.units)} marks; {len(self.wrong)} wrong"
        )


async def audit(server: WireServer, database: Path, crowd: Mapping[int, Post], log: Path) -> Found:
    """Compare everything."""
    found = Found()
    answered: dict[int, list[tuple[Asked, Mapping[int, str]]]] = defaultdict(list)
    standing = posts(server.world)
    for asked in asked_in(database):
        found.states[asked.state] += 1
        post = crowd.get(asked.number)
        if (said := _of_posts(server, asked, len(standing.get(asked.number, [])), post)) is not None:
            found.wrong.append(said)
        elif asked.state == "explained" and post is not None:
            true = _true(asked, post)
            found.wrong += _of_answers(database, asked, post, true)
            found.answers += len(true)
            answered[asked.guild_id].append((asked, true))
    for guild_id, given in answered.items():
        earned = totals(given)
        found.units += sum(earned.values())
        found.rows += len(earned)
        found.wrong += await _of_board(server, server.world.guilds[guild_id], earned)
    found.wrong += _in_the_log(log)
    found.wrong += found.too_little()
    found.wrong += await _of_rebuild(database)
    return found


async def _of_rebuild(database: Path) -> list[str]:
    """Let the bot's own check have its say, beside the running bot."""
    told = StringIO()
    code = await upkeep.rebuild(url_of(database), told, mend=False)
    return [f"rebuild --check: {line}" for line in told.getvalue().splitlines()] if code else []


def unreachable(log: Path) -> int:
    """Count the starts at which Discord was away, after which a bot ends as it should."""
    return sum(_AWAY.match(line) is not None for line in log.read_text(encoding="utf-8").splitlines())


def _in_the_log(log: Path) -> list[str]:
    lines = log.read_text(encoding="utf-8").splitlines()
    # Each once, whatever its time.
    return sorted({line[25:] for line in lines if any(each in line for each in _TROUBLE)})


def _true(asked: Asked, post: Post) -> dict[int, str]:
    given = choices(post.message, single=asked.single, letters=asked.letters)
    return {member: choice for member, choice in given.items() if member not in post.late}


def _of_posts(server: WireServer, asked: Asked, count: int, post: Post | None) -> str | None:
    told = len(reveals(server.world, post.message)) if post is not None else 0
    wanted = {"explained": (1, 1), "void": (0, 0)}.get(asked.state)
    if (count, told) == wanted:
        return None
    return f"round {asked.number} is {asked.state} with {count} posts and {told} reveals"


def _of_answers(database: Path, asked: Asked, post: Post, true: Mapping[int, str]) -> list[str]:
    stored, units = stored_choices(database, asked.number), stored_units(database, asked.number)
    wrong = []
    for member in sorted({*true, *stored, *units}):
        wanted = true.get(member)
        worth = None if wanted is None else asked.worth(wanted)
        if stored.get(member) != wanted or units.get(member) != worth:
            wrong.append(
                f"round {asked.number}: member {member} answered {wanted}, worth {worth}; "
                f"stored are {stored.get(member)} and {units.get(member)}; {_history(asked, post, member)}"
            )
    return wrong


def _step(tap: Tap) -> str:
    sort, whose = " super" * tap.burst, " by another" * (tap.by != tap.user_id)
    return f"{tap.at:%H:%M:%S} {'+' if tap.added else '-'}{tap.emoji}{sort}{whose}"


def _history(asked: Asked, post: Post, member: int) -> str:
    """Tell what a member did, and what others did to their letters, by the fast clock."""
    steps = [_step(tap) for tap in post.message.taps if tap.user_id == member]
    until = "never" if asked.closing_at is None else f"{asked.closing_at:%H:%M:%S}"
    return f"{'one' if asked.single else 'several'} of {asked.letters}, closing {until}: {', '.join(steps)}"


async def _of_board(server: WireServer, guild: Guild, earned: Mapping[int, int]) -> list[str]:
    names = {member: each.user.name for member, each in guild.members.items()}
    wanted: list[Row] = [(rank, name, write(units)) for rank, name, units in ranked(earned, names)]
    read: list[Row] = []
    page, pages = 1, 1
    while page <= pages:
        asking = server.people.run(next(iter(guild.channels)), guild.owner_id, "leaderboard", page=page)
        text = await shown(asking)
        read += [_row(found) for line in text.splitlines() if (found := _ROW.match(line))]
        counted = _PAGES.search(text)
        pages = int(counted[2]) if counted else 0
        page += 1
    if read == wanted:
        return []
    differ = next((pair for pair in zip(read, wanted, strict=False) if pair[0] != pair[1]), None)
    return [f"the board of {guild.name} has {len(read)} rows, wanted are {len(wanted)}; the first to differ: {differ}"]


def _row(found: re.Match[str]) -> Row:
    rank = int(found[1]) if found[1] else _MEDALS[found[2]]
    return rank, found[3], found[4]


def write(units: int) -> str:
    """Write units as marks: at most two decimals, halves up."""
    hundredths = floor(Fraction(units * 100, UNITS) + Fraction(1, 2))
    return f"{hundredths / 100:.2f}".rstrip("0").rstrip(".")
