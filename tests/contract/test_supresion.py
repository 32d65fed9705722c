"""An erasure happens whole or not at all, and whoever writes at the same moment leaves nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.unit.casos.derivaciones.mundo import LUNES, PROFESIONAL, Mundo, crear_mundo, usar_claves

from agenda.actions import NuevaCita, agendar
from agenda.handlers import suprimir as suprimir_en_agenda
from agenda.models import Cita as CitaAgenda
from agenda.states import Estado as EstadoCita
from casos.atenciones.actions import registrar as atender
from casos.atenciones.models import Atencion, Canal, Resultado
from casos.atenciones.schemas import NuevaAtencion
from casos.derechos import actions as derechos
from casos.derechos.actions import NuevaSolicitud
from casos.derechos.states import Derecho, Identidad
from casos.expedientes.models import Caso, Hito
from casos.expedientes.states import Estado
from casos.handlers import handlers as de_casos
from casos.personas.models import EstadoPersona, Persona
from casos.red.actions import sembrar
from casos.supresion import actions
from casos.supresion.models import Supresion
from casos.supresion.states import Estado as EstadoSupresion
from columns import COLUMNS
from notificaciones.handlers import suprimir as suprimir_en_notificaciones
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.recordatorios import Cita, planificar_recordatorios
from notificaciones.mensajes.states import EN_ESPERA
from oficina.actor import Actor
from oficina.bus.inbox import Sobre
from oficina.bus.tables import Outbox
from oficina.db import Database, uuid7
from oficina.errors import Conflicto, DomainError
from oficina.events.agenda import CitaRealizada
from oficina.events.casos import PersonaAnonimizada
from oficina.retencion import alterados, certificados

VUELTAS = 6
DELEGADA = Actor(uuid7(), "Delegada", frozenset({"delegado_datos"}), "", "persona")
JEFATURA = Actor(uuid7(), "Jefatura", frozenset({"coordinacion"}), "", "persona")
SOBRE = Sobre({"type": "cl.acogida.agenda.cita.realizada.v1"})

Fresh = Callable[[str, str], Database]


@pytest.fixture(params=COLUMNS)
def column(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Each kind of database."""
    usar_claves(tmp_path)
    return str(request.param)


@pytest.fixture
def casos(column: str, fresh_db: Fresh) -> Database:
    """The database of casos, with its network."""
    db = fresh_db(column, "casos")
    with db.begin() as session:
        sembrar(session, demo=True)
    return db


def _por_confirmar(db: Database) -> tuple[Mundo, UUID, UUID]:
    """A world, its person, and their erasure, which waits for somebody to confirm it."""
    mundo = crear_mundo(db)
    with db.begin() as session:
        session.execute(update(Caso).where(Caso.id == mundo.caso_id).values(estado=Estado.CERRADO))
        persona_id = session.scalars(select(Caso.persona_id).where(Caso.id == mundo.caso_id)).one()
        pedido = NuevaSolicitud(
            derecho=Derecho.SUPRESION,
            canal=Canal.PRESENCIAL,
            identidad=Identidad.DOCUMENTO_A_LA_VISTA,
        )
        solicitud = derechos.registrar(session, persona_id, pedido, DELEGADA, LUNES)
        derechos.tramitar(session, solicitud.id, DELEGADA, LUNES)
        return mundo, persona_id, actions.proponer(session, solicitud.id, DELEGADA, LUNES).id


class Muerte(Exception):
    """The process dies before it commits."""


def _estado(db: Database, persona_id: UUID, supresion_id: UUID) -> tuple[Any, Any, int]:
    with db.read() as session:
        contados = select(Outbox.id).where(Outbox.agregado == f"persona/{persona_id}")
        return (
            session.get_one(Persona, persona_id).estado,
            session.get_one(Supresion, supresion_id).estado,
            len(session.scalars(contados).all()),
        )


def test_muerta_antes_de_terminar_no_hizo_nada_y_se_confirma_otra_vez(casos: Database) -> None:
    _mundo, persona_id, supresion_id = _por_confirmar(casos)
    with pytest.raises(Muerte), casos.begin() as session:
        actions.confirmar(session, supresion_id, JEFATURA, LUNES)
        raise Muerte
    antes = _estado(casos, persona_id, supresion_id)
    with casos.begin() as session:
        actions.confirmar(session, supresion_id, JEFATURA, LUNES)
    despues = _estado(casos, persona_id, supresion_id)

    assert antes == (EstadoPersona.ACTIVA, EstadoSupresion.PROPUESTA, 0)
    assert despues == (EstadoPersona.ANONIMIZADA, EstadoSupresion.EJECUTADA, 1)
    with casos.begin() as session, pytest.raises(Conflicto):
        actions.proponer(
            session, session.get_one(Supresion, supresion_id).solicitud_id, DELEGADA, LUNES
        )


