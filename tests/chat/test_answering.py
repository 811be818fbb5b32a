"""Answers by reaction on the real bot: the rules of what counts, end to end."""

from typing import Any

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.world import World


async def test_a_post_has_every_letter_and_a_button(group: World) -> None:
    """A question appears with one reaction per option, and My answer says that nothing is on file."""
    message = await group.post()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    assert group.letters(message) == dict.fromkeys(asked.posed.letters, 1)
    assert "no answer of yours" in await group.mine(group.ann, message)


async def test_the_post_says_how_many_to_choose(group: World) -> None:
    """The number to choose is computed from the key."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    assert f"**Choose {len(group.key(message))}.**" in message.content


async def test_reactions_to_other_messages_are_never_spread(group: World) -> None:
    """Letters put on what is no round, lifted and cleared, start no task; those on a round go on counting."""
    post = await group.post_kind(ItemKind.SINGLE)
    other = await group.ann.send(group.channel, "Lunch?")
    spread = list[str]()
    schedule = group.bot.client._schedule_event

    def noted(coro: Any, event_name: str, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as discord.py has it
        spread.append(event_name)
        return schedule(coro, event_name, *args, **more)

    group.bot.client._schedule_event = noted  # type: ignore[method-assign]
    await group.ann.react(other, EMOJI["A"])
    await group.ann.unreact(other, EMOJI["A"])
    assert not [name for name in spread if "reaction" in name]
    await group.ann.react(post, EMOJI["A"])
    assert "on_raw_reaction_add" in spread
    assert EMOJI["A"] in await group.mine(group.ann, post)


async def test_the_latest_letter_counts(group: World) -> None:
    """On a single-select question a second letter replaces the first, and the first is tidied away."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI["A"])
    await group.ann.react(message, EMOJI["B"])
    assert EMOJI["B"] in await group.mine(group.ann, message)
    assert (group.letters(message)["A"], group.letters(message)["B"]) == (1, 2)


async def test_fast_taps_end_on_the_last_letter(group: World) -> None:
    """A, B, A, B tapped faster than the bot can remove letters ends on B for everyone."""
    message = await group.post_kind(ItemKind.SINGLE)
    for who in (group.ann, group.ben, group.cat, group.dan):
        for letter in "ABAB":
            group.env.backend.set_reaction(group.channel.id, message.id, EMOJI[letter], who.id, True)
            if letter == "A":
                continue
            group.env.backend.set_reaction(group.channel.id, message.id, EMOJI["A"], who.id, False)
            group.env.backend.set_reaction(group.channel.id, message.id, EMOJI["B"], who.id, False)
        group.env.backend.set_reaction(group.channel.id, message.id, EMOJI["B"], who.id, True)
    await group.env.settle()
    answers = [await group.mine(who, message) for who in (group.ann, group.ben, group.cat, group.dan)]
    assert all(EMOJI["B"] in answer for answer in answers)


async def test_without_manage_messages_nothing_breaks(group: World) -> None:
    """Without the permission to remove letters the latest one still counts, and lifting it falls back."""
    group.permit(manage_messages=False)
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI["A"])
    await group.ann.react(message, EMOJI["B"])
    assert group.letters(message)["A"] == 2
    assert EMOJI["B"] in await group.mine(group.ann, message)
    await group.ann.unreact(message, EMOJI["B"])
    assert EMOJI["A"] in await group.mine(group.ann, message)


async def test_lifting_the_only_letter_withdraws(group: World) -> None:
    """A member who takes the letter away has no answer any more."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI["C"])
    await group.ann.unreact(message, EMOJI["C"])
    assert "withdrew" in await group.mine(group.ann, message)


async def test_multi_select_is_the_set_of_letters(group: World) -> None:
    """On a multi-select question every letter that is there counts, and one that is lifted does not."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    for letter in "DBA":
        await group.ann.react(message, EMOJI[letter])
    await group.ann.unreact(message, EMOJI["B"])
    assert f"{EMOJI['A']} {EMOJI['D']}," in await group.mine(group.ann, message)
    assert group.letters(message)["A"] == 2, "letters of a multi-select answer stay"


async def test_super_reactions_count_like_ordinary_ones(group: World) -> None:
    """A super reaction is an answer, and a letter held both ways stays until both are gone."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    await group.burst(group.ann, message, "A", there=True)
    await group.ann.react(message, EMOJI["A"])
    await group.burst(group.ann, message, "A", there=False)
    assert EMOJI["A"] in await group.mine(group.ann, message)
    await group.ann.unreact(message, EMOJI["A"])
    assert "withdrew" in await group.mine(group.ann, message)


async def test_other_emoji_and_letters_beyond_the_options_are_ignored(group: World) -> None:
    """Unrelated emoji, and letters the question does not have, are no answers."""
    message = await group.post_kind(ItemKind.SINGLE)
    for emoji in ("👍", EMOJI["J"], "🅰️"):
        await group.ann.react(message, emoji)
    assert "no answer of yours" in await group.mine(group.ann, message)


async def test_other_bots_are_ignored(group: World) -> None:
    """A reaction by another bot is no answer, live or found by a full diff."""
    other = group.guild.add_member(group.env.create_user("another-bot", bot=True))
    message = await group.post_kind(ItemKind.SINGLE)
    await other.react(message, EMOJI["A"])
    await group.restart()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    assert group.bot.answering.all_held(asked.id) == {}


async def test_reactions_elsewhere_cost_no_query(group: World) -> None:
    """A reaction on a message that is no question reaches neither the database nor Discord."""
    talk = await group.ann.send(group.channel, "hello")
    before = len(group.env.http_requests)
    await group.ben.react(talk, EMOJI["A"])
    assert len(group.env.http_requests) == before


async def test_a_moderators_clear_withdraws_nothing(group: World) -> None:
    """When someone clears all reactions the letters come back, and every answer stays."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI["A"])
    group.env.backend.clear_reactions(group.channel.id, message.id)
    await group.env.settle()
    assert set(group.letters(message).values()) == {1}
    assert EMOJI["A"] in await group.mine(group.ann, message)


