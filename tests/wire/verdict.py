"""What must hold after a life with crashes: everything once, nothing lost, and the scores of a life without."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.wire.life import SCRIPTED, Life, WentWrong
from tests.wire.marks import Asked, asked_in
from tests.wire.people import emoji_of
from tests.wire.state import Message
from tests.wire.truth import posts, reveals, stored_choices, stored_units

Scores = Mapping[str, Mapping[int, int | None]]
"""What those who follow the script earned: by item, and by their place."""

_TROUBLE = (" ERROR ", " CRITICAL ", "Traceback")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is wrong with a life, in sentences, and what its people earned."""

    wrong: tuple[str, ...]
    scores: Scores


async def judge(told: Life, wanted: Scores | None = None) -> Verdict:
    """Let a life be told, and say what is wrong with it."""
    try:
        await told.be_told()
    except (WentWrong, TimeoutError) as trouble:
        return Verdict(wrong=(str(trouble) or type(trouble).__name__, *_in_the_log(told)), scores={})
    scores = {each.item: _scores(told, each) for each in asked_in(told.database)}
    wrong = [*_of_posts(told), *told.oddities(), *_in_the_log(told)]
    for asked, message in told.asked():
        wrong += _of_answers(told, asked, message)
    if wanted is not None and scores != wanted:
        wrong.append(f"scores are {scores}, without a crash they are {wanted}")
    return Verdict(wrong=tuple(wrong), scores=scores)


def _scores(told: Life, asked: Asked) -> dict[int, int | None]:
    units = stored_units(told.database, asked.number)
    return {place: units.get(member) for place, member in enumerate(told.members[:SCRIPTED])}


def _of_posts(told: Life) -> list[str]:
    world, wrong = told.server.world, []
    claimed = asked_in(told.database)
    if len(claimed) != len(told.items) or {each.state for each in claimed} != {"explained"}:
        wrong.append(f"rounds are {[(each.number, each.state) for each in claimed]}")
    standing = posts(world, told.channel.id)
    for each in claimed:
        found = standing.get(each.number, [])
        if [message.id for message in found] != [each.message_id]:
            wrong.append(f"round {each.number} has {len(found)} posts")
        for message in found:
            replies = reveals(world, message)
            if len(replies) != 1:
                wrong.append(f"round {each.number} has {len(replies)} reveals")
            seeds = [message.reactions.get(emoji_of(letter)) for letter in each.letters]
            if not all(seed is not None and world.bot.id in seed.normal for seed in seeds):
                wrong.append(f"round {each.number} lacks letters")
    said = len(world.posted_by_bot([told.channel.id]))
    if said != 2 * len(told.items) + told.besides:
        wrong.append(f"the bot wrote {said} messages")
    return wrong


def _of_answers(told: Life, asked: Asked, message: Message) -> list[str]:
    wrong, names = [], {member: place for place, member in enumerate(told.members)}
    true, stored = told.truth(asked, message), stored_choices(told.database, asked.number)
    units = stored_units(told.database, asked.number)
    worth = {member: asked.worth(choice) for member, choice in true.items()}
    for member, place in names.items():
        if stored.get(member) != true.get(member):
            wrong.append(
                f"round {asked.number}: member {place} answered {true.get(member)}, stored is {stored.get(member)}"
            )
        if units.get(member) != worth.get(member):
            wrong.append(
                f"round {asked.number}: member {place} has {units.get(member)} units for {true.get(member)}, "
                f"which is worth {worth.get(member)} (right: {asked.right})"
            )
    return wrong


def _in_the_log(told: Life) -> list[str]:
    said = told.log.read_text(encoding="utf-8").splitlines() if told.log.exists() else []
    return [f"in the log: {line}" for line in said if any(word in line for word in _TROUBLE)]
