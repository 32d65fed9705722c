"""Every route of every service, really called: without credentials, with each role that lacks the
permission, from another site, and with ids that nobody was given.

A new route is in the walk as soon as it is registered. One that is open to everybody, or that names
a child by its id, fails here until it is written down with its reason.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from tests.unit.conftest import OTROS, Oficina
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter
from werkzeug.test import TestResponse

import columns
from identidad.models import Rol
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.settings import SERVICES
from oficina.web.auth import COOKIE, Acceso, access_of
from oficina.web.csrf import SAFE_METHODS
from oficina.web.idempotency import withheld_of
from oficina.web.tokens import Credencial

SIN_ROL = ""
ROLES = (*(rol.value for rol in Rol), "servicio", SIN_ROL)
GUESSES = 10
"""Ids tried at each address that shows a thing."""

ABIERTAS = {
    "*": {
        "/<servicio>/docs": "what may be asked, never what is answered",
        "/<servicio>/openapi.json": "the same for programs",
        "/healthz": "says that the process lives",
        "/metrics": "counts; deploy/ keeps it inside the network",
        "/readyz": "names the parts that do not answer",
    },
    "identidad": {
        "/": "sends on to the sign-in or to one's own place",
        "/identidad/entrar": "the sign-in",
        "/identidad/entrar/segundo-factor": "its second step: the first one's token comes along",
        "/identidad/entrar/proveedor": "sends on to the identity provider",
        "/identidad/entrar/proveedor/vuelta": "takes what the provider signed",
        "/identidad/clave-olvidada": "sends a link to the address of an account, if there is one",
        "/identidad/enlace/<token>": "the token is the key",
        "/identidad/idioma": "the language of a browser",
        "/identidad/oauth/token": "takes the client's own secret",
        "/identidad/salir": "ends the session whose cookie comes along, if any",
        "/identidad/.well-known/jwks.json": "public keys",
        "/eventos": "the catalogue of facts: types, never facts",
        "/eventos/asyncapi.json": "the same for programs",
    },
    "casos": {
        "/casos/abiertos/orientaciones/<ficha_id>": "a published sheet: it says nothing of anybody",
        "/casos/abiertos/expediente": "says of a document whether it is the office's",
        "/casos/api/v1/abiertos/expedientes": "the same for programs",
        "/casos/enlace/<token>": "the token is the key",
        "/casos/enlace/<token>/<accion>": "the token is the key",
        "/casos/enlace/<token>/clave": "the token and the key that was printed apart",
        **dict.fromkeys(
            (
                f"/casos{api}/red/consulta/enlace/<token>{resto}"
                for api, restos in (
                    ("", ("", "/conformidad", "/servicios/<servicio_id>")),
                    ("/api/v1", ("", "/conformidad", "/servicios/<servicio_id>/correccion")),
                )
                for resto in (*restos, "/servicios/<servicio_id>/conformidad")
            ),
            "the token is the key: an institution says what is written of it",
        ),
        "/casos/confirmacion/enlace/<token>": "the token is the key: a person says how it was",
        "/casos/confirmacion/enlace/<token>/<palabra>": "the same",
        "/casos/confirmacion/enlace/<token>/gracias": "the same",
        **dict.fromkeys(
            (
                "/casos/api/v1/red/abiertos/hsds",
                *(
                    f"/casos/api/v1/red/abiertos/hsds/{cosas}{una}"
                    for cosas, una in (
                        ("services", ""),
                        ("services", "/<servicio_id>"),
                        ("organizations", ""),
                        ("organizations", "/<institucion_id>"),
                        ("service_at_locations", ""),
                        ("service_at_locations", "/<lugar_id>"),
                        ("taxonomies", ""),
                        ("taxonomies", "/<taxonomia_id>"),
                        ("taxonomy_terms", ""),
                        ("taxonomy_terms", "/<termino_id>"),
                    )
                ),
            ),
            "the network as open data, if the office opens it",
        ),
        "/casos/api/v1/enlace/<token>": "the token is the key",
        "/casos/api/v1/enlace/<token>/<accion>": "the token is the key",
        "/casos/api/v1/enlace/<token>/clave": "the token and the key that was printed apart",
    },
    "notificaciones": {
        "/notificaciones/suscripciones/enlace/<token>/atom.xml": "the token is the key",
        "/notificaciones/suscripciones/enlace/<token>/correo": "the token is the key",
        "/notificaciones/baja/<token>": "the token is the key: whoever reads a mail stops others",
        "/notificaciones/recibos/<clave>": "takes the credential agreed with the provider",
        "/notificaciones/recibos/correo/rebotes": "takes the secret of the office's mail server",
        "/notificaciones/recibos/<clave>/entrantes": "takes the same, for what people write",
    },
}
"""What everybody may ask for, and why."""

OPEN_WORDS = ("enlace", "baja", "recibo", "abiertos")
"""One of them is in the address of each JSON route that is open on purpose."""

_ALIKE = "says something about two records, of which neither changes"
_CREATES = "creates something"
_ADDS = "adds to what is never rewritten"
_STOPS = "ends what must not go on, whatever else changed meanwhile"
_NAMES = "names somebody in a case or no longer, and writes over nothing of it"
_MOVES = "does what the rule says at that moment, whoever wrote it"
_SWITCHES = "is so or is not, whoever says it first"
_ASKS = "asks, and changes nothing"
_BUS = "facts of the bus have no version: a step that does not fit any more is 409"

SIN_VERSION = {
    "POST /casos/api/v1/personas/<persona_id>/documentos": _ADDS,
    "POST /casos/api/v1/personas/<persona_id>/contactos": _ADDS,
    "POST /casos/api/v1/personas/<persona_id>/situaciones": _ADDS,
    "POST /casos/api/v1/personas/<persona_id>/defunciones": _ADDS,
    "POST /casos/api/v1/personas/<persona_id>/hogar": _CREATES,
    "POST /casos/api/v1/documentos/<documento_id>/desuso": _STOPS,
    "POST /casos/api/v1/documentos/<documento_id>/principal": _SWITCHES,
    "POST /casos/api/v1/personas/<persona_id>/vinculos": _ADDS,
    "POST /casos/api/v1/vinculos/<vinculo_id>/termino": _STOPS,
    "POST /casos/api/v1/personas/<persona_id>/representantes": _ADDS,
    "POST /casos/api/v1/representantes/<representante_id>/termino": _STOPS,
    "PUT /casos/api/v1/personas/<persona_id>/distintas/<otra_id>": _ALIKE,
    "POST /casos/api/v1/personas/<persona_id>/consentimientos": _ADDS,
    "POST /casos/api/v1/consentimientos/<consentimiento_id>/retiro": _STOPS,
    "POST /casos/api/v1/personas/<persona_id>/derechos": _CREATES,
    "POST /casos/api/v1/programas/<programa_id>/articulos": _CREATES,
    "POST /casos/api/v1/programas/<programa_id>/rendiciones": _CREATES,
    "POST /casos/api/v1/articulos/<articulo_id>/movimientos": _ADDS,
    "POST /casos/api/v1/red/instituciones/<institucion_id>/servicios": _CREATES,
    "POST /casos/api/v1/red/instituciones/<institucion_id>/sedes": _CREATES,
    "POST /casos/api/v1/red/instituciones/<institucion_id>/contactos": _CREATES,
    "POST /casos/api/v1/red/servicios/<servicio_id>/lugares": _CREATES,
    "POST /casos/api/v1/red/instituciones/<institucion_id>/consultas": _CREATES,
    "POST /casos/api/v1/red/consultas/<consulta_id>/enlace": _CREATES,
    "POST /casos/api/v1/red/consulta/enlace/<token>/conformidad": _ADDS,
    "POST /casos/api/v1/red/consulta/enlace/<token>/servicios/<servicio_id>/conformidad": _ADDS,
    "POST /casos/api/v1/red/consulta/enlace/<token>/servicios/<servicio_id>/correccion": _ADDS,
    "DELETE /casos/api/v1/red/lugares/<lugar_id>": _STOPS,
    "DELETE /casos/api/v1/red/contactos/<contacto_red_id>": _STOPS,
    "POST /casos/api/v1/derechos/<solicitud_id>/copias": _CREATES,
    "POST /casos/api/v1/derechos/<solicitud_id>/bloqueo": _STOPS,
    "POST /casos/api/v1/derechos/<solicitud_id>/supresion": _CREATES,
    "POST /casos/api/v1/incidentes/<incidente_id>/alcanzadas": _ASKS,
    "POST /casos/api/v1/derivaciones/<derivacion_id>/reencaminar": _CREATES,
    "POST /casos/api/v1/derivaciones/<derivacion_id>/enlace": _CREATES,
    "POST /casos/api/v1/derivaciones/<derivacion_id>/otro-enlace": _ADDS,
    "POST /casos/api/v1/derivaciones/<derivacion_id>/oficio": _CREATES,
    "POST /casos/api/v1/derivaciones/<derivacion_id>/oficio/docdigital": _SWITCHES,
    "POST /casos/api/v1/enlace/<token>/<accion>": _ADDS,
    "POST /casos/api/v1/enlace/<token>/clave": _ASKS,
    "POST /casos/api/v1/unidad/derivaciones/<derivacion_id>/<accion>": _ADDS,
    "POST /casos/api/v1/casos/<caso_id>/tareas": _CREATES,
    "POST /casos/api/v1/plazos/calendario/<dia_id>/retiro": _STOPS,
    "POST /casos/api/v1/fichas/<ficha_id>/versiones": _CREATES,
    "POST /casos/api/v1/casos/<caso_id>/adjuntos": _ADDS,
    "POST /casos/api/v1/casos/<caso_id>/foliados": _CREATES,
    "POST /casos/api/v1/personas/<persona_id>/adjuntos": _ADDS,
    "POST /casos/api/v1/adjuntos/<adjunto_id>/retiro": _STOPS,
    "POST /casos/api/v1/listas/<lista>/vistas": _CREATES,
    "DELETE /casos/api/v1/listas/<lista>/vistas/<vista_id>": _STOPS,
    "POST /casos/api/v1/casos/<caso_id>/equipo": _NAMES,
    "POST /casos/api/v1/casos/<caso_id>/equipo/retiros": _NAMES,
    "POST /casos/api/v1/casos/<caso_id>/accesos-excepcionales": _CREATES,
    "POST /casos/api/v1/accesos-excepcionales/<acceso_id>/termino": _STOPS,
    "POST /identidad/api/v1/clientes/<cliente_id>/revocar": _STOPS,
    "POST /identidad/api/v1/clientes/<cliente_id>/secretos": _CREATES,
    "POST /identidad/api/v1/clientes/<cliente_id>/secretos/<secreto_id>/revocar": _STOPS,
    "POST /identidad/api/v1/enlaces/<enlace_id>": _CREATES,
    "POST /notificaciones/api/v1/plantillas/<clave>/previa": _ASKS,
    "POST /notificaciones/api/v1/reglas/<clave>/espera": _MOVES,
    "POST /notificaciones/api/v1/reglas/<clave>/retiro": _STOPS,
    "POST /notificaciones/api/v1/proveedores/<clave>/pausa": _SWITCHES,
    "POST /notificaciones/api/v1/proveedores/<clave>/reanudacion": _SWITCHES,
    "POST /notificaciones/api/v1/suscripciones/<suscripcion_id>/prueba": _ADDS,
    "POST /notificaciones/api/v1/suscripciones/<suscripcion_id>/repeticion": _ADDS,
    "POST /notificaciones/api/v1/suscripciones/<suscripcion_id>/cierre": _STOPS,
    **{
        f"POST /{servicio}/api/v1/bus/eventos/<evento_id>/{paso}": _BUS
        for servicio in SERVICES
        for paso in ("reintentar", "saltar", "detener")
    },
}
"""Changes below something's address that ask for no version, and why."""


