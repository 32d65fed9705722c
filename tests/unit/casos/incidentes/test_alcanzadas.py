"""Whose data an account reached, whatever it was that it opened and whichever service holds it."""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select
from tests.unit.vida import Vida

from casos.accesos.models import AccesoExcepcional, MotivoAcceso
from casos.atenciones.models import Atencion
from casos.derivaciones.models import Enlace
from casos.importacion.models import Importacion
from casos.personas.models import Persona
from casos.programas.entregas.models import Entrega
from casos.supresion import actions as supresion
from notificaciones.mensajes.models import Mensaje
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.db import uuid7

CIERRE = {"motivo": "persona_desiste", "resultado": "parcial", "texto": "Zmarca: se fue"}
CLASIFICACION = {
    "naturalezas": ["confidencialidad"],
    "categorias": ["identificacion"],
    "sistemas": ["agenda"],
    "riesgo": "bajo",
    "efectos": "Alguien la vio",
}


@pytest.fixture
def vida(servicios: dict[str, Flask], oficina: Any) -> Iterator[Vida]:
    """The five services, the bus between them, and one person."""
    yield Vida(servicios, oficina)
    clock.move_to(None)


def _cuenta(quien: UUID, rol: str = "recepcion") -> Actor:
    return Actor(quien, "Alguien", frozenset({rol}), "migracion", "funcionario")


def _cosas(vida: Vida) -> dict[str, tuple[str, UUID]]:
    """One thing of hers of each kind of which some audit tells, and who holds it."""
    caso_id = UUID(vida.caso(cerrado=False))
    derivacion_id = UUID(vida.derivar(str(caso_id), avisada=True))
    cita_id = UUID(vida.cita(str(caso_id))["id"])
    vida.circular()
    vida.barrer_mensajes()
    vida.de_un_registro()
    ayuda_id = UUID(vida.ayuda())
    solicitud_id = UUID(vida.solicitud("supresion"))
    delegada = _cuenta(vida.quien("delegado_datos"), "delegado_datos")
    with vida.db("casos").begin() as session:
        acceso = AccesoExcepcional(
            caso_id=caso_id,
            funcionario_id=uuid7(),
            funcionario_nombre="Coordinación",
            motivo=MotivoAcceso.RIESGO_INMEDIATO,
            texto="Zmarca: urgente",
            reglas_version="2026",
            abierto_en=clock.real_now(),
            vence_en=clock.real_now(),
        )
        session.add(acceso)
        vida_anterior = session.scalars(select(Atencion.id).limit(1)).one()
        enlace_id = session.scalars(
            select(Enlace.id).where(Enlace.derivacion_id == derivacion_id).limit(1)
        ).one()
        importacion_id = session.scalars(select(Importacion.id)).one()
        session.flush()
    with vida.db("notificaciones").read() as session:
        mensaje_id = session.scalars(select(Mensaje.id).where(Mensaje.cita_id == cita_id)).first()
        de_caso = session.scalars(
            select(Mensaje.id).where(Mensaje.derivacion_id == derivacion_id)
        ).first()
    assert mensaje_id is not None
    assert de_caso is not None
    with vida.db("casos").read() as session:
        entrega_id = session.scalars(select(Entrega.id)).one()
    vida.api("POST", f"/casos/{caso_id}/cierre", CIERRE)
    with vida.db("casos").begin() as session:
        supresion_id = supresion.proponer(session, solicitud_id, delegada, clock.now()).id
    return {
        "persona": ("casos", vida.persona_id),
        "caso": ("casos", caso_id),
        "derivacion": ("casos", derivacion_id),
        "enlace": ("casos", enlace_id),
        "acceso_excepcional": ("casos", acceso.id),
        "atencion": ("casos", vida_anterior),
        "importacion": ("casos", importacion_id),
        "solicitud": ("casos", solicitud_id),
        "postulacion": ("casos", ayuda_id),
        "entrega": ("casos", entrega_id),
        "supresion": ("casos", supresion_id),
        "cita": ("agenda", cita_id),
        "mensaje": ("notificaciones", mensaje_id),
        "mensaje de un caso": ("notificaciones", de_caso),
    }


