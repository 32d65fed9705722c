"""Templates that staff write: versions, what an upgrade brings, and the API of it all."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from notificaciones.mensajes.states import Estado
from notificaciones.plantillas import actions, vigentes
from notificaciones.plantillas import catalogo as modulo
from notificaciones.plantillas.catalogo import Canal, Clave, de_fabrica, redactar
from notificaciones.plantillas.models import Origen, PlantillaGuardada, VersionDePlantilla
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.retencion import retencion
from oficina.audit import Auditoria
from oficina.clock import real_now
from oficina.db import Database

RAIZ = "/notificaciones/api/v1/plantillas"
LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
PROPIA = {
    "clave": "feria",
    "nombre": "Feria de servicios",
    "canales": ["sms"],
    "variables": [
        {"nombre": "lugar", "tipo": "texto", "largo": 40, "ejemplo": "la plaza"},
        {"nombre": "dia", "tipo": "fecha"},
        {"nombre": "enlace", "tipo": "url", "opcional": True},
    ],
    "textos": {
        "es": {"sms": "Feria el {{dia}} en {{lugar}}.{{#si enlace}} Más: {{enlace}}{{/si}}"},
        "ht": {"sms": "Fwa a {{dia}} nan {{lugar}}."},
    },
    "no_duplicar": True,
    "respeta_ventana": True,
    "prioridad": "masiva",
    "tema": "informacion",
}


@pytest.fixture(autouse=True)
def _sembrada(casa: Any) -> None:
    with casa.db.begin() as session:
        actions.sembrar(session)


def _pedir(casa: Any, metodo: str, path: str = "", rol: str = "coordinacion", **kw: Any) -> Any:
    headers = casa.oficina.bearer(rol) | kw.pop("headers", {})
    return casa.app.test_client().open(f"{RAIZ}{path}", method=metodo, headers=headers, **kw)


def _contenido(casa: Any, clave: str, **cambios: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What is in force, changed, as it is sent back, and with what version."""
    leida = _pedir(casa, "GET", f"/{clave}")
    campos = (
        "textos",
        "no_duplicar",
        "respeta_ventana",
        "prioridad",
        "tema",
        "por_ley",
        "retencion_dias",
        "tildes",
    )
    return {campo: leida.json[campo] for campo in campos} | cambios, {
        "If-Match": leida.headers["ETag"]
    }


def _publicar(casa: Any, clave: str, **cambios: Any) -> Any:
    cuerpo, headers = _contenido(casa, clave, **cambios)
    return _pedir(casa, "POST", f"/{clave}/versiones", json=cuerpo, headers=headers)


def _con_sms(clave: str, texto: str) -> dict[str, Any]:
    textos = json.loads(json.dumps(de_fabrica()[clave].textos))
    textos["es"]["sms"] = texto
    return {"textos": textos}


def test_lo_que_se_publica_se_usa_en_el_mensaje_siguiente_y_el_mensaje_lo_recuerda(
    casa: Any,
) -> None:
    texto = "Recuerde: {{fecha}}, {{hora}}, {{lugar}}."
    de_antes = de_fabrica()[Clave.RECORDATORIO_CITA].version
    assert (
        _publicar(casa, "recordatorio_cita", **_con_sms("recordatorio_cita", texto)).status_code
        == 201
    )

    casa.ir_a(LUNES)
    casa.cita(JUEVES_10_30, casa.persona(idiomas=["spa"]))
    casa.barrer()

    uno = casa.mensajes(regla="cita_48h")[0]
    assert uno.estado is Estado.LISTA
    assert uno.cuerpo == "Recuerde: jueves 26 de noviembre, 10:30, en la oficina."
    assert uno.plantilla_version == de_antes + 1
    vieja = _pedir(casa, "GET", f"/recordatorio_cita/versiones/{de_antes}").json
    assert vieja["textos"]["es"]["sms"].startswith("Oficina municipal")
    assert (vieja["origen"], vieja["publicada_por"]) == ("fabrica", "")


def test_quien_escribio_sobre_una_version_vieja_lo_sabe(casa: Any) -> None:
    cuerpo, headers = _contenido(casa, "recordatorio_cita")
    path = "/recordatorio_cita/versiones"

    assert _pedir(casa, "POST", path, json=cuerpo).status_code == 428
    assert _pedir(casa, "POST", path, json=cuerpo, headers=headers).status_code == 201
    assert _pedir(casa, "POST", path, json=cuerpo, headers=headers).status_code == 412


