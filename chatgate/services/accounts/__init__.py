"""Agents' accounts: who they are, how they sign in, what their roles allow, and who did what."""
