"""What the pages of a lesson lead on to: the cards of the traps that they name, and practice at the end."""

from typing import Self

from bot.chat.buttons import TrapwiseButton, TrapwiseMenu
from bot.chat.drill_buttons import drill_layout
from bot.chat.learners import learner_of
from bot.chat.lesson_buttons import PRACTICE, TRAPS, find_lesson, open_lesson
from bot.chat.replies import Interaction, show, turn
from bot.chat.services import services_of
from bot.chat.trap_buttons import trap_layout


class TrapMenu(TrapwiseMenu, template=TRAPS):
    """Shows the card of a trap that is named on the page, and makes this menu anew, so that nothing stays picked."""

    def __init__(self, bank: str, lesson: str, page: str, turned: int) -> None:
        super().__init__(f"tw:named:{bank}:{lesson}:{page}:{turned}")
        self.bank, self.lesson, self.page, self.turned = bank, lesson, page, turned

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"], parts["page"], int(parts["turned"]))

    async def pressed(self, interaction: Interaction) -> None:
        bank, lesson = find_lesson(interaction, self.bank, self.lesson)
        _, trap = services_of(interaction).library.trap_of(bank.id, self.chosen[0])
        layout, pictures = await open_lesson(bank, lesson, self.page, turned=1 - self.turned)
        await turn(interaction, layout, pictures=pictures)
        await show(interaction, trap_layout(bank, trap))


class LessonPractice(TrapwiseButton, template=PRACTICE):
    """Poses an item of the lesson that was read."""

    def __init__(self, bank: str, lesson: str) -> None:
        super().__init__(f"tw:study:{bank}:{lesson}", "Practise this lesson")
        self.bank, self.lesson = bank, lesson

    @classmethod
    def parse(cls, parts: dict[str, str]) -> Self:
        return cls(parts["bank"], parts["lesson"])

    async def pressed(self, interaction: Interaction) -> None:
        bank, lesson = find_lesson(interaction, self.bank, self.lesson)
        drill = await services_of(interaction).drills.for_lesson(learner_of(interaction), bank, lesson)
        await show(interaction, drill_layout(drill))


FROM_LESSONS = (TrapMenu, LessonPractice)
