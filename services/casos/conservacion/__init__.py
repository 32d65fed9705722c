"""Closed cases whose time has passed: a person looks, and decides to keep one for longer."""