def test_sea_lo_que_sea_lo_que_abrio_se_sabe_de_quien_es(vida: Vida) -> None:
    cosas = _cosas(vida)
    with vida.db("casos").read() as session:
        folio = session.get_one(Persona, vida.persona_id).folio
    reporte = {"causa": "acceso_indebido", "relato": "Alguien usó su cuenta", "conocido_el": ""}
    reporte["conocido_el"] = str(clock.today())
    incidente = vida.api("POST", "/incidentes", reporte, rol="delegado_datos")["id"]
    ruta = f"/incidentes/{incidente}"
    dia = str(clock.local(clock.real_now()).date())

    def alcanzadas(cuenta: UUID, accion: str = "alcanzadas") -> Any:
        periodo = {"cuenta_id": str(cuenta), "desde": dia, "hasta": dia}
        return vida.pedir("POST", f"{ruta}/{accion}", periodo, rol="delegado_datos")

    for clase, (servicio, cosa_id) in cosas.items():
        intruso = _cuenta(uuid7())
        registrar_lectura(vida.db(servicio), intruso, "x.ver", clase.split()[0], cosa_id)
        hallado = alcanzadas(intruso.id).json
        assert [una["folio"] for una in hallado["personas"]] == [folio], clase
        assert (hallado["listas"], hallado["sin_respuesta"]) == (0, []), clase

    # Nobody is reached by who opened nothing; lists are counted wherever they are.
    nadie = _cuenta(uuid7())
    for servicio in ("casos", "agenda", "notificaciones"):
        registrar_lectura(vida.db(servicio), nadie, "x.listar", "cosa", None, cantidad=7)
    assert alcanzadas(nadie.id).json == {"personas": [], "listas": 3, "sin_respuesta": []}

    # A real door: an appointment, opened by one who never opened her record.
    de_jefatura = vida.quien("coordinacion")
    assert alcanzadas(de_jefatura).json["personas"] == []
    una = f"/agenda/citas/{cosas['cita'][1]}"
    assert vida.como("coordinacion", "agenda").get(una).status_code == 200
    assert folio in str(alcanzadas(de_jefatura).json)

    # On the page they are added at once, by whoever saw the incident as it is.
    vida.api("POST", f"{ruta}/abrir", CLASIFICACION, rol="delegado_datos")
    delegada, url = vida.como("delegado_datos"), f"/casos{ruta}/alcanzadas"
    periodo = {"cuenta_id": str(de_jefatura), "desde": dia, "hasta": dia}
    vista = delegada.post(url, data=periodo).text
    version = re.search(r'name="version" value="(\d+)"', vista)
    assert version
    agregar = periodo | {"agregar": "1"}
    assert folio in vista
    assert delegada.post(url, data=periodo | {"desde": "2999-01-01"}).status_code == 422
    assert delegada.post(url, data=agregar).status_code == 428
    tarde = delegada.post(url, data=agregar | {"version": "0"})
    assert tarde.status_code == 412
    assert "Ahora está así: Abierto." in tarde.text
    assert 'href="#formulario">Agregar personas</a>' in tarde.text
    assert f'name="version" value="{version[1]}"' in tarde.text
    hecho = delegada.post(url, data=agregar | {"version": version[1]})
    assert folio in delegada.get(hecho.location).text

    # With a service away half is not taken for all.
    vida.oficina.client.mount("agenda", _caida)
    page = delegada.post(url, data=periodo).text
    assert "Agenda no responde ahora" in page
    assert 'name="agregar"' not in page
    assert alcanzadas(nadie.id).json["sin_respuesta"] == ["agenda"]
    assert alcanzadas(nadie.id, "vincular-alcanzadas").status_code == 503


def _caida(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return [b""]


@pytest.mark.parametrize("servicio", ["agenda", "notificaciones"])
def test_a_moment_before_every_calendar_is_an_error_of_its_field(vida: Vida, servicio: str) -> None:
    """In Chile's zone, or in none, it would be no moment at all."""
    hasta = f"cuenta_id={uuid7()}&antes_de=2000-01-01T00:00:06Z"
    dado = vida.pedir(
        "GET",
        f"/personas/alcanzadas?{hasta}&desde=0001-01-01T00:17:03%2B05:16",
        rol="servicio",
        servicio=servicio,
    )

    assert dado.status_code == 422, dado.text
    assert list(dado.json["errors"]) == ["desde"]
