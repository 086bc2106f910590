"""Tests of the hooks, one file for each hook and for each part of the chain."""
