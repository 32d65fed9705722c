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
    assert {"jean", "louis", "jeanlouis"} <= tokens("Jean Louis", None, "Pierre")


def test_lo_que_no_es_letra_ni_cifra_separa() -> None:
    assert palabras("  Rosa/Elvira—Quispe ") == ["rosa", "elvira", "quispe"]
