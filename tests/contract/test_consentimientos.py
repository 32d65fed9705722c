"""A sending and a withdrawal at the same moment: nothing leaves that nobody may use, on either."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.consentimientos.test_retiro import DECIDIDO
from tests.unit.casos.derivaciones.mundo import LUNES, PROFESIONAL, Mundo, crear_mundo, usar_claves

from casos.consentimientos.retiro import retirar
from casos.derivaciones.states import Accion, Estado
from casos.red.actions import sembrar
from columns import COLUMNS
from oficina.bus.tables import Outbox
from oficina.db import Database
from oficina.errors import DomainError

VUELTAS = 8


@pytest.fixture(params=COLUMNS)
def mundo(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Mundo:
    """A case that admits derivations, in each kind of database."""
    usar_claves(tmp_path)
    db = fresh_db(request.param, "casos")
    with db.begin() as session:
        sembrar(session, demo=True)
    return crear_mundo(db)


def _hecho(mundo: Mundo, derivacion_id: UUID) -> list[str]:
    with mundo.db.read() as session:
        consulta = select(Outbox.tipo).where(Outbox.agregado == f"derivacion/{derivacion_id}")
        ordenados = session.scalars(consulta.order_by(Outbox.secuencia))
        return [tipo.rpartition(".")[2] for tipo in ordenados]


def test_lo_que_se_envia_mientras_se_retira_se_anula_o_no_sale(mundo: Mundo) -> None:
    for _vuelta in range(VUELTAS):
        derivacion_id = mundo.preparar(mundo.pedido("SJM.LEGAL", consentida=True))
        consentimiento_id = mundo.derivacion(derivacion_id).consentimiento_id

        def enviar(cual: UUID = derivacion_id) -> bool:
            try:
                mundo.hacer(cual, Accion.ENVIAR)
            except DomainError:
                return False
            return True

        def quitar(cual: UUID = consentimiento_id) -> bool:
            with mundo.db.begin() as session:
                retirar(session, cual, DECIDIDO, PROFESIONAL, LUNES)
            return True

        with ThreadPoolExecutor(2) as manos:
            enviada, retirada = (hecho.result() for hecho in map(manos.submit, (enviar, quitar)))

        assert retirada
        assert mundo.derivacion(derivacion_id).estado is Estado.ANULADA
        contado = _hecho(mundo, derivacion_id)
        assert contado == (["enviada", "datos_retirados", "anulada"] if enviada else [])


def test_de_dos_retiros_a_la_vez_vale_uno(mundo: Mundo) -> None:
    derivacion_id = mundo.preparar(mundo.pedido("SJM.LEGAL", consentida=True))
    consentimiento_id = mundo.derivacion(derivacion_id).consentimiento_id
    mundo.hacer(derivacion_id, Accion.ENVIAR)

    def quitar(_numero: int) -> bool:
        try:
            with mundo.db.begin() as session:
                retirar(session, consentimiento_id, DECIDIDO, PROFESIONAL, LUNES)
        except DomainError:
            return False
        return True

    with ThreadPoolExecutor(4) as manos:
        assert list(manos.map(quitar, range(4))).count(True) == 1
    assert _hecho(mundo, derivacion_id).count("datos_retirados") == 1
