"""`/schedule`: several schedules per server, each with its own time, channel and topic."""

from zoneinfo import ZoneInfo

import discord
from discord import app_commands
from discord.ext import commands

from bot.chat.layouts import row
from bot.chat.organisers import check_channel, check_role, check_schedule, guild_of, tell_organiser
from bot.chat.render.schedules import schedule as written
from bot.chat.render.schedules import schedule_pages
from bot.chat.render.text import cut, safe
from bot.chat.replies import Interaction, reply
from bot.chat.schedule_buttons import Restore
from bot.chat.services import Services
from bot.chat.suggestions import choices
from bot.domain.errors import BlankName, ZoneMissing
from bot.domain.reading import (
    read_coming_date,
    read_duration,
    read_time,
    read_weekdays,
    read_zone,
    suggest_zones,
)
from bot.domain.schedule import MAX_PER_DAY, Schedule
from bot.services.library import Suggestion
from bot.services.organising import Changes, Wish

_EVERYTHING = "everything"
_NONE_YET = "No schedule yet: `/setup` makes the first one."
Name = app_commands.Range[str, 1, 40]
Count = app_commands.Range[int, 1, MAX_PER_DAY]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class ScheduleCog(commands.GroupCog, group_name="schedule", group_description="When and where questions are asked"):
    """Adds, shows, changes, pauses and removes schedules."""

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services

    @app_commands.command(description="Add another schedule")
    @app_commands.describe(
        name="What you call it",
        channel="Where questions are asked",
        time="Local time of day, such as 08:30",
        zone="Time zone; the server's own when left out",
        bank="What questions are about; the first bank when left out",
        topic="Only a lesson or an objective of the bank",
        days="Such as mon,wed,fri or weekdays; every day when left out",
        questions="How many questions a day, 1 to 5",
        open_for="How long a question stays open, such as 23h or 90m",
        ping="A role to ping with each question",
        thread="Open a discussion thread with each reveal",
        silent="Post without notifications",
        cases="Also ask cases generated from the lessons' chains",
    )
    async def add(
        self,
        interaction: Interaction,
        *,
        name: Name,
        channel: discord.TextChannel,
        time: str,
        zone: str | None = None,
        bank: str | None = None,
        topic: str | None = None,
        days: str | None = None,
        questions: Count | None = None,
        open_for: str | None = None,
        ping: discord.Role | None = None,
        thread: bool | None = None,
        silent: bool | None = None,
        cases: bool | None = None,
    ) -> None:
        services, guild_id = self._services, guild_of(interaction)
        wish = Wish(
            guild_id=guild_id,
            member_id=interaction.user.id,
            channel_id=channel.id,
            at=read_time(time),
            zone=await self._zone(guild_id, zone),
            bank=bank if bank is not None else services.library.banks[0].id,
        )
        extra = _settings(
            topic=topic,
            days=days,
            questions=questions,
            open_for=open_for,
            ping=ping,
            thread=thread,
            silent=silent,
            cases=cases,
        )
        advice = check_channel(channel) + check_role(ping, channel)
        made = await services.organising.add(_name(name), wish, extra)
        await tell_organiser(interaction, f"✅ Added.\n{self._written(made)}{advice}")

    @app_commands.command(description="Show every schedule of this server with its next times")
    async def show(self, interaction: Interaction) -> None:
        found = await self._services.organising.schedules_of(guild_of(interaction))
        first, *more = schedule_pages(found, self._services.library, self._services.clock()) or [_NONE_YET]
        await tell_organiser(interaction, first)
        for page in more:
            await reply(interaction, page)

    @app_commands.command(description="Change a schedule; open questions stay as they are")
    @app_commands.describe(
        name="The schedule to change",
        rename="A new name",
        channel="Where questions are asked",
        time="Local time of day, such as 08:30",
        zone="Time zone: type a city",
        bank="What questions are about",
        topic="Only a lesson or an objective; `everything` lifts the limit",
        days="Such as mon,wed,fri or weekdays or daily",
        questions="How many questions a day, 1 to 5",
        open_for="How long a question stays open, such as 23h or 90m",
        catch_up="How late a missed question may still be asked, such as 3h",
        ping="A role to ping with each question",
        no_ping="Ping nobody any more",
        thread="Open a discussion thread with each reveal",
        silent="Post without notifications",
        cases="Also ask cases generated from the lessons' chains",
    )
    async def edit(
        self,
        interaction: Interaction,
        *,
        name: str,
        rename: Name | None = None,
        channel: discord.TextChannel | None = None,
        time: str | None = None,
        zone: str | None = None,
        bank: str | None = None,
        topic: str | None = None,
        days: str | None = None,
        questions: Count | None = None,
        open_for: str | None = None,
        catch_up: str | None = None,
        ping: discord.Role | None = None,
        no_ping: bool = False,
        thread: bool | None = None,
        silent: bool | None = None,
        cases: bool | None = None,
    ) -> None:
        changes = _settings(
            topic=topic,
            days=days,
            questions=questions,
            open_for=open_for,
            ping=ping,
            thread=thread,
            silent=silent,
            cases=cases,
        )
        if rename is not None:
            changes["name"] = _name(rename)
        if channel is not None:
            changes["channel_id"] = channel.id
        if time is not None:
            changes["at"] = read_time(time)
        if zone is not None:
            changes["zone"] = read_zone(zone)
        if bank is not None:
            changes["bank"] = bank
        if catch_up is not None:
            changes["catch_up"] = read_duration(catch_up)
        if no_ping:
            changes["ping_role"] = None
        advice = (check_channel(channel) if channel is not None else "") + check_role(ping, channel)
        changed = await self._services.organising.edit(guild_of(interaction), name, changes)
        await tell_organiser(interaction, f"✅ Changed.\n{self._written(changed)}{advice}")

    @app_commands.command(description="Pause a schedule, until you resume it or until a date")
    @app_commands.describe(name="The schedule to pause", until="It runs again from this date on, such as 2027-01-31")
    async def pause(self, interaction: Interaction, name: str, until: str | None = None) -> None:
        organising, guild_id = self._services.organising, guild_of(interaction)
        day = None
        if until is not None:
            schedule = await organising.find(guild_id, name)
            day = read_coming_date(until, schedule.local_date(self._services.clock()))
        paused = await organising.pause(guild_id, name, until=day)
        await tell_organiser(interaction, f"{self._written(paused)}\n-# Open questions still close and are explained.")

    @app_commands.command(description="Let a paused schedule run again")
    @app_commands.describe(name="The schedule to resume")
    async def resume(self, interaction: Interaction, name: str) -> None:
        organising, guild_id = self._services.organising, guild_of(interaction)
        advice = check_schedule(interaction, await organising.find(guild_id, name))
        resumed = await organising.resume(guild_id, name)
        await tell_organiser(interaction, f"▶️ Running.\n{self._written(resumed)}{advice}")

    @app_commands.command(description="Remove a schedule; scores stay")
    @app_commands.describe(name="The schedule to remove")
    async def remove(self, interaction: Interaction, name: str) -> None:
        removed = await self._services.organising.remove(guild_of(interaction), name)
        text = f"Removed **{safe(removed.name)}**. Its scores stay; its open questions still close and are explained."
        await tell_organiser(interaction, text, view=row(Restore(removed.id)))

    @edit.autocomplete("name")
    @pause.autocomplete("name")
    @resume.autocomplete("name")
    @remove.autocomplete("name")
    async def _names(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_schedules(self._services, guild_of(interaction), typed)

    @add.autocomplete("zone")
    @edit.autocomplete("zone")
    async def _zones(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return [app_commands.Choice(name=name, value=name) for name in suggest_zones(typed)]

    @add.autocomplete("bank")
    @edit.autocomplete("bank")
    async def _banks(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        del interaction
        return choices(self._services.library.suggest_banks(typed))

    @add.autocomplete("topic")
    @edit.autocomplete("topic")
    async def _topics(self, interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
        everything = Suggestion(label="Everything in the bank", value=_EVERYTHING)
        library, wanted = self._services.library, interaction.namespace
        known = await self._services.organising.schedules_of(guild_of(interaction)) if wanted.bank is None else []
        of_it = next((each.bank for each in known if each.name == wanted.name), library.banks[0].id)
        return choices([everything, *library.suggest_topics(typed, wanted.bank or of_it, cases=True)][:25])

    async def _zone(self, guild_id: int, typed: str | None) -> ZoneInfo:
        if typed is not None:
            return read_zone(typed)
        found = await self._services.organising.zone_of(guild_id)
        if found is None:
            raise ZoneMissing
        return found

    def _written(self, schedule: Schedule) -> str:
        return written(schedule, self._services.library, self._services.clock())


async def suggest_schedules(services: Services, guild_id: int, typed: str) -> list[app_commands.Choice[str]]:
    """Suggest a server's schedules by name."""
    found = await services.organising.schedules_of(guild_id)
    wanted = [each.name for each in found if typed.casefold() in each.name.casefold()]
    return [app_commands.Choice(name=cut(name, 100), value=name) for name in wanted[:25]]


def _name(typed: str) -> str:
    if not any(mark.isalnum() for mark in typed):
        raise BlankName
    return typed.strip()


def _settings(
    *,
    topic: str | None,
    days: str | None,
    questions: int | None,
    open_for: str | None,
    ping: discord.Role | None,
    thread: bool | None,
    silent: bool | None,
    cases: bool | None,
) -> Changes:
    settings: Changes = {}
    if topic is not None:
        settings["topic"] = None if topic == _EVERYTHING else topic
    if days is not None:
        settings["weekdays"] = read_weekdays(days)
    if questions is not None:
        settings["per_day"] = questions
    if open_for is not None:
        settings["open_for"] = read_duration(open_for)
    if ping is not None:
        settings["ping_role"] = ping.id
    if thread is not None:
        settings["thread"] = thread
    if silent is not None:
        settings["silent"] = silent
    if cases is not None:
        settings["cases"] = cases
    return settings
