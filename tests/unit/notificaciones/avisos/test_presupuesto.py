"""That what a day may cost is used up: who is told, what it says, and for how long."""

from datetime import UTC, datetime, timedelta
from typing import Any

from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Clave
from notificaciones.proveedores import consumos, presupuestos

MARTES = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def _agotar(casa: Any, presupuesto: str = consumos.OFICINA) -> None:
    with casa.db.begin() as session:
        presupuestos.avisar(session, presupuesto)


def test_se_avisa_a_administracion_y_coordinacion_una_vez_al_dia(casa: Any) -> None:
    casa.ir_a(MARTES)
    casa.contratar("informatica", "administrador")
    for _vez in range(3):
        _agotar(casa)
        casa.barrer()

    avisos = casa.mensajes(plantilla=Clave.AVISO_PRESUPUESTO)
    assert {uno.destino for uno in avisos} == {
        "informatica@oficina.example",
        "coordinacion@oficina.example",
    }
    assert {uno.estado for uno in avisos} == {Estado.ENTREGADA}
    assert "por toda la oficina ya se usó" in avisos[0].cuerpo
    assert "/notificaciones/proveedores" in avisos[0].cuerpo
    page = casa.oficina.entrar(casa.app, "coordinacion").get("/notificaciones/salida").text
    assert "Aviso interno de un presupuesto agotado" in page
    page = casa.oficina.entrar(casa.app, "profesional").get("/notificaciones/salida").text
    assert "Aviso interno de un presupuesto agotado" not in page

    casa.ir_a(MARTES + timedelta(days=1))
    _agotar(casa)
    casa.barrer()
    assert len(casa.mensajes(plantilla=Clave.AVISO_PRESUPUESTO)) == 4


def test_al_dia_siguiente_ya_no_se_avisa_del_anterior(casa: Any) -> None:
    casa.ir_a(MARTES)
    _agotar(casa)
    casa.ir_a(MARTES + timedelta(days=1))
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_PRESUPUESTO)
    assert (aviso.estado, aviso.motivo) == (Estado.VENCIDA, Motivo.CADUCADO)
