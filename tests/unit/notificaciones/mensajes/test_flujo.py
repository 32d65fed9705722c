"""From a fact of another service to a message that leaves, or to the reason why it does not."""

import socketserver
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casos.alcance import SIN_LIMITE
from casos.atenciones.models import Canal as Medio
from casos.consentimientos.actions import consentir_recordatorios
from casos.consentimientos.models import MotivoRetiro
from casos.consentimientos.retiro import PedidoRetiro, retirar
from casos.derechos import actions as derechos
from casos.derechos.actions import NuevaSolicitud
from casos.derechos.states import Derecho, Identidad
from casos.derivaciones.states import Accion
from casos.derivaciones.states import Estado as EstadoDerivacion
from casos.enlaces.actions import pedir_otro
from casos.expedientes.models import Caso
from casos.expedientes.queries import caso_por_id
from casos.incidentes import actions as incidentes
from casos.incidentes.actions import Momento, NuevoReporte
from casos.incidentes.states import Causa
from casos.plazos import actions as plazos
from casos.plazos.queries import plazos_de_derivacion
from casos.plazos.tasks import seguir_plazos
from casos.red.models import Institucion
from notificaciones import tasks
from notificaciones.handlers import handlers
from notificaciones.mensajes.models import Salida
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal, Clave
from oficina import clock
from oficina.bus.inbox import Mensaje as Fact
from oficina.bus.inbox import recibir
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.bus.worker import Worker
from oficina.env import Env
from oficina.events.casos import PlazoPorVencer, PlazoVencido
from unit.casos.consentimientos.test_retiro import DE_PALABRA
from unit.casos.derivaciones.mundo import PROFESIONAL, Mundo

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
MARTES_9 = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
VIERNES_12 = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


def _estados(casa: Any) -> list[Estado]:
    return [mensaje.estado for mensaje in casa.mensajes()]


def test_una_cita_deja_dos_recordatorios_en_el_idioma_de_la_persona(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)
    assert _estados(casa) == [Estado.PROGRAMADA, Estado.PROGRAMADA]

    casa.barrer()

    dos_dias, tres_horas = casa.mensajes()
    assert dos_dias.enviar_en == JUEVES_10_30 - timedelta(hours=48)
    assert clock.local(tres_horas.enviar_en).hour == 9
    for mensaje in (dos_dias, tres_horas):
        assert mensaje.estado is Estado.LISTA
        assert mensaje.cita_id == UUID(cita)
        assert (mensaje.canal, mensaje.destino) == (Canal.SMS, "+56987654321")
        assert mensaje.cuerpo == (
            "Biwo minisipal: randevou ou se jedi 26 novanm a 10:30, nan biwo a. "
            "Pou chanje l, rele oswa ekri."
        )
    assert casa.hechos() == ["programado", "programado"]


