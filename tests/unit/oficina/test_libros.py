"""A file that becomes too big when it is opened is refused before it is."""

import struct
import zipfile
from io import BytesIO

import pytest
import xlsxwriter

from casos.adjuntos.tipos import reconocer
from oficina import libros
from oficina.libros import ArchivoIlegible, abrir


def _lejos(fila: int, columna: int) -> bytes:
    salida = BytesIO()
    with xlsxwriter.Workbook(salida) as libro:
        hoja = libro.add_worksheet("ENERO")
        hoja.write(0, 0, "FECHA ATENCIÓN")
        hoja.write(fila, columna, "x")
    return salida.getvalue()


def _con(libro: bytes, nombre: str, dentro: bytes) -> bytes:
    """A workbook with one more part."""
    salida = BytesIO(libro)
    with zipfile.ZipFile(salida, "a", zipfile.ZIP_DEFLATED) as zip_:
        zip_.writestr(nombre, dentro)
    return salida.getvalue()


def test_una_celda_en_el_ultimo_rincon_no_se_lleva_la_oficina() -> None:
    libro = _lejos(1_048_575, 16_383)
    assert len(libro) < 10_000

    with pytest.raises(ArchivoIlegible, match="demasiado grande"):
        abrir(libro)


@pytest.mark.parametrize(("fila", "columna"), [(100_000, 30), (10, 5_000)])
def test_lo_que_solo_es_largo_se_lee(fila: int, columna: int) -> None:
    libros.comprobar(_lejos(fila, columna))


def test_lo_que_se_infla_sin_medida_se_rechaza() -> None:
    bomba = _con(_lejos(3, 3), "xl/media/nada.xml", bytes(libros.MAX_ABIERTO + 1))
    assert len(bomba) < 200_000

    with pytest.raises(ArchivoIlegible, match="demasiado grande"):
        abrir(bomba)


def test_lo_que_miente_sobre_su_tamano_tambien() -> None:
    bomba = bytearray(_con(_lejos(3, 3), "nada", bytes(libros.MAX_ABIERTO + 1)))
    central = bomba.rindex(b"PK\x01\x02")
    struct.pack_into("<I", bomba, central + 24, 10)

    with pytest.raises(ArchivoIlegible, match="demasiado grande"):
        abrir(bytes(bomba))


@pytest.mark.parametrize(
    "parte", ["xl/vbaProject.bin", "xl/VBAPROJECT.BIN", "xl/macrosheets/sheet1.xml"]
)
def test_un_libro_con_macros_no_se_abre_ni_se_adjunta(parte: str) -> None:
    con_macros = _con(_lejos(3, 3), parte, b"Sub Auto_Open()")

    for lector in (abrir, libros.leer):
        with pytest.raises(ArchivoIlegible, match="trae macros y no se abre"):
            lector(con_macros)
    assert reconocer(BytesIO(con_macros)) is None


def test_se_dice_como_se_leyo_un_csv_que_no_lo_dice() -> None:
    assert libros.aviso("nombre\nñandú\n".encode()) == ""
    assert libros.aviso(_lejos(1, 1)) == ""
    dice = libros.aviso("nombre\nñandú\n".encode("cp850"))
    assert "se leyó como MS-DOS 850" in dice
    assert "CSV UTF-8" in dice
    raro = libros.aviso("nombre\nJos�\n".encode())
    assert "signos que aquí no se escriben (�)." in raro
    assert "no está en UTF-8" not in raro


def test_lo_que_es_un_zip_y_no_un_libro_se_dice_asi() -> None:
    salida = BytesIO()
    with zipfile.ZipFile(salida, "w") as zip_:
        zip_.writestr("programa.exe", b"MZ")
    cortado = _lejos(3, 3)[:-30]

    for archivo in (salida.getvalue(), cortado, b"%PDF-1.7", b"\xd0\xcf\x11\xe0" * 200):
        with pytest.raises(ArchivoIlegible, match="No es un libro"):
            abrir(archivo)
