"""`/schedule` on the real bot: several schedules, their changes, pauses and removal."""

from datetime import timedelta

import pytest

from tests.chat.world import World, said


async def run(world: World, command: str, **options: object) -> str:
    """Run a subcommand of /schedule as the organiser and give its answer."""
    return said(await world.olive.slash(world.channel, f"schedule {command}", **options))


async def test_a_second_schedule_runs_beside_the_first(group: World) -> None:
    """Each schedule posts in its own channel at its own time."""
    other = group.guild.create_text_channel("evening")
    answer = await run(group, "add", name="Evening", channel=other, time="20:00", topic="6.2", days="weekdays")
    assert "Weekdays at 20:00 (Europe/Prague)" in answer
    await group.env.advance_time(timedelta(hours=20).total_seconds())
    assert len(group.posts()) == 1
    assert any("React with" in message.content for message in other.history())


async def test_show_lists_every_schedule(group: World) -> None:
    """Show lists schedules by name with their next five instants."""
    await run(group, "add", name="Another", channel=group.channel, time="12:00", questions=2)
    shown = await run(group, "show")
    assert shown.index("**Another**") < shown.index("**Daily question**")
    assert shown.count("<t:") == 10
    assert "2 questions from MD-102" in shown


async def test_edit_changes_only_what_is_named(group: World) -> None:
    """Edit changes the settings given and leaves the rest."""
    answer = await run(group, "edit", name="daily QUESTION", time="9:15", open_for="2h30m", rename="Morning")
    assert "**Morning**" in answer
    assert "Daily at 09:15 (Europe/Prague)" in answer
    assert "open for 2h30m" in answer.casefold()


async def test_a_paused_schedule_asks_nothing_until_resumed(group: World) -> None:
    """Pause stops the questions, resume brings them back."""
    assert "Paused by an organiser" in await run(group, "pause", name="Daily question")
    await group.env.advance_time(timedelta(days=1).total_seconds())
    assert group.posts() == []
    assert "Running" in await run(group, "resume", name="Daily question")
    await group.env.advance_time(timedelta(days=1).total_seconds())
    assert len(group.posts()) == 1


async def test_a_pause_until_a_date_ends_by_itself(group: World) -> None:
    """A schedule paused until the third day asks again on that day."""
    today = group.env.now().date()
    answer = await run(group, "pause", name="Daily question", until=(today + timedelta(days=3)).isoformat())
    assert "Paused until then" in answer
    await group.env.advance_time(timedelta(days=3).total_seconds())
    assert group.posts() == []
    await group.env.advance_time(timedelta(hours=9).total_seconds())
    assert len(group.posts()) == 1
    assert "Paused" not in await run(group, "show")


async def test_removing_can_be_undone(group: World) -> None:
    """A removed schedule asks nothing, and comes back with Undo."""
    removed = await group.olive.slash(group.channel, "schedule remove", name="Daily question")
    assert "No schedule yet" in await run(group, "show")
    assert removed.response is not None
    undone = await group.olive.click(removed.response.message, custom_id="tw:restore:1")
    assert "is back" in said(undone)
    assert "**Daily question**" in await run(group, "show")


async def test_open_questions_of_a_removed_schedule_still_close(group: World) -> None:
    """Removing a schedule erases nothing: its open question is explained."""
    await group.post(open_for="30m")
    await run(group, "remove", name="Daily question")
    await group.env.advance_time(31 * 60)
    assert len(group.reveals()) == 1


@pytest.mark.parametrize(
    ("command", "options", "sentence"),
    [
        ("edit", {"name": "Nothing"}, "This server has no schedule named `Nothing`"),
        ("edit", {"name": "Daily question"}, "Nothing to change"),
        ("edit", {"name": "Daily question", "rename": "  "}, "at least one letter"),
        ("edit", {"name": "Daily question", "days": "someday"}, "names no weekdays"),
        ("edit", {"name": "Daily question", "open_for": "0m"}, "is no length of time"),
        ("edit", {"name": "Daily question", "open_for": "8d"}, "is no length of time"),
        ("edit", {"name": "Daily question", "topic": "9.9"}, "has no items about `9.9`"),
        ("pause", {"name": "Daily question", "until": "2020-01-01"}, "has passed already"),
        ("pause", {"name": "Daily question", "until": "tomorrow"}, "is no date"),
        ("resume", {"name": "@everyone"}, "has no schedule named"),
    ],
)
async def test_bad_input_gets_a_sentence(group: World, command: str, options: dict[str, str], sentence: str) -> None:
    """What cannot be read or found is refused with one sentence, and the schedule stays as it was."""
    before = await run(group, "show")
    assert sentence in await run(group, command, **options)
    assert await run(group, "show") == before


async def test_a_name_can_be_taken_once(group: World) -> None:
    """Two schedules of a server cannot share a name, whatever its case."""
    answer = await run(group, "add", name="DAILY question", channel=group.channel, time="12:00")
    assert "has a schedule named" in answer


async def test_a_server_has_at_most_25_schedules(group: World) -> None:
    """The 26th schedule is refused."""
    for number in range(24):
        await run(group, "add", name=f"Schedule {number}", channel=group.channel, time="12:00")
    answer = await run(group, "add", name="One more", channel=group.channel, time="12:00")
    assert "can have 25 schedules" in answer
    assert len(await run(group, "show")) <= 2000


async def test_names_cannot_format_or_mention(group: World) -> None:
    """A schedule named @everyone mentions nobody."""
    answer = await run(group, "edit", name="Daily question", rename="@everyone **x**")
    assert "@everyone" not in answer
    assert "**x**" not in answer


async def test_names_topics_and_zones_complete_while_typing(group: World) -> None:
    """Subcommands suggest the server's schedules, the bank's topics and time zones."""
    names = await group.olive.autocomplete(group.channel, "schedule edit", "name", "dai")
    assert [choice["value"] for choice in names] == ["Daily question"]
    topics = await group.olive.autocomplete(group.channel, "schedule edit", "topic", "6.2")
    assert "6.2" in [choice["value"] for choice in topics]
    zones = await group.olive.autocomplete(group.channel, "schedule add", "zone", "new y")
    assert zones[0]["value"] == "America/New_York"


async def test_days_can_be_chosen(group: World) -> None:
    """A schedule for Saturdays and Sundays posts on those days only."""
    await run(group, "edit", name="Daily question", days="sat,sun")
    # The world begins on a Thursday.
    await group.env.advance_time(timedelta(days=2).total_seconds())
    assert group.posts() == []
    await group.env.advance_time(timedelta(days=2).total_seconds())
    assert len(group.posts()) == 2


async def test_many_schedules_are_shown_whole(group: World) -> None:
    """With 25 schedules every one is shown, in as many messages as it takes."""
    for number in range(24):
        await run(group, "add", name=f"Schedule {number:02}", channel=group.channel, time="12:00")
    result = await group.olive.slash(group.channel, "schedule show")
    shown = said(result) + "".join(more.content for more in result.followups)
    assert all(f"**Schedule {number:02}**" in shown for number in range(24))
    assert shown.count("<t:") == 25 * 5
