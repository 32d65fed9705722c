"""Who works at the office, with which roles, and who may call its API.

It signs people in, signs the short tokens that every other service verifies, and renews them while
the session stands. It tells that somebody is to be sent a link to set their password, and hears
nothing.
"""
