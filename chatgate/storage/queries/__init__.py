"""Queries by aggregate: each function takes a connection and returns rows or plain values."""
