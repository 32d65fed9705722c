"""Every state of a message against every step."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import EN_ESPERA, PASOS, Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, Redaccion
from notificaciones.reglas.calculo import Plan
from oficina.errors import TransicionInvalida
from oficina.privacy import Keyring, use_keyring

AHORA = datetime(2026, 12, 1, 13, 0, tzinfo=UTC)
TEXTO = Redaccion("es", None, "Hola")

HACER: Mapping[Paso, Callable[[Mensaje], object]] = {
    Paso.PREPARAR: lambda m: m.preparar(Canal.SMS, "+56987654321", "es", TEXTO),
    Paso.MOVER: lambda m: m.mover("otra", Plan(AHORA, AHORA), 2, datos={"inicia_en": "x"}),
    Paso.POSPONER: lambda m: m.posponer(AHORA),
    Paso.DEVOLVER: lambda m: m.devolver(Motivo.PROVEEDOR_NO_DISPONIBLE, AHORA),
    Paso.ENTREGAR: lambda m: m.entregar("salida", "1"),
    Paso.FALLAR: lambda m: m.fallar(Motivo.PROVEEDOR_RECHAZA),
    Paso.VENCER: lambda m: m.vencer(),
    Paso.CANCELAR: lambda m: m.cancelar(Motivo.CITA_CANCELADA),
    Paso.SUPRIMIR: lambda m: m.suprimir(Motivo.NO_CONTACTAR),
    Paso.DUDAR: lambda m: m.dudar(Motivo.PROVEEDOR_SIN_RESPUESTA),
}


@pytest.fixture(scope="module", autouse=True)
def _claves(tmp_path_factory: pytest.TempPathFactory) -> None:
    """An address is found again by a key."""
    use_keyring(Keyring.load(tmp_path_factory.mktemp("claves"), make=True))


def _mensaje(estado: Estado) -> Mensaje:
    mensaje = Mensaje(
        id=uuid4(),
        clave_de_negocio="una",
        plantilla=Clave.RECORDATORIO_CITA,
        estado=estado,
        datos={},
        enviar_en=AHORA,
        intentos=0,
    )
    # Of no database: nothing is written.
    Session().add(mensaje)
    return mensaje


@pytest.mark.parametrize("paso", HACER)
@pytest.mark.parametrize("estado", Estado)
def test_cada_estado_admite_lo_que_dice_la_tabla(estado: Estado, paso: Paso) -> None:
    mensaje = _mensaje(estado)

    if paso in PASOS[estado]:
        HACER[paso](mensaje)
        assert mensaje.estado is PASOS[estado][paso]
    else:
        with pytest.raises(TransicionInvalida):
            HACER[paso](mensaje)
        assert mensaje.estado is estado


def test_se_reserva_solo_lo_que_esta_listo() -> None:
    assert [estado for estado in Estado if Paso.RESERVAR in PASOS[estado]] == [Estado.LISTA]


@pytest.mark.parametrize("estado", Estado)
def test_retirar_cancela_lo_que_espera_y_deja_lo_demas(estado: Estado) -> None:
    mensaje = _mensaje(estado)

    hecho = mensaje.retirar(Motivo.CITA_CANCELADA)

    assert (hecho is not None) == (estado in EN_ESPERA)
    assert mensaje.estado is (Estado.CANCELADA if estado in EN_ESPERA else estado)


def test_lo_retirado_mientras_se_enviaba_se_cancela_si_vuelve() -> None:
    mensaje = _mensaje(Estado.RESERVADA)
    mensaje.retirar(Motivo.CITA_CANCELADA)

    mensaje.devolver(Motivo.PROVEEDOR_NO_DISPONIBLE, AHORA)

    assert mensaje.estado is Estado.CANCELADA
    assert mensaje.motivo is Motivo.CITA_CANCELADA
