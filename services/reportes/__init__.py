"""The office's work turned into figures: months, indicators, exports and reports as PDF.

Hears that something happened at casos and pulls the de-identified facts from its owner; tells
nothing. What it keeps can be thrown away and made again from the owner's facts.
"""
