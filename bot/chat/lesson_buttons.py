"""The buttons and the menu of lessons: links that open one, turning its pages, going to a part of it."""

import asyncio
from collections.abc import Sequence
from typing import Any, Self

import discord

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.layouts import card
from bot.chat.render.blocks import Block, Picture
from bot.chat.render.chains import chain_picture
from bot.chat.render.lessons import INTRO, Page, lesson_pages, lesson_parts, lesson_title
from bot.chat.render.text import cut
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import services_of
from bot.chat.trap_links import SIGN
from bot.domain.bank import Bank
from bot.domain.errors import LessonGone, UnknownLesson
from bot.domain.lesson import Lesson

_PLACE = r"(?P<bank>[a-z0-9-]+):(?P<lesson>[0-9.]+):(?P<page>[a-z0-9-]+)"
TRAPS = rf"tw:named:{_PLACE}:(?P<turned>[01])"
PRACTICE = r"tw:study:(?P<bank>[a-z0-9-]+):(?P<lesson>[0-9.]+)"
"""The custom ids of what leads out of a lesson; `bot.chat.lesson_exits` answers them."""

_MOST_OPTIONS = 25
_LABEL = 100


class LessonLink(TrapwiseButton, template=rf"tw:read:{_PLACE}"):
    """Opens a lesson in a message of its own, at its first page or at one named in `bot.chat.render.lessons`."""

    def __init__(self, bank: str, lesson: str, page: str = INTRO, label: str = "Lesson") -> None:
        super().__init__(f"tw:read:{bank}:{lesson}:{page}", label, emoji="📖")
        self.bank, self.lesson, self.page = bank, lesson, page

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"], parts["page"])

    async def pressed(self, interaction: Interaction) -> None:
        layout, pictures = await _found(interaction, self.bank, self.lesson, self.page)
        await show(interaction, layout, pictures=pictures)


class LessonPage(TrapwiseButton, template=rf"tw:turn:{_PLACE}"):
    """Turns to a page of the lesson that is being read."""

    def __init__(self, bank: str, lesson: str, page: str, label: str = "Turn") -> None:
        super().__init__(f"tw:turn:{bank}:{lesson}:{page}", label)
        self.bank, self.lesson, self.page = bank, lesson, page

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"], parts["page"])

    async def pressed(self, interaction: Interaction) -> None:
        layout, pictures = await _found(interaction, self.bank, self.lesson, self.page)
        await turn(interaction, layout, pictures=pictures)


class LessonMenu(TrapwiseMenu, template=rf"tw:goto:{_PLACE}"):
    """Goes to any part of the lesson that is being read.

    The page that it stands on is in its id: it is another menu on each page.
    """

    def __init__(self, bank: str, lesson: str, page: str, *, options: Sequence[discord.SelectOption] = ()) -> None:
        super().__init__(f"tw:goto:{bank}:{lesson}:{page}", options, placeholder="Go to …")
        self.bank, self.lesson = bank, lesson

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"], parts["page"])

    async def pressed(self, interaction: Interaction) -> None:
        layout, pictures = await _found(interaction, self.bank, self.lesson, self.chosen[0])
        await turn(interaction, layout, pictures=pictures)


def find_lesson(interaction: Interaction, bank_id: str, lesson_id: str) -> tuple[Bank, Lesson]:
    """Find the lesson that a button or a menu names; raises `LessonGone`."""
    try:
        return services_of(interaction).library.lesson(f"{bank_id}:{lesson_id}")
    except UnknownLesson:
        raise LessonGone from None


async def _found(
    interaction: Interaction, bank_id: str, lesson_id: str, key: str
) -> tuple[discord.ui.LayoutView, list[Picture]]:
    return await open_lesson(*find_lesson(interaction, bank_id, lesson_id), key)


async def open_lesson(
    bank: Bank, lesson: Lesson, key: str = INTRO, *, turned: int = 0
) -> tuple[discord.ui.LayoutView, list[Picture]]:
    """Lay out the page of a key, and give the pictures to send with it.

    It is the first page when the lesson has no such page, or none any more. `turned` is 0 or 1: with the other one the
    menu of the page's traps is another menu, in which nothing is picked.
    """
    pages = lesson_pages(bank, lesson)
    place = next((place for place, page in enumerate(pages) if page.key == key), 0)
    page = pages[place]
    blocks = [lesson_title(bank, lesson, place + 1, len(pages)), *await _blocks(page)]
    menus: list[discord.ui.Item[Any]] = [_traps(bank, lesson, page, turned)] if page.traps else []
    menus.append(LessonMenu(bank.id, lesson.id, page.key, options=_options(bank, lesson, page)))
    layout = card(blocks, buttons=_ways(bank, lesson, pages, place), menus=menus)
    return layout, [each for each in blocks if isinstance(each, Picture)]


def _ways(bank: Bank, lesson: Lesson, pages: Sequence[Page], place: int) -> list[discord.ui.Item[Any]]:
    """Make the buttons of a page: one back and one on; the last page leads back to the start, and to practice."""
    ways: list[discord.ui.Item[Any]] = []
    if place > 0:
        ways.append(LessonPage(bank.id, lesson.id, pages[place - 1].key, "◀ Back"))
    if place + 1 < len(pages):
        ways.append(LessonPage(bank.id, lesson.id, pages[place + 1].key, "Next ▶"))
        return ways
    if place > 1:
        ways.append(LessonPage(bank.id, lesson.id, INTRO, "Back to the start"))
    if lesson.items:
        practice = f"tw:study:{bank.id}:{lesson.id}"
        ways.append(discord.ui.Button(custom_id=practice, label="Practise this lesson", emoji="🎯"))
    return ways


def _traps(bank: Bank, lesson: Lesson, page: Page, turned: int) -> discord.ui.Select[Any]:
    """Make the menu of the traps that a page names."""
    return discord.ui.Select(
        custom_id=f"tw:named:{bank.id}:{lesson.id}:{page.key}:{turned}",
        placeholder="A trap named here …",
        options=[
            discord.SelectOption(label=cut(bank.traps[each].name, _LABEL), value=each, emoji=SIGN)
            for each in page.traps[:_MOST_OPTIONS]
        ],
    )


async def _blocks(page: Page) -> list[Block]:
    # Beside everybody's answers: a drawing takes a while, the first one longest.
    picture = None if page.chain is None else await asyncio.to_thread(chain_picture, page.chain)
    first, *others = page.blocks
    return [first, *([picture] if picture is not None else []), *others]


def _options(bank: Bank, lesson: Lesson, page: Page) -> list[discord.SelectOption]:
    """List the parts of a lesson to choose from; of very many those around the one that is open."""
    parts = lesson_parts(bank, lesson)
    here = next(place for place, part in enumerate(parts) if part.key == page.part)
    first = max(0, min(here - _MOST_OPTIONS // 2, len(parts) - _MOST_OPTIONS))
    return [
        discord.SelectOption(label=cut(part.title, _LABEL), value=part.key, default=place == here)
        for place, part in enumerate(parts[first : first + _MOST_OPTIONS], start=first)
    ]


OF_LESSONS = (LessonLink, LessonPage, LessonMenu)