def test_cada_recordatorio_sale_a_su_hora_y_una_vez(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()

    casa.ir_a(JUEVES_10_30 - timedelta(hours=48, seconds=1))
    casa.barrer()
    assert _estados(casa) == [Estado.LISTA, Estado.LISTA]
    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()
    casa.barrer()
    assert _estados(casa) == [Estado.ENTREGADA, Estado.LISTA]
    casa.ir_a(JUEVES_10_30 - timedelta(hours=1))
    casa.barrer()

    assert _estados(casa) == [Estado.ENTREGADA, Estado.ENTREGADA]
    assert casa.hechos() == ["programado", "programado", "enviado", "enviado"]
    with casa.db.read() as session:
        assert len(session.scalars(select(Salida)).all()) == 2


def test_cancelar_la_cita_cancela_sus_recordatorios(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)
    casa.barrer()

    casa.cancelar(cita)
    casa.ir_a(JUEVES_10_30 - timedelta(hours=2))
    casa.barrer()

    assert _estados(casa) == [Estado.CANCELADA, Estado.CANCELADA]
    assert {mensaje.motivo for mensaje in casa.mensajes()} == {Motivo.CITA_CANCELADA}
    assert casa.hechos()[-2:] == ["cancelado", "cancelado"]


def test_cancelada_antes_de_escribirse_tampoco_sale(casa: Any) -> None:
    casa.cancelar(casa.cita(JUEVES_10_30))

    casa.barrer()

    assert _estados(casa) == [Estado.CANCELADA, Estado.CANCELADA]


def test_reprogramar_mueve_los_que_esperan_y_dicen_la_hora_nueva(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)
    casa.barrer()
    antes = [mensaje.id for mensaje in casa.mensajes()]

    casa.reprogramar(cita, VIERNES_12)
    casa.barrer()

    dos_dias, tres_horas = casa.mensajes()
    assert [dos_dias.id, tres_horas.id] == antes
    assert dos_dias.enviar_en == VIERNES_12 - timedelta(hours=48)
    assert tres_horas.enviar_en == VIERNES_12 - timedelta(hours=3)
    assert tres_horas.caduca_en == VIERNES_12
    assert "vandredi 27 novanm a 12:00" in tres_horas.cuerpo


def test_reprogramar_despues_de_un_recordatorio_avisa_otra_vez(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()

    casa.reprogramar(cita, VIERNES_12 + timedelta(days=3))
    casa.barrer()

    assert _estados(casa).count(Estado.ENTREGADA) == 1
    esperan = casa.mensajes(estado=Estado.LISTA)
    assert len(esperan) == 2
    assert all("lendi 30 novanm" in mensaje.cuerpo for mensaje in esperan)


def test_reprogramar_dos_veces_de_ida_y_vuelta(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)

    casa.reprogramar(cita, VIERNES_12)
    casa.reprogramar(cita, JUEVES_10_30)
    casa.barrer()

    esperan = casa.mensajes(estado=Estado.LISTA)
    assert [mensaje.caduca_en for mensaje in esperan][-1] == JUEVES_10_30
    assert len(esperan) == 2


def test_oido_dos_veces_se_planifica_una(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    with casa.agenda.extensions["env"].db.read() as session:
        fila = session.scalars(select(Outbox)).one()
    # The same fact under another id, as a producer that retried would send it.
    otro = {**fila.cuerpo, "id": "018f0000-0000-7000-8000-000000000001"}
    with casa.db.begin() as session:
        recibir(session.connection(), "notificaciones", [Fact.of(fila.cuerpo), Fact.of(otro)])

    while Worker(casa.db, handlers).run_once():
        pass

    assert len(casa.mensajes()) == 2


def test_lo_que_debio_salir_antes_de_agendar_se_omite_y_se_dice(casa: Any) -> None:
    casa.ir_a(JUEVES_10_30 - timedelta(hours=20))

    casa.cita(JUEVES_10_30)
    casa.barrer()

    dos_dias, tres_horas = casa.mensajes()
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.SUPRIMIDA, Motivo.MOMENTO_PASADO)
    assert tres_horas.estado is Estado.LISTA
    assert casa.hechos() == ["programado"]


@pytest.mark.parametrize(
    ("datos", "motivo"),
    [
        ({"no_contactar": True}, Motivo.NO_CONTACTAR),
        ({"telefono": ""}, Motivo.SIN_CONTACTO),
        ({"telefono": "22 123 4567"}, Motivo.SIN_CONTACTO),
        ({"canal_preferido": "llamada"}, Motivo.PREFIERE_LLAMADA),
    ],
)
def test_a_quien_no_se_puede_escribir_no_se_escribe_y_se_sabe_por_que(
    casa: Any, datos: dict[str, Any], motivo: Motivo
) -> None:
    casa.cita(JUEVES_10_30, casa.persona(**datos))

    casa.barrer()

    for mensaje in casa.mensajes():
        assert (mensaje.estado, mensaje.motivo) == (Estado.SUPRIMIDA, motivo)
        assert mensaje.cuerpo is None
    assert casa.hechos() == ["cancelado", "cancelado"]


@pytest.mark.parametrize(
    ("datos", "canal"),
    [
        ({"correo": "w@correo.example"}, Canal.SMS),
        ({"correo": "w@correo.example", "canal_preferido": "correo"}, Canal.CORREO),
        ({"correo": "w@correo.example", "telefono": ""}, Canal.CORREO),
        ({"correo": "w@correo.example", "telefono": "22 123 4567"}, Canal.CORREO),
    ],
)
def test_se_escribe_por_donde_la_persona_quiere_o_tiene(
    casa: Any, datos: dict[str, Any], canal: Canal
) -> None:
    casa.cita(JUEVES_10_30, casa.persona(**datos))

    casa.barrer()

    assert {mensaje.canal for mensaje in casa.mensajes()} == {canal}


def test_quien_pide_despues_que_no_la_contacten_ya_no_recibe_el_recordatorio(casa: Any) -> None:
    persona = casa.persona()
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    asked = casa.casos.test_client().patch(
        f"/casos/api/v1/personas/{persona}",
        json={"no_contactar": True},
        headers=casa.oficina.bearer("recepcion") | {"If-Match": '"1"'},
    )
    assert asked.status_code == 200

    casa.ir_a(JUEVES_10_30 - timedelta(hours=47))
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.SUPRIMIDA, Motivo.NO_CONTACTAR)


def _anotar(casa: Any, metodo: str, path: str, cuerpo: dict[str, Any]) -> Any:
    answer = casa.casos.test_client().open(
        f"/casos/api/v1{path}",
        method=metodo,
        json=cuerpo,
        headers=casa.oficina.bearer("recepcion") | {"If-Match": "*"},
    )
    assert answer.status_code < 300, answer.text
    return answer.json


def test_a_quien_fallecio_no_le_sale_nada_y_al_anularlo_sale_lo_que_espera(casa: Any) -> None:
    persona = casa.persona()
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    muerte = _anotar(casa, "POST", f"/personas/{persona}/defunciones", {"fuente": "familia"})

    casa.ir_a(JUEVES_10_30 - timedelta(hours=47))
    casa.barrer()

    dos_dias, tres_horas = casa.mensajes()
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.SUPRIMIDA, Motivo.PERSONA_FALLECIDA)
    assert tres_horas.estado is Estado.LISTA

    _anotar(casa, "POST", f"/defunciones/{muerte['id']}/rectificacion", {"motivo": "Era otra"})
    casa.ir_a(JUEVES_10_30 - timedelta(hours=1))
    casa.barrer()

    assert _estados(casa) == [Estado.SUPRIMIDA, Estado.ENTREGADA]


