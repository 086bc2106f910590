"""Tests of what each service stores and refuses."""
