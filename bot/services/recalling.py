"""Recalling: what is on file of a learner's own answer to a round, open or closed."""

from dataclasses import dataclass

from bot.domain.answer import Answer
from bot.domain.errors import ForeignPost
from bot.domain.grading import grade
from bot.domain.kinds import Mark
from bot.domain.rounds import GRADED, Round
from bot.services.answering import Answering
from bot.storage import answers, results, rounds
from bot.storage.store import Store

_PATIENCE_SECONDS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAnswer:
    """A learner's answer to a round; `mark` is set once the round is graded and an answer was given.

    `ranked` says then whether it earned a rank; it is `None` before, and for whoever took no part.
    """

    round: Round
    answer: Answer | None
    mark: Mark | None
    ranked: bool | None = None


class Recalling:
    """Looks up what a learner answered."""

    def __init__(self, store: Store, answering: Answering) -> None:
        self._store = store
        self._answering = answering

    async def own(self, round_id: int, message_id: int, member_id: int) -> OwnAnswer:
        """Give a learner's answer to the round on a post; raises `ForeignPost` when the two do not belong together."""
        own = await self._own(round_id, member_id)
        if own.round.message_id != message_id:
            raise ForeignPost
        return own

    async def own_here(self, round_id: int, guild_id: int | None, member_id: int) -> OwnAnswer:
        """Give a learner's answer to a round of the server they are in; raises `ForeignPost` when it is another's."""
        own = await self._own(round_id, member_id)
        if own.round.guild_id != guild_id:
            raise ForeignPost
        return own

    async def _own(self, round_id: int, member_id: int) -> OwnAnswer:
        # What they did a moment ago may wait for its commit: show what is stored, not what is merely received.
        await self._answering.settled(_PATIENCE_SECONDS)
        async with self._store.read() as tx:
            found = await rounds.by_id(tx, round_id)
            kept = await answers.of_member(tx, round_id, member_id)
            ranked = await results.is_ranked(tx, round_id, member_id)
        if found is None:
            raise ForeignPost
        graded = found.state in GRADED
        mark = grade(found.posed, kept) if kept is not None and kept.given and graded else None
        return OwnAnswer(round=found, answer=kept, mark=mark, ranked=ranked)
