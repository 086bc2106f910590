"""Tests of the training store."""
