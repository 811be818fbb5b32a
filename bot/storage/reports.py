"""Queries about reports: what members say is wrong with items."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from bot.domain.report import Elsewhere, Reason, Report, ReportState
from bot.storage.store import Tx
from bot.storage.tables import answers, reports, results, rounds, totals

_FIELDS = tuple(field.name for field in fields(Report) if field.name != "id")
_SUBJECT = (reports.c.bank, reports.c.item_id, reports.c.revision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One revision of an item, which a server's reports are about."""

    guild_id: int
    bank: str
    item_id: str
    revision: int


def subject_of(report: Report) -> Subject:
    """Give what a report is about."""
    return Subject(guild_id=report.guild_id, bank=report.bank, item_id=report.item_id, revision=report.revision)


async def add(tx: Tx, report: Report) -> Report | None:
    """Store a report and give it its id; `None` when that member has reported that revision already."""
    values = {name: getattr(report, name) for name in _FIELDS}
    claim = insert(reports).values(values).on_conflict_do_nothing()
    row = (await tx.execute(claim.returning(reports))).one_or_none()
    return None if row is None else _report(row)


async def of_member(tx: Tx, subject: Subject, member_id: int) -> Report | None:
    """Give what a member reported of an item's revision."""
    row = (await tx.execute(sa.select(reports).where(*_about(subject), reports.c.member_id == member_id))).one_or_none()
    return None if row is None else _report(row)


async def by_id(tx: Tx, report_id: int) -> Report | None:
    """Give one report."""
    row = (await tx.execute(sa.select(reports).where(reports.c.id == report_id))).one_or_none()
    return None if row is None else _report(row)


async def subjects(tx: Tx, guild_id: int) -> list[Subject]:
    """List what a server's open reports are about, the one that has waited longest first."""
    rows = await tx.execute(
        sa.select(*_SUBJECT)
        .where(reports.c.guild_id == guild_id, reports.c.state == ReportState.OPEN)
        .group_by(*_SUBJECT)
        .order_by(sa.func.min(reports.c.id))
    )
    return [Subject(guild_id=guild_id, bank=row.bank, item_id=row.item_id, revision=row.revision) for row in rows]


async def open_about(tx: Tx, subject: Subject) -> list[Report]:
    """List the open reports about an item's revision, newest first."""
    wanted = (*_about(subject), reports.c.state == ReportState.OPEN)
    return [_report(row) for row in await tx.execute(sa.select(reports).where(*wanted).order_by(reports.c.id.desc()))]


async def dismiss(tx: Tx, subject: Subject, *, up_to: int) -> list[int]:
    """Dismiss the open reports about an item's revision, none newer than `up_to`; gives their ids."""
    wanted = (*_about(subject), reports.c.state == ReportState.OPEN, reports.c.id <= up_to)
    done = sa.update(reports).where(*wanted).values(state=ReportState.DISMISSED).returning(reports.c.id)
    return list((await tx.execute(done)).scalars())


async def reopen(tx: Tx, subject: Subject, *, since: int, up_to: int) -> int:
    """Open dismissed reports about an item's revision again, those between two ids; gives how many there were."""
    wanted = (*_about(subject), reports.c.state == ReportState.DISMISSED, reports.c.id.between(since, up_to))
    return (await tx.execute(sa.update(reports).where(*wanted).values(state=ReportState.OPEN))).rowcount


async def move(tx: Tx, round_id: int, state: ReportState, to: ReportState) -> None:
    """Move every report of a round that is in one state to another."""
    wanted = (reports.c.round_id == round_id) & (reports.c.state == state)
    await tx.execute(sa.update(reports).where(wanted).values(state=to))


async def counts(tx: Tx, round_id: int) -> Mapping[tuple[str, bool], int]:
    """Count the answers given to a round by their choice and whether it is unresolved."""
    rows = await tx.execute(
        sa.select(answers.c.choice, answers.c.unresolved, sa.func.count().label("times"))
        .where(answers.c.round_id == round_id, answers.c.choice != "")
        .group_by(answers.c.choice, answers.c.unresolved)
    )
    return {(row.choice, row.unresolved): row.times for row in rows}


async def elsewhere(tx: Tx, round_id: int) -> Mapping[bool, Elsewhere]:
    """Give how members did in all other rounds: those fully right in this one (`True`), and those who were not.

    Whoever has no ranked answer to another round is not among them; nothing is given of a round that is void.
    """
    total = (totals.c.guild_id == rounds.c.guild_id) & (totals.c.period == "all")
    rows = await tx.execute(
        sa.select(
            results.c.full.label("group"),
            sa.func.count().label("members"),
            sa.func.sum(totals.c.answered - 1).label("answered"),
            sa.func.sum(totals.c.full - sa.cast(results.c.full, sa.Integer)).label("right"),
        )
        .select_from(
            results.join(rounds, rounds.c.id == results.c.round_id).join(
                totals, total & (totals.c.member_id == results.c.member_id)
            )
        )
        .where(results.c.round_id == round_id, results.c.ranked, totals.c.answered > 1)
        .group_by(results.c.full)
    )
    return {row.group: Elsewhere(members=row.members, answered=row.answered, right=row.right) for row in rows}


def _about(subject: Subject) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        reports.c.guild_id == subject.guild_id,
        reports.c.bank == subject.bank,
        reports.c.item_id == subject.item_id,
        reports.c.revision == subject.revision,
    )


def _report(row: sa.Row[Any]) -> Report:
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's public name for a row as a mapping
    return Report(**values | {"reason": Reason(row.reason), "state": ReportState(row.state)})
