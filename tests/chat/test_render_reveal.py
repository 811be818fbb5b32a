"""The reveal as text: what it teaches, and that it always fits into a message."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import app
from bot.chat.render.reveal import reveal
from bot.chat.render.sizes import components
from bot.chat.render.text import LAYOUT_LIMIT, when
from bot.domain.bank import Bank, Source
from bot.domain.item import Item, ItemKind
from bot.domain.rounds import RoundState
from bot.domain.scenarios.case import Flaw
from bot.domain.scenarios.finding import Diagnosis
from bot.domain.standings import Score, Standing
from bot.domain.tally import Tally
from bot.domain.trap import Trap
from bot.services.ports import Reveal
from tests.builders import NOW, make_chain, make_item, make_posed, make_round, make_trap

_SHIPPED = [shelf.bank for shelf in app.load_shelves([app.shipped_content()])]
_COUNTS = st.integers(min_value=0, max_value=200_000)
_BUTTONS = 4
_UGLY = st.one_of(st.text(max_size=40), st.sampled_from(["_" * 32, "<" * 40, "W" * 32, "://" * 20, ""]))


def _told(item: Item | None = None) -> Reveal:
    """Tell of four answers, one right and the others wrong, to a single-select item with a trap on B and C."""
    posed = make_posed(item or make_item(traps={"B": "door-as-lock", "C": "door-as-lock"}))
    chosen = {"A": 1, "B": 2, "C": 1}
    return Reveal(
        round=make_round(posed),
        bank_title="Sample",
        lesson_id="1.1",
        lesson_title="Locks",
        tally=Tally(
            participants=4,
            fully_right=1,
            unresolved=0,
            chosen={letter: chosen.get(letter, 0) for letter in posed.letters},
            results=(),
        ),
        traps={"door-as-lock": make_trap()},
        sources=(Source(id="LOCK", title="All about locks", url="https://example.org/locks", checked=NOW.date()),),
        top=(_standing("Ann"),),
        earners=1,
    )


def _standing(name: str, place: int = 1, units: int = 5040) -> Standing:
    return Standing(rank=place, score=Score(member_id=place, name=name, units=units, answered=1, right=1))


def _stretched(draw: st.DrawFn, limit: int) -> str:
    return draw(st.sampled_from(["x", "x y ", "_"])) * draw(st.integers(min_value=1, max_value=limit))


@st.composite
def _of_any_item(draw: st.DrawFn) -> tuple[Item, Mapping[str, Trap], tuple[Source, ...]]:
    """Draw an item of the shipped bank, or one with texts far beyond what any bank may have."""
    if draw(st.booleans()):
        bank: Bank = draw(st.sampled_from(_SHIPPED))
        item: Item = draw(st.sampled_from(list(bank.items())))
        return item, {each: bank.traps[each] for each in item.traps}, tuple(bank.sources[e] for e in item.sources)
    item = make_item(options=10, key="ABC"[: draw(st.integers(min_value=1, max_value=3))], traps={"D": "door-as-lock"})
    options = tuple(replace(each, text=_stretched(draw, 300), why=_stretched(draw, 900)) for each in item.options)
    trap = replace(make_trap(), left=_stretched(draw, 60), why_tempting=_stretched(draw, 900))
    source = Source(id="S", title="s", url=f"https://example.org/{'x' * 480}", checked=date.max)
    return replace(item, options=options), {trap.id: trap}, (source,) * 4


@st.composite
def _diagnoses(draw: st.DrawFn) -> Diagnosis:
    """Draw what was wrong in a chain of up to ten links, with texts as long as they may be or far longer."""
    chain = make_chain(draw(st.integers(min_value=3, max_value=10)))
    links = tuple(replace(link, title=_stretched(draw, 60)) for link in chain.links)
    flaws = tuple(
        Flaw(place=place, link=link, fault=replace(link.faults[0], name=_stretched(draw, 400)))
        for place, link in enumerate(links[:2])
    )
    return Diagnosis(chain=replace(chain, links=links), flaws=flaws)


@given(
    _of_any_item(),
    st.lists(_COUNTS, min_size=10, max_size=10),
    st.lists(_UGLY, max_size=15),
    st.tuples(st.booleans(), st.sampled_from([None, RoundState.VOID, RoundState.EXPLAINED])),
    st.none() | _diagnoses(),
)
def test_the_reveal_always_fits(
    asked: tuple[Item, Mapping[str, Trap], tuple[Source, ...]],
    counts: list[int],
    names: list[str],
    fate: tuple[bool, RoundState | None],
    diagnosis: Diagnosis | None,
) -> None:
    """Whatever the item, the numbers and the names, the reveal is one message that names the key and the shares."""
    (item, traps, sources), (late, corrected) = asked, fate
    told = replace(
        _told(item),
        traps=traps,
        sources=sources,
        top=tuple(_standing(name, n, n * 77) for n, name in enumerate(names)),
        earners=len(names),
        diagnosis=diagnosis,
    )
    chosen = dict(zip(told.round.posed.letters, counts, strict=False))
    told = replace(
        told,
        round=replace(
            told.round,
            closed_late=late,
            state=corrected or told.round.state,
            void_reason="an organiser took it out" if corrected else None,
        ),
        asked_again=True,
        tally=replace(told.tally, participants=max(counts), fully_right=min(counts), chosen=chosen),
    )
    texts = reveal(told)
    assert sum(map(len, texts)) <= LAYOUT_LIMIT
    assert all(texts)
    assert components(len(texts) + (diagnosis is not None), _BUTTONS) <= 40
    assert "### The answer" in texts[0]
    assert any(text.startswith(f"**{max(counts)} answer") for text in texts)
    assert any(text.startswith("**The chain**") for text in texts) is (diagnosis is not None)


def test_a_case_says_what_was_wrong_after_its_key() -> None:
    """The chain comes second, and stays however scarce the room is: the picture beside it may say no more than it."""
    chain = make_chain()
    flaw = Flaw(place=1, link=chain.links[1], fault=chain.links[1].faults[0])
    told = replace(_told(), diagnosis=Diagnosis(chain=chain, flaws=(flaw,)))
    key, words, *others = reveal(told)
    assert words == (
        "**The chain**\n✓ 1 Lock 1\n✗ 2 **Lock 2**: Bolt 2 is too short\n✓ 3 Lock 3\nNot reached: The door stays shut."
    )
    assert [key, *others] == reveal(_told())
    long = replace(flaw, fault=replace(flaw.fault, name="x" * 3900))
    cut_down = reveal(replace(told, diagnosis=Diagnosis(chain=chain, flaws=(long,))))
    assert "**The chain**\n✓ 1 Lock 1\n✗ 2 **Lock 2**: xxx" in cut_down[1]
    assert cut_down[1].endswith("…\n✓ 3 Lock 3\nNot reached: The door stays shut.")
    assert not any("🪤" in text for text in cut_down)


def test_a_distractor_says_how_many_chose_it() -> None:
    """Each chosen distractor has its count, its rationale and its trap; one that nobody chose is left out."""
    most, next_most = reveal(_told())[1:3]
    assert most == (
        "✗ 🇧 **Option B** · 2 of 4\nOption B: that is why.\n🪤 **The trap: Door ⇄ Lock**\nBoth keep the wind out.\n"
        "*Tell them apart:* Try the handle."
    )
    assert next_most == "✗ 🇨 **Option C** · 1 of 4\nOption C: that is why.\n🪤 **The trap: Door ⇄ Lock**, as above"
    assert "Option D" not in "".join(reveal(_told()))


def test_a_distractor_without_a_trap_has_its_rationale() -> None:
    """A trap that the bank no longer has is not named."""
    assert reveal(replace(_told(), traps={}))[1] == "✗ 🇧 **Option B** · 2 of 4\nOption B: that is why."


def test_shares_count_who_settled() -> None:
    """Whoever never settled on a letter took part, and is in nobody's share."""
    told = _told()
    shares = reveal(replace(told, tally=replace(told.tally, participants=5, unresolved=1)))[3]
    assert shares.startswith("**5 answers**, 1 fully right, 1 never settled\n🇦 25 % (1) ▰▰▱▱▱▱▱▱▱▱ ✓\n🇧 50 % (2) ")
    nobody = replace(told.tally, participants=0, fully_right=0, chosen=dict.fromkeys("ABCD", 0))
    assert "**0 answers**, nobody answered this time\n🇦 0 % (0)" in "\n".join(reveal(replace(told, tally=nobody)))


