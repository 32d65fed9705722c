"""The network of the demonstration is told by the services' own actions, and once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from tests.unit.casos.derivaciones.casos_app import Casos, levantar
from tests.unit.conftest import Oficina

from acogida import directorio
from casos.red.models import ContactoRed, Horario, Sede, ServicioRed
from casos.red.propuestas.models import PropuestaRed
from oficina.actor import Actor


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with its network."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        yield made


def test_the_demonstration_has_places_hours_and_a_proposal_once(casos: Casos) -> None:
    tablas = (Sede, Horario, ContactoRed, PropuestaRed)

    def contadas() -> list[int]:
        with casos.db.read() as session:
            cuenta = [session.scalar(select(func.count()).select_from(una)) for una in tablas]
        return [uno or 0 for uno in cuenta]

    with casos.app.test_request_context():
        directorio.preparar(casos.db, Actor.sistema("casos"))
        una_vez = contadas()
        directorio.preparar(casos.db, Actor.sistema("casos"))

    assert min(una_vez) > 0
    assert contadas() == una_vez
    with casos.db.read() as session:
        consulta = select(ServicioRed).where(ServicioRed.verificado_el.is_not(None))
        assert {uno.codigo for uno in session.scalars(consulta)} >= {"OMIL.EMPLEO", "SJM.LEGAL"}
