"""The audit after a soak: posts, answers, marks and leaderboards against what the server saw.

Everybody's answer must be one that follows from what the bot heard and could find (`tests.wire.hearing`): nearly always
that is a single one. The answer of steady members on posts that nobody cleared must be what they meant, whatever the
bot heard: that follows from what the server saw alone (`tests.wire.truth`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from io import StringIO
from math import floor
from pathlib import Path

from bot import upkeep
from tests.conftest import url_of
from tests.wire.clock import instant
from tests.wire.crowd import Post, is_steady
from tests.wire.hearing import Told, hear
from tests.wire.looking import Moment, Reading, readings
from tests.wire.marks import UNITS, Asked, asked_in, ranked, totals, voids_in
from tests.wire.minutes import Book, Line, What
from tests.wire.people import shown
from tests.wire.privately import Word
from tests.wire.server import WireServer
from tests.wire.state import Guild, Tap
from tests.wire.truth import choices, posts, reveals, stored_choices, stored_units

_ROW = re.compile(r"^(?:\*\*(\d+)\.\*\*|([🥇🥈🥉])) \*\*(.+?)\*\* ([\d.]+) marks?, (\d+) of (\d+) fully right$")
_MEDALS = {"🥇": 1, "🥈": 2, "🥉": 3}
_PAGES = re.compile(r"(\d+) members?, page \d+ of (\d+)")
_AWAY = re.compile(r"gave up: Discord (cannot be reached \(|answers with an error \((429|5..)\))")
_TROUBLE = (" ERROR ", " CRITICAL ", "Traceback")

_LEAST_EXPLAINED = 0.9
"""The share of rounds that must come to their reveal: bad weather makes few of them void."""

_LEAST_ANSWERS = 3
"""So many answers a round must there be to compare, on average."""

_LEAST_CERTAIN = 0.9
"""The share of answers of which only one can be right."""

_LONG = 40
"""With so many rounds everything must have happened."""

Row = tuple[int, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is known of a run without asking its bots: the server, the posts, and minutes of what reached them."""

    server: WireServer
    crowd: Mapping[int, Post]
    book: Book
    moment: Moment


@dataclass(slots=True, kw_only=True)
class Found:
    """What was compared, and what is wrong.

    `voids` are the rounds that were dropped, by the reason. Of the answers, so many are `meant` by steady members, and
    so many `open` between several; `words` are private answers that were confirmed.
    """

    wrong: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    voids: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    meant: int = 0
    open: int = 0
    words: int = 0
    clears: int = 0
    rows: int = 0
    units: int = 0

    def too_little(self) -> list[str]:
        """Tell what there was too little of for a comparison to show anything."""
        rounds, explained = sum(self.states.values()), self.states["explained"]
        wrong = []
        if explained < max(rounds * _LEAST_EXPLAINED, 1):
            wrong.append(f"only {explained} of {rounds} rounds were explained")
        if self.answers < max(explained * _LEAST_ANSWERS, 1):
            wrong.append(f"only {self.answers} answers were compared in {explained} rounds")
        if self.open > self.answers * (1 - _LEAST_CERTAIN):
            wrong.append(f"of {self.answers} answers {self.open} could be one of several")
        if rounds >= _LONG and not (self.meant and self.words and self.clears):
            wrong.append(f"only {self.meant} steady answers, {self.words} private ones, {self.clears} clears")
        return wrong

    def summary(self) -> str:
        """Tell it in a line."""
        return (
            f"compared: rounds {dict(self.states)}, {self.answers} answers ({self.meant} as they were meant, "
            f"{self.open} one of several), {self.words} private ones that were confirmed, {self.clears} clears, "
            f"{self.rows} rows of leaderboards, {write(self.units)} marks; {len(self.wrong)} wrong"
        )

    def dropped(self) -> str:
        """Tell in a line how many rounds gave nobody anything, and why."""
        reasons = [f"{count} because {reason}" for reason, count in self.voids.most_common()]
        return f"void: {', '.join(reasons) or 'none'}, of {sum(self.states.values())} rounds"


async def audit(seen: Seen, database: Path, log: Path) -> Found:
    """Compare everything.

    The boards are asked first, while all is at rest: judging takes so long that the bot will take the server for gone.
    """
    found, server = Found(voids=voids_in(database)), seen.server
    rounds, standing = list(asked_in(database)), posts(server.world)
    shows = {each: await _board(server, server.world.guilds[each]) for each in {asked.guild_id for asked in rounds}}
    answered: dict[int, list[tuple[Asked, Mapping[int, str]]]] = defaultdict(list)
    read = readings(server.journal.entries, seen.moment, seen.book.reads)
    for asked in rounds:
        found.states[asked.state] += 1
        post = seen.crowd.get(asked.number)
        if (said := _of_posts(server, asked, len(standing.get(asked.number, [])), post)) is not None:
            found.wrong.append(said)
        elif asked.state == "explained" and post is not None:
            given = _of_answers(found, seen, database, asked, post, read.get(post.message.id, []))
            answered[asked.guild_id].append((asked, given))
    for guild_id, given_there in answered.items():
        earned = totals(given_there)
        found.units += sum(earned.values())
        found.rows += len(earned)
        found.wrong += _of_board(server.world.guilds[guild_id], shows[guild_id], earned)
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