SECRETS = {"client_secret", "url", "token", "clave", "secreto"}
OPEN = {
    ("Plantilla", "clave"),
    ("ResultadosDeLote", "clave"),
    ("Suscripcion", "url"),
    ("ConSecreto", "url"),
}
"""Members of a schema that are called as secrets are, and that who asks wrote themselves."""
"""What opens something: members of answers with these names are told once."""

ONCE = {
    "/identidad/api/v1/sesiones/renovacion": ("token",),
    "/identidad/api/v1/clientes": ("client_secret",),
    "/identidad/api/v1/clientes/<cliente_id>/secretos": ("client_secret",),
    "/identidad/api/v1/enlaces/<enlace_id>": ("url",),
    "/casos/api/v1/derivaciones/<derivacion_id>/enlace": ("url",),
    "/casos/api/v1/red/consultas/<consulta_id>/enlace": ("url",),
    "/casos/api/v1/derivaciones/<derivacion_id>/oficio": ("url", "clave"),
    "/casos/api/v1/enlace/<token>/clave": ("paso",),
    "/notificaciones/api/v1/suscripciones": ("secreto",),
    "/notificaciones/api/v1/suscripciones/<suscripcion_id>/secreto": ("secreto",),
    # What was shared with an institution may be taken back within the day.
    "/casos/api/v1/enlace/<token>/<accion>": ("paquete",),
    "/casos/api/v1/unidad/derivaciones/<derivacion_id>/<accion>": ("paquete",),
}
"""What answers show once, and kept ones do not."""


