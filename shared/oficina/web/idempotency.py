"""A request that is sent twice is done once: `Idempotency-Key` on every POST of the API.

A key belongs to whoever asks and to the address. With a key, everything that the request writes,
the rows of the audit and the facts among it, is one transaction together with the answer: a process
that dies leaves both or neither, and the same request gets the same answer for 24 hours. The same
key with another body is 422, one whose first request still runs 409. Only what was done is kept: an
answer that refused left nothing, and its key is free.

Before an answer is given again its request is rehearsed: the view does all of it once more in a
transaction that is never committed, and what it was about and what it made is read as its reader
reads it, so that every check of today is asked, scope among them. What is no longer the asker's is
not given (404, or as the view says it). A rehearsal has no effect outside the database: a view that
has is `unrehearsed`. A counter of tries counts it once, as any request. A secret that an answer
shows once is not kept (`withheld`).

While a request runs its key is held in the process, and on PostgreSQL by an advisory lock of its
transaction, so that nothing is left to clean up after a crash; where all that it writes is one
statement, the key itself refuses a second one. On SQLite whoever writes is alone. A view that may
be asked in vain (`tried_first`) leaves even the first look to them.
"""

import json
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import Dialect, String, bindparam, delete, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.exceptions import HTTPException

from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.clock import real_now
from oficina.db import Database, OficinaBase
from oficina.env import Env
from oficina.errors import DatoNoEncontrado, DomainError
from oficina.gathering import Line, Piece, ask
from oficina.privacy import EncryptedText, blind_index
from oficina.texts import N_
from oficina.web.auth import access_of, actor_or_none, puede
from oficina.web.here import this_g, this_request
from oficina.web.problems import PROBLEM
from oficina.whole import gathering

HEADER = "Idempotency-Key"
_IN_ENVIRON = "HTTP_IDEMPOTENCY_KEY"
REPLAYED = "Idempotency-Replayed"
WITHHELD = "Idempotency-Withheld"
"""Names the members of the first answer that are not said again."""
LIFE = timedelta(hours=24)
BATCH = 1000
KEPT_HEADERS = frozenset({"content-type", "etag", "location"})
"""Of the answer; the others are of the moment."""

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


class KeptAnswer(OficinaBase):
    """What was answered to a request with a key. Neither key nor body can be read from it."""

    __tablename__ = "idempotencia"

    clave: Mapped[str] = mapped_column(String(64), primary_key=True)
    """A keyed hash of who asked, where, and the key."""
    cuerpo: Mapped[str] = mapped_column(String(64))
    """A keyed hash of what was sent."""
    respuesta: Mapped[str] = mapped_column(EncryptedText("oficina.idempotencia.respuesta"))
    vence_en: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class _Kept:
    """An answer that may be given again: to what, and as it is written."""

    cuerpo: str
    respuesta: str


_SEALED = KeptAnswer.respuesta.type
_FIND = "SELECT cuerpo, respuesta FROM idempotencia WHERE clave = $1 AND vence_en > $2"
# The turn and what was kept, in one round trip. What is found may be a moment older than the turn:
# `_KEEP` does not write over an answer that came in between.
_TURN = """
SELECT kept.cuerpo, kept.respuesta, pg_try_advisory_xact_lock(CAST($3 AS bigint))
FROM (SELECT 1) AS one
LEFT JOIN idempotencia AS kept ON kept.clave = $1 AND kept.vence_en > $2
"""
_FIND_ON_SQLITE = select(KeptAnswer.cuerpo, KeptAnswer.respuesta).where(
    KeptAnswer.clave == bindparam("clave"), KeptAnswer.vence_en > bindparam("ahora")
)
_ON_SQLITE = sqlite.insert(KeptAnswer)
_KEEP_ON_SQLITE = _ON_SQLITE.on_conflict_do_update(
    index_elements=["clave"],
    set_={name: _ON_SQLITE.excluded[name] for name in ("cuerpo", "respuesta", "vence_en")},
)
# In place of an answer that is not given any more. Over another one nothing can be written: its end
# would be none, which the table refuses, and all that was gathered with it is refused with it.
_KEEP = Piece(
    (
        (
            "kept",
            """
            INSERT INTO idempotencia AS kept (clave, cuerpo, respuesta, vence_en)
            VALUES (%({p}clave)s, %({p}cuerpo)s, %({p}respuesta)s, %({p}vence_en)s)
            ON CONFLICT (clave) DO UPDATE SET cuerpo = excluded.cuerpo,
              respuesta = excluded.respuesta,
              vence_en = CASE WHEN kept.vence_en <= %({p}ahora)s THEN excluded.vence_en END
            """,
        ),
    ),
)


