"""What one process of a service calls out to the others when it has committed something.

A hint and no more: each looks by itself within its own pause. On SQLite the office is one process
and whoever writes wakes the others directly.

PostgreSQL lets one transaction at a time commit a hint, and it waits for the disk meanwhile. So a
transaction of one statement that begins a moment after another one of its process, which gave a
hint, gives none: who heard that one looks once more (`oficina.changes.Changes`).
"""

import os
import secrets

OUTBOX = "outbox"
INBOX = "inbox"

_MACHINE = secrets.token_hex(8)


def sender() -> str:
    """Who this process is among those that notify: it wakes its own loops without PostgreSQL."""
    return f"{_MACHINE}.{os.getpid()}"
