"""Members who answer privately: they open the menu, or use one that is open, choose or withdraw, and are told."""

import asyncio
import re
from dataclasses import dataclass, field
from random import Random

from tests.wire.people import LETTERS, People, answered, emoji_of
from tests.wire.state import Interaction, Message
from tests.wire.waiting import until

_PATIENCE = 4.0
"""Real seconds after which somebody puts a menu away that does nothing: Discord itself waits for three."""

_KEEPS_MENU = 0.6
_MENU, _WITHDRAW = "tw:choose:", "tw:withdraw:"
_RECEIPT = re.compile(r"^✅ Your answer: (.+?), given privately")
_CLOSED = "This question is closed"
_FAULT = "went wrong on my side"


@dataclass(slots=True, kw_only=True)
class Word:
    """A private answer: the letters chosen, none for Withdraw, and what was `said` to it, nothing if that was lost."""

    member: int
    letters: str
    used: Interaction
    said: str = ""

    @property
    def refused(self) -> bool:
        """Tell whether the bot said that it is too late."""
        return self.said.startswith(_CLOSED)

    @property
    def taken(self) -> bool:
        """Tell whether the bot said anything else: it does so only once the answer is stored."""
        return bool(self.said) and not self.refused

    def complaint(self) -> str:
        """Say what is wrong with what was said, if anything."""
        promised = _RECEIPT.match(self.said)
        letters = "".join(letter for letter in LETTERS if promised and emoji_of(letter) in promised[1])
        if promised and letters != self.letters:
            return f"chose {self.letters} and got a receipt for {letters}"
        return f"chose {self.letters} and was told: {self.said}" if _FAULT in self.said else ""


@dataclass(slots=True, kw_only=True)
class Menus:
    """What members of one question do privately, one thing at a time each; `words` are in the order of their acts."""

    message: Message
    words: list[Word] = field(default_factory=list)
    _open: dict[int, Message] = field(default_factory=dict)
    _busy: set[int] = field(default_factory=set)

    def is_busy(self, member: int) -> bool:
        """Tell whether somebody waits for an answer to what they did."""
        return member in self._busy

    async def answer(self, people: People, rng: Random, member: int, letters: str) -> None:
        """Let a member choose letters, or withdraw; when nothing answers they give up."""
        self._busy.add(member)
        try:
            menu = self._open.pop(member, None)
            if menu is None or rng.random() >= _KEEPS_MENU:
                menu = await self._opened(people, member)
            if menu is not None and await self._use(people, menu, member, letters):
                self._open[member] = menu
        finally:
            self._busy.discard(member)

    async def _opened(self, people: People, member: int) -> Message | None:
        """Press the button below the question; gives the menu, if one comes."""
        try:
            pressed = await asyncio.wait_for(people.press(self.message, member, "tw:private:"), _PATIENCE)
            return await until(lambda: next(iter(pressed.shown), None), patience=_PATIENCE)
        except TimeoutError:
            return None

    async def _use(self, people: People, menu: Message, member: int, letters: str) -> bool:
        """Choose in a menu, or withdraw; tells whether the menu can be used again."""
        ids = menu.custom_ids()
        wanted = next((each for each in ids if each.startswith(_MENU if letters else _WITHDRAW)), None)
        if wanted is None:
            return bool(ids)
        before = menu.edited_at
        used = people.pick(menu, member, wanted, *letters) if letters else people.push(menu, member, wanted)
        word = Word(member=member, letters=letters, used=used)
        self.words.append(word)
        try:
            await answered(used, _PATIENCE)
            # An answer that was put off comes later, in the same place.
            await until(lambda: menu.edited_at != before, patience=_PATIENCE)
        except TimeoutError:
            return False
        word.said = used.text
        return True
