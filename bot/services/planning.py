"""Planning: turning schedules that are due, or an organiser's wish, into rounds on the ledger."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from bot.domain.bank import Bank
from bot.domain.errors import BankExhausted
from bot.domain.item import Item
from bot.domain.mixing import labs_on, mix
from bot.domain.posed import pose
from bot.domain.profile import WINDOW, group_weights
from bot.domain.rounds import Round, RoundState
from bot.domain.scenarios.finding import key_of
from bot.domain.schedule import Catching, Pause, Schedule, catch_up, next_due, plain_name
from bot.domain.selection import FEW_LEFT, History, fresh, on_topic
from bot.services.library import Library
from bot.storage import notices, profiles, rounds, schedules
from bot.storage.store import StorageBusy, Store, Tx

logger = logging.getLogger(__name__)

_AT_ONCE = 20
"""Schedules planned in one transaction: it spares most of the commits, and answers wait behind it for a moment only."""

_TRIED_AGAIN = timedelta(seconds=10)
"""How long a schedule that could not be planned waits: the loop comes by every second while something is due."""


class Planner:
    """Claims rounds; sends nothing."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library
        self._failed: dict[int, datetime] = {}

    async def plan_due(self, now: datetime) -> bool:
        """Claim the rounds of some schedules that are due, the longest due first; false when no others are left."""
        self._failed = {schedule: at for schedule, at in self._failed.items() if now - at < _TRIED_AGAIN}
        async with self._store.read() as tx:
            found = await schedules.due(tx, now, most=len(self._failed) + _AT_ONCE + 1)
        due = [schedule for schedule in found if schedule.id not in self._failed]
        try:
            await self._run(due[:_AT_ONCE], now)
        except StorageBusy:
            return False  # the store says so; the next tick tries again
        except Exception:
            logger.debug("schedules that cannot be planned at once are planned one by one", exc_info=True)
            await self._run_apart(due[:_AT_ONCE], now)
        return len(due) > _AT_ONCE

    async def plan_now(
        self, schedule: Schedule, *, count: int, now: datetime, open_for: timedelta | None = None
    ) -> list[Round]:
        """Claim the next rounds of today; raises `BankExhausted` when nothing can be asked."""
        bank = self._library.bank(schedule.bank)
        async with self._store.write() as tx:
            planned = await self._claim(tx, schedule, bank, count=count, now=now, open_for=open_for)
        if not planned:
            raise BankExhausted
        return planned

    async def preview(self, schedule: Schedule, *, now: datetime) -> Round:
        """Give the round that would be next, without claiming it; raises `BankExhausted`."""
        bank = self._library.bank(schedule.bank)
        async with self._store.read() as tx:
            number = await rounds.last_number(tx, schedule.id, schedule.local_date(now)) + 1
            history = await self._history(tx, schedule, bank, now=now)
        chosen = self._choose(schedule, bank, history, number=number, count=1, now=now)
        if not chosen:
            raise BankExhausted
        day = schedule.local_date(now)
        return self._round(schedule, bank, chosen[0], number=number, now=now, day=day, open_for=None)

    async def _run_apart(self, found: Sequence[Schedule], now: datetime) -> None:
        for schedule in found:
            try:
                await self._run([schedule], now)
            except Exception:
                # One server's trouble never delays another.
                logger.exception("schedule %d could not be planned; it will be tried again", schedule.id)
                self._failed[schedule.id] = now

    async def _run(self, found: Sequence[Schedule], now: datetime) -> None:
        if found:
            async with self._store.write() as tx:
                for schedule in found:
                    await self._plan(tx, schedule, now)

    async def _plan(self, tx: Tx, found: Schedule, now: datetime) -> None:
        # Found outside this transaction, it may have been edited, paused or run by someone else meanwhile.
        schedule = await schedules.by_id(tx, found.id)
        if schedule.next_run is None or schedule.next_run > now:
            return
        if not self._library.has(schedule.bank):
            # An organiser's own pause, which nothing else may end, is over by now.
            await schedules.advance(tx, schedule, now)
            await schedules.pause(tx, schedule.id, Pause.BANK_GONE)
            text = f"**{plain_name(schedule.name)}** is paused: its bank `{schedule.bank}` is no longer installed."
            await notices.add(tx, schedule.guild_id, text, now=now)
            return
        catching = catch_up(schedule, now)
        if not await schedules.advance(tx, schedule, catching.next_run):
            return
        if schedule.paused is not None:
            await rounds.wake(tx, [schedule.id], now=now)
        await self._tell_skipped(tx, schedule, catching, now)
        if catching.run is not None:
            await self._claim_day(tx, replace(schedule, next_run=catching.next_run), now)

    async def _claim_day(self, tx: Tx, schedule: Schedule, now: datetime) -> None:
        # A schedule's open rounds close and are revealed before its next post.
        for asked in await rounds.unfinished(tx, schedule.id):
            if asked.state is RoundState.OPEN and asked.closes_at > now:
                await rounds.note(tx, asked.id, closes_at=now, step_at=now)
        bank = self._library.bank(schedule.bank)
        planned = await self._claim(tx, schedule, bank, count=schedule.per_day, now=now, open_for=None)
        if len(planned) < schedule.per_day:
            why = (
                "every other item on its topic is in an open question already"
                if on_topic(bank, schedule.topic) or (schedule.cases and labs_on(bank, schedule.topic))
                else "its bank has no items on its topic any more. Choose another with `/schedule edit`"
            )
            text = f"**{plain_name(schedule.name)}** asked {len(planned)} of {schedule.per_day} questions: {why}."
            await notices.add(tx, schedule.guild_id, text, now=now)

    async def _claim(
        self, tx: Tx, schedule: Schedule, bank: Bank, *, count: int, now: datetime, open_for: timedelta | None
    ) -> list[Round]:
        number = await rounds.last_number(tx, schedule.id, schedule.local_date(now)) + 1
        history = await self._history(tx, schedule, bank, now=now)
        items = self._choose(schedule, bank, history, number=number, count=count, now=now)
        day = now.astimezone(await schedules.zone_of(tx, schedule.guild_id) or schedule.zone).date()
        planned = []
        for place, item in enumerate(items):
            wanted = self._round(schedule, bank, item, number=number + place, now=now, day=day, open_for=open_for)
            claimed = await rounds.plan(tx, wanted)
            if claimed is not None:
                planned.append(claimed)
        if planned:
            await self._warn_if_few(tx, schedule, history, planned, now)
        return planned

    def _choose(
        self, schedule: Schedule, bank: Bank, history: History, *, number: int, count: int, now: datetime
    ) -> list[Item]:
        """Choose one by one: what is asked at the same time must not give anything of it away."""
        chosen: list[Item] = []
        for place in range(count):
            rng = Random(f"{schedule.seed}/{schedule.local_date(now)}/{number + place}")
            taken = replace(history, busy={*history.busy, *(item.id for item in chosen)})
            chosen += mix(bank, schedule.topic, taken, count=1, rng=rng, cases=schedule.cases)
        return chosen

    async def _history(self, tx: Tx, schedule: Schedule, bank: Bank, *, now: datetime) -> History:
        met = await profiles.meetings(tx, schedule.guild_id, bank.id, since=now - WINDOW)
        return History(
            asked=await rounds.asked(tx, schedule.id),
            slips=group_weights(met, now),
            busy=await rounds.busy_items(tx, schedule.guild_id, bank.id),
            told=await rounds.told(tx, schedule.guild_id, bank.id) if schedule.cases else (),
        )

    def _round(
        self,
        schedule: Schedule,
        bank: Bank,
        item: Item,
        *,
        number: int,
        now: datetime,
        day: date,
        open_for: timedelta | None,
    ) -> Round:
        on = schedule.local_date(now)
        return Round(
            id=0,
            guild_id=schedule.guild_id,
            channel_id=schedule.channel_id,
            schedule_id=schedule.id,
            bank=bank.id,
            posed=pose(item, Random(f"{schedule.seed}/{on}/{number}/{item.id}")),
            state=RoundState.PLANNED,
            on=on,
            opened_on=day,
            number=number,
            planned_at=now,
            closes_at=_closes_at(schedule, now, open_for or schedule.open_for),
            step_at=now,
            ping_role=schedule.ping_role,
            silent=schedule.silent,
            thread=schedule.thread,
            case_key=key_of(bank, item.id),
        )

    async def _warn_if_few(
        self, tx: Tx, schedule: Schedule, history: History, planned: Sequence[Round], now: datetime
    ) -> None:
        """Warn when few items are left, and when none is: once each, and at once when there were few to begin with."""
        bank = self._library.bank(schedule.bank)
        if schedule.cases and labs_on(bank, schedule.topic):
            # Cases follow, more of them than anyone gets through.
            return
        items = on_topic(bank, schedule.topic)
        before = len(fresh(items, history.asked))
        left = len(fresh(items, {*history.asked, *(each.posed.item.id for each in planned)}))
        if left < FEW_LEFT <= before or left == 0 < before or (left < FEW_LEFT and not history.asked):
            text = (
                f"**{plain_name(schedule.name)}** has {left} item{'' if left == 1 else 's'} left that it never asked. "
                "Then the ones asked longest ago come round again: widen its topic or choose another bank."
            )
            await notices.add(tx, schedule.guild_id, text, now=now)

    async def _tell_skipped(self, tx: Tx, schedule: Schedule, catching: Catching, now: datetime) -> None:
        if not catching.skipped:
            return
        times = len(catching.skipped)
        first = int(catching.skipped[0].timestamp())
        why = "the latest one is asked now" if catching.run is not None else "it is too late to catch up"
        text = (
            f"**{plain_name(schedule.name)}** skipped {times} question time{'s' if times > 1 else ''} "
            f"from <t:{first}:f>: I was not running then, and {why}."
        )
        logger.info("schedule %d skipped %d missed runs", schedule.id, times)
        await notices.add(tx, schedule.guild_id, text, now=now)


def _closes_at(schedule: Schedule, now: datetime, open_for: timedelta) -> datetime:
    """Give when a round asked now closes: the schedule's next question closes it, so a post promises no later time."""
    following = schedule.next_run
    if following is None:
        return now + open_for
    return min(now + open_for, following if following > now else next_due(schedule, now))
