"""`/setup` on the real bot: from an empty server to a first question."""

import discord
import pytest

from tests.chat.world import BOT_PERMISSIONS, World, custom_ids, said


async def test_setup_says_when_the_next_questions_come(world: World) -> None:
    """One command makes a schedule, and tells where, when, and the next five instants."""
    answer = said(await world.set_up())
    assert f"<#{world.channel.id}>" in answer
    assert "08:30 (Europe/Prague)" in answer
    assert answer.count("<t:") == 5


async def test_preview_shows_a_question_to_the_organiser_alone(world: World) -> None:
    """Preview shows what would be posted, and posts nothing."""
    made = await world.set_up()
    assert made.response is not None
    shown = await world.olive.click(made.response.message, custom_id="tw:preview:1")
    assert "React with" in said(shown)
    assert world.posts() == []


async def test_post_one_now_asks_the_first_question(world: World) -> None:
    """The button under /setup posts a question in the channel at once."""
    made = await world.set_up()
    assert made.response is not None
    await world.olive.click(made.response.message, custom_id="tw:postnow:1")
    assert len(world.posts()) == 1


async def test_learners_cannot_use_organisers_buttons(world: World) -> None:
    """An organiser's button checks Manage Server again for whoever presses it."""
    made = await world.set_up()
    assert made.response is not None
    stored = world.env.backend.get_message(world.channel.id, made.response.id)
    stored.flags = 0
    refused = await world.ann.click(made.response.message, custom_id="tw:postnow:1")
    assert "Only organisers" in said(refused)
    assert world.posts() == []


async def test_a_second_setup_changes_the_first(world: World) -> None:
    """Running /setup again moves the schedule instead of making another one."""
    await world.set_up()
    await world.set_up(time="17:00")
    shown = said(await world.olive.slash(world.channel, "schedule show"))
    assert "17:00" in shown
    assert "08:30" not in shown


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"time": "25:00"}, "`25:00` is no time of day"),
        ({"time": "8 o'clock"}, "is no time of day"),
        ({"zone": "Europe/Atlantis"}, "I know no time zone named `Europe/Atlantis`"),
        ({"bank": "az-900"}, "I have no bank named `az-900`"),
    ],
)
async def test_bad_input_gets_a_sentence_and_changes_nothing(
    world: World, options: dict[str, str], sentence: str
) -> None:
    """What cannot be read is refused with one sentence, and no schedule is made."""
    assert sentence in said(await world.set_up(**options))
    assert "No schedule yet" in said(await world.olive.slash(world.channel, "schedule show"))


async def test_missing_permissions_are_named_with_their_cost(world: World) -> None:
    """A channel where the bot may not post is refused, and each missing permission says what it costs."""
    world.permit(send_messages=False, add_reactions=False)
    answer = said(await world.set_up())
    assert "without **Send Messages** I cannot post questions" in answer.replace("Without", "without")
    assert "**Add Reactions**" in answer
    assert "No schedule yet" in said(await world.olive.slash(world.channel, "schedule show"))


async def test_optional_permissions_are_only_advised(world: World) -> None:
    """Without Manage Messages the set-up works, and says what it would add."""
    world.permit(manage_messages=False)
    answer = said(await world.set_up())
    assert "✅" in answer
    assert "**Manage Messages**" in answer


async def test_a_city_alone_is_a_zone(world: World) -> None:
    """Typing a city without picking from the list works where only one zone has that name."""
    assert "(Europe/Prague)" in said(await world.set_up(zone="prague"))


async def test_zones_and_banks_complete_while_typing(world: World) -> None:
    """Typing a city finds its zone, and banks are found by title."""
    zones = await world.olive.autocomplete(world.channel, "setup", "zone", "prag")
    assert zones[0]["value"] == "Europe/Prague"
    banks = await world.olive.autocomplete(world.channel, "setup", "bank", "md")
    assert banks[0]["value"] == "md-102"


async def test_help_tells_organisers_more(world: World) -> None:
    """Help names the organisers' commands to organisers only."""
    assert "/setup" in said(await world.olive.slash(world.channel, "help"))
    assert "/setup" not in said(await world.ann.slash(world.channel, "help"))


async def test_the_invitation_asks_for_what_is_used(world: World) -> None:
    """The invite link names exactly the permissions the bot uses."""
    link = world.bot.client.invitation()
    assert f"permissions={BOT_PERMISSIONS.value}" in link


async def test_only_channels_that_take_questions_are_offered(world: World) -> None:
    """Discord's picker offers text and announcement channels; a voice channel cannot be chosen."""
    for command, place in (("setup", []), ("schedule", ["add"]), ("schedule", ["edit"])):
        options = next(each for each in world.bot.client.tree.get_commands() if each.name == command).to_dict(
            world.bot.client.tree
        )["options"]
        for name in place:
            options = next(each for each in options if each["name"] == name)["options"]
        channel = next(each for each in options if each["name"] == "channel")
        wanted = {discord.ChannelType.text.value, discord.ChannelType.news.value}
        assert set(channel["channel_types"]) == wanted


async def test_no_privileged_intent_is_asked_for(world: World) -> None:
    """The bot hears servers and reactions, nothing else."""
    intents = world.bot.client.intents
    assert {name for name, wanted in intents if wanted} == {"guilds", "guild_reactions"}
    assert custom_ids(world.channel.last_message) == [] if world.channel.last_message else True
