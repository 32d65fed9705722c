"""A file that does not say its encoding is read as what wrote it, or what is odd in it is told."""

import pytest

from oficina import codificacion
from oficina.codificacion import DOS, WINDOWS

DE_AQUI = (
    "José Ñuñez;ñandú;Ángela Muñoz\r\n",
    "María;Sánchez\r\n",
    "RAMÓN PÉREZ;PEÑA\r\n",
    "Mairie;le café est là, Hélène\r\n",
    "Òganizasyon;fè yon travay\r\n",
    "João;não é São Paulo\r\n",
    "¡Hola! ¿Vendrá el 5º día, Müller?\r\n",
)


@pytest.mark.parametrize("texto", DE_AQUI)
@pytest.mark.parametrize("codificada", [WINDOWS, DOS])
def test_lo_que_se_escribe_aqui_se_lee_como_se_escribio(texto: str, codificada: str) -> None:
    leido = codificacion.leer(texto.encode(codificada))

    assert (leido.texto, leido.adivinada, leido.raros) == (texto, codificada, "")


@pytest.mark.parametrize(
    "texto",
    [
        "¡Hola!",
        "Nº 5, 3 °C, 12 m²",
        "O´Higgins…",
        "«sí» – “no”",
        "1\N{NO-BREAK SPACE}234 €",
        "• José",
        "Sørensen",
        "Österreich",
    ],
)
def test_lo_que_windows_escribe_no_se_toma_por_lo_antiguo(texto: str) -> None:
    leido = codificacion.leer(texto.encode(WINDOWS))

    assert (leido.texto, leido.adivinada, leido.raros) == (texto, WINDOWS, "")


def test_unas_letras_raras_no_deciden_por_todo_el_archivo() -> None:
    texto = "José;Ñuñez;Ángela\r\n" * 5 + "£ 100 y ¤\r\n"

    leido = codificacion.leer(texto.encode(WINDOWS))

    assert (leido.texto, leido.adivinada, leido.raros) == (texto, WINDOWS, "£¤")


@pytest.mark.parametrize("codificada", ["utf-8", "utf-8-sig", "utf-16"])
def test_lo_que_se_sabe_no_se_adivina(codificada: str) -> None:
    leido = codificacion.leer("ñandú;Мария;李".encode(codificada))

    assert (leido.texto, leido.adivinada, leido.raros) == ("ñandú;Мария;李", None, "")


def test_lo_que_otro_programa_ya_perdio_se_dice() -> None:
    assert codificacion.leer("Mu�oz".encode()).raros == "�"
