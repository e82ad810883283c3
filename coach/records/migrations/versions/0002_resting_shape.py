"""The shape of the face in the rest before each repetition; empty where it was not seen, or not yet measured."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = (
    "resting_lid_gap_right_mm",
    "resting_lid_gap_left_mm",
    "resting_corner_height_mm",
    "resting_brow_height_mm",
)


def upgrade() -> None:
    """Add the columns; what is there already stays as it is."""
    for name in COLUMNS:
        op.add_column("repetition", sa.Column(name, sa.Double))


def downgrade() -> None:
    """Take the columns away again."""
    for name in reversed(COLUMNS):
        op.drop_column("repetition", name)
