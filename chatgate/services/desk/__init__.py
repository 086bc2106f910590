"""What agents do in the inbox with conversations: find, sort, note, hand over."""
