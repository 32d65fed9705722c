"""What may be joined and undone, by whom, until when; and that undoing is the identity."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla

from casos.alcance import PersonaUnida
from casos.expedientes.models import Caso, Confidencialidad
from casos.fusiones import actions
from casos.fusiones.models import Fusion
from casos.fusiones.reglas import reglas
from casos.fusiones.traslado import TABLAS
from casos.importacion.models import Estado as EstadoImportacion
from casos.importacion.models import FilaImportada, Importacion, Tipo
from casos.importacion.problemas import guardar_problemas
from casos.personas.models import Persona, TokenNombre
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.db import uuid7

JEFA = Actor(uuid7(), "Jefa Sintética", frozenset({"coordinacion"}), "migracion", "persona")
MOTIVO = "Es la misma: trajo los dos papeles."


def _pedido(ventanilla: Ventanilla, vigente: str, absorbida: str, **otro: Any) -> dict[str, Any]:
    with ventanilla.db.read() as session:
        versiones = {
            f"{cual}_version": session.get_one(Persona, UUID(una)).version
            for cual, una in (("vigente", vigente), ("absorbida", absorbida))
        }
    return {"vigente_id": vigente, "absorbida_id": absorbida, "motivo": MOTIVO} | versiones | otro


def _unir(ventanilla: Ventanilla, vigente: str, absorbida: str, **otro: Any) -> Any:
    pedido = _pedido(ventanilla, vigente, absorbida, **otro)
    return ventanilla.api("POST", "/fusiones", "coordinacion", json=pedido)


def _deshacer(ventanilla: Ventanilla, fusion_id: str) -> Any:
    cabeceras = {"If-Match": "*"}
    motivo = {"motivo": "Son dos hermanas, vinieron juntas."}
    ruta = f"/fusiones/{fusion_id}/reversion"
    return ventanilla.api("POST", ruta, "coordinacion", json=motivo, headers=cabeceras)


def _dos(ventanilla: Ventanilla) -> tuple[str, str]:
    return ventanilla.persona()["id"], ventanilla.persona()["id"]


def test_solo_la_coordinacion_une_y_queda_escrito_quien_y_por_que(ventanilla: Ventanilla) -> None:
    una, otra = _dos(ventanilla)
    pedido = _pedido(ventanilla, una, otra)
    for rol in ("recepcion", "profesional", "administrador"):
        assert ventanilla.api("POST", "/fusiones", rol, json=pedido).status_code == 403
        assert ventanilla.pagina(f"/personas/{una}/unir/{otra}", rol).status_code == 403
    hecha = _unir(ventanilla, una, otra)
    assert hecha.status_code == 201
    assert hecha.json["hecha_por"] == "Persona de coordinacion"
    for ficha in (una, otra):
        assert "casos.persona.fusionar" in ventanilla.auditadas(ficha)
        assert ventanilla.hechos(f"persona/{ficha}").count("casos.persona.fusionada") == (
            ficha == una
        )
    with ventanilla.db.read() as session:
        consulta = select(Auditoria.motivo_codigo).where(Auditoria.recurso_id == UUID(otra))
        assert f"fusion:{hecha.json['id']}" in session.scalars(consulta).all()
        assert session.get_one(Fusion, UUID(hecha.json["id"])).motivo == MOTIVO


@pytest.mark.parametrize(
    ("otro", "status"),
    [
        ({"vigente_version": 7}, 412),
        ({"absorbida_version": 7}, 412),
        ({"motivo": "sí"}, 422),
        ({"absorbida_id": str(uuid7())}, 404),
    ],
)
def test_lo_que_no_se_compara_no_se_une(
    ventanilla: Ventanilla, otro: dict[str, Any], status: int
) -> None:
    una, otra = _dos(ventanilla)
    assert _unir(ventanilla, una, otra, **otro).status_code == status
    assert ventanilla.api("GET", f"/personas/{otra}").status_code == 200


def test_cada_estado_admite_sus_pasos_y_ninguno_mas(ventanilla: Ventanilla) -> None:
    una, otra = _dos(ventanilla)
    assert _unir(ventanilla, una, una).status_code == 422
    hecha = _unir(ventanilla, una, otra).json
    assert hecha["acciones"] == ["deshacer"]
    # What was joined is not joined again, neither to this one nor to another.
    for vigente, absorbida in ((una, otra), (otra, una), (ventanilla.persona()["id"], otra)):
        negada = _unir(ventanilla, vigente, absorbida)
        assert (negada.status_code, negada.json["persona_id"]) == (409, una)
    deshecha = _deshacer(ventanilla, hecha["id"])
    assert (deshecha.status_code, deshecha.json["acciones"]) == (200, [])
    otra_vez = _deshacer(ventanilla, hecha["id"])
    assert (otra_vez.status_code, otra_vez.json["estado_actual"]) == (409, "deshecha")
    assert otra_vez.json["transiciones_permitidas"] == []
    assert _unir(ventanilla, otra, una).status_code == 201


def test_se_deshace_en_su_plazo_y_primero_la_ultima(ventanilla: Ventanilla) -> None:
    una, otra = _dos(ventanilla)
    tercera = ventanilla.persona()["id"]
    primera = _unir(ventanilla, una, otra).json
    segunda = _unir(ventanilla, una, tercera).json
    negada = _deshacer(ventanilla, primera["id"])
    assert (negada.status_code, negada.json["obstaculos"]) == (409, ["otra_union_despues"])
    try:
        clock.move_to(clock.now() + reglas().plazo + timedelta(minutes=1))
        negada = _deshacer(ventanilla, segunda["id"])
        assert (negada.status_code, negada.json["obstaculos"]) == (409, ["fuera_de_plazo"])
        pagina = ventanilla.pagina(f"/fusiones/{segunda['id']}", "coordinacion")
        assert "Pasó el plazo" in pagina.text
    finally:
        clock.move_to(None)
    assert _deshacer(ventanilla, segunda["id"]).status_code == 200
    assert _deshacer(ventanilla, primera["id"]).status_code == 200


def test_lo_sellado_no_se_muestra_por_una_union(ventanilla: Ventanilla) -> None:
    una, otra = _dos(ventanilla)
    ventanilla.caso(persona_id=una)
    sellado = ventanilla.caso(persona_id=otra)
    with ventanilla.db.begin() as session:
        caso = session.get_one(Caso, UUID(sellado["id"]))
        caso.confidencialidad = Confidencialidad.SELLADO
    # Who is not named does not see the one at all; who is named may not show it to everybody.
    assert _unir(ventanilla, una, otra).status_code == 404
    with ventanilla.db.begin() as session:
        caso = session.get_one(Caso, UUID(sellado["id"]))
        caso.responsable_id = ventanilla.funcionario_id("coordinacion")
    negada = _unir(ventanilla, una, otra)
    assert (negada.status_code, negada.json["obstaculos"]) == (409, ["sellada"])


def test_las_paginas_comparan_unen_y_separan(ventanilla: Ventanilla) -> None:
    rol = "coordinacion"
    una = ventanilla.persona(telefono="+56 9 1111 2222", direccion="Calle Inventada 1")
    otra = ventanilla.persona(telefono="+56 9 1111 2222")
    assert "Comparar y unir" in ventanilla.pagina(f"/personas/{una['id']}", rol).text
    elegida = ventanilla.enviar(f"/personas/{una['id']}/unir", {"folio": otra["folio"]}, rol)
    ruta = f"/personas/{una['id']}/unir/{otra['id']}"
    assert (elegida.status_code, elegida.location) == (303, f"/casos{ruta}")
    ninguna = ventanilla.enviar(f"/personas/{una['id']}/unir", {"folio": "P-1"}, rol)
    assert ninguna.status_code == 422
    pagina = ventanilla.pagina(ruta, rol)
    assert una["folio"] in pagina.text
    assert otra["folio"] in pagina.text
    assert "1111" not in pagina.text
    assert ventanilla.enviar(ruta, {"motivo": MOTIVO}, rol).status_code == 422
    datos = {"queda": otra["id"], "version_a": "1", "version_b": "1", "motivo": MOTIVO}
    vencida = ventanilla.enviar(ruta, datos | {"version_b": "9"}, rol)
    assert (vencida.status_code, MOTIVO in vencida.text) == (412, True)
    unida = ventanilla.enviar(ruta, datos, rol)
    assert (unida.status_code, unida.location) == (303, f"/casos/personas/{otra['id']}")
    assert ventanilla.pagina(f"/personas/{una['id']}").location == unida.location
    with ventanilla.db.read() as session:
        fusion = session.scalars(select(Fusion).where(Fusion.absorbida_id == UUID(una["id"]))).one()
    assert fusion.mapa["campos"] == ["direccion"]
    vista = ventanilla.pagina(f"/fusiones/{fusion.id}", rol)
    assert MOTIVO in vista.text
    assert otra["folio"] in ventanilla.pagina("/fusiones", rol).text
    deshecha = ventanilla.enviar(f"/fusiones/{fusion.id}", {"motivo": "No era la misma."}, rol)
    assert (deshecha.status_code, deshecha.location) == (303, f"/casos/personas/{una['id']}")


def test_no_es_la_misma_persona_se_recuerda_tambien_despues_de_unir(ventanilla: Ventanilla) -> None:
    telefono = {"telefono": "+56 9 3333 4444"}
    una, otra, tercera = (ventanilla.persona(**telefono)["id"] for _ in range(3))
    assert ventanilla.api("PUT", f"/personas/{una}/distintas/{otra}").status_code == 204
    hecha = _unir(ventanilla, tercera, una).json
    vista = ventanilla.api("GET", f"/personas/{tercera}/fusion/{otra}", "coordinacion").json
    assert vista is not None
    parecidas = ventanilla.api("GET", f"/personas/{tercera}").json
    assert parecidas is not None
    assert not parecidas["hay_bloqueada"]
    # Looking for likeness again keeps what was decided of the record that was joined.
    ventanilla.cambiar(f"/personas/{tercera}", {"segundo_apellido": "Otra"})
    assert ventanilla.api("PUT", f"/personas/{tercera}/distintas/{otra}").status_code == 204
    parecidas = ventanilla.api("GET", f"/personas/{tercera}").json
    assert parecidas is not None
    assert otra not in [uno["persona"]["id"] for uno in parecidas["posibles_duplicados"]]
    assert _deshacer(ventanilla, hecha["id"]).status_code == 200


_FICHA = st.fixed_dictionaries(
    {},
    optional={
        "segundo_apellido": st.sampled_from(["Roja", "Verde"]),
        "nombre_social": st.sampled_from(["Mari", "Tito"]),
        "fecha_nacimiento": st.sampled_from(["1990-05-04", "1991-01-01"]),
        "direccion": st.sampled_from(["Calle Uno 1", "Calle Dos 2"]),
        "idiomas": st.sampled_from([["hat"], ["spa", "hat"]]),
        "nacionalidades": st.sampled_from([["HTI"], ["VEN"]]),
        "canal_preferido": st.sampled_from(["sms", "correo"]),
        "no_contactar": st.booleans(),
        "requiere_interprete": st.booleans(),
        "nivel_espanol": st.sampled_from(["basico", "avanzado"]),
        "telefono": st.sampled_from(["+56 9 5555 0001", "+56 9 5555 0002"]),
        "correo": st.sampled_from(["a@personas.example", "b@personas.example"]),
    },
)


def _foto(ventanilla: Ventanilla, personas: list[str]) -> dict[str, list[str]]:
    """What is of these people, but for the counters of versions and of changes."""
    ids = [UUID(una) for una in personas]
    foto = {}
    with ventanilla.db.read() as session:
        for tabla in (*TABLAS, TokenNombre, Persona):
            quien = tabla.id if tabla is Persona else tabla.persona_id
            columnas = [c for c in tabla.__table__.columns if c.name not in {"version", "cambio"}]
            filas = session.execute(select(*columnas).where(quien.in_(ids))).all()
            foto[tabla.__tablename__] = sorted(map(repr, filas))
    return foto


def _de_un_padron(ventanilla: Ventanilla, personas: list[str]) -> None:
    """Rows of a register of people, which have no attention."""
    with ventanilla.db.begin() as session:
        importacion = Importacion(
            tipo=Tipo.PERSONAS,
            archivo="padron.xlsx",
            huella="0" * 64,
            estado=EstadoImportacion.TERMINADA,
            actor_id=JEFA.id,
            actor_nombre=JEFA.nombre,
            creada_en=clock.now(),
            filas=len(personas),
            problemas=guardar_problemas([]),
        )
        session.add(importacion)
        session.flush()
        for fila, una in enumerate(personas, 2):
            session.add(
                FilaImportada(
                    clave=una, importacion_id=importacion.id, persona_id=UUID(una),
                    hoja="Personas", fila=fila,
                )
            )  # fmt: skip


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    fichas=st.lists(_FICHA, min_size=3, max_size=3),
    uniones=st.lists(st.permutations([0, 1, 2]), min_size=1, max_size=3),
    con_caso=st.sets(st.sampled_from([0, 1, 2])),
)
def test_unir_y_deshacer_deja_todo_igual(
    ventanilla: Ventanilla,
    fichas: list[dict[str, Any]],
    uniones: list[list[int]],
    con_caso: set[int],
) -> None:
    """Any chain of unions, undone from the last to the first, is nothing at all."""
    personas = [ventanilla.persona(**ficha)["id"] for ficha in fichas]
    for n in con_caso:
        ventanilla.caso(persona_id=personas[n])
    _de_un_padron(ventanilla, personas)
    fotos, hechas = [], []
    for orden in uniones:
        vigente, absorbida = UUID(personas[orden[0]]), UUID(personas[orden[1]])
        foto = _foto(ventanilla, personas)
        try:
            with ventanilla.app.test_request_context(), ventanilla.db.begin() as session:
                versiones = [session.get_one(Persona, una).version for una in (vigente, absorbida)]
                hecha = actions.fusionar(
                    session,
                    vigente,
                    absorbida,
                    (versiones[0], versiones[1]),
                    MOTIVO,
                    JEFA,
                    clock.now(),
                )
        except PersonaUnida:
            continue
        fotos.append(foto)
        hechas.append(hecha.id)
    while hechas:
        with ventanilla.db.begin() as session:
            actions.deshacer(session, hechas.pop(), MOTIVO, JEFA, clock.now())
        assert _foto(ventanilla, personas) == fotos.pop()


def test_se_identifica_a_cada_una_en_orden_y_a_la_unida_como_la_que_queda(
    ventanilla: Ventanilla,
) -> None:
    pasaportes = ("HT900100", "HT900200", "HT900300")
    ana, eva, lia = (
        ventanilla.persona(documento_tipo="pasaporte", documento_numero=uno) for uno in pasaportes
    )
    ventanilla.persona(documento_tipo="pasaporte", documento_numero=pasaportes[2])
    assert _unir(ventanilla, ana["id"], eva["id"]).status_code == 201
    quienes = ["ht 900200", ana["folio"].lower(), eva["folio"], "HT900999", pasaportes[2]]

    dado = ventanilla.api("POST", "/personas/identificar", json={"quienes": quienes}).json

    ids = [una["persona"] and una["persona"]["id"] for una in dado]  # type: ignore[union-attr]  # it is a list
    assert ids == [ana["id"]] * 3 + [None] * 2
    assert [una["varias"] for una in dado] == [False] * 4 + [True]  # type: ignore[union-attr]  # it is a list
    assert lia["folio"] not in str(dado)