def _corrected(state: RoundState, *, participants: int = 4, asked_again: bool = False) -> str:
    """Write the beginning of a reveal whose round an organiser took off the boards at some time."""
    told = _told()
    return reveal(
        replace(
            told,
            round=replace(told.round, state=state, void_reason="an organiser took it out"),
            tally=replace(told.tally, participants=participants),
            asked_again=asked_again,
        )
    )[0]


def test_everyone_reads_what_a_correction_changed() -> None:
    """A void round tells how many results went, one that counts again how many are back; both of later answers."""
    void, again = _corrected(RoundState.VOID), _corrected(RoundState.EXPLAINED)
    assert void.startswith("**This question is void: it counts for nobody.** An organiser took its 4 results off the")
    assert again.startswith(
        "**This question counts again.** An organiser had taken its 4 results off the boards, and has"
    )
    assert "later" not in void + again
    assert "practice only because of this one is ranked now" in _corrected(RoundState.VOID, asked_again=True)
    assert "is practice again" in _corrected(RoundState.EXPLAINED, asked_again=True)
    for state in (RoundState.VOID, RoundState.EXPLAINED):
        assert "its 1 result" in _corrected(state, participants=1)
        assert "result" not in _corrected(state, participants=0)
        assert "### The answer" in _corrected(state)


