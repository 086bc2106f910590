"""The servers that ChatGate is compared with; each is a program of its own."""
