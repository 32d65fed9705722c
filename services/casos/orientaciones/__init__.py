"""The orientation library: sheets in versions, in the person's language, and those that were given.

A sheet is edited as a draft, published with the day on which it must be reviewed, and withdrawn;
one whose day has passed is offered no more. What was given names the version and the language.
"""