@pytest.mark.parametrize(("key", "title"), [("A", "### The answer\n"), ("AB", "### The answers\n")])
def test_the_key_comes_first(key: str, title: str) -> None:
    """The reveal opens with the key and its rationale."""
    told = _told(make_item(key=key))
    assert told.round.posed.item.kind is (ItemKind.SINGLE if key == "A" else ItemKind.MULTIPLE)
    assert reveal(told)[0].startswith(f"{title}✓ 🇦 **Option A**\nOption A: that is why.")


def test_a_late_close_is_told_with_its_own_time() -> None:
    """A round that closed late says so, and shows when it really closed."""
    told = _told()
    late = NOW + timedelta(days=2)
    closed = replace(told, round=replace(told.round, closing_at=late, closed_late=True))
    assert f"Closed {when(late, 'f')}." in reveal(closed)[-1]
    assert "this closed late" in reveal(closed)[0]
    assert f"Closed {when(told.round.closes_at, 'f')}." in reveal(told)[-1]
    assert "late" not in reveal(told)[0]


def test_the_least_chosen_distractors_shrink_first() -> None:
    """When not everything fits, the most chosen distractor keeps its explanation longest, and the key stays whole."""
    item = make_item(options=10, traps=dict.fromkeys("BCDE", "door-as-lock"))
    item = replace(item, options=tuple(replace(each, why="w " * 350) for each in item.options))
    told = _told(item)
    chosen = {letter: 10 - place for place, letter in enumerate(told.round.posed.letters)}
    texts = reveal(replace(told, tally=replace(told.tally, participants=55, chosen=chosen)))
    assert "w " * 350 in texts[0]
    assert "w " * 350 in texts[1]
    assert "Tell them apart" in texts[1]
    assert texts[4] == "✗ 🇪 **Option E** · 6 of 55\n🪤 **The trap: Door ⇄ Lock**"


def test_the_top_names_ten() -> None:
    """Ten members are named, and the others counted."""
    top = tuple(_standing(f"m{place}", place) for place in range(1, 11))
    line = reveal(replace(_told(), top=top, earners=12))[-2]
    assert line.startswith("**Top of the day:** 1. m1 (1), ")
    assert line.endswith("10. m10 (1), and 2 more")
    assert "Top of the day" not in "".join(reveal(replace(_told(), top=())))


def test_a_round_from_a_bank_of_long_titles_still_fits() -> None:
    """Even a snapshot that no check of today would let pass is told within the limit."""
    told = replace(_told(), lesson_title="long " * 2000)
    assert 0 < sum(map(len, reveal(told))) <= LAYOUT_LIMIT
