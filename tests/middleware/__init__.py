"""Tests of the built-in middlewares."""
