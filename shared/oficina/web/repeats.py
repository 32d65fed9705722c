"""An answer that was kept, as it is written down, and how it is given again.

Before it is, its request is rehearsed: the view does all of it once more in a transaction that is
never committed, and what it was about and what it made is read as its reader reads it, so that
every check of today is asked, scope among them. What is no longer the asker's is not given (404,
or as the view says it). A rehearsal has no effect outside the database: a view that has is
`unrehearsed`. A counter of tries counts it once, as any request.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import UUID

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException

from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.env import Env
from oficina.errors import DatoNoEncontrado, DomainError
from oficina.web.auth import access_of, actor_or_none, puede
from oficina.web.problems import PROBLEM

REPLAYED = "Idempotency-Replayed"
WITHHELD = "Idempotency-Withheld"
"""Names the members of the first answer that are not said again."""
KEPT_HEADERS = frozenset({"content-type", "etag", "location"})
"""Of the answer; the others are of the moment."""

View = TypeVar("View", bound=Callable[..., Any])

_GONE_TITLE = "Los datos de esa respuesta se suprimieron"
GONE = json.dumps(
    {
        "status": 410,
        "headers": {"Content-Type": PROBLEM},
        "body": json.dumps({"type": "about:blank", "title": _GONE_TITLE, "status": 410}),
        "auditoria": None,
    }
)
"""In place of an answer that said something of somebody who was erased."""


def unrehearsed(view: View) -> View:
    """Mark a view of the API whose doing reaches outside its database (it asks another service, or
    looks up a name): a kept answer is given again by what its readers say alone.
    """
    view.__unrehearsed__ = True  # type: ignore[attr-defined]  # the mark travels with the function
    return view


def written_down(
    response: Response, ultima: Mapping[str, Any] | None, withheld: tuple[str, ...]
) -> str:
    """An answer as it is kept: without what it shows once (`withheld`), and with the reading that
    it was (`ultima`), to be written down anew.
    """
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


def give_again(said: str) -> Response:
    """The answer that was given; who reads it now is written down as well.

    Raises what is said to who may not have it any more.
    """
    written = json.loads(said)
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


def _actor_of(told: Mapping[str, Any]) -> Actor:
    """Who asked for the first time, without having signed in: an institution, by its link."""
    return Actor(
        id=UUID(told["actor_id"]),
        nombre=told["actor_nombre"],
        roles=frozenset(),
        unidad="",
        tipo=told["actor_tipo"],
    )
