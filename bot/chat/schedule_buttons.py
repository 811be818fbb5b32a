"""The buttons that organisers press below a schedule: preview it, post from it, bring it back."""

from typing import ClassVar, Self

import discord

from bot.chat.buttons import TrapwiseButton
from bot.chat.organisers import check_schedule, guild_of, tell_organiser
from bot.chat.render.question import question
from bot.chat.render.text import plural, safe, when
from bot.chat.replies import Interaction, reply
from bot.chat.services import services_of


class ScheduleButton(TrapwiseButton, template=r"tw:schedule"):
    """A button that belongs to one schedule; its server is checked by whatever looks the schedule up."""

    organisers = True
    name: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(self, schedule_id: int) -> None:
        super().__init__(f"tw:{self.name}:{schedule_id}", self.label, style=self.style)
        self.schedule_id = schedule_id

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(int(parts["schedule"]))


class Preview(ScheduleButton, template=r"tw:preview:(?P<schedule>\d{1,18})"):
    """Shows the organiser a question of a schedule the way it would be posted."""

    name, label = "preview", "Preview"

    async def pressed(self, interaction: Interaction) -> None:
        services = services_of(interaction)
        shown = await services.organising.preview(guild_of(interaction), self.schedule_id)
        await reply(interaction, question(shown, services.library.bank(shown.bank)))


class PostNow(ScheduleButton, template=r"tw:postnow:(?P<schedule>\d{1,18})"):
    """Asks a schedule's next question at once."""

    name, label, style = "postnow", "Post one now", discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction) -> None:
        organising, guild_id = services_of(interaction).organising, guild_of(interaction)
        check_schedule(interaction, await organising.find(guild_id, self.schedule_id))
        planned = await organising.post_now(guild_id, self.schedule_id)
        await tell_organiser(
            interaction, f"{plural(len(planned), 'question')} on the way to <#{planned[0].channel_id}>."
        )


class Restore(ScheduleButton, template=r"tw:restore:(?P<schedule>\d{1,18})"):
    """Undoes the removal of a schedule."""

    name, label = "restore", "Undo"

    async def pressed(self, interaction: Interaction) -> None:
        restored = await services_of(interaction).organising.restore(guild_of(interaction), self.schedule_id)
        coming = f": next {when(restored.next_run, 'f')}" if restored.next_run is not None else ", and still paused"
        await tell_organiser(interaction, f"**{safe(restored.name)}** is back{coming}.")


OF_SCHEDULES = (Preview, PostNow, Restore)
