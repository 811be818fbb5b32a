"""The tables: what is kept, and which constraints make each step happen once."""

import sqlalchemy as sa

from bot.domain.rounds import UNFINISHED
from bot.storage.columns import Duration, Instant, LocalTime, Names, Posed, Weekdays, Wished, Zone

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

guilds = sa.Table(
    "guilds",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("zone", Zone, nullable=False),
)

members = sa.Table(
    "members",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(100), nullable=False),
    # The name folded for sorting.
    sa.Column("name_key", sa.String(100), nullable=False),
)

schedules = sa.Table(
    "schedules",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(40), nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("created_by", sa.BigInteger, nullable=False),
    sa.Column("weekdays", Weekdays, nullable=False),
    sa.Column("at", LocalTime, nullable=False),
    sa.Column("zone", Zone, nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("topic", sa.String(64)),
    sa.Column("per_day", sa.Integer, nullable=False),
    sa.Column("open_for", Duration, nullable=False),
    sa.Column("catch_up", Duration, nullable=False),
    sa.Column("ping_role", sa.BigInteger),
    sa.Column("thread", sa.Boolean, nullable=False),
    sa.Column("silent", sa.Boolean, nullable=False),
    sa.Column("cases", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("paused", sa.String(16)),
    sa.Column("resumes_on", sa.Date),
    sa.Column("next_run", Instant),
    sa.Column("seed", sa.Integer, nullable=False),
    # A removed schedule keeps its row: its rounds and their scores refer to it.
    sa.Column("removed_at", Instant),
    sa.Index("ix_schedules_next_run", "next_run"),
    # The name folded for comparison; empty once removed, so that the name is free again.
    sa.Column("name_key", sa.String(40)),
    sa.UniqueConstraint("guild_id", "name_key"),
)

quizzes = sa.Table(
    "quizzes",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    # The channel while it runs, empty afterwards: a channel has one quiz at a time.
    sa.Column("running_in", sa.BigInteger),
    sa.Column("host_id", sa.BigInteger, nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("topic", sa.String(64)),
    sa.Column("trap", sa.String(64)),
    sa.Column("difficulty", sa.String(16)),
    sa.Column("count", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Integer, nullable=False),
    sa.Column("by_letter", sa.Boolean, nullable=False),
    sa.Column("counts", sa.Boolean, nullable=False),
    sa.Column("cases", sa.Boolean, nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("ending", sa.String(16)),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("begins_at", Instant, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("paused_at", Instant),
    sa.Column("left", Duration),
    sa.Column("shown", Instant),
    # As in `rounds`.
    sa.Column("step_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lobby_id", sa.BigInteger),
    sa.Column("board_id", sa.BigInteger),
    sa.UniqueConstraint("running_in"),
    sa.Index("ix_quizzes_step_at", "step_at"),
    sa.Index("ix_quizzes_guild_id_running_in", "guild_id", "running_in"),
)

rounds = sa.Table(
    "rounds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("schedule_id", sa.ForeignKey("schedules.id")),
    sa.Column("quiz_id", sa.ForeignKey("quizzes.id")),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("item_id", sa.String(64), nullable=False),
    sa.Column("posed", Posed, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    # `on` is the schedule's local date; `opened_on` is the date on the server's calendar, by which boards count.
    sa.Column("on", sa.Date, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("planned_at", Instant, nullable=False),
    sa.Column("closes_at", Instant, nullable=False),
    # When the next step is due: the work list, the lease of whoever works on it, and the wait after a failure.
    sa.Column("step_at", Instant),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("seeded", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("closing_at", Instant),
    sa.Column("closed_late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reveal_id", sa.BigInteger),
    sa.Column("ping_role", sa.BigInteger),
    sa.Column("silent", sa.Boolean, nullable=False),
    sa.Column("thread", sa.Boolean, nullable=False),
    sa.Column("void_reason", sa.String(200)),
    sa.Column("by_letter", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("ranks", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("case_key", sa.Text),
    sa.CheckConstraint("(schedule_id IS NULL) <> (quiz_id IS NULL)", name="of_one"),
    sa.UniqueConstraint("schedule_id", "on", "number"),
    sa.UniqueConstraint("quiz_id", "number"),
    sa.UniqueConstraint("message_id"),
    sa.Index("ix_rounds_step_at", "step_at"),
    sa.Index("ix_rounds_guild_id_state", "guild_id", "state"),
    sa.Index("ix_rounds_guild_id_opened_on", "guild_id", "opened_on"),
    sa.Index("ix_rounds_guild_id_item_id", "guild_id", "item_id"),
    sa.Index("ix_rounds_schedule_id_item_id", "schedule_id", "item_id"),
)


def unfinished_state() -> sa.ColumnElement[bool]:
    """Write the condition that a round is unfinished, in the words of the index on it.

    A database uses an index of some rows only for a query that has its very condition, which values bound later hide.
    """
    return rounds.c.state.in_(sa.bindparam(None, UNFINISHED, sa.String(), expanding=True, literal_execute=True))


# Few rounds are unfinished, whatever the length of the ledger: which items those keep busy is asked for every drill.
sa.Index(
    "ix_rounds_unfinished",
    rounds.c.bank,
    rounds.c.guild_id,
    rounds.c.item_id,
    # Here only so that a query finds its whole condition in the index.
    rounds.c.state,
    sqlite_where=unfinished_state(),
)

# Few rounds are of generated cases; which of those a server was told is asked with every question that may be one.
sa.Index("ix_rounds_case_key", rounds.c.guild_id, rounds.c.bank, sqlite_where=rounds.c.case_key.is_not(None))

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("round_id", sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seen", sa.String(40), nullable=False),
    sa.Column("choice", sa.String(10), nullable=False),
    sa.Column("unresolved", sa.Boolean, nullable=False),
    sa.Column("surface", sa.String(16), nullable=False),
    sa.Column("came", sa.String(16), nullable=False),
    sa.Column("at", Instant, nullable=False),
)

results = sa.Table(
    "results",
    metadata,
    sa.Column("round_id", sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("ranked", sa.Boolean, nullable=False),
    sa.Index("ix_results_member_id", "member_id"),
)

# The boards: what the ranked results of each period add up to, kept in the transaction that stores the results.
totals = sa.Table(
    "totals",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("period", sa.String(10), primary_key=True),
    sa.Column("units", sa.BigInteger, nullable=False),
    sa.Column("answered", sa.Integer, nullable=False),
    sa.Column("full", sa.Integer, nullable=False),
    sa.Column("name_key", sa.String(100), nullable=False),
)
sa.Index(
    "ix_totals_board", totals.c.guild_id, totals.c.period, totals.c.units.desc(), totals.c.name_key, totals.c.member_id
)

# How many members stand at each number of units: a rank is a sum over as many rows as there are different totals. These
# are far fewer than members, as shares of a mark are of few kinds; but nothing keeps them so.
ladders = sa.Table(
    "ladders",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("period", sa.String(10), primary_key=True),
    sa.Column("units", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("members", sa.Integer, nullable=False),
)

slips = sa.Table(
    "slips",
    metadata,
    sa.Column("round_id", sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("member_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("trap", sa.String(64), primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Index("ix_slips_member", "guild_id", "member_id", "bank", "trap"),
)

# What members did for themselves: never ranked, but it counts for their traps.
practised = sa.Table(
    "practised",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("item_id", sa.String(64), nullable=False),
    sa.Column("posed", Posed, nullable=False),
    sa.Column("seed", sa.String(16), nullable=False),
    sa.Column("choice", sa.String(10), nullable=False),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("full", sa.Boolean, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("source", sa.String(16), nullable=False),
    # The traps that were fallen for, and those that a fully right answer resisted: profiles are read without items.
    sa.Column("fallen", Names, nullable=False, server_default=sa.text("''")),
    sa.Column("resisted", Names, nullable=False, server_default=sa.text("''")),
    sa.Column("sure", sa.Boolean),
    # One posing is answered once, however often it is sent.
    sa.UniqueConstraint("member_id", "bank", "item_id", "seed"),
    sa.Index("ix_practised_member_id_bank_at", "member_id", "bank", "at"),
)

# One member's run of items in private. The wish is what was asked for.
sittings = sa.Table(
    "sittings",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("mode", sa.String(16), nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("wish", Wished, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("started_at", Instant, nullable=False),
    sa.Column("touched_at", Instant, nullable=False),
    sa.Column("deadline", Instant),
    sa.Column("ended_at", Instant),
    # Mode, server and member in one while it is open, so that each has one of a kind; empty afterwards.
    sa.Column("open_key", sa.String(60)),
    sa.UniqueConstraint("open_key"),
    sa.Index("ix_sittings_member_id_started_at", "member_id", "started_at"),
    sa.Index("ix_sittings_guild_id_touched_at", "guild_id", "touched_at"),
    sa.Index("ix_sittings_touched_at", "touched_at"),
)

sitting_items = sa.Table(
    "sitting_items",
    metadata,
    sa.Column("sitting_id", sa.ForeignKey("sittings.id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("posed", Posed, nullable=False),
    sa.Column("choice", sa.String(10)),
    sa.Column("sure", sa.Boolean),
    sa.Column("flagged", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("units", sa.Integer),
    sa.Column("full", sa.Boolean),
    sa.Column("answered_at", Instant),
)

# What members say is wrong with an item; one says so once for each of its revisions.
reports = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("bank", sa.String(64), nullable=False),
    sa.Column("item_id", sa.String(64), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("round_id", sa.ForeignKey("rounds.id"), nullable=False),
    sa.Column("member_id", sa.BigInteger, nullable=False),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("note", sa.String(300), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.UniqueConstraint("guild_id", "member_id", "bank", "item_id", "revision"),
    sa.Index("ix_reports_guild_id_state", "guild_id", "state"),
    sa.Index("ix_reports_round_id", "round_id"),
)

# The traps in a graded round's item: how many answered it, and how many of them fell.
round_traps = sa.Table(
    "round_traps",
    metadata,
    sa.Column("round_id", sa.ForeignKey("rounds.id"), primary_key=True),
    sa.Column("trap", sa.String(64), primary_key=True),
    sa.Column("met", sa.Integer, nullable=False),
    sa.Column("fell", sa.Integer, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("shown_at", Instant),
    sa.Index("ix_notices_guild_id_shown_at", "guild_id", "shown_at"),
)

process = sa.Table(
    "process",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("value", sa.String(200), nullable=False),
)
