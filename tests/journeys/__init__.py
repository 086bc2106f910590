"""Tests of promises, shown in a real browser."""
