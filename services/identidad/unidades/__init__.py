"""The departments of the municipality: each with a code that never changes, and who answers there.

An account, a case and a token carry the code; the name is for people and may change. Who answers
for a unit are the accounts that have the role `contraparte_unidad` in it: no second list says so.
"""
