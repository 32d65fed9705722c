"""A person is asked whether they were attended, and what their SI or NO does."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.casos.derivaciones.mundo import LUNES as LUNES_DE_CASOS

from casos.derivaciones.states import Accion, CanalRespuesta, Grado
from casos.derivaciones.states import Estado as EstadoDerivacion
from casos.expedientes.models import Caso, TipoHito
from casos.personas.models import Persona
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.entrantes.models import Respuesta
from notificaciones.entrantes.palabras import palabras
from notificaciones.entrantes.states import Efecto
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas.catalogo import Clave, de_fabrica, idiomas
from oficina import clock
from oficina.db import uuid7

NUMERO = "+56923456789"
MEDIODIA = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
assert MEDIODIA == LUNES_DE_CASOS


@pytest.fixture(autouse=True)
def _mediodia(casa: Any) -> None:
    casa.ir_a(MEDIODIA)


def _preguntada(casa: Any, mundo: Any) -> tuple[UUID, Mensaje]:
    """A fulfilled derivation whose person was asked."""
    derivacion_id = mundo.en(EstadoDerivacion.CUMPLIDA)
    casa.circular()
    casa.barrer()
    (mensaje,) = casa.mensajes(plantilla=Clave.CONFIRMAR_DERIVACION, derivacion_id=derivacion_id)
    return derivacion_id, mensaje


def _llega(casa: Any, texto: str) -> Respuesta:
    entrante = Entrante(
        proveedor="prueba",
        de=NUMERO,
        texto=texto,
        referencia=str(uuid7()),
        recibido_en=clock.now(),
    )
    with casa.db.begin() as session:
        respuesta = recibir(session, entrante)
    casa.circular()
    casa.barrer()
    return respuesta


def _relato(mundo: Any) -> list[dict[str, Any]]:
    """What the story of the case says of derivations."""
    return [hito.datos for hito in mundo.hitos() if hito.tipo is TipoHito.DERIVACION]


def test_se_le_pregunta_en_su_idioma_sin_decir_donde_ni_para_que(casa: Any, mundo: Any) -> None:
    derivacion_id, mensaje = _preguntada(casa, mundo)

    assert (mensaje.estado, mensaje.destino, mensaje.idioma) == (Estado.ENTREGADA, NUMERO, "ht")
    assert mundo.derivacion(derivacion_id).folio in mensaje.cuerpo
    assert "/casos/confirmacion/enlace/" in mensaje.cuerpo
    for secreto in ("DIDECO", "Atención social", "arriendo", "Marie", "Baptiste"):
        assert secreto not in mensaje.cuerpo


def test_hay_un_texto_en_cada_idioma() -> None:
    assert set(de_fabrica()[Clave.CONFIRMAR_DERIVACION].textos) == set(idiomas())


@pytest.mark.parametrize(
    ("texto", "efecto", "estado", "dice"),
    [
        ("wi", Efecto.DERIVACION_CONFIRMADA, EstadoDerivacion.VERIFICADA, "la atendieron"),
        ("NO", Efecto.DERIVACION_DISPUTADA, EstadoDerivacion.EN_CURSO, "no la atendieron"),
    ],
)
def test_su_respuesta_cierra_o_disputa_y_se_avisa_a_quien_responde(
    casa: Any, mundo: Any, texto: str, efecto: Efecto, estado: EstadoDerivacion, dice: str
) -> None:
    derivacion_id, mensaje = _preguntada(casa, mundo)
    with casa.db_casos.begin() as session:
        session.get_one(Caso, mundo.caso_id).asignar(
            casa.oficina.funcionario("profesional").id, "Persona sintética"
        )

    respuesta = _llega(casa, texto)

    assert (respuesta.efecto, respuesta.mensaje_id) == (efecto, mensaje.id)
    derivacion = mundo.derivacion(derivacion_id)
    assert (derivacion.estado, derivacion.grado_evidencia) == (estado, Grado.C)
    assert _relato(mundo)[-1]["canal"] == CanalRespuesta.MENSAJE
    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_DERIVACION_CONTESTADA)
    assert (aviso.estado, aviso.destino) == (Estado.ENTREGADA, "profesional@oficina.example")
    assert dice in aviso.cuerpo
    assert not any(dato in aviso.cuerpo for dato in ("Marie", "Baptiste", "DIDECO"))


def test_contestar_dos_veces_cuenta_una(casa: Any, mundo: Any) -> None:
    derivacion_id, _mensaje = _preguntada(casa, mundo)

    primera, segunda = _llega(casa, "si"), _llega(casa, "no")

    assert primera.efecto is Efecto.DERIVACION_CONFIRMADA
    # Nobody is asked any more: a person reads it.
    assert segunda.efecto is Efecto.SIN_CITA
    assert mundo.derivacion(derivacion_id).estado is EstadoDerivacion.VERIFICADA
    assert len(casa.mensajes(plantilla=Clave.AVISO_DERIVACION_CONTESTADA)) == 1


def test_si_la_oficina_ya_lo_supo_su_mensaje_no_cambia_nada(casa: Any, mundo: Any) -> None:
    derivacion_id, _mensaje = _preguntada(casa, mundo)
    mundo.hacer(derivacion_id, Accion.VERIFICAR)
    antes = _relato(mundo)

    _llega(casa, "no")

    assert mundo.derivacion(derivacion_id).estado is EstadoDerivacion.VERIFICADA
    assert _relato(mundo) == antes
    assert not casa.mensajes(plantilla=Clave.AVISO_DERIVACION_CONTESTADA)


def test_de_dos_preguntas_casi_juntas_no_se_adivina_cual(casa: Any, mundo: Any) -> None:
    for _ in range(2):
        mundo.en(EstadoDerivacion.CUMPLIDA)
    casa.circular()
    casa.barrer()

    assert _llega(casa, "si").efecto is Efecto.VARIAS_CITAS


def test_una_pregunta_vieja_ya_no_se_contesta(casa: Any, mundo: Any) -> None:
    derivacion_id, _mensaje = _preguntada(casa, mundo)
    casa.ir_a(MEDIODIA + timedelta(days=palabras().dias_de_pregunta, hours=1))

    assert _llega(casa, "si").efecto is Efecto.SIN_CITA
    assert mundo.derivacion(derivacion_id).estado is EstadoDerivacion.CUMPLIDA


def test_a_quien_no_se_debe_contactar_no_se_le_pregunta(casa: Any, mundo: Any) -> None:
    with casa.db_casos.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        session.get_one(Persona, persona_id).no_contactar = True

    _derivacion, mensaje = _preguntada(casa, mundo)

    assert mensaje.estado is Estado.SUPRIMIDA


def test_lo_que_ya_se_sabe_no_se_pregunta(casa: Any, mundo: Any) -> None:
    derivacion_id = mundo.en(EstadoDerivacion.CUMPLIDA)
    mundo.hacer(derivacion_id, Accion.VERIFICAR)
    casa.circular()
    casa.barrer()

    (mensaje,) = casa.mensajes(plantilla=Clave.CONFIRMAR_DERIVACION)
    assert mensaje.estado is Estado.CANCELADA
    assert not re.search("confirmacion", mensaje.cuerpo or "")
