"""The projection and the reports keep their word on both databases."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest

from columns import COLUMNS
from oficina.actor import Actor
from oficina.db import Database
from reportes import actions, queries
from reportes.meses import Mes
from reportes.models import Fuente
from reportes.states import Alcance, EstadoInforme

CINCO = Mes(2024, 5)
QUIEN = Actor.sistema("reportes")


@pytest.fixture(params=COLUMNS)
def db(request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database]) -> Database:
    """An empty database of reportes."""
    database = fresh_db(request.param, "reportes")
    with database.begin() as session:
        actions.asegurar_fuente(session, "casos")
        actions.asegurar_fuente(session, "casos")
    return database


def _hecho(*, clase: str = "atencion", persona: str | None = None, **datos: Any) -> dict[str, Any]:
    return {
        "id": uuid4(),
        "clase": clase,
        "fecha": date(2024, 5, 2),
        "mes": "2024-05",
        "nacionalidad": "HTI",
        "tramo_edad": "18-29",
        "sexo": None,
        "tema": "SOC",
        "linea": "L6",
        "canal": None,
        "institucion": None,
        "resultado": None,
        "grado_evidencia": None,
        "unidad": None,
        "origen": "oficina",
        "persona": persona,
        "vigente": True,
        **datos,
    }


def _guardar(db: Database, hechos: list[dict[str, Any]], cursor: str) -> bool:
    fuente = _fuente(db)
    with db.begin() as session:
        return actions.guardar_pagina(session, fuente, hechos, cursor)


def _fuente(db: Database) -> Fuente:
    with db.read() as session:
        return session.get_one(Fuente, "casos")


def test_una_pagina_se_escribe_sobre_lo_que_habia(db: Database) -> None:
    uno, otro = _hecho(persona="a"), _hecho(persona="a")
    derivada = _hecho(clase="derivacion", institucion="CAJ", resultado="enviada")
    assert _guardar(db, [uno, otro, derivada], "1")

    assert _guardar(db, [{**uno, "nacionalidad": "VEN"}, {**otro, "vigente": False}], "2")

    with db.read() as session:
        (mes,) = queries.meses(session)
        tablas = queries.figuras(session, CINCO, Alcance.INTERNO).tablas
    assert (mes.atenciones, mes.personas, mes.derivaciones) == (1, 1, 1)
    assert tablas["atenciones_por_nacionalidad"].valores == {("VEN",): 1, ("*",): 1}
    assert tablas["derivaciones_por_evidencia"].valor(("enviada", "-")) == 1


def test_de_dos_lecturas_iguales_se_escribe_una(db: Database) -> None:
    vieja = _fuente(db)
    with db.begin() as session:
        assert actions.guardar_pagina(session, vieja, [_hecho()], "1")
    with db.begin() as session:
        assert not actions.guardar_pagina(session, vieja, [_hecho()], "1")

    assert _fuente(db).revision == 1


def test_reconstruir_bota_al_final_lo_que_no_volvio(db: Database) -> None:
    se_queda, se_va = _hecho(), _hecho()
    _guardar(db, [se_queda, se_va], "1")
    with db.begin() as session:
        actions.reconstruir(session)

    _guardar(db, [se_queda], "1")
    fuente = _fuente(db)
    with db.begin() as session:
        actions.cerrar_lectura(session, fuente, fuente.pedidos)

    with db.read() as session:
        assert queries.meses(session)[0].atenciones == 1
    assert not _fuente(db).reconstruyendo


def test_un_informe_lo_hace_uno_y_queda_guardado(db: Database) -> None:
    _guardar(db, [_hecho()], "1")
    with db.begin() as session:
        informe_id = actions.pedir_informe(session, CINCO, Alcance.INTERNO, QUIEN).id
    with db.begin() as session:
        assert actions.tomar_informe(session, informe_id) is not None
    with db.begin() as session:
        assert actions.tomar_informe(session, informe_id) is None, "somebody is on it"

    with db.begin() as session:
        actions.entregar_informe(session, informe_id, b"%PDF-1", 1)
    with db.begin() as session:
        actions.entregar_informe(session, informe_id, b"%PDF-2", 1)

    assert _archivo(db, informe_id) == b"%PDF-1"


def _archivo(db: Database, informe_id: UUID) -> bytes:
    with db.read() as session:
        informe, pdf = queries.archivo(session, informe_id)
    assert informe.estado is EstadoInforme.LISTO
    return pdf


def test_las_etiquetas_se_toman_como_las_dice_su_dueno(db: Database) -> None:
    for texto in ("Ayuda", "Ayuda social"):
        with db.begin() as session:
            actions.guardar_etiquetas(
                session,
                [{"dimension": "tema", "codigo": "SOC", "idioma": "es", "texto": texto}],
            )

    with db.read() as session:
        assert queries.etiquetas(session, "en") == {("tema", "SOC"): "Ayuda social"}
