"""Several workers, withdrawals and sendings at once: each message has one fate, on both columns."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

import despachos
from columns import COLUMNS
from notificaciones.mensajes import despacho, queries, recordatorios, sueltos
from notificaciones.mensajes.filas import bloqueados
from notificaciones.mensajes.intentos import Contestada
from notificaciones.mensajes.models import Mensaje, PasoDeMensaje
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.proveedores.base import Envio
from notificaciones.proveedores.configuracion import Limites
from notificaciones.proveedores.desvio import Ruta
from notificaciones.proveedores.models import ConsumoDeProveedor, IntentoDeEnvio
from notificaciones.proveedores.resultados import Desenlace, Resultado
from notificaciones.proveedores.salida import OutboxProvider
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.clock import now
from oficina.db import Database, uuid7
from oficina.errors import VersionVencida
from oficina.privacy import Keyring, use_keyring

VUELTAS = 12


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of the messages."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "notificaciones")


def _lista(db: Database) -> UUID:
    cita = uuid7()
    with db.begin() as session:
        mensaje = Mensaje(
            id=uuid7(),
            clave_de_negocio=f"derivacion/{cita}",
            plantilla=Clave.DERIVACION_ENVIADA,
            estado=Estado.PROGRAMADA,
            cita_id=cita,
            datos={},
            enviar_en=now() - timedelta(minutes=1),
            creado_en=now(),
        )
        session.add(mensaje)
        session.flush()
        mensaje.preparar(Canal.CORREO, "a@b.example", "es", Redaccion("es", "Asunto", "Texto"))
    return mensaje.id


def _ruta(db: Database) -> Ruta:
    return Ruta(OutboxProvider(db), Canal.CORREO, "Salida")


def _send(db: Database, mensaje_id: UUID) -> bool:
    """What a worker does, without asking anybody; whether it got as far as the provider."""
    tomado = despachos.reservar(db, mensaje_id)
    llamada = despachos.autorizar(db, tomado, _ruta(db)) if tomado else None
    if llamada is None:
        return False
    resultado = OutboxProvider(db).entregar(
        Envio(
            mensaje_id=mensaje_id,
            canal=Canal.CORREO,
            destino="a@b.example",
            idioma="es",
            asunto="Asunto",
            cuerpo="Texto",
        )
    )
    return despachos.asentar(db, llamada, resultado)


def _withdraw(db: Database, mensaje_id: UUID) -> bool:
    with db.read() as session:
        cita_id = session.get_one(Mensaje, mensaje_id).cita_id
    assert cita_id is not None
    with db.begin() as session:
        recordatorios.retirar_recordatorios(session, cita_id, Motivo.CITA_CANCELADA)
    return True


def test_de_ocho_trabajadores_envia_uno(db: Database) -> None:
    for _ in range(VUELTAS):
        mensaje_id = _lista(db)
        with ThreadPoolExecutor(8) as pool:
            enviados = list(pool.map(lambda _n, uno=mensaje_id: _send(db, uno), range(8)))
        assert enviados.count(True) == 1


def test_enviar_y_retirar_a_la_vez_deja_un_solo_final(db: Database) -> None:
    for _ in range(VUELTAS):
        mensaje_id = _lista(db)
        with ThreadPoolExecutor(2) as pool:
            envio = pool.submit(_send, db, mensaje_id)
            retiro = pool.submit(_withdraw, db, mensaje_id)
            enviado = envio.result()
            retiro.result()

        with db.read() as session:
            final = session.get_one(Mensaje, mensaje_id).estado
            hechos = session.scalar(
                select(func.count())
                .select_from(Outbox)
                .where(Outbox.agregado == f"mensaje/{mensaje_id}")
            )
        assert final is (Estado.ENTREGADA if enviado else Estado.CANCELADA)
        # The end alone: the fixture prepared it without telling.
        assert hechos == 1


def test_de_un_presupuesto_nadie_pasa(db: Database) -> None:
    ruta = Ruta(
        OutboxProvider(db),
        Canal.CORREO,
        "Salida",
        Decimal(10),
        limites=Limites(segmentos_por_dia=5),
        de_oficina=Limites(pesos_por_dia=Decimal(1000)),
    )
    ids = [_lista(db) for _ in range(VUELTAS)]
    with db.begin() as session:
        for mensaje in session.scalars(select(Mensaje)):
            mensaje.segmentos = 1

    def ask(mensaje_id: UUID) -> bool:
        tomado = despachos.reservar(db, mensaje_id)
        assert tomado is not None
        return despachos.autorizar(db, tomado, ruta) is not None

    with ThreadPoolExecutor(6) as pool:
        allowed = list(pool.map(ask, ids))

    assert allowed.count(True) == 5
    with db.read() as session:
        took = {uno.proveedor: (uno.segmentos, uno.costo) for uno in session.scalars(_CONSUMOS)}
    assert took == {"oficina": (5, 50_000), "salida": (5, 50_000)}


_CONSUMOS = select(ConsumoDeProveedor)

FINALES = {
    Desenlace.ENTREGADO: Estado.ENTREGADA,
    Desenlace.DEFINITIVO: Estado.FALLIDA,
    Desenlace.TRANSITORIO: Estado.LISTA,
    Desenlace.INCIERTO: Estado.LISTA,
}


def test_los_que_van_juntos_tienen_cada_uno_su_final(db: Database) -> None:
    ruta = _ruta(db)
    ids = [_lista(db) for _ in range(2 * len(FINALES))]
    desenlaces = [*FINALES, *FINALES]
    with db.begin() as session:
        tomados = despacho.tomar(session, dict.fromkeys(ids, ruta))
    llamadas = {mensaje.id: llamada for mensaje, llamada in tomados if llamada is not None}
    assert list(llamadas) == ids

    with db.begin() as session:
        tarde = despacho.asentar(
            session,
            [
                Contestada(llamadas[uno], Resultado(desenlace, "r"))
                for uno, desenlace in zip(ids, desenlaces, strict=True)
            ],
        )

    assert not tarde
    entregados = {
        uno
        for uno, desenlace in zip(ids, desenlaces, strict=True)
        if desenlace is Desenlace.ENTREGADO
    }
    with db.read() as session:
        finales = [session.get_one(Mensaje, uno) for uno in ids]
        assert [uno.estado for uno in finales] == [FINALES[uno] for uno in desenlaces]
        # Written, prepared, taken and settled.
        assert {uno.version for uno in finales} == {4}
        for uno in finales:
            pasos = [linea.paso for linea in queries.historia(session, uno)]
            assert pasos[:2] == [Paso.PREPARAR, Paso.RESERVAR]
            assert len(pasos) == 3
        intentos = session.scalars(select(IntentoDeEnvio).order_by(IntentoDeEnvio.id)).all()
        assert [(uno.mensaje_id, uno.desenlace) for uno in intentos] == [
            *zip(ids, desenlaces, strict=True)
        ]
        dichos = session.execute(select(Outbox.tipo, Outbox.agregado, Outbox.secuencia)).all()
        assert sorted(dichos) == sorted(
            (f"notificaciones.mensaje.{nombre}", f"mensaje/{uno}", 1)
            for uno, desenlace in zip(ids, desenlaces, strict=True)
            if (nombre := _TOLD.get(desenlace))
        )
        hechas = select(Auditoria.recurso_id).where(
            Auditoria.accion == "notificaciones.mensaje.entregar"
        )
        assert set(session.scalars(hechas)) == entregados


def test_nadie_escribe_sobre_uno_que_cambio_mientras_lo_tenia(db: Database) -> None:
    ids = [_lista(db), _lista(db)]

    def write() -> None:
        with db.begin() as session:
            mensajes = list(bloqueados(session, ids).values())
            sueltos.soltar(session, mensajes)
            for mensaje in mensajes:
                mensaje.reservar(now())
            session.execute(
                update(Mensaje).where(Mensaje.id == ids[1]).values(version=Mensaje.version + 1)
            )
            sueltos.escribir(session, mensajes)

    with pytest.raises(VersionVencida):
        write()

    with db.read() as session:
        assert set(session.scalars(select(Mensaje.estado))) == {Estado.LISTA}
        assert set(session.scalars(select(PasoDeMensaje.paso))) == {Paso.PREPARAR}


_TOLD = {Desenlace.ENTREGADO: "enviado", Desenlace.DEFINITIVO: "fallido"}
