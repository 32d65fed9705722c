"""Requests that nobody would write by hand, to a small office that has people in it.

Every operation of every service's document is asked with data that fits its schema and with data
that does not, by a role that may ask; ids are often those of things that exist. Whatever comes,
the answer is none of 5xx and is what the document says; an answer that refuses has changed nothing,
and what was changed is in the audit.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import load_all_checks, not_a_server_error
from schemathesis.specs.openapi import checks
from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.exc import OperationalError

from acogida import demo
from acogida.embedded import Office
from acogida.services import db_of
from casos.enlaces.actions import crear
from identidad.models import Funcionario
from oficina.actor import Actor
from oficina.bus.relay import Relay
from oficina.bus.tables import Estado, Inbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.clock import real_now
from oficina.db import Database
from oficina.errors import DomainError
from oficina.settings import Settings
from oficina.web.auth import access_of
from oficina.web.tokens import LIFE, Credencial
from sources import SOURCES

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.missing_required_header,
]

QUIET = {"auditoria", "idempotencia", "sesiones"}
"""Tables that are written when something is only read."""

NOBODY = ""

READERS = {
    "GET /casos/api/v1/hechos": "numbers the facts that it is about to hand over",
    "GET /casos/api/v1/enlace/{token}": "counts that the link was opened",
}

WORDS: dict[str, tuple[Any, ...]] = {
    "base_licitud": ("funcion_legal", "consentimiento"),
    "datos": (["nombre"], ["nombre", "idioma:hat"]),
    "documento_numero": ("AA12345", "12.345.678-5"),
    "documento_pais": ("HTI", "CHL"),
    "duracion": (30,),
    "fecha": ("2027-03-09", "2027-03-10"),
    "fecha_nacimiento": ("1990-05-01",),
    "hora": ("10:30", "11:15"),
    "idioma": ("hat", "spa"),
    "idioma_consentimiento": (None, "hat"),
    "idiomas": (["hat"], ["spa", "hat"]),
    "forma_consentimiento": (None, "verbal"),
    "lugar": ("oficina",),
    "mes": ("2024-05", "2026-11"),
    "nacionalidad": ("HTI",),
    "nacionalidades": (["HTI"], ["VEN", "COL"]),
    "nombres": ("Ana", "Jean-Louis"),
    "nota": ("escrito por nadie",),
    "primer_apellido": ("Inventada",),
    "proposito": ("Acompañar la solicitud de residencia.",),
    "tema": ("REG.TEMP", "SAL"),
    "texto": ("Lo que se hizo.", None),
    "tipo": ("correo", "telefono"),
    "valor": ("una@personas.example", "+56 9 0000 0101"),
    "destino": ("una@personas.example", "+56 9 8765 4321", None),
    "caduca_en": (None,),
    "programado_para": (None,),
    "plantilla": ("aviso_general", "retiro_listo"),
    "valores": ({"texto": "Inventado."}, {"hasta": "2027-03-09", "lugar": "en la oficina"}),
}
"""What the office says in such a field, where the schema does not tell: to get past the door."""

_WRITES = re.compile(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)


class Written:
    """Which tables this thread wrote to and kept, one set a transaction."""

    def __init__(self, engines: Iterable[Engine]) -> None:
        self.kept: list[set[str]] = []
        self._thread = threading.get_ident()
        self._open: dict[int, list[str]] = {}
        self._marks: dict[int, list[int]] = {}
        for engine in engines:
            event.listen(engine, "after_cursor_execute", self._note)
            event.listen(engine, "savepoint", self._mark)
            event.listen(engine, "release_savepoint", self._release)
            event.listen(engine, "rollback_savepoint", self._back)
            event.listen(engine, "rollback", self._forget)
            event.listen(engine, "commit", self._keep)

    def begin(self) -> None:
        """Forget what was kept so far."""
        self.kept.clear()

    def _note(self, connection: Any, cursor: Any, statement: str, *_rest: Any) -> None:
        found = _WRITES.match(statement)
        if found and cursor.rowcount and threading.get_ident() == self._thread:
            self._open.setdefault(id(connection), []).append(found[1])

    def _mark(self, connection: Any, _name: Any) -> None:
        written = len(self._open.get(id(connection), []))
        self._marks.setdefault(id(connection), []).append(written)

    def _release(self, connection: Any, *_rest: Any) -> None:
        self._marks[id(connection)].pop()

    def _back(self, connection: Any, *_rest: Any) -> None:
        del self._open.get(id(connection), [])[self._marks[id(connection)].pop() :]

    def _forget(self, connection: Any) -> None:
        self._open.pop(id(connection), None)
        self._marks.pop(id(connection), None)

    def _keep(self, connection: Any) -> None:
        self._marks.pop(id(connection), None)
        if tables := self._open.pop(id(connection), None):
            self.kept.append(set(tables))


class Target:
    """The office, with the people of the demonstration in it, and who asks."""

    def __init__(self, data: Path) -> None:
        load_all_checks()
        self.office = Office(Settings(data_dir=data, demo=True, log_level="CRITICAL"))
        demo.prepare(self.office.apps, self.office.settings)
        self.written = Written(db.engine for db in self._dbs().values())
        self.answers: Counter[int] = Counter()
        self._roles = dict(self._who_may())
        self._actors = self._staff()
        self._tokens: dict[str, str] = {}
        self._fresh_until = 0.0
        self.settle()
        self.refresh()

    @property
    def sent(self) -> int:
        """How many requests so far."""
        return sum(self.answers.values())

    def close(self) -> None:
        for db in self._dbs().values():
            db.close()

    def settle(self) -> int:
        """Carry every fact to whoever hears it, and have it handled; how many were given up."""
        dbs = self._dbs()
        transport = LocalTransport([(dbs[one.name], one.handlers) for one in self.office.services])
        relays = [Relay(db, transport, name) for name, db in dbs.items()]
        workers = [
            Worker(dbs[one.name], one.handlers, delay=lambda _tries: 0.0)
            for one in self.office.services
        ]
        # Handlers tell facts as well.
        while sum(relay.run_once() for relay in relays) + sum(one.run_once() for one in workers):
            pass
        given_up = select(func.count(Inbox.id)).where(
            Inbox.estado == Estado.MUERTO, Inbox.error.not_like("detenido a mano%")
        )
        counts = []
        for db in dbs.values():
            with db.read() as session:
                counts.append(session.scalar(given_up) or 0)
        return sum(counts)

    def operations(self) -> Iterator[APIOperation[Any, Any, Any, Any]]:
        """What the documents of the services say may be asked."""
        for servicio in self.office.apps:
            schema = schemathesis.openapi.from_wsgi(f"/{servicio}/openapi.json", self.office)
            for found in schema.get_all_operations():
                yield found.ok()

    def refresh(self) -> None:
        """Know what there is by now."""
        self.ids: dict[str, list[str]] = {}
        for name, query in SOURCES.items():
            for db in self._dbs().values():
                with db.read() as session, suppress(OperationalError):
                    newest = session.execute(text(f"{query} LIMIT 40")).scalars()
                    self.ids.setdefault(name, []).extend(str(UUID(str(one))) for one in newest)
        self.ids["token"] = list(self._links())
        self.ids = {name: known for name, known in self.ids.items() if known}

    def attack(
        self, operation: APIOperation[Any, Any, Any, Any], examples: int, seed: int | None = None
    ) -> None:
        """Send so many requests, other ones with each `seed`; raises on a wrong answer."""
        good = operation.as_strategy(GenerationMode.POSITIVE)
        kinds = [good, good]
        if any((operation.body, operation.query, operation.path_parameters)):
            kinds.append(operation.as_strategy(GenerationMode.NEGATIVE))

        @settings(
            max_examples=examples,
            derandomize=seed is None,
            database=None,
            deadline=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
        )
        @given(st.data())
        def requests(data: st.DataObject) -> None:
            kind = data.draw(st.sampled_from(kinds))
            case = data.draw(kind)
            if kind is good:
                self._aim(case, data)
            self._send(case)

        (requests if seed is None else with_seed(seed)(requests))()

    def _aim(self, case: Case, data: st.DataObject) -> None:
        """At things that exist, most of the time, and at the version that they have."""
        parts = (case.path_parameters, case.query, case.body)
        for part in parts:
            if isinstance(part, dict):
                for name in sorted(part.keys() & self.ids.keys()):
                    if data.draw(st.integers(0, 4)):
                        part[name] = data.draw(st.sampled_from(self.ids[name]))
        if isinstance(case.body, dict):
            for name in sorted(case.body.keys() & WORDS.keys()):
                if data.draw(st.booleans()):
                    case.body[name] = data.draw(st.sampled_from(WORDS[name]))
        headers = case.headers or {}
        if "If-Match" in headers and data.draw(st.integers(0, 3)):
            headers["If-Match"] = "*"
        if "Idempotency-Key" in headers:
            headers["Idempotency-Key"] = data.draw(st.sampled_from(("a", "b", uuid4().hex)))

    def _send(self, case: Case) -> None:
        self.written.begin()
        asked = f"{case.method} {case.path}"
        token = self._token(asked)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = case.call(headers=headers)
        self.answers[answer.status_code] += 1
        kept = [tables - QUIET for tables in self.written.kept]
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code >= 400:
            assert not any(kept), (asked, answer.status_code, kept)
        elif case.method == "GET":
            assert not any(kept) or asked in READERS, (asked, kept)
        else:
            for tables in self.written.kept:
                assert not tables - QUIET or "auditoria" in tables, (asked, tables)

    def _token(self, operation: str) -> str:
        """Of somebody who holds the permission of what is asked."""
        role = self._roles[operation]
        if role == NOBODY:
            return ""
        if time.monotonic() > self._fresh_until:
            self._fresh_until = time.monotonic() + LIFE.total_seconds() / 2
            self._tokens.clear()
        if role not in self._tokens:
            local = self.office.apps["identidad"].extensions["identidad_local"]
            credencial = Credencial.nueva(self._actors[role], real_now())
            self._tokens[role] = local.token_de_cliente(credencial)
        return self._tokens[role]

    def _who_may(self) -> Iterator[tuple[str, str]]:
        """Each operation with a role that holds its permission; what is open is for nobody."""
        for app in self.office.apps.values():
            permisos = app.extensions["guard"].permisos
            for rule in app.url_map.iter_rules():
                acceso = access_of(app.view_functions[rule.endpoint])
                roles = permisos[acceso.permiso] if acceso and acceso.permiso else {NOBODY}
                path = re.sub(r"<(?:[^<>]+:)?([^<>:]+)>", r"{\1}", rule.rule)
                for method in rule.methods or ():
                    yield f"{method} {path}", min(roles)

    def _staff(self) -> dict[str, Actor]:
        with self._dbs()["identidad"].read() as session:
            staff = {one.usuario: one.actor() for one in session.scalars(select(Funcionario))}
        return staff | {"servicio": Actor.sistema("notificaciones")}

    def _links(self) -> Iterator[str]:
        """Keys of institutions: one of a derivation that goes on, and one that is forgotten."""
        quien = Actor.sistema("notificaciones")
        for derivacion_id in self.ids["derivacion_id"]:
            with suppress(DomainError), self._dbs()["casos"].begin() as session:
                made = crear(session, UUID(derivacion_id), "https://oficina.example", quien)
                yield str(made.url).rpartition("/")[2]

    def _dbs(self) -> dict[str, Database]:
        return {name: db_of(app) for name, app in self.office.apps.items()}
