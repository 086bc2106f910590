"""SQLModel tables; no queries, no rules. Import ``chatgate.models.tables`` for all of them."""