def test_solo_coordinacion_escribe(casa: Any) -> None:
    cuerpo, headers = _contenido(casa, "recordatorio_cita")
    for rol in ("profesional", "recepcion", "administrador"):
        assert _pedir(casa, "GET", rol=rol).status_code == 200
        path = "/recordatorio_cita/versiones"
        answer = _pedir(casa, "POST", path, rol=rol, json=cuerpo, headers=headers)
        assert answer.status_code == 403
    with casa.db.read() as session:
        hechas = session.scalars(select(Auditoria.accion)).all()
    assert "notificaciones.plantilla.publicar" not in hechas


def test_un_texto_que_no_se_podria_escribir_no_se_guarda_y_dice_por_que(casa: Any) -> None:
    textos = {
        "es": {"sms": "Su cita {fecha}", "asunto": "Cita", "correo": "{{fecha}} {{hora}} {{lugr}}"},
        "ht": {"sms": "{{fecha}} {{hora}} {{lugar}}"},
    }
    answer = _publicar(casa, "recordatorio_cita", textos=textos)

    assert answer.status_code == 422
    assert sorted(answer.json["errors"]) == ["textos.ht.asunto", "textos.ht.correo"]
    answer = _publicar(casa, "recordatorio_cita", textos={"es": textos["es"]})
    sms = " ".join(answer.json["errors"]["textos.es.sms"])
    assert "«{fecha}»" in sms
    assert "Puede usar: {{fecha}}, {{hora}}, {{lugar}}" in sms
    assert "Falta «{{hora}}»" in sms
    assert "«{{lugr}}»" in " ".join(answer.json["errors"]["textos.es.correo"])
    assert _publicar(casa, "recordatorio_cita", textos={}).status_code == 422


def test_se_vuelve_a_una_version_anterior_como_version_nueva(casa: Any) -> None:
    primera = _pedir(casa, "GET", "/recordatorio_cita").json["numero"]
    for texto in ("Uno {{fecha}} {{hora}} {{lugar}}", "Dos {{fecha}} {{hora}} {{lugar}}"):
        _publicar(casa, "recordatorio_cita", **_con_sms("recordatorio_cita", texto))

    def volver(numero: int) -> Any:
        headers = {"If-Match": _pedir(casa, "GET", "/recordatorio_cita").headers["ETag"]}
        path = f"/recordatorio_cita/versiones/{numero}/restitucion"
        return _pedir(casa, "POST", path, headers=headers)

    assert volver(primera + 1).json["textos"]["es"]["sms"].startswith("Uno")
    assert volver(primera + 3).status_code == 409
    assert volver(99).status_code == 404
    assert volver(primera).status_code == 201
    versiones = _pedir(casa, "GET", "/recordatorio_cita/versiones").json
    assert [(v["numero"] - primera, v["restituye"], v["origen"]) for v in versiones] == [
        (4, primera, "fabrica"),
        (3, primera + 1, "oficina"),
        (2, None, "oficina"),
        (1, None, "oficina"),
        (0, None, "fabrica"),
    ]
    assert versiones[1]["publicada_por"]


def _otra_de_fabrica(monkeypatch: pytest.MonkeyPatch, casa: Any, sms: str) -> None:
    """An upgrade that brings another text of the reminder."""
    hechas = dict(de_fabrica())
    textos = json.loads(json.dumps(hechas[Clave.RECORDATORIO_CITA].textos))
    textos["es"]["sms"] = sms
    hechas[Clave.RECORDATORIO_CITA] = replace(
        hechas[Clave.RECORDATORIO_CITA], textos=textos, version=99
    )
    for donde in (actions, vigentes):
        monkeypatch.setattr(donde, "de_fabrica", lambda: hechas)
    with casa.db.begin() as session:
        actions.sembrar(session)


def _en_uso(casa: Any) -> str:
    return str(_pedir(casa, "GET", "/recordatorio_cita").json["textos"]["es"]["sms"])


