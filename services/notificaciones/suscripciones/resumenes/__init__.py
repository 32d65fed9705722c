"""A digest by mail for a unit that has no system: what happened, by kind, with links into the
office.

A delivery waits like any other; at the unit's hour a message of the office's own takes all that
wait. Its id is their lease, and what becomes of it is what became of them. Nothing is sent to an
address before somebody there opened the link that was sent to it.
"""
