"""The page over HTTP: several tabs at once, states that are out of date, tabs that slept."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest

from bot.playground import simcord_internals
from bot.playground.world import Playground
from tests.playground.living import UTC, Desk, letters_of, my_answer, question

A, B, C = "\U0001f1e6", "\U0001f1e7", "\U0001f1e8"


def codes(receipt: dict[str, object]) -> tuple[object, list[str]]:
    """Give how an action ended, and SimCord's codes of what was wrong."""
    diagnostics = receipt["diagnostics"]
    assert isinstance(diagnostics, list)
    return receipt["settlement"], [each["code"] for each in diagnostics]


def test_the_installed_simcord_has_every_private_name() -> None:
    """Each private name that the playground uses is there."""
    assert simcord_internals.missing_names() == []


def test_another_simcord_is_refused_in_one_sentence() -> None:
    """The import says what is missing, what it was for, and which version to install."""
    needed: tuple[tuple[object, str, str], ...] = (
        (simcord_internals.World, "_no_such_name", "to test this"),
        ({}, "no_such_key", "to test that"),
    )
    with pytest.raises(ImportError, match=r"_no_such_name \(to test this\), no_such_key .* Install simcord==3\.2\.1\."):
        simcord_internals.require(needed)


async def test_a_click_on_what_others_changed_since_counts(desk: Desk) -> None:
    """SimCord refuses a click made on an older state, and its page forgets it; here it takes effect."""
    _, ana, ben, *_ = desk.playground.server.people
    first, second = await desk.tab(ana), await desk.tab(ben)
    message = question(desk.playground).id
    for _ in range(3):
        await desk.preview.refresh()
    assert codes(await first.react(message, A)) == ("settled", [])
    assert codes(await second.react(message, B)) == ("settled", [])
    assert letters_of(desk.playground, ana) == [A]
    assert letters_of(desk.playground, ben) == [B]


async def test_a_click_made_before_a_restart_counts(desk: Desk) -> None:
    """Letters and buttons that were on the page before `r` still work when clicked right after it."""
    ana = desk.playground.server.people[1]
    tab = await desk.tab(ana)
    message = question(desk.playground).id
    button = tab.button(message, "My answer")
    await desk.playground.take_bot()
    await desk.playground.bring_bot()
    assert codes(await tab.react(message, A)) == ("settled", [])
    assert codes(await tab.press(message, button)) == ("settled", [])
    assert A in await my_answer(desk.playground, ana)


async def test_a_button_that_others_left_alone_works_on_an_older_state(desk: Desk) -> None:
    """A new revision is no reason to refuse a button that is the same."""
    tab = await desk.tab()
    message = question(desk.playground).id
    await desk.preview.refresh()
    assert codes(await tab.press(message, tab.button(message, "My answer"))) == ("settled", [])


@pytest.mark.parametrize("published", [True, False])
async def test_a_button_that_changed_is_not_pressed_in_place_of_another(desk: Desk, *, published: bool) -> None:
    """SimCord knows a button by its place; when the message has other buttons now, the click is refused."""
    tab = await desk.tab()
    stored = question(desk.playground)
    key = tab.button(stored.id, "My answer")
    await desk.preview.refresh()
    desk.playground.world.backend.edit_message(stored.channel_id, stored.id, {"components": stored.components})
    if published:
        await desk.preview.refresh()
    assert codes(await tab.press(stored.id, key)) == ("rejected", ["stale-revision"])
    await tab.look()
    assert codes(await tab.press(stored.id, key)) == ("settled", [])


async def test_a_menu_that_changed_is_another_menu(desk: Desk) -> None:
    """SimCord's page would show the last pick in it, and send it again: it knows a menu by its place."""
    ana = desk.playground.server.people[1]
    tab = await desk.tab(ana)
    stored = question(desk.playground)
    assert codes(await tab.press(stored.id, tab.button(stored.id, "Answer privately"))) == ("settled", [])
    keys = []
    for values in (["A"], ["B"], ["A"]):
        await tab.look()
        message, key = tab.menus()[-1]
        keys.append(key)
        assert codes(await tab.choose(message, key, values)) == ("settled", [])
    await tab.look()
    keys.append(tab.menus()[-1][1])
    assert all(one != other for one, other in pairwise(keys))
    assert A in await my_answer(desk.playground, ana)


async def test_a_message_that_is_gone_is_refused_and_the_tab_goes_on(desk: Desk) -> None:
    """The refusal says so, and the next click works."""
    tab = await desk.tab()
    stored = question(desk.playground)
    assert codes(await tab.react(stored.id + 1, A)) == ("rejected", ["validation-failed"])
    await tab.look()
    assert codes(await tab.react(stored.id, A)) == ("settled", [])


@pytest.mark.parametrize(
    "wrong",
    [{"published_revision": 10**9}, {"published_revision": None}, {"bot_generation": 10**9}, {"generation": 99}],
)
async def test_a_state_that_never_was_is_refused(desk: Desk, wrong: dict[str, object]) -> None:
    """Only the past is forgiven."""
    tab = await desk.tab()
    receipt = await tab.act("set_reaction", target_id=str(question(desk.playground).id), emoji=A, reacted=True, **wrong)
    assert codes(receipt)[0] == "rejected"