def test_una_version_nueva_del_programa_no_pisa_lo_que_la_oficina_escribio(
    casa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    suya = "Suya {{fecha}} {{hora}} {{lugar}}"
    _publicar(casa, "recordatorio_cita", **_con_sms("recordatorio_cita", suya))

    _otra_de_fabrica(monkeypatch, casa, "Nueva {{fecha}} {{hora}} {{lugar}}")

    assert _en_uso(casa) == suya
    leida = _pedir(casa, "GET", "/recordatorio_cita").json
    assert leida["mas_nueva"] == leida["numero"] + 1


def test_sin_nada_escrito_la_oficina_sigue_al_programa(
    casa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _otra_de_fabrica(monkeypatch, casa, "Nueva {{fecha}} {{hora}} {{lugar}}")

    assert _en_uso(casa).startswith("Nueva")
    assert _pedir(casa, "GET", "/recordatorio_cita").json["mas_nueva"] is None
    with casa.db.begin() as session:
        actions.sembrar(session)
        guardada = session.scalars(
            select(PlantillaGuardada).filter_by(clave="recordatorio_cita")
        ).one()
        versiones = session.scalars(
            select(VersionDePlantilla).filter_by(plantilla_id=guardada.id)
        ).all()
    assert [v.origen for v in versiones] == [Origen.FABRICA] * 2


def test_un_texto_que_este_programa_no_puede_usar_cede_al_suyo(casa: Any) -> None:
    with casa.db.begin() as session:
        version = session.scalars(
            select(VersionDePlantilla)
            .join(PlantillaGuardada)
            .where(PlantillaGuardada.clave == "recordatorio_cita")
        ).one()
        version.textos = {"es": {"sms": "a {{otra}}", "asunto": "a", "correo": "{{fecha}}"}}
        vigentes.soltar(session)

    with casa.db.read() as session:
        en_uso = plantillas(session)["recordatorio_cita"]
    assert en_uso == de_fabrica()["recordatorio_cita"]


def test_una_plantilla_propia_se_escribe_con_lo_que_su_autor_declaro(casa: Any) -> None:
    hecha = _pedir(casa, "POST", json=PROPIA)

    assert hecha.status_code == 201, hecha.text
    assert (hecha.json["clave"], hecha.json["canales"]) == ("propia_feria", ["sms"])
    with casa.db.read() as session:
        feria = plantillas(session)["propia_feria"]
    valores = {"dia": JUEVES_10_30, "lugar": "la plaza"}
    assert redactar(feria, Canal.SMS, "es", valores).cuerpo == (
        "Feria el jueves 26 de noviembre en la plaza."
    )
    con_enlace = redactar(feria, Canal.SMS, "es", valores | {"enlace": "https://x.example"})
    assert con_enlace.cuerpo.endswith(" Más: https://x.example")
    with pytest.raises(modulo.PlantillaInvalida):
        redactar(feria, Canal.SMS, "es", valores | {"lugar": "x" * 41})
    assert _pedir(casa, "POST", json=PROPIA).status_code == 422

    retiro = _pedir(
        casa, "POST", "/propia_feria/retiro", headers={"If-Match": hecha.headers["ETag"]}
    )
    assert retiro.json["retirada"]
    assert _publicar(casa, "propia_feria").status_code == 409
    cita = {"If-Match": "*"}
    assert _pedir(casa, "POST", "/recordatorio_cita/retiro", headers=cita).status_code == 409


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"clave": "Con Mayúsculas"}, "clave"),
        ({"canales": []}, "canales"),
        ({"canales": ["sms", "correo"]}, "textos"),
        ({"variables": [{"nombre": "dia", "tipo": "fecha", "ejemplo": "mañana"}]}, "variables"),
        ({"variables": [{"nombre": "dia", "tipo": "codigo"}]}, "variables"),
        ({"variables": [{"nombre": "dia", "tipo": "fecha"}] * 2}, "variables"),
        ({"retencion_dias": 2}, "retencion_dias"),
        ({"textos": {"ht": {"sms": "Fwa a"}}}, "textos"),
    ],
)
def test_una_plantilla_propia_que_no_serviria_no_se_guarda(
    casa: Any, cambio: dict[str, Any], campo: str
) -> None:
    answer = _pedir(casa, "POST", json=PROPIA | cambio)

    assert answer.status_code == 422
    assert {uno.partition(".")[0] for uno in answer.json["errors"]} == {campo}


def test_la_previa_dice_en_cada_idioma_que_ocupa_que_cuesta_y_por_que(casa: Any) -> None:
    textos = json.loads(json.dumps(de_fabrica()["recordatorio_cita"].textos))
    textos["es"]["sms"] = "Su atención es el {{fecha}} a las {{hora}}, {{lugar}}. " + "x" * 60
    pedido = {"textos": textos, "tildes": "conservar"}

    answer = _pedir(casa, "POST", "/recordatorio_cita/previa", json=pedido)

    assert answer.status_code == 200, answer.text
    sms = {uno["idioma"]: uno for uno in answer.json["lecturas"] if uno["canal"] == "sms"}
    assert list(sms) == ["es", "ht", "pt", "en", "fr"]
    assert sms["es"]["segmentos"]["codificacion"] == "UCS-2"
    assert sms["es"]["segmentos"]["culpables"][0] == "ó"
    assert sms["es"]["segmentos"]["sin_tildes"] == 1
    assert int(sms["es"]["segmentos"]["costo"]) == 25 * sms["es"]["segmentos"]["partes"]
    pedido["tildes"] = "ahorrar"
    llana = _pedir(casa, "POST", "/recordatorio_cita/previa", json=pedido).json["lecturas"][0]
    assert (llana["segmentos"]["partes"], "atencion" in llana["cuerpo"]) == (1, True)
    assert _pedir(casa, "GET", "/recordatorio_cita/versiones").json[0]["numero"] == (
        de_fabrica()["recordatorio_cita"].version
    )


