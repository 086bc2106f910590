"""Fault tests: what was acknowledged, what is stored and what was shown must agree whatever breaks meanwhile."""
