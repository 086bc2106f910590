"""What a visitor may ask for, and what ends by itself: copies, erasure, retention."""
