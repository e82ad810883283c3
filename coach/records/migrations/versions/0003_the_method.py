"""Prescriptions, sessions, what each watched area did and the course of each repetition; how people like to see it."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    """A check that goes with a new column; SQLite could add it later only by copying the table."""
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _columns() -> dict[str, tuple[sa.Column[Any], ...]]:
    """The columns old tables get, made anew each time, because a column can be part of one table only."""
    return {
        "patient": (
            sa.Column(
                "view",
                sa.String(6),
                _check("patient", "view", "view IN ('ask', 'mirror', 'line', 'bars')"),
                server_default="mirror",
                nullable=False,
            ),
        ),
        "practice": (
            sa.Column("session_uid", sa.String(32)),
            sa.Column("item", sa.Integer),
            sa.Column("prescription_uid", sa.String(32)),
            sa.Column(
                "level",
                sa.Integer,
                _check("practice", "level", "level BETWEEN 1 AND 6"),
                server_default="3",
                nullable=False,
            ),
            sa.Column(
                "feedback",
                sa.String(5),
                _check("practice", "feedback", "feedback IN ('every', 'half', 'after')"),
                server_default="every",
                nullable=False,
            ),
            sa.Column("is_check", sa.Boolean, server_default=sa.false(), nullable=False),
            sa.Column("band_low", sa.Double),
            sa.Column("band_high", sa.Double),
            sa.Column("felt", sa.JSON),
        ),
        "repetition": (
            sa.Column("movement", sa.String(100)),
            sa.Column("side", sa.String(5), _check("repetition", "side", "side IN ('right', 'left')")),
            sa.Column("corrections", sa.JSON, server_default="[]", nullable=False),
            sa.Column("rise_seconds", sa.Double),
            sa.Column("release_seconds", sa.Double),
            sa.Column("isolation", sa.Double, _check("repetition", "isolation", "isolation BETWEEN 0 AND 1")),
            sa.Column("muted", sa.Boolean, server_default=sa.false(), nullable=False),
        ),
    }


def _onset_may_be_unknown(nullable: bool) -> None:
    """SQLite changes a column by copying the table; to this one no other row belongs, so its old copy may go."""
    side = sa.CheckConstraint("side IN ('right', 'left')", name=op.f("ck_unwanted_movement_side"))
    with op.batch_alter_table(
        "unwanted_movement", table_args=(side,)
    ) as table:  # checks are not copied by themselves
        table.alter_column("onset_amplitude_mm", existing_type=sa.Double, nullable=nullable)


def upgrade() -> None:
    """Make the tables and add the columns; what is there already stays as it is."""
    op.create_table(
        "prescription",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("patient_uid", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("programme", sa.String(100)),
        sa.Column("stage", sa.String(20)),
        sa.Column("half_mirror", sa.Boolean, nullable=False),
        sa.Column("sessions_per_day", sa.Integer, nullable=False),
        sa.Column("items", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_prescription"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name="fk_prescription_patient", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("patient_uid", "version", name="uq_prescription_patient_uid_version"),
        sa.CheckConstraint("version >= 1", name=op.f("ck_prescription_version")),
        sa.CheckConstraint("sessions_per_day >= 1", name=op.f("ck_prescription_sessions_per_day")),
    )
    op.create_table(
        "session",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("patient_uid", sa.String(32), nullable=False),
        sa.Column("prescription_uid", sa.String(32)),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String(8)),
        sa.Column("comfort", sa.JSON),
        sa.Column("comfort_at", sa.DateTime(timezone=True)),
        sa.Column("steps_done", sa.JSON, nullable=False),
        sa.Column("feelings", sa.JSON),
        sa.PrimaryKeyConstraint("uid", name="pk_session"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name="fk_session_patient", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["prescription_uid"], ["prescription.uid"], name="fk_session_prescription", ondelete="SET NULL"
        ),
        sa.CheckConstraint("ending IN ('finished', 'stopped', 'safety')", name=op.f("ck_session_ending")),
    )
    op.create_index("ix_session_patient_uid_started_at", "session", ["patient_uid", "started_at"])

    for table, columns in _columns().items():
        for column in columns:
            op.add_column(table, column)
    _onset_may_be_unknown(True)

    op.create_table(
        "watched_area",
        sa.Column("practice_uid", sa.String(32), nullable=False),
        sa.Column("repetition_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("pattern", sa.String(100), nullable=False),
        sa.Column("side", sa.String(5)),
        sa.Column("coupling", sa.Double),
        sa.Column("peak_mm", sa.Double),
        sa.Column("seen_share", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("practice_uid", "repetition_number", "position", name="pk_watched_area"),
        sa.ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            name="fk_watched_area_repetition",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("side IN ('right', 'left')", name=op.f("ck_watched_area_side")),
        sa.CheckConstraint("seen_share BETWEEN 0 AND 1", name=op.f("ck_watched_area_seen_share")),
    )
    op.create_table(
        "trace",
        sa.Column("practice_uid", sa.String(32), nullable=False),
        sa.Column("repetition_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("practice_uid", "repetition_number", name="pk_trace"),
        sa.ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            name="fk_trace_repetition",
            ondelete="CASCADE",
        ),
    )


def downgrade() -> None:
    """Take the tables and columns away again, with what joined in where no wanted movement was measured."""
    op.execute("DELETE FROM unwanted_movement WHERE onset_amplitude_mm IS NULL")
    _onset_may_be_unknown(False)
    op.drop_table("trace")
    op.drop_table("watched_area")
    for table, columns in _columns().items():
        for column in columns:
            op.drop_column(table, column.name)
    op.drop_table("session")
    op.drop_table("prescription")