async def test_clearing_one_letter_withdraws_nothing(group: World) -> None:
    """When someone clears one letter it comes back, and answers with it stay."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    for letter in "AB":
        await group.ann.react(message, EMOJI[letter])
    group.env.backend.clear_reaction(group.channel.id, message.id, EMOJI["A"])
    await group.env.settle()
    assert group.letters(message)["A"] == 1
    assert f"{EMOJI['A']} {EMOJI['B']}" in await group.mine(group.ann, message)


async def test_changes_while_away_are_caught_up(group: World) -> None:
    """Letters added and taken away while the bot was off are found by a full diff at its start."""
    message = await group.post_kind(ItemKind.MULTIPLE)
    await group.ann.react(message, EMOJI["A"])
    await group.ben.react(message, EMOJI["B"])
    group.unheard(group.ann, message, "C", there=True)
    group.unheard(group.ben, message, "B", there=False)
    group.unheard(group.cat, message, "D", there=True)
    await group.restart()
    assert f"{EMOJI['A']} {EMOJI['C']}, given by reaction, found" in await group.mine(group.ann, message)
    assert "withdrew" in await group.mine(group.ben, message)
    assert f"{EMOJI['D']}, given by reaction, found" in await group.mine(group.cat, message)


async def test_an_answer_that_cannot_be_told_apart_is_settled_by_its_member(group: World) -> None:
    """Two single-select letters found at once score nothing until the member says which one was meant."""
    message = await group.post_kind(ItemKind.SINGLE)
    group.unheard(group.ann, message, "A", there=True)
    group.unheard(group.ann, message, "B", there=True)
    await group.restart()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    result = await group.ann.click(message, custom_id=f"tw:mine:{asked.id}")
    assert result.response is not None
    assert "Which one is your answer?" in result.response.content
    settled = await group.ann.click(result.response.message, custom_id=f"tw:settle:{asked.id}:B")
    assert settled.response is not None
    assert EMOJI["B"] in settled.response.content
    assert f"{EMOJI['B']}, given privately" in await group.mine(group.ann, message)


async def test_letters_missing_after_an_outage_are_put_back(group: World) -> None:
    """Letters cleared while the bot was off are seeded again, and the answers on them stay."""
    message = await group.post_kind(ItemKind.SINGLE)
    await group.ann.react(message, EMOJI["A"])
    group.env.backend.get_message(group.channel.id, message.id).reactions.clear()
    await group.restart()
    assert set(group.letters(message).values()) == {1}
    assert EMOJI["A"] in await group.mine(group.ann, message)


async def test_answers_after_the_close_do_not_count(group: World) -> None:
    """A letter tapped after the question closed changes nothing."""
    message = await group.post_kind(ItemKind.SINGLE)
    right, wrong = group.key(message), group.wrong(message)[0]
    await group.ann.react(message, EMOJI[wrong])
    await group.close()
    await group.ann.react(message, EMOJI[right])
    assert "Wrong" in await group.mine(group.ann, message)


async def test_many_members_at_once(group: World) -> None:
    """Thirty members tapping in the same moment are all recorded."""
    message = await group.post_kind(ItemKind.SINGLE)
    crowd = [group.guild.add_member(group.env.create_user(f"member{number}")) for number in range(30)]
    for place, who in enumerate(crowd):
        group.env.backend.set_reaction(group.channel.id, message.id, EMOJI["ABCD"[place % 4]], who.id, True)
    await group.env.settle()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    held = group.bot.answering.all_held(asked.id) or {}
    assert [held[who.id].choice for who in crowd] == ["ABCD"[place % 4] for place in range(30)]


async def test_the_button_of_a_foreign_post_is_refused(group: World) -> None:
    """A button that names a round of another post gets a sentence, not another round's answer."""
    message = await group.post()
    await group.close()
    stored = group.env.backend.get_message(group.channel.id, message.id)
    stored.components[0]["components"][0]["custom_id"] = "tw:mine:99"
    answer = await group.ann.click(message, custom_id="tw:mine:99")
    assert answer.response is not None
    assert "no longer have this question" in answer.response.content


def test_letters_have_no_variation_selectors() -> None:
    """Every letter is exactly one regional indicator."""
    assert [len(emoji) for emoji in EMOJI.values()] == [1] * 10