@pytest.mark.parametrize(
    ("vedados", "telefono_y", "estado", "dicho"),
    [
        (["sms"], {}, Estado.SUPRIMIDA, Motivo.CANAL_VEDADO),
        (["sms"], {"correo": "w@correo.example"}, Estado.ENTREGADA, Canal.CORREO),
        (["correo"], {"correo": "w@correo.example"}, Estado.ENTREGADA, Canal.SMS),
    ],
)
def test_por_donde_no_se_debe_no_se_escribe(
    casa: Any, vedados: list[str], telefono_y: dict[str, Any], estado: Estado, dicho: Any
) -> None:
    persona = casa.persona(**telefono_y)
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    seguro = {"canales_vedados": vedados}
    _anotar(casa, "PUT", f"/personas/{persona}/contacto-seguro", seguro)

    casa.ir_a(JUEVES_10_30 - timedelta(hours=47))
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert dos_dias.estado is estado
    assert (dos_dias.motivo if estado is Estado.SUPRIMIDA else dos_dias.canal) is dicho


def test_fuera_de_las_horas_que_la_persona_pidio_espera_a_que_lleguen(casa: Any) -> None:
    persona = casa.persona()
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    horas = {"desde": "15:00", "hasta": "17:00"}
    _anotar(casa, "PUT", f"/personas/{persona}/contacto-seguro", horas)

    martes_10_40 = JUEVES_10_30 - timedelta(hours=47, minutes=50)
    casa.ir_a(martes_10_40)
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.LISTA, Motivo.FUERA_DE_SU_HORARIO)
    assert dos_dias.intentos == 0
    assert clock.local(dos_dias.enviar_en).strftime("%a %H:%M") == "Tue 15:00"

    casa.ir_a(martes_10_40 + timedelta(hours=4, minutes=30))
    casa.barrer()
    assert casa.mensajes()[0].estado is Estado.ENTREGADA


def test_si_la_oficina_nunca_escribe_a_esas_horas_no_sale_y_se_sabe(casa: Any) -> None:
    persona = casa.persona()
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    horas = {"desde": "22:00", "hasta": "23:00"}
    _anotar(casa, "PUT", f"/personas/{persona}/contacto-seguro", horas)

    casa.ir_a(JUEVES_10_30 - timedelta(hours=47, minutes=50))
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.SUPRIMIDA, Motivo.FUERA_DE_SU_HORARIO)


