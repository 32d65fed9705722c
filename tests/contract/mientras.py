"""Two transactions at the same moment."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from oficina.db import Database


def mientras(
    db: Database, primero: Callable[[Session], Any], despues: Callable[[Session], Any]
) -> Exception | None:
    """Do `despues` while `primero` is done and not yet committed; what it raised."""
    raised: list[Exception] = []

    def otro() -> None:
        try:
            with db.begin() as session:
                despues(session)
        except Exception as error:
            raised.append(error)

    thread = threading.Thread(target=otro)
    with db.begin() as session:
        primero(session)
        session.flush()
        thread.start()
        thread.join(0.5)
    thread.join(30)
    assert not thread.is_alive()
    return raised[0] if raised else None
