"""Reminders to an institution leave in one mail: all that it has to answer, each told once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Accion
from casos.expedientes.models import Caso, Confidencialidad, TipoHito
from casos.plazos.queries import plazos_de_derivacion
from casos.red.models import Institucion
from notificaciones import supresion, tasks
from notificaciones.mensajes import juntos
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.queries import alcanzadas
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Clave
from notificaciones.reglas.catalogo import reglas
from oficina import clock
from oficina.bus.outbox import emitir
from oficina.events.casos import PersonaBloqueada, PlazoPorVencer
from unit.casos.derivaciones.mundo import LUNES as DE_ANTES
from unit.casos.derivaciones.mundo import Mundo, crear_mundo

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
MARTES_9 = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VIERNES_12 = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


@dataclass(frozen=True)
class Derivada:
    """A derivation of a world that its institution has."""

    mundo: Mundo
    id: UUID
    folio: str


def _derivada(casa: Any, mundo: Mundo, codigo: str = "DIDECO.SOCIAL") -> Derivada:
    derivacion = mundo.preparar(mundo.pedido(codigo))
    mundo.hacer(derivacion, Accion.ENVIAR, DE_ANTES)
    casa.circular()
    casa.barrer()
    return Derivada(mundo, derivacion, mundo.derivacion(derivacion).folio)


def _por_vencer(casa: Any, una: Derivada, reloj: str, vence_en: datetime = VIERNES_12) -> None:
    """The stage of a clock, heard and asked about."""
    with una.mundo.db.read() as session:
        plazo = next(p for p in plazos_de_derivacion(session, una.id) if p.reloj == reloj)
    with casa.db_casos.begin() as session:
        emitir(
            session,
            PlazoPorVencer(
                caso_id=una.mundo.caso_id,
                plazo_id=plazo.id,
                reloj=reloj,
                vence_en=vence_en,
                nivel=80,
                derivacion_id=una.id,
            ),
        )
    casa.circular()
    casa.barrer()


def _recordatorios(casa: Any) -> tuple[list[Mensaje], list[Mensaje]]:
    """The mails, and the stages that they speak for."""
    todos = casa.mensajes(plantilla=Clave.RECORDATORIO_PLAZO)
    correos = [uno for uno in todos if uno.lleva_otros()]
    return correos, [uno for uno in todos if not uno.lleva_otros()]


def _relato(mundo: Mundo) -> list[tuple[str, str]]:
    """What the story of a case says of the reminders: of which derivation, and what."""
    return [
        (hito.datos["derivacion_id"], hito.datos["hecho"])
        for hito in mundo.hitos()
        if hito.tipo is TipoHito.MENSAJE
        and hito.datos["plantilla"] == "recordatorio_plazo_institucion"
    ]


def test_lo_que_una_institucion_tiene_por_responder_va_en_un_correo(
    casa: Any, mundo: Mundo
) -> None:
    otro = crear_mundo(casa.db_casos)
    social, rsh = _derivada(casa, mundo), _derivada(casa, otro, "DIDECO.RSH")
    ajena = _derivada(casa, mundo, "OMIL.EMPLEO")
    _por_vencer(casa, social, "recepcion")
    _por_vencer(casa, social, "respuesta", VIERNES_12 + timedelta(days=3))
    _por_vencer(casa, rsh, "recepcion")
    _por_vencer(casa, ajena, "recepcion")
    assert _recordatorios(casa)[0] == []

    casa.ir_a(MARTES_9)
    casa.barrer()
    casa.barrer()
    _por_vencer(casa, social, "recepcion")  # told before

    correos, etapas = _recordatorios(casa)
    correo, de_ajena = sorted(correos, key=lambda uno: -len(uno.datos["van"]))
    assert correo.asunto == "Recordatorio: derivaciones que esperan su respuesta: 2"
    assert de_ajena.asunto == "Recordatorio: derivaciones que esperan su respuesta: 1"
    dicho = correo.cuerpo_visible()
    for parte in (
        f"Derivación {social.folio}, servicio «",
        f"Derivación {rsh.folio}, servicio «",
        "la confirmación de recepción a más tardar el viernes 27 de noviembre de 2026; se espera",
        "la aceptación o el rechazo a más tardar el lunes 30 de noviembre de 2026.",
    ):
        assert parte in dicho
    assert dicho.count("/casos/enlace/") == 2
    assert de_ajena.cuerpo_visible().count("/casos/enlace/") == 1
    for nadie in ("Marie", "Baptiste", "AX991", ajena.folio):
        assert nadie not in dicho
    assert {(uno.estado, uno.motivo) for uno in etapas} == {(Estado.ENTREGADA, Motivo.CON_OTROS)}
    assert len(etapas) == 4
    assert sorted(_relato(mundo)) == sorted(
        [(str(social.id), "enviado")] * 2 + [(str(ajena.id), "enviado")]
    )
    assert _relato(otro) == [(str(rsh.id), "enviado")]
    with casa.db.read() as session:
        de_cuenta = alcanzadas(session, _Uso(correo.id))
    assert {mundo.caso_id, otro.caso_id} <= set(de_cuenta)


class _Uso:
    """An account that read one message."""

    def __init__(self, mensaje_id: UUID) -> None:
        self._id = mensaje_id

    def cosas(self) -> Any:
        return select(Mensaje.id).where(Mensaje.id == self._id)


def test_si_queda_poco_no_espera_a_la_manana_y_lleva_lo_que_esperaba(
    casa: Any, mundo: Mundo
) -> None:
    social, rsh = _derivada(casa, mundo), _derivada(casa, mundo, "DIDECO.RSH")
    _por_vencer(casa, social, "recepcion")
    _por_vencer(casa, rsh, "recepcion", MARTES_9 + timedelta(hours=3))
    assert _recordatorios(casa)[0] == []

    casa.ir_a(LUNES + timedelta(minutes=31))
    casa.barrer()
    casa.ir_a(MARTES_9)
    casa.barrer()

    (correo,), _etapas = _recordatorios(casa)
    assert correo.asunto.endswith(": 2")


@pytest.mark.parametrize(
    ("ahora", "vence_en", "sale_en"),
    [
        (LUNES, VIERNES_12, MARTES_9),
        (MARTES_9 - timedelta(minutes=10), VIERNES_12, MARTES_9),
        (MARTES_9, VIERNES_12, MARTES_9 + timedelta(days=1)),
        # On Friday the next working day is Monday's.
        (VIERNES_12, VIERNES_12 + timedelta(days=7), MARTES_9 + timedelta(days=6)),
        (VIERNES_12, VIERNES_12 + timedelta(days=3), VIERNES_12 + timedelta(minutes=30)),
        (MARTES_9 - timedelta(minutes=10), MARTES_9, MARTES_9),
    ],
)
def test_hasta_cuando_espera_un_recordatorio(
    ahora: datetime, vence_en: datetime, sale_en: datetime
) -> None:
    assert reglas().recordatorio_a_institucion.sale_en(ahora, vence_en) == sale_en


def test_lo_que_se_respondio_despues_de_escrito_ya_no_va(casa: Any, mundo: Mundo) -> None:
    social, rsh = _derivada(casa, mundo), _derivada(casa, mundo, "DIDECO.RSH")
    _por_vencer(casa, social, "recepcion")
    _por_vencer(casa, rsh, "recepcion")
    casa.ir_a(MARTES_9)
    # Asked for and written, and the process dies before it leaves.
    (junto,) = juntos.juntar(casa.db, clock.now())
    assert juntos.juntar(casa.db, clock.now()) == []
    tasks.envio.preparar(casa.env, junto)
    (escrito,), _etapas = _recordatorios(casa)
    assert (escrito.estado, escrito.asunto[-1]) == (Estado.LISTA, "2")
    mundo.hacer(social.id, Accion.RECIBIR, DE_ANTES)

    casa.barrer()

    (correo,), etapas = _recordatorios(casa)
    assert (correo.estado, correo.asunto[-1]) == (Estado.ENTREGADA, "1")
    assert social.folio not in correo.cuerpo
    assert correo.cuerpo_visible().count("/casos/enlace/") == 1
    assert {uno.derivacion_id: (uno.estado, uno.motivo) for uno in etapas} == {
        social.id: (Estado.CANCELADA, Motivo.PLAZO_TERMINADO),
        rsh.id: (Estado.ENTREGADA, Motivo.CON_OTROS),
    }
    assert _relato(mundo) == [(str(social.id), "cancelado"), (str(rsh.id), "enviado")]


def test_si_el_correo_no_sale_cada_caso_lo_dice_y_cada_uno_se_pide_otra_vez(
    casa: Any, mundo: Mundo
) -> None:
    social = _derivada(casa, mundo)
    _por_vencer(casa, social, "recepcion")
    _correo_de(casa, social, None)
    casa.ir_a(MARTES_9)
    casa.barrer()

    (correo,), (etapa,) = _recordatorios(casa)
    for uno in (correo, etapa):
        assert (uno.estado, uno.motivo) == (Estado.SUPRIMIDA, Motivo.INSTITUCION_SIN_CORREO)
    assert _relato(mundo) == [(str(social.id), "cancelado")]

    _correo_de(casa, social, "hay@institucion.example")
    page = casa.oficina.entrar(casa.app, "coordinacion")
    pedir = [
        page.post(f"/notificaciones/{uno.id}/repeticion", data={"version": str(uno.version)})
        for uno in (correo, etapa)
    ]
    casa.barrer()
    casa.ir_a(MARTES_9 + timedelta(days=1))
    casa.barrer()

    assert [uno.status_code for uno in pedir] == [409, 303]
    correos, _etapas = _recordatorios(casa)
    assert [(uno.estado, uno.destino) for uno in correos] == [
        (Estado.SUPRIMIDA, None),
        (Estado.ENTREGADA, "hay@institucion.example"),
    ]
    assert _relato(mundo)[1:] == [(str(social.id), "enviado")]


def _correo_de(casa: Any, una: Derivada, correo: str | None) -> None:
    """The institution of a derivation reads there from now on."""
    with casa.db_casos.begin() as session:
        institucion_id = session.get_one(Derivacion, una.id).institucion_id
        session.get_one(Institucion, institucion_id).correo = correo


def test_lo_de_una_persona_bloqueada_o_suprimida_no_queda_en_el_correo(
    casa: Any, mundo: Mundo
) -> None:
    otro, tercero = crear_mundo(casa.db_casos), crear_mundo(casa.db_casos)
    unas = [_derivada(casa, uno) for uno in (mundo, otro, tercero)]
    for una in unas:
        _por_vencer(casa, una, "recepcion")
    with casa.db_casos.begin() as session:
        emitir(session, PersonaBloqueada(persona_id=UUID(int=7), caso_ids=[str(otro.caso_id)]))
    casa.circular()
    casa.ir_a(MARTES_9)
    casa.barrer()
    (correo,), etapas = _recordatorios(casa)
    assert correo.asunto[-1] == "2"
    assert unas[1].folio not in correo.cuerpo
    assert [uno.motivo for uno in etapas].count(Motivo.PERSONA_BLOQUEADA) == 1

    with casa.db.begin() as session:
        supresion.borrar(session, UUID(int=9), [tercero.caso_id])

    (correo,), _etapas = _recordatorios(casa)
    assert (correo.asunto, correo.cuerpo, correo.enlace) == (None, None, None)
    assert correo.destino is not None


def test_el_correo_lo_ve_quien_puede_saber_de_todos_sus_casos(casa: Any, mundo: Mundo) -> None:
    otro = crear_mundo(casa.db_casos)
    unas = _derivada(casa, mundo), _derivada(casa, otro)
    for una in unas:
        _por_vencer(casa, una, "recepcion")
    casa.ir_a(MARTES_9)
    casa.barrer()
    (correo,), etapas = _recordatorios(casa)
    etapa = next(uno for uno in etapas if uno.caso_id == mundo.caso_id)
    page = casa.oficina.entrar(casa.app, "coordinacion")
    assert page.get(f"/notificaciones/{correo.id}").status_code == 200
    assert f'href="/notificaciones/{correo.id}"' in page.get(f"/notificaciones/{etapa.id}").text

    _reservar(casa, otro)

    assert page.get(f"/notificaciones/{correo.id}").status_code == 404
    suya = page.get(f"/notificaciones/{etapa.id}")
    assert suya.status_code == 200
    assert f"/notificaciones/{correo.id}" not in suya.text


def _reservar(casa: Any, mundo: Mundo) -> None:
    with casa.db_casos.begin() as session:
        session.get_one(Caso, mundo.caso_id).confidencialidad = Confidencialidad.SELLADO


def test_fuera_de_la_oficina_no_queda_ningun_enlace() -> None:
    mensaje = Mensaje(
        cuerpo="Uno: https://a/1\nDos: https://a/2", enlace="https://a/1\nhttps://a/2"
    )

    assert mensaje.cuerpo_sin_enlace() == "Uno: […]\nDos: […]"
