"""Mediation between neighbours: who takes part, when they met, what they agreed, what became of it.

Confidential by its nature: it is reached as its case is, what was noted of a session is read by who
held it and by the people named in the case, and nothing of it is on the page of a party.
"""
