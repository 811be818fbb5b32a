"""How an answer scored, in words: the arithmetic that a learner can always see."""

from typing import assert_never

from bot.chat.letters import shown
from bot.chat.render.text import in_marks, plural, when
from bot.domain.answer import Answer, Came, Surface
from bot.domain.grading import units
from bot.domain.item import ItemKind, MultipleRule
from bot.domain.kinds import Mark
from bot.domain.rounds import Round, RoundState
from bot.services.recalling import OwnAnswer

_RULES = {
    MultipleRule.EXAM: "one share for each right choice; a choice beyond the number asked for costs a share",
    MultipleRule.STRICT: "all or nothing",
    MultipleRule.MINUS: "one share for each right choice, minus one for each wrong one",
}

_PRACTICE = (
    "-# Practice: you had a ranked answer to this item within the last 60 days, so this one is not on the boards."
)

_OF_QUIZ = "-# It counts on the quiz's own board, not on the server's."


def own_answer(own: OwnAnswer) -> str:
    """Write what is on file of a learner's answer, and after closing why it scored so."""
    answer, asked = own.answer, own.round
    if asked.state is RoundState.VOID:
        why = f" ({asked.void_reason})" if asked.void_reason else ""
        return f"This question is void{why}: it counts for nobody."
    if answer is None or not answer.given:
        return _nothing(asked, answer)
    held = on_file(answer)
    if own.mark is not None:
        unranked = _PRACTICE if asked.ranks else _OF_QUIZ
        practice = f"\n{unranked}" if own.ranked is False else ""
        return f"{held}\n{arithmetic(own.mark, asked, unresolved=answer.unresolved)}{practice}"
    if asked.state is not RoundState.OPEN:
        return f"{held}\nThe question is closed; the reveal is on its way."
    if answer.unresolved:
        return (
            f"I found {shown(answer.choice)} from you at once when I came back, and cannot tell which you "
            "tapped last. Until you settle it, this scores nothing. **Which one is your answer?**"
        )
    return f"{held}{beside(answer)}\nYou can change it until {until(asked)}.{another_number(asked, answer)}"


def on_file(answer: Answer) -> str:
    """Write what is on file, when it was given and how it came."""
    return f"Your answer: {shown(answer.choice)}, {_how_it_came(answer)}."


def beside(answer: Answer) -> str:
    """Write, after a space, that letters on the post do not count beside what was said privately; else nothing."""
    if answer.surface is not Surface.PRIVATE or not answer.letters or set(answer.letters) == set(answer.choice):
        return ""
    letters = shown("".join(sorted(answer.letters)))
    if len(answer.letters) == 1:
        return f" Your letter {letters} under the question is still public, but does not count."
    return f" Your letters {letters} under the question are still public, but do not count."


def another_number(asked: Round, answer: Answer) -> str:
    """Write, on a line of its own, that more or fewer are chosen than the question asks for; else nothing."""
    chosen, wanted = len(answer.choice), len(asked.posed.key)
    if asked.posed.item.kind is ItemKind.SINGLE or chosen == wanted:
        return ""
    these = "This is" if chosen == 1 else "These are"
    return f"\n-# {these} {plural(chosen, 'option')}; the question asks for {wanted}. That is stored all the same."


def arithmetic(mark: Mark, asked: Round, *, unresolved: bool) -> str:
    """Write how a mark came about, such as `1 right, 0 wrong of 3: 1/3, 0.33 marks`."""
    item = asked.posed.item
    earned = in_marks(units(mark, item.weight))
    key = shown("".join(sorted(asked.posed.key)))
    if unresolved:
        return f"Several letters appeared at once and were never settled, so this earned 0 marks. The answer: {key}."
    match item.kind:
        case ItemKind.SINGLE:
            verdict = "Right" if mark.fraction == 1 else f"Wrong; the answer is {key}"
            return f"**{verdict}: {earned}.**"
        case ItemKind.MULTIPLE:
            counted = f"{mark.right} right, {mark.wrong} wrong of {mark.keyed}: {mark.fraction}"
            return f"**{counted}, {earned}.** The answer: {key}.\n-# How it is marked: {_RULES[item.rule]}."
        case _:
            assert_never(item.kind)


def _nothing(asked: Round, answer: Answer | None) -> str:
    if asked.state is not RoundState.OPEN:
        return "You had no answer on file when this question closed."
    start = nothing_on_file(answer)
    ways = (
        "React with a letter under the question or **Answer privately**" if asked.by_letter else "**Answer privately**"
    )
    return f"{start} {ways} until {until(asked)}."


def until(asked: Round) -> str:
    """Say until when answers may change; a quiz's question closes within seconds, unless it is paused."""
    return "the question closes" if asked.quiz_id is not None else when(asked.closes_at, "f")


def nothing_on_file(answer: Answer | None) -> str:
    """Write that nothing is on file, or since when it is withdrawn."""
    if answer is None:
        return "I have no answer of yours on file."
    return f"You withdrew your answer {when(answer.at)}.{beside(answer)}"


def _how_it_came(answer: Answer) -> str:
    surface = "given by reaction" if answer.surface is Surface.REACTIONS else "given privately"
    if answer.came is Came.CATCH_UP:
        return f"{surface}, found {when(answer.at)} when I came back"
    return f"{surface} {when(answer.at)}"
