"""One table of periods says all: each class has who forgets it, and whoever forgets a class."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from oficina.clock import real_now
from oficina.retencion import Accion, periodos
from oficina.settings import SERVICES, Settings

SOLAS = {Accion.BORRAR, Accion.ANONIMIZAR, Accion.PROPONER}


@pytest.mark.parametrize("servicio", SERVICES)
def test_each_service_forgets_the_classes_that_the_table_gives_it(servicio: str) -> None:
    clases = periodos().clases.values()
    wanted = {one.clase for one in clases if one.servicio == servicio and one.accion in SOLAS}

    found = import_module(f"{servicio}.retencion").retencion

    assert found.vencidos.keys() == wanted
    # And daily, where there is anything to do.
    tasks = import_module(f"{servicio}.tasks").jobs.tasks
    assert ("olvidar_lo_vencido" in tasks) == bool(wanted)


def test_every_period_has_its_days_its_source_and_both_languages() -> None:
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", periodos().version)
    for one in periodos().clases.values():
        assert one.fuente
        assert one.que.keys() == one.desde.keys() == {"es", "en"}
        assert one.servicio in {*SERVICES, "todos"}
        assert (one.en_dias(Settings()) is None) == (one.accion is Accion.CONSERVAR)
        if one.accion in SOLAS:
            assert one.limite(real_now()) < real_now()


def test_what_the_installation_decides_is_said_as_it_is() -> None:
    settings = Settings(outbox_dias=7, inbox_dias=3)

    assert periodos().clases["todos.outbox"].en_dias(settings) == 7
    assert periodos().clases["todos.inbox"].en_dias(settings) == 3


def test_the_manual_says_every_period() -> None:
    manual = (Path(__file__).parents[3] / "docs" / "operacion.md").read_text(encoding="utf-8")
    rows = [
        f"| {one.que['es']} | {one.dias or one.ajuste or 'sin término'} | {one.accion} |"
        for one in periodos().clases.values()
    ]
    missing = [row for row in rows if row not in manual]
    assert not missing, "\n".join(rows)
