"""Taking back what one handler left in a session, when nothing of it reached the database yet."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session


class Undo:
    """Watches a session while the handlers of a batch run in it, one after the other.

    Handlers share the session's memory and its transaction. What one of them only meant to add can
    be forgotten; what it sent, or changed of what was there, only a savepoint or the end of the
    transaction takes back.
    """

    def __init__(self, session: Session) -> None:
        """For as long as the session's transaction lasts."""
        self._session = session
        self._added: list[object] = []
        self._has_sent = False
        event.listen(session, "after_attach", self._on_attach)
        event.listen(session.connection(), "before_cursor_execute", self._on_statement)

    def start(self) -> None:
        """A handler begins: what came before stays."""
        self._added.clear()
        self._has_sent = False

    def take_back(self) -> bool:
        """Forget what was added since `start`; False when that is not all that happened."""
        session = self._session
        if self._has_sent or session.dirty or session.deleted:
            return False
        for instance in self._added:
            if instance in session.new:
                session.expunge(instance)
        return True

    def _on_attach(self, _session: Session, instance: object) -> None:
        self._added.append(instance)

    def _on_statement(self, *_statement: Any) -> None:
        self._has_sent = True
