"""The life of a request about somebody's data: its table, its clock in calendar days, its facts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.derivaciones.mundo import LUNES, Mundo

from casos.atenciones.models import Canal
from casos.derechos import actions
from casos.derechos.actions import NuevaSolicitud, Prorroga, Respuesta
from casos.derechos.catalogo import catalogo
from casos.derechos.models import SolicitudDerecho
from casos.derechos.queries import bandeja, con_historia
from casos.derechos.states import PASOS, PENDIENTES, Accion, Derecho, Entrega, Estado, Identidad
from casos.expedientes.models import Caso
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.plazos.tasks import seguir_plazos
from oficina import clock
from oficina.actor import Actor
from oficina.bus.tables import Outbox
from oficina.db import uuid7
from oficina.env import Env
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, TransicionInvalida
from oficina.settings import Settings
from oficina.web.client import ServiceClient

DELEGADA = Actor(uuid7(), "Daniela Delegada", frozenset({"delegado_datos"}), "Jurídico", "persona")
CAMINO = {
    Estado.RECIBIDA: (),
    Estado.EN_TRAMITE: (Accion.TRAMITAR,),
    Estado.PRORROGADA: (Accion.TRAMITAR, Accion.PRORROGAR),
    Estado.RESPONDIDA: (Accion.TRAMITAR, Accion.RESPONDER),
    Estado.RECHAZADA: (Accion.TRAMITAR, Accion.RECHAZAR),
}
ENTREGADA = Respuesta(texto="Se le entregó una copia.", entrega=Entrega.EN_PERSONA)


def _recibir(mundo: Mundo, derecho: Derecho = Derecho.ACCESO, ahora: datetime = LUNES) -> UUID:
    nueva = NuevaSolicitud(
        derecho=derecho, canal=Canal.PRESENCIAL, identidad=Identidad.DOCUMENTO_A_LA_VISTA
    )
    with mundo.db.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        return actions.registrar(session, persona_id, nueva, DELEGADA, ahora).id


def _dar(mundo: Mundo, cual: UUID, accion: Accion, ahora: datetime = LUNES) -> None:
    with mundo.db.begin() as session:
        match accion:
            case Accion.TRAMITAR:
                actions.tramitar(session, cual, DELEGADA, ahora)
            case Accion.PRORROGAR:
                pedido = Prorroga(motivo="Hay que revisar el archivo en papel.")
                actions.prorrogar(session, cual, pedido, DELEGADA, ahora)
            case Accion.RESPONDER:
                actions.responder(session, cual, ENTREGADA, DELEGADA, ahora)
            case Accion.RECHAZAR:
                con_motivo = Respuesta(
                    texto="No se pudo comprobar quién lo pide.",
                    entrega=Entrega.CORREO,
                    codigo="identidad_no_acreditada",
                )
                actions.rechazar(session, cual, con_motivo, DELEGADA, ahora)


def _en(mundo: Mundo, estado: Estado) -> UUID:
    cual = _recibir(mundo)
    for accion in CAMINO[estado]:
        _dar(mundo, cual, accion)
    return cual


def _plazo(mundo: Mundo, cual: UUID) -> Plazo:
    with mundo.db.read() as session:
        return session.scalars(select(Plazo).where(Plazo.solicitud_id == cual)).one()


def _hechos(mundo: Mundo, cual: UUID) -> list[dict[str, Any]]:
    with mundo.db.read() as session:
        consulta = select(Outbox).where(Outbox.agregado == f"derechos/{cual}")
        return [
            {
                "tipo": fila.tipo.rpartition(".")[2],
                "clase": fila.clasificacion,
                **fila.cuerpo["data"],
            }
            for fila in session.scalars(consulta.order_by(Outbox.secuencia))
        ]


def _seguir(mundo: Mundo, dia: date) -> None:
    clock.move_to(dia)
    settings = Settings()
    seguir_plazos(Env(settings=settings, db=mundo.db, client=ServiceClient(settings)))


@pytest.mark.parametrize("estado", list(Estado))
@pytest.mark.parametrize("accion", list(Accion))
def test_cada_paso_es_el_de_su_tabla(mundo: Mundo, estado: Estado, accion: Accion) -> None:
    cual = _en(mundo, estado)

    if accion in PASOS[estado]:
        _dar(mundo, cual, accion)
    else:
        with pytest.raises(TransicionInvalida):
            _dar(mundo, cual, accion)

    with mundo.db.read() as session:
        fila = con_historia(session, cual)
    assert fila.solicitud.estado is PASOS[estado].get(accion, estado)
    terminada = fila.solicitud.estado not in PENDIENTES
    assert fila.plazo.estado is (EstadoPlazo.CUMPLIDO if terminada else EstadoPlazo.CORRIENDO)


@pytest.mark.parametrize("derecho", list(Derecho))
def test_cada_derecho_tiene_su_reloj_en_dias_corridos_y_su_fuente(
    mundo: Mundo, derecho: Derecho
) -> None:
    regla = reglas().relojes[catalogo().relojes[derecho]]

    plazo = _plazo(mundo, _recibir(mundo, derecho))

    assert regla.unidad == "dias_corridos"
    assert "por confirmar" in regla.fuente
    # Weekends count: thirty days after Monday 9 November is Wednesday 9 December.
    assert clock.local(plazo.vence_en).date() == date(2026, 12, 9)
    assert catalogo().rechazos_de(derecho)


def test_una_prorroga_alarga_una_vez_y_guarda_el_fin_de_antes(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.PRORROGADA)

    plazo = _plazo(mundo, cual)

    assert clock.local(plazo.vence_en).date() == date(2027, 1, 8)
    assert plazo.vence_en_original is not None
    assert clock.local(plazo.vence_en_original).date() == date(2026, 12, 9)


def test_vencido_el_plazo_no_se_prorroga(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.EN_TRAMITE)

    with pytest.raises(Conflicto):
        _dar(mundo, cual, Accion.PRORROGAR, LUNES + timedelta(days=40))

    with mundo.db.read() as session:
        assert session.get_one(SolicitudDerecho, cual).estado is Estado.EN_TRAMITE


def test_los_hechos_son_reservados_y_solo_llevan_ids_y_codigos(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.RECHAZADA)

    recibida, respondida = _hechos(mundo, cual)

    assert (recibida["tipo"], respondida["tipo"]) == ("solicitud_recibida", "solicitud_respondida")
    assert {recibida["clase"], respondida["clase"]} == {"reservado"}
    assert (recibida["derecho"], respondida["resultado_codigo"]) == ("acceso", "rechazada")
    assert "Marie" not in str([recibida, respondida])


def test_el_seguimiento_avisa_por_etapas_y_otra_vez_tras_la_prorroga(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.EN_TRAMITE)

    _seguir(mundo, date(2026, 12, 4))
    _dar(mundo, cual, Accion.PRORROGAR, clock.now())
    _seguir(mundo, date(2026, 12, 5))
    _seguir(mundo, date(2026, 12, 28))
    _seguir(mundo, date(2027, 1, 9))

    avisos = [(h["tipo"], h["nivel"]) for h in _hechos(mundo, cual) if "nivel" in h]
    assert avisos == [("plazo_por_vencer", 80), ("plazo_por_vencer", 80), ("plazo_vencido", 100)]


def test_una_respondida_no_avisa_mas(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.RESPONDIDA)

    _seguir(mundo, date(2027, 3, 1))

    assert not [h for h in _hechos(mundo, cual) if "nivel" in h]


def test_se_rechaza_solo_por_un_motivo_de_ese_derecho(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.EN_TRAMITE)
    ajeno = Respuesta(texto="No.", entrega=Entrega.CORREO, codigo="obligacion_legal")

    with mundo.db.begin() as session, pytest.raises(DatosInvalidos):
        actions.rechazar(session, cual, ajeno, DELEGADA, LUNES)


def test_la_bandeja_pone_arriba_lo_que_vence_primero(mundo: Mundo) -> None:
    tarde = _recibir(mundo, ahora=LUNES + timedelta(days=5))
    pronto = _recibir(mundo, ahora=LUNES - timedelta(days=5))
    respondida = _en(mundo, Estado.RESPONDIDA)

    with mundo.db.read() as session:
        esperan = [fila.solicitud.id for fila in bandeja(session)]
        todas = [fila.solicitud.id for fila in bandeja(session, todas=True)]

    assert [una for una in esperan if una in {tarde, pronto}] == [pronto, tarde]
    assert respondida not in esperan
    assert todas.index(respondida) >= len(esperan)


def test_de_nadie_no_se_recibe_nada(mundo: Mundo) -> None:
    nueva = NuevaSolicitud(
        derecho=Derecho.ACCESO, canal=Canal.CORREO, identidad=Identidad.DATOS_COTEJADOS
    )
    with mundo.db.begin() as session, pytest.raises(NoEncontrado):
        actions.registrar(session, uuid7(), nueva, DELEGADA, LUNES)
