"""The question's post: plain text that shows in notifications and cannot be hidden."""

from bot.chat.letters import EMOJI
from bot.chat.render.text import link_to, when
from bot.domain.bank import Bank
from bot.domain.item import ItemKind
from bot.domain.kinds import KINDS
from bot.domain.quiz import Quiz
from bot.domain.rounds import OVER, Round


def question(asked: Round, bank: Bank, quiz: Quiz | None = None) -> str:
    """Write the content of a question's post, open or over, at most 2,000 characters (checked with the bank)."""
    item = asked.posed.item
    lesson = bank.lessons.get(item.lesson)
    ping = f"<@&{asked.ping_role}> " if asked.ping_role is not None else ""
    title = f"{bank.short_title} · {lesson.id} {lesson.title}" if lesson is not None else bank.short_title
    place = f"Question {asked.number} of {quiz.count} · " if quiz is not None else ""
    options = "\n".join(f"{EMOJI[letter]} {option.text}" for letter, option in asked.posed.options)
    ending = _over(asked) if asked.state in OVER else _open(asked, quiz)
    return f"{ping}**{place}{title}**\n{item.stem.strip()}\n\n{options}\n\n{ending}"


def _open(asked: Round, quiz: Quiz | None) -> str:
    kind = asked.posed.item.kind
    paused = quiz is not None and quiz.paused_at is not None
    closes = "⏸ Paused: answers stay open" if paused else f"Closes {when(asked.closes_at)}"
    instruction = KINDS[kind].instruction(len(asked.posed.key))
    return f"**{instruction}.** {closes}.\n-# {_how_to(kind) if asked.by_letter else _BY_BUTTON}"


def _over(asked: Round) -> str:
    closed = f"**Closed** {when(asked.closing_at or asked.closes_at)}."
    if asked.reveal_id is None:
        return closed
    return f"{closed} [The answer and why]({link_to(asked.guild_id, asked.channel_id, asked.reveal_id)})"


_BY_BUTTON = "**Answer privately** opens a menu that only you see. **My answer** shows what is on file."


def _how_to(kind: ItemKind) -> str:
    change = {
        ItemKind.SINGLE: "React with one letter; to change your mind, react with another.",
        ItemKind.MULTIPLE: "React with every letter you choose; take a letter away to unchoose it.",
    }
    return f"{change[kind]} Letters are public, **Answer privately** is not. **My answer** shows what is on file."
