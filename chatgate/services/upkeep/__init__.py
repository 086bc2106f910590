"""Looking after an installation: backups, health, and what contradicts its promises."""
