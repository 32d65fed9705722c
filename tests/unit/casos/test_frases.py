"""What the program writes where people write is kept in Spanish and read in anybody's language."""

from collections.abc import Iterator

import pytest
from flask_babel import force_locale
from tests.unit.casos.conftest import Ventanilla

from casos import etiquetas, frases
from casos.frases import escrita, leida
from oficina.identity_docs import TipoDocumento

TODAS = sorted(
    valor for nombre, valor in vars(frases).items() if nombre.isupper() and isinstance(valor, str)
)
EN = {
    "Seguimiento a 30 días de la mediación MD-1": "30-day follow-up of mediation MD-1",
    "La reemplaza la versión 3.": "Version 3 replaces it.",
    "La persona": "The person",
    "un archivo": "a file",
}


@pytest.fixture
def en_ingles(ventanilla: Ventanilla) -> Iterator[None]:
    with ventanilla.app.test_request_context("/"), force_locale("en"):
        yield


@pytest.mark.usefixtures("en_ingles")
@pytest.mark.parametrize(("guardada", "dicha"), EN.items())
def test_se_lee_en_el_idioma_de_quien_lee(guardada: str, dicha: str) -> None:
    assert leida(guardada) == dicha
    with force_locale("es"):
        assert leida(guardada) == guardada


@pytest.mark.usefixtures("en_ingles")
def test_cada_frase_que_se_guarda_se_reconoce() -> None:
    assert len(TODAS) >= len(EN)
    for frase in TODAS:
        guardada = escrita(frase, dias=30, folio="MD-1", cual="RUN", dia="10-02-2027", n=2)
        assert leida(guardada) != guardada, frase


@pytest.mark.usefixtures("en_ingles")
def test_tambien_lo_que_una_frase_nombra() -> None:
    with force_locale("es"):
        guardada = escrita(
            frases.DOCUMENTO_POR_VENCER,
            cual=etiquetas.etiqueta(TipoDocumento.PASAPORTE),
            dia="10-02-2027",
        )
    assert "Passport" in leida(guardada)
    assert "10-02-2027" in leida(guardada)


@pytest.mark.usefixtures("en_ingles")
def test_lo_que_alguien_escribio_se_lee_como_lo_escribio() -> None:
    for texto in ("", "La persona vino", "Pedir la hora", "Seguimiento a 30 días"):
        assert leida(texto) == texto
