"""`/round void` and `/round count` on the real bot: the way back that needs no report and no message of before."""

import pytest

from bot.chat.letters import EMOJI
from bot.domain.item import ItemKind
from tests.chat.world import World, custom_ids, said, texts


async def _explained(group: World) -> int:
    """Ask and explain a question that Ann gets right; gives its number."""
    message = await group.post_kind(ItemKind.SINGLE)
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    await group.ann.react(message, EMOJI[group.key(message)])
    await group.close()
    return asked.id


async def _offered(group: World, command: str, typed: str = "") -> list[str]:
    return [str(each["value"]) for each in await group.olive.autocomplete(group.channel, command, "question", typed)]


async def test_a_question_that_nobody_reported_is_void_and_counts_again(group: World) -> None:
    """It is picked from the list while typing, leaves the boards, and comes back after a restart."""
    number = await _explained(group)
    assert (await _offered(group, "round void"))[0] == str(number)
    done = await group.olive.slash(group.channel, "round void", question=str(number))
    assert f"Question {number} is void: 1 result left the boards" in said(done)
    assert "This question is void" in texts(group.reveals()[-1])
    await group.restart()
    assert str(number) not in await _offered(group, "round void")
    assert await _offered(group, "round count") == [str(number)]
    assert await _offered(group, "round count", "nothing like it") == []
    back = await group.olive.slash(group.channel, "round count", question=str(number))
    assert f"Question {number} counts again: 1 result came back" in said(back)
    again = await group.olive.slash(group.channel, "round count", question=str(number))
    assert "counts already" in said(again)
    assert "This question is void" not in texts(group.reveals()[-1])
    assert "**1 mark**" in said(await group.ann.slash(group.channel, "me"))


async def test_the_answer_has_the_way_back(group: World) -> None:
    """Below what `/round void` says there is a button that undoes it."""
    number = await _explained(group)
    done = await group.olive.slash(group.channel, "round void", question=str(number))
    assert done.response is not None
    assert f"tw:recount:{number}" in custom_ids(done.response.message)


@pytest.mark.parametrize("typed", ["99", "nonsense", "-1", "²", "9" * 30])
async def test_a_question_that_is_not_there_is_refused_in_a_sentence(group: World, typed: str) -> None:
    """Whatever is typed that no question goes by, nothing happens."""
    await _explained(group)
    for command in ("void", "count"):
        told = said(await group.olive.slash(group.channel, f"round {command}", question=typed))
        assert "I have no question" in told
        assert typed[:20] in told


async def test_a_question_that_is_open_is_refused(group: World) -> None:
    """There is nothing to take off the boards before the reveal."""
    message = await group.post()
    asked = group.bot.answering.round_of(message.id)
    assert asked is not None
    told = said(await group.olive.slash(group.channel, "round void", question=str(asked.id)))
    assert "was never revealed" in told
