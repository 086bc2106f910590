"""Engines, the one writer, queries by aggregate, and migrations; no rules."""
