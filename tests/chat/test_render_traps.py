"""Traps as text: the card, and the organisers' list."""

from dataclasses import replace

import pytest

from bot import app
from bot.chat.render.sizes import components, too_large
from bot.chat.render.text import LAYOUT_LIMIT
from bot.chat.render.traps import server_traps, trap_card
from bot.chat.trap_buttons import trap_layout
from bot.domain.bank import Bank
from bot.domain.profile import Crowd, Share
from bot.services.profiles import SHOWN, Insight
from tests.builders import make_bank, make_item, make_trap


def test_a_trap_card_contrasts_both_things() -> None:
    """A card has the belief, both names with their signs, each row as two lines, why it tempts, the test, sources."""
    told = trap_card(make_bank([make_item(traps={"B": "door-as-lock"})]), make_trap())
    assert told[0] == "### 🪤 Door ⇄ Lock\n**The mistaken belief**\n> A door that is shut is locked."
    assert told[1] == "🔸 **Door**\n🔹 **Lock**\n\n🔸 Shuts\n🔹 Locks\n\n🔸 Has hinges\n🔹 Has a key"
    assert "Both keep the wind out." in told[2]
    assert "Try the handle." in told[3]
    assert told[-1] == "-# Sources: [All about locks](https://example.org/locks)"


def test_the_largest_card_the_format_allows_fits() -> None:
    """Every text as long as the format lets it be: the card with its buttons is still within Discord's limits."""
    row = replace(make_trap().contrast[0], left="l" * 110, right="r" * 110)
    near = [replace(make_trap(f"t{number}-{'x' * 37}"), left="L" * 45, right="R" * 45) for number in range(5)]
    trap = replace(near[0], belief="b" * 200, why_tempting="w" * 300, contrast=(row,) * 5, tell_apart="t" * 200)
    items = [make_item(traps={"B": trap.id})]
    bank = make_bank(items, bank_id="b" * 40, traps=[trap, *near[1:]])
    assert list(too_large(bank)) == []
    layout = trap_layout(bank, trap)
    assert layout.content_length() <= LAYOUT_LIMIT
    assert layout.total_children_count <= 40
    assert all(len(each.custom_id) <= 100 for each in layout.walk_children() if hasattr(each, "custom_id"))


def test_a_trap_that_leads_nowhere_has_a_card_all_the_same() -> None:
    """Without items, lessons and traps near it a card is text alone."""
    layout = trap_layout(make_bank(), make_trap())
    assert layout.total_children_count == components(5)


@pytest.fixture(scope="module", name="shipped")
def _shipped() -> list[Bank]:
    """Give the banks that come with Trapwise."""
    return [shelf.bank for shelf in app.load_shelves([app.shipped_content()])]


def test_every_shipped_trap_leads_on(shipped: list[Bank]) -> None:
    """Each card offers an item, a lesson and at least two traps near it."""
    for bank in shipped:
        for trap in bank.traps.values():
            ids = [str(getattr(each, "custom_id", "")) for each in trap_layout(bank, trap).walk_children()]
            kinds = [each.split(":")[1] for each in ids if each.startswith("tw:")]
            assert "drill" in kinds, trap.id
            assert kinds.count("trap") >= 2, trap.id
            assert len(kinds) > kinds.count("drill") + kinds.count("trap"), trap.id


def _insight(recent: Share | None, before: Share | None) -> Insight:
    members = Crowd(met=8, least=3, most=3)
    return Insight(bank=make_bank(), trap=make_trap(), members=members, recent=recent, before=before)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (Crowd(met=8, least=4, most=4), "4 of 8 members"),
        (Crowd(met=8, least=1, most=2), "1 or 2 of 8 members"),
        (Crowd(met=8, least=6, most=8), "At least 6 of 8 members"),
    ],
)
def test_how_many_fell_is_told_as_far_as_it_may_be(members: Crowd, said: str) -> None:
    """A number, or the range that it lies in."""
    _, told, _ = server_traps([replace(_insight(None, None), members=members)])
    assert told.splitlines()[1] == f"{said} fell for it"


@pytest.mark.parametrize(
    ("recent", "before", "said"),
    [
        (
            Share(met=10, fell=2),
            Share(met=4, fell=3),
            ["Last 30 days: 2 of 10 answers (20 %)", "Before: 75 %, so ↘ getting better"],
        ),
        (
            Share(met=4, fell=4),
            Share(met=4, fell=3),
            ["Last 30 days: 4 of 4 answers (100 %)", "Before: 75 %, so ↗ getting worse"],
        ),
        (
            Share(met=4, fell=3),
            Share(met=8, fell=6),
            ["Last 30 days: 3 of 4 answers (75 %)", "Before: 75 %, so → much the same"],
        ),
        (Share(met=4, fell=3), None, ["Last 30 days: 3 of 4 answers (75 %)"]),
        (None, Share(met=4, fell=3), ["Last 30 days: not told, as it would be about too few members"]),
        (None, None, ["Last 30 days: not told, as it would be about too few members"]),
    ],
)
def test_the_trend_is_told_in_words(recent: Share | None, before: Share | None, said: list[str]) -> None:
    """Better, worse or much the same, with both shares; what may not be told is said to be about too few."""
    _, told, _ = server_traps([_insight(recent, before)])
    assert told.splitlines() == ["**1. Door ⇄ Lock**", "3 of 8 members fell for it", *said]


def test_the_organisers_list_says_its_rule() -> None:
    """With or without traps, it says how far back it looks and what is left out; the longest list fits."""
    assert "None yet" in server_traps([])[1]
    told = server_traps([_insight(Share(met=10**6, fell=2), Share(met=10**6, fell=3))] * SHOWN)
    for each in (server_traps([])[-1], told[-1]):
        assert "last 180 days" in each
        assert "fewer than 5 members" in each
    assert sum(map(len, told)) < LAYOUT_LIMIT
