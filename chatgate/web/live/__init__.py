"""Who is here now and what they are told, in this process and in the others."""
