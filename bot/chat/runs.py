"""What the buttons of all runs of questions share: their custom ids carry a run, or an item's number in it."""

import re
from typing import Any, ClassVar, Self

import discord
from discord import ui

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.render.runs import caught_by
from bot.chat.services import Services
from bot.chat.trap_links import trap_link
from bot.domain.bank import Bank
from bot.domain.errors import SittingGone
from bot.domain.sitting import Mode, Sitting

SITTING = r"(?P<sitting>\d{1,18})"
ENTRY = rf"{SITTING}:(?P<number>\d{{1,3}})"


class OfRun(TrapwiseButton, template=r"tw:base"):
    """A button that is about a run as a whole; its subclass names it and its part of the custom id."""

    part: ClassVar[str] = ""
    says: ClassVar[str] = ""

    def __init__(self, sitting_id: int, label: str = "") -> None:
        super().__init__(f"tw:{self.part}:{sitting_id}", label or self.says)
        self.sitting_id = sitting_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]))


class OfEntry(TrapwiseButton, template=r"tw:base"):
    """A button that is about an item of a run, and leads on from it."""

    part: ClassVar[str] = ""

    def __init__(self, sitting_id: int, number: int, label: str = "Next") -> None:
        super().__init__(f"tw:{self.part}:{sitting_id}:{number}", label, style=discord.ButtonStyle.primary)
        self.sitting_id, self.number = sitting_id, number

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["sitting"]), int(parts["number"]))


def number_in(menu: TrapwiseMenu) -> int:
    """Give the number that was chosen in a menu of numbers; raises `SittingGone` for what no such menu offers."""
    chosen = "".join(menu.chosen)
    if not re.fullmatch(r"\d{1,18}", chosen, re.ASCII):
        raise SittingGone
    return int(chosen)


def bank_of(services: Services, sitting: Sitting, mode: Mode) -> Bank:
    """Give the bank of a run of a mode; raises `SittingGone` when it is there no more, or the run is none of those."""
    if sitting.mode is not mode or not services.library.has(sitting.bank):
        raise SittingGone
    return services.library.bank(sitting.bank)


def links_to_traps(bank: Bank, sitting: Sitting) -> list[ui.Item[Any]]:
    """Make a button for each of the traps that caught the learner most in a run."""
    return [trap_link(bank.id, bank.traps[trap]) for trap, _ in caught_by(bank, sitting)]
