"""What a mail that came back says, and of which message: only reports, only of ours."""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.rebotes.informe import Informe, leer
from notificaciones.rebotes.reglas import Clase, Efecto, reglas
from notificaciones.rebotes.sobre import mensaje_de, sobre_de
from oficina.privacy import Keyring, use_keyring
from unit.notificaciones.rebotes import cartas

DOMINIO = "rebotes.acogida.example"
MENSAJE = UUID("019acabe-0000-7000-8000-0000000000aa")


@pytest.fixture(autouse=True, scope="module")
def _llaves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("claves")
    use_keyring(Keyring.load(folder))
    return folder


def _sobre(mensaje_id: UUID = MENSAJE) -> str:
    return sobre_de(mensaje_id, DOMINIO)


def test_un_sobre_cabe_en_una_casilla_y_vuelve_aunque_cambien_sus_mayusculas() -> None:
    casilla = _sobre().partition("@")[0]

    assert len(casilla) <= 64
    assert casilla == casilla.lower()
    assert mensaje_de(_sobre().upper().replace("EXAMPLE", "example"), DOMINIO) == MENSAJE
    assert mensaje_de(f" {_sobre()}\r\n", DOMINIO) == MENSAJE


@pytest.mark.parametrize("donde", [2, 10, 20, 30, 40])
def test_un_sobre_que_no_hicimos_no_es_de_nadie(donde: int) -> None:
    mio = _sobre()
    otro = "a" if mio[donde] != "a" else "b"
    falso = mio[:donde] + otro + mio[donde + 1 :]

    assert mensaje_de(falso, DOMINIO) is None
    assert mensaje_de(mio, "otro.example") is None
    assert mensaje_de(mio.removeprefix("r-"), DOMINIO) is None
    assert mensaje_de(f"r-ñandú@{DOMINIO}", DOMINIO) is None


@pytest.mark.parametrize(
    ("status", "diagnostico", "codigo"),
    [
        ("5.1.1", "", "5.1.1"),
        ("5.0.0", "smtp; 550 5.1.1 no such user", "5.1.1"),
        ("5.0.0 (permanent failure)", "smtp; 550 no", "5.0.0"),
        ("4.4.7", "smtp; 421 timed out", "4.4.7"),
        ("", "smtp; 552 5.2.2 mailbox full", "5.2.2"),
        ("", "", "5.0.0"),
    ],
)
def test_dice_por_que_con_el_codigo_mas_preciso(status: str, diagnostico: str, codigo: str) -> None:
    carta = cartas.informe(_sobre(), status=status, diagnostico=diagnostico)

    assert leer(carta, DOMINIO) == Informe(MENSAJE, codigo)


@pytest.mark.parametrize(
    "carta",
    [
        cartas.informe("oficina@acogida.example"),
        cartas.informe(f"r-aaaa@{DOMINIO}"),
        b"",
        b"\xff\xfe\x00" * 100,
        b'Content-Type: multipart/report; boundary="x"\r\n\r\n--x',
    ],
)
def test_lo_que_no_es_de_un_mensaje_nuestro_no_dice_nada(carta: bytes) -> None:
    assert leer(carta, DOMINIO) is None


@pytest.mark.parametrize("accion", ["delayed", "delivered", "relayed", "expanded", ""])
def test_lo_que_tarda_o_llego_no_es_un_rebote(accion: str) -> None:
    assert leer(cartas.informe(_sobre(), accion=accion, status="4.4.1"), DOMINIO) is None


def test_lo_que_contesta_una_persona_o_su_programa_no_es_un_rebote() -> None:
    assert leer(cartas.ausente(_sobre()), DOMINIO) is None
    assert leer(cartas.respuesta(_sobre()), DOMINIO) is None


def test_vale_a_donde_se_entrego_y_no_solo_a_quien_dice_ir() -> None:
    carta = b"Delivered-To: " + _sobre().encode() + b"\r\n" + cartas.informe("undisclosed:;")

    assert leer(carta, DOMINIO) == Informe(MENSAJE, "5.1.1")


@given(ruido=st.binary(max_size=60), donde=st.integers(0, 1500))
def test_nada_de_lo_que_llegue_rompe_su_lectura(ruido: bytes, donde: int) -> None:
    carta = cartas.informe(_sobre())
    leido = leer(carta[:donde] + ruido + carta[donde:], DOMINIO)

    assert leido is None or leido.mensaje_id == MENSAJE


@pytest.mark.parametrize(
    ("codigo", "clase", "efecto"),
    [
        ("5.1.1", Clase.NO_EXISTE, Efecto.DETENER),
        ("5.1.10", Clase.NO_RECIBE, Efecto.DETENER),
        ("5.2.2", Clase.LLENA, Efecto.CONTAR),
        ("4.4.7", Clase.SIN_RESPUESTA, Efecto.CONTAR),
        ("5.7.26", Clase.DE_LA_OFICINA, Efecto.NADA),
        ("5.0.0", Clase.OTRA, Efecto.CONTAR),
        ("nada", Clase.OTRA, Efecto.NADA),
    ],
)
def test_cada_codigo_significa_lo_que_dice_el_dato_mas_preciso(
    codigo: str, clase: Clase, efecto: Efecto
) -> None:
    significado = reglas().significado(codigo)

    assert (significado.clase, significado.efecto) == (clase, efecto)