def test_un_recordatorio_nunca_sale_cuando_la_cita_ya_comenzo(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()

    casa.ir_a(JUEVES_10_30)
    casa.barrer()

    assert _estados(casa) == [Estado.VENCIDA, Estado.VENCIDA]
    assert casa.hechos()[-2:] == ["cancelado", "cancelado"]


def test_lo_que_despierta_de_noche_espera_a_la_manana(casa: Any) -> None:
    casa.cita(VIERNES_12)
    casa.barrer()

    casa.ir_a(datetime(2026, 11, 26, 3, 0, tzinfo=UTC))
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert dos_dias.estado is Estado.LISTA
    assert clock.local(dos_dias.enviar_en).hour == 9
    assert clock.local(dos_dias.enviar_en).day == 26


def test_si_casos_no_responde_se_pregunta_despues(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.oficina.client.mount("casos", _caido)

    casa.barrer()
    assert _estados(casa) == [Estado.PROGRAMADA, Estado.PROGRAMADA]
    assert all(mensaje.visible > clock.real_now() for mensaje in casa.mensajes())
    casa.oficina.client.mount("casos", casa.casos)
    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    assert _estados(casa) == [Estado.LISTA, Estado.LISTA]


def test_un_mensaje_que_no_se_puede_preparar_no_detiene_a_los_demas(casa: Any) -> None:
    rara = casa.persona(nombres="Rara")
    casa.cita(JUEVES_10_30, rara)
    casa.cita(VIERNES_12, casa.persona(nombres="Otra"))
    casa.oficina.client.mount("casos", _sin_contacto_de(rara, casa.casos))

    for _ in range(3):
        with suppress(KeyError):
            casa.barrer()

    assert {m.estado for m in casa.mensajes(persona_id=rara)} == {Estado.PROGRAMADA}
    listos = [m for m in casa.mensajes() if m.persona_id != rara]
    assert [m.estado for m in listos] == [Estado.LISTA, Estado.LISTA]


def test_si_casos_no_responde_al_enviar_el_mensaje_espera(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.oficina.client.mount("casos", _caido)

    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()

    dos_dias = casa.mensajes()[0]
    assert (dos_dias.estado, dos_dias.motivo) == (Estado.LISTA, Motivo.DATOS_NO_DISPONIBLES)


# Derivations and their deadlines.


def _enviada(casa: Any, mundo: Mundo) -> UUID:
    derivacion = mundo.en(EstadoDerivacion.ENVIADA, LUNES)
    casa.circular()
    casa.barrer()
    return derivacion


def test_una_derivacion_lleva_su_enlace_a_la_institucion_y_ningun_dato(
    casa: Any, mundo: Mundo
) -> None:
    derivacion = _enviada(casa, mundo)

    (mensaje,) = casa.mensajes()
    assert (mensaje.plantilla, mensaje.derivacion_id) == (Clave.DERIVACION_ENVIADA, derivacion)
    assert (mensaje.estado, mensaje.canal) == (Estado.ENTREGADA, Canal.CORREO)
    assert "/casos/enlace/" in mensaje.cuerpo_visible()
    texto = f"{mensaje.asunto} {mensaje.cuerpo}"
    for dato in ("Marie", "Baptiste", "pasaporte", "arriendo", "Oculta"):
        assert dato not in texto
    assert casa.hechos() == ["programado", "enviado"]


def test_otro_enlace_es_nuevo_y_sale_cada_vez_que_se_pide(casa: Any, mundo: Mundo) -> None:
    derivacion = _enviada(casa, mundo)

    for _ in range(2):
        with casa.db_casos.begin() as session:
            pedir_otro(session, derivacion, PROFESIONAL, LUNES)
    casa.circular()
    casa.barrer()

    primero, *otros = casa.mensajes()
    assert [otro.plantilla for otro in otros] == [Clave.ENLACE_NUEVO] * 2
    assert {otro.estado for otro in otros} == {Estado.ENTREGADA}
    assert len({mensaje.enlace for mensaje in casa.mensajes()}) == 3
    assert {otro.destino for otro in otros} == {primero.destino}
    assert all("/casos/enlace/" in otro.cuerpo_visible() for otro in otros)


def test_el_hecho_de_un_mensaje_no_lleva_destino_ni_texto(casa: Any, mundo: Mundo) -> None:
    _enviada(casa, mundo)

    with casa.db.read() as session:
        cuerpos = [str(fila.cuerpo) for fila in session.scalars(select(Outbox))]
    assert not any("@" in cuerpo or "enlace/" in cuerpo for cuerpo in cuerpos)


def test_una_derivacion_anulada_antes_de_escribir_no_se_envia(casa: Any, mundo: Mundo) -> None:
    derivacion = mundo.en(EstadoDerivacion.ENVIADA, LUNES)
    mundo.hacer(derivacion, Accion.ANULAR, LUNES)
    casa.circular()
    casa.barrer()

    (mensaje,) = casa.mensajes()
    assert (mensaje.estado, mensaje.motivo) == (Estado.CANCELADA, Motivo.DERIVACION_NO_VIGENTE)


def _tell(casa: Any, hecho: Any) -> None:
    with casa.db_casos.begin() as session:
        emitir(session, hecho)
    casa.circular()
    casa.barrer()


def test_a_la_institucion_se_le_recuerda_con_un_enlace_nuevo(casa: Any, mundo: Mundo) -> None:
    hecho = _por_vencer(mundo, _enviada(casa, mundo))

    _tell(casa, hecho)
    _tell(casa, hecho)
    _tell(casa, replace(hecho, plazo_id=UUID(int=8), reloj="verificacion"))
    casa.ir_a(MARTES_9)
    casa.barrer()

    enlace, recordatorio = casa.mensajes()[0], _recordatorio(casa)
    assert recordatorio.estado is Estado.ENTREGADA
    assert "la confirmación de recepción" in recordatorio.cuerpo
    assert "viernes 27 de noviembre de 2026" in recordatorio.cuerpo
    assert recordatorio.enlace != enlace.enlace


def test_no_se_recuerda_un_plazo_que_se_cumplio_antes_de_escribir(casa: Any, mundo: Mundo) -> None:
    derivacion = _enviada(casa, mundo)
    hecho = _por_vencer(mundo, derivacion)
    mundo.hacer(derivacion, Accion.RECIBIR, LUNES)

    _tell(casa, hecho)

    (recordatorio,) = casa.mensajes(plantilla=Clave.RECORDATORIO_PLAZO)
    assert recordatorio.estado is Estado.CANCELADA
    assert recordatorio.motivo is Motivo.PLAZO_TERMINADO


def test_no_se_recuerda_un_plazo_que_se_cumplio_antes_de_enviar(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    derivacion = _enviada(casa, mundo)
    with casa.db_casos.begin() as session:
        emitir(session, _por_vencer(mundo, derivacion))
    casa.circular()
    tasks.barrer(casa.env)
    casa.ir_a(MARTES_9)
    tasks.barrer(sin_correo)
    escrito = _recordatorio(casa)
    assert (escrito.estado, escrito.intentos) == (Estado.LISTA, 1)
    mundo.hacer(derivacion, Accion.RECIBIR, LUNES)

    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    recordatorio = _recordatorio(casa)
    assert recordatorio.estado is Estado.CANCELADA
    assert recordatorio.motivo is Motivo.PLAZO_TERMINADO


def test_si_casos_no_responde_al_enviar_el_recordatorio_de_plazo_espera(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    with casa.db_casos.begin() as session:
        emitir(session, _por_vencer(mundo, _enviada(casa, mundo)))
    casa.circular()
    tasks.barrer(casa.env)
    casa.ir_a(MARTES_9)
    tasks.barrer(sin_correo)
    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.oficina.client.mount("casos", _caido)

    casa.barrer()

    recordatorio = _recordatorio(casa)
    assert (recordatorio.estado, recordatorio.motivo) == (
        Estado.LISTA,
        Motivo.DATOS_NO_DISPONIBLES,
    )


@pytest.fixture
def sin_correo(casa: Any) -> Env:
    """notificaciones with a mail server that is away: what is written waits."""
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        port = server.server_address[1]
    settings = replace(casa.env.settings, smtp_url=f"smtp://127.0.0.1:{port}")
    return replace(casa.env, settings=settings)


def _recordatorio(casa: Any) -> Any:
    """The one mail that reminds the institution of its deadlines."""
    todos = casa.mensajes(plantilla=Clave.RECORDATORIO_PLAZO)
    (recordatorio,) = [uno for uno in todos if uno.lleva_otros()]
    return recordatorio


def _por_vencer(mundo: Mundo, derivacion: UUID) -> PlazoPorVencer:
    """The fact that the clock of the receipt of a derivation is near its end."""
    with mundo.db.read() as session:
        plazo = next(p for p in plazos_de_derivacion(session, derivacion) if p.reloj == "recepcion")
    return PlazoPorVencer(
        caso_id=mundo.caso_id,
        plazo_id=plazo.id,
        reloj=plazo.reloj,
        vence_en=VIERNES_12,
        nivel=80,
        derivacion_id=derivacion,
    )


@pytest.mark.parametrize(
    ("responde", "avisado"), [("profesional", "profesional"), (None, "coordinacion")]
)
def test_al_80_por_ciento_se_recuerda_una_vez_a_quien_responde_por_el_caso(
    casa: Any, mundo: Mundo, responde: str | None, avisado: str
) -> None:
    """§4.5: whosever turn it is; somebody who coordinates while nobody answers for the case."""
    casa.contratar("colega", "profesional")
    if responde:
        _responde(casa, mundo, casa.oficina.funcionario(responde).id)
    hecho = _por_vencer(mundo, _enviada(casa, mundo))

    _tell(casa, hecho)
    _tell(casa, hecho)
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_PLAZO_POR_VENCER)
    assert (aviso.estado, aviso.destino) == (Estado.ENTREGADA, f"{avisado}@oficina.example")
    assert "la confirmación de recepción" in aviso.asunto
    assert "viernes 27 de noviembre de 2026" in aviso.cuerpo
    assert f"/casos/expedientes/{mundo.caso_id}" in aviso.cuerpo


def test_otra_etapa_antes_del_fin_no_se_recuerda_a_nadie(casa: Any, mundo: Mundo) -> None:
    _tell(casa, replace(_por_vencer(mundo, _enviada(casa, mundo)), nivel=90))

    assert [mensaje.plantilla for mensaje in casa.mensajes()] == [Clave.DERIVACION_ENVIADA]


def test_de_un_plazo_en_pausa_no_se_recuerda_a_quien_responde(casa: Any, mundo: Mundo) -> None:
    derivacion = mundo.en(EstadoDerivacion.EN_ESPERA, LUNES)
    with mundo.db.read() as session:
        pausado = next(
            p for p in plazos_de_derivacion(session, derivacion) if p.reloj == "primera_atencion"
        )

    _tell(
        casa,
        PlazoPorVencer(
            caso_id=mundo.caso_id,
            plazo_id=pausado.id,
            reloj=pausado.reloj,
            vence_en=pausado.vence_en,
            nivel=80,
            derivacion_id=derivacion,
        ),
    )

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_PLAZO_POR_VENCER)
    assert (aviso.estado, aviso.motivo) == (Estado.CANCELADA, Motivo.PLAZO_TERMINADO)


def test_lo_que_se_hizo_antes_de_enviar_no_se_recuerda_a_quien_responde(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    derivacion = _enviada(casa, mundo)
    with casa.db_casos.begin() as session:
        emitir(session, _por_vencer(mundo, derivacion))
    casa.circular()
    tasks.barrer(sin_correo)
    mundo.hacer(derivacion, Accion.RECIBIR, LUNES)

    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_PLAZO_POR_VENCER)
    assert (aviso.estado, aviso.motivo) == (Estado.CANCELADA, Motivo.PLAZO_TERMINADO)


def test_vencido_el_plazo_ya_no_se_dice_que_esta_por_vencer(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    """Each of the readers: a notice that was made into several is as late as the one it was."""
    casa.contratar("otra", "coordinacion")
    with casa.db_casos.begin() as session:
        emitir(session, _por_vencer(mundo, _enviada(casa, mundo)))
    casa.circular()
    tasks.barrer(sin_correo)
    casa.ir_a(VIERNES_12 + timedelta(minutes=1))

    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    avisos = casa.mensajes(plantilla=Clave.AVISO_PLAZO_POR_VENCER)
    assert [(aviso.estado, aviso.motivo) for aviso in avisos] == [
        (Estado.VENCIDA, Motivo.CADUCADO)
    ] * 2


@pytest.mark.parametrize(
    ("nivel", "avisados"),
    [(100, {"profesional", "coordinacion"}), (150, {"coordinacion"})],
)
def test_un_plazo_vencido_se_avisa_a_quien_responde_y_a_coordinacion(
    casa: Any, mundo: Mundo, nivel: int, avisados: set[str]
) -> None:
    """§4.5: at 100 % the owner and the coordination, at 150 % who is above them."""
    casa.contratar("colega", "profesional")
    casa.contratar("mesa", "recepcion")
    _responde(casa, mundo, casa.oficina.funcionario("profesional").id)

    hecho = _vencido(mundo, nivel)
    _tell(casa, hecho)
    _tell(casa, hecho)

    assert _avisados(casa) == avisados
    assert len(casa.mensajes()) == len(avisados)
    with mundo.db.read() as session:
        folio = caso_por_id(session, mundo.caso_id, SIN_LIMITE).folio
    for mensaje in casa.mensajes():
        assert mensaje.plantilla is Clave.AVISO_PLAZO_VENCIDO
        assert mensaje.asunto.startswith(f"Caso {folio}, plazo vencido: ")
        assert mensaje.estado is Estado.ENTREGADA
        assert f"/casos/expedientes/{mundo.caso_id}" in mensaje.cuerpo


def test_un_plazo_vencido_de_un_caso_sin_responsable_se_avisa_solo_a_coordinacion(
    casa: Any, mundo: Mundo
) -> None:
    _tell(casa, _vencido(mundo, 100))

    assert _avisados(casa) == {"coordinacion"}


def test_quien_responde_y_coordina_se_entera_una_vez(casa: Any, mundo: Mundo) -> None:
    _responde(casa, mundo, casa.oficina.funcionario("coordinacion").id)

    _tell(casa, _vencido(mundo, 100))

    (mensaje,) = casa.mensajes()
    assert mensaje.destino == "coordinacion@oficina.example"


def test_quien_ya_no_atiende_casos_no_se_entera(casa: Any, mundo: Mundo) -> None:
    _responde(casa, mundo, casa.contratar("antes", "recepcion"))

    _tell(casa, _vencido(mundo, 100))

    assert _avisados(casa) == {"coordinacion"}


def test_a_quien_se_releva_antes_de_enviar_no_le_llega_el_aviso(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    _responde(casa, mundo, casa.oficina.funcionario("profesional").id)
    with casa.db_casos.begin() as session:
        emitir(session, _vencido(mundo, 100))
    casa.circular()
    tasks.barrer(sin_correo)
    assert _avisados(casa, Estado.LISTA) == {"profesional", "coordinacion"}

    _responde(casa, mundo, casa.contratar("colega", "profesional"))
    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    assert _avisados(casa, Estado.ENTREGADA) == {"coordinacion"}
    (relevado,) = casa.mensajes(estado=Estado.CANCELADA)
    assert relevado.motivo is Motivo.YA_NO_LE_CORRESPONDE


@pytest.mark.parametrize(
    ("fin", "dice"),
    [
        (EstadoDerivacion.RECHAZADA, "la rechazó"),
        (EstadoDerivacion.NO_LOGRADA, "no se logró"),
        (EstadoDerivacion.VENCIDA, "venció sin que"),
    ],
)
def test_una_derivacion_que_no_resulta_se_avisa_a_quien_responde(
    casa: Any, mundo: Mundo, fin: EstadoDerivacion, dice: str
) -> None:
    casa.contratar("colega", "profesional")
    _responde(casa, mundo, casa.oficina.funcionario("profesional").id)

    derivacion = mundo.en(fin, LUNES)
    casa.circular()
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_DERIVACION_FALLIDA)
    assert (aviso.estado, aviso.destino) == (Estado.ENTREGADA, "profesional@oficina.example")
    assert dice in aviso.cuerpo
    assert mundo.derivacion(derivacion).folio in aviso.asunto
    assert f"/casos/expedientes/{mundo.caso_id}" in aviso.cuerpo
    assert not any(dato in aviso.cuerpo for dato in ("Marie", "Baptiste", "arriendo"))


@pytest.mark.parametrize("responde", [None, "recepcion"])
def test_si_nadie_responde_por_el_caso_se_avisa_a_coordinacion(
    casa: Any, mundo: Mundo, responde: str | None
) -> None:
    if responde:
        _responde(casa, mundo, casa.contratar("antes", responde))

    mundo.en(EstadoDerivacion.RECHAZADA, LUNES)
    casa.circular()
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_DERIVACION_FALLIDA)
    assert aviso.destino == "coordinacion@oficina.example"


def test_de_una_derivacion_que_ya_se_reencamino_no_se_avisa(
    casa: Any, mundo: Mundo, sin_correo: Env
) -> None:
    rechazada = mundo.en(EstadoDerivacion.RECHAZADA, LUNES)
    casa.circular()
    tasks.barrer(sin_correo)
    relevo = mundo.preparar(mundo.pedido(reemplaza_a=rechazada))
    mundo.hacer(relevo, Accion.ENVIAR, LUNES)

    casa.cambiar(lambda mensaje: setattr(mensaje, "visible", clock.real_now()))
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_DERIVACION_FALLIDA)
    assert (aviso.estado, aviso.motivo) == (Estado.CANCELADA, Motivo.DERIVACION_DECIDIDA)


def _responde(casa: Any, mundo: Mundo, funcionario_id: UUID) -> None:
    """Somebody answers for the case from now on."""
    with casa.db_casos.begin() as session:
        session.get_one(Caso, mundo.caso_id).asignar(funcionario_id, "Persona sintética")


def _vencido(mundo: Mundo, nivel: int) -> PlazoVencido:
    """The fact that the clock of the first contact of a case passed a stage."""
    with mundo.db.begin() as session:
        plazo = plazos.iniciar(session, mundo.caso_id, "primer_contacto", "normal", LUNES)
    return PlazoVencido(
        caso_id=mundo.caso_id,
        plazo_id=plazo.id,
        reloj=plazo.reloj,
        vence_en=LUNES,
        nivel=nivel,
    )


def _avisados(casa: Any, *estados: Estado) -> set[str]:
    """The accounts that internal notices are for."""
    avisos = casa.mensajes(plantilla=Clave.AVISO_PLAZO_VENCIDO)
    return {
        mensaje.destino.removesuffix("@oficina.example")
        for mensaje in avisos
        if not estados or mensaje.estado in estados
    }


def test_el_caso_cuenta_lo_que_paso_con_sus_mensajes(casa: Any, mundo: Mundo) -> None:
    _enviada(casa, mundo)

    mensajes = [hito for hito in mundo.hitos() if hito.tipo == "mensaje"]
    assert [hito.datos["hecho"] for hito in mensajes] == ["programado", "enviado"]


def _sin_contacto_de(persona: UUID, casos: Any) -> Any:
    """casos as a broken version of it would answer about one person."""

    def answer(environ: Any, start_response: Any) -> Any:
        if environ["PATH_INFO"].endswith(f"{persona}/contacto"):
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b"{}"]
        return casos(environ, start_response)

    return answer


def _caido(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("503 Service Unavailable", [])
    return []


def _consiente(casa: Any, persona: UUID) -> UUID:
    with casa.db_casos.begin() as session:
        return consentir_recordatorios(session, persona, DE_PALABRA, PROFESIONAL, LUNES).id


def _se_retira(casa: Any, consentimiento: UUID) -> None:
    with casa.db_casos.begin() as session:
        retirar(
            session, consentimiento, PedidoRetiro(MotivoRetiro.DECISION), PROFESIONAL, clock.now()
        )
    casa.circular()


def test_quien_retira_su_consentimiento_no_recibe_mas_recordatorios(casa: Any) -> None:
    persona = casa.persona()
    consentimiento = _consiente(casa, persona)
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    assert _estados(casa) == [Estado.LISTA, Estado.LISTA]

    _se_retira(casa, consentimiento)
    assert {mensaje.motivo for mensaje in casa.mensajes()} == {Motivo.CONSENTIMIENTO_RETIRADO}

    # A later appointment is asked about anew: nothing was copied.
    otra = UUID(casa.cita(VIERNES_12, persona))
    casa.barrer()
    assert {mensaje.estado for mensaje in casa.mensajes(cita_id=otra)} == {Estado.SUPRIMIDA}
    _consiente(casa, persona)
    ultima = UUID(casa.cita(VIERNES_12 + timedelta(days=3), persona))
    casa.barrer()
    assert {mensaje.estado for mensaje in casa.mensajes(cita_id=ultima)} == {Estado.LISTA}


@pytest.mark.parametrize("con_correo", [True, False])
def test_un_consentimiento_retirado_se_dice_a_la_institucion_y_a_la_oficina(
    casa: Any, mundo: Mundo, con_correo: bool
) -> None:
    derivacion_id = mundo.preparar(mundo.pedido("SJM.LEGAL", consentida=True))
    mundo.hacer(derivacion_id, Accion.ENVIAR, LUNES)
    mundo.hacer(derivacion_id, Accion.ACEPTAR, LUNES)
    with casa.db_casos.begin() as session:
        session.scalars(select(Institucion).where(Institucion.sigla == "SJM")).one().correo = (
            "legal@red.example" if con_correo else None
        )

    _se_retira(casa, mundo.derivacion(derivacion_id).consentimiento_id)
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_RETIRO_DE_DATOS)
    (a_institucion,) = casa.mensajes(plantilla=Clave.RETIRO_DE_DATOS)
    assert aviso.destino == "coordinacion@oficina.example"
    if con_correo:
        assert a_institucion.destino == "legal@red.example"
        assert "la persona retiró el consentimiento" in a_institucion.cuerpo
        assert "Ya se lo pedimos" in aviso.cuerpo
    else:
        assert a_institucion.motivo is Motivo.INSTITUCION_SIN_CORREO
        assert "pídaselo usted por otra vía" in aviso.cuerpo
    assert "Marie" not in (a_institucion.cuerpo or "") + aviso.cuerpo


def _pide(casa: Any, persona: UUID) -> UUID:
    nueva = NuevaSolicitud(
        derecho=Derecho.ACCESO,
        canal=Medio.PRESENCIAL,
        identidad=Identidad.DOCUMENTO_A_LA_VISTA,
    )
    with casa.db_casos.begin() as session:
        solicitud_id = derechos.registrar(session, persona, nueva, PROFESIONAL, clock.now()).id
    casa.circular()
    casa.barrer()
    return UUID(str(solicitud_id))


def test_una_solicitud_de_derechos_se_avisa_a_quien_las_responde_y_al_vencer_a_coordinacion(
    casa: Any,
) -> None:
    casa.oficina.funcionario("delegado_datos")
    solicitud = _pide(casa, casa.persona())
    (nueva,) = casa.mensajes(plantilla=Clave.AVISO_SOLICITUD_DE_DERECHO)

    casa.ir_a(LUNES + timedelta(days=31))
    seguir_plazos(casa.casos.extensions["env"])
    casa.circular()
    casa.barrer()

    avisos = casa.mensajes(plantilla=Clave.AVISO_SOLICITUD_DE_DERECHO)
    assert (nueva.destino, nueva.estado) == ("delegado_datos@oficina.example", Estado.ENTREGADA)
    assert f"/casos/derechos/{solicitud}" in nueva.cuerpo
    assert sorted(uno.destino for uno in avisos if "venció" in (uno.cuerpo or "")) == [
        "coordinacion@oficina.example",
        "delegado_datos@oficina.example",
    ]
    assert not any("Wideline" in (uno.cuerpo or "") for uno in avisos)


def test_de_una_solicitud_que_alguien_tomo_no_se_avisa_que_llego(casa: Any) -> None:
    casa.oficina.funcionario("delegado_datos")
    persona = casa.persona()
    nueva = NuevaSolicitud(
        derecho=Derecho.BLOQUEO, canal=Medio.CORREO, identidad=Identidad.DATOS_COTEJADOS
    )
    with casa.db_casos.begin() as session:
        hecha = derechos.registrar(session, persona, nueva, PROFESIONAL, clock.now())
        derechos.tramitar(session, hecha.id, PROFESIONAL, clock.now())
    casa.circular()
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_SOLICITUD_DE_DERECHO)
    assert aviso.motivo is Motivo.SOLICITUD_RESPONDIDA


