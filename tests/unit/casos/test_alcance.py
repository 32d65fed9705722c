"""What somebody reaches is put together once, and is nobody else's."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from casos.alcance import Alcance, Nivel
from oficina.clock import real_now


def test_lo_que_alguien_alcanza_se_arma_una_vez_y_no_es_lo_de_otro() -> None:
    suyo = Alcance(uuid4(), "migracion", frozenset({Nivel.EQUIPO}), real_now())
    mas_tarde = suyo.real + timedelta(hours=1)
    despues = replace(suyo, real=mas_tarde)
    assert despues.personas() is suyo.personas()
    # An exceptional access ends: how far somebody reads is asked anew.
    assert mas_tarde in despues.lectura().compile().params.values()
    for otro in (
        replace(suyo, quien=uuid4()),
        replace(suyo, unidad="salud"),
        replace(suyo, niveles=frozenset({Nivel.OFICINA})),
        replace(suyo, con_bloqueados=True),
    ):
        assert otro.casos() is not suyo.casos()
        assert otro.personas() is not suyo.personas()
