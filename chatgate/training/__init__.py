"""Where consented transcripts go: sinks that hold content and no rule."""
