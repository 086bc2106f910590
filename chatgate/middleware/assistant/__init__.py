"""An assistant that learns from consented chats only, and forgets exactly."""
