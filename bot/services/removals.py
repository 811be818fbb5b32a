"""Removals: the letters that the bot itself takes off posts, so that their disappearance withdraws nothing.

Each request is followed by one event, before or after its answer; meanwhile the letter's member may lift it, too, or
put it back.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

_EVENT_DUE_SECONDS = 2.0
"""An event comes within moments of the answer to its request; later ones are about something else.

Where a letter went and came back before the answer, whose event is still to come is a guess, and a wrong one swallows a
withdrawal. A bot's event taken for its member's withdraws nothing unless the letter came back: so rather too short.
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """A member's letter on a post: message id, member id, mark (see `bot.domain.answer`)."""

    message_id: int
    member_id: int
    mark: str


class Removals:
    """Tells the events of the bot's own removals from members' withdrawals.

    `steady` gives seconds of a clock that never steps.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        # Letters being removed, and whether the event has come.
        self._under_way: dict[Letter, bool] = {}
        # Letters removed since when, whose event has not come.
        self._awaited: dict[Letter, float] = {}

    def begin(self, letter: Letter) -> None:
        """Note that a letter is about to be removed."""
        self._under_way[letter] = False
        self._awaited.pop(letter, None)

    def end(self, letter: Letter, *, gone: bool) -> None:
        """Note the answer to the request: whether the letter is gone, or stayed and is its member's again."""
        if not self._under_way.pop(letter, True) and gone:
            self._awaited[letter] = self._steady()

    def came_back(self, letter: Letter) -> None:
        """Note that a letter appeared: if it is being removed, its event is still to come."""
        if letter in self._under_way:
            self._under_way[letter] = False

    def caused(self, letter: Letter) -> bool:
        """Tell whether a letter disappeared because the bot removed it."""
        if letter in self._under_way:
            self._under_way[letter] = True
            return True
        since = self._awaited.pop(letter, None)
        return since is not None and self._steady() - since <= _EVENT_DUE_SECONDS

    def forget(self, message_id: int) -> None:
        """Forget a post that takes no answers any more."""
        for kept in (self._under_way, self._awaited):
            for letter in [letter for letter in kept if letter.message_id == message_id]:
                del kept[letter]
