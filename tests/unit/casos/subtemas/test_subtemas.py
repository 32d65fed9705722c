"""The taxonomy as data, and the codes that an office adds below it."""

import json
from importlib.resources import files
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.orientaciones.fichas import ficha_publicada
from werkzeug.test import TestResponse

from casos.consentimientos.models import BaseLicitud
from casos.expedientes.models import Confidencialidad, Prioridad, TipoCaso
from casos.hechos.queries import etiquetas
from casos.plazos.reglas import reglas
from casos.red.actions import sembrar
from casos.red.models import ServicioRed
from casos.subtemas.models import Subtema
from casos.taxonomia import leer, nombre, taxonomia, tema
from oficina import clock

COORDINACION = "coordinacion"
IDIOMAS = {"es", "ht", "en", "pt", "fr"}
CUALQUIERA = {"If-Match": "*"}


def _crear(ventanilla: Ventanilla, palabra: str, padre: str = "SAL", **que: Any) -> dict[str, Any]:
    datos = {"padre": padre, "palabra": palabra, "etiquetas": {"es": f"Propio {palabra}"}} | que
    answer = ventanilla.api("POST", "/temas/propios", COORDINACION, json=datos)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(ventanilla: Ventanilla, uno: dict[str, Any], paso: str) -> TestResponse:
    path = f"/temas/propios/{uno['id']}/{paso}"
    return ventanilla.api("POST", path, COORDINACION, headers=CUALQUIERA)


def test_cada_tema_se_dice_en_cinco_idiomas_y_todo_lo_que_sugiere_existe() -> None:
    vigente = taxonomia()
    assert set(vigente.idiomas) == IDIOMAS
    gravity = {c for uno in vigente.temas.values() for c in uno.gravity}
    assert all(c == c.lower() and " " not in c for c in gravity)
    for uno in vigente.temas.values():
        assert set(uno.etiquetas) == IDIOMAS, uno.codigo
        assert all(uno.etiquetas.values()), uno.codigo
        assert uno.servicios, uno.codigo
        assert set(uno.servicios) <= vigente.servicios.keys(), uno.codigo
        assert set(uno.relojes) <= reglas().relojes.keys(), uno.codigo
        assert uno.gravity, uno.codigo
        assert TipoCaso(uno.tipo_caso)
        assert Prioridad(uno.prioridad)
        assert Confidencialidad(uno.confidencialidad)
        assert BaseLicitud(uno.base_licitud)
        assert uno.linea in vigente.lineas
    assert {c for uno in vigente.temas.values() for c in uno.servicios} == vigente.servicios.keys()
    for textos in (*vigente.lineas.values(), *vigente.servicios.values()):
        assert set(textos) == IDIOMAS


def test_un_codigo_que_alguna_version_dio_se_lee_siempre() -> None:
    vigente = taxonomia()
    assert vigente.versiones[vigente.version] == tuple(vigente.temas)
    for version, codigos in vigente.versiones.items():
        perdidos = [codigo for codigo in codigos if vigente.conocido(codigo) is None]
        assert not perdidos, version


def test_lo_que_una_version_nueva_deja_de_ofrecer_se_sigue_leyendo() -> None:
    datos = json.loads((files("casos") / "taxonomia.json").read_text(encoding="utf-8"))
    viejo = next(t for t in datos["temas"] if t["codigo"] == "IDI.ESPANOL")
    datos["temas"] = [t for t in datos["temas"] if t is not viejo]
    datos["retirados"] = [viejo | {"reemplazo": "IDI"}]
    nueva = leer(datos)

    assert "IDI.ESPANOL" not in nueva.temas
    leido = nueva.conocido("IDI.ESPANOL")
    assert leido is not None
    assert (leido.etiqueta("fr"), leido.reemplazo) == ("Apprendre l’espagnol", "IDI")
    assert nueva.regla("IDI.ESPANOL.CURSO").codigo == "IDI.ESPANOL"


def test_un_codigo_bajo_un_tema_sigue_las_reglas_del_mas_cercano() -> None:
    assert tema("SAL.DENTAL").codigo == "SAL"
    assert tema("DER.VIF.X.Y").confidencialidad == "reservado"
    assert nombre("SAL.DENTAL") == "Salud (SAL.DENTAL)"
    assert nombre("NADA.X") == "NADA.X"
    with pytest.raises(KeyError):
        tema("NADA.X")


