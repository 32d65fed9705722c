"""Names are compared whatever hand wrote them."""

import pytest

from casos.personas.nombres import clave, palabras, palabras_propias, tokens


@pytest.mark.parametrize(
    ("una", "otra"),
    [
        ("Jean-Louis Pierre", "PIERRE jean louis"),
        ("JEANLOUIS Pierre", "Jean Louis Pierre"),
        ("José de la Cruz", "jose DELA cruz".replace("DELA", "de la")),
        ("Ñáñez Muñoz Kevin", "kevin nanez munoz"),
        ("D'Angelo Wilmer", "Wilmer D’ANGELO"),
    ],
)
def test_dos_escrituras_de_un_nombre_tienen_la_misma_clave(una: str, otra: str) -> None:
    assert clave(una) == clave(otra)


def test_otro_nombre_tiene_otra_clave() -> None:
    assert clave("Ana Rojas") != clave("Ana Rosas")


def test_las_particulas_no_cuentan_salvo_que_no_haya_mas() -> None:
    assert palabras_propias("Flor de María") == ["flor", "maria"]
    assert palabras_propias("de la") == ["de", "la"]


def test_los_tokens_juntan_palabras_vecinas() -> None:
    assert {"jean", "louis", "jeanlouis"} <= tokens("Jean Louis Pierre")


def test_los_tokens_juntan_cada_dos_palabras_de_todos_los_nombres() -> None:
    pares = {token for token in tokens("Jean Louis Pierre", "Ana") if token.startswith("+")}
    assert {"+jean louis", "+jean pierre", "+louis pierre", "+ana jean", "+ana louis"} <= pares
    assert len(pares) == 12, "each two of four words, and each two of their sounds"
    assert "louisana" not in tokens("Jean Louis", "Ana"), "two names are not one"


def test_de_quien_tiene_nombres_sin_fin_se_juntan_los_primeros() -> None:
    letras = "abcdefghijklmnopqrstuvwx"
    muchas = [una + otra for una in letras for otra in letras]
    assert len(tokens("Ana Rojas", *muchas)) < 1500
    assert "+ana rojas" in tokens("Ana Rojas", *muchas)


def test_lo_que_no_es_letra_ni_cifra_separa() -> None:
    assert palabras("  Rosa/Elvira—Quispe ") == ["rosa", "elvira", "quispe"]
