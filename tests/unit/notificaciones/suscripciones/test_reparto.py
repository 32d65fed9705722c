"""Who gets which fact: chosen, narrowed, of one's own unit, never reserved, never of a case that
became somebody else's to know of.
"""

import json
import threading
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.enviadores import Enviadores
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.states import Estado, Via
from oficina.bus.envelope import to_cloudevent
from oficina.bus.inbox import Mensaje, recibir
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.bus.tables import Inbox
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, NoPermitido
from oficina.events import Clasificacion
from oficina.events.casos import CasoAbierto, DerivacionEnviada, PersonaActualizada
from unit.notificaciones.suscripciones.conftest import ADMIN, ATENCION, Suscriptores, atencion

AFUERA = "http://127.0.0.1:9/hechos"
CONTRAPARTE = replace(ADMIN, roles=frozenset({"contraparte_unidad"}), unidad="dideco")


def _caso() -> CasoAbierto:
    return CasoAbierto(
        caso_id=uuid7(), tipo_caso="salud", instancia="primera", prioridad="alta", unidad="dideco"
    )


def _derivacion(unidad: str | None) -> DerivacionEnviada:
    return DerivacionEnviada(
        derivacion_id=uuid7(),
        caso_id=uuid7(),
        institucion_id=uuid7(),
        servicio_id=uuid7(),
        unidad=unidad,
        modo="interna",
    )


def test_solo_lo_que_se_eligio_y_paso_el_filtro(unidades: Suscriptores) -> None:
    una, _ = unidades.crear(AFUERA, filtros={"tema": ["salud", "vivienda"]})
    otra, _ = unidades.crear(tipos=(CasoAbierto.ce_type(),))

    assert unidades.oir(atencion("salud")) == 1
    assert unidades.oir(atencion("trabajo")) == 0
    assert unidades.oir(_caso()) == 1
    assert unidades.oir(PersonaActualizada(persona_id=uuid7(), campos_cambiados=["correo"])) == 0

    (de_una,), (de_otra,) = unidades.entregas(una), unidades.entregas(otra)
    assert de_una.estado is EstadoDeEntrega.PENDIENTE
    assert de_otra.estado is EstadoDeEntrega.HECHO
    assert json.loads(de_una.cuerpo)["id"] == str(de_una.id)


def test_una_derivacion_la_oye_solo_su_unidad(unidades: Suscriptores) -> None:
    tipo = (DerivacionEnviada.ce_type(),)
    unidades.crear(unidad="dideco", tipos=tipo)
    unidades.crear(unidad="salud", tipos=tipo)

    assert unidades.oir(_derivacion("dideco")) == 1
    assert unidades.oir(_derivacion("omil")) == 0
    assert unidades.oir(_derivacion(None)) == 0


def test_lo_reservado_no_sale(unidades: Suscriptores) -> None:
    unidades.crear(AFUERA, tipos=(CasoAbierto.ce_type(),))

    assert unidades.oir(_caso(), clasificacion=Clasificacion.RESERVADO) == 0


def test_un_caso_que_se_reserva_se_calla_tambien_hacia_atras(unidades: Suscriptores) -> None:
    tipo = (CasoAbierto.ce_type(),)
    webhook, _ = unidades.crear(AFUERA, tipos=tipo)
    atom, _ = unidades.crear(tipos=tipo)
    caso, otro = _caso(), _caso()
    for uno in (caso, otro):
        unidades.oir(uno)

    with unidades.db.begin() as session:
        reparto.callar(session, caso.caso_id, real_now() + timedelta(seconds=1))

    # What was told before the change and heard after it, too.
    assert unidades.oir(caso) == 0
    for una in (webhook, atom):
        assert [e.caso_id for e in unidades.entregas(una)] == [otro.caso_id]
    with unidades.db.begin() as session:
        reparto.callar(session, otro.caso_id, real_now() - timedelta(minutes=1))
    # What is told afterwards says itself who may hear it.
    assert unidades.oir(otro, sequence=2) == 2


def test_nadie_se_suscribe_a_lo_que_no_puede_oir_ni_por_otra_unidad(
    unidades: Suscriptores,
) -> None:
    with pytest.raises(DatosInvalidos) as tipos:
        unidades.crear(AFUERA, tipos=(PersonaActualizada.ce_type(),))
    with pytest.raises(DatosInvalidos) as filtros:
        unidades.crear(AFUERA, filtros={"prioridad": ["alta"]})
    with pytest.raises(DatosInvalidos) as url:
        unidades.crear("https://169.254.169.254/")
    assert [*tipos.value.errores, *filtros.value.errores, *url.value.errores] == [
        "tipos",
        "filtros",
        "url",
    ]
    datos = NuevaSuscripcion(
        unidad="salud",
        via=Via.ATOM,
        pedido=Pedido(nombre="N", tipos=(ATENCION,), finalidad="F", base="b", filtros={}),
    )
    with unidades.db.begin() as session, pytest.raises(NoPermitido):
        actions.crear(session, datos, CONTRAPARTE, url=None, al=None)

    ajena, _ = unidades.crear(unidad="salud")
    with unidades.db.begin() as session, pytest.raises(NoEncontrado):
        actions.pausar(session, ajena, CONTRAPARTE)


