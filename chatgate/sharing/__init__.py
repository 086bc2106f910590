"""What several processes share through Redis: hints and counts, and nothing that matters."""
