"""What the SMS of some days took, summed up by the database, on both columns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from columns import COLUMNS
from notificaciones.mensajes import queries
from notificaciones.mensajes.models import SALIDA, Mensaje
from notificaciones.mensajes.sms import Tildes, escribir
from notificaciones.mensajes.states import Estado, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from oficina.db import Database, uuid7
from oficina.privacy import Keyring, use_keyring

DIA = datetime(2026, 11, 10, 15, 0, tzinfo=UTC)
LARGO = "sí " + "a" * 80


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Database:
    """The database of the messages."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    return fresh_db(request.param, "notificaciones")


def _sale(db: Database, texto: str, tildes: Tildes, proveedor: str, cuando: datetime) -> None:
    escrito = escribir(texto, tildes)
    redaccion = Redaccion("es", None, escrito.texto, escrito)
    with db.begin() as session:
        mensaje = Mensaje(
            id=uuid7(),
            clave_de_negocio=str(uuid7()),
            plantilla=Clave.RECORDATORIO_CITA,
            estado=Estado.PROGRAMADA,
            datos={},
            enviar_en=cuando,
            creado_en=cuando,
        )
        session.add(mensaje)
        session.flush()
        mensaje.preparar(Canal.SMS, "+56987654321", "es", redaccion)
        mensaje.estado = Estado.RESERVADA
        mensaje.anotar(Paso.RESERVAR)
        mensaje.entregar(proveedor, "1")
        mensaje.entregado_en = cuando


def test_lo_que_se_pago_y_lo_que_quedo_en_la_bandeja_no_se_mezclan(db: Database) -> None:
    _sale(db, LARGO, Tildes.CONSERVAR, SALIDA, DIA)
    _sale(db, LARGO, Tildes.AHORRAR, SALIDA, DIA)
    _sale(db, LARGO, Tildes.CONSERVAR, "pasarela", DIA)
    _sale(db, "hola", Tildes.GSM, "otra_pasarela", DIA)
    for fuera in (DIA - timedelta(days=1), DIA + timedelta(days=1)):
        _sale(db, LARGO, Tildes.CONSERVAR, SALIDA, fuera)

    def sumas(visibles: frozenset[Clave]) -> list[tuple[bool, int, int, int, Decimal]]:
        with db.read() as session:
            hallado = queries.sms_que_salieron(
                session, DIA, DIA + timedelta(hours=1), visibles=visibles
            )
        return [
            (una.en_la_salida, una.mensajes, una.segmentos, una.ahorrados, una.costo)
            for una in hallado
        ]

    assert sumas(frozenset(Clave)) == [
        (False, 2, 3, 0, Decimal(75)),
        (True, 2, 3, 1, Decimal(75)),
    ]
    assert sumas(frozenset({Clave.DERIVACION_ENVIADA})) == []
