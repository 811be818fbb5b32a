"""Answering privately, in words: what the menu says, and the receipts for choosing and withdrawing."""

from typing import assert_never

from bot.chat.letters import shown
from bot.chat.render.marking import another_number, beside, nothing_on_file, on_file, own_answer, until
from bot.chat.render.text import cut, link_to
from bot.domain.answer import Answer, Surface
from bot.domain.errors import NotOpen
from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS
from bot.domain.rounds import Round, RoundState
from bot.services.recalling import OwnAnswer

LABEL_LIMIT = 100
"""Characters in one line of a menu."""


def instruction(asked: Round) -> str:
    """Say how many options to choose, as the post does."""
    return KINDS[asked.posed.item.kind].instruction(len(asked.posed.key))


def label(letter: str, text: str) -> str:
    """Write an option on one line of a menu, shortened at a word where it is too long."""
    start, whole = f"{letter}. ", " ".join(text.split())
    room = LABEL_LIMIT - len(start)
    if len(whole) <= room:
        return start + whole
    short = cut(whole, room)
    # A command or an address has no words to cut at.
    return start + (short if len(short) > room // 2 else f"{whole[: room - 1]}…")


def menu(own: OwnAnswer) -> str:
    """Write what stands above the menu: what is on file, and what choosing does."""
    return f"{_what_choosing_does(own)}{_where_whole(own.round)}"


def receipt(own: OwnAnswer) -> str:
    """Confirm a private answer: what is recorded, since when, and what would replace it."""
    asked, answer = own.round, own.answer
    if answer is None or not answer.given or answer.surface is not Surface.PRIVATE or _is_shut(asked):
        # Something that happened at the same moment came after it.
        return own_answer(own)
    return (
        f"✅ {on_file(answer)}{beside(answer)}\n"
        f"Change it here until {until(asked)}.{_gives_way(asked)}{another_number(asked, answer)}"
    )


def withdrawn(own: OwnAnswer, before: Answer | None) -> str:
    """Confirm that an answer is withdrawn, and what it was; `before` is `None` when there was nothing to withdraw."""
    asked, answer = own.round, own.answer
    if _is_shut(asked):
        return own_answer(own)
    if before is None or answer is None or answer.given:
        return menu(own)
    return (
        f"✅ Withdrawn: {shown(before.choice)} {'is' if len(before.choice) == 1 else 'are'} no longer your answer."
        f"{beside(answer)}\nChoose again here until {until(asked)}{_or_by_letter(asked, answer)}."
    )


def closed(own: OwnAnswer) -> str:
    """Say that a question takes no answers any more, and what became of one's own."""
    if own.round.state is RoundState.VOID:
        return own_answer(own)
    return f"{NotOpen()}\n{own_answer(own)}"


def _what_choosing_does(own: OwnAnswer) -> str:
    answer, choose = own.answer, f"**{instruction(own.round)}**"
    if answer is None or not answer.given:
        return f"{nothing_on_file(answer)}\n{choose}: only you see it, and it counts once I confirm it here."
    if answer.unresolved:
        return (
            f"I found {shown(answer.choice)} from you at once when I came back, and cannot tell which you tapped last: "
            f"so far this scores nothing. {choose} here, and that is your answer."
        )
    replaced = "What you choose here replaces it, and only you see it."
    return f"{on_file(answer)}{beside(answer)}\n{replaced}{another_number(own.round, answer)}"


def _or_by_letter(asked: Round, answer: Answer) -> str:
    if not asked.by_letter:
        return ""
    anew = "; a letter that is still there counts again once you take it away and add it anew" if answer.letters else ""
    return f", or add a letter under the question{anew}"


def _gives_way(asked: Round) -> str:
    if not asked.by_letter:
        return ""
    kind = asked.posed.item.kind
    match kind:
        case ItemKind.SINGLE:
            added = "A letter you add under the question later replaces it"
        case ItemKind.MULTIPLE:
            added = "A letter you add under the question later replaces it with all the letters you have there"
        case _:
            assert_never(kind)
    return f" {added}; taking letters away does not."


def _where_whole(asked: Round) -> str:
    if not any(label(letter, option.text).endswith("…") for letter, option in asked.posed.options):
        return ""
    post = link_to(asked.guild_id, asked.channel_id, asked.message_id)
    return f"\n-# Long options are cut short here: [the question]({post}) has them whole."


def _is_shut(asked: Round) -> bool:
    return asked.state is not RoundState.OPEN
