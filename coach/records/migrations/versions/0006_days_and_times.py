"""On which days a prescription is for, and when on them; what was prescribed before was for every day."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("prescription", sa.Column("days", sa.JSON, server_default="[]", nullable=False))
    op.add_column("prescription", sa.Column("times", sa.String(200)))


def downgrade() -> None:
    """Take the columns away again."""
    op.drop_column("prescription", "times")
    op.drop_column("prescription", "days")