@dataclass(frozen=True)
class Puerta:
    """One method of one route."""

    app: Flask
    metodo: str
    rule: Rule
    acceso: Acceso

    def __str__(self) -> str:
        return f"{self.metodo} {self.regla}"

    @property
    def servicio(self) -> str:
        return self.app.name

    @property
    def regla(self) -> str:
        """The route without the kinds of its arguments."""
        return re.sub(r"<[^<>]*:([^<>:]+)>", r"<\1>", self.rule.rule)

    @property
    def con_id(self) -> bool:
        return any(isinstance(one, UUIDConverter) for one in self.rule._converters.values())

    def direccion(self, ids: Mapping[str, UUID] | None = None) -> str:
        """An address of this route; with ids that nobody was given, but for those of `ids`."""
        values = {name: _algo(converter) for name, converter in self.rule._converters.items()}
        values |= ids or {}
        routes = self.app.url_map.bind("localhost")
        return routes.build(self.rule.endpoint, values, method=self.metodo)

    @property
    def es_json(self) -> bool:
        return "/api/" in self.regla

    @property
    def cambia(self) -> bool:
        return self.metodo not in SAFE_METHODS


class Casa:
    """The five services, and who comes to their doors."""

    def __init__(self, data: Path) -> None:
        self.oficina = Oficina(data)
        self.apps: dict[str, Flask] = {"identidad": self.oficina.identidad}
        for servicio in OTROS:
            columns.file_in(data, servicio)
            create_app = import_module(f"{servicio}.app").create_app
            self.apps[servicio] = create_app(self.oficina.settings, self.oficina.client)
            self.oficina.mount(self.apps[servicio])
        self.puertas = [puerta for app in self.apps.values() for puerta in _puertas(app)]
        self.tokens = {rol: self._token(rol) for rol in ROLES}

    def close(self) -> None:
        self.oficina.client.close()
        for app in self.apps.values():
            app.extensions["env"].db.close()

    def pedir(self, puerta: Puerta, rol: str | None = None, **headers: str) -> TestResponse:
        """Ask at a door, with a Bearer token of a role if one is named."""
        if rol is not None:
            headers |= {"Authorization": f"Bearer {self.tokens[rol]}"}
        return _abrir(puerta.app.test_client(), puerta, headers)

    def preguntar(self, puerta: Puerta, rol: str, ids: Mapping[str, UUID]) -> TestResponse:
        """Ask for what has these ids."""
        headers = {"Authorization": f"Bearer {self.tokens[rol]}"}
        return puerta.app.test_client().open(puerta.direccion(ids), headers=headers)

    def desde_otro_sitio(self, puerta: Puerta, headers: Mapping[str, str]) -> TestResponse:
        """Ask with the cookie of somebody who may, from a page that is not ours."""
        client = puerta.app.test_client()
        client.set_cookie(COOKIE, self.tokens[self.quien_puede(puerta)])
        return _abrir(client, puerta, headers)

    def permitidos(self, puerta: Puerta) -> frozenset[str]:
        """The roles that hold the permission of a door."""
        permisos = puerta.app.extensions["guard"].permisos
        roles: frozenset[str] = permisos[puerta.acceso.permiso]
        return roles

    def quien_puede(self, puerta: Puerta) -> str:
        """A role that may enter."""
        return min(self.permitidos(puerta)) if puerta.acceso.permiso else SIN_ROL

    def _token(self, rol: str) -> str:
        roles = frozenset({rol} - {SIN_ROL})
        actor = Actor(uuid4(), f"Persona de {rol}", roles, "Oficina de Migración", "persona")
        local = self.oficina.identidad.extensions["identidad_local"]
        token: str = local.token_de_cliente(Credencial.nueva(actor, real_now()))
        return token


