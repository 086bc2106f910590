"""One verb per function; the only writers. Services write, policy decides, hooks advise."""