def test_lo_que_se_escribe_mientras_se_suprime_no_queda(casos: Database) -> None:
    for _vuelta in range(VUELTAS):
        mundo, persona_id, supresion_id = _por_confirmar(casos)

        def anotar(quien: UUID = persona_id) -> None:
            nueva = NuevaAtencion(
                persona_id=quien,
                canal=Canal.PRESENCIAL,
                tema="SOC",
                resultado=Resultado.ORIENTADA,
                nota="Contó dónde vive",
            )
            with casos.begin() as session:
                atender(session, nueva, None, PROFESIONAL, LUNES)

        def confirmar(cual: UUID = supresion_id) -> None:
            with casos.begin() as session:
                actions.confirmar(session, cual, JEFATURA, LUNES)

        def llega_tarde(caso_id: UUID = mundo.caso_id, quien: UUID = persona_id) -> None:
            hecho = CitaRealizada(cita_id=uuid7(), persona_id=quien, caso_id=caso_id)
            with casos.begin() as session:
                for handler in de_casos.matching(hecho.ce_type(), hecho.tipo):
                    handler(session, hecho, SOBRE)

        _a_la_vez(anotar, confirmar, llega_tarde)

        assert _estado(casos, persona_id, supresion_id)[0] is EstadoPersona.ANONIMIZADA
        with casos.read() as session:
            notas = select(Atencion.nota).where(Atencion.persona_id == persona_id)
            assert set(session.scalars(notas)) <= {None}
            hitos = select(Hito.id).where(Hito.caso_id == mundo.caso_id)
            assert session.scalars(hitos).all() == []
    with casos.read() as session:
        cadena = certificados(session)
    assert len(cadena) == VUELTAS
    assert alterados(cadena) == []


def test_las_que_se_suprimen_a_la_vez_dejan_una_sola_cadena(casos: Database) -> None:
    de_dos = [_por_confirmar(casos)[2] for _una in range(2)]

    def confirmar(cual: UUID) -> Callable[[], None]:
        def hacer() -> None:
            with casos.begin() as session:
                actions.confirmar(session, cual, JEFATURA, LUNES)

        return hacer

    _a_la_vez(*map(confirmar, de_dos))

    with casos.read() as session:
        cadena = certificados(session)
    assert (len(cadena), alterados(cadena)) == (2, [])


def test_lo_que_se_agenda_mientras_la_agenda_suprime_no_queda(column: str, fresh_db: Fresh) -> None:
    agenda = fresh_db(column, "agenda")
    for vuelta in range(VUELTAS):
        hecho = _suprimida()
        nueva = NuevaCita(
            persona_id=hecho.persona_id,
            profesional_id=uuid7(),
            fecha=date(2031, 1, 8),
            hora=time(10 + vuelta % 3),
            duracion=30,
            lugar="oficina",
            asunto="Su denuncia",
        )

        def reservar(pedida: NuevaCita = nueva) -> None:
            with agenda.begin() as session:
                agendar(session, pedida, "Profesional", PROFESIONAL, LUNES)

        def suprimir(dicho: PersonaAnonimizada = hecho) -> None:
            with agenda.begin() as session:
                suprimir_en_agenda(session, dicho, SOBRE)

        _a_la_vez(reservar, suprimir)

        with agenda.read() as session:
            citas = session.scalars(
                select(CitaAgenda).where(CitaAgenda.persona_id == hecho.persona_id)
            ).all()
        assert {(una.estado, una.asunto) for una in citas} <= {(EstadoCita.CANCELADA, None)}


def test_lo_que_se_planifica_mientras_se_suprime_no_sale(column: str, fresh_db: Fresh) -> None:
    mensajes = fresh_db(column, "notificaciones")
    for _vuelta in range(VUELTAS):
        hecho = _suprimida()
        cita = Cita(
            cita_id=uuid7(),
            persona_id=hecho.persona_id,
            caso_id=None,
            inicia_en=LUNES + timedelta(days=30),
            secuencia=1,
        )

        def planificar(que: Cita = cita) -> None:
            with mensajes.begin() as session:
                planificar_recordatorios(session, que, LUNES)

        def suprimir(dicho: PersonaAnonimizada = hecho) -> None:
            with mensajes.begin() as session:
                suprimir_en_notificaciones(session, dicho, SOBRE)

        _a_la_vez(planificar, suprimir)

        with mensajes.read() as session:
            vivos = select(Mensaje.id).where(
                Mensaje.persona_id == hecho.persona_id, Mensaje.estado.in_(EN_ESPERA)
            )
            assert session.scalars(vivos).all() == []


def _suprimida() -> PersonaAnonimizada:
    return PersonaAnonimizada(persona_id=uuid7(), supresion_id=uuid7(), caso_ids=[], hechos=0)


def _a_la_vez(*cosas: Callable[[], None]) -> None:
    """All at the same moment; one may be refused in the office's own words, and none breaks."""

    def intentar(cosa: Callable[[], None]) -> None:
        try:
            cosa()
        except DomainError:
            return

    with ThreadPoolExecutor(len(cosas)) as manos:
        for hecho in [manos.submit(intentar, cosa) for cosa in cosas]:
            hecho.result()
