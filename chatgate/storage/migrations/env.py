"""Alembic's entry; chatgate.storage.migrate drives the environment itself."""