def _abrir(client: FlaskClient, puerta: Puerta, headers: Mapping[str, str]) -> TestResponse:
    sent: dict[str, Any] = {}
    if puerta.cambia and puerta.es_json:
        sent = {"json": {}}
    return client.open(puerta.direccion(), method=puerta.metodo, headers=headers, **sent)


def _puertas(app: Flask) -> Iterator[Puerta]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.rpartition(".")[2] == "static":
            continue
        acceso = access_of(app.view_functions[rule.endpoint])
        assert acceso is not None, rule
        for metodo in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Puerta(app, metodo, rule, acceso)


def _algo(converter: Any) -> Any:
    if isinstance(converter, UUIDConverter):
        return uuid4()
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if isinstance(converter, IntegerConverter) else "x"


@pytest.fixture(scope="module")
def casa(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casa]:
    """The whole office, with nothing in it."""
    made = Casa(tmp_path_factory.mktemp("casa"))
    yield made
    made.close()


def test_the_walk_meets_every_service_and_both_kinds_of_door(casa: Casa) -> None:
    for servicio in SERVICES:
        suyas = [puerta for puerta in casa.puertas if puerta.servicio == servicio]
        assert {(p.es_json, p.cambia) for p in suyas} == {
            (es_json, cambia) for es_json in (True, False) for cambia in (True, False)
        }
    assert len(casa.puertas) > 150