def test_pausada_lo_guarda_desactivada_no_cerrada_lo_olvida(unidades: Suscriptores) -> None:
    una, _ = unidades.crear(AFUERA)
    with unidades.db.begin() as session:
        actions.pausar(session, una, ADMIN)
    unidades.oir()
    assert not unidades.enviar(una)
    assert unidades.entregas(una)[0].intentos == 0

    with unidades.db.begin() as session, pytest.raises(Conflicto):
        actions.probar(session, una, ADMIN)
    with unidades.db.begin() as session:
        actions.cerrar(session, una, ADMIN)

    cerrada = unidades.suscripcion(una)
    assert cerrada.estado is Estado.CERRADA
    assert cerrada.clave is cerrada.secreto is None
    assert unidades.entregas(una) == []
    assert unidades.oir() == 0


def test_lo_que_se_repite_es_lo_de_despues_y_con_el_mismo_nombre(unidades: Suscriptores) -> None:
    """What was delivered keeps its id; what passed by while nobody listened is made up for."""
    una, _ = unidades.crear(AFUERA)
    cuerpos = []
    for turn in range(3):
        unidades.oir(atencion(), sequence=turn + 1)
    told = unidades.entregas(una)
    for entrega in told:
        cuerpos.append(
            {
                "specversion": "1.0",
                "id": str(entrega.evento_id),
                "source": "/independencia/casos",
                "type": ATENCION,
                "subject": entrega.agregado,
                "time": real_now().isoformat(),
                "sequence": f"{entrega.secuencia:012d}",
                "clasificacion": "interno",
                "data": {
                    "atencion_id": entrega.agregado.partition("/")[2],
                    "canal": "presencial",
                    "tema": "salud",
                    "anonima": True,
                },
            }
        )
    with unidades.db.single() as connection:
        recibir(connection, "notificaciones", [Mensaje.of(uno) for uno in cuerpos])
    unidades.cambiar(Inbox, estado=EstadoDeEntrega.HECHO)
    unidades.cambiar(Entrega, estado=EstadoDeEntrega.HECHO, intentos=1)
    with unidades.db.begin() as session:
        session.delete(session.get_one(Entrega, told[0].id))

    with unidades.db.begin() as session:
        # Not before it was subscribed, whatever was asked for.
        reparto.repetir(session, una, real_now() - timedelta(days=900), ADMIN)
    with unidades.db.begin() as session:
        assert not reparto.avanzar_repeticion(session, una)

    again = unidades.entregas(una)
    assert {uno.evento_id for uno in again} == {uno.evento_id for uno in told}
    assert {told[1].id, told[2].id} < {uno.id for uno in again}
    assert all(uno.estado is EstadoDeEntrega.PENDIENTE and not uno.intentos for uno in again)
    assert unidades.suscripcion(una).repite_hasta is None


def test_una_repeticion_que_no_se_puede_no_detiene_a_las_demas(unidades: Suscriptores) -> None:
    """Nor does how far one came make a form that somebody has open a stale one."""
    rota, _ = unidades.crear()
    sana, _ = unidades.crear(unidad="una_mas")
    sobre = to_cloudevent(
        atencion(),
        evento_id=uuid7(),
        source="/independencia/casos",
        sequence=1,
        time=real_now(),
        clasificacion=Clasificacion.INTERNO,
    )
    with unidades.db.single() as connection:
        recibir(connection, "notificaciones", [Mensaje.of(sobre)])
    unidades.cambiar(Inbox, estado=EstadoDeEntrega.HECHO)
    for una in (rota, sana):
        with unidades.db.begin() as session:
            reparto.repetir(session, una, real_now() - timedelta(days=1), ADMIN)
    with unidades.db.begin() as session:
        session.get_one(Suscripcion, rota).clave = "no es Base64"
    antes = unidades.suscripcion(sana).version

    stop = threading.Event()
    running = threading.Thread(target=Enviadores(unidades.env).run, args=(stop,))
    running.start()
    try:
        limit = time.monotonic() + 20
        while unidades.suscripcion(sana).repitiendo and time.monotonic() < limit:
            time.sleep(0.05)
    finally:
        stop.set()
        running.join(20)

    assert len(unidades.entregas(sana)) == 1
    assert unidades.suscripcion(sana).version == antes
    assert unidades.suscripcion(rota).repitiendo
