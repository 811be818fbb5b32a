"""A generated case as its learner sees it: the question, and after the answer what was wrong, told and drawn."""

from bot.chat.render.blocks import Block
from bot.chat.render.chains import diagnosis_picture, told_chain
from bot.chat.render.drill import about, instruction, lettered, stems, verdict
from bot.chat.render.explaining import explanation, fitted, remaining
from bot.domain.bank import Bank
from bot.domain.kinds import Mark
from bot.domain.posed import PosedItem
from bot.domain.scenarios.case import seed_of
from bot.domain.scenarios.finding import Diagnosis


def case_question(bank: Bank, posed: PosedItem) -> list[str]:
    """Write a case's question. The chain is not drawn: with it in view, the missing link need only be looked for."""
    stem, _ = stems(_title(bank, posed), posed)
    return [stem, lettered(posed), f"**{instruction(posed)}.**\n{_footer(bank, posed)}"]


def case_feedback(bank: Bank, posed: PosedItem, diagnosis: Diagnosis, choice: str, mark: Mark) -> list[Block]:
    """Write what became of a case: the verdict, the chain with its broken links, and every option's reason.

    Its texts always fit; the picture says what the text below it says.
    """
    found = f"**{verdict(posed, mark)}**"
    heads = [[stem, found, told_chain(diagnosis)] for stem in stems(_title(bank, posed), posed)]
    texts = fitted(
        heads,
        lambda detail: [
            *explanation(posed, choice, bank.traps, detail),
            *remaining(posed, choice, bank.traps, detail),
            _footer(bank, posed),
        ],
    )
    picture = diagnosis_picture(diagnosis)
    first, second, *others = texts
    return [first, second, *([picture] if picture is not None else []), *others]


def _title(bank: Bank, posed: PosedItem) -> str:
    return f"### 🔗 Scenario · {about(bank, posed)}"


def _footer(bank: Bank, posed: PosedItem) -> str:
    seed = seed_of(posed.item.id)
    return (
        f"-# Case {seed}: `/scenario lesson:{bank.id}:{posed.item.lesson} seed:{seed}` tells it again. "
        "Only you see this, and it counts on no board."
    )
