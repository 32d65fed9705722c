"""Migratory status, in a room of its own: what somebody chose to tell, and who read it."""
