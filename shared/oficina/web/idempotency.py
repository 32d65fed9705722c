"""A request that is sent twice is done once: `Idempotency-Key` on every POST of the API.

A key belongs to whoever asks and to the address. With a key, everything that the request writes,
the rows of the audit and the facts among it, is one transaction together with the answer: a process
that dies leaves both or neither, and the same request gets the same answer for 24 hours. The same
key with another body is 422, one whose first request still runs 409. Only what was done is kept: an
answer that refused left nothing, and its key is free.

Before an answer is given again its request is rehearsed (`oficina/web/repeats.py`), so that it goes
to who may still have it. A secret that an answer shows once is not kept (`withheld`).

While a request runs its key is held in the process, and on PostgreSQL by an advisory lock of its
transaction, so that nothing is left to clean up after a crash; where all that it writes is one
statement, the key itself refuses a second one. On SQLite whoever writes is alone. A view that may
be asked in vain (`tried_first`) leaves even the first look to them.
"""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, Response, current_app
from flask_babel import gettext as _
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException

from oficina.actor import Actor
from oficina.db import Database
from oficina.env import Env
from oficina.errors import DomainError
from oficina.privacy import blind_index
from oficina.texts import N_
from oficina.web.here import this_g, this_request
from oficina.web.kept_answers import Kept, found, keep, refused, take_turn
from oficina.web.repeats import give_again, written_down

HEADER = "Idempotency-Key"
_IN_ENVIRON = "HTTP_IDEMPOTENCY_KEY"

View = TypeVar("View", bound=Callable[..., Any])

_KEY = re.compile(r"[\x21-\x7e]{1,255}")


class ClaveInvalida(DomainError):
    """What was sent cannot be a key."""

    title = N_("La clave de idempotencia no es válida")


class ClaveEnCurso(DomainError):
    """The first request with this key is not answered yet."""

    status = 409
    title = N_("La misma petición todavía se está haciendo")


class ClaveConOtroCuerpo(DomainError):
    """The key was used for something else."""

    status = 422
    title = N_("Esa clave de idempotencia ya se usó con otros datos")


class _Answered(Exception):
    """Somebody answered the same request between our first look and our turn."""

    def __init__(self, kept: Kept) -> None:
        super().__init__()
        self.kept = kept


class _Held:
    """The keys of the requests that run in this process."""

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    def take(self, key: str) -> bool:
        with self._lock:
            if key in self._keys:
                return False
            self._keys.add(key)
            return True

    def give_back(self, key: str) -> None:
        with self._lock:
            self._keys.discard(key)


@dataclass
class _Turn:
    """A request with a key, from the door until its answer is kept."""

    clave: str
    cuerpo: str
    was_looked_for: bool
    """Whether nothing was kept when it began."""
    withheld: tuple[str, ...]
    """What its answer shows once."""

    def begin(self, db: Database, held: _Held) -> None:
        """Take the key; who took it ends it."""
        if not held.take(self.clave):
            raise ClaveEnCurso(retry_after=1)
        self._held = held
        self.whole = db.together(self._alone).__enter__()

    def end(self) -> None:
        """Undo what was not kept, and give the key back."""
        try:
            self.whole.__exit__()
        finally:
            self._held.give_back(self.clave)

    def find(self, db: Database) -> Kept | None:
        """The answer that may be given again."""
        with db.asking() as connection:
            return found(connection, self.clave)

    def keep(self, response: Response) -> bool:
        """Write the answer beside its effect, and commit both.

        False, and nothing is kept, when somebody answered the same request meanwhile.
        """
        if response.status_code < 300:
            said = written_down(response, this_g().cuenta.ultima, self.withheld)
            self.whole.last(lambda session: keep(session, self.clave, Kept(self.cuerpo, said)))
        try:
            self.whole.commit()
        except IntegrityError as error:
            self.whole.close()
            if not refused(error):
                raise
            return False
        return True

    def _alone(self, connection: Connection) -> None:
        """Raises ClaveEnCurso while another process is at it, _Answered when it has done it."""
        kept, mine = take_turn(connection, self.clave)
        if not mine:
            raise ClaveEnCurso(retry_after=1)
        if kept:
            raise _Answered(kept)


