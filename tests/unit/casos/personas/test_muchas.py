"""Where very many have the words that were typed, nobody is told that there is no such person."""

from datetime import UTC, datetime

from tests.unit.casos.conftest import Ventanilla

from casos.personas.actions import sembrar
from casos.personas.por_nombre import RAROS
from casos.personas.schemas import NuevaPersona
from oficina.actor import Actor


def test_a_quien_escribe_comienzos_de_muchos_se_le_pide_mas(ventanilla: Ventanilla) -> None:
    muchas = [
        NuevaPersona(nombres=de_pila, primer_apellido=apellido)
        for de_pila, apellido in (("Ana", "Rojas"), ("José", "Pérez"))
        for _ in range(RAROS)
    ]
    with ventanilla.db.begin() as session:
        sembrar(session, muchas, Actor.sistema("casos"), datetime.now(UTC))
    pagina = ventanilla.enviar("/recepcion", {"q": "an per"}).text
    assert "Muchas personas tienen esas palabras" in pagina
    assert "Nadie coincide" not in pagina
    assert "Nadie coincide" in ventanilla.enviar("/recepcion", {"q": "an zutano"}).text
