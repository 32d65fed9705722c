"""What was typed in the one box is recognised."""

import pytest

from casos.personas.busqueda import reconocer
from oficina.identity_docs import TipoDocumento

RUN = "12.345.678-5"


@pytest.mark.parametrize(
    "texto", [RUN, "12345678-5", "123456785", "RUN 12.345.678-5", "rut:12345678-5"]
)
def test_un_run_se_reconoce_como_se_escriba(texto: str) -> None:
    consulta = reconocer(texto)

    assert consulta.run == "12345678-5"
    assert consulta.nombre == ""
    assert consulta.tipo_documento is TipoDocumento.RUN_CEDULA_EXTRANJERO


@pytest.mark.parametrize(
    ("texto", "tipo"),
    [
        ("Pasaporte B34776393", TipoDocumento.PASAPORTE),
        ("pas. P5802129", TipoDocumento.PASAPORTE),
        ("DNI 26262455", TipoDocumento.DNI_CEDULA_ORIGEN),
        ("IPE 100.948.004-4", TipoDocumento.IPE),
    ],
)
def test_la_etiqueta_dice_que_documento_es(texto: str, tipo: TipoDocumento) -> None:
    consulta = reconocer(texto)

    assert consulta.tipo_documento is tipo
    assert consulta.nombre == ""
    assert not consulta.sugiere_telefono


@pytest.mark.parametrize(
    "texto", ["9 8623 0047", "986230047", "+56 9 8623 0047", "(+56) 9-8623-0047", "fono 986230047"]
)
def test_un_telefono_se_reconoce_como_se_escriba(texto: str) -> None:
    consulta = reconocer(texto)

    assert consulta.telefono == "+56986230047"
    assert consulta.sugiere_telefono


def test_nombre_y_documento_pueden_venir_juntos() -> None:
    consulta = reconocer("Ana María Rojas 12.345.678-5")

    assert consulta.nombre == "Ana María Rojas"
    assert consulta.run == "12345678-5"


@pytest.mark.parametrize(
    ("texto", "folio"),
    [
        ("P-2026-000012", "P-2026-000012"),
        ("p 2026 12", "P-2026-000012"),
        ("p2026000012", "P-2026-000012"),
    ],
)
def test_un_folio_de_persona(texto: str, folio: str) -> None:
    assert reconocer(texto).folio_persona == folio


@pytest.mark.parametrize(
    "texto", ["om-2026-000123", "om2026000123", "OM 2026 123", "om-2026000123"]
)
def test_un_folio_de_caso(texto: str) -> None:
    assert reconocer(texto).folio_caso == "OM-2026-000123"


@pytest.mark.parametrize("texto", ["P2026123", "P 5802129", "AP2026000012"])
def test_un_pasaporte_que_parece_un_folio_no_lo_es(texto: str) -> None:
    assert reconocer(texto).folio_persona == ""


def test_un_correo() -> None:
    consulta = reconocer("marie@correo.example")

    assert consulta.correo == "marie@correo.example"
    assert consulta.nombre == ""


def test_un_nombre_es_un_nombre() -> None:
    consulta = reconocer("  Jean   Louis ")

    assert (consulta.nombre, consulta.numero, consulta.telefono) == ("Jean Louis", "", "")


@pytest.mark.parametrize("texto", ["", "   "])
def test_nada_no_busca_nada(texto: str) -> None:
    assert reconocer(texto).vacia