def test_la_previa_echa_de_menos_lo_que_ese_canal_puede_decir_y_nada_mas(casa: Any) -> None:
    textos = json.loads(json.dumps(de_fabrica()["recordatorio_cita"].textos))
    textos["es"]["sms"] = "Su cita es el {{fecha}} a las {{hora}}, {{lugar}}."

    answer = _pedir(casa, "POST", "/recordatorio_cita/previa", json={"textos": textos})

    faltan = {(uno["idioma"], uno["canal"]): uno["sin_nombrar"] for uno in answer.json["lecturas"]}
    # Nobody answers SI or NO to a mail.
    assert {cual: dichos for cual, dichos in faltan.items() if dichos} == {
        ("es", "sms"): ["contestar"]
    }


def test_la_previa_con_una_cita_de_verdad_deja_su_fila(casa: Any) -> None:
    casa.ir_a(LUNES)
    cita = casa.cita(JUEVES_10_30)

    answer = _pedir(casa, "POST", "/recordatorio_cita/previa", json={"cita_id": cita})

    assert answer.json["idioma_de_la_persona"] == "ht"
    ht = next(uno for uno in answer.json["lecturas"] if uno["idioma"] == "ht")
    assert "jedi 26 novanm a 10:30" in ht["cuerpo"]
    with casa.db.read() as session:
        filas = session.execute(
            select(Auditoria.recurso, Auditoria.recurso_id).where(
                Auditoria.accion == "notificaciones.plantilla.previsualizar"
            )
        ).all()
    assert [(recurso, str(uno)) for recurso, uno in filas] == [("cita", cita)]
    ajena = "00000000-0000-7000-8000-000000000000"
    assert (
        _pedir(casa, "POST", "/recordatorio_cita/previa", json={"cita_id": ajena}).status_code
        == 422
    )


@pytest.mark.parametrize(
    ("nombre", "valor"),
    [("dia", "mañana"), ("dia", "0001-01-01T00:00:00+14:00"), ("lugar", 7), ("otra", "x"),
     ("enlace", "javascript:alert(1)"), ("enlace", "https://"), ("dia", "25:99")],
)  # fmt: skip
def test_un_valor_que_no_es_de_su_tipo_se_dice_junto_a_el(
    casa: Any, nombre: str, valor: Any
) -> None:
    _pedir(casa, "POST", json=PROPIA)

    answer = _pedir(casa, "POST", "/propia_feria/previa", json={"valores": {nombre: valor}})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [f"valores.{nombre}"]


def test_otro_proceso_usa_lo_publicado_y_por_mensaje_no_se_pregunta_mas_que_una_vez(
    casa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    otro = Database(casa.db.url)
    preguntas: list[str] = []
    event.listen(
        otro.engine, "before_cursor_execute", lambda _c, _cur, sql, *_a: preguntas.append(sql)
    )
    try:
        with otro.read() as session:
            assert plantillas(session)["recordatorio_cita"].version == (
                de_fabrica()["recordatorio_cita"].version
            )
            preguntas.clear()
            for _vez in range(50):
                plantillas(session)
        assert preguntas == []
        _publicar(casa, "recordatorio_cita")
        monkeypatch.setattr(vigentes, "VIGENCIA", 0.0)
        with otro.read() as session:
            nueva = plantillas(session)["recordatorio_cita"].version
            preguntas.clear()
            plantillas(session)
        assert nueva == de_fabrica()["recordatorio_cita"].version + 1
        assert len(preguntas) == 1
    finally:
        otro.close()


def test_lo_que_dijo_un_mensaje_se_guarda_los_dias_de_su_plantilla(casa: Any) -> None:
    _publicar(casa, "recordatorio_cita", retencion_dias=10)
    casa.ir_a(LUNES)
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=40))
    casa.barrer()

    clase = "notificaciones.mensaje.contenido"
    assert retencion.simular(casa.db, real_now() + timedelta(days=9))[clase] == 0
    assert retencion.simular(casa.db, real_now() + timedelta(days=11))[clase] == 1
    retencion.aplicar(casa.db, real_now() + timedelta(days=11))
    assert casa.mensajes(regla="cita_48h")[0].cuerpo is None
