"""The office's own rules of deadlines: whole versions, one a day; what began keeps its own."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.derivaciones.mundo import Mundo
from werkzeug.test import TestResponse

from casos.plazos.actions import iniciar, ultimo_dia
from casos.plazos.calendario import NuevoDiaCerrado, PorMover, cerrar, mover
from casos.plazos.models import Plazo, VersionDeReglas
from casos.plazos.reglas import reglas
from casos.plazos.versiones import (
    PRIORIDADES,
    NuevaVersion,
    ReglaEscrita,
    conocidas,
    guardar,
    incoherencias,
    legales,
    propios,
    versiones,
    vigentes,
)
from oficina import clock
from oficina.actor import Actor
from oficina.clock import local
from oficina.errors import DatosInvalidos

LUNES = date(2026, 11, 9)  # without holidays around
MARTES = LUNES + timedelta(days=1)
JUEVES, VIERNES = LUNES + timedelta(days=3), LUNES + timedelta(days=4)
ACTOR = Actor.sistema("casos")


@pytest.fixture(autouse=True)
def _hoy() -> Iterator[None]:
    clock.move_to(LUNES)
    yield
    clock.move_to(None)


def _reglas(**otros: dict[str, int]) -> list[ReglaEscrita]:
    """A whole version: what the program says, but for these clocks."""
    return [
        ReglaEscrita(reloj=reloj, prioridad=p, cuanto=otros.get(reloj, {}).get(p, regla.plazo[p]))
        for reloj, regla in propios().items()
        for p in PRIORIDADES
    ]


def _version(desde: date, hasta: date | None = None, **otros: dict[str, int]) -> NuevaVersion:
    return NuevaVersion(
        vigente_desde=desde,
        vigente_hasta=hasta,
        motivo="Hay menos profesionales",
        fuente="Instrucción 4 de 2026",
        reglas=_reglas(**otros),
    )


def _el(dia: date) -> datetime:
    clock.move_to(dia)
    return clock.now()


def _guardar(session: Session, desde: date, hasta: date | None = None, **otros: Any) -> None:
    guardar(session, _version(desde, hasta, **otros), ACTOR, clock.now())


def _rechazo(session: Session, datos: NuevaVersion) -> dict[str, Any]:
    with pytest.raises(DatosInvalidos) as rechazo:
        guardar(session, datos, ACTOR, clock.now())
    return rechazo.value.errores


def test_lo_que_trae_el_programa_es_coherente_y_sus_etapas_suben() -> None:
    assert incoherencias(_reglas()) == {}
    niveles = [etapa.nivel for etapa in reglas().etapas]
    assert niveles == sorted(set(niveles))
    assert {r for r in reglas().relojes if r.startswith(("derecho_", "incidente_"))} | {
        "denuncia"
    } == legales().keys()


def test_un_plazo_conserva_la_version_con_que_empezo(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        _guardar(session, MARTES, evaluacion={"normal": 20})
        viejo = iniciar(session, mundo.caso_id, "evaluacion", "normal", clock.now())
        assert local(viejo.vence_en).date() == date(2026, 11, 23)
        nuevo = iniciar(session, mundo.caso_id, "recepcion", "normal", _el(MARTES))
        otro = iniciar(session, mundo.caso_id, "primera_atencion", "normal", clock.now())
        viejo_id = viejo.id
    assert (viejo.reglas_version, nuevo.reglas_version) == (reglas().version, "oficina-1")
    assert local(nuevo.vence_en).date() == date(2026, 11, 17), "five days, as the program says"
    assert otro.reglas_version == "oficina-1"

    with mundo.db.begin() as session:
        dia = NuevoDiaCerrado(dia=JUEVES, motivo="Aniversario", fuente="Decreto 1")
        cerrar(session, dia, ACTOR, clock.now())
        mover(session, [PorMover(viejo_id, mundo.caso_id)], clock.now())
    with mundo.db.read() as session:
        movido = session.get_one(Plazo, viejo_id)
    assert local(movido.vence_en).date() == date(2026, 11, 24), "ten days still, and the day off"


def test_lo_que_empieza_con_una_version_dura_lo_que_ella_dice_tambien_si_se_mueve(
    mundo: Mundo,
) -> None:
    with mundo.db.begin() as session:
        _guardar(session, MARTES, evaluacion={"urgente": 1, "alta": 2, "normal": 3})
        ahora = _el(MARTES)
        plazo = iniciar(session, mundo.caso_id, "evaluacion", "normal", ahora)
        assert local(plazo.vence_en).date() == VIERNES
        assert ultimo_dia(session, "evaluacion", "alta", ahora) == JUEVES
        plazo_id = plazo.id
        # A later version does not reach it.
        _guardar(session, JUEVES, evaluacion={"normal": 30})
        dia = NuevoDiaCerrado(dia=JUEVES, motivo="Aniversario", fuente="Decreto 1")
        cerrar(session, dia, ACTOR, ahora)
        mover(session, [PorMover(plazo_id, mundo.caso_id)], _el(JUEVES))
    with mundo.db.read() as session:
        assert local(session.get_one(Plazo, plazo_id).vence_en).date() == date(2026, 11, 16)
        assert set(conocidas(session)) == {reglas().version, "oficina-1", "oficina-2"}


def test_cada_dia_rige_una_sola_y_la_del_programa_es_la_primera(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        _guardar(session, VIERNES, evaluacion={"normal": 40})
        _guardar(session, MARTES, JUEVES, evaluacion={"normal": 30})
        todas = versiones(session, clock.now())
        rigen = [
            vigentes(session, _el(dia)).relojes["evaluacion"].plazo["normal"]
            for dia in (LUNES, MARTES, JUEVES, VIERNES, VIERNES + timedelta(days=400))
        ]
    assert rigen == [10, 30, 30, 40, 40]
    assert [
        (una.contenido.version, una.vigente_desde, una.vigente_hasta, una.vigente) for una in todas
    ] == [
        ("oficina-1", VIERNES, None, False),
        ("oficina-2", MARTES, JUEVES, False),
        (reglas().version, None, LUNES, True),
    ]


def test_lo_que_fija_la_ley_dura_siempre_lo_mismo(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        _guardar(session, MARTES, evaluacion={"normal": 40})
        en_vigor = vigentes(session, _el(MARTES))
    assert {r: en_vigor.relojes[r] for r in legales()} == dict(legales())


@pytest.mark.parametrize(
    ("desde", "hasta", "campo", "porque"),
    [
        (LUNES, None, "vigente_desde", "desde mañana o después"),
        (LUNES - timedelta(days=30), None, "vigente_desde", "desde mañana o después"),
        (VIERNES, None, "vigente_desde", "ya hay una versión"),
        (MARTES, None, "vigente_hasta", "Se superpone"),
        (MARTES, VIERNES, "vigente_hasta", "Se superpone"),
        (MARTES, JUEVES - timedelta(days=1), "vigente_hasta", "Deja un hueco"),
        (MARTES, LUNES, "vigente_hasta", "antes de empezar"),
        (VIERNES + timedelta(days=7), VIERNES + timedelta(days=9), "vigente_hasta", "un hueco"),
    ],
)
def test_las_vigencias_ni_se_superponen_ni_dejan_un_hueco(
    mundo: Mundo, desde: date, hasta: date | None, campo: str, porque: str
) -> None:
    with mundo.db.begin() as session:
        _guardar(session, VIERNES)
        errores = _rechazo(session, _version(desde, hasta))
        assert len(session.scalars(select(VersionDeReglas)).all()) == 1
    assert list(errores) == [campo]
    assert porque in errores[campo][0]


def _sin(reloj: str, prioridad: str) -> list[ReglaEscrita]:
    return [r for r in _reglas() if (r.reloj, r.prioridad) != (reloj, prioridad)]


def _ademas(reloj: str, prioridad: str, cuanto: int) -> list[ReglaEscrita]:
    return [*_reglas(), ReglaEscrita(reloj=reloj, prioridad=prioridad, cuanto=cuanto)]


@pytest.mark.parametrize(
    ("escritas", "reloj", "prioridad", "porque"),
    [
        (_sin("evaluacion", "alta"), "evaluacion", "alta", "Falta"),
        (_ademas("evaluacion", "alta", 7), "evaluacion", "alta", "más de un tiempo"),
        (_ademas("evaluacion", "alta", 5), "evaluacion", "alta", "más de un tiempo"),
        (_ademas("denuncia", "alta", 48), "denuncia", "alta", "lo fija la ley"),
        (_ademas("derecho_acceso", "normal", 30), "derecho_acceso", "normal", "lo fija la ley"),
        (_ademas("almuerzo", "normal", 1), "almuerzo", "normal", "No conocemos ese plazo"),
        (_ademas("evaluacion", "baja", 9), "evaluacion", "baja", "No conocemos esa prioridad"),
        (_reglas(respuesta={"urgente": 6}), "respuesta", "urgente", "más urgente"),
        (_reglas(respuesta={"alta": 11}), "respuesta", "alta", "más urgente"),
    ],
)
def test_una_regla_que_falta_sobra_o_se_contradice_se_dice_en_su_lugar(
    escritas: list[ReglaEscrita], reloj: str, prioridad: str, porque: str
) -> None:
    errores = incoherencias(escritas)
    assert {r: list(de) for r, de in errores.items()} == {reloj: [prioridad]}
    assert porque in errores[reloj][prioridad][0]


def test_una_version_no_se_cambia_ni_se_borra(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        _guardar(session, MARTES)
    for sql in ("UPDATE reglas_de_plazos SET motivo = 'otro'", "DELETE FROM reglas_de_plazos"):
        with pytest.raises(DBAPIError, match="never changed"), mundo.db.begin() as session:
            session.execute(text(sql))


def _cuerpo(desde: date, **otros: dict[str, int]) -> dict[str, Any]:
    return {
        "vigente_desde": str(desde),
        "motivo": "Hay menos profesionales",
        "fuente": "Instrucción 4 de 2026",
        "reglas": [vars(una) for una in _reglas(**otros)],
    }


def _escribir(ventanilla: Ventanilla, cuerpo: dict[str, Any], **what: Any) -> TestResponse:
    return ventanilla.api("POST", "/plazos/reglas", "coordinacion", json=cuerpo, **what)


def _dia_libre(ventanilla: Ventanilla) -> date:
    """A Monday after every version that other tests of this module wrote: it has no hole."""
    consulta = select(func.max(VersionDeReglas.vigente_desde))
    with ventanilla.db.read() as session:
        ultimo = session.scalar(consulta) or date(2027, 1, 4)
    return ultimo + timedelta(days=28)


def test_por_la_api_se_leen_y_se_escribe_una_sola_vez_por_clave(ventanilla: Ventanilla) -> None:
    desde = _dia_libre(ventanilla)
    cuerpo = _cuerpo(desde, evaluacion={"normal": 15})
    assert ventanilla.api("POST", "/plazos/reglas", "profesional", json=cuerpo).status_code == 403
    clave = {"Idempotency-Key": "reglas-de-enero"}
    primera = _escribir(ventanilla, cuerpo, headers=clave)
    assert primera.status_code == 201, primera.text
    otra_vez = _escribir(ventanilla, cuerpo, headers=clave)
    assert (otra_vez.status_code, otra_vez.json) == (201, primera.json)
    assert _escribir(ventanilla, cuerpo).status_code == 422, "there is one from that day on"

    leidas = ventanilla.api("GET", "/plazos/reglas", "profesional").json
    assert leidas is not None
    nueva, anterior = leidas["versiones"][:2]
    assert nueva == primera.json
    assert (nueva["vigente_desde"], nueva["vigente"]) == (str(desde), False)
    assert anterior["vigente_hasta"] == str(desde - timedelta(days=1))
    del_programa = leidas["versiones"][-1]
    assert {"reloj": "evaluacion", "prioridad": "normal", "cuanto": 15}.items() <= next(
        una
        for una in nueva["reglas"]
        if (una["reloj"], una["prioridad"]) == ("evaluacion", "normal")
    ).items()
    assert any(una["legal"] for una in nueva["reglas"])
    assert (del_programa["id"], del_programa["vigente"]) == (None, True)
    assert ventanilla.auditadas(nueva["id"]) == [
        "casos.reglas_de_plazos.escribir",
        "casos.respuesta.repetir",
    ]


def test_lo_que_la_api_rechaza_dice_el_camino_de_cada_campo(ventanilla: Ventanilla) -> None:
    cuerpo = _cuerpo(LUNES) | {"reglas": [vars(una) for una in _ademas("denuncia", "alta", 48)]}
    errores = _escribir(ventanilla, cuerpo).json["errors"]  # type: ignore[index]  # it is an object
    assert set(errores) == {"vigente_desde", "reglas.denuncia.alta"}
    cuerpo["reglas"][0] |= {"cuanto": 2.5}
    cuerpo["reglas"][1] |= {"cuanto": 251}
    cuerpo["fuente"] = ""
    errores = _escribir(ventanilla, cuerpo).json["errors"]  # type: ignore[index]  # it is an object
    assert set(errores) == {"reglas.0.cuanto", "reglas.1.cuanto", "fuente"}


def test_en_la_pagina_se_leen_y_coordinacion_escribe(ventanilla: Ventanilla) -> None:
    address = "/plazos/reglas"
    pagina = ventanilla.pagina(address, "profesional").text
    assert "Código Procesal Penal" in pagina
    assert "Guardar la versión" not in pagina
    assert address in ventanilla.pagina("/plazos", "profesional").text
    form = {
        "vigente_desde": str(_dia_libre(ventanilla)),
        "motivo": "Vuelve el equipo entero",
        "fuente": "Instrucción 5 de 2027",
        **{f"reglas.{r.reloj}.{r.prioridad}": str(r.cuanto) for r in _reglas()},
    }
    assert ventanilla.enviar(address, form, "profesional").status_code == 403
    mala = form | {"reglas.evaluacion.alta": "", "reglas.recepcion.urgente": "6"}
    respuesta = ventanilla.enviar(address, mala, "coordinacion")
    assert respuesta.status_code == 422
    for campo in ("evaluacion-alta", "recepcion-urgente"):
        assert f'id="campo-reglas-{campo}-error"' in respuesta.text
    assert respuesta.text.count('-error"') < 8, "and of nothing else"
    assert ventanilla.enviar(address, form, "coordinacion").status_code == 303
    assert "Vuelve el equipo entero" in ventanilla.pagina(address, "profesional").text
    assert ventanilla.enviar(address, form, "coordinacion").status_code == 422


def test_un_caso_sin_actividad_se_mide_con_la_version_del_dia_en_que_quedo_quieto(
    ventanilla: Ventanilla,
) -> None:
    desde = _dia_libre(ventanilla)
    corta = {"urgente": 1, "alta": 1, "normal": 1}
    assert _escribir(ventanilla, _cuerpo(desde, sin_actividad=corta)).status_code == 201
    clock.move_to(desde - timedelta(days=1))
    viejo = ventanilla.caso()
    clock.move_to(desde)
    nuevo = ventanilla.caso()
    clock.move_to(desde + timedelta(days=7))
    senales = [
        ventanilla.api("GET", f"/casos/{caso['id']}", "coordinacion").json["senales"]  # type: ignore[index]  # it is an object
        for caso in (viejo, nuevo)
    ]
    assert ["sin_actividad" in de_caso for de_caso in senales] == [False, True]
