"""What somebody reaches is put together once, and is nobody else's."""

from dataclasses import replace
from uuid import uuid4

from casos.alcance import Alcance, Nivel


def test_lo_que_alguien_alcanza_se_arma_una_vez_y_no_es_lo_de_otro() -> None:
    suyo = Alcance(uuid4(), "migracion", frozenset({Nivel.EQUIPO}))
    assert replace(suyo).personas() is suyo.personas()
    for otro in (
        replace(suyo, quien=uuid4()),
        replace(suyo, unidad="salud"),
        replace(suyo, niveles=frozenset({Nivel.OFICINA})),
        replace(suyo, con_bloqueados=True),
    ):
        assert otro.casos() is not suyo.casos()
        assert otro.personas() is not suyo.personas()
