"""Documents and names as several hands type them. The numbers are made up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casos.importacion import celdas
from oficina.identity_docs import DocumentoInvalido, TipoDocumento

RUN = TipoDocumento.RUN_CEDULA_EXTRANJERO


@pytest.mark.parametrize(
    ("escrito", "tipo", "numero"),
    [
        ("12.531.909-2", RUN, "12531909-2"),
        ("12531909-2", RUN, "12531909-2"),
        ("12531909 - 2", RUN, "12531909-2"),
        ("125319092", RUN, "12531909-2"),
        ("rut 12.531.909-2", RUN, "12531909-2"),
        ("RUN: 125319092", RUN, "12531909-2"),
        ("C.I. 12.531.909-2", RUN, "12531909-2"),
        ("IPE 100.000.000-7", TipoDocumento.IPE, "100000000-7"),
        ("1000000007", TipoDocumento.IPE, "100000000-7"),
        ("pas. P25830410", TipoDocumento.PASAPORTE, "P25830410"),
        ("Pasaporte N° P25830410", TipoDocumento.PASAPORTE, "P25830410"),
        ("P-258.304.10", TipoDocumento.PASAPORTE, "P25830410"),
        ("DNI 39854318", TipoDocumento.DNI_CEDULA_ORIGEN, "39854318"),
        ("39854318", TipoDocumento.DNI_CEDULA_ORIGEN, "39854318"),
        ("cédula 39854318", TipoDocumento.DNI_CEDULA_ORIGEN, "39854318"),
    ],
)
def test_un_documento_como_sea_que_lo_escriban(
    escrito: str, tipo: TipoDocumento, numero: str
) -> None:
    leido = celdas.leer_documento(escrito, "PER")

    assert leido is not None
    assert leido.probado
    assert (leido.documento.tipo, leido.documento.numero) == (tipo, numero)


@pytest.mark.parametrize(
    "escrito",
    [
        "",
        "s/d",
        "S/D",
        "sin documento",
        "Indocumentado",
        "no tiene",
        "sin RUT",
        "-",
        "RUT en trámite",
    ],
)
def test_sin_documento(escrito: str) -> None:
    assert celdas.leer_documento(escrito, "PER") is None


@pytest.mark.parametrize("escrito", ["12.531.909-3", "125319093", "rut 12531909-K"])
def test_un_digito_verificador_ajeno_no_se_acepta(escrito: str) -> None:
    with pytest.raises(DocumentoInvalido) as caught:
        celdas.leer_documento(escrito, "PER")

    assert celdas.es_digito_ajeno(caught.value)
    assert not celdas.documento_dudoso(escrito).probado


@pytest.mark.parametrize("escrito", ["11.111.111-1", "123", "00000000", "pas. 0000"])
def test_lo_que_se_escribe_por_llenar_la_celda_no_identifica_a_nadie(escrito: str) -> None:
    leido = celdas.leer_documento(escrito, "PER")

    assert leido is not None
    assert not leido.probado


def test_ocho_digitos_sin_guion_son_un_run_solo_de_un_chileno() -> None:
    chileno = celdas.leer_documento("50000001", "CHL")
    extranjero = celdas.leer_documento("50000001", "PER")

    assert chileno is not None
    assert extranjero is not None
    assert chileno.documento.tipo is TipoDocumento.RUN_CEDULA_CHILENA
    assert extranjero.documento.tipo is TipoDocumento.DNI_CEDULA_ORIGEN


@given(st.text(max_size=40), st.sampled_from([None, "CHL", "PER"]))
def test_ningun_texto_rompe_la_lectura(escrito: str, nacionalidad: str | None) -> None:
    try:
        celdas.leer_documento(escrito, nacionalidad)
    except DocumentoInvalido:
        celdas.documento_dudoso(escrito)


@pytest.mark.parametrize(
    ("nombre", "partes"),
    [
        ("Ana Pérez Rojas", ("Ana", "Pérez", "Rojas")),
        ("Pérez Rojas Ana", ("Ana", "Pérez", "Rojas")),
        ("Flor de María Yépez Rojas", ("Flor de María", "Yépez", "Rojas")),
        ("Darwin De la Cruz", ("Darwin", "De la Cruz", "")),
        ("Wilner Joseph St Fleur", ("Wilner", "Joseph", "St Fleur")),
        ("Xiomary Quispe Mamani", ("Xiomary", "Quispe", "Mamani")),
        ("Xiomary Yaneth Quispe Mamani", ("Xiomary Yaneth", "Quispe", "Mamani")),
        ("Ana", ("Ana", "", "")),
        ("Ana María", ("Ana", "María", "")),
        ("", ("", "", "")),
    ],
)
def test_un_nombre_se_parte_por_lo_que_se_sabe(nombre: str, partes: tuple[str, ...]) -> None:
    assert celdas.partir_nombre(nombre) == partes


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_al_partir_un_nombre_no_se_pierde_ninguna_palabra(nombre: str) -> None:
    partes = " ".join(celdas.partir_nombre(nombre)).split()

    assert sorted(partes) == sorted(nombre.split())


def test_las_mayusculas_de_un_nombre() -> None:
    assert celdas.con_mayusculas("JEAN-LOUIS D'ANGELO") == "Jean-Louis D'Angelo"
    assert celdas.con_mayusculas("ana ñáñez") == "Ana Ñáñez"
    assert celdas.con_mayusculas("Ana de la Cruz") == "Ana de la Cruz"
