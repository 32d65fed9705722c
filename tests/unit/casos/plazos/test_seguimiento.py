"""The follow-up: what is due is told in order, each stage exactly once, whatever happens."""

import threading
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update
from tests.unit.casos.derivaciones.mundo import LUNES, PROFESIONAL, Mundo

from casos.derivaciones import actions
from casos.derivaciones.respuestas import Respuesta, registrada
from casos.derivaciones.states import Accion, CanalRespuesta, Estado, Grado
from casos.expedientes.models import Caso, Confidencialidad, TipoHito
from casos.plazos import actions as plazos
from casos.plazos.etiquetas import situacion
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import nivel_a_la_fecha, niveles_por_caso, plazos_de_caso
from casos.plazos.tasks import seguir_plazos
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.env import Env
from oficina.settings import Settings
from oficina.web.client import ServiceClient

# Sent on Monday 9 November with normal priority: receipt until Monday 16, an answer until 23.
ANTES = date(2026, 11, 12)
POR_VENCER = date(2026, 11, 16)
LEJOS = date(2027, 3, 1)


def _env(db: Database) -> Env:
    settings = Settings()
    return Env(settings=settings, db=db, client=ServiceClient(settings))


def _seguir(mundo: Mundo, dia: date | None = None) -> None:
    if dia:
        clock.move_to(dia)
    seguir_plazos(_env(mundo.db))


def _etapas(mundo: Mundo) -> list[tuple[str, str, int]]:
    """(fact, clock, level) of every stage told, in order."""
    with mundo.db.read() as session:
        bodies = session.scalars(
            select(Outbox).where(Outbox.tipo.like("casos.caso.plazo%")).order_by(Outbox.evento_id)
        ).all()
    data = [_datos(body) for body in bodies]
    return [(tipo.rpartition(".")[2], d["reloj"], d["nivel"]) for tipo, d in data]


def _datos(body: Outbox) -> tuple[str, dict[str, Any]]:
    return body.tipo, body.cuerpo["data"]


def _plazo(mundo: Mundo, reloj: str) -> Plazo:
    with mundo.db.read() as session:
        return session.scalars(select(Plazo).where(Plazo.reloj == reloj)).one()


def test_antes_de_tiempo_no_se_cuenta_nada(mundo: Mundo) -> None:
    mundo.en(Estado.ENVIADA)

    _seguir(mundo, ANTES)

    assert _etapas(mundo) == []


def test_al_80_por_ciento_se_avisa_una_vez_aunque_se_mire_dos(mundo: Mundo) -> None:
    mundo.en(Estado.ENVIADA)

    _seguir(mundo, POR_VENCER)
    _seguir(mundo)

    assert _etapas(mundo) == [("plazo_por_vencer", "recepcion", 80)]
    assert [h.datos["nivel"] for h in mundo.hitos() if h.tipo is TipoHito.PLAZO] == [80]


def test_si_la_fecha_salta_lejos_las_etapas_pasan_en_orden_una_vez_cada_una(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)

    _seguir(mundo, LEJOS)
    _seguir(mundo)

    # At twice the time for the receipt the derivation expires, and with it the other clock.
    assert _etapas(mundo) == [
        ("plazo_por_vencer", "recepcion", 80),
        ("plazo_vencido", "recepcion", 100),
        ("plazo_vencido", "recepcion", 150),
        ("plazo_por_vencer", "respuesta", 80),
        ("plazo_vencido", "respuesta", 100),
    ]
    assert mundo.derivacion(derivacion_id).estado is Estado.VENCIDA
    assert mundo.hechos().count("casos.derivacion.vencida") == 1
    assert _plazo(mundo, "respuesta").estado is EstadoPlazo.CANCELADO
    # Nothing is due any more, and it did pass.
    assert situacion(_plazo(mundo, "respuesta"), LEJOS) == ("Vencido", "mal")


def test_lo_que_vence_calla_a_sus_demas_relojes_en_la_misma_vuelta(mundo: Mundo) -> None:
    """Also when a later clock of somebody else keeps the round going beyond the expiry."""
    mundo.en(Estado.ENVIADA)
    with mundo.db.begin() as session:
        tarde = datetime(2027, 1, 15, 12, tzinfo=UTC)
        plazos.iniciar(session, mundo.caso_id, "evaluacion", "normal", tarde)

    _seguir(mundo, LEJOS)

    de_la_derivacion = [uno for uno in _etapas(mundo) if uno[1] != "evaluacion"]
    assert de_la_derivacion[-1] == ("plazo_vencido", "respuesta", 100)
    assert len(de_la_derivacion) == 5
    respuesta = _plazo(mundo, "respuesta")
    assert (respuesta.estado, respuesta.nivel) == (EstadoPlazo.CANCELADO, 100)
    # It was told of before in the same round: that it ended is not written over.
    assert (respuesta.siguiente_nivel, respuesta.siguiente_en) == (None, None)


