"""The first tables: people, practices, repetitions and what joined in."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "patient",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("affected", sa.String(5)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("uid", name="pk_patient"),
        sa.CheckConstraint("affected IN ('right', 'left')", name=op.f("ck_patient_affected")),
    )
    op.create_table(
        "practice",
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("patient_uid", sa.String(32), nullable=False),
        sa.Column("card_id", sa.String(100), nullable=False),
        sa.Column("card_name", sa.String(200), nullable=False),
        sa.Column("card_version", sa.String(12), nullable=False),
        sa.Column("engine_version", sa.String(20), nullable=False),
        sa.Column("affected", sa.String(5)),
        sa.Column("sensitivity", sa.String(20), nullable=False),
        sa.Column("repetitions_planned", sa.Integer, nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("ending", sa.String(8)),
        sa.Column("judged_share", sa.Double),
        sa.PrimaryKeyConstraint("uid", name="pk_practice"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name="fk_practice_patient", ondelete="CASCADE"
        ),
        sa.CheckConstraint("affected IN ('right', 'left')", name=op.f("ck_practice_affected")),
        sa.CheckConstraint("ending IN ('finished', 'stopped')", name=op.f("ck_practice_ending")),
        sa.CheckConstraint("judged_share BETWEEN 0 AND 1", name=op.f("ck_practice_judged_share")),
    )
    op.create_index("ix_practice_patient_uid_started_at", "practice", ["patient_uid", "started_at"])
    op.create_table(
        "repetition",
        sa.Column("practice_uid", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("started_at_seconds", sa.Double, nullable=False),
        sa.Column("ended_at_seconds", sa.Double, nullable=False),
        sa.Column("amplitude_right_mm", sa.Double),
        sa.Column("amplitude_left_mm", sa.Double),
        sa.Column("symmetry", sa.Double),
        sa.Column("hold_seconds", sa.Double, nullable=False),
        sa.Column("clean", sa.Boolean, nullable=False),
        sa.Column("judged_share", sa.Double, nullable=False),
        sa.Column("unseen", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("practice_uid", "number", name="pk_repetition"),
        sa.ForeignKeyConstraint(
            ["practice_uid"], ["practice.uid"], name="fk_repetition_practice", ondelete="CASCADE"
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_repetition_number")),
        sa.CheckConstraint("judged_share BETWEEN 0 AND 1", name=op.f("ck_repetition_judged_share")),
    )
    op.create_table(
        "unwanted_movement",
        sa.Column("practice_uid", sa.String(32), nullable=False),
        sa.Column("repetition_number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("pattern", sa.String(100), nullable=False),
        sa.Column("movement", sa.String(100), nullable=False),
        sa.Column("side", sa.String(5)),
        sa.Column("started_at_seconds", sa.Double, nullable=False),
        sa.Column("ended_at_seconds", sa.Double, nullable=False),
        sa.Column("peak_mm", sa.Double, nullable=False),
        sa.Column("onset_amplitude_mm", sa.Double, nullable=False),
        sa.Column("warned_at_seconds", sa.Double),
        sa.PrimaryKeyConstraint("practice_uid", "repetition_number", "position", name="pk_unwanted_movement"),
        sa.ForeignKeyConstraint(
            ["practice_uid", "repetition_number"],
            ["repetition.practice_uid", "repetition.number"],
            name="fk_unwanted_movement_repetition",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("side IN ('right', 'left')", name=op.f("ck_unwanted_movement_side")),
    )


def downgrade() -> None:
    """Take the tables away, the youngest first."""
    for table in ("unwanted_movement", "repetition", "practice", "patient"):
        op.drop_table(table)