async def test_clicks_of_many_tabs_at_once_all_count(desk: Desk) -> None:
    """Eight tabs click as fast as they can while the clock runs fast: every click takes effect, in its tab's order."""
    playground, people = desk.playground, desk.playground.server.people
    playground.speed = 10
    tabs = [await desk.tab(people[number % 5]) for number in range(8)]
    message = question(playground).id

    async def click(number: int) -> list[tuple[object, list[str]]]:
        tab, seen = tabs[number], []
        for turn in range(12):
            seen.append(codes(await tab.react(message, (A, B)[turn % 2])))
            if turn % 4 == 0:
                await tab.look()
        return seen

    async with playground.moving():
        results = await asyncio.gather(*(click(number) for number in range(8)))
    assert [each for one in results for each in one] == 96 * [("settled", [])]
    for who in people[3:]:  # of whom there is one tab each
        assert B in await my_answer(playground, who)


async def test_other_tabs_see_a_click_at_the_next_tick(desk: Desk) -> None:
    """What one tab did is published to the others within a tick."""
    one, other = await desk.tab(), await desk.tab()
    stored = question(desk.playground)
    await one.react(stored.id, C)
    await desk.playground.tick()
    shown = (await other.look())["messages"][str(stored.id)]["reactions"]
    assert next(each["count"] for each in shown if each["emoji"]["name"] == C) == 2


async def test_an_older_answer_is_not_asked_for_again(desk: Desk) -> None:
    """A repeated request gets the receipt it got, whatever has been published meanwhile."""
    tab = await desk.tab()
    message = question(desk.playground).id
    first = await tab.react(message, A)
    await desk.preview.refresh()
    tab.sequence -= 1
    again = await tab.react(message, A)
    assert (again["requestId"], again["settlement"]) == (first["requestId"], "settled")


async def test_a_tab_that_slept_an_hour_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """SimCord forgets a silent tab after ten minutes; here a laptop may be closed for a while."""
    tab = await desk.tab()
    for page in desk.preview._pages.values():
        page.last_activity -= 3600
    await desk.preview.refresh()
    assert codes(await tab.react(question(desk.playground).id, A)) == ("settled", [])


async def test_forty_tabs_may_be_open(desk: Desk) -> None:
    """SimCord stops at sixteen."""
    for _ in range(40):
        await desk.tab()


async def test_our_script_is_loaded_in_place_of_simcords(desk: Desk) -> None:
    """The page's script is ours and imports theirs, which is still served."""
    origin = desk.preview.url.partition("/#")[0]
    async with desk.session.get(f"{origin}/app.js") as ours, desk.session.get(f"{origin}/simcord-app.js") as theirs:
        assert await ours.text() == Path(simcord_internals.__file__).with_name("page.js").read_text(encoding="utf-8")
        assert "createActions" in await theirs.text()
        assert theirs.content_type == ours.content_type == "application/javascript"


async def test_countdowns_are_drawn_anew(desk: Desk) -> None:
    """A question's "in 2 minutes" changes on the page as time passes, not before."""
    tab = await desk.tab()
    message = str(question(desk.playground).id)
    drawn = []
    for seconds in (0, 1, 60, 30):
        await desk.playground.world.advance_time(seconds)
        await desk.preview.refresh()
        drawn.append((await tab.look())["messages"][message]["drawn_at"])
    assert drawn[0] == drawn[1] != drawn[2] != drawn[3]


async def test_the_page_turns_to_the_other_channel_and_back(desk: Desk) -> None:
    """`c` shows the second channel in every open tab; clicks work there and after the return."""
    tab = await desk.tab()
    assert await desk.playground.show_next_channel() == "lounge"
    assert (await tab.look())["channel"]["name"] == "lounge"
    assert codes(await tab.act("send_message", content="hello"))[0] == "settled"
    assert (await desk.tab()).state["channel"]["name"] == "lounge"
    assert await desk.playground.show_next_channel() == "daily-questions"
    await tab.look()
    assert codes(await tab.react(question(desk.playground).id, A)) == ("settled", [])


async def test_mentions_are_drawn_by_name(desk: Desk) -> None:
    """Parsers that are built once still know whom each text mentions."""
    tab = await desk.tab()
    channel, (olive, ana, *_) = desk.playground.server.channels[1], desk.playground.server.people
    sent = [await olive.send(desk.playground.server.channels[0], text) for text in (ana.mention, channel.mention)]
    await desk.preview.refresh()
    shown = (await tab.look())["messages"]
    labels = [str(shown[str(message.id)]["content_tokens"]) for message in sent]
    assert [("@Ana" in each, "#lounge" in each) for each in labels] == [(True, False), (False, True)]


def test_a_parser_is_built_once_and_knows_only_the_names_of_its_text() -> None:
    """Names of the text before are forgotten."""
    parsers = simcord_internals._Parsers(lambda _policy, names: names)
    first = parsers({"mode": "blocks"}, {"users": {"1": "Ana"}})
    assert parsers({"mode": "plain"}, {}) is not first
    assert parsers({"mode": "blocks"}, {"roles": {}}) is first
    assert first == {"roles": {}}


async def test_commands_run_from_an_older_state(desk: Desk) -> None:
    """A slash command typed while others click is not lost."""
    tab = await desk.tab()
    async with tab.session.get(f"{tab.origin}/api/commands", headers=tab.headers) as answer:
        entries = (await answer.json())["entries"]
    entry = next(each for each in entries if each["invocation"] == "me")
    await desk.preview.refresh()
    receipt = await tab.act(
        "run_command",
        command_id=entry["commandId"],
        path=entry["path"],
        schema_fingerprint=entry["schemaFingerprint"],
        options={},
    )
    assert codes(receipt) == ("settled", [])


async def test_a_preview_that_is_closed_ends(playground: Playground) -> None:
    """Closing the page leaves the world in order, and it can be served again."""
    for _ in range(2):
        async with playground.page(port=0, zone=UTC) as preview:
            assert preview.url.startswith("http://127.0.0.1:")
        await playground.tick()
