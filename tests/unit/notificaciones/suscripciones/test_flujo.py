"""From a fact that another service tells to the unit; from a system that is gone to its people."""

from typing import Any

from identidad.actions import NuevoFuncionario, crear_funcionario
from notificaciones.plantillas.catalogo import Clave
from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.models import Suscripcion
from notificaciones.suscripciones.states import Motivo
from oficina.actor import Actor
from oficina.bus.outbox import emitir
from oficina.bus.tables import Inbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.events import Clasificacion
from oficina.events.casos import CasoAbierto, CasoConfidencialidadCambiada
from unit.notificaciones.suscripciones.conftest import ADMIN, Suscriptores

SISTEMA = Actor.sistema("identidad")


def _caso() -> CasoAbierto:
    return CasoAbierto(
        caso_id=uuid7(), tipo_caso="salud", instancia="primera", prioridad="alta", unidad=""
    )


def _suscrita(casa: Any, unidades: Suscriptores) -> Any:
    with casa.app.test_request_context(headers={"If-Match": "*"}):
        return unidades.crear(tipos=(CasoAbierto.ce_type(),))[0]


def test_un_hecho_llega_por_el_bus_y_calla_si_el_caso_se_reserva(casa: Any) -> None:
    unidades = Suscriptores(casa.env)
    una = _suscrita(casa, unidades)
    primero, segundo = _caso(), _caso()
    with casa.db_casos.begin() as session:
        for hecho in (primero, segundo):
            emitir(session, hecho)
    casa.circular()
    assert {uno.caso_id for uno in unidades.entregas(una)} == {primero.caso_id, segundo.caso_id}

    with casa.db_casos.begin() as session:
        cambio = CasoConfidencialidadCambiada(caso_id=primero.caso_id)
        emitir(session, cambio, clasificacion=Clasificacion.RESERVADO)
        emitir(session, _caso(), clasificacion=Clasificacion.RESERVADO)
    casa.circular()
    assert [uno.caso_id for uno in unidades.entregas(una)] == [segundo.caso_id]

    # Heard by the bus, so it can be repeated; but not what has become somebody else's to know.
    unidades.cambiar(Suscripcion, creada_en=real_now().replace(year=2020))
    unidades.cambiar(Inbox, recibido=real_now())
    with casa.app.test_request_context(headers={"If-Match": "*"}), casa.db.begin() as session:
        reparto.repetir(session, una, real_now().replace(year=2021), ADMIN)
    with casa.db.begin() as session:
        reparto.avanzar_repeticion(session, una)
    assert [uno.caso_id for uno in unidades.entregas(una)] == [segundo.caso_id]


def test_se_avisa_a_la_contraparte_de_su_unidad_y_a_administracion(casa: Any) -> None:
    unidades = Suscriptores(casa.env)
    una = _suscrita(casa, unidades)
    identidad = casa.oficina.identidad.extensions["env"].db
    with identidad.begin() as session:
        for usuario, rol, unidad in (
            ("de-dideco", "contraparte_unidad", "dideco"),
            ("de-otra", "contraparte_unidad", "migracion"),
            ("colega", "profesional", "dideco"),
            ("admin", "administrador", "migracion"),
        ):
            crear_funcionario(
                session,
                NuevoFuncionario(
                    usuario=usuario,
                    nombre=f"Persona {usuario}",
                    correo=f"{usuario}@oficina.example",
                    clave="clave de prueba larga",
                    roles=[rol],
                    unidad=unidad,
                ),
                SISTEMA,
            )
    with casa.db.begin() as session:
        actions.desactivar(session, session.get_one(Suscripcion, una), Motivo.CINCO_DIAS)

    casa.barrer()

    avisos = [uno for uno in casa.mensajes() if uno.plantilla is Clave.AVISO_SUSCRIPCION]
    assert {uno.destino for uno in avisos} == {"de-dideco@oficina.example", "admin@oficina.example"}
    cuerpo = avisos[0].cuerpo
    assert "durante cinco días" in cuerpo
    assert f"/notificaciones/suscripciones/{una}" in cuerpo


def test_si_alguien_la_reanudo_antes_no_se_avisa(casa: Any) -> None:
    unidades = Suscriptores(casa.env)
    una = _suscrita(casa, unidades)
    with casa.app.test_request_context(headers={"If-Match": "*"}), casa.db.begin() as session:
        actions.desactivar(session, session.get_one(Suscripcion, una), Motivo.YA_NO_RECIBE)
        actions.reanudar(session, una, ADMIN)

    casa.barrer()

    assert casa.mensajes()[0].destino is None
