"""The orientation library: versions of a sheet, and giving one in an attention or in a case."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.orientaciones.fichas import ficha_publicada
from werkzeug.test import TestResponse

from casos.copias.datos import de_casos
from casos.expedientes.models import Hito, TipoHito
from casos.orientaciones.biblioteca import SISTEMA, sembrar
from casos.orientaciones.models import FichaOrientacion, Revision, Vigencia
from casos.orientaciones.queries import ofrecidas
from casos.orientaciones.states import Accion, Estado
from casos.orientaciones.vistas import rotulos
from casos.taxonomia import LENGUAS, taxonomia
from oficina import clock
from oficina.bus.tables import Outbox
from oficina.errors import TransicionInvalida

COORDINACION = "coordinacion"
HOY = date(2026, 3, 2)
AHORA = clock.real_now()
REVISADA = Revision(
    revisada_por="Jurídico",
    vigente_desde=HOY,
    vigente_hasta=None,
    revisar_el=HOY + timedelta(days=180),
    por_confirmar=False,
)
TEXTOS = {"es": {"titulo": "Hoja", "texto": "Lo que se explica."}}
VERBOS = {
    Accion.EDITAR: lambda una: una.exigir(Accion.EDITAR),
    Accion.RENOVAR: lambda una: una.exigir(Accion.RENOVAR),
    Accion.PUBLICAR: lambda una: una.publicar(REVISADA, AHORA),
    Accion.RETIRAR: lambda una: una.retirar("Cambió la ley", AHORA),
}
ADMITIDAS = {
    (Estado.BORRADOR, Accion.EDITAR): Estado.BORRADOR,
    (Estado.BORRADOR, Accion.PUBLICAR): Estado.PUBLICADA,
    (Estado.BORRADOR, Accion.RETIRAR): Estado.RETIRADA,
    (Estado.PUBLICADA, Accion.RENOVAR): Estado.PUBLICADA,
    (Estado.PUBLICADA, Accion.RETIRAR): Estado.RETIRADA,
    (Estado.RETIRADA, Accion.RENOVAR): Estado.RETIRADA,
}


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    una = FichaOrientacion(estado=estado, textos=TEXTOS)
    if (estado, accion) in ADMITIDAS:
        VERBOS[accion](una)
        assert una.estado is ADMITIDAS[estado, accion]
        return
    with pytest.raises(TransicionInvalida):
        VERBOS[accion](una)
    assert una.estado is estado


@pytest.mark.parametrize(
    ("cambios", "vigencia"),
    [
        ({}, Vigencia.VIGENTE),
        ({"vigente_desde": HOY + timedelta(days=1)}, Vigencia.POR_REGIR),
        ({"vigente_hasta": HOY}, Vigencia.VIGENTE),
        ({"vigente_hasta": HOY - timedelta(days=1)}, Vigencia.TERMINADA),
        ({"revisar_el": HOY}, Vigencia.VIGENTE),
        ({"revisar_el": HOY - timedelta(days=1)}, Vigencia.REVISION_VENCIDA),
        ({"estado": Estado.RETIRADA}, Vigencia.RETIRADA),
        ({"estado": Estado.BORRADOR}, Vigencia.SIN_PUBLICAR),
    ],
)
def test_solo_la_que_rige_y_no_paso_su_revision_se_ofrece(
    cambios: dict[str, Any], vigencia: Vigencia
) -> None:
    campos = {"estado": Estado.PUBLICADA, "vigente_desde": HOY, "revisar_el": HOY} | cambios
    assert FichaOrientacion(**campos).vigencia(HOY) is vigencia


def test_lo_que_trae_el_programa_queda_en_borrador_una_vez_y_en_cinco_idiomas(
    ventanilla: Ventanilla,
) -> None:
    with ventanilla.db.begin() as session:
        assert sembrar(session) >= 8
    with ventanilla.db.begin() as session:
        assert sembrar(session) == 0
        traidas = session.scalars(
            select(FichaOrientacion).where(FichaOrientacion.editada_por == SISTEMA.nombre)
        ).all()
    assert len(traidas) >= 8
    for una in traidas:
        assert (una.estado, una.por_confirmar) == (Estado.BORRADOR, True)
        assert set(una.textos) == set(LENGUAS)
        assert set(una.temas) <= taxonomia().temas.keys()
        assert una.fuente
    necesarias = {"REG", "REG.PRORROGA", "EDU.IPE", "SAL", "SOC.RSH", "VIV.ARRIENDO"}
    necesarias |= {"DER.DISCRIMINACION", "DER.VIF"}
    assert necesarias <= {codigo for una in traidas for codigo in una.temas}


def test_lo_que_rodea_a_la_hoja_se_dice_en_los_cinco_idiomas() -> None:
    assert set(rotulos()) == set(LENGUAS)
    assert len({frozenset(dichos) for dichos in rotulos().values()}) == 1


def _datos(**cambios: Any) -> dict[str, Any]:
    codigo = f"hoja-{uuid4().hex[:8]}"
    return {"codigo": codigo, "temas": ["SAL"], "textos": TEXTOS, "fuente": "Ley 1"} | cambios


def _crear(ventanilla: Ventanilla, **cambios: Any) -> dict[str, Any]:
    answer = ventanilla.api("POST", "/fichas", COORDINACION, json=_datos(**cambios))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json  # type: ignore[assignment]  # it is an object
    return body


def _paso(ventanilla: Ventanilla, una: dict[str, Any], paso: str, **datos: Any) -> TestResponse:
    path = f"/fichas/{una['id']}/{paso}"
    return ventanilla.api("POST", path, COORDINACION, json=datos, headers={"If-Match": "*"})


def _publicar(ventanilla: Ventanilla, una: dict[str, Any], **cambios: Any) -> TestResponse:
    hoy = clock.today()
    datos = {"revisada_por": "Jurídico", "vigente_desde": str(hoy)}
    datos |= {"revisar_el": str(hoy + timedelta(days=90))} | cambios
    return _paso(ventanilla, una, "publicacion", **datos)


@pytest.fixture
def hoja(ventanilla: Ventanilla) -> UUID:
    """A sheet about health that may be given today."""
    with ventanilla.db.begin() as session:
        una = ficha_publicada(f"de-{uuid4().hex[:8]}", "SAL")
        session.add(una)
        session.flush()
        return una.id


def test_de_borrador_a_publicada_y_la_siguiente_version_la_reemplaza(
    ventanilla: Ventanilla,
) -> None:
    una = _crear(ventanilla)
    assert (una["estado"], una["vigencia"]) == ("borrador", "sin_publicar")
    assert _publicar(ventanilla, una).status_code == 200
    path = f"/fichas/{una['id']}"
    assert ventanilla.cambiar(path, _cuerpo(), COORDINACION).status_code == 409

    otra = ventanilla.api("POST", f"{path}/versiones", COORDINACION).json
    assert otra is not None
    assert (otra["numero"], otra["estado"]) == (2, "borrador")
    assert ventanilla.api("POST", f"{path}/versiones", COORDINACION).status_code == 409
    cambio = _cuerpo(textos=TEXTOS | {"fr": {"titulo": "Fiche", "texto": "En français."}})
    assert ventanilla.cambiar(f"/fichas/{otra['id']}", cambio, COORDINACION).status_code == 200
    assert ventanilla.api("GET", path).json["estado"] == "publicada"  # type: ignore[index]  # it is an object
    assert _publicar(ventanilla, otra, confirmada=True).json["por_confirmar"] is False  # type: ignore[index]  # it is an object

    vieja = ventanilla.api("GET", path).json
    assert vieja is not None
    assert vieja["estado"] == "retirada"
    assert "versión 2" in vieja["retiro_motivo"]
    assert ventanilla.auditadas(una["id"]) == [
        "casos.ficha_orientacion.crear",
        "casos.ficha_orientacion.publicar",
    ]
    # Who was given the first version reads that it does not hold, and where the present one is.
    abierta = ventanilla.app.test_client().get(f"/casos/abiertos/orientaciones/{una['id']}")
    assert abierta.status_code == 200
    assert rotulos()["es"]["no_vale"] in abierta.text
    assert otra["id"] in abierta.text


def _cuerpo(**cambios: Any) -> dict[str, Any]:
    datos = _datos(**cambios)
    del datos["codigo"]
    return datos


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"codigo": "Con Espacios"}, "codigo"),
        ({"temas": []}, "temas"),
        ({"temas": ["NADA"]}, "temas.0"),
        ({"textos": {"fr": {"titulo": "Fiche", "texto": "Texte"}}}, "textos.es"),
        ({"textos": TEXTOS | {"ht": {"titulo": "San tèks", "texto": ""}}}, "textos.ht.texto"),
        ({"fuente": ""}, "fuente"),
    ],
)
def test_una_ficha_mal_escrita_no_entra(
    ventanilla: Ventanilla, cambios: dict[str, Any], campo: str
) -> None:
    answer = ventanilla.api("POST", "/fichas", COORDINACION, json=_datos(**cambios))
    assert answer.status_code == 422
    assert campo in answer.json["errors"]  # type: ignore[index]  # it is an object


def test_una_publicacion_no_vence_antes_de_empezar(ventanilla: Ventanilla) -> None:
    una = _crear(ventanilla)
    ayer = str(clock.today() - timedelta(days=1))
    assert _publicar(ventanilla, una, revisar_el=ayer).status_code == 422
    repetida = ventanilla.api("POST", "/fichas", COORDINACION, json=_datos(codigo=una["codigo"]))
    assert repetida.status_code == 422


def test_una_hoja_publica_no_dice_nada_de_nadie_y_cae_al_espanol_diciendolo(
    ventanilla: Ventanilla, hoja: UUID
) -> None:
    cualquiera = ventanilla.app.test_client()
    en_kreyol = cualquiera.get(f"/casos/abiertos/orientaciones/{hoja}?idioma=ht")
    assert 'lang="ht"' in en_kreyol.text
    assert rotulos()["ht"]["por_confirmar"] in en_kreyol.text
    assert "noindex" in en_kreyol.headers["X-Robots-Tag"]
    en_frances = cualquiera.get(f"/casos/abiertos/orientaciones/{hoja}?idioma=fr").text
    assert rotulos()["fr"]["en_espanol"] in en_frances
    assert re.search(r"<li>dos</li>\s*<li>tres</li>", en_frances)
    borrador = _crear(ventanilla)["id"]
    for nada in (borrador, uuid4()):
        assert cualquiera.get(f"/casos/abiertos/orientaciones/{nada}").status_code == 404


def test_se_sugieren_las_del_tema_y_nunca_una_con_la_revision_vencida(
    ventanilla: Ventanilla,
) -> None:
    with ventanilla.db.begin() as session:
        del_tema = ficha_publicada(f"b-{uuid4().hex[:8]}", "EDU.IPE")
        de_familia = ficha_publicada(f"a-{uuid4().hex[:8]}", "EDU.CONVALIDACION")
        vencida = ficha_publicada(f"c-{uuid4().hex[:8]}", "EDU.IPE")
        vencida.revisar_el = clock.today() - timedelta(days=1)
        session.add_all([del_tema, de_familia, vencida])
        session.flush()
        halladas = [una.id for una in ofrecidas(session, "EDU.IPE.CURSO", clock.today())]
    assert halladas[:2] == [del_tema.id, de_familia.id]
    assert vencida.id not in halladas


def test_una_hoja_se_llama_como_se_llama_en_la_lengua_de_quien_lee(
    ventanilla: Ventanilla,
) -> None:
    una = ficha_publicada(f"t-{uuid4().hex[:8]}", "SAL")
    una.textos = {**una.textos, "en": {"titulo": f"Sheet {una.codigo}", "texto": "One."}}
    otra = ficha_publicada(f"t-{uuid4().hex[:8]}", "SAL")
    with ventanilla.db.begin() as session:
        session.add_all([una, otra])
    browser = ventanilla.oficina.entrar(ventanilla.app, COORDINACION)
    browser.set_cookie("idioma", "en")

    biblioteca = browser.get("/casos/orientaciones").text
    pagina = browser.get(f"/casos/orientaciones/fichas/{una.id}").text

    assert f'<span lang="en">Sheet {una.codigo}</span>' in biblioteca
    assert f"Hoja {una.codigo}" not in biblioteca
    # What is not written in English keeps its name, and says in which language that is.
    assert f'<span lang="es">Hoja {otra.codigo}</span>' in biblioteca
    assert f'<h1><span lang="en">Sheet {una.codigo}</span></h1>' in pagina
    assert f"Hoja {una.codigo}" in ventanilla.pagina("/orientaciones", COORDINACION).text


def test_dar_una_hoja_en_una_atencion_anonima(ventanilla: Ventanilla, hoja: UUID) -> None:
    atencion = {"canal": "presencial", "tema": "SAL", "resultado": "orientada"}
    hecha = ventanilla.api("POST", "/atenciones", json=atencion).json
    assert hecha is not None
    path = f"/orientaciones/dar?atencion={hecha['id']}"
    assert str(hoja) in ventanilla.pagina(path).text
    form = {
        "ficha_id": str(hoja),
        "idioma": "ht",
        "entrega": "impresa",
        "comprendida": "con_apoyo",
        "atencion_id": hecha["id"],
    }
    assert ventanilla.enviar(path, form | {"idioma": "fr"}).status_code == 422
    dada = ventanilla.enviar(path, form)
    assert dada.status_code == 303
    lugar = dada.headers["Location"].removeprefix("/casos")
    orientacion_id = lugar.rpartition("/")[2]
    assert ventanilla.hechos(f"orientacion/{orientacion_id}") == ["casos.orientacion.dada"]

    vista = ventanilla.pagina(lugar).text
    assert "hoja_de_orientacion" not in vista  # there is nobody to send it to
    papel = ventanilla.pagina(f"{lugar}/imprimir").text
    assert "of-papel" not in papel
    assert rotulos()["ht"]["codigo"] in papel
    assert re.search(r"HO-\d{4}-\d{6}", papel)
    assert f"/casos/abiertos/orientaciones/{hoja}?idioma=ht" in papel
    assert ventanilla.auditadas(orientacion_id) == [
        "casos.orientacion.dar",
        "casos.orientacion.ver",
        "casos.orientacion.ver",
    ]


def test_dar_una_hoja_es_la_orientacion_del_caso(ventanilla: Ventanilla, hoja: UUID) -> None:
    persona = ventanilla.persona(nombres="Jozefin", idiomas=["hat"])
    caso = ventanilla.caso(persona_id=persona["id"], tema="SAL")
    path = f"/orientaciones/dar?caso={caso['id']}"
    pagina = ventanilla.pagina(path, "profesional").text
    assert re.search(r'<option value="ht" selected>', pagina)
    version = re.search(r'name="version" value="(\d+)"', pagina)
    assert version is not None
    form = {"ficha_id": str(hoja), "idioma": "ht", "entrega": "leida", "comprendida": "si"}
    form |= {"caso_id": caso["id"], "tema": "SAL", "nota": "Traer certificado"}
    tarde = ventanilla.enviar(path, form | {"version": "99"}, "profesional")
    assert tarde.status_code == 412
    for dicho in ("mientras usted escribía", "Ahora está así: Abierto", "Traer certificado"):
        assert dicho in tarde.text
    assert f'name="version" value="{version[1]}"' in tarde.text
    ajena = ventanilla.enviar(path, form | {"caso_id": str(uuid4())}, "profesional")
    assert (ajena.status_code, "dé la hoja desde ahí" in ajena.text) == (422, True)
    dada = ventanilla.enviar(path, form | {"version": version[1]}, "profesional")
    assert dada.status_code == 303

    guardado = ventanilla.guardado(caso)
    assert guardado.orientaciones == 1
    with ventanilla.db.read() as session:
        hito = session.scalars(
            select(Hito).where(Hito.caso_id == guardado.id, Hito.tipo == TipoHito.ORIENTACION)
        ).one()
    assert (hito.datos["ficha_version"], hito.datos["idioma"]) == (1, "ht")
    assert hito.texto == "Traer certificado"
    assert "Criollo haitiano" in ventanilla.pagina(f"/expedientes/{caso['id']}", "profesional").text
    # The one button that sends it says the person's folio and the sheet, and asks first.
    vista = ventanilla.pagina(dada.headers["Location"].removeprefix("/casos"), "profesional").text
    assert 'name="plantilla" value="hoja_de_orientacion"' in vista
    assert 'name="accion" value="previa"' in vista
    assert persona["folio"] in vista
    # And they find it in the copy of their data.
    with ventanilla.db.read() as session:
        (copiada,) = de_casos(session, UUID(persona["id"]))["orientaciones"]
    assert copiada["titulo"].startswith("Fèy")


def test_de_un_caso_reservado_solo_se_cuenta_que_se_dio(ventanilla: Ventanilla, hoja: UUID) -> None:
    persona = ventanilla.persona()["id"]
    abrir = {"persona_id": persona, "tema": "DER.NNA"}
    caso = ventanilla.api("POST", "/casos", "profesional", json=abrir).json
    assert caso is not None
    dar = {"ficha_id": str(hoja), "idioma": "es", "entrega": "leida", "caso_id": caso["id"]}
    headers = {"If-Match": "*"}
    ajena = ventanilla.api("POST", "/orientaciones", COORDINACION, json=dar, headers=headers)
    assert ajena.status_code in {403, 404}
    dada = ventanilla.api("POST", "/orientaciones", "profesional", json=dar, headers=headers)
    assert dada.status_code == 201, dada.text
    assert dada.json is not None
    path = f"/orientaciones/{dada.json['id']}"
    assert ventanilla.api("GET", path, "profesional").status_code == 200
    assert ventanilla.api("GET", path, COORDINACION).status_code == 404
    with ventanilla.db.read() as session:
        sobre = session.scalars(
            select(Outbox).where(Outbox.agregado == f"orientacion/{dada.json['id']}")
        ).one()
    assert sobre.clasificacion == "reservado"
    assert sobre.cuerpo["data"]["tema"] == "reservado"
    assert not sobre.cuerpo["data"].get("ficha_id")


def test_se_da_en_una_atencion_o_en_un_caso_y_solo_lo_vigente(
    ventanilla: Ventanilla, hoja: UUID
) -> None:
    caso = ventanilla.caso(tema="SAL")
    dar = {"ficha_id": str(hoja), "idioma": "es", "entrega": "leida"}
    de_nada = ventanilla.api("POST", "/orientaciones", json=dar)
    assert de_nada.status_code == 422
    de_ambas = dar | {"caso_id": caso["id"], "atencion_id": str(uuid4())}
    assert ventanilla.api("POST", "/orientaciones", "profesional", json=de_ambas).status_code == 422
    en_caso = dar | {"caso_id": caso["id"]}
    assert ventanilla.api("POST", "/orientaciones", json=en_caso).status_code == 403
    ajena = dar | {"atencion_id": str(uuid4())}
    assert ventanilla.api("POST", "/orientaciones", json=ajena).status_code == 404
    borrador = en_caso | {"ficha_id": _crear(ventanilla)["id"]}
    sin_regir = ventanilla.api("POST", "/orientaciones", "profesional", json=borrador)
    assert sin_regir.status_code == 409


def test_la_coordinacion_escribe_publica_y_retira_en_su_pagina(ventanilla: Ventanilla) -> None:
    codigo = f"pagina-{uuid4().hex[:6]}"
    form = {"codigo": codigo, "temas": ["SAL", "SOC"], "fuente": "Ley 1", "fuente_el": "2020-01-02"}
    form |= {"textos.es.titulo": "De la página", "textos.es.texto": "Texto."}
    mala = ventanilla.enviar("/orientaciones/fichas/nueva", form | {"fuente": ""}, COORDINACION)
    assert mala.status_code == 422
    assert "De la página" in mala.text
    hecha = ventanilla.enviar("/orientaciones/fichas/nueva", form, COORDINACION)
    assert hecha.status_code == 303
    lugar = hecha.headers["Location"].removeprefix("/casos")
    del form["codigo"]
    form |= {"version": "1", "textos.pt.titulo": "Da página", "textos.pt.texto": "Texto em pt."}
    assert ventanilla.enviar(f"{lugar}/editar", form, COORDINACION).status_code == 303
    tarde = ventanilla.enviar(
        f"{lugar}/editar", form | {"textos.pt.titulo": "Outra página"}, COORDINACION
    )
    assert tarde.status_code == 412
    for dicho in ("Se reescribió", "Ahora está así: Borrador", "Da página", "Outra página"):
        assert dicho in tarde.text
    assert 'name="version" value="2"' in tarde.text
    assert "Da página" in ventanilla.pagina(f"{lugar}?idioma=pt").text
    hoy = clock.today()
    publica = {"version": "2", "revisada_por": "Jurídico", "vigente_desde": str(hoy)}
    publica |= {"revisar_el": str(hoy), "confirmada": "1"}
    assert ventanilla.enviar(f"{lugar}/publicar", publica, COORDINACION).status_code == 303
    otra_vez = ventanilla.enviar(f"{lugar}/publicar", publica | {"version": "3"}, COORDINACION)
    assert otra_vez.status_code == 409
    for dicho in ("Se publicó", "Ahora está así: Publicada", "Preparar otra versión", "Jurídico"):
        assert dicho in otra_vez.text
    assert "De la página" in ventanilla.pagina("/orientaciones").text
    nueva = ventanilla.enviar(f"{lugar}/renovar", {}, COORDINACION)
    assert nueva.status_code == 303
    retira = {"version": "3", "motivo": "Cambió la ley"}
    assert ventanilla.enviar(f"{lugar}/retirar", retira, COORDINACION).status_code == 303
    assert "Cambió la ley" in ventanilla.pagina(lugar).text
    assert codigo not in ventanilla.pagina("/orientaciones", "administrador").text
    assert ventanilla.pagina("/orientaciones?ver=todas").status_code == 200
    for de_otros in ("editar", "publicar", "retirar"):
        assert ventanilla.pagina(f"{lugar}/{de_otros}", "profesional").status_code == 403
