"""Deadlines: each is a row with its end in working days, and a sweep that reminds and escalates."""
