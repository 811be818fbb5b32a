"""The buttons under a reveal on the real bot: one's own answer explained, the lesson, similar items, drills."""

import asyncio
from dataclasses import dataclass

import discord
import pytest
from simcord import InteractionResult, MemberActor

from bot.chat.letters import EMOJI
from bot.chat.render.lessons import lesson_pages, page_about
from bot.domain.item import ItemKind
from bot.domain.rounds import Round
from bot.services.library import Shelf
from tests.chat.parts import part
from tests.chat.world import World, custom_ids, said, texts


@pytest.fixture(name="shelves", scope="session")
def _shelves(one_lesson: list[Shelf]) -> list[Shelf]:
    return one_lesson


@dataclass
class Revealed:
    """A question that was revealed: its round, its post and its reveal."""

    round: Round
    reveal: discord.Message

    def button(self, start: str) -> str:
        """Give the custom id of the reveal's button that begins so."""
        return next(each for each in custom_ids(self.reveal) if each.startswith(start))


async def _revealed(group: World, kind: ItemKind = ItemKind.SINGLE, **answers: str) -> Revealed:
    """Ask a question with a trap, answered by name, and close it; `k` is a right letter, `t` one of a trap."""
    while True:
        message = await group.post_kind(kind)
        asked = group.bot.answering.round_of(message.id)
        assert asked is not None
        trapped = [letter for letter, option in asked.posed.options if option.trap]
        if trapped:
            break
        await group.close()
    letters = {"k": min(asked.posed.key), "t": trapped[0]}
    for name, choice in answers.items():
        for letter in choice:
            await getattr(group, name).react(message, EMOJI[letters[letter]])
    return Revealed(round=asked, reveal=await group.close())


async def _press(group: World, who: MemberActor, shown: Revealed, start: str) -> InteractionResult:
    return await who.click(group.current(shown.reveal), custom_id=shown.button(start))


def _message(result: InteractionResult) -> discord.Message:
    assert result.response is not None
    return result.response.message


async def test_a_wrong_answer_is_explained(group: World) -> None:
    """Whoever was wrong reads why, the contrast of the trap, and which option is right; nobody else sees it."""
    shown = await _revealed(group, ann="t", ben="k")
    text = said(await _press(group, group.ann, shown, "tw:why:"))
    options = dict(shown.round.posed.options)
    letter = next(letter for letter, option in shown.round.posed.options if option.trap)
    trap = group.bot.client.services.library.bank("md-102").traps[str(options[letter].trap)]
    (key,) = shown.round.posed.key
    for said_of_it in ("Why yours was wrong", "Wrong; the answer is", f"✗ {EMOJI[letter]}", trap.name, trap.tell_apart):
        assert said_of_it in text
    assert all(row.left in text and row.right in text for row in trap.contrast)
    assert f"✓ The answer: {EMOJI[key]} **{options[key].text}**\n{options[key].why}" in text


async def test_an_explanation_leads_on(group: World) -> None:
    """Below why one was wrong are the trap's card, a similar item, and the lesson where it tells of that trap."""
    shown = await _revealed(group, ann="t", ben="k")
    told = await _press(group, group.ann, shown, "tw:why:")
    trap = next(option.trap for _, option in shown.round.posed.options if option.trap)
    bank = group.bot.client.services.library.bank("md-102")
    similar, lesson, card = custom_ids(_message(told))
    assert similar.startswith("tw:drill:like:")
    assert bank.traps[trap].belief in said(await group.ann.click(_message(told), custom_id=card))
    page = page_about(bank, bank.lessons["6.2"], [trap, *shown.round.posed.traps])
    (wanted,) = (each for each in lesson_pages(bank, bank.lessons["6.2"]) if each.key == page)
    assert wanted.blocks[-1] in said(await group.ann.click(_message(told), custom_id=lesson))
    right = await _press(group, group.ben, shown, "tw:why:")
    assert [each.split(":")[1] for each in custom_ids(_message(right))] == ["drill", "learn"]


async def test_a_right_answer_is_explained(group: World) -> None:
    """Whoever was right reads why it was."""
    shown = await _revealed(group, ben="k")
    text = said(await _press(group, group.ben, shown, "tw:why:"))
    (key,) = shown.round.posed.key
    assert "Why it was right" in text
    assert "**Right: 1 mark.**" in text
    assert dict(shown.round.posed.options)[key].why in text
    assert "🪤" not in text


async def test_a_partly_right_answer_shows_the_arithmetic_and_what_was_missed(group: World) -> None:
    """Of a multi-select each choice is explained, and each right option that was missed."""
    shown = await _revealed(group, ItemKind.MULTIPLE, ann="kt")
    text = said(await _press(group, group.ann, shown, "tw:why:"))
    keyed = sorted(shown.round.posed.key)
    assert "What was right, and what was not" in text
    assert f"1 right, 1 wrong of {len(keyed)}" in text
    assert all(f"○ Missed: {EMOJI[letter]}" in text for letter in keyed[1:])


async def test_whoever_did_not_answer_can_try_it(group: World) -> None:
    """Without an answer there is a kind word, and the question itself as a drill."""
    shown = await _revealed(group)
    told = await _press(group, group.ann, shown, "tw:why:")
    assert "You let this one go by" in said(told)
    (try_it,) = custom_ids(_message(told))
    drill = await group.ann.click(_message(told), custom_id=try_it)
    assert shown.round.posed.item.stem.strip() in said(drill)


async def test_the_lesson_opens_privately(group: World) -> None:
    """The lesson is shown to whoever asks; the reveal stays what it is."""
    shown = await _revealed(group, ann="t")
    before = texts(group.current(shown.reveal))
    opened = said(await _press(group, group.ann, shown, "tw:learn:"))
    assert "· Defender for Endpoint integration and onboarding\n-# Page " in opened
    assert "Page 1 of" not in opened, "it is opened at what tells of the trap"
    assert texts(group.current(shown.reveal)) == before


