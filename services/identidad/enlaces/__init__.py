"""Links by which a person sets their own password: an invitation, or a password that was forgotten.

A link is asked for here and minted when its mail is written (docs/decisions/0005): a token is kept
as a hash only, works once, and expires. Nobody but its person ever knows a password.
"""