def _meant(asked: Asked, post: Post) -> dict[int, str]:
    """Give what steady members meant, as far as even a deaf bot could tell: a clear may hide what it did not hear."""
    if post.clears:
        return {}
    given = choices(post.message, single=asked.single, letters=asked.letters)
    return {each: given.get(each, "") for each in post.members if is_steady(each) and each not in post.late}


def _of_posts(server: WireServer, asked: Asked, count: int, post: Post | None) -> str | None:
    told = len(reveals(server.world, post.message)) if post is not None else 0
    wanted = {"explained": (1, 1), "void": (0, 0)}.get(asked.state)
    if (count, told) == wanted:
        return None
    return f"round {asked.number} is {asked.state} with {count} posts and {told} reveals"


def _of_answers(  # noqa: PLR0917 - everything there is about one question
    found: Found, seen: Seen, database: Path, asked: Asked, post: Post, read: Sequence[Reading]
) -> dict[int, str]:
    """Compare the answers to a question; gives those that should be stored."""
    stored, units = stored_choices(database, asked.number), stored_units(database, asked.number)
    told = hear(asked, post.message, post.menus.words, seen.book, read)
    meant, given = _meant(asked, post), {}
    for member in sorted({*told, *meant, *stored, *units}):
        allowed = may_be(told.get(member), meant.get(member))
        answer = stored.get(member, "") if stored.get(member, "") in allowed else min(allowed)
        worth = asked.worth(answer) if answer else None
        if stored.get(member, "") != answer or units.get(member) != worth:
            found.wrong.append(
                f"round {asked.number}: member {member} answered {' or '.join(sorted(allowed)) or 'nothing'}, worth "
                f"{worth}; stored are {stored.get(member)} and {units.get(member)}; "
                f"{_history(asked, post, member, seen, read)}"
            )
        found.answers += bool(answer)
        found.meant += bool(answer) and member in meant
        found.open += len(allowed) > 1
        if answer:
            given[member] = answer
    found.wrong += [f"round {asked.number}: member {each}: {line}" for each in told for line in told[each].wrong]
    found.wrong += [f"round {asked.number}: {said}" for word in post.menus.words if (said := word.complaint())]
    found.words += sum(word.taken for word in post.menus.words)
    found.clears += post.clears
    return given


def may_be(told: Told | None, meant: str | None) -> frozenset[str]:
    """Give the answers that are right: the one that was meant, where that can be told, else what could be known.

    What was meant last may look older than what was heard since an outage that no reading repaired. Where it may, all
    that could be known is right, and where it surely does, what was meant is not the answer.
    """
    if told is None:
        return frozenset({meant or ""})
    if meant is None:
        return told.answers
    return told.answers if told.older else frozenset({meant})


def _step(tap: Tap) -> str:
    sort, whose = " super" * tap.burst, " by another" * (tap.by != tap.user_id)
    return f"{'+' if tap.added else '-'}{tap.emoji}{sort}{whose}"


def _word(word: Word) -> str:
    how = "confirmed" if word.taken else "refused" if word.refused else "unanswered"
    return f"privately {word.letters or 'nothing'} ({how})"


def _history(asked: Asked, post: Post, member: int, seen: Seen, read: Sequence[Reading]) -> str:
    """Tell what a member did, what others did to their letters, and what the bot could know, by the fast clock."""
    moved = [line for line in seen.book.moves.get(asked.number, []) if line.what is What.MOVED]
    last = moved[-1].at if moved else datetime.max.replace(tzinfo=UTC)
    steps = [
        *((tap.at, _step(tap)) for tap in post.message.taps if tap.user_id == member),
        *((instant(each.used.id), _word(each)) for each in post.menus.words if each.member == member),
        *((line.at, f"({_heard(post, line, member)})") for line in seen.book.heard.get(post.message.id, [])),
        *((line.at, f"({line.what})") for line in seen.book.lives if instant(post.message.id) < line.at < last),
        *((line.at, f"({line.state})") for line in moved),
        *((each.begun, f"(read until {each.done:%H:%M:%S})") for each in read),
    ]
    told = [f"{at:%H:%M:%S} {step}" for at, step in sorted(steps) if step != "()"]
    return f"{'one' if asked.single else 'several'} of {asked.letters}: {', '.join(told)}"


def _heard(post: Post, line: Line, member: int) -> str:
    """Tell what a line of the minutes is about, if it is about a member or about everybody."""
    if line.what is What.CLEARED:
        return f"heard that {line.emoji or 'everything'} was cleared"
    tap = post.message.taps[line.nth]
    return f"heard {_step(tap)}" if tap.user_id == member else ""


async def _board(server: WireServer, guild: Guild) -> list[Row]:
    """Turn the pages of a server's leaderboard."""
    read: list[Row] = []
    page, pages = 1, 1
    while page <= pages:
        asking = server.people.run(next(iter(guild.channels)), guild.owner_id, "leaderboard", page=page)
        text = await shown(asking)
        read += [_row(found) for line in text.splitlines() if (found := _ROW.match(line))]
        counted = _PAGES.search(text)
        pages = int(counted[2]) if counted else 0
        page += 1
    return read


def _of_board(guild: Guild, read: list[Row], earned: Mapping[int, int]) -> list[str]:
    names = {member: each.user.name for member, each in guild.members.items()}
    wanted: list[Row] = [(rank, name, write(units)) for rank, name, units in ranked(earned, names)]
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