def test_un_subtema_se_ofrece_enseguida_y_sigue_las_reglas_de_su_tema(
    ventanilla: Ventanilla,
) -> None:
    uno = _crear(ventanilla, "PAREJA", "DER.VIF", etiquetas={"es": "De pareja", "fr": "Couple"})
    assert (uno["codigo"], uno["version"]) == ("DER.VIF.PAREJA", 1)
    assert "De pareja" in ventanilla.pagina("/recepcion").text

    caso = ventanilla.caso(tema="DER.VIF.PAREJA")
    guardado = ventanilla.guardado(caso)
    assert (guardado.prioridad, guardado.confidencialidad) == ("urgente", "reservado")
    with ventanilla.db.read() as session:
        dichas = {(e.codigo, e.idioma): e.texto for e in etiquetas(session)}
    assert dichas["DER.VIF.PAREJA", "fr"] == "Couple"
    assert dichas["DER.VIF", "fr"] == "Violence domestique"


def test_lo_que_agrego_otro_proceso_vale_desde_que_se_usa(ventanilla: Ventanilla) -> None:
    ventanilla.pagina("/recepcion")
    datos = {"es": "De otro"}
    with ventanilla.db.begin() as session:
        session.add(
            Subtema(
                codigo="SAL.OTRO_PROCESO",
                padre="SAL",
                etiquetas=datos,
                creado_en=clock.now(),
                creado_por="Otro proceso",
            )
        )
    caso = ventanilla.caso(tema="SAL.OTRO_PROCESO")
    assert ventanilla.guardado(caso).tema == "SAL.OTRO_PROCESO"


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"padre": "NADA"}, "padre"),
        ({"palabra": "con espacios"}, "palabra"),
        ({"palabra": "Á"}, "palabra"),
        ({"palabra": "X" * 17}, "palabra"),
        ({"etiquetas": {"fr": "Sans espagnol"}}, "etiquetas"),
        ({"padre": "VIV", "palabra": "ARRIENDO"}, "palabra"),
    ],
)
def test_un_subtema_mal_escrito_no_entra(
    ventanilla: Ventanilla, cambio: dict[str, Any], campo: str
) -> None:
    datos = {"padre": "SAL", "palabra": "MALO", "etiquetas": {"es": "Malo"}} | cambio
    answer = ventanilla.api("POST", "/temas/propios", COORDINACION, json=datos)
    assert answer.status_code == 422
    assert any(error.startswith(campo) for error in answer.json["errors"])  # type: ignore[index]  # it is an object


def test_un_codigo_no_se_agrega_dos_veces(ventanilla: Ventanilla) -> None:
    _crear(ventanilla, "DOS_VECES")
    datos = {"padre": "SAL", "palabra": "DOS_VECES", "etiquetas": {"es": "Otra vez"}}
    answer = ventanilla.api("POST", "/temas/propios", COORDINACION, json=datos)
    assert answer.status_code == 422
    assert "SAL.DOS_VECES" in answer.text


def test_uno_retirado_no_se_ofrece_se_sigue_leyendo_y_vuelve(ventanilla: Ventanilla) -> None:
    uno = _crear(ventanilla, "RETIRADO")
    caso = ventanilla.caso(tema="SAL.RETIRADO")
    assert _paso(ventanilla, uno, "retiro").status_code == 200
    assert _paso(ventanilla, uno, "retiro").status_code == 409

    persona = ventanilla.persona()["id"]
    nuevo = {"persona_id": persona, "tema": "SAL.RETIRADO"}
    assert ventanilla.api("POST", "/casos", json=nuevo).status_code == 422
    assert "Propio RETIRADO" not in ventanilla.pagina("/recepcion").text
    assert "Propio RETIRADO" in ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text

    assert _paso(ventanilla, uno, "reposicion").status_code == 200
    assert _paso(ventanilla, uno, "reposicion").status_code == 409
    assert ventanilla.api("POST", "/casos", json=nuevo).status_code == 201
    assert ventanilla.auditadas(uno["id"]) == [
        "casos.subtema.crear",
        "casos.subtema.retirar",
        "casos.subtema.reponer",
    ]


