"""What people look at: boards, their own progress and answers, the library, notices; and the registry of commands."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from bot.domain.errors import (
    ForeignPost,
    NoCases,
    OnlyCases,
    SeveralTraps,
    UnknownBank,
    UnknownLesson,
    UnknownTopic,
    UnknownTrap,
)
from bot.domain.item import Image
from bot.domain.rounds import Round
from bot.domain.scenarios.generating import has_cases
from bot.domain.standings import Period
from bot.services.library import MAX_SUGGESTIONS, Library, Shelf
from bot.services.registry import CommandRegistry
from bot.storage import schedules, tables
from tests.builders import NOW, make_bank, make_item, make_trap
from tests.domain.labs import make_fault, make_lab, make_link
from tests.domain.test_scenario_drawing import bank_of
from tests.services.house import MINUTE, House, right, wrong


async def play(house: House, right_by: range, wrong_by: range = range(0)) -> Round:
    """Ask a question, let members answer right or fall for its trap, and reveal it."""
    asked = await house.posted(open_for=MINUTE)
    for member in right_by:
        await house.tap(asked, member, right(asked))
    for member in wrong_by:
        await house.tap(asked, member, wrong(asked)[0])
    house.clock.now = asked.closes_at
    await house.work()
    return asked


async def test_a_board_has_pages_and_always_the_viewers_own_rank(group: House) -> None:
    """Ten rows a page, ties 1-2-2-4 by name, the nearest page for one that is not there, and one's own standing."""
    await play(group, range(1, 13), range(13, 15))
    await play(group, range(1, 2))
    first = await group.standings.board(100, 14, Period.ALL_TIME, 1)
    assert (first.page, first.pages, first.people, len(first.rows)) == (1, 2, 14, 10)
    ranked = [(each.rank, each.score.name) for each in first.rows]
    assert ranked[:3] == [(1, "Member 1"), (2, "Member 10"), (2, "Member 11")]
    assert first.own is not None
    assert (first.own.rank, first.own.score.units) == (13, 0)
    last = await group.standings.board(100, 99, Period.ALL_TIME, 99)
    assert (last.page, len(last.rows), last.own) == (2, 4, None)
    assert (await group.standings.board(100, 1, Period.ALL_TIME, -5)).page == 1
    elsewhere = await group.standings.board(101, 1, Period.ALL_TIME, 1)
    assert (elsewhere.pages, elsewhere.people, list(elsewhere.rows)) == (1, 0, [])


async def test_the_week_begins_on_monday_where_the_server_lives(group: House) -> None:
    """This week's board counts from Monday by the server's zone; all time counts everything."""
    async with group.store.write() as tx:
        await schedules.set_zone(tx, 100, ZoneInfo("America/New_York"))
    group.clock.now = NOW.replace(hour=4, minute=30)  # Sunday, half past eleven in the evening, in New York
    await play(group, range(1, 2))
    assert (await group.standings.board(100, 1, Period.WEEK, 1)).people == 1
    group.clock.now = NOW.replace(hour=5, minute=30)
    assert (await group.standings.board(100, 1, Period.WEEK, 1)).people == 0
    await play(group, range(2, 3))
    assert [each.score.member_id for each in (await group.standings.board(100, 1, Period.WEEK, 1)).rows] == [2]
    assert (await group.standings.board(100, 1, Period.ALL_TIME, 1)).people == 2


async def test_ones_own_progress(group: House) -> None:
    """One's standings of all time and this week; nothing before the first answer."""
    await play(group, range(1, 2), range(2, 3))
    await play(group, range(1, 2), range(2, 3))
    own = await group.standings.progress(100, 2)
    assert own.all_time is not None
    assert own.week is not None
    assert (own.all_time.rank, own.all_time.score.answered, own.all_time.score.right) == (2, 2, 0)
    nobody = await group.standings.progress(100, 9)
    assert (nobody.all_time, nobody.week) == (None, None)


async def test_ones_own_answer(group: House) -> None:
    """While a round is open one sees one's answer without a mark, afterwards with it, across a restart."""
    asked = await group.posted(open_for=MINUTE)
    message = asked.message_id or 0
    assert (await group.recalling.own(asked.id, message, 1)).answer is None
    await group.tap(asked, 1, right(asked))
    own = await group.recalling.own(asked.id, message, 1)
    assert own.answer is not None
    assert (own.answer.choice, own.mark, own.ranked) == (right(asked), None, None)
    group.clock.now = asked.closes_at
    await group.work()
    await group.restart()
    own = await group.recalling.own(asked.id, message, 1)
    assert own.mark is not None
    assert (own.mark.right, own.mark.wrong, own.mark.keyed) == (1, 0, 1)
    assert own.ranked is True
    nobody = await group.recalling.own(asked.id, message, 2)
    assert (nobody.mark, nobody.ranked) == (None, None)
    async with group.store.write() as tx:
        await tx.execute(sa.update(tables.results).values(ranked=False))
    assert (await group.recalling.own(asked.id, message, 1)).ranked is False


