"""Tests of what several processes share."""