def test_lo_que_vence_se_numera_y_se_anota_en_su_turno(mundo: Mundo) -> None:
    """Its own stages are told before it, and what came due of its case later is told after it."""
    derivacion_id = mundo.en(Estado.ENVIADA)
    with mundo.db.begin() as session:
        plazos.iniciar(
            session, mundo.caso_id, "evaluacion", "normal", datetime(2027, 1, 15, 12, tzinfo=UTC)
        )
    antes = len(mundo.hitos())

    _seguir(mundo, LEJOS)

    with mundo.db.read() as session:
        numerados = session.scalars(
            select(Outbox.tipo)
            .where(Outbox.tipo.in_(("casos.derivacion.vencida", "casos.caso.plazo_por_vencer")))
            .order_by(Outbox.id)
        ).all()
        auditadas = session.scalars(
            select(Auditoria.recurso_id).filter_by(accion="casos.derivacion.vencer")
        ).all()
    assert list(numerados) == [
        "casos.caso.plazo_por_vencer",
        "casos.caso.plazo_por_vencer",
        "casos.derivacion.vencida",
        "casos.caso.plazo_por_vencer",
    ]
    dichos = [hito.datos["hecho"] for hito in mundo.hitos()[antes:]]
    assert dichos.index("vencer") == 5
    assert dichos[6] == "por_vencer"
    assert list(auditadas) == [derivacion_id]


def test_de_un_caso_reservado_lo_que_vence_se_dice_con_ids_solos(mundo: Mundo) -> None:
    mundo.en(Estado.RECIBIDA)
    with mundo.db.begin() as session:
        session.get_one(Caso, mundo.caso_id).confidencialidad = Confidencialidad.RESERVADO

    _seguir(mundo, LEJOS)

    with mundo.db.read() as session:
        vencida = session.scalars(select(Outbox).filter_by(tipo="casos.derivacion.vencida")).one()
    assert vencida.clasificacion == "reservado"
    assert "grado_evidencia" not in vencida.cuerpo["data"]
    assert "unidad" not in vencida.cuerpo["data"]


def test_lo_que_vence_se_presume_aunque_se_confirmara_la_recepcion(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.RECIBIDA)
    assert mundo.derivacion(derivacion_id).grado_evidencia is Grado.B

    _seguir(mundo, LEJOS)

    vencida = mundo.derivacion(derivacion_id)
    assert (vencida.estado, vencida.grado_evidencia) == (Estado.VENCIDA, Grado.D)


def test_lo_que_la_oficina_anula_no_lleva_el_respaldo_de_la_institucion(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.RECIBIDA)

    mundo.hacer(derivacion_id, Accion.ANULAR)

    assert mundo.derivacion(derivacion_id).grado_evidencia is None


def test_los_demas_relojes_avisan_hasta_150_y_no_cierran_nada(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ACEPTADA)

    _seguir(mundo, LEJOS)

    assert _etapas(mundo) == [
        ("plazo_por_vencer", "primera_atencion", 80),
        ("plazo_vencido", "primera_atencion", 100),
        ("plazo_vencido", "primera_atencion", 150),
    ]
    assert mundo.derivacion(derivacion_id).estado is Estado.ACEPTADA
    assert _plazo(mundo, "primera_atencion").siguiente_en is None


def test_lo_respondido_ya_no_se_recuerda(mundo: Mundo) -> None:
    mundo.en(Estado.RECHAZADA)

    _seguir(mundo, LEJOS)

    assert _etapas(mundo) == []


def test_un_corte_en_medio_no_pierde_ni_repite_etapas(mundo: Mundo) -> None:
    mundo.en(Estado.ACEPTADA)
    # The second stage cannot be written: its transaction ends as if the process had died.
    with mundo.db.begin() as session:
        session.execute(
            text(
                "CREATE TRIGGER corte BEFORE INSERT ON hitos WHEN "
                "(SELECT count(*) FROM hitos WHERE tipo = 'plazo') >= 1 "
                "BEGIN SELECT RAISE(ABORT, 'corte'); END"
            )
        )
    _seguir(mundo, LEJOS)
    assert [nivel for _, _, nivel in _etapas(mundo)] == [80]

    with mundo.db.begin() as session:
        session.execute(text("DROP TRIGGER corte"))
    _ya_toca(mundo)
    _seguir(mundo)

    assert [nivel for _, _, nivel in _etapas(mundo)] == [80, 100, 150]
    assert [h.datos["nivel"] for h in mundo.hitos() if h.tipo is TipoHito.PLAZO] == [80, 100, 150]


