"""When a message may leave and whom it is for: rules that the office writes, and who is told."""
