"""The one writer: jobs in groups, their commits, and what is done when one fails."""
