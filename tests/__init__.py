"""Tests, mirroring chatgate/."""