def test_un_reloj_que_falla_espera_y_los_demas_avisan(mundo: Mundo) -> None:
    mundo.en(Estado.ACEPTADA)
    with mundo.db.begin() as session:
        roto = plazos.iniciar(session, mundo.caso_id, "primer_contacto", "alta", LUNES)
        # No version of the rules knows this clock, and no stage is due earlier.
        roto.reloj = "desconocido"

    _seguir(mundo, LEJOS)

    assert [reloj for _, reloj, _ in _etapas(mundo)] == ["primera_atencion"] * 3
    espera = _plazo(mundo, "desconocido")
    assert (espera.intentos, espera.nivel) == (1, 0)
    assert espera.visible is not None
    assert espera.visible > clock.real_now()


def test_un_reloj_que_fallo_sigue_cuando_se_arregla(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        plazos.iniciar(session, mundo.caso_id, "primer_contacto", "alta", LUNES).reloj = "roto"
    for intentos in (1, 2):
        _seguir(mundo, LEJOS)
        _seguir(mundo)
        assert _plazo(mundo, "roto").intentos == intentos
        _ya_toca(mundo)

    with mundo.db.begin() as session:
        session.execute(update(Plazo).values(reloj="primer_contacto"))
    _seguir(mundo)

    assert [nivel for _, _, nivel in _etapas(mundo)] == [80, 100, 150]
    assert _plazo(mundo, "primer_contacto").intentos == 0


def _ya_toca(mundo: Mundo) -> None:
    """The machine's clock reaches the next try of every deadline."""
    with mundo.db.begin() as session:
        session.execute(update(Plazo).values(visible=clock.real_now()))


def test_dos_seguimientos_a_la_vez_cuentan_cada_etapa_una_vez(mundo: Mundo) -> None:
    for _ in range(5):
        mundo.en(Estado.ACEPTADA)
    clock.move_to(LEJOS)
    hilos = [threading.Thread(target=seguir_plazos, args=(_env(mundo.db),)) for _ in range(3)]

    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()

    assert len(_etapas(mundo)) == 5 * 3


def test_la_espera_detiene_el_reloj_y_la_atencion_lo_cumple(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.EN_ESPERA)

    _seguir(mundo, LEJOS)
    assert _etapas(mundo) == []
    assert _plazo(mundo, "primera_atencion").estado is EstadoPlazo.PAUSADO
    mundo.hacer(derivacion_id, Accion.CURSO)
    _seguir(mundo)

    assert _plazo(mundo, "primera_atencion").estado is EstadoPlazo.CUMPLIDO
    assert _etapas(mundo) == []


def test_un_reloj_que_no_pausa_no_se_pausa(mundo: Mundo) -> None:
    mundo.en(Estado.ENVIADA)

    with mundo.db.begin() as session, pytest.raises(ValueError, match="never pauses"):
        plazos.pausar(session, mundo.caso_id, "recepcion", LUNES)


def test_iniciar_dos_veces_deja_un_reloj(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        uno = plazos.iniciar(session, mundo.caso_id, "primer_contacto", "alta", LUNES)
        otro = plazos.iniciar(session, mundo.caso_id, "primer_contacto", "normal", LUNES)

    assert uno is otro


def test_el_listado_sabe_que_etapa_alcanzo_cada_caso(mundo: Mundo) -> None:
    mundo.en(Estado.ENVIADA)
    tarde = datetime.combine(date(2026, 11, 18), LUNES.timetz())

    with mundo.db.read() as session:
        assert niveles_por_caso(session, [mundo.caso_id], LUNES) == {mundo.caso_id: 0}
        assert niveles_por_caso(session, [mundo.caso_id], tarde) == {mundo.caso_id: 100}
        todos = plazos_de_caso(session, mundo.caso_id)
    assert [plazo.reloj for plazo in todos] == ["recepcion", "respuesta"]
    assert [nivel_a_la_fecha(plazo, tarde) for plazo in todos] == [100, 50]


def test_una_respuesta_tardia_se_guarda_y_se_puede_adoptar(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)
    _seguir(mundo, LEJOS)
    respuesta = Respuesta(accion=Accion.ACEPTAR)
    ahora = clock.now()

    with mundo.db.begin() as session:
        tardia = actions.responder(
            session,
            derivacion_id,
            respuesta,
            PROFESIONAL,
            ahora,
            procedencia=registrada(CanalRespuesta.TELEFONO),
        )
    assert tardia.tardia
    assert mundo.derivacion(derivacion_id).estado is Estado.VENCIDA
    assert "casos.derivacion.aceptada" not in mundo.hechos()

    with mundo.db.begin() as session:
        actions.adoptar(session, derivacion_id, tardia.id, PROFESIONAL, ahora)
    assert mundo.derivacion(derivacion_id).estado is Estado.ACEPTADA
    assert mundo.derivacion(derivacion_id).terminada_en is None
    assert mundo.hechos()[-1] == "casos.derivacion.aceptada"
    assert _plazo(mundo, "primera_atencion").estado is EstadoPlazo.CORRIENDO
