"""What becomes of consented transcripts: into the training store and out of it, releases, suggestions."""