def test_what_is_open_to_everybody_is_written_down(casa: Casa) -> None:
    abiertas = {(p.servicio, p.regla) for p in casa.puertas if p.acceso.permiso is None}
    escritas = {
        (servicio, regla.replace("<servicio>", servicio))
        for servicio in SERVICES
        for regla in {**ABIERTAS["*"], **ABIERTAS.get(servicio, {})}
    }

    assert abiertas == escritas
    for servicio, regla in abiertas:
        if "/api/" in regla:
            assert any(word in regla for word in OPEN_WORDS), (servicio, regla)


def test_without_credentials_nobody_enters(casa: Casa) -> None:
    entered = []
    for puerta in casa.puertas:
        answer = casa.pedir(puerta)
        if puerta.acceso.permiso is None:
            kept_out = answer.status_code in {401, 403}
            has_own_key = puerta.regla.endswith(
                ("/entrar", "/token", "/recibos/<clave>", "/entrantes", "/rebotes")
            )
            assert not kept_out or has_own_key, puerta
        elif puerta.es_json or puerta.cambia:
            if answer.status_code != 401 or "WWW-Authenticate" not in answer.headers:
                entered.append(str(puerta))
        elif answer.status_code != 303 or urlsplit(answer.location).path != "/identidad/entrar":
            entered.append(str(puerta))

    assert entered == []


