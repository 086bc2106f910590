"""Tests of chatgate.media."""
