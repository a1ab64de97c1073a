"""Several processes: which of them sends to a peer just now."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add two columns."""
    op.add_column("peers", sa.Column("held_by", sa.Text(), nullable=True))
    op.add_column("peers", sa.Column("held_until", sa.BigInteger(), nullable=True))
