"""`/leaderboard` and `/me` on the real bot."""

from datetime import timedelta

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.world import World, said


async def test_the_leaderboard_ranks_ties_and_shows_ones_own_rank(group: World) -> None:
    """Two members with as many marks share a rank, the next one's rank skips, and one's own is always shown."""
    message = await group.post_kind(ItemKind.SINGLE)
    right, wrong = group.key(message), group.wrong(message)[0]
    for who in (group.ann, group.ben):
        await group.ann.react(message, EMOJI[right]) if who is group.ann else await who.react(message, EMOJI[right])
    await group.cat.react(message, EMOJI[wrong])
    await group.close()
    board = said(await group.cat.slash(group.channel, "leaderboard"))
    assert "🥇 **Ann** 1 mark" in board
    assert "🥇 **Ben** 1 mark" in board
    assert "**3.** **Cat** 0 marks" in board
    assert "You are number 3." in board
    assert "not on this board" in said(await group.dan.slash(group.channel, "leaderboard"))


async def test_the_week_begins_on_monday(group: World) -> None:
    """This week's board forgets what was earned before Monday; the all-time board does not."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI[group.key(message)])
    await group.close()
    assert "Ann" in said(await group.ann.slash(group.channel, "leaderboard", period="this week"))
    await group.olive.slash(group.channel, "schedule pause", name="Daily question")
    # The world begins on a Thursday.
    await group.env.advance_time(timedelta(days=4).total_seconds())
    assert "Ann" not in said(await group.ann.slash(group.channel, "leaderboard", period="this week"))
    assert "Ann" in said(await group.ann.slash(group.channel, "leaderboard"))


async def test_the_board_turns_pages(group: World) -> None:
    """With twelve members there are two pages, and one's own rank shows on the page without it."""
    message = await group.post_kind(ItemKind.SINGLE)
    crowd = [group.guild.add_member(group.env.create_user(f"m{number:02}")) for number in range(12)]
    for who in crowd:
        await who.react(message, EMOJI[group.wrong(message)[0]])
    await group.close()
    first = await crowd[11].slash(group.channel, "leaderboard")
    assert "Your place:" in said(first)
    assert "page 1 of 2" in said(first)
    assert first.response is not None
    second = await crowd[11].click(first.response.message, custom_id="tw:board:all:2")
    assert "page 2 of 2" in said(second)
    assert "m11" in said(second)


async def test_me_shows_marks_and_accuracy(group: World) -> None:
    """A learner sees marks, how many questions, and the share fully right."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI[group.wrong(message)[0]])
    await group.close()
    mine = said(await group.ann.slash(group.channel, "me"))
    assert "**0 marks**" in mine
    assert "1 question answered, 0 % fully right" in mine


async def test_names_on_boards_cannot_format_or_ping(group: World) -> None:
    """A member called @everyone in bold is shown as plain text."""
    rude = group.guild.add_member(group.env.create_user("rude", global_name="**@everyone** <@123456789012345678>"))
    message = await group.post_kind(ItemKind.SINGLE)
    await rude.react(message, EMOJI["A"])
    await group.close()
    board = said(await rude.slash(group.channel, "leaderboard"))
    assert "@everyone" not in board
    assert "<@123456789012345678>" not in board
