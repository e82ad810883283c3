"""Runs the steps on the connection it is handed, inside the caller's transaction."""

from alembic import context

from coach.records.tables import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,  # SQLite can change a table only by copying it
)
context.run_migrations()
