"""An institution is asked in one mail, by day; coordination is told what waits for it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from casos.red.consultas import actions
from casos.red.consultas.correccion import Correccion
from casos.red.models import Institucion, ServicioRed
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Clave
from oficina.actor import Actor

LUNES_10 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
LUNES_22 = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
CODIGOS = ("DIDECO.SOCIAL", "DIDECO.RSH")


@pytest.fixture(autouse=True)
def _red(casa: Any, mundo: Any) -> None:
    """Of two services of one institution nobody has asked for long."""
    casa.ir_a(LUNES_10)
    with casa.db_casos.begin() as session:
        session.execute(update(ServicioRed).values(verificado_el=date(2026, 11, 23)))
        session.execute(
            update(ServicioRed)
            .where(ServicioRed.codigo.in_(CODIGOS))
            .values(verificado_el=date(2026, 1, 1))
        )


def _preguntar(casa: Any) -> UUID:
    with casa.db_casos.begin() as session:
        servicio = select(ServicioRed.institucion_id).where(ServicioRed.codigo == CODIGOS[0])
        institucion_id = session.scalars(servicio).one()
        una = actions.preguntar(session, institucion_id, Actor.sistema("casos"), LUNES_10)
        consulta_id = una.id
    casa.circular()
    casa.barrer()
    return consulta_id


def _correo(casa: Any) -> Mensaje:
    (uno,) = casa.mensajes(plantilla=Clave.CONSULTA_RED)
    hallado: Mensaje = uno
    return hallado


def _token(casa: Any) -> str:
    cuerpo = _correo(casa).cuerpo or ""
    (linea,) = [una for una in cuerpo.splitlines() if "/casos/red/consulta/enlace/" in una]
    return linea.rpartition("/")[2]


def _corregir(casa: Any, codigo: str) -> None:
    with casa.db_casos.begin() as session:
        cual = session.scalars(select(ServicioRed.id).where(ServicioRed.codigo == codigo)).one()
        actions.corregir(session, _token(casa), cual, Correccion(elegibilidad="Otra"), LUNES_10)
    casa.circular()
    casa.barrer()


def test_un_correo_lleva_todo_lo_que_se_pregunta_y_su_enlace(casa: Any) -> None:
    _preguntar(casa)

    correo = _correo(casa)
    assert correo.estado in {Estado.LISTA, Estado.ENTREGADA, Estado.CONFIRMADA}
    assert correo.destino == "dideco@red.example"
    assert "(2)" in (correo.cuerpo or "")
    assert _token(casa) not in (correo.cuerpo_sin_enlace() or ""), "it is for its reader alone"


def test_sin_correo_o_retirada_no_sale(casa: Any) -> None:
    with casa.db_casos.begin() as session:
        servicio = select(ServicioRed.institucion_id).where(ServicioRed.codigo == CODIGOS[0])
        cual = session.scalars(servicio).one()
        una = actions.preguntar(session, cual, Actor.sistema("casos"), LUNES_10)
        session.execute(update(Institucion).where(Institucion.id == cual).values(correo=None))
        consulta_id = una.id
    casa.circular()
    casa.barrer()
    correo = _correo(casa)
    assert (correo.estado, correo.motivo) == (Estado.SUPRIMIDA, Motivo.INSTITUCION_SIN_CORREO)

    with casa.db_casos.begin() as session:
        session.execute(update(Institucion).values(correo="otra@red.example"))
        actions.retirar(session, consulta_id, 1, Actor.sistema("casos"), LUNES_10)
        una = actions.preguntar(session, cual, Actor.sistema("casos"), LUNES_10)
        actions.retirar(session, una.id, una.version, Actor.sistema("casos"), LUNES_10)
    casa.circular()
    casa.barrer()
    retirado = next(uno for uno in casa.mensajes(plantilla=Clave.CONSULTA_RED) if uno != correo)
    motivos = {uno.motivo for uno in casa.mensajes(plantilla=Clave.CONSULTA_RED)}
    assert retirado is not None
    assert Motivo.ENLACE_NO_VIGENTE in motivos


def test_de_noche_espera_a_la_manana(casa: Any) -> None:
    casa.ir_a(LUNES_22)

    _preguntar(casa)

    correo = _correo(casa)
    assert correo.estado is Estado.LISTA
    casa.ir_a(datetime(2026, 11, 24, 13, 0, tzinfo=UTC))
    casa.barrer()
    assert _correo(casa).estado is not Estado.LISTA


def test_de_las_correcciones_se_avisa_una_vez_a_la_coordinacion(casa: Any) -> None:
    _preguntar(casa)

    _corregir(casa, CODIGOS[0])
    _corregir(casa, CODIGOS[1])

    avisos = casa.mensajes(plantilla=Clave.AVISO_CONSULTA_RED)
    dichos = [uno for uno in avisos if uno.asunto]
    assert len(dichos) == 1
    assert "corrigió lo que se dice de sus servicios" in dichos[0].asunto
    assert "/casos/red/consultas" in dichos[0].cuerpo


def test_de_lo_que_nadie_contesto_tambien(casa: Any) -> None:
    consulta_id = _preguntar(casa)
    tarde = LUNES_10 + timedelta(days=28)
    casa.ir_a(tarde)
    with casa.db_casos.begin() as session:
        actions.vencer(session, consulta_id, tarde)
    casa.circular()
    casa.barrer()

    dichos = [uno for uno in casa.mensajes(plantilla=Clave.AVISO_CONSULTA_RED) if uno.asunto]
    assert [("no respondió" in (uno.asunto or "")) for uno in dichos] == [True]
