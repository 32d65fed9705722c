"""Mediation between neighbours: who takes part, what they agreed, and who may read what of it."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from tests.unit.conftest import CLAVE
from werkzeug.test import TestResponse

from casos.comunidad.mediaciones.models import (
    CompromisoDeMediacion,
    Mediacion,
    ParteDeMediacion,
    SesionDeMediacion,
)
from casos.comunidad.mediaciones.reglas import reglas
from casos.comunidad.mediaciones.states import (
    PASOS,
    Accion,
    Estado,
    EstadoCompromiso,
    Participa,
)
from casos.comunidad.mediaciones.supresion import vaciar
from casos.copias.datos import de_casos
from casos.expedientes.models import Caso, Confidencialidad
from casos.expedientes.states import Estado as EstadoCaso
from casos.tareas.models import Tarea
from casos.tareas.states import EstadoTarea
from identidad.actions import NuevoFuncionario, crear_funcionario
from oficina import clock
from oficina.actor import Actor
from oficina.bus.tables import Outbox
from oficina.errors import Conflicto, TransicionInvalida
from oficina.web.i18n import COOKIE

HOY = date(2026, 3, 2)
AHORA = datetime(2026, 3, 2, 15, tzinfo=UTC)
PROFESIONAL = "profesional"
RUTA = "/comunidad/mediaciones"

E, A = Estado, Accion
ADMITIDAS = {
    **{(E.PREPARACION, una): E.PREPARACION for una in (A.AGREGAR_PARTE, A.RESPONDER)},
    (E.PREPARACION, A.QUITAR_PARTE): E.PREPARACION,
    (E.PREPARACION, A.INICIAR): E.EN_CURSO,
    (E.PREPARACION, A.DESISTIR): E.DESISTIDA,
    (E.EN_CURSO, A.SESION): E.EN_CURSO,
    (E.EN_CURSO, A.COMPROMISO): E.EN_CURSO,
    (E.EN_CURSO, A.ACORDAR): E.CON_ACUERDO,
    (E.EN_CURSO, A.NO_ACORDAR): E.SIN_ACUERDO,
    (E.EN_CURSO, A.DESISTIR): E.DESISTIDA,
    (E.CON_ACUERDO, A.CALIFICAR): E.CON_ACUERDO,
    (E.CON_ACUERDO, A.SEGUIR): E.CON_ACUERDO,
    (E.CON_ACUERDO, A.TERMINAR): E.TERMINADA,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    una = Mediacion(estado=estado)
    partes = [ParteDeMediacion(participa=Participa.ACEPTA) for _ in range(2)]
    cumplido = [CompromisoDeMediacion(estado=EstadoCompromiso.CUMPLIDO)]

    def dar() -> None:
        match accion:
            case Accion.INICIAR:
                una.iniciar(partes)
            case Accion.ACORDAR:
                una.acordar(cumplido, HOY)
            case Accion.NO_ACORDAR | Accion.DESISTIR | Accion.TERMINAR:
                una.terminar(accion, "Porque sí", cumplido, AHORA)
            case _:
                una.pasar(accion)

    if (estado, accion) in ADMITIDAS:
        dar()
        assert una.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida) as error:
        dar()
    assert una.estado is estado
    assert error.value.extra["transiciones_permitidas"] == sorted(PASOS[estado])


def test_las_reglas_son_datos_con_fuente() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert "3634" in reglas().fuente
    assert reglas().seguimientos_dias == (30, 60, 90)


def test_no_empieza_sin_que_todas_acepten_ni_termina_sin_saber_si_cumplieron() -> None:
    una = Mediacion(estado=Estado.PREPARACION)
    acepta = ParteDeMediacion(participa=Participa.ACEPTA)
    duda = ParteDeMediacion(participa=Participa.PENDIENTE)
    for partes in ([acepta], [acepta, acepta, duda]):
        with pytest.raises(Conflicto):
            una.iniciar(partes)
    una.estado = Estado.EN_CURSO
    with pytest.raises(Conflicto):
        una.acordar([], HOY)
    una.estado = Estado.CON_ACUERDO
    pendiente = [CompromisoDeMediacion(estado=EstadoCompromiso.PENDIENTE)]
    with pytest.raises(Conflicto):
        una.terminar(Accion.TERMINAR, "Ya", pendiente, AHORA)
    assert una.estado is Estado.CON_ACUERDO


def _caso(ventanilla: Ventanilla, **datos: Any) -> dict[str, Any]:
    return ventanilla.en_gestion(
        tema="CON",
        tipo="convivencia_vecinal",
        responsable_id=str(ventanilla.funcionario_id(PROFESIONAL)),
        **datos,
    )


def _abrir(ventanilla: Ventanilla, caso: dict[str, Any]) -> dict[str, Any]:
    pedida = {"caso_id": caso["id"], "asunto": "Ruidos por la noche"}
    answer = ventanilla.api("POST", RUTA, PROFESIONAL, json=pedida)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(ventanilla: Ventanilla, una: dict[str, Any], paso: str, **datos: Any) -> TestResponse:
    path = f"{RUTA}/{una['id']}/{paso}"
    return ventanilla.api("POST", path, PROFESIONAL, json=datos, headers={"If-Match": "*"})


def _dar(ventanilla: Ventanilla, una: dict[str, Any], paso: str, **datos: Any) -> dict[str, Any]:
    answer = _paso(ventanilla, una, paso, **datos)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _en_curso(ventanilla: Ventanilla, caso: dict[str, Any]) -> dict[str, Any]:
    """A mediation whose other party has a record too."""
    una = _abrir(ventanilla, caso)
    vecino = ventanilla.persona(nombres="Vecindad", primer_apellido="Contraria")
    una = _dar(ventanilla, una, "partes", clase="persona", folio=vecino["folio"])
    for parte in una["partes"]:
        _dar(ventanilla, una, "respuestas", parte_id=parte["id"], participa="acepta")
    return _dar(ventanilla, una, "inicio") | {"vecino": vecino}


def _dia(dias: int) -> str:
    return str(clock.today() + timedelta(days=dias))


def _con_acuerdo(
    ventanilla: Ventanilla, caso: dict[str, Any], idioma: str = "es"
) -> dict[str, Any]:
    una = _en_curso(ventanilla, caso)
    primera, segunda = (parte["id"] for parte in una["partes"])
    _dar(
        ventanilla,
        una,
        "sesiones",
        dia=_dia(-1),
        lugar="Sede vecinal",
        resultado="acuerdo",
        asistieron=[primera, segunda],
        notas="Secreto de la sesión",
    )
    for parte, que in ((primera, "No tocará de noche"), (segunda, "No llamará a la policía")):
        promesa = {"parte_id": parte, "que": que, "vence_el": _dia(20)}
        _dar(ventanilla, una, "compromisos", **promesa)
    quien = ventanilla.app.test_client()
    quien.set_cookie(COOKIE, idioma)
    acuerdo = quien.post(
        f"/casos/api/v1{RUTA}/{una['id']}/acuerdo",
        json={"dia": _dia(0)},
        headers=ventanilla.oficina.bearer_fresco(PROFESIONAL) | {"If-Match": "*"},
    )
    assert acuerdo.status_code == 200, acuerdo.text
    return una | (acuerdo.json or {})


def test_el_seguimiento_se_guarda_en_espanol_y_se_lee_en_el_idioma_de_cada_cual(
    ventanilla: Ventanilla,
) -> None:
    caso = _caso(ventanilla)
    una = _con_acuerdo(ventanilla, caso, idioma="en")

    with ventanilla.db.read() as session:
        suyas = select(Tarea.que).where(Tarea.caso_id == UUID(caso["id"])).order_by(Tarea.id)
        primera = session.scalars(suyas).first()
    assert primera == f"Seguimiento a 30 días de la mediación {una['folio']}"
    navegador = ventanilla.oficina.entrar(ventanilla.app, PROFESIONAL)
    # Among what is to be done, and in the story.
    for idioma, dicha in (
        ("es", f"Seguimiento a 30 días de la mediación {una['folio']}"),
        ("en", f"30-day follow-up of mediation {una['folio']}"),
    ):
        navegador.set_cookie(COOKIE, idioma)
        assert navegador.get(f"/casos/expedientes/{caso['id']}").text.count(dicha) == 2


def test_del_caso_al_acuerdo_y_sus_seguimientos(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    una = _con_acuerdo(ventanilla, caso)

    assert [s["dias"] for s in una["seguimientos"]] == [30, 60, 90]
    tareas = ventanilla.api("GET", "/tareas", PROFESIONAL).text
    assert tareas.count(una["folio"]) == 3
    assert _paso(ventanilla, una, "termino", nota="Todo bien").status_code == 409
    seguida = {"dias": 30, "resultado": "se_cumple", "nota": "Todo en calma"}
    _dar(ventanilla, una, "seguimientos", **seguida)
    assert _paso(ventanilla, una, "seguimientos", **seguida).status_code == 409
    assert _paso(ventanilla, una, "seguimientos", **seguida | {"dias": 7}).status_code == 422
    for compromiso in una["compromisos"]:
        cual = {"compromiso_id": compromiso["id"], "estado": "cumplido"}
        _dar(ventanilla, una, "calificaciones", **cual)
    final = _dar(ventanilla, una, "termino", nota="Todo bien")

    assert final["estado"] == "terminada"
    assert final["acciones"] == []
    with ventanilla.db.read() as session:
        suyas = select(Tarea.estado).where(Tarea.caso_id == UUID(caso["id"])).order_by(Tarea.id)
        hechas = list(session.scalars(suyas))
        facts = session.scalars(
            select(Outbox.clasificacion).where(Outbox.agregado == f"mediacion/{una['id']}")
        ).all()
    assert hechas == [EstadoTarea.HECHA, EstadoTarea.CANCELADA, EstadoTarea.CANCELADA]
    assert set(facts) == {"reservado"}
    assert ventanilla.hechos(f"mediacion/{una['id']}")[-1] == "casos.mediacion.terminada"
    pagina = ventanilla.pagina(f"/expedientes/{caso['id']}", PROFESIONAL).text
    assert f"Hubo acuerdo en la mediación {una['folio']}" in pagina
    assert f"/casos/comunidad/mediaciones/{una['id']}" in pagina


def test_solo_de_convivencia_y_una_a_la_vez(ventanilla: Ventanilla) -> None:
    otro = ventanilla.en_gestion(responsable_id=str(ventanilla.funcionario_id(PROFESIONAL)))
    pedida = {"caso_id": otro["id"], "asunto": "Nada"}
    assert ventanilla.api("POST", RUTA, PROFESIONAL, json=pedida).status_code == 409
    caso = _caso(ventanilla)
    una = _abrir(ventanilla, caso)
    de_nuevo = pedida | {"caso_id": caso["id"]}
    assert ventanilla.api("POST", RUTA, PROFESIONAL, json=de_nuevo).status_code == 409

    _dar(ventanilla, una, "desistimiento", nota="No quiere seguir")

    assert ventanilla.api("POST", RUTA, PROFESIONAL, json=de_nuevo).status_code == 201


@pytest.mark.parametrize(
    ("paso", "datos", "campo"),
    [
        ("partes", {"clase": "persona", "folio": "P-0000-000000"}, "folio"),
        ("partes", {"clase": "sin_ficha"}, "nombre"),
        ("partes", {"clase": "sin_ficha", "nombre": "Ana", "folio": "P-1"}, "clase"),
        (
            "partes",
            {"clase": "organizacion", "organizacion_id": str(UUID(int=1))},
            "organizacion_id",
        ),
        ("partes", {"clase": "institucion", "institucion_id": str(UUID(int=1))}, "institucion_id"),
        ("respuestas", {"parte_id": str(UUID(int=1)), "participa": "acepta"}, "parte_id"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ventanilla: Ventanilla, paso: str, datos: dict[str, Any], campo: str
) -> None:
    una = _abrir(ventanilla, _caso(ventanilla))
    answer = _paso(ventanilla, una, paso, **datos)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_la_ficha_de_una_parte_nada_dice_de_la_otra_y_su_copia_tampoco(
    ventanilla: Ventanilla,
) -> None:
    caso = _caso(ventanilla)
    una = _con_acuerdo(ventanilla, caso)
    vecino = una["vecino"]

    ficha = ventanilla.pagina(f"/personas/{vecino['id']}", PROFESIONAL).text
    with ventanilla.db.read() as session:
        copia = de_casos(session, UUID(vecino["id"]))

    assert una["folio"] not in ficha
    assert "Sintética" not in ficha
    (suya,) = copia["mediaciones"]
    assert suya["sesiones"] == [{"dia": _dia(-1), "resultado": "acuerdo", "asistio": True}]
    assert [c["que"] for c in suya["compromisos"]] == ["No llamará a la policía"]
    for ajeno in ("Secreto", "No tocará", "Sintética", "Ruidos"):
        assert ajeno not in repr(copia)


def _otra_profesional(ventanilla: Ventanilla) -> None:
    with ventanilla.oficina.identidad.extensions["env"].db.begin() as session:
        crear_funcionario(
            session,
            NuevoFuncionario(
                usuario="ajena",
                nombre="Persona ajena",
                correo="ajena@oficina.example",
                clave=CLAVE,
                roles=["profesional"],
                unidad="migracion",
            ),
            Actor.sistema("identidad"),
        )


def test_se_llega_a_ella_como_al_caso_y_las_notas_son_de_las_nombradas(
    ventanilla: Ventanilla,
) -> None:
    _otra_profesional(ventanilla)
    caso = _caso(ventanilla)
    una = _con_acuerdo(ventanilla, caso)
    api, pagina = f"/casos/api/v1{RUTA}/{una['id']}", f"{RUTA}/{una['id']}"
    ajena = ventanilla.oficina.entrar(ventanilla.app, "ajena")

    assert "Secreto de la sesión" in ventanilla.pagina(pagina, PROFESIONAL).text
    coordina = ventanilla.pagina(pagina, "coordinacion").text
    assert "Sede vecinal" in coordina
    assert "Secreto de la sesión" not in coordina
    assert ventanilla.pagina(pagina, "recepcion").status_code == 403
    assert ajena.get(f"/casos{pagina}").status_code == 404
    assert una["folio"] not in ajena.get(f"/casos{RUTA}?ver=todas").text
    assert una["folio"] in ventanilla.pagina(RUTA, "coordinacion").text
    assert "casos.mediacion.ver" in ventanilla.auditadas(una["id"])

    for confidencialidad, status in ((Confidencialidad.RESERVADO, 403), ("sellado", 404)):
        with ventanilla.db.begin() as session:
            session.get_one(Caso, UUID(caso["id"])).confidencialidad = Confidencialidad(
                confidencialidad
            )
        leida = ventanilla.api("GET", api.removeprefix("/casos/api/v1"), "coordinacion")
        assert leida.status_code == status
        assert una["folio"] not in ventanilla.pagina(RUTA, "coordinacion").text
        assert ventanilla.pagina(pagina, PROFESIONAL).status_code == 200


def test_las_paginas_llevan_una_mediacion_y_dicen_quien_llego_antes(
    ventanilla: Ventanilla,
) -> None:
    caso = _caso(ventanilla)
    nueva = f"{RUTA}/nueva/{caso['id']}"
    assert nueva in ventanilla.pagina(f"/expedientes/{caso['id']}", PROFESIONAL).text
    asunto = {"caso_id": caso["id"], "asunto": "Basura"}
    hecha = ventanilla.enviar(nueva, asunto, PROFESIONAL)
    assert hecha.status_code == 303, hecha.text
    path = hecha.headers["Location"].removeprefix("/casos")
    assert nueva not in ventanilla.pagina(f"/expedientes/{caso['id']}", PROFESIONAL).text
    una = ventanilla.api("GET", path, PROFESIONAL).json
    parte = {"clase": "sin_ficha", "nombre": "Don Ficticio", "version": una["version"]}  # type: ignore[index]  # it is an object

    assert "Institución" in ventanilla.pagina(f"{path}/agregar_parte", PROFESIONAL).text
    assert ventanilla.enviar(f"{path}/agregar_parte", parte, PROFESIONAL).status_code == 303
    tarde = ventanilla.enviar(
        f"{path}/agregar_parte", parte | {"nombre": "Doña Tarde"}, PROFESIONAL
    )
    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert 'value="Doña Tarde"' in tarde.text
    assert 'href="#formulario">' in tarde.text
    vista = ventanilla.pagina(path, PROFESIONAL).text
    assert "Don Ficticio" in vista
    # What is pending of each is one click away, already chosen.
    _suya, responder = re.findall(rf'{path}(/responder\?parte_id=([^"]+))"', vista)
    elegida = f'<option value="{responder[1]}" selected>Don Ficticio</option>'
    assert elegida in ventanilla.pagina(f"{path}{responder[0]}", PROFESIONAL).text
    antes = ventanilla.enviar(
        f"{path}/iniciar",
        {"version": una["version"] + 1},
        PROFESIONAL,  # type: ignore[index]  # it is an object
    )
    assert antes.status_code == 409
    for accion in Accion:
        assert ventanilla.pagina(f"{path}/{accion}", PROFESIONAL).status_code == 200


def test_quien_llega_tarde_a_una_mediacion_lee_que_paso_y_no_pierde_lo_escrito(
    ventanilla: Ventanilla,
) -> None:
    """The coordination ends it while the mediator still writes."""
    caso = _caso(ventanilla)
    una = _en_curso(ventanilla, caso)
    path = f"{RUTA}/{una['id']}"
    fin = {"nota": "No vinieron más", "version": una["version"]}
    assert ventanilla.enviar(f"{path}/desistir", fin, "coordinacion").status_code == 303
    sesion = {"dia": _dia(0), "lugar": "La sede", "resultado": "avance", "notas": "Hablaron"}
    sesion["asistieron"] = una["partes"][0]["id"]

    tarde = ventanilla.enviar(f"{path}/sesion", sesion | fin, PROFESIONAL)
    otra_vez = ventanilla.enviar(
        f"{path}/sesion", sesion | {"version": una["version"] + 1}, PROFESIONAL
    )
    por_api = ventanilla.api(
        "POST",
        f"{path}/desistimiento",
        PROFESIONAL,
        json={"nota": "Tarde"},
        headers={"If-Match": '"1"'},
    )

    assert (tarde.status_code, otra_vez.status_code, por_api.status_code) == (412, 409, 412)
    assert "El estado actual no admite ese paso" in otra_vez.text
    assert "Ahora no hay ningún paso que usted pueda dar." in otra_vez.text
    for page in (tarde.text, otra_vez.text):
        assert "Lo cambió Persona de coordinacion: " in page
        assert f" Se desistió de la mediación {una['folio']}." in page
        assert "Ahora está así: " in page
        assert "Hablaron</textarea>" in page
        assert 'value="La sede"' in page
        assert f'value="{una["partes"][0]["id"]}" checked' in page
    como_esta = {
        "estado_actual": "desistida",
        "transiciones_permitidas": [],
        "version": una["version"] + 1,
    }
    assert como_esta.items() <= por_api.json.items()  # type: ignore[union-attr]  # it is an object


def test_de_una_mediacion_cuyo_caso_no_se_trabaja_se_ofrece_solo_terminar(
    ventanilla: Ventanilla,
) -> None:
    caso = _caso(ventanilla)
    una = _en_curso(ventanilla, caso)
    path = f"{RUTA}/{una['id']}"
    with ventanilla.db.begin() as session:
        session.get_one(Caso, UUID(caso["id"])).estado = EstadoCaso.CERRADO

    page = ventanilla.enviar(
        f"{path}/sesion",
        {
            **{"dia": _dia(0), "lugar": "La sede", "resultado": "avance"},
            "version": una["version"],
        },
        PROFESIONAL,
    )

    assert page.status_code == 409
    assert "su caso: Cerrado." in page.text
    assert f'href="/casos{path}/desistir"' in page.text
    assert f'href="/casos{path}/compromiso"' not in page.text
    assert 'value="La sede"' in page.text


def test_de_quien_se_suprime_no_quedan_palabras(ventanilla: Ventanilla) -> None:
    caso = _caso(ventanilla)
    una = _con_acuerdo(ventanilla, caso)
    with ventanilla.db.begin() as session:
        vaciar(session, [], [UUID(una["vecino"]["id"])])
    with ventanilla.db.read() as session:
        guardada = session.get_one(Mediacion, UUID(una["id"]))
        promesas = session.scalars(
            select(CompromisoDeMediacion.que)
            .where(CompromisoDeMediacion.mediacion_id == guardada.id)
            .order_by(CompromisoDeMediacion.id)
        ).all()
        notas = session.scalars(
            select(SesionDeMediacion.notas).where(SesionDeMediacion.mediacion_id == guardada.id)
        ).all()
    assert (guardada.asunto, promesas, notas) == ("", ["No tocará de noche", ""], [None])

    with ventanilla.db.begin() as session:
        vaciar(session, [UUID(caso["id"])], [])
    with ventanilla.db.read() as session:
        assert not any(
            session.scalars(
                select(CompromisoDeMediacion.que).where(
                    CompromisoDeMediacion.mediacion_id == UUID(una["id"])
                )
            )
        )
