"""The chain of the audit: whoever can write a database still cannot rewrite what it told.

`sealer` chains each committed row to the one before by SHA-256, in a strict sequence, within a
second. `heads` signs the end of the chain and leaves it outside the database each day. `verify`
reads all again and names the first link that is not what was sealed, or not what was signed.
"""
