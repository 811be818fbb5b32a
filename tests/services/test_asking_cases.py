"""Schedules and quizzes that may ask generated cases: what they ask, and that nothing later changes a round."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.errors import NothingToAsk, OnlyCases, OrganisersOnly
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.case import seed_of
from bot.domain.scenarios.finding import diagnose, key_of, traits_of_case
from tests.builders import NOW, make_trap
from tests.domain.labs import make_fault, make_lab, make_link
from tests.domain.test_scenario_drawing import bank_of
from tests.services.house import House, right, wrong
from tests.services.quiz_house import HOST, OLIVE, WISH, asked, finish, items, start


@pytest.fixture
async def lab(house: House) -> House:
    """A house whose bank is one chain (lesson 1.1, with no item) and one written item (lesson 9.1)."""
    links = [make_link(name, [make_fault(name, each, trap="door-as-lock") for each in (0, 1)]) for name in "abcd"]
    house.banks = (replace(bank_of(make_lab(links)), traps={"door-as-lock": make_trap()}),)
    await house.restart()
    return house


async def _explained(house: House) -> Round:
    """One round from planning to its reveal."""
    asked = await house.posted()
    await house.organising.close_now(100, asked.id)
    await house.work()
    house.clock.advance(minutes=5)
    return await house.round(asked.id)


def _change_the_chain(house: House) -> None:
    """Let the next start read a bank whose chain tells its cases in other words."""
    bank = house.banks[0]
    lesson = bank.lessons["1.1"]
    assert lesson.chain is not None
    links = tuple(replace(link, evidence=f"It is known: {link.evidence}") for link in lesson.chain.links)
    changed = replace(lesson, chain=replace(lesson.chain, links=links))
    house.banks = (replace(bank, lessons={**bank.lessons, "1.1": changed}),)


async def test_a_schedule_asks_cases_only_when_it_may(lab: House) -> None:
    """Without leave the one item comes again and again; with it cases come between, and never the same twice."""
    await lab.schedule()
    for _ in range(3):
        assert (await _explained(lab)).posed.item.id == "9.1-001"
    await lab.organising.edit(100, "Daily question", {"cases": True})
    asked = [(await _explained(lab)).posed.item.id for _ in range(15)]
    keys = [key_of(lab.banks[0], each) for each in asked]
    assert None not in keys
    assert len(set(keys)) == len(keys)


async def test_a_case_is_told_once_to_a_server_not_to_a_schedule(lab: House) -> None:
    """What one schedule asked, another of the same server does not ask again, in whatever words."""
    await lab.schedule(cases=True, per_day=5)
    await lab.schedule(cases=True, per_day=5, name="Second", channel_id=201)
    elsewhere = await lab.schedule(cases=True, guild_id=555)
    for _ in range(3):
        lab.clock.now = (await lab.schedule_now()).next_run or NOW
        await lab.work()
    asked = lab.rows("SELECT item_id, case_key FROM rounds WHERE guild_id = 100 ORDER BY id")
    assert all(key_of(lab.banks[0], item_id) == key for item_id, key in asked)
    keys = [key for _, key in asked if key is not None]
    assert len(keys) >= 25
    assert len(set(keys)) == len(keys)
    assert lab.rows("SELECT COUNT(*) FROM rounds WHERE schedule_id = ?", elsewhere.id) == [(3,)]


async def test_the_preview_of_a_case_is_what_is_asked(lab: House) -> None:
    """Whichever it will be, item or case, in the very words and order."""
    await lab.schedule(cases=True)
    for _ in range(5):
        preview = await lab.organising.preview(100, None)
        assert (await _explained(lab)).posed == preview.posed


async def test_a_case_is_a_snapshot(lab: House) -> None:
    """A change of the chain while it is open changes nothing: wording, marks and explanation are those it had."""
    await lab.schedule(cases=True, topic="1.1")
    asked = await lab.posted()
    while len(asked.posed.key) != 1 or not any(option.trap for _, option in asked.posed.options):
        asked = await lab.posted()
    await lab.tap(asked, 1, right(asked))
    await lab.tap(asked, 2, wrong(asked)[0])
    _change_the_chain(lab)
    await lab.restart()
    await lab.organising.close_now(100, asked.id)
    await lab.work()
    after = await lab.round(asked.id)
    assert after.state is RoundState.EXPLAINED
    assert after.posed == asked.posed
    own = await lab.recalling.own_here(asked.id, 100, 2)
    assert own.mark is not None
    assert own.mark.fraction == 0
    assert {row[1:3] for row in lab.results() if row[0] == asked.id} == {(1, 5040), (2, 0)}
    told = next(each for each in lab.publisher.reveals if each.round.id == asked.id)
    assert told.traps
    assert told.diagnosis is None


async def test_the_reveal_of_a_case_says_what_was_wrong(lab: House) -> None:
    """As long as its chain stands as it was, a case's reveal comes with its diagnosis; a written item's has none."""
    await lab.schedule(cases=True)
    for _ in range(8):
        await _explained(lab)
    told = {each.round.posed.item.id: each for each in lab.publisher.reveals}
    assert told["9.1-001"].diagnosis is None
    cases = [each for item_id, each in told.items() if seed_of(item_id) is not None]
    assert cases
    for each in cases:
        assert each.diagnosis == diagnose(lab.banks[0], each.round.posed.item) is not None


async def test_organisers_are_not_warned_of_few_items_while_cases_follow(lab: House) -> None:
    """The warning is for schedules that will repeat themselves."""
    await lab.schedule(cases=True)
    await _explained(lab)
    assert lab.notices() == []
    await lab.schedule(guild_id=555)
    await lab.posted(guild_id=555)
    assert "0 items left" in lab.notices()[0]


async def test_a_due_schedule_asks_cases_too(lab: House) -> None:
    """The daily run mixes as a question asked by hand does, five a day without a repetition."""
    await lab.schedule(cases=True, per_day=5)
    lab.clock.now = NOW + timedelta(hours=22, minutes=30)
    await lab.work()
    asked = [row[0] for row in lab.rows("SELECT item_id FROM rounds")]
    assert len(set(asked)) == 5
    assert sum(seed_of(each) is not None for each in asked) >= 4


async def test_a_case_can_be_voided(lab: House) -> None:
    """A generated item is taken off the boards like any other, and its reveal still says what was wrong."""
    await lab.schedule(cases=True, topic="1.1")
    asked = await lab.posted()
    await lab.organising.close_now(100, asked.id)
    await lab.work()
    await lab.correcting.void(100, asked.id)
    assert (await lab.round(asked.id)).state is RoundState.VOID
    assert lab.publisher.corrected[-1].diagnosis is not None


async def test_a_quiz_asks_cases_only_when_an_organiser_says_so(lab: House) -> None:
    """Without leave a quiz has the one written item; with it as many as wanted, and what each reveal says is right."""
    with pytest.raises(OrganisersOnly):
        await lab.quizzing.start(HOST, replace(WISH, cases=True))
    plain = await start(lab, count=6)
    assert plain.count == 1
    await lab.quizzing.stop(HOST)
    await lab.work()
    item: Round | None = await asked(lab, OLIVE, count=6, cases=True)
    while item is not None:
        await lab.tap(item, 1, "".join(item.posed.key))
        item = await finish(lab, item)
    found = [each.posed.item for each in await items(lab, 2)]
    keys = {key_of(lab.banks[0], each.id) for each in found}
    assert (len(found), len(keys - {None})) == (6, 5)
    assert [each.diagnosis for each in lab.publisher.reveals] == [diagnose(lab.banks[0], each) for each in found]


async def test_a_case_of_a_quiz_is_a_snapshot(lab: House) -> None:
    """A change of the chain while it is open changes neither its wording nor its marks; the drawing is left out."""
    item = await asked(lab, OLIVE, cases=True, topic="1.1")
    _change_the_chain(lab)
    await lab.restart()
    await lab.tap(item, 1, "".join(item.posed.key))
    await finish(lab, item)
    assert (await lab.round(item.id)).posed == item.posed
    assert lab.results() == [(item.id, 1, 5040, 0)]
    assert [each.diagnosis for each in lab.publisher.reveals] == [None]


async def test_a_quiz_on_a_trap_has_no_cases(lab: House) -> None:
    """Its lobby would tell what is wrong in them, so there are only written items; where none has it, it is refused."""
    with pytest.raises(NothingToAsk, match="choose another topic, trap or difficulty"):
        await start(lab, OLIVE, cases=True, trap="door-as-lock")


async def test_a_lesson_with_nothing_but_a_chain_is_a_topic_of_cases(lab: House) -> None:
    """Schedules and quizzes that may ask cases take it, and every question is one; without leave it is refused so."""
    refused = "has only generated cases about `1.1`: use `/scenario`, or `cases:True` for a quiz or a schedule"
    with pytest.raises(OnlyCases, match=refused):
        await start(lab, OLIVE, topic="1.1")
    await lab.schedule()
    with pytest.raises(OnlyCases, match=refused):
        await lab.organising.edit(100, "Daily question", {"topic": "1.1"})
    await lab.organising.edit(100, "Daily question", {"topic": "1.1", "cases": True})
    assert seed_of((await _explained(lab)).posed.item.id) is not None
    with pytest.raises(OnlyCases, match=refused):
        await lab.organising.edit(100, "Daily question", {"cases": False})
    item = await asked(lab, OLIVE, topic="1.1", cases=True)
    assert seed_of(item.posed.item.id) is not None


async def test_what_is_asked_together_gives_nothing_away(lab: House) -> None:
    """Of cases that are open at the same time no two have the same wrong, whatever schedule asks them."""
    await lab.schedule(cases=True, topic="1.1", per_day=5)
    await lab.schedule(cases=True, topic="1.1", per_day=5, name="Second", channel_id=201)
    for name in ("Daily question", "Second"):
        await lab.organising.post_now(100, name, count=5)
    await lab.work()
    found = [traits_of_case(lab.banks[0], row[0]) for row in lab.rows("SELECT item_id FROM rounds")]
    truths = [traits.truth for traits in found if traits is not None]
    assert len(truths) == len(set(truths)) == 10


async def test_a_quiz_like_one_with_cases_has_them_when_an_organiser_starts_it(lab: House) -> None:
    """Played again by an organiser there are cases again; by anyone else there are none, as with points."""
    await start(lab, OLIVE, cases=True)
    await lab.quizzing.stop(OLIVE)
    await lab.work(4)
    again = await lab.quizzing.again(OLIVE, 1)
    assert (again.cases, again.count) == (True, 3)
    await lab.quizzing.stop(OLIVE)
    await lab.work(4)
    again = await lab.quizzing.again(HOST, 1)
    assert (again.cases, again.count) == (False, 1)


async def test_the_next_quiz_asks_other_cases(lab: House) -> None:
    """No case comes twice in the quizzes of a server while there are others, in whatever words."""
    for _ in range(2):
        item: Round | None = await asked(lab, OLIVE, count=12, cases=True, topic="1.1")
        while item is not None:
            await lab.tap(item, 1, "".join(item.posed.key))
            item = await finish(lab, item)
    keys = [key_of(lab.banks[0], row[0]) for row in lab.rows("SELECT item_id FROM rounds")]
    assert (len(keys), len(set(keys))) == (24, 24)