async def test_a_similar_item_is_a_drill_with_feedback(group: World) -> None:
    """Another item is posed privately; the answer turns it into its explanation, and the next one takes its place."""
    shown = await _revealed(group, ann="t")
    posed = await _press(group, group.ann, shown, "tw:drill:like:")
    question, menu = said(posed), part(group, _message(posed), "tw:pick:")["custom_id"]
    assert shown.round.posed.item.stem.strip() not in question
    assert "counts on no board" in question
    fed = await group.ann.select(_message(posed), ["A"])
    assert "🎯 Practice" in said(fed)
    assert f"{EMOJI['A']} **" in said(fed)
    assert not any(each.startswith("tw:pick:") for each in custom_ids(_message(fed)))
    following = next(each for each in custom_ids(_message(fed)) if each.startswith("tw:drill:next:"))
    cards = [each for each in custom_ids(_message(fed)) if each.startswith("tw:trap:new:")]
    assert bool(cards) == ("🪤" in said(fed)), "the trap that was fallen for has its card below"
    turned = await group.ann.click(_message(fed), custom_id=following)
    assert _message(turned).id == _message(posed).id
    assert "Choose" in said(turned)
    assert said(turned) != question
    assert part(group, _message(turned), "tw:pick:")["custom_id"] != menu, "clients would show the last pick in it"
    assert "no ranked answer" not in said(await group.ann.slash(group.channel, "me"))


async def test_a_multi_select_drill_takes_several(group: World) -> None:
    """Of a multi-select item several options can be chosen, and the share is told."""
    shown = await _revealed(group, ItemKind.MULTIPLE)
    told = await _press(group, group.ann, shown, "tw:why:")
    posed = await group.ann.click(_message(told), custom_id=custom_ids(_message(told))[0])
    fed = await group.ann.select(_message(posed), ["A", "B"])
    assert f"wrong of {len(shown.round.posed.key)}" in said(fed) or "✓ Right!" in said(fed)


async def test_buttons_work_after_a_restart(group: World) -> None:
    """Reveal, drill and select are understood by a bot that did not send them."""
    shown = await _revealed(group, ann="t")
    posed = await _press(group, group.ann, shown, "tw:drill:like:")
    await group.restart()
    assert "Why yours was wrong" in said(await _press(group, group.ann, shown, "tw:why:"))
    fed = await group.ann.select(_message(posed), ["B"])
    assert "Practice" in said(fed)


async def test_sending_a_drill_twice_stores_it_once(group: World) -> None:
    """Two answers to one posing at once are stored as one."""
    shown = await _revealed(group, ann="t")
    posed = _message(await _press(group, group.ann, shown, "tw:drill:like:"))
    await asyncio.gather(*(group.ann.select(posed, [letter]) for letter in "AB"), return_exceptions=True)
    async with group.bot.store.read() as tx:
        rows = (await tx.exec_driver_sql("SELECT choice FROM practised")).all()
    assert len(rows) == 1


async def test_a_void_question_says_so(group: World) -> None:
    """Below the reveal of a round that is void since, one is told that it counts for nobody."""
    shown = await _revealed(group, ann="t")
    await group.bot.client.services.correcting.void(group.guild.id, shown.round.id)
    assert "is void (an organiser took it out)" in said(await _press(group, group.ann, shown, "tw:why:"))


@pytest.mark.parametrize("start", ["tw:why:", "tw:drill:like:", "tw:flaw:"])
@pytest.mark.parametrize("change", ["DELETE", "UPDATE rounds SET guild_id = 5", "UPDATE rounds SET reveal_id = 5"])
async def test_a_round_that_is_not_on_file_gets_a_sentence(group: World, start: str, change: str) -> None:
    """Buttons of a round that was deleted, or belongs to another server or reveal, say that it is not on file."""
    shown = await _revealed(group, ann="t")
    await group.bot.close()
    if change == "DELETE":
        for table in ("answers", "results", "slips", "rounds"):
            group.edit_database(f"DELETE FROM {table}")  # noqa: S608 - one of these names
    else:
        group.edit_database(change)
    await group.come_back()
    result = await _press(group, group.ann, shown, start)
    if "reveal_id" in change and start != "tw:why:":
        assert result.modal is not None or "Practice" in said(result)
    else:
        assert "no longer have this question on file" in said(result)


async def test_a_bank_that_is_gone_gets_a_sentence(group: World) -> None:
    """One's answer is explained from what was kept; practice and the lesson are refused in a sentence each."""
    shown = await _revealed(group, ann="t")
    posed = _message(await _press(group, group.ann, shown, "tw:drill:like:"))
    library = group.bot.client.services.library
    library._banks = {}
    assert "Why yours was wrong" in said(await _press(group, group.ann, shown, "tw:why:"))
    assert "changed or taken out" in said(await _press(group, group.ann, shown, "tw:drill:like:"))
    assert "That lesson is not here any more" in said(await _press(group, group.ann, shown, "tw:learn:"))
    assert "changed or taken out" in said(await group.ann.select(posed, ["A"]))


async def test_an_answer_that_comes_too_late_is_let_go(group: World, caplog: pytest.LogCaptureFixture) -> None:
    """When Discord has forgotten the interaction nobody can be told, and nothing is wrong."""
    shown = await _revealed(group, ann="t")
    group.env.inject_error("POST", "/interactions/*", status=404, code=10062, times=2)
    result = await _press(group, group.ann, shown, "tw:why:")
    assert result.response is None
    assert "interaction failed" not in caplog.text
