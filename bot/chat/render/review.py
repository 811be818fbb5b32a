"""Spaced review as its learner sees it: what is due, a question with how sure one is, and how it went."""

from collections.abc import Sequence

from bot.chat.letters import shown
from bot.chat.render.drill import drill_feedback, drill_question
from bot.chat.render.runs import how_it_went, place, what_caught
from bot.chat.render.text import cut, often, plural, when
from bot.domain.bank import Bank
from bot.domain.rating import Card
from bot.domain.sitting import Entry, Sitting
from bot.services.reviewing import Deck

NAME = "Review"

_LEECHES = 3
_STEM = 90
_NO_CARDS = (
    "You have no cards yet. Every question that you answer becomes one, in the channel or with `/practice`, and comes "
    "back here when you are about to forget it."
)


def review_begins(deck: Deck, count: int) -> str:
    """Write what is due at the beginning of a review of so many cards."""
    said = f"{plural(len(deck.due), 'card')} of yours due now"
    if len(deck.due) > count:
        said += f", {count} in this run"
    return f"{said}. {_next_due(deck)}".rstrip()


def nothing_due(deck: Deck) -> list[str]:
    """Write what there is when no card is due."""
    title = f"### 🔁 {NAME} · {deck.bank.short_title}\n"
    if not deck.cards:
        return [title + _NO_CARDS]
    return [f"{title}Nothing is due just now. {_next_due(deck)} {_all(deck)}", *leeches(deck)]


def review_question(bank: Bank, sitting: Sitting, entry: Entry, choice: str = "") -> list[str]:
    """Write a question; with a choice it asks how sure one is of that."""
    *texts, foot = drill_question(bank, entry.posed, name=place(NAME, sitting, entry))
    if not choice:
        return [*texts, foot]
    return [*texts, f"Your choice: {shown(choice)}\n**How sure are you?** It decides when this comes back."]


def review_feedback(bank: Bank, sitting: Sitting, entry: Entry, card: Card | None) -> list[str]:
    """Write what became of an answer, and when the item comes back; it always fits."""
    back = f"It comes back {when(card.due)}." if card is not None else ""
    return drill_feedback(
        bank, entry.posed, entry.choice or "", entry.mark, bank.traps, name=place(NAME, sitting, entry), note=back
    )


def review_result(sitting: Sitting, deck: Deck, left_out: int = 0) -> list[str]:
    """Write how a review went: what was right, what is due still and next, the traps, and what does not stick."""
    due = f"{plural(len(deck.due), 'card')} still due. " if deck.due else "Nothing is due any more. "
    return [
        f"### 🔁 {NAME} · {deck.bank.short_title}\n{how_it_went(sitting, left_out)}",
        f"{due}{_next_due(deck)} {_all(deck)}",
        *what_caught(deck.bank, sitting),
        *leeches(deck),
        "-# Only you see this, and it counts on no board. Each answer counts for the traps of `/me`.",
    ]


def leeches(deck: Deck) -> list[str]:
    """Write the cards that are forgotten again and again as one block, each with its trap; none of none."""
    items = {item.id: item for item in deck.bank.items()}
    lines = [_leech(deck.bank, items[card.item_id].stem, card) for card in deck.leeches[:_LEECHES]]
    return ["\n".join(["**These will not stick:** read them up rather than try again.", *lines])] if lines else []


def traps_of_leeches(deck: Deck) -> Sequence[str]:
    """Name the traps behind the leeches that are shown, as far as the bank has them."""
    named = dict.fromkeys(trap for card in deck.leeches[:_LEECHES] for trap in card.fallen[:1])
    return [trap for trap in named if trap in deck.bank.traps]


def _leech(bank: Bank, stem: str, card: Card) -> str:
    said = f"🪱 *{cut(' '.join(stem.split()), _STEM)}* forgotten {often(card.lapses)}"
    trap = next((bank.traps[each] for each in card.fallen if each in bank.traps), None)
    return f"{said}\n-# 🪤 {trap.name}" if trap is not None else said


def _next_due(deck: Deck) -> str:
    if deck.next_due is None:
        return ""
    return f"{'After that the' if deck.due else 'The'} next one comes {when(deck.next_due)}."


def _all(deck: Deck) -> str:
    return f"You have {plural(len(deck.cards), 'card')}."
