"""Attentions: each time that somebody was attended, also without a name."""
