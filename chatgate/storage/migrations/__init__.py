"""Alembic migrations, named NNNN_what.py; the schema is made by these only."""
