"""`/lesson` and `/trap`: reading, from the first day on."""

from typing import Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.buttons import TrapwiseButton
from bot.chat.layouts import card
from bot.chat.render.cards import lesson_pages, lesson_title, trap_card
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import Services, services_of
from bot.chat.suggestions import choices
from bot.domain.bank import Bank
from bot.domain.lesson import Lesson


class StudyCog(commands.Cog):
    """Shows lessons and traps privately."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Read a lesson: takeaways, chain, workflow, look-alikes, what to monitor")
    @app_commands.describe(name="Type a number or a word of its title")
    async def lesson(self, interaction: Interaction, name: str) -> None:
        bank, lesson = self._services.library.lesson(name)
        await show(interaction, _page(bank, lesson, 1))

    @app_commands.command(description="Explain a trap: two things that are easily confused")
    @app_commands.describe(name="Type either of the two things, such as antivirus")
    async def trap(self, interaction: Interaction, name: str) -> None:
        bank, trap = self._services.library.trap(name)
        await show(interaction, card(trap_card(bank, trap)))

    @lesson.autocomplete("name")
    async def _lessons(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_lessons(typed))

    @trap.autocomplete("name")
    async def _traps(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_traps(typed))


class LessonPage(TrapwiseButton, template=r"tw:lesson:(?P<bank>[a-z0-9-]+):(?P<lesson>[0-9.]+):(?P<page>\d{1,3})"):
    """Turns to a page of a lesson."""

    def __init__(self, bank: str, lesson: str, page: int, label: str = "") -> None:
        super().__init__(f"tw:lesson:{bank}:{lesson}:{page}", label or str(page))
        self.bank, self.lesson, self.page = bank, lesson, page

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"], int(parts["page"]))

    async def pressed(self, interaction: Interaction) -> None:
        bank, lesson = services_of(interaction).library.lesson(f"{self.bank}:{self.lesson}")
        await turn(interaction, _page(bank, lesson, self.page))


def _page(bank: Bank, lesson: Lesson, number: int) -> discord.ui.LayoutView:
    pages = lesson_pages(bank, lesson)
    number = min(max(number, 1), len(pages))
    buttons = []
    if number > 1:
        buttons.append(LessonPage(bank.id, lesson.id, number - 1, "◀ Back"))
    if number < len(pages):
        buttons.append(LessonPage(bank.id, lesson.id, number + 1, "Next ▶"))
    return card([lesson_title(bank, lesson, number, len(pages)), *pages[number - 1]], buttons=buttons)