async def test_a_button_on_another_post_shows_nothing(group: House) -> None:
    """A round that is not on file, or not on this post, is a sentence and nobody's answer."""
    asked = await group.posted()
    for round_id, message_id in ((asked.id, 1), (99, asked.message_id or 0)):
        with pytest.raises(ForeignPost):
            await group.recalling.own(round_id, message_id, 1)


async def test_a_void_round_has_an_answer_and_no_mark(group: House) -> None:
    """What one answered stays on file when a round is void; it earns nothing."""
    asked = await group.posted()
    await group.tap(asked, 1, right(asked))
    await group.stepper.void(asked, "its post was deleted")
    own = await group.recalling.own(asked.id, asked.message_id or 0, 1)
    assert own.answer is not None
    assert own.mark is None


async def test_organisers_are_told_in_both_ways(group: House) -> None:
    """A sentence goes to whoever made the schedule, and waits for the server's next organiser command, once."""
    await group.announcer.tell(await group.schedule_now(), "Something happened.")
    assert group.publisher.told == [(300, "Something happened.")]
    assert await group.announcer.waiting(101) == []
    assert await group.announcer.waiting(100) == ["Something happened."]
    assert await group.announcer.waiting(100) == []


async def test_commands_are_sent_when_they_change(group: House) -> None:
    """The registry knows, across a restart, which list of commands was sent last."""
    assert not await CommandRegistry(group.store).is_current("a")
    await CommandRegistry(group.store).sent("a")
    await group.restart()
    assert await CommandRegistry(group.store).is_current("a")
    await CommandRegistry(group.store).sent("b")
    assert not await CommandRegistry(group.store).is_current("a")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Give a library of two banks; the second has many traps."""
    many = [make_trap(f"trap-{number:02}") for number in range(30)]
    banks = (make_bank(), make_bank([make_item("b", lesson="2.1", objective="2.1")], bank_id="other", traps=many))
    return Library(Shelf(bank=bank, folder=tmp_path) for bank in banks)


def test_things_are_found_by_name_or_as_suggested(library: Library) -> None:
    """Traps and lessons are found by id, by title in any case, and by what a suggestion sends."""
    bank, trap = library.trap("sample:door-as-lock")
    assert (bank.id, trap.id) == ("sample", "door-as-lock")
    assert library.trap("DOOR ⇄ lock")[1].id == "door-as-lock"
    assert library.lesson("2.1")[0].id == "other"
    assert library.lesson("other:2.1") == library.lesson("LESSON 2.1")
    assert library.topic(bank, None) is None
    assert library.topic(bank, "1.1") == "1.1"
    assert [each.id for each in library.banks] == ["sample", "other"]


def test_what_is_not_there_is_quoted_short_and_plain(library: Library) -> None:
    """Each refusal repeats at most sixty characters of what was typed, without anything that Discord would format."""
    typed = "x`@everyone`\n" + "y" * 100
    refusals = (
        (UnknownTrap, lambda: library.trap(typed)),
        (UnknownLesson, lambda: library.lesson(typed)),
        (UnknownBank, lambda: library.bank(typed)),
        (UnknownTopic, lambda: library.topic(library.bank("sample"), typed)),
    )
    for refusal, ask in refusals:
        with pytest.raises(refusal) as refused:
            ask()
        text = str(refused.value)
        assert "`x @everyone yyy" in text
        assert "\n" not in text
        assert "y" * 60 not in text


def test_a_trap_may_be_named_in_part(library: Library) -> None:
    """Words that one trap alone has are enough; where several may be meant, three are named and none is taken."""
    assert library.trap("as-lock")[1].id == "door-as-lock"
    assert library.trap("TRAP 07")[1].id == "trap-07"
    with pytest.raises(
        SeveralTraps, match=r"`door` may mean \*\*Door ⇄ Lock\*\*, .* or yet another trap: pick one"
    ) as several:
        library.trap("door")
    assert str(several.value).count("⇄") == 3
    with pytest.raises(UnknownTrap, match="I know no trap named An empty text: pick one"):
        library.trap(" ")


def test_suggestions_match_every_word_and_are_few(library: Library) -> None:
    """At most 25 lines, of those that contain what was typed, the ones that begin with it first."""
    assert len(library.suggest_traps("")) == MAX_SUGGESTIONS
    assert [each.value for each in library.suggest_traps("LOCK door")][:1] == ["sample:door-as-lock"]
    assert library.suggest_traps("nothing") == []
    assert [each.value for each in library.suggest_lessons("2.1")] == ["other:2.1"]
    assert [each.value for each in library.suggest_banks("sample")] == ["sample", "other"]
    assert [each.value for each in library.suggest_topics("", "other")] == ["2.1", "2.1"]
    assert [each.value for each in library.suggest_topics("objective", None)] == ["1.1", "2.1"]


def test_a_topic_of_the_same_id_in_two_banks_is_told_apart(library: Library) -> None:
    """The first bank has the bare id; another names itself, in what is shown and in what is sent."""
    first, *_ = library.banks
    twice = Library(
        [Shelf(bank=first, folder=Path()), Shelf(bank=replace(first, id="twin", short_title="Twin"), folder=Path())]
    )
    lessons = [each for each in twice.suggest_topics("lesson 1.1", None) if each.label.startswith("Lesson 1.1")]
    assert [each.value for each in lessons] == ["1.1", "twin:1.1"]
    assert lessons[1].label.endswith(" (Twin)")
    assert [each.value for each in twice.suggest_topics("lesson 1.1", "twin")][:1] == ["1.1"]
    found = [twice.subject(None, each.value) for each in lessons]
    assert [(bank.id, topic) for bank, topic in found] == [(first.id, "1.1"), ("twin", "1.1")]
    assert twice.subject("twin", "twin:1.1")[1] == "1.1"
    assert twice.subject(first.id, "twin:1.1") == (first, "twin:1.1")
    assert twice.subject(None, None) == (first, None)


@pytest.fixture
def labs(tmp_path: Path) -> Library:
    """Give a library of two banks that share a lesson's id; only the second one's has a chain, and no item."""
    lab = make_lab([make_link(name, [make_fault(name, 0)]) for name in "abc"])
    first, second = make_bank(), replace(bank_of(lab), id="other")
    return Library(Shelf(bank=bank, folder=tmp_path) for bank in (first, second))


def test_a_lab_is_found_in_the_bank_that_has_it(labs: Library) -> None:
    """Of lessons of one id or title, the one with cases is meant; one that is named with its bank is that one."""
    for wanted in (None, "1.1", "other:1.1", "lesson 1.1"):
        bank, lesson = labs.lab(wanted)
        assert (bank.id, has_cases(lesson)) == ("other", True)
    assert labs.lesson("1.1")[0].id == "sample"
    with pytest.raises(NoCases):
        labs.lab("sample:1.1")


def test_a_topic_may_have_nothing_but_cases(labs: Library) -> None:
    """Where cases may be asked it is suggested, found and taken; where they may not, the refusal says what there is."""
    other = labs.bank("other")
    assert "1.1" not in [each.value for each in labs.suggest_topics("", "other")]
    assert "1.1" in [each.value for each in labs.suggest_topics("", "other", cases=True)]
    assert labs.topic(other, "1.1", cases=True) == "1.1"
    with pytest.raises(OnlyCases, match=r"Sample has only generated cases about `1\.1`"):
        labs.topic(other, "1.1")
    with pytest.raises(UnknownTopic):
        labs.topic(other, "5.5", cases=True)
    assert labs.about(None, "1.1", cases=True).id == "sample"


def test_a_picture_is_found_while_it_is_there(tmp_path: Path) -> None:
    """An item's picture lies in its bank's folder; one that is missing, or of no bank, is none."""
    item = replace(make_item(), image=Image(file="a.png", alt="A door"))
    library = Library([Shelf(bank=make_bank([item]), folder=tmp_path)])
    assert library.picture("sample", item) is None
    (tmp_path / "a.png").touch()
    assert library.picture("sample", item) == tmp_path / "a.png"
    assert library.picture("gone", item) is None
    assert library.picture("sample", make_item()) is None


async def test_two_looks_agree(group: House) -> None:
    """The board and one's own progress count the same answers."""
    await play(group, range(1, 4), range(4, 6))
    group.clock.now += timedelta(days=1)
    board = await group.standings.board(100, 2, Period.ALL_TIME, 1)
    assert (await group.standings.progress(100, 2)).all_time == board.own