class _Answered(Exception):
    """Somebody answered the same request between our first look and our turn."""

    def __init__(self, kept: _Kept) -> None:
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

    def find(self, db: Database) -> _Kept | None:
        """The answer that may be given again."""
        with db.asking() as connection:
            return self._found(connection)

    def keep(self, response: Response) -> bool:
        """Write the answer beside its effect, and commit both.

        False, and nothing is kept, when somebody answered the same request meanwhile.
        """
        if response.status_code < 300:
            said = _written(response, this_g().cuenta.ultima, self.withheld)
            self.whole.last(lambda session: self._keep(session, said))
        try:
            self.whole.commit()
        except IntegrityError as error:
            self.whole.close()
            if not _is_kept(error):
                raise
            return False
        return True

    def _keep(self, session: Session, said: str) -> None:
        ahora = real_now()
        values = {"clave": self.clave, "cuerpo": self.cuerpo, "vence_en": ahora + LIFE}
        gathered = gathering(session)
        if gathered is None:
            # SQLite: whoever writes is alone.
            session.connection().execute(_KEEP_ON_SQLITE, {**values, "respuesta": said})
            return
        sealed = _SEALED.process_bind_param(said, gathered.dialect)
        gathered.add(_KEEP, {**values, "respuesta": sealed, "ahora": ahora})

    def _alone(self, connection: Connection) -> None:
        """Raises ClaveEnCurso while another process is at it, _Answered when it has done it."""
        if connection.dialect.name != "postgresql":
            # Whoever writes is alone.
            kept = self._found(connection)
        else:
            number = int.from_bytes(bytes.fromhex(self.clave[:16]), signed=True)
            cuerpo, sealed, mine = ask(connection, _TURN, [self.clave, real_now(), number])
            if not mine:
                raise ClaveEnCurso(retry_after=1)
            kept = None if cuerpo is None else _opened(cuerpo, sealed, connection.dialect)
        if kept:
            raise _Answered(kept)

    def _found(self, connection: Connection | Line) -> _Kept | None:
        if isinstance(connection, Line):
            found = ask(connection, _FIND, [self.clave, real_now()])
            return None if found is None else _opened(found[0], found[1], connection.dialect)
        asked = {"clave": self.clave, "ahora": real_now()}
        row = connection.execute(_FIND_ON_SQLITE, asked).first()
        return None if row is None else _Kept(row.cuerpo, row.respuesta)


def _opened(cuerpo: str, sealed: str, dialect: Dialect) -> _Kept:
    """What the driver gave, past SQLAlchemy's types."""
    return _Kept(cuerpo, _SEALED.process_result_value(sealed, dialect))


def _is_kept(error: IntegrityError) -> bool:
    """Whether the table refused a second answer, and nothing else went wrong."""
    told = getattr(error.orig, "diag", None)
    return told is not None and (told.table_name, told.column_name) == (
        KeptAnswer.__tablename__,
        KeptAnswer.vence_en.key,
    )


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


def unrehearsed(view: View) -> View:
    """Mark a view of the API whose doing reaches outside its database (it asks another service, or
    looks up a name): a kept answer is given again by what its readers say alone.
    """
    view.__unrehearsed__ = True  # type: ignore[attr-defined]  # the mark travels with the function
    return view


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


def olvidar_respuestas(session: Session, ids: Collection[UUID]) -> int:
    """Of somebody who is erased, the answers that name any of these ids; how many there were.

    The same request does nothing again: it is told that its answer is gone. They are sealed, so
    each is opened, some at a time, and only what names one of them is locked; what is past its time
    goes unread.
    """
    seek = [str(one) for one in ids]
    session.execute(delete(KeptAnswer).where(KeptAnswer.vence_en <= real_now()))
    forgotten, last = 0, ""
    while True:
        page = session.execute(
            select(KeptAnswer.clave, KeptAnswer.respuesta)
            .where(KeptAnswer.clave > last)
            .order_by(KeptAnswer.clave)
            .limit(BATCH)
        ).all()
        theirs = [clave for clave, said in page if any(one in said for one in seek)]
        if theirs:
            session.execute(
                update(KeptAnswer)
                .where(KeptAnswer.clave.in_(theirs))
                .values(respuesta=_GONE)
                .execution_options(synchronize_session="fetch")
            )
            forgotten += len(theirs)
        if len(page) < BATCH:
            return forgotten
        last = page[-1].clave


_GONE_TITLE = "Los datos de esa respuesta se suprimieron"
_GONE = json.dumps(
    {
        "status": 410,
        "headers": {"Content-Type": PROBLEM},
        "body": json.dumps({"type": "about:blank", "title": _GONE_TITLE, "status": 410}),
        "auditoria": None,
    }
)


