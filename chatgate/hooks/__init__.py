"""The developers' API: what hooks exist, what they get, in which order and under which consent they run."""
