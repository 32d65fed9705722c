"""An answer that is given again is asked for anew: who may not see it today does not get it."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, func, select
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.derivaciones.mundo import crear_mundo
from werkzeug.test import TestResponse

from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.states import Accion
from casos.expedientes.models import Caso, Confidencialidad, Hito, MiembroDeCaso
from casos.red.actions import sembrar
from identidad.models import Funcionario
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.web.idempotency import HEADER
from oficina.web.repeats import REPLAYED, WITHHELD

ORIENTACION = {"tema": "SOC", "texto": "Se le explica dónde pedir hora."}
MOTIVO = {"motivo": "Riesgo"}
VERSION = {"If-Match": "*"}


def _asignado(ventanilla: Ventanilla) -> str:
    caso = ventanilla.caso()["id"]
    quien = {"responsable_id": str(ventanilla.funcionario_id("profesional"))}
    hecho = ventanilla.api(
        "POST", f"/casos/{caso}/asignacion", "coordinacion", json=quien, headers=VERSION
    )
    assert hecho.status_code == 200, hecho.text
    return str(caso)


def _orientar(ventanilla: Ventanilla, caso: str, clave: str) -> TestResponse:
    return ventanilla.api(
        "POST",
        f"/casos/{caso}/orientaciones",
        "profesional",
        json=ORIENTACION,
        headers=VERSION | {HEADER: clave},
    )


def _quitar(ventanilla: Ventanilla, caso: str) -> None:
    quien = {"funcionario_id": str(ventanilla.funcionario_id("profesional")), **MOTIVO}
    otra = {"responsable_id": None}
    hecho = ventanilla.api(
        "POST", f"/casos/{caso}/asignacion", "coordinacion", json=otra, headers=VERSION
    )
    assert hecho.status_code == 200, hecho.text
    ventanilla.api("POST", f"/casos/{caso}/equipo/retiros", "coordinacion", json=quien)


def _cuenta(ventanilla: Ventanilla) -> tuple[int, ...]:
    with ventanilla.db.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(tabla)) or 0 for tabla in (Hito, Outbox)
        )


@pytest.mark.parametrize(
    ("confidencialidad", "status"), [(None, 200), ("reservado", 403), ("sellado", 404)]
)
def test_un_caso_que_ya_no_es_de_quien_pregunta_no_se_vuelve_a_mostrar(
    ventanilla: Ventanilla, confidencialidad: str | None, status: int
) -> None:
    caso, clave = _asignado(ventanilla), str(uuid4())
    primera = _orientar(ventanilla, caso, clave)
    if confidencialidad:
        hecho = ventanilla.api(
            "POST",
            f"/casos/{caso}/confidencialidad",
            "coordinacion",
            json=MOTIVO | {"confidencialidad": confidencialidad},
            headers=VERSION,
        )
        assert hecho.status_code < 300, hecho.text
        _quitar(ventanilla, caso)
    antes = _cuenta(ventanilla)

    otra_vez = _orientar(ventanilla, caso, clave)

    assert primera.status_code == 200
    assert otra_vez.status_code == status, otra_vez.text
    assert (REPLAYED in otra_vez.headers) == (status == 200)
    assert (otra_vez.data == primera.data) == (status == 200)
    assert "dónde pedir hora" not in otra_vez.text or status == 200
    # What was rehearsed left nothing.
    assert _cuenta(ventanilla) == antes


def test_lo_que_se_creo_no_se_vuelve_a_dar_a_quien_ya_no_lo_ve(ventanilla: Ventanilla) -> None:
    """The view would make another one, that its maker sees: the first is asked for as well."""
    nueva = {"nombres": "Creada", "primer_apellido": "Repetida", "telefono": "+56 9 0000 0707"}
    de_persona, de_caso = ({HEADER: str(uuid4())} for _ in range(2))
    persona = ventanilla.api("POST", "/personas", json=nueva, headers=de_persona)
    suyo = {"persona_id": persona.json["id"], "tema": "SAL"}  # type: ignore[index]  # it is an object
    caso = ventanilla.api("POST", "/casos", "profesional", json=suyo, headers=de_caso)
    assert caso.status_code == 201, caso.text

    def otra_vez() -> tuple[TestResponse, TestResponse]:
        return (
            ventanilla.api("POST", "/personas", json=nueva, headers=de_persona),
            ventanilla.api("POST", "/casos", "profesional", json=suyo, headers=de_caso),
        )

    assert [una.status_code for una in otra_vez()] == [201, 201]
    with ventanilla.db.begin() as session:
        uno = session.get_one(Caso, UUID(caso.json["id"]))  # type: ignore[index]  # it is an object
        uno.confidencialidad = Confidencialidad.SELLADO
        uno.responsable_id = None
        session.execute(delete(MiembroDeCaso).where(MiembroDeCaso.caso_id == uno.id))
    antes = _cuenta(ventanilla)

    for respuesta in otra_vez():
        assert respuesta.status_code == 404
        assert REPLAYED not in respuesta.headers
    assert _cuenta(ventanilla) == antes


def test_quien_perdio_el_rol_no_recibe_lo_que_hizo_con_el(ventanilla: Ventanilla) -> None:
    caso, clave = _asignado(ventanilla), str(uuid4())
    assert _orientar(ventanilla, caso, clave).status_code == 200
    identidad = ventanilla.oficina.identidad.extensions["env"].db

    def con_roles(*roles: str) -> None:
        with identidad.begin() as session:
            quien = session.get_one(Funcionario, ventanilla.funcionario_id("profesional"))
            quien.roles = list(roles)

    con_roles("analista")
    try:
        ventanilla.oficina.adelantar(ventanilla.app, 60)
        sin_rol = _orientar(ventanilla, caso, clave)
    finally:
        con_roles("profesional")
        ventanilla.oficina.adelantar(ventanilla.app, 0)

    assert sin_rol.status_code == 403
    assert REPLAYED not in sin_rol.headers


def test_lo_ya_hecho_se_da_otra_vez_aunque_hoy_no_se_pueda_hacer(ventanilla: Ventanilla) -> None:
    """A case that was closed meanwhile takes no orientation: the retry still learns of its own."""
    caso, clave = _asignado(ventanilla), str(uuid4())
    primera = _orientar(ventanilla, caso, clave)
    cierre = {"motivo": "resuelto_por_orientacion", "resultado": "logrado"}
    cerrado = ventanilla.api(
        "POST", f"/casos/{caso}/cierre", "profesional", json=cierre, headers=VERSION
    )
    assert cerrado.status_code == 200, cerrado.text

    otra_vez = _orientar(ventanilla, caso, clave)

    assert (otra_vez.status_code, otra_vez.data) == (200, primera.data)
    with ventanilla.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion)
            .where(Auditoria.recurso_id == UUID(caso))
            .order_by(Auditoria.id)
        ).all()
    assert acciones.count("casos.caso.orientar") == 1
    assert acciones[-1] == "casos.respuesta.repetir"


def test_una_unidad_que_repite_su_respuesta_no_recibe_otra_vez_los_datos(
    ventanilla: Ventanilla,
) -> None:
    """Who takes a consent back takes the data from a kept answer, too."""
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
    mundo = crear_mundo(ventanilla.db)
    derivacion = mundo.preparar(mundo.pedido("DIDECO.SOCIAL"))
    mundo.hacer(derivacion, Accion.ENVIAR)
    _contraparte(ventanilla)
    path, clave = f"/unidad/derivaciones/{derivacion}/aceptar", {HEADER: str(uuid4())}

    primera = ventanilla.api("POST", path, "contraparte_unidad", json={}, headers=clave)
    otra_vez = ventanilla.api("POST", path, "contraparte_unidad", json={}, headers=clave)

    assert (primera.status_code, otra_vez.status_code) == (200, 200), primera.text
    assert primera.json["paquete"] is not None  # type: ignore[index]  # it is an object
    assert otra_vez.json == primera.json | {"paquete": None}  # type: ignore[operator]  # the same
    assert otra_vez.headers[WITHHELD] == "paquete"
    with ventanilla.db.read() as session:
        dadas = session.scalars(
            select(RespuestaDerivacion.accion).where(
                RespuestaDerivacion.derivacion_id == derivacion
            )
        ).all()
    assert dadas.count(Accion.ACEPTAR) == 1


def _contraparte(ventanilla: Ventanilla) -> None:
    quien = ventanilla.oficina.funcionario("contraparte_unidad")
    with ventanilla.oficina.identidad.extensions["env"].db.begin() as session:
        session.get_one(Funcionario, quien.id).unidad = "dideco"
