"""RUN, provisional and foreign documents. The numbers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oficina.identity_docs import (
    AvisoDocumento,
    DocumentoInvalido,
    MotivoInvalido,
    TipoDocumento,
    digito_verificador,
    normalizar,
    normalizar_run,
    presentar_run,
)

CEDULA = TipoDocumento.RUN_CEDULA_EXTRANJERO
CUERPOS = st.integers(1_000_000, 99_999_999).map(str)


@pytest.mark.parametrize(
    "typed",
    [
        "12.531.909-2",
        "12531909-2",
        "125319092",
        " 12 531 909 2 ",
        "RUN 12.531.909-2",
        "012531909-2",
    ],
)
def test_un_run_se_lee_como_sea_que_lo_escriban(typed: str) -> None:
    assert normalizar_run(typed) == "12531909-2"


@given(CUERPOS)
def test_todo_run_correcto_vuelve_a_si_mismo(cuerpo: str) -> None:
    run = f"{cuerpo}-{digito_verificador(cuerpo)}"

    assert normalizar_run(presentar_run(run).lower()) == run
    assert normalizar(CEDULA, run).presentacion == presentar_run(run)


@given(CUERPOS, st.sampled_from("0123456789K"))
def test_un_digito_verificador_ajeno_se_rechaza(cuerpo: str, digito: str) -> None:
    if digito == digito_verificador(cuerpo):
        return
    with pytest.raises(DocumentoInvalido) as caught:
        normalizar(CEDULA, f"{cuerpo}-{digito}")
    assert caught.value.motivo is MotivoInvalido.DIGITO_VERIFICADOR


@pytest.mark.parametrize(
    ("typed", "motivo"),
    [
        ("", MotivoInvalido.VACIO),
        (" .- ", MotivoInvalido.VACIO),
        ("12A31909-2", MotivoInvalido.FORMA),
        ("123", MotivoInvalido.FORMA),
        ("100.948.004-4", MotivoInvalido.FORMA),
    ],
)
def test_lo_que_no_puede_ser_un_run(typed: str, motivo: MotivoInvalido) -> None:
    with pytest.raises(DocumentoInvalido) as caught:
        normalizar_run(typed)
    assert caught.value.motivo is motivo
    assert not typed.strip(" .-") or typed not in str(caught.value)


def test_nueve_digitos_son_un_identificador_provisorio_y_se_avisa() -> None:
    documento = normalizar(CEDULA, "100.000.000-8")

    assert documento.tipo is TipoDocumento.IPE
    assert documento.numero == "100000000-8"
    assert documento.aviso is not None


def test_un_ipe_con_otro_digito_se_avisa_y_no_se_rechaza() -> None:
    digit = digito_verificador("100948004")
    wrong = "1" if digit != "1" else "2"

    assert normalizar(TipoDocumento.IPE, f"IPE 100.948.004-{digit}").aviso is None
    assert (
        normalizar(TipoDocumento.IPE, f"100.948.004-{wrong}").aviso
        is AvisoDocumento.DIGITO_VERIFICADOR
    )
    assert normalizar(TipoDocumento.IPE, "AB-1").aviso is AvisoDocumento.FORMA_DESCONOCIDA


def test_un_pasaporte_se_guarda_sin_puntuacion() -> None:
    documento = normalizar(TipoDocumento.PASAPORTE, " b-725 904.65 ", "VEN")

    assert (documento.numero, documento.pais) == ("B72590465", "VEN")


def test_sin_documento_no_tiene_numero() -> None:
    assert normalizar(TipoDocumento.SIN_DOCUMENTO, "lo que sea").numero == ""


@pytest.mark.parametrize("tipo", [TipoDocumento.PASAPORTE, TipoDocumento.IPE, CEDULA])
def test_un_documento_vacio_no_es_un_documento(tipo: TipoDocumento) -> None:
    with pytest.raises(DocumentoInvalido):
        normalizar(tipo, " - ")


@given(st.sampled_from(list(TipoDocumento)), st.text(max_size=30))
def test_ningun_texto_rompe_la_lectura(tipo: TipoDocumento, numero: str) -> None:
    try:
        documento = normalizar(tipo, numero)
    except DocumentoInvalido:
        return
    assert normalizar(documento.tipo, documento.numero).numero == documento.numero