def test_uno_que_se_uso_no_se_elimina(ventanilla: Ventanilla) -> None:
    en_caso, en_atencion = _crear(ventanilla, "EN_CASO"), _crear(ventanilla, "EN_ATENCION")
    en_orientacion, en_red = _crear(ventanilla, "ORIENTADO"), _crear(ventanilla, "EN_RED")
    sin_uso, en_ficha = _crear(ventanilla, "SIN_USO"), _crear(ventanilla, "EN_FICHA")
    ventanilla.caso(tema="SAL.EN_CASO")
    atencion = {"canal": "presencial", "tema": "SAL.EN_ATENCION", "resultado": "orientada"}
    assert ventanilla.api("POST", "/atenciones", json=atencion).status_code == 201
    orientacion = {"tema": "SAL.ORIENTADO", "texto": "Se explicó"}
    assert ventanilla.paso(ventanilla.caso(), "orientaciones", **orientacion).status_code == 200
    with ventanilla.db.begin() as session:
        sembrar(session, demo=True)
        session.flush()
        servicio = session.scalars(select(ServicioRed).limit(1)).one()
        servicio.temas = [*servicio.temas, "SAL.EN_RED"]
        session.add(ficha_publicada("con-subtema", "SAL.EN_FICHA"))
    for uno in (en_caso, en_atencion, en_orientacion, en_red, en_ficha):
        assert _paso(ventanilla, uno, "eliminacion").status_code == 409, uno["codigo"]
    assert _paso(ventanilla, sin_uso, "eliminacion").status_code == 200
    with ventanilla.db.read() as session:
        assert session.get(Subtema, UUID(sin_uso["id"])) is None
        assert session.get(Subtema, UUID(en_red["id"])) is not None


def test_la_pagina_agrega_cambia_retira_y_elimina(ventanilla: Ventanilla) -> None:
    admin = "administrador"
    form = {"padre": "IDI", "palabra": "señas", "etiquetas.es": "Lengua de señas"}
    assert ventanilla.enviar("/temas/propios/nuevo", form, admin).status_code == 422
    form |= {"palabra": "senas", "etiquetas.fr": "Langue des signes"}
    answer = ventanilla.enviar("/temas/propios/nuevo", form, admin)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/casos/temas#IDI")
    with ventanilla.db.read() as session:
        uno = session.scalars(select(Subtema).where(Subtema.codigo == "IDI.SENAS")).one()
    pagina = ventanilla.pagina("/temas", admin).text
    assert "Lengua de señas" in pagina
    assert "health-insurance-coverage-status" in pagina

    path = f"/temas/propios/{uno.id}"
    cambio = {"etiquetas.es": "Lengua de señas chilena", "version": "1"}
    assert ventanilla.enviar(path, cambio, admin).status_code == 303
    vieja = ventanilla.enviar(path, cambio | {"etiquetas.es": "Otra"}, admin)
    assert vieja.status_code == 412
    for dicho in ("Se le cambió el nombre", "Ahora está así: Se ofrece", "Lengua de señas chilena"):
        assert dicho in vieja.text
    assert ('value="Otra"' in vieja.text, 'name="version" value="2"' in vieja.text) == (True, True)
    assert ventanilla.enviar(f"{path}/retirar", {"version": "2"}, admin).status_code == 303
    assert "Ya no se ofrece" in ventanilla.pagina(path, admin).text
    assert ventanilla.enviar(f"{path}/reponer", {"version": "3"}, admin).status_code == 303
    assert ventanilla.enviar(f"{path}/eliminar", {"version": "4"}, admin).status_code == 303
    assert ventanilla.pagina(path, admin).status_code == 404


def test_la_taxonomia_se_lee_por_la_api_y_solo_la_cambia_quien_puede(
    ventanilla: Ventanilla,
) -> None:
    leida = ventanilla.api("GET", "/temas", "recepcion").json
    assert leida is not None
    assert leida["version"] == taxonomia().version
    assert [t["codigo"] for t in leida["temas"]] == list(taxonomia().temas)
    datos = {"padre": "SAL", "palabra": "AJENO", "etiquetas": {"es": "Ajeno"}}
    assert ventanilla.api("POST", "/temas/propios", "profesional", json=datos).status_code == 403
    uno = _crear(ventanilla, "VERSIONADO")
    path = f"/temas/propios/{uno['id']}"
    assert ventanilla.api("GET", path).headers["ETag"] == '"1"'
    cambio = {"etiquetas": {"es": "Con versión"}}
    assert ventanilla.api("PATCH", path, COORDINACION, json=cambio).status_code == 428
    assert ventanilla.cambiar(path, cambio, COORDINACION).json["version"] == 2  # type: ignore[index]  # it is an object
