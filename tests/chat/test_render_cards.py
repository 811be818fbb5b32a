"""Traps as cards."""

from bot.chat.render.cards import trap_card
from tests.builders import make_bank, make_item, make_trap


def test_a_trap_card_contrasts_both_things() -> None:
    """A trap's card has the belief, both sides of each row, the test, and where it is met."""
    bank = make_bank([make_item(traps={"B": "door-as-lock"})])
    told = trap_card(bank, make_trap())
    assert told[0] == "### 🪤 Door ⇄ Lock\n> A door that is shut is locked."
    assert "▫️ **Door:** Shuts\n▪️ **Lock:** Locks" in told[1]
    assert told[-1].startswith("-# Met in: 1.1 Lesson 1.1\n-# Sources: [All about locks](")
