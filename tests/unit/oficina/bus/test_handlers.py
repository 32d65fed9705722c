"""Who hears what."""

import pytest
from sqlalchemy.orm import Session

from oficina.bus.inbox import Handlers, Sobre
from oficina.events import Evento
from oficina.events.casos import CasoAbierto, CasoCerrado, CasoReabierto


def _ignore(_session: Session, _hecho: Evento, _sobre: Sobre) -> None:
    """Does nothing."""


@pytest.mark.parametrize(
    ("pattern", "key", "heard"),
    [
        ("casos.#", "casos.caso.abierto", True),
        ("#", "agenda.cita.agendada", True),
        ("casos.*.vencida", "casos.derivacion.vencida", True),
        ("casos.*", "casos.caso.abierto", False),
        ("casos.caso.abierto.#", "casos.caso.abierto", True),
        ("*.caso.#", "casos.derivacion.enviada", False),
        ("casos.caso.abierto", "casos.caso.abierto_mal", False),
    ],
)
def test_patterns_are_those_of_a_topic_exchange(pattern: str, key: str, *, heard: bool) -> None:
    handlers = Handlers("reportes")
    handlers.on_pattern(pattern)(_ignore)

    assert bool(handlers.matching(f"cl.acogida.{key}.v1", key)) is heard
    assert handlers.binding_keys() == [pattern]


def test_a_handler_of_several_kinds_hears_each_in_its_version_only() -> None:
    handlers = Handlers("agenda")
    handlers.on(CasoAbierto, CasoReabierto)(_ignore)

    assert handlers.binding_keys() == ["casos.caso.abierto", "casos.caso.reabierto"]
    assert list(handlers.matching(CasoAbierto.ce_type(), CasoAbierto.tipo)) == [_ignore]
    assert not handlers.matching(CasoCerrado.ce_type(), CasoCerrado.tipo)
    assert not handlers.matching("cl.acogida.casos.caso.abierto.v2", "casos.caso.abierto")
