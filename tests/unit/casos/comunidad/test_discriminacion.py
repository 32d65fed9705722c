"""Reports of discrimination: anonymous or of somebody, by a route, and on to a case."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update
from tests.unit.casos.conftest import Ventanilla
from tests.unit.conftest import CLAVE
from werkzeug.test import TestResponse

from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.discriminacion.reglas import reglas
from casos.comunidad.discriminacion.states import PASOS, Accion, Estado
from casos.comunidad.discriminacion.supresion import vaciar
from casos.copias.datos import de_casos
from casos.expedientes.models import Caso, Confidencialidad
from casos.hechos.actions import numerar
from casos.hechos.cursor import Cursor
from casos.hechos.queries import pagina as pagina_de_hechos
from casos.personas.models import EstadoPersona, Persona
from casos.retencion import retencion
from casos.taxonomia import tema
from identidad.actions import NuevoFuncionario, crear_funcionario
from oficina import clock
from oficina.actor import Actor
from oficina.bus.envelope import read_hecho
from oficina.bus.tables import Outbox
from oficina.errors import Conflicto, TransicionInvalida
from oficina.events.casos import DiscriminacionDescartada, DiscriminacionReportada
from oficina.retencion import periodos

PROFESIONAL = "profesional"
COORDINACION = "coordinacion"
AJENA = "ajena"
RUTA = "/comunidad/discriminacion"
QUE_PASO = "Le negaron el arriendo al oír su acento"

E, A = Estado, Accion
ADMITIDAS = {
    (E.RECIBIDO, A.GESTIONAR): E.EN_GESTION,
    (E.RECIBIDO, A.IDENTIFICAR): E.RECIBIDO,
    (E.RECIBIDO, A.ABRIR_CASO): E.CON_CASO,
    (E.RECIBIDO, A.CERRAR): E.CERRADO,
    (E.RECIBIDO, A.DESCARTAR): E.DESCARTADO,
    (E.EN_GESTION, A.GESTIONAR): E.EN_GESTION,
    (E.EN_GESTION, A.IDENTIFICAR): E.EN_GESTION,
    (E.EN_GESTION, A.ABRIR_CASO): E.CON_CASO,
    (E.EN_GESTION, A.CERRAR): E.CERRADO,
    (E.CON_CASO, A.GESTIONAR): E.CON_CASO,
    (E.CON_CASO, A.CERRAR): E.CERRADO,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    quien = None if accion is Accion.IDENTIFICAR else uuid4()
    uno = ReporteDeDiscriminacion(estado=estado, persona_id=quien)

    def dar() -> None:
        match accion:
            case Accion.GESTIONAR:
                uno.gestionar("indh")
            case Accion.IDENTIFICAR:
                uno.identificar(uuid4())
            case Accion.ABRIR_CASO:
                assert uno.con_persona() == quien
                uno.seguir_en(uuid4())
            case _:
                uno.pasar(accion)

    if (estado, accion) in ADMITIDAS:
        assert accion in uno.acciones
        dar()
        assert uno.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida) as error:
        dar()
    assert (uno.estado, uno.persona_id, uno.caso_id, uno.via) == (estado, quien, None, None)
    assert error.value.extra["transiciones_permitidas"] == sorted(PASOS[estado])


def test_un_anonimo_no_abre_un_caso_y_uno_de_alguien_no_cambia_de_persona() -> None:
    anonimo = ReporteDeDiscriminacion(estado=Estado.RECIBIDO)
    with pytest.raises(Conflicto):
        anonimo.con_persona()
    assert Accion.ABRIR_CASO not in anonimo.acciones
    de_alguien = ReporteDeDiscriminacion(estado=Estado.RECIBIDO, persona_id=uuid4())
    with pytest.raises(Conflicto):
        de_alguien.identificar(uuid4())
    assert Accion.IDENTIFICAR not in de_alguien.acciones


def test_motivos_lugares_vias_y_plazos_son_datos_con_fuente() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert {"20.609", "21.325"} <= set(re.findall(r"\d\d\.\d{3}", reglas().fuente))
    for dichos in (reglas().motivos, reglas().lugares, reglas().vias):
        assert all(dicho.keys() == {"es", "en"} for dicho in dichos.values())
        assert max(map(len, dichos)) <= 40
    assert {"indh", "tribunal", "inspeccion_trabajo", "municipalidad", "ninguna"} <= set(
        reglas().vias
    )
    (plazo,) = reglas().plazos
    assert (plazo.via, plazo.vence_el(date(2026, 3, 2))) == ("tribunal", date(2026, 5, 31))
    assert tema(reglas().tema).codigo == "DER.DISCRIMINACION"
    assert reglas().dicho("motivos", "edad", "ht") == "Edad"
    assert reglas().dicho("motivos", "de_otra_version", "es") == "de_otra_version"


def _reportar(ventanilla: Ventanilla, **cambios: Any) -> dict[str, Any]:
    datos = {"motivo": "nacionalidad", "lugar": "vivienda", "que_paso": QUE_PASO}
    answer = ventanilla.api("POST", RUTA, PROFESIONAL, json=datos | cambios)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(
    ventanilla: Ventanilla, uno: dict[str, Any], paso: str, rol: str = PROFESIONAL, **datos: Any
) -> TestResponse:
    path = f"{RUTA}/{uno['id']}/{paso}"
    return ventanilla.api("POST", path, rol, json=datos, headers={"If-Match": "*"})


def _dar(ventanilla: Ventanilla, uno: dict[str, Any], paso: str, **datos: Any) -> dict[str, Any]:
    answer = _paso(ventanilla, uno, paso, **datos)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _otra_profesional(ventanilla: Ventanilla) -> None:
    """Somebody of the team who attends nobody of these tests."""
    with ventanilla.oficina.identidad.extensions["env"].db.begin() as session:
        crear_funcionario(
            session,
            NuevoFuncionario(
                usuario=AJENA,
                nombre="Persona ajena",
                correo="ajena@oficina.example",
                clave=CLAVE,
                roles=["profesional"],
                unidad="migracion",
            ),
            Actor.sistema("identidad"),
        )


def test_de_anonimo_a_caso_con_lo_que_se_hizo(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    uno = _reportar(ventanilla, ocurrio_el="2026-03-02", institucion_otra="Corredora sintética")
    assert re.fullmatch(r"RD-\d{4}-\d{6}", uno["folio"])
    assert (uno["persona_id"], uno["acciones"]) == (
        None,
        ["gestionar", "identificar", "cerrar", "descartar"],
    )
    assert _paso(ventanilla, uno, "caso").status_code == 409
    hecho = _dar(ventanilla, uno, "gestiones", via="indh", nota="Se la acompañó al INDH")
    assert (hecho["estado"], hecho["via"]) == ("en_gestion", "indh")
    suyo = _dar(ventanilla, uno, "persona", folio=persona["folio"].lower())
    assert suyo["persona_id"] == persona["id"]
    con_caso = _dar(ventanilla, uno, "caso")
    assert con_caso["estado"] == "con_caso"

    caso = ventanilla.guardado({"id": con_caso["caso_id"]})
    assert (str(caso.persona_id), caso.tema) == (persona["id"], "DER.DISCRIMINACION")
    assert caso.confidencialidad == tema(caso.tema).confidencialidad
    assert caso.responsable_id == ventanilla.funcionario_id(PROFESIONAL)
    pagina = ventanilla.pagina(f"/expedientes/{caso.id}", PROFESIONAL).text
    assert f"/casos{RUTA}/{uno['id']}" in pagina
    assert uno["folio"] in pagina
    assert _paso(ventanilla, uno, "caso").status_code == 409
    assert _dar(ventanilla, uno, "cierre", nota="Se disculparon")["acciones"] == []
    assert _paso(ventanilla, uno, "descarte", nota="Tarde").status_code == 409
    assert [una for una in ventanilla.auditadas(uno["id"]) if not una.endswith(".ver")] == [
        f"casos.discriminacion.{que}"
        for que in ("reportar", "gestionar", "identificar", "abrir_caso", "cerrar")
    ]


def test_los_hechos_son_reservados_y_llevan_ids_y_codigos(ventanilla: Ventanilla) -> None:
    uno = _reportar(ventanilla, folio=ventanilla.persona()["folio"])
    _dar(ventanilla, uno, "descarte", nota="Se anotó dos veces")
    with ventanilla.db.read() as session:
        suyos = select(Outbox).where(Outbox.agregado == f"discriminacion/{uno['id']}")
        filas = session.scalars(suyos.order_by(Outbox.secuencia)).all()

    assert [fila.tipo for fila in filas] == [
        "casos.discriminacion.reportada",
        "casos.discriminacion.descartada",
    ]
    for fila in filas:
        assert fila.clasificacion == "reservado"
        leido = read_hecho(fila.cuerpo)
        assert isinstance(leido, DiscriminacionReportada | DiscriminacionDescartada)
        assert (leido.motivo, leido.lugar, leido.via) == ("nacionalidad", "vivienda", None)
        assert "acento" not in str(fila.cuerpo)
        assert uno["persona_id"] not in str(fila.cuerpo)


def test_se_llega_a_el_como_a_su_persona_y_a_su_caso(ventanilla: Ventanilla) -> None:
    _otra_profesional(ventanilla)
    persona = ventanilla.persona()
    folio, persona_id = persona["folio"], UUID(persona["id"])
    suya = str(ventanilla.funcionario_id(PROFESIONAL))
    ventanilla.caso(persona_id=persona["id"], responsable_id=suya)
    suyo, anonimo = _reportar(ventanilla, folio=folio), _reportar(ventanilla)

    def ve(quien: str, uno: dict[str, Any]) -> tuple[int, bool]:
        lista = ventanilla.api("GET", f"{RUTA}?motivo=nacionalidad", quien).json
        ids = {fila["id"] for fila in lista["reportes"]}  # type: ignore[index]  # it is an object
        return ventanilla.api("GET", f"{RUTA}/{uno['id']}", quien).status_code, uno["id"] in ids

    assert ve(PROFESIONAL, suyo) == ve(COORDINACION, suyo) == (200, True)
    assert ve(AJENA, suyo) == (404, False)
    assert ve(AJENA, anonimo) == (200, True)
    assert _paso(ventanilla, suyo, "cierre", AJENA, nota="No").status_code == 404
    assert _paso(ventanilla, anonimo, "persona", AJENA, folio=folio).status_code == 422
    assert ventanilla.api("GET", RUTA, "recepcion").status_code == 403
    assert ventanilla.api("POST", RUTA, "recepcion", json={}).status_code == 403

    # Blocked, nobody reaches it; whoever would learns that they are.
    with ventanilla.db.begin() as session:
        session.get_one(Persona, persona_id).estado = EstadoPersona.BLOQUEADA
    assert ve(PROFESIONAL, suyo) == (403, False)
    assert _paso(ventanilla, suyo, "caso").status_code == 403
    with ventanilla.db.begin() as session:
        session.get_one(Persona, persona_id).estado = EstadoPersona.ACTIVA

    # Of a reserved case, it is of those named in it.
    abierto = _dar(ventanilla, suyo, "caso")
    with ventanilla.db.begin() as session:
        reservado = session.get_one(Caso, UUID(abierto["caso_id"]))
        reservado.confidencialidad = Confidencialidad.RESERVADO
    assert ve(PROFESIONAL, suyo) == (200, True)
    assert ve(COORDINACION, suyo) == (403, False)
    assert _paso(ventanilla, suyo, "cierre", COORDINACION, nota="No").status_code == 403


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"motivo": "nada"}, "motivo"),
        ({"lugar": "nada"}, "lugar"),
        ({"que_paso": " "}, "que_paso"),
        ({"folio": "P-2026-999999"}, "folio"),
        ({"institucion_id": str(UUID(int=1))}, "institucion_id"),
        ({"ocurrio_el": "2099-01-01"}, "ocurrio_el"),
        ({"institucion_id": str(UUID(int=1)), "institucion_otra": "Otra"}, "institucion_otra"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    ventanilla: Ventanilla, cambios: dict[str, Any], campo: str
) -> None:
    datos = {"motivo": "nacionalidad", "lugar": "vivienda", "que_paso": QUE_PASO}
    answer = ventanilla.api("POST", RUTA, PROFESIONAL, json=datos | cambios)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]  # type: ignore[index]  # it is an object


def test_las_paginas_anotan_abren_el_caso_y_dicen_quien_llego_antes(
    ventanilla: Ventanilla,
) -> None:
    persona = ventanilla.persona()
    datos = {"folio": persona["folio"], "motivo": "idioma", "lugar": "banco"}
    sin_relato = ventanilla.enviar(f"{RUTA}/nuevo", datos, PROFESIONAL)
    assert (sin_relato.status_code, persona["folio"] in sin_relato.text) == (422, True)
    datos |= {"que_paso": QUE_PASO, "ocurrio_el": str(clock.today() - timedelta(days=1))}
    hecho = ventanilla.enviar(f"{RUTA}/nuevo", datos, PROFESIONAL)
    assert hecho.status_code == 303, hecho.text
    path = hecho.headers["Location"].removeprefix("/casos")
    ficha = ventanilla.pagina(path, PROFESIONAL).text
    assert "Ley 20.609, artículo 5" in ficha
    assert QUE_PASO in ficha
    uno = ventanilla.api("GET", path, PROFESIONAL).json
    version = {"version": uno["version"]}  # type: ignore[index]  # it is an object

    abierto = ventanilla.enviar(f"{path}/abrir_caso", version, PROFESIONAL)
    assert abierto.status_code == 303, abierto.text
    tarde = ventanilla.enviar(f"{path}/cerrar", version | {"nota": "Tarde"}, PROFESIONAL)
    assert tarde.status_code == 412
    assert "Usted lo modificó en otra ventana" in tarde.text
    assert " Se abrió un caso." in tarde.text
    assert "Ahora está así: Sigue en un caso." in tarde.text
    assert 'href="#formulario">Cerrar el reporte</a>' in tarde.text
    assert "Tarde</textarea>" in tarde.text
    assert "Se abrió un caso" in ventanilla.pagina(path, PROFESIONAL).text
    lista = ventanilla.pagina(f"{RUTA}?motivo=idioma&lugar=banco", PROFESIONAL).text
    assert (path in lista, QUE_PASO in lista) == (True, False)
    assert path not in ventanilla.pagina(f"{RUTA}?motivo=edad", PROFESIONAL).text
    assert ventanilla.pagina(RUTA, "recepcion").status_code == 403


def test_un_reporte_que_otra_persona_cerro_lo_dice_y_no_pierde_lo_escrito(
    ventanilla: Ventanilla,
) -> None:
    uno = _reportar(ventanilla)
    path = f"{RUTA}/{uno['id']}"
    fin = {"nota": "Se habló con el banco", "version": uno["version"]}
    assert ventanilla.enviar(f"{path}/cerrar", fin, "coordinacion").status_code == 303
    gestion = {"via": "tribunal", "nota": "Lo que iba a anotar"}

    tarde = ventanilla.enviar(f"{path}/gestionar", gestion | fin | gestion, PROFESIONAL)
    ahora = {"version": uno["version"] + 1}
    otra_vez = ventanilla.enviar(f"{path}/gestionar", gestion | ahora, PROFESIONAL)
    por_api = ventanilla.api(
        "POST", f"{path}/gestiones", PROFESIONAL, json=gestion, headers={"If-Match": '"1"'}
    )

    assert (tarde.status_code, otra_vez.status_code, por_api.status_code) == (412, 409, 412)
    for page in (tarde.text, otra_vez.text):
        assert "Lo cambió Persona de coordinacion: " in page
        assert " Se cerró." in page
        assert "Ahora está así: Cerrado." in page
        assert "Lo que iba a anotar</textarea>" in page
        assert 'value="tribunal" selected' in page
    assert por_api.json["estado_actual"] == "cerrado"  # type: ignore[index]  # it is an object
    assert por_api.json["version"] == ahora["version"]  # type: ignore[index]  # it is an object


def test_lo_que_se_selle_mientras_se_escribe_no_se_cuenta_a_quien_ya_no_lo_ve(
    ventanilla: Ventanilla,
) -> None:
    """The report went into a case that the writer may not see: the answer says nothing of it."""
    persona = ventanilla.persona()
    uno = _reportar(ventanilla, folio=persona["folio"])
    path = f"{RUTA}/{uno['id']}"
    caso = _dar(ventanilla, uno, "caso")
    with ventanilla.db.begin() as session:
        suyo = session.get_one(Caso, UUID(caso["caso_id"]))
        suyo.confidencialidad = Confidencialidad.SELLADO
    fin = {"nota": "Lo que iba a anotar", "version": uno["version"]}

    page = ventanilla.enviar(f"{path}/cerrar", fin, "coordinacion")

    assert page.status_code == 404
    assert uno["folio"] not in page.text
    assert "Persona de profesional" not in page.text


def test_la_lista_sale_como_archivo_sin_personas_ni_relatos(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Marielle")
    pedido = "?motivo=apariencia"
    _reportar(
        ventanilla,
        folio=persona["folio"],
        motivo="apariencia",
        institucion_otra="Don Sintético Corredor",
    )
    csv = ventanilla.pagina(f"{RUTA}/lista.csv{pedido}", COORDINACION).text
    libro = ventanilla.pagina(f"{RUTA}/lista.xlsx{pedido}", COORDINACION).data
    filas = CalamineWorkbook.from_filelike(BytesIO(libro)).get_sheet_by_index(0).to_python()

    assert csv.startswith("Folio,")
    assert [fila[2] for fila in filas] == ["Motivo", "Apariencia personal"]
    assert filas[1][4] == "No está en la lista"
    for dicho in ("Marielle", persona["folio"], "Corredor", "acento"):
        assert dicho not in csv + str(filas)
    assert ventanilla.pagina(f"{RUTA}/lista.csv", PROFESIONAL).status_code == 403


def test_su_copia_lo_trae_y_de_quien_se_suprime_no_quedan_palabras(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()
    uno = _reportar(ventanilla, folio=persona["folio"], institucion_otra="Corredora sintética")
    anonimo = _reportar(ventanilla)
    _dar(ventanilla, uno, "gestiones", via="sernac", nota="Se reclamó")
    with ventanilla.db.begin() as session:
        (copiado,) = de_casos(session, UUID(persona["id"]))["reportes_de_discriminacion"]
        assert (copiado["que_paso"], copiado["institucion"]) == (QUE_PASO, "Corredora sintética")
        assert [gestion["nota"] for gestion in copiado["gestiones"]] == ["Se reclamó"]
        vaciar(session, [], [UUID(persona["id"])])
    with ventanilla.db.read() as session:
        quedo = session.get_one(ReporteDeDiscriminacion, UUID(uno["id"]))
        assert (quedo.que_paso, quedo.institucion_otra, quedo.motivo) == ("", None, "nacionalidad")
        suyos = select(PasoDeReporte.nota).where(PasoDeReporte.reporte_id == quedo.id)
        assert list(session.scalars(suyos)) == [None]
        otro = session.get_one(ReporteDeDiscriminacion, UUID(anonimo["id"]))
        assert otro.que_paso == QUE_PASO


def _contados(ventanilla: Ventanilla) -> set[tuple[UUID, str | None, str | None]]:
    """What figures are told of reports: which, the ground and the place."""
    with ventanilla.db.begin() as session:
        numerar(session)
    with ventanilla.db.read() as session:
        hechos = pagina_de_hechos(session, Cursor.leer(""), 500, "reportes").hechos
    return {(h.id, h.motivo, h.lugar) for h in hechos if h.clase == "discriminacion" and h.vigente}


def test_un_reporte_anonimo_se_vacia_cuando_pasa_su_plazo_y_sigue_contando(
    ventanilla: Ventanilla,
) -> None:
    dias = periodos().clases["casos.discriminacion.anonimo"].dias or 0
    folio = ventanilla.persona()["folio"]
    otra = {"institucion_otra": "Corredora sintética"}
    viejo, de_alguien = _reportar(ventanilla, **otra), _reportar(ventanilla, folio=folio, **otra)
    repetido, abierto, reciente = (_reportar(ventanilla, **otra) for _ in range(3))
    for uno in (viejo, de_alguien):
        _dar(ventanilla, uno, "cierre", nota="Se disculparon")
    _dar(ventanilla, repetido, "descarte", nota="Se anotó dos veces")
    hace = clock.real_now() - timedelta(days=dias + 1)
    with ventanilla.db.begin() as session:
        session.execute(update(PasoDeReporte).values(ocurrido_en=hace))
    _dar(ventanilla, reciente, "cierre", nota="Se disculparon")

    contados = _contados(ventanilla)
    retencion.aplicar(ventanilla.db)
    otra_vez = retencion.aplicar(ventanilla.db)

    def leido(uno: dict[str, Any]) -> dict[str, Any]:
        answer = ventanilla.api("GET", f"{RUTA}/{uno['id']}", PROFESIONAL)
        assert answer.status_code == 200
        body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
        return body

    for uno in (viejo, repetido):
        vacio = leido(uno)
        assert (vacio["que_paso"], vacio["institucion_otra"]) == ("", None)
        assert vacio["vaciado_en"]
        assert (vacio["motivo"], vacio["lugar"]) == ("nacionalidad", "vivienda")
    for uno in (de_alguien, abierto, reciente):
        entero = leido(uno)
        assert (entero["que_paso"], entero["institucion_otra"]) == (QUE_PASO, "Corredora sintética")
        assert entero["vaciado_en"] is None
    with ventanilla.db.read() as session:
        finales = select(PasoDeReporte).where(
            PasoDeReporte.accion.in_((Accion.CERRAR, Accion.DESCARTAR))
        )
        notas = {paso.reporte_id: paso.nota for paso in session.scalars(finales)}
    assert (notas[UUID(viejo["id"])], notas[UUID(repetido["id"])]) == (None, None)
    assert notas[UUID(de_alguien["id"])] == notas[UUID(reciente["id"])] == "Se disculparon"
    pagina = ventanilla.pagina(f"{RUTA}/{viejo['id']}", PROFESIONAL).text
    assert "al pasar el plazo de conservación" in pagina
    assert QUE_PASO not in pagina
    # Emptied once, and still there to be counted.
    assert otra_vez is None
    assert _contados(ventanilla) == contados
