"""Tests of tables and their privacy metadata."""