def podar_respuestas(env: Env) -> None:
    """The sweep of a service: forget the answers that are not given again."""
    old = select(KeptAnswer.clave).where(KeptAnswer.vence_en <= real_now()).limit(BATCH)
    while True:
        with env.db.begin() as session:
            gone: Any = session.execute(delete(KeptAnswer).where(KeptAnswer.clave.in_(old)))
        if gone.rowcount < BATCH:
            return


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


def _given_again(turn: _Turn, kept: _Kept) -> Response:
    try:
        return _again(turn, kept)
    except (DomainError, HTTPException) as error:
        return _said(error)


def _said(error: DomainError | HTTPException) -> Response:
    return current_app.make_response(current_app.handle_user_exception(error))


def _again(turn: _Turn, kept: _Kept) -> Response:
    """The answer that was given; who reads it now is written down as well."""
    if kept.cuerpo != turn.cuerpo:
        raise ClaveConOtroCuerpo(_("Para pedir otra cosa, use una clave nueva."))
    written = json.loads(kept.respuesta)
    _rehearse(written)
    if told := written["auditoria"]:
        asks = actor_or_none() or _actor_of(told)
        registrar_lectura(
            current_app.extensions["env"].db,
            asks,
            f"{current_app.name}.respuesta.repetir",
            told["recurso"],
            UUID(told["recurso_id"]) if told["recurso_id"] else None,
            cantidad=told["cantidad"],
        )
    headers = {**written["headers"], REPLAYED: "true"}
    if written.get("withheld"):
        headers[WITHHELD] = ", ".join(written["withheld"])
    return current_app.response_class(written["body"], written["status"], headers)


def _rehearse(written: Mapping[str, Any]) -> None:
    """Ask the view again, and keep nothing of what it does; then ask for what it is about.

    Raises what is said to who may not see it (any more), and what kept it from finding out. That
    it is done already, or that today something else is wrong with it, was expected.
    """
    env: Env = current_app.extensions["env"]
    asked: list[tuple[str, Mapping[str, Any]]] = []
    endpoint = request.endpoint or ""
    if not getattr(current_app.view_functions[endpoint], "__unrehearsed__", False):
        asked.append((endpoint, request.view_args or {}))
    if written["status"] < 300:
        # The door, and the view, say who may do it today; whose it is, its reader.
        asked += _readings(written["body"])
    for endpoint, values in asked:
        view = current_app.ensure_sync(current_app.view_functions[endpoint])
        with env.db.together(lambda _connection: None) as whole:
            with whole.part():
                pass  # also what only reads writes that it read, and keeps nothing of it
            try:
                view(**values)
            except DomainError as error:
                if _closes(error.status) or isinstance(error, DatoNoEncontrado):
                    raise
            except HTTPException as error:
                if _closes(error.code or 500):
                    raise


def _readings(body: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The views by which the asker reads what the address names, and what was made at it."""
    path = request.path.rstrip("/")
    steps = path.split("/")
    paths = ["/".join(steps[:end]) for end in range(2, len(steps) + 1)]
    made = json.loads(body) if body else None
    if isinstance(made, dict) and "id" in made:
        paths.append(f"{path}/{made['id']}")
    urls = current_app.url_map.bind("")
    for one in paths:
        try:
            endpoint, values = urls.match(one, method="GET")
        except HTTPException:
            continue  # it has no reader of its own
        acceso = access_of(current_app.view_functions[endpoint])
        if values and acceso and acceso.permiso and puede(acceso.permiso):
            yield endpoint, values


def _closes(status: int) -> bool:
    return status in {401, 403, 404, 410, 429} or status >= 500


def _written(
    response: Response, ultima: Mapping[str, Any] | None, withheld: tuple[str, ...]
) -> str:
    told = ultima and {
        "actor_id": str(ultima["actor_id"]),
        "actor_tipo": ultima["actor_tipo"],
        "actor_nombre": ultima["actor_nombre"],
        "recurso": ultima["recurso"],
        "recurso_id": str(ultima["recurso_id"]) if ultima["recurso_id"] else None,
        "cantidad": ultima["cantidad"],
    }
    body = response.get_data(as_text=True)
    if withheld:
        body = json.dumps(json.loads(body) | dict.fromkeys(withheld))
    return json.dumps(
        {
            "withheld": withheld,
            "status": response.status_code,
            "headers": {n: one for n, one in response.headers if n.lower() in KEPT_HEADERS},
            "body": body,
            "auditoria": told,
        }
    )


def _actor_of(told: Mapping[str, Any]) -> Actor:
    """Who asked for the first time, without having signed in: an institution, by its link."""
    return Actor(
        id=UUID(told["actor_id"]),
        nombre=told["actor_nombre"],
        roles=frozenset(),
        unidad="",
        tipo=told["actor_tipo"],
    )
