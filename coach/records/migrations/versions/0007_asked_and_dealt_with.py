"""Sheets that a person is asked to fill in, and what was done about stops by the safety check."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _moment(name: str, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs(table: str, *columns: sa.Column[Any], **checks: str) -> None:
    """A table of rows that go with their person, with these checks by name."""
    op.create_table(
        table,
        sa.Column("uid", sa.String(32), nullable=False),
        sa.Column("patient_uid", sa.String(32), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("uid", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["patient_uid"], ["patient.uid"], name=f"fk_{table}_patient", ondelete="CASCADE"
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
    )


def upgrade() -> None:
    """Make the tables."""
    _belongs(
        "sheet_request",
        sa.Column("scale", sa.String(40), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        _moment("created_at"),
        sa.Column("answers", sa.JSON, nullable=False),
        _moment("answered_at", nullable=True),
        _moment("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by", sa.String(200)),
        withdrawn="(withdrawn_at IS NULL) = (withdrawn_by IS NULL)",
        answered="answered_at IS NULL OR withdrawn_at IS NULL",
    )
    op.create_index("ix_sheet_request_patient_uid_created_at", "sheet_request", ["patient_uid", "created_at"])
    _belongs(
        "dealt_stop",
        _moment("up_to"),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        _moment("created_at"),
    )
    op.create_index("ix_dealt_stop_patient_uid_up_to", "dealt_stop", ["patient_uid", "up_to"])


def downgrade() -> None:
    """Take the tables away again, and with them what was asked and what was done."""
    op.drop_table("dealt_stop")
    op.drop_table("sheet_request")
