"""Obstacles that people meet at institutions: what is asked of them, how often, what changed.

Never a person's data: who met one, in which derivation or attention, is not written down.
"""
