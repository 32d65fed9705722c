"""The directory as HSDS 3.0: what leaves, what anybody may read, and what a file may change."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from sqlalchemy import func, select
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.conftest import Oficina

from acogida import directorio
from casos.red.hsds.formato import termino_id
from casos.red.hsds.models import CargaDeRed
from casos.red.models import ContactoRed, Horario, Institucion, Lugar, Sede, ServicioRed
from oficina.actor import Actor

ABIERTA = "/casos/api/v1/red/abiertos/hsds"
SECRETO = "Pasaje Reservado 7"
PRIVADO = "encargada@omil.example"

# What the specification asks for of each thing that we tell, as it writes it.
_UUID, _TEXTO = {"type": "string", "format": "uuid"}, {"type": "string"}
_TELEFONOS = {"type": "array", "items": {"type": "object", "required": ["id", "number"]}}
_CONTACTOS = {
    "type": "array",
    "items": {"type": "object", "required": ["id"], "properties": {"phones": _TELEFONOS}},
}
_LUGAR = {
    "type": "object",
    "required": ["id", "location_type"],
    "properties": {
        "id": _UUID,
        "location_type": {"enum": ["physical", "postal", "virtual"]},
        "phones": _TELEFONOS,
        "addresses": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *("id", "address_1", "city", "state_province", "postal_code"),
                    *("country", "address_type"),
                ],
                "properties": {"address_type": {"enum": ["physical", "postal", "virtual"]}},
            },
        },
    },
}
_ORGANIZACION = {
    "type": "object",
    "required": ["id", "name", "description"],
    "properties": {
        "id": _UUID,
        "website": {"type": "string", "format": "uri"},
        "contacts": _CONTACTOS,
        "phones": _TELEFONOS,
        "locations": {"type": "array", "items": _LUGAR},
        "organization_identifiers": {
            "type": "array",
            "items": {"type": "object", "required": ["id", "identifier_type", "identifier"]},
        },
    },
}
_HORARIO = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "freq": {"enum": ["WEEKLY", "MONTHLY"]},
        "byday": _TEXTO,
        "opens_at": _TEXTO,
        "closes_at": _TEXTO,
    },
}
SERVICIO: Mapping[str, Any] = {
    "type": "object",
    "required": ["id", "name", "status", "organization_id"],
    "properties": {
        "id": _UUID,
        "status": {"enum": ["active", "inactive", "defunct", "temporarily closed"]},
        "minimum_age": {"type": "number"},
        "maximum_age": {"type": "number"},
        "assured_date": {"type": "string", "format": "date"},
        "last_modified": {"type": "string", "format": "date-time"},
        "organization": _ORGANIZACION,
        "contacts": _CONTACTOS,
        "languages": {"type": "array", "items": {"type": "object", "required": ["id"]}},
        "required_documents": {"type": "array", "items": {"type": "object", "required": ["id"]}},
        "attributes": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "link_id", "taxonomy_term_id", "link_entity"],
                "properties": {
                    "taxonomy_term": {
                        "type": "object",
                        "required": ["id", "name", "description"],
                    }
                },
            },
        },
        "service_at_locations": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "properties": {
                    "location": _LUGAR,
                    "schedules": {"type": "array", "items": _HORARIO},
                },
            },
        },
        "metadata": {
            "type": "array",
            "items": {
                "type": "object",
                "required": [
                    *("id", "last_action_date", "last_action_type", "field_name"),
                    *("previous_value", "replacement_value", "updated_by"),
                ],
            },
        },
    },
}


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with the network of the demonstration."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        with made.app.test_request_context():
            directorio.preparar(made.db, Actor.sistema("casos"))
        yield made


@pytest.fixture
def abierta(casos: Casos) -> Iterator[Casos]:
    """The same, open to anybody."""
    env = casos.app.extensions["env"]
    casos.app.extensions["env"] = replace(env, settings=replace(env.settings, red_abierta=True))
    yield casos
    casos.app.extensions["env"] = env


def _sacar(casos: Casos) -> list[dict[str, Any]]:
    salida = casos.api("profesional", "GET", "/red/hsds")
    assert salida.status_code == 200
    paquete: list[dict[str, Any]] = salida.json
    return paquete


def _traer(casos: Casos, paquete: Any) -> Any:
    return casos.app.test_client().post(
        "/casos/api/v1/red/cargas",
        data=json.dumps(paquete),
        headers=casos.oficina.bearer("coordinacion") | {"Content-Type": "application/json"},
    )


def _cargar(casos: Casos, paquete: Any) -> Any:
    traida = _traer(casos, paquete)
    assert traida.status_code == 201, traida.text
    path = f"/red/cargas/{traida.json['id']}/aplicacion"
    return casos.api("coordinacion", "POST", path, **COMO_ESTE)


def _ajeno(**cambios: Any) -> dict[str, Any]:
    """A service of a directory that is not ours."""
    return {
        "id": str(uuid4()),
        "name": "Ropero solidario",
        "status": "active",
        "organization": {
            "id": str(uuid4()),
            "name": "Fundación Ajena",
            "description": "Sintética",
            "legal_status": "publica",
            "email": "robo@ajena.example",
        },
        "languages": [{"id": str(uuid4()), "code": "fr"}],
        "attributes": [{"id": str(uuid4()), "taxonomy_term": {"code": "SOC"}}],
        "service_at_locations": [
            {
                "id": str(uuid4()),
                "location": {
                    "id": str(uuid4()),
                    "location_type": "physical",
                    "name": "Bodega",
                    "addresses": [{"address_1": "Calle Ajena 1", "city": "Recoleta"}],
                },
                "schedules": [
                    {"freq": "MONTHLY", "byday": "1TU", "opens_at": "10:00", "closes_at": "12:00"}
                ],
            }
        ],
    } | cambios


def test_lo_que_sale_es_lo_que_pide_la_especificacion(casos: Casos) -> None:
    validar = Draft202012Validator(SERVICIO, format_checker=FormatChecker())
    paquete = _sacar(casos)

    assert [e.message for uno in paquete for e in validar.iter_errors(uno)] == []
    en_lugares = [uno for uno in paquete if "service_at_locations" in uno]
    sjm = next(uno for uno in en_lugares if uno["organization"]["alternate_name"] == "SJM")
    assert sjm["service_at_locations"][0]["schedules"][0]["byday"] in {"TU", "TH"}
    assert [uno["code"] for uno in sjm["languages"]] == ["spa", "hat", "eng"]
    assert sjm["assured_date"]
    assert sjm["metadata"][0]["replacement_value"] == "con cupo"


def test_nada_confidencial_ni_privado_sale(abierta: Casos) -> None:
    fuera = [
        abierta.api("profesional", "GET", "/red/hsds").text,
        *(
            abierta.app.test_client().get(f"{ABIERTA}/{cosa}?full=true&per_page=500").text
            for cosa in ("services", "organizations", "service_at_locations")
        ),
    ]

    for texto in fuera:
        assert SECRETO not in texto
        assert PRIVADO not in texto
        assert "@red.example" not in texto
    with abierta.db.read() as session:
        secreto = session.scalars(
            select(Lugar.id).join(Lugar.sede).where(Sede.confidencial.is_(True))
        ).one()
    url = f"{ABIERTA}/service_at_locations/{secreto}"
    assert abierta.app.test_client().get(url).status_code == 404


def test_cerrada_de_fabrica(casos: Casos) -> None:
    assert casos.app.test_client().get(f"{ABIERTA}/services").status_code == 404


def test_los_filtros_se_suman_y_la_hoja_dice_cuanto_hay(abierta: Casos) -> None:
    def pedir(consulta: str = "") -> dict[str, Any]:
        answer = abierta.app.test_client().get(f"{ABIERTA}/services?{consulta}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    todos = pedir("per_page=2")
    assert (todos["size"], todos["first_page"], todos["last_page"]) == (2, True, False)
    assert todos["total_pages"] == -(-todos["total_items"] // 2)
    sociales = pedir(f"taxonomy_term_id={termino_id('SOC')}&per_page=500")
    de_una = sociales["contents"][0]["organization_id"]
    juntos = pedir(f"taxonomy_term_id={termino_id('SOC')}&organization_id={de_una}&per_page=500")
    assert 0 < juntos["total_items"] < sociales["total_items"] < todos["total_items"]
    assert pedir(f"search=zzz&organization_id={de_una}")["empty"]
    assert pedir("modified_after=2999-01-01T00:00:00Z")["total_items"] == 0
    assert set(pedir("minimal=true")["contents"][0]) == {"id", "modified_date"}
    uno = todos["contents"][0]["id"]
    assert abierta.app.test_client().get(f"{ABIERTA}/services/{uno}").json["id"] == uno  # type: ignore[index]  # it is an object
    for cosas in ("taxonomies", "taxonomy_terms"):
        primera = abierta.app.test_client().get(f"{ABIERTA}/{cosas}").json["contents"][0]  # type: ignore[index]  # it is an object
        assert {"id", "name", "description"} <= primera.keys()
        sola = abierta.app.test_client().get(f"{ABIERTA}/{cosas}/{primera['id']}")
        assert sola.json == primera
    assert abierta.app.test_client().get(f"{ABIERTA}/services?per_page=0").status_code == 422


def test_lo_que_salio_vuelve_y_no_cambia_nada(casos: Casos) -> None:
    traida = _traer(casos, _sacar(casos))

    assert traida.status_code == 201, traida.text
    assert traida.json["cambios"] == []


def test_un_archivo_ajeno_se_carga_una_vez_y_la_segunda_no_cambia_nada(casos: Casos) -> None:
    ajeno = _ajeno()

    previa = _traer(casos, [ajeno]).json
    assert sorted({uno["clase"] for uno in previa["cambios"]}) == [
        *("instituciones", "lugares_de_servicio", "sedes", "servicios_red"),
    ]
    with casos.db.read() as session:
        assert session.get(ServicioRed, UUID(ajeno["id"])) is None
    assert _cargar(casos, [ajeno]).json["estado"] == "cargada"
    with casos.db.read() as session:
        servicio = session.get_one(ServicioRed, UUID(ajeno["id"]))
        institucion = session.get_one(Institucion, servicio.institucion_id)
        horario = session.scalars(
            select(Horario).join(Lugar).where(Lugar.servicio_id == servicio.id)
        ).one()
    assert (servicio.idiomas, servicio.temas) == (["fra"], ["SOC"])
    assert (horario.freq, horario.dias) == ("MONTHLY", ["1TU"])
    # What decides what an institution may receive is never taken from a file.
    assert not institucion.admite_funcion_legal
    assert institucion.correo is None
    assert _traer(casos, [ajeno]).json["cambios"] == []
    otra = _traer(casos, [ajeno | {"name": "Ropero", "fees_description": "Gratuito"}]).json
    assert [(uno["nueva"], uno["campos"]) for uno in otra["cambios"]] == [
        (False, ["nombre", "costo"])
    ]


def test_con_errores_se_dicen_todos_y_no_se_carga_nada(casos: Casos) -> None:
    malo = _ajeno(status="abierto", minimum_age=30, maximum_age=20, id="no")
    malo["organization"].pop("name")
    malo["service_at_locations"][0]["schedules"][0]["opens_at"] = "tarde"
    malo["service_at_locations"][0]["location"]["location_type"] = "nube"

    def contar() -> list[int]:
        with casos.db.read() as session:
            tablas = (CargaDeRed, Institucion, ServicioRed, ContactoRed)
            return [session.scalar(select(func.count()).select_from(t)) or 0 for t in tablas]

    antes = contar()
    answer = _traer(casos, [_ajeno(), malo])

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {
        "1.id",
        "1.status",
        "1.maximum_age",
        "1.organization.name",
    }
    assert contar() == antes
    malo["id"] = str(uuid4())
    con_lugar = _traer(casos, [malo]).json["errors"]
    assert "0.service_at_locations.0.schedules.0.opens_at" in con_lugar
    assert "0.service_at_locations.0.location.location_type" in con_lugar
    assert _traer(casos, {"otra": "cosa"}).status_code == 422
    assert _traer(casos, []).status_code == 422


def test_un_identificador_ajeno_no_toma_lo_de_otro(casos: Casos) -> None:
    nuestro = _sacar(casos)[0]
    ladron = _ajeno(id=nuestro["id"])

    answer = _traer(casos, [ladron])

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["0"]


def test_lo_que_no_conocemos_se_avisa_y_se_deja_fuera(casos: Casos) -> None:
    raro = _ajeno(
        languages=[{"id": str(uuid4()), "code": "xx"}],
        attributes=[{"id": str(uuid4()), "taxonomy_term": {"code": "BD-1800"}}],
    )
    raro["service_at_locations"][0]["schedules"] = [{"freq": "MONTHLY", "bymonthday": "15"}]

    avisos = _traer(casos, [raro]).json["avisos"]

    assert len(avisos) == 3
    _cargar(casos, [raro])
    with casos.db.read() as session:
        assert session.get_one(ServicioRed, UUID(raro["id"])).temas == ["OTRO"]


def test_las_paginas_muestran_antes_de_cargar(casos: Casos) -> None:
    browser = casos.como("coordinacion")
    ajeno = _ajeno(name="Ludoteca de ejemplo")

    def subir(contenido: bytes) -> Any:
        datos = {"archivo": (BytesIO(contenido), "red.json")}
        return browser.post("/casos/red/cargas/nueva", data=datos)

    mala = subir(json.dumps([ajeno | {"status": "?"}]).encode())
    assert mala.status_code == 422
    assert "<code>0.status</code>" in mala.text
    assert subir(b"esto no es json").status_code == 422
    vista = subir(json.dumps([ajeno]).encode())
    assert vista.status_code == 303
    url = vista.headers["Location"]
    pagina = browser.get(url)
    assert "Ludoteca de ejemplo" in pagina.text
    assert browser.post(f"{url}/cargar", data={"version": "9"}).status_code == 412
    assert browser.post(f"{url}/cargar", data={"version": "1"}).status_code == 303
    assert browser.post(f"{url}/descartar", data={"version": "2"}).status_code == 409
    assert "Ludoteca de ejemplo" in browser.get("/casos/red?q=ludoteca").text
    archivo = browser.get("/casos/red/hsds.json")
    assert "attachment" in archivo.headers["Content-Disposition"]
    assert "Ludoteca de ejemplo" in {uno["name"] for uno in json.loads(archivo.text)}
    assert casos.como("profesional").get("/casos/red/cargas/nueva").status_code == 403


def test_un_archivo_descartado_no_se_guarda(casos: Casos) -> None:
    traida = _traer(casos, [_ajeno()]).json
    path = f"/red/cargas/{traida['id']}/descarte"

    assert casos.api("coordinacion", "POST", path, **COMO_ESTE).json["estado"] == "descartada"
    with casos.db.read() as session:
        assert session.get_one(CargaDeRed, UUID(traida["id"])).contenido == ""
