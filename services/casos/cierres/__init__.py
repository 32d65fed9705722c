"""Closings that need a second person: proposed by one, approved or refused by another."""
