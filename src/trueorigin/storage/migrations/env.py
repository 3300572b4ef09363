# SPDX-License-Identifier: Apache-2.0
"""Run the migrations on the connection that `database.migrate` hands over; nothing else."""

from alembic import context

from trueorigin.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite too: the surrounding transaction was opened explicitly, so DDL rolls back.
    transactional_ddl=True,
)
context.run_migrations()
