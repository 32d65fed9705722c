"""An answer comes in: what it does, what it leaves for somebody, and that it does it once."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

from agenda.models import Cita
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.palabras import palabras
from notificaciones.entrantes.states import Efecto
from notificaciones.entrantes.states import Estado as EstadoDeRespuesta
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Clave
from notificaciones.retencion import retencion
from oficina import clock
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.db import uuid7
from oficina.events.casos import PersonaAnonimizada

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
NUMERO = "+56987654321"


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


def _recordada(casa: Any, inicia: datetime = JUEVES_10_30, persona: UUID | None = None) -> UUID:
    """An appointment whose first reminder has left."""
    cita = casa.cita(inicia, persona)
    casa.barrer()
    casa.ir_a(inicia - timedelta(hours=47))
    casa.barrer()
    return UUID(cita)


def _llega(casa: Any, texto: str, *, de: str = NUMERO, referencia: str = "") -> Respuesta:
    entrante = Entrante(
        proveedor="prueba",
        de=de,
        texto=texto,
        referencia=referencia or str(uuid7()),
        recibido_en=clock.now(),
    )
    with casa.db.begin() as session:
        respuesta = recibir(session, entrante)
    casa.circular()
    casa.barrer()
    return respuesta


def _cita(casa: Any, cita_id: UUID) -> Cita:
    with casa.agenda.extensions["env"].db.read() as session:
        return session.get_one(Cita, cita_id)


def test_si_confirma_la_cita_cuyo_recordatorio_salio_ultimo(casa: Any) -> None:
    cita = _recordada(casa)

    respuesta = _llega(casa, "Sí, gracias", de="9 8765 4321")

    assert respuesta.efecto is Efecto.CITA_CONFIRMADA
    assert respuesta.estado is EstadoDeRespuesta.RESUELTA
    assert (respuesta.cita_id, respuesta.idioma) == (cita, "ht")
    confirmada = _cita(casa, cita)
    assert (confirmada.respuesta, confirmada.respuesta_canal) == ("confirma", "sms")
    assert not casa.mensajes(plantilla=Clave.AVISO_CITA_RESPONDIDA)
    page = casa.oficina.entrar(casa.agenda, "recepcion").get(f"/agenda/citas/{cita}").text
    assert "Confirmó por SMS" in page


def test_no_viene_y_se_avisa_a_quien_la_espera(casa: Any) -> None:
    cita = _recordada(casa)

    assert _llega(casa, "NON").efecto is Efecto.CITA_RECHAZADA

    assert _cita(casa, cita).respuesta == "no_viene"
    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_CITA_RESPONDIDA)
    assert aviso.estado is Estado.ENTREGADA
    assert aviso.destino == casa.oficina.funcionario("profesional").correo
    assert "avisó que no viene" in aviso.cuerpo
    assert f"/agenda/citas/{cita}" in aviso.cuerpo
    page = casa.oficina.entrar(casa.agenda, "recepcion").get(f"/agenda/citas/{cita}").text
    assert "Avisó por SMS que no viene" in page
    assert "La hora sigue reservada" in page


def test_cambia_de_parecer_y_vale_lo_ultimo_aunque_llegue_desordenado(casa: Any) -> None:
    cita = _recordada(casa)
    antes = clock.now() - timedelta(minutes=5)
    _llega(casa, "no")
    _llega(casa, "si")
    with casa.db.begin() as session:
        recibir(
            session,
            Entrante(proveedor="p", de=NUMERO, texto="no", referencia="r", recibido_en=antes),
        )
    casa.circular()

    assert _cita(casa, cita).respuesta == "confirma"
    with casa.agenda.extensions["env"].db.read() as session:
        tipos = session.scalars(select(Outbox.tipo)).all()
    assert sum(tipo == "agenda.cita.respondida" for tipo in tipos) == 2


def test_la_misma_dos_veces_es_una(casa: Any) -> None:
    _recordada(casa)

    primera = _llega(casa, "no", referencia="abc")
    segunda = _llega(casa, "no", referencia="abc")

    assert primera.id == segunda.id
    with casa.db.read() as session:
        assert session.scalar(select(func.count(Respuesta.id))) == 1
    assert len(casa.mensajes(plantilla=Clave.AVISO_CITA_RESPONDIDA)) == 1


def test_reprogramada_lo_contestado_ya_no_vale(casa: Any) -> None:
    cita = _recordada(casa)
    _llega(casa, "si")
    casa.reprogramar(str(cita), JUEVES_10_30 + timedelta(days=1))

    assert _cita(casa, cita).respuesta is None
    # The reminder of the new time has not left: an answer is to the old one, and says nothing.
    _llega(casa, "no")
    assert _cita(casa, cita).respuesta is None


@pytest.mark.parametrize("texto", ["¿Puedo ir el viernes?", "sí, no puedo ir"])
def test_lo_que_no_se_entiende_queda_en_la_bandeja(casa: Any, texto: str) -> None:
    cita = _recordada(casa)

    respuesta = _llega(casa, texto)

    assert respuesta.efecto is Efecto.NO_ENTENDIDA
    assert respuesta.estado is EstadoDeRespuesta.PENDIENTE
    assert respuesta.persona_id is not None
    assert _cita(casa, cita).respuesta is None


def test_sin_recordatorio_o_con_la_cita_pasada_no_hay_a_que_contestar(casa: Any) -> None:
    assert _llega(casa, "si").efecto is Efecto.SIN_CITA
    cita = _recordada(casa)

    casa.ir_a(JUEVES_10_30 + timedelta(minutes=1))

    assert _llega(casa, "si").efecto is Efecto.SIN_CITA
    assert _cita(casa, cita).respuesta is None


def test_dos_personas_con_un_telefono_no_se_adivina_cual(casa: Any) -> None:
    _recordada(casa)
    _recordada(casa, JUEVES_10_30 + timedelta(hours=2), casa.persona(nombres="Otra"))

    assert _llega(casa, "si").efecto is Efecto.VARIAS_CITAS


def test_dos_citas_recordadas_casi_juntas_no_se_distinguen_y_lejos_si(casa: Any) -> None:
    persona = casa.persona()
    _recordada(casa, JUEVES_10_30, persona)
    segunda = _recordada(casa, JUEVES_10_30 + timedelta(hours=4), persona)
    assert _llega(casa, "si").efecto is Efecto.VARIAS_CITAS

    tercera = _recordada(casa, JUEVES_10_30 + timedelta(days=1, hours=4), persona)
    casa.ir_a(JUEVES_10_30 + timedelta(hours=5))

    assert _llega(casa, "si").cita_id == tercera
    assert _cita(casa, segunda).respuesta is None


def test_ayuda_se_contesta_en_su_idioma_y_dos_maquinas_no_conversan(casa: Any) -> None:
    _recordada(casa)

    for _vuelta in range(5):
        assert _llega(casa, "èd").efecto is Efecto.AYUDA

    contestadas = casa.mensajes(plantilla=Clave.RESPUESTA_AYUDA)
    assert len(contestadas) == palabras().respuestas_por_dia
    assert {(uno.destino, uno.idioma) for uno in contestadas} == {(NUMERO, "ht")}
    assert all("reponn WI oswa NON" in uno.cuerpo for uno in contestadas)
    casa.ir_a(clock.now() + timedelta(days=1, minutes=1))
    _llega(casa, "AYUDA")
    assert len(casa.mensajes(plantilla=Clave.RESPUESTA_AYUDA)) == len(contestadas) + 1


def test_a_quien_no_se_conoce_se_le_contesta_en_el_idioma_de_sus_palabras(casa: Any) -> None:
    respuesta = _llega(casa, "ajuda", de="+5511987654321")

    assert (respuesta.persona_id, respuesta.idioma) == (None, "pt")
    (mensaje,) = casa.mensajes()
    assert (mensaje.destino, mensaje.idioma) == ("+5511987654321", "pt")


def test_a_un_numero_corto_no_se_le_contesta(casa: Any) -> None:
    assert not _llega(casa, "AYUDA", de="103").contestada
    assert casa.mensajes() == []


def test_ni_el_hecho_ni_la_base_dicen_que_se_contesto_ni_desde_donde(casa: Any) -> None:
    _recordada(casa)
    _llega(casa, "Sí, muchas gracias")

    with casa.db.read() as session:
        (fila,) = session.execute(text("SELECT * FROM respuestas")).all()
        hechos = session.scalars(select(Outbox.cuerpo)).all()
    for dicho in (str(fila), *map(str, hechos)):
        assert "gracias" not in dicho
        assert "87654321" not in dicho


def test_suprimir_a_la_persona_vacia_lo_que_contesto(casa: Any) -> None:
    persona = casa.persona()
    _recordada(casa, JUEVES_10_30, persona)
    _llega(casa, "mi hija está enferma")

    with casa.db_casos.begin() as session:
        emitir(
            session,
            PersonaAnonimizada(persona_id=persona, supresion_id=uuid7(), caso_ids=[], hechos=0),
        )
    casa.circular()

    with casa.db.read() as session:
        respuesta = session.scalars(select(Respuesta)).one()
    assert (respuesta.texto, respuesta.de, respuesta.de_indice) == (None, None, None)
    assert all(mensaje.destino_indice is None for mensaje in casa.mensajes())
    # And nobody is found by that number any more.
    assert _llega(casa, "si").persona_id is None


def test_se_olvida_a_los_noventa_dias(casa: Any) -> None:
    _recordada(casa)
    _llega(casa, "hola")

    for dias, quedan in ((89, 1), (91, 0)):
        retencion.aplicar(casa.db, clock.now() + timedelta(days=dias))
        with casa.db.read() as session:
            assert session.scalar(select(func.count(Respuesta.id))) == quedan
