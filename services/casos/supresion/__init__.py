"""Erasing somebody through every service: previewed, confirmed by two, certified by each."""