def withheld(*members: str) -> Callable[[View], View]:
    """Mark a view of the API whose answer shows these members once: they are kept as null."""

    def mark(view: View) -> View:
        view.__withheld__ = members  # type: ignore[attr-defined]  # the mark travels with the function
        return view

    return mark


def withheld_of(view: Any) -> tuple[str, ...]:
    """What an answer of a view shows only once."""
    members: tuple[str, ...] = getattr(view, "__withheld__", ())
    return members


def tried_first(view: View) -> View:
    """Mark a view of the API that is asked before anybody looks whether its request was answered:
    until it is kept, what it does changes nothing here or elsewhere.

    Its answer gives way to the kept one, which is found when another cannot be kept, when its
    transaction begins, and when it refuses.
    """
    view.__tried_first__ = True  # type: ignore[attr-defined]  # the mark travels with the function
    return view


def init_app(app: Flask) -> None:
    """Keep answers of `app`; `claim` stands at its door when it has an API."""
    app.extensions["idempotency"] = _Held()
    app.register_error_handler(_Answered, _handle_answered)
    app.after_request(_keep)
    app.teardown_request(_let_go)


def claim() -> Response | None:
    """Take the request's key, or give the answer that it had. After the door, before the view."""
    asked = this_request()
    key = asked.environ.get(_IN_ENVIRON)
    if key is None or not takes_key(asked.path, asked.method) or asked.endpoint is None:
        return None
    if not _KEY.fullmatch(key):
        raise ClaveInvalida(_("Use de 1 a 255 caracteres ASCII visibles, por ejemplo un UUID."))
    here, app = this_g(), current_app._get_current_object()  # type: ignore[attr-defined]  # as Flask documents it
    asks: Actor | None = here.get("actor")
    who = str(asks.id) if asks else ""
    clave = blind_index("oficina.idempotencia.clave", "\x1f".join((who, asked.path, key)))
    sent = asked.query_string + b"\x1f" + asked.get_data()
    cuerpo = blind_index("oficina.idempotencia.cuerpo", sent.decode("latin-1"))
    view = app.view_functions[asked.endpoint]
    turn = _Turn(clave, cuerpo, not getattr(view, "__tried_first__", False), withheld_of(view))
    env: Env = app.extensions["env"]
    if turn.was_looked_for and (kept := turn.find(env.db)):
        return _again(turn, kept)
    turn.begin(env.db, app.extensions["idempotency"])
    here.turn = turn
    return None


def takes_key(path: str, method: str) -> bool:
    """Whether a request to this address may carry a key."""
    return method == "POST" and "/api/" in path


def _keep(response: Response) -> Response:
    turn: _Turn | None = this_g().pop("turn", None)
    if turn is not None:
        try:
            # What failed is undone whole, so that the next try is the first.
            overtaken = response.status_code < 500 and not turn.keep(response)
        finally:
            turn.end()
        if overtaken:
            return _answer_of_another(turn)
        if response.status_code >= 300 and not turn.was_looked_for:
            kept = turn.find(current_app.extensions["env"].db)
            return response if kept is None else _given_again(turn, kept)
    return response


def _let_go(_error: BaseException | None) -> None:
    """Of a request that never came to an answer."""
    if turn := this_g().pop("turn", None):
        turn.end()


def _handle_answered(answered: _Answered) -> Response:
    turn: _Turn = this_g().pop("turn")
    turn.end()
    return _given_again(turn, answered.kept)


def _answer_of_another(turn: _Turn) -> Response:
    """What was kept by who was faster; it may have been forgotten since."""
    kept = turn.find(current_app.extensions["env"].db)
    if kept is None:
        return _said(ClaveEnCurso(retry_after=1))
    return _given_again(turn, kept)


def _given_again(turn: _Turn, kept: Kept) -> Response:
    try:
        return _again(turn, kept)
    except (DomainError, HTTPException) as error:
        return _said(error)


def _said(error: DomainError | HTTPException) -> Response:
    return current_app.make_response(current_app.handle_user_exception(error))


def _again(turn: _Turn, kept: Kept) -> Response:
    if kept.cuerpo != turn.cuerpo:
        raise ClaveConOtroCuerpo(_("Para pedir otra cosa, use una clave nueva."))
    return give_again(kept.respuesta)
