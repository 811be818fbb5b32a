"""The buttons and the menu of lessons: links that open one, turning its pages, going to a part of it."""

import asyncio
from collections.abc import Sequence
from typing import Self

import discord

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.layouts import card
from bot.chat.render.blocks import Block, Picture
from bot.chat.render.chains import chain_picture
from bot.chat.render.lessons import INTRO, Page, lesson_pages, lesson_parts, lesson_title
from bot.chat.render.text import cut
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import services_of
from bot.domain.bank import Bank
from bot.domain.errors import LessonGone, UnknownLesson
from bot.domain.lesson import Lesson

_PLACE = r"(?P<bank>[a-z0-9-]+):(?P<lesson>[0-9.]+):(?P<page>[a-z0-9-]+)"
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


async def _found(
    interaction: Interaction, bank_id: str, lesson_id: str, key: str
) -> tuple[discord.ui.LayoutView, list[Picture]]:
    try:
        bank, lesson = services_of(interaction).library.lesson(f"{bank_id}:{lesson_id}")
    except UnknownLesson:
        raise LessonGone from None
    return await open_lesson(bank, lesson, key)


async def open_lesson(bank: Bank, lesson: Lesson, key: str = INTRO) -> tuple[discord.ui.LayoutView, list[Picture]]:
    """Lay out the page of a key, and give the pictures to send with it.

    It is the first page when the lesson has no such page, or none any more.
    """
    pages = lesson_pages(bank, lesson)
    place = next((place for place, page in enumerate(pages) if page.key == key), 0)
    page = pages[place]
    blocks = [lesson_title(bank, lesson, place + 1, len(pages)), *await _blocks(page)]
    buttons = []
    if place > 0:
        buttons.append(LessonPage(bank.id, lesson.id, pages[place - 1].key, "◀ Back"))
    if place + 1 < len(pages):
        buttons.append(LessonPage(bank.id, lesson.id, pages[place + 1].key, "Next ▶"))
    menu = LessonMenu(bank.id, lesson.id, page.key, options=_options(bank, lesson, page))
    return card(blocks, buttons=buttons, menu=menu), [each for each in blocks if isinstance(each, Picture)]


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
