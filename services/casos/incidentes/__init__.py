"""Breaches of the security of personal data: suspected by anybody, kept in a register by who
answers for people's data, with its clocks and with whom the office told.
"""
