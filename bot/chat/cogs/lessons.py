"""`/lesson`: reading a lesson, from the first day on."""

from discord import app_commands
from discord.ext import commands

from bot.chat.lesson_buttons import open_lesson
from bot.chat.replies import Interaction, show
from bot.chat.services import Services
from bot.chat.suggestions import choices


class LessonCog(commands.Cog):
    """Shows lessons privately."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(description="Read a lesson: takeaways, chain, workflow, look-alikes, what to monitor")
    @app_commands.describe(name="Type a number or a word of its title")
    async def lesson(self, interaction: Interaction, name: str) -> None:
        bank, lesson = self._services.library.lesson(name)
        layout, pictures = await open_lesson(bank, lesson)
        await show(interaction, layout, pictures=pictures)

    @lesson.autocomplete("name")
    async def _lessons(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_lessons(typed))