def test_no_role_enters_without_the_permission(casa: Casa) -> None:
    entered, tried = [], 0
    for puerta in casa.puertas:
        if puerta.acceso.permiso is None:
            continue
        for rol in sorted(set(ROLES) - casa.permitidos(puerta)):
            tried += 1
            answer = casa.pedir(puerta, rol)
            if answer.status_code != 403:
                entered.append(f"{puerta} as {rol or 'nobody in particular'}")

    assert entered == []
    assert tried > 2 * len(casa.puertas)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://otra.example"},
        {"Origin": "null"},
    ],
    ids=["cross-site", "same-site", "origin", "null"],
)
def test_no_other_site_acts_in_a_persons_name(casa: Casa, headers: dict[str, str]) -> None:
    acted = []
    for puerta in casa.puertas:
        if puerta.cambia:
            answer = casa.desde_otro_sitio(puerta, headers)
            if answer.status_code != 403 or "La petición viene de otro sitio" not in answer.text:
                acted.append(str(puerta))

    assert acted == []


def test_nothing_is_read_by_guessing_ids(casa: Casa) -> None:
    read, tried = [], 0
    for puerta in casa.puertas:
        if puerta.cambia or not puerta.con_id:
            continue
        for _ in range(GUESSES):
            tried += 1
            answer = casa.pedir(puerta, casa.quien_puede(puerta))
            if answer.status_code != 404:
                read.append(f"{puerta}: {answer.status_code}")

    assert read == []
    assert tried >= 100


def test_where_there_are_things_inside_things(casa: Casa) -> None:
    """A test_hijos.py of each of these asks for them below a parent that is not their own."""
    dobles = {puerta.servicio for puerta in casa.puertas if puerta.regla.count("_id>") > 1}

    assert dobles == {"casos", "identidad", "notificaciones"}


def test_a_change_of_what_has_a_version_asks_for_it(casa: Casa) -> None:
    changes = {
        str(puerta): puerta
        for puerta in casa.puertas
        if puerta.es_json and puerta.cambia
        # What is one's own has no id in its address.
        if "<" in puerta.regla or str(puerta).startswith("PUT ")
    }
    asking = {
        name
        for name, puerta in changes.items()
        if casa.pedir(puerta, casa.quien_puede(puerta)).status_code == 428
    }
    told = {
        f"{metodo.upper()} {path.translate(str.maketrans('{}', '<>'))}"
        for app in casa.apps.values()
        for path, operations in _document(app)["paths"].items()
        for metodo, operation in operations.items()
        if metodo != "parameters" and _parameter(operation, "If-Match")
    }

    assert asking == told == changes.keys() - SIN_VERSION.keys()
    assert SIN_VERSION.keys() <= changes.keys()


def test_every_post_of_the_api_says_that_it_takes_a_key(casa: Casa) -> None:
    for app in casa.apps.values():
        for path, operations in _document(app)["paths"].items():
            for metodo, operation in operations.items():
                if metodo != "parameters":
                    found = _parameter(operation, "Idempotency-Key")
                    assert (found is not None) == (metodo == "post"), path
                    assert not found or "required" not in found


def test_what_is_told_once_is_kept_nowhere(casa: Casa) -> None:
    """Answers are kept for a day for who sends a key again; a secret is not among them."""
    kept = {
        puerta.regla: members
        for puerta in casa.puertas
        if (members := withheld_of(puerta.app.view_functions[puerta.rule.endpoint]))
    }
    telling = {
        path.translate(str.maketrans("{}", "<>"))
        for app in casa.apps.values()
        for document in [_document(app)]
        for path, operations in document["paths"].items()
        if SECRETS & _members(document, operations.get("post", {}))
    }

    assert kept == ONCE
    assert telling == {rule for rule, members in ONCE.items() if SECRETS & {*members}}


def _members(document: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The members of what an operation answers when it did what was asked."""
    found: set[str] = set()
    for status, answer in operation.get("responses", {}).items():
        content = answer.get("content", {}).get("application/json", {})
        name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
        if status.startswith("2") and name:
            members = document["components"]["schemas"][name].get("properties", {})
            found |= {member for member in members if (name, member) not in OPEN}
    return found


def _document(app: Flask) -> dict[str, Any]:
    document: dict[str, Any] = app.test_client().get(f"/{app.name}/openapi.json").json  # type: ignore[assignment]  # it is an object
    return document


def _parameter(operation: dict[str, Any], name: str) -> dict[str, Any] | None:
    found = [one for one in operation.get("parameters", []) if one["name"] == name]
    return found[0] if found else None
