"""What Alembic runs for a migration. The connection is handed in: who migrates, and under which lock, is decided outside."""

from alembic import context

handed = context.config.attributes
connection = handed["connection"]
context.configure(
    connection=connection,
    version_table="daemun_alembic_version",
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
    on_version_apply=handed["on_version_apply"],
)
with context.begin_transaction():
    context.run_migrations()
