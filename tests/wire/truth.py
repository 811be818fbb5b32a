"""What the bot should know, worked out from what the server saw; and what the bot's database says it knows."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.wire.people import LETTERS, emoji_of
from tests.wire.state import Message, Tap, World

_LETTERS = {emoji_of(letter): letter for letter in LETTERS}
_POST = "tw:mine:"


@dataclass(slots=True)
class _Hand:
    """One member's letters on a post, in the order of their latest taps, and what of them counts."""

    held: list[tuple[str, bool]] = field(default_factory=list)
    choice: set[str] = field(default_factory=set)

    def see(self, tap: Tap, letter: str, *, single: bool) -> None:
        """Take in one change."""
        mark = (letter, tap.burst)
        if mark in self.held:
            self.held.remove(mark)
        if tap.added:
            self.held.append(mark)
            self.choice = {letter} if single else self.choice | {letter}
        elif tap.by == tap.user_id and letter in self.choice and not any(each == letter for each, _ in self.held):
            self.choice.remove(letter)
            if single and self.held:
                self.choice = {self.held[-1][0]}


def choices(message: Message, *, single: bool, letters: str = LETTERS, until: datetime | None = None) -> dict[int, str]:
    """Give what each member answered, going by every change the server saw, in its order.

    With `single` the latest letter counts, and when its member takes it back, the latest one still there; otherwise
    all letters that are there. What a moderator or the bot took off withdraws nothing, and what happened after `until`
    is too late.
    """
    hands: dict[int, _Hand] = {}
    for tap in message.taps:
        letter = _LETTERS.get(tap.emoji, "?")
        too_late = until is not None and tap.at > until
        if letter in letters and tap.user_id != message.author.id and not too_late:
            hands.setdefault(tap.user_id, _Hand()).see(tap, letter, single=single)
    return {member: "".join(sorted(hand.choice)) for member, hand in hands.items() if hand.choice}


def posts(world: World, channel_id: int | None = None) -> dict[int, list[Message]]:
    """Give the posts of each round, by its number: more than one is one too many."""
    found: dict[int, list[Message]] = {}
    for message in world.posted_by_bot(None if channel_id is None else [channel_id]):
        for custom_id in message.custom_ids():
            if custom_id.startswith(_POST):
                found.setdefault(int(custom_id.removeprefix(_POST)), []).append(message)
    return found


def reveals(world: World, post: Message) -> list[Message]:
    """Give the bot's replies to a post: more than one is one too many."""
    replied = ((message, message.reference) for message in world.posted_by_bot([post.channel_id]))
    return [message for message, reference in replied if reference and int(reference["message_id"]) == post.id]


def stored_choices(database: Path, round_id: int) -> dict[int, str]:
    """Give the answers that are in the database for a round; `?` stands before one that is not settled."""
    rows = _ask(database, "SELECT member_id, choice, unresolved FROM answers WHERE round_id = ?", round_id)
    return {member: f"{'?' if unresolved else ''}{choice}" for member, choice, unresolved in rows if choice}


def stored_marks(database: Path, round_id: int) -> dict[int, set[str]]:
    """Give the letters that the bot last saw of each member on a round's post; small ones are super reactions."""
    rows = _ask(database, "SELECT member_id, seen FROM answers WHERE round_id = ?", round_id)
    return {int(member): set(seen) - {"o"} for member, seen in rows}


def stored_units(database: Path, round_id: int) -> dict[int, int]:
    """Give what each member earned in a round, in the database's units."""
    rows = _ask(database, "SELECT member_id, units FROM results WHERE round_id = ?", round_id)
    return {int(member): int(units) for member, units in rows}


def states(database: Path) -> Mapping[int, str]:
    """Give the state of every round."""
    return {int(number): str(state) for number, state in _ask(database, "SELECT id, state FROM rounds")}


def _ask(database: Path, query: str, *values: int) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        return connection.execute(query, values).fetchall()