def _sospecha(casa: Any) -> UUID:
    ahora = clock.local(clock.now())
    nuevo = NuevoReporte(
        causa=Causa.PERDIDA_O_ROBO,
        relato="Se perdió una carpeta de la señora Wideline",
        conocido=Momento(dia=ahora.date(), hora=ahora.time()),
    )
    with casa.db_casos.begin() as session:
        return UUID(str(incidentes.reportar(session, nuevo, PROFESIONAL, clock.now()).id))


def test_un_incidente_se_avisa_a_la_delegada_y_al_vencer_tambien_a_coordinacion(casa: Any) -> None:
    casa.oficina.funcionario("delegado_datos")
    incidente = _sospecha(casa)
    casa.circular()
    casa.barrer()
    (nuevo,) = casa.mensajes(plantilla=Clave.AVISO_INCIDENTE)

    casa.ir_a(LUNES + timedelta(days=4))
    seguir_plazos(casa.casos.extensions["env"])
    casa.circular()
    casa.barrer()

    avisos = casa.mensajes(plantilla=Clave.AVISO_INCIDENTE)
    assert (nuevo.destino, nuevo.estado) == ("delegado_datos@oficina.example", Estado.ENTREGADA)
    assert f"/casos/incidentes/{incidente}" in nuevo.cuerpo
    assert "la comunicación a la Agencia" in nuevo.cuerpo
    assert sorted(uno.destino for uno in avisos if "venció" in (uno.cuerpo or "")) == [
        "coordinacion@oficina.example",
        "delegado_datos@oficina.example",
    ]
    assert not any("carpeta" in (uno.cuerpo or "") for uno in avisos)


def test_de_una_sospecha_descartada_no_se_avisa(casa: Any) -> None:
    casa.oficina.funcionario("delegado_datos")
    incidente = _sospecha(casa)
    with casa.db_casos.begin() as session:
        incidentes.descartar(session, incidente, "Apareció", PROFESIONAL, clock.now())
    casa.circular()
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_INCIDENTE)
    assert aviso.motivo is Motivo.INCIDENTE_ATENDIDO
