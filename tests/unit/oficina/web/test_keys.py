"""What can be a key, who may send one, and what a reading costs that is given again."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, event, select
from tests.unit.casos.derivaciones.casos_app import Casos, levantar

from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.states import Estado
from oficina.audit import Auditoria
from oficina.clock import real_now
from oficina.db import uuid7
from oficina.web.idempotency import HEADER
from oficina.web.kept_answers import BATCH, LIFE, KeptAnswer, olvidar_respuestas
from oficina.web.repeats import REPLAYED, WITHHELD

NUEVA = {"nombres": "Marie-Ange", "primer_apellido": "Inventada"}


@pytest.fixture
def casos(oficina: Any) -> Any:
    """casos beside identidad, with one case."""
    with levantar(oficina) as made:
        yield made


@pytest.mark.parametrize("clave", ["", "con espacio", "ñandú", "x" * 256])
def test_what_is_no_key_is_said_so(casos: Casos, clave: str) -> None:
    answer = casos.api("recepcion", "POST", "/personas", NUEVA, **{HEADER: clave})

    assert answer.status_code == 400
    assert answer.json["title"] == "La clave de idempotencia no es válida"


def test_a_key_opens_no_door(casos: Casos) -> None:
    made = casos.api("recepcion", "POST", "/personas", NUEVA, **{HEADER: "k"})
    nobody = casos.app.test_client().post(
        "/casos/api/v1/personas", json=NUEVA, headers={HEADER: "k"}
    )
    without = casos.api("administrador", "POST", "/personas", NUEVA, **{HEADER: "k"})

    assert made.status_code == 201
    assert (nobody.status_code, without.status_code) == (401, 403)
    assert REPLAYED not in nobody.headers


def test_an_institution_answers_once_however_often_it_sends(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    path = f"/casos/api/v1/enlace/{casos.enlace(derivacion_id)}/aceptar"
    browser = casos.app.test_client()

    first = browser.post(path, json={}, headers={HEADER: "k"})
    again = browser.post(path, json={}, headers={HEADER: "k"})
    other = browser.post(path, json={"texto": "otra cosa"}, headers={HEADER: "k"})

    assert (first.status_code, again.status_code, other.status_code) == (200, 200, 422)
    # What was shared is not kept: whether it may still be seen is asked of the link itself.
    assert first.json["paquete"] is not None
    assert again.json == first.json | {"paquete": None}
    assert again.headers[WITHHELD] == "paquete"
    with casos.db.read() as session:
        answers = session.scalars(
            select(RespuestaDerivacion).where(RespuestaDerivacion.derivacion_id == derivacion_id)
        ).all()
        read_again = session.scalars(
            select(Auditoria).where(Auditoria.accion == "casos.respuesta.repetir")
        ).one()
        first_row = session.scalars(
            select(Auditoria).where(Auditoria.accion == "casos.enlace.leer")
        ).one()
    assert len(answers) == 1
    assert (read_again.actor_id, read_again.recurso_id) == (
        first_row.actor_id,
        first_row.recurso_id,
    )


def test_a_step_that_waits_for_its_version_keeps_its_key(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    path = f"/derivaciones/{derivacion_id}/recibir"
    datos = {"canal": "telefono"}

    def send(version: int) -> Any:
        headers = {HEADER: "k", "If-Match": f'"{version}"'}
        return casos.api("profesional", "POST", path, datos, **headers)

    version = casos.mundo.derivacion(derivacion_id).version
    stale, first, late = send(version + 7), send(version), send(version + 7)

    assert (stale.status_code, first.status_code, late.status_code) == (412, 200, 200)
    assert late.data == first.data
    assert UUID(late.json["id"]) == derivacion_id


def test_of_who_is_erased_every_kept_answer_goes_and_they_are_read_some_at_a_time(
    casos: Casos,
) -> None:
    suya = uuid7()
    manana, ayer = real_now() + LIFE, real_now() - LIFE
    cuales = {1, BATCH, 2 * BATCH}
    asked: list[str] = []
    with casos.db.begin() as session:
        session.execute(delete(KeptAnswer))
        session.add_all(
            KeptAnswer(
                clave=f"{number:064d}",
                cuerpo="",
                respuesta=f'{{"id": "{suya if number in cuales else number}"}}',
                vence_en=manana,
            )
            for number in range(2 * BATCH + 1)
        )
        vieja = KeptAnswer(clave="v" * 64, cuerpo="", respuesta=str(suya), vence_en=ayer)
        session.add(vieja)

    with casos.db.begin() as session:
        connection = session.connection()
        event.listen(
            connection, "before_cursor_execute", lambda _c, _k, sql, *_rest: asked.append(sql)
        )
        assert olvidar_respuestas(session, [uuid7(), suya]) == len(cuales)

    with casos.db.read() as session:
        quedan = session.execute(select(KeptAnswer.clave, KeptAnswer.respuesta)).all()
    assert not [una for una in quedan if str(suya) in una.respuesta]
    assert {int(una.clave) for una in quedan if '"status": 410' in una.respuesta} == cuales
    assert len(quedan) == 2 * BATCH + 1
    reads = [sql for sql in asked if sql.startswith("SELECT")]
    assert len(reads) == 3
    assert all("LIMIT" in sql for sql in reads)
    with casos.db.begin() as session:
        session.execute(delete(KeptAnswer))
