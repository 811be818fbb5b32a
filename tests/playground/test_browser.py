"""The page in a real browser, the way a visitor uses it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from random import Random

import pytest
import simcord
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.playground.living import Desk, letters_of, my_answer, question

CHROMIUM = shutil.which("chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
A, B, C = "\U0001f1e6", "\U0001f1e7", "\U0001f1e8"

expect.set_options(timeout=30_000)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs the program chromium: apt-get install chromium")


@dataclass(frozen=True, slots=True)
class Visits:
    """A browser, and the errors of the scripts in its pages."""

    browser: Browser
    errors: list[str] = field(default_factory=list)

    async def tab(self, desk: Desk, who: simcord.MemberActor) -> Page:
        """Open the page in a tab of its own, as somebody."""
        page = await (await self.browser.new_context()).new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(desk.preview.url)
        await expect(page.locator(".reaction-chip").first).to_be_visible()
        await page.get_by_label("Viewing as", exact=True).select_option(str(who.id))
        await until(page, f"simcordPreview.viewerId === '{who.id}' && simcordPreview.ready")
        return page


@pytest.fixture
async def visits() -> AsyncIterator[Visits]:
    """Start Debian's Chromium; an error in a page's scripts fails the test."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        made = Visits(started)
        yield made
        await started.close()
    assert made.errors == []


async def until(page: Page, condition: str) -> None:
    """Wait until something is so in a page. Playwright's own way of it is against the page's security policy."""
    async with asyncio.timeout(60):
        while not await page.evaluate(condition):  # noqa: ASYNC110  # the browser tells nobody
            await asyncio.sleep(0.02)


async def quiet(page: Page) -> None:
    """Wait until nothing that was clicked is under way."""
    for _twice in range(2):  # what waits its turn is taken up a moment after the page is ready
        await until(page, "simcordPreview.ready")
        await asyncio.sleep(0.1)


async def test_a_visitor_answers_restarts_and_reads_the_reveal(desk: Desk, visits: Visits) -> None:
    """Choose a person, click a letter, look at My answer, restart the bot, wait for the explanation."""
    playground, ana = desk.playground, desk.playground.server.people[1]
    page = await visits.tab(desk, ana)
    conversation = page.get_by_role("log")
    assert await page.title() == "Trapwise playground"
    await expect(conversation.get_by_text("Welcome!", exact=True)).to_be_visible()
    chip = page.locator(".reaction-chip").first
    await chip.click()
    await expect(chip).to_have_class("reaction-chip is-selected")
    await playground.take_bot()
    await playground.bring_bot()
    await conversation.get_by_role("button", name="My answer").click()
    await expect(conversation.get_by_text("Your answer:")).to_be_visible()
    assert await playground.skip(enough=lambda: False)
    await expect(conversation.get_by_role("heading", name="The answer")).to_be_visible()


async def test_a_visitor_reads_the_chain_of_a_lesson(desk: Desk, visits: Visits) -> None:
    """The chain is a picture that the browser has loaded, described in words; on the next page it is gone."""
    playground, ana = desk.playground, desk.playground.server.people[1]
    page = await visits.tab(desk, ana)
    conversation = page.get_by_role("log")
    opened = await ana.slash(playground.server.channels[0], "lesson", name="6.2")
    assert opened.response is not None
    await playground.tick()
    await conversation.get_by_role("button", name="Next").click()
    picture = conversation.get_by_role("img", name="A chain of 5 links")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 800)
    await quiet(page)
    await conversation.get_by_role("button", name="Next").click()
    await expect(conversation.get_by_text("Where the chain breaks").first).to_be_visible()
    await expect(picture).to_have_count(0)


async def test_letters_clicked_in_haste_all_count(desk: Desk, visits: Visits) -> None:
    """SimCord's page drops what is clicked while an earlier click is under way; here it waits its turn."""
    ana = desk.playground.server.people[1]
    page = await visits.tab(desk, ana)
    await page.evaluate("[1, 2, 0].map((place) => document.querySelectorAll('.reaction-chip')[place].click())")
    await expect(page.locator(".reaction-chip.is-selected").first).to_contain_text(A)
    await quiet(page)
    assert A in letters_of(desk.playground, ana)
    assert A in await my_answer(desk.playground, ana)


async def test_a_letter_drawn_anew_under_the_finger_counts(desk: Desk, visits: Visits) -> None:
    """Somebody else clicks between the pressing and the releasing of the mouse; the browser then makes no click."""
    _, ana, ben, *_ = desk.playground.server.people
    page, other = await visits.tab(desk, ana), await desk.tab(ben)
    chip = page.locator(".reaction-chip", has_text=B)
    await chip.hover()
    await page.mouse.down()
    await other.react(question(desk.playground).id, A)
    await desk.playground.tick()
    await expect(page.locator(".reaction-chip", has_text=A)).to_contain_text("2")
    await page.mouse.up()
    await expect(chip).to_have_class("reaction-chip is-selected")
    assert letters_of(desk.playground, ana) == [B]


async def test_clicks_in_several_tabs_at_once_all_count(desk: Desk, visits: Visits) -> None:
    """Three people, one of them in two tabs, click with the clock running: the last letter of each is recorded."""
    playground = desk.playground
    _, ana, ben, chi, _ = playground.server.people
    pages = [await visits.tab(desk, who) for who in (ana, ben, chi, chi)]
    acted: list[str] = []
    act = desk.preview._action

    async def counted(context_id: str | None, body: dict[str, object]) -> dict[str, object]:
        receipt = await act(context_id, body)
        if body["kind"] == "set_reaction":
            acted.append(receipt["settlement"])
        return receipt

    desk.preview._action = counted  # type: ignore[assignment,method-assign]

    async def click(page: Page, rng: Random) -> None:
        for _turn in range(6):
            await page.evaluate("n => document.querySelectorAll('.reaction-chip')[n].click()", rng.randrange(2))
            await asyncio.sleep(rng.uniform(0, 0.2))
        await quiet(page)

    async with playground.moving():
        await asyncio.gather(*(click(page, Random(seed)) for seed, page in enumerate(pages)))
        for page in pages:
            await quiet(page)
    assert acted == 24 * ["settled"]
    for who in (ana, ben, chi):
        held = letters_of(playground, who)
        answer = await my_answer(playground, who)
        assert not held or any(letter in answer for letter in held)
