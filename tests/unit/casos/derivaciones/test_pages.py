"""What an officer does in the browser: choose, see what will be shared, confirm, follow."""

import html
import re
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Accion, Estado, Grado
from casos.expedientes.models import Caso
from casos.expedientes.states import Estado as EstadoCaso
from oficina import clock
from oficina.audit import Auditoria
from oficina.db import uuid7

from .casos_app import COMO_ESTE, Casos
from .mundo import SECRETOS, crear_mundo

# The day after the steps of the small world: nothing of them is overdue yet.
MARTES = date(2026, 11, 10)


def _nueva(casos: Casos) -> str:
    return f"/casos/expedientes/{casos.mundo.caso_id}/derivaciones/nueva"


def _datos(casos: Casos, codigo: str = "DIDECO.SOCIAL", **otros: object) -> dict[str, object]:
    return {
        "servicio_id": str(casos.mundo.servicio(codigo)),
        "proposito": "Evaluar una ayuda para el arriendo",
        "datos": ["nombre", "idioma:hat"],
        "base_licitud": "funcion_legal",
        **otros,
    }


def _ficha(page: str) -> str:
    """What the package's list shows, without its markup."""
    ficha = page[page.index("Para qué se deriva") :]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", ficha[: ficha.index("</dl>")]))


def test_se_elige_un_servicio_del_tema_del_caso(casos: Casos) -> None:
    browser = casos.como("profesional")

    page = browser.get(_nueva(casos)).text
    buscado = browser.get(_nueva(casos), query_string={"q": "inspeccion trabajo", "tema": ""}).text

    assert "Atención social y ayudas" in page
    assert "Cupo sin informar" in page
    assert "Comprobante de domicilio" in page
    assert "Denuncia y fiscalización laboral" not in page
    assert "Denuncia y fiscalización laboral" in buscado


def test_el_formulario_propone_lo_minimo_y_lo_sensible_sin_marcar(casos: Casos) -> None:
    servicio = casos.mundo.servicio("DIDECO.SOCIAL")

    page = casos.como("profesional").get(_nueva(casos), query_string={"servicio": servicio}).text

    marcados = re.findall(r'name="datos" value="([^"]+)" checked', page)
    assert [codigo.partition(":")[0] for codigo in marcados] == [
        "nombre",
        "idioma",
        "interprete",
        "telefono",
    ]
    assert 'value="situacion_migratoria">' in page
    assert re.search(r'value="funcion_legal" checked', page)
    assert "el fundamento" not in page


def test_confirmar_envia_exactamente_lo_que_se_mostro(casos: Casos) -> None:
    browser = casos.como("profesional")

    sent = browser.post(_nueva(casos), data=_datos(casos))
    preview = browser.get(sent.location).text
    derivacion_id = UUID(sent.location.rpartition("/")[2])

    assert sent.status_code == 303
    assert "Todavía no se ha enviado" in preview
    assert "Función legal" in preview
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.BORRADOR
    assert casos.mundo.hechos() == []
    assert not any(secreto in preview for secreto in SECRETOS)

    confirmed = casos.confirmar(browser, sent.location)
    visto = casos.app.test_client().get(f"/casos/enlace/{casos.enlace(derivacion_id)}").text

    assert confirmed.status_code == 303
    assert casos.mundo.hechos() == ["casos.derivacion.enviada"]
    assert _ficha(visto) == _ficha(preview)
    page = browser.get(confirmed.location).text
    assert "Enviada, sin respuesta" in page
    assert "Confirmar la recepción" in page


def test_elegir_otra_vez_los_datos_parte_de_lo_elegido(casos: Casos) -> None:
    browser = casos.como("profesional")
    sent = browser.post(
        _nueva(casos),
        data=_datos(
            casos,
            base_licitud="consentimiento",
            forma_consentimiento="verbal",
            idioma_consentimiento="hat",
        ),
    )
    preview = browser.get(sent.location).text
    (otra_vez,) = re.findall(r'href="([^"]+)">Elegir otra vez los datos', preview)

    page = browser.get(html.unescape(otra_vez)).text
    ajeno = browser.get(_nueva(casos), query_string={**_servicio(casos), "borrador": str(uuid4())})

    assert "Evaluar una ayuda para el arriendo" in page
    assert re.findall(r'name="datos" value="([^"]+)" checked', page) == ["nombre", "idioma:hat"]
    assert re.search(r'value="consentimiento" checked', page)
    assert re.search(r'value="verbal" checked', page)
    assert ajeno.status_code == 404


def _servicio(casos: Casos) -> dict[str, str]:
    return {"servicio": str(casos.mundo.servicio("DIDECO.SOCIAL"))}


def test_enviar_dos_veces_envia_una(casos: Casos) -> None:
    browser = casos.como("profesional")
    url = browser.post(_nueva(casos), data=_datos(casos)).location

    vista = {"vista": casos.mundo.derivacion(UUID(url.rpartition("/")[2])).huella}

    first, second = (browser.post(f"{url}/enviar", data=vista) for _ in range(2))

    assert (first.status_code, second.status_code) == (303, 409)
    assert casos.mundo.hechos() == ["casos.derivacion.enviada"]


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"proposito": "corto"}, "proposito"),
        ({"datos": []}, "datos"),
        ({"datos": ["nombre", "documento:ajeno"]}, "datos"),
        ({"base_licitud": ""}, "base_licitud"),
        ({"base_licitud": "consentimiento"}, "forma_consentimiento"),
    ],
)
def test_lo_que_falta_se_dice_junto_a_su_campo_y_el_formulario_vuelve_lleno(
    casos: Casos, cambio: dict[str, object], campo: str
) -> None:
    datos = {"proposito": "Evaluar una ayuda para el arriendo", **cambio}

    answer = casos.como("profesional").post(_nueva(casos), data=_datos(casos, **datos))

    assert answer.status_code == 422
    assert f'id="campo-{campo}-error"' in answer.text
    assert f'href="#campo-{campo}"' in answer.text
    assert str(datos["proposito"]) in answer.text


def test_todo_lo_que_falta_se_dice_de_una_vez(casos: Casos) -> None:
    datos = _datos(casos, proposito="corto", datos=[], base_licitud="consentimiento")

    answer = casos.como("profesional").post(_nueva(casos), data=datos)

    con_error = re.findall(r'id="campo-(\w+)-error"', answer.text)
    assert con_error == ["proposito", "datos", "forma_consentimiento", "idioma_consentimiento"]
    assert re.findall(r'href="#campo-(\w+)"', answer.text) == con_error


def test_una_forma_que_no_existe_se_dice_una_vez(casos: Casos) -> None:
    datos = _datos(
        casos,
        base_licitud="consentimiento",
        forma_consentimiento="telepática",
        idioma_consentimiento="hat",
    )

    answer = casos.como("profesional").post(_nueva(casos), data=datos)

    assert answer.status_code == 422
    assert "Indique cómo dio la persona su consentimiento" not in answer.text
    assert re.findall(r'href="#campo-(\w+)"', answer.text) == ["forma_consentimiento"]


def test_cada_lectura_deja_su_fila_antes_de_la_respuesta(casos: Casos) -> None:
    browser = casos.como("profesional")
    caso_id, derivacion_id = casos.mundo.caso_id, casos.mundo.en(Estado.ENVIADA)
    url = f"/casos/derivaciones/{derivacion_id}"
    elegir = browser.get(_nueva(casos))
    otra_vez = browser.post(_nueva(casos), data=_datos(casos, proposito="corto"))
    assert (elegir.status_code, otra_vez.status_code) == (200, 422)
    assert _lecturas(casos, caso_id) == ["casos.caso.ver", "casos.derivacion.opciones"]

    paso, vivo = browser.get(f"{url}/pasos/aceptar"), browser.get(f"{url}/estado")
    mal = browser.post(f"{url}/pasos/rechazar", data={"canal": "telefono"})
    igual = browser.get(f"{url}/estado", headers={"If-None-Match": vivo.headers["ETag"]})

    statuses = [answer.status_code for answer in (paso, vivo, mal, igual)]
    assert statuses == [200, 200, 422, 304]
    assert _lecturas(casos, derivacion_id) == ["casos.derivacion.ver"] * 3


def _lecturas(casos: Casos, recurso_id: UUID) -> list[str]:
    """What the officer read of one thing, in order."""
    with casos.db.read() as session:
        consulta = select(Auditoria.accion).where(
            Auditoria.recurso_id == recurso_id, Auditoria.actor_nombre == "Persona de profesional"
        )
        return list(session.scalars(consulta.order_by(Auditoria.id)))


def test_lo_que_pide_el_consentimiento_no_se_llama_opcional(casos: Casos) -> None:
    browser = casos.como("profesional")
    claves = {True: "SJM.SOCIAL", False: "DIDECO.SOCIAL"}
    for unica, clave in claves.items():
        servicio = casos.mundo.servicio(clave)
        page = browser.get(_nueva(casos), query_string={"servicio": servicio}).text
        idioma = page[page.index("Idioma en que se leyó") :].partition("</select>")[0]

        assert "(opcional)" not in idioma
        assert ("aria-required" in idioma) is unica
        assert ("Si la base es el consentimiento" in page) is not unica


def test_una_organizacion_privada_solo_ofrece_el_consentimiento(casos: Casos) -> None:
    browser = casos.como("profesional")
    servicio = casos.mundo.servicio("SJM.SOCIAL")

    page = browser.get(_nueva(casos), query_string={"servicio": servicio}).text
    forced = browser.post(_nueva(casos), data=_datos(casos, "SJM.SOCIAL"))
    con_permiso = _datos(
        casos,
        "SJM.SOCIAL",
        base_licitud="consentimiento",
        forma_consentimiento="verbal",
        idioma_consentimiento="hat",
    )

    assert 'value="funcion_legal"' not in page
    assert "Mwen otorize" in page
    assert forced.status_code == 422
    assert browser.post(_nueva(casos), data=con_permiso).status_code == 303


def test_un_caso_que_no_lo_admite_no_se_deriva(casos: Casos) -> None:
    with casos.db.begin() as session:
        session.get_one(Caso, casos.mundo.caso_id).estado = EstadoCaso.ABIERTO
    browser = casos.como("profesional")

    assert browser.get(_nueva(casos)).status_code == 409
    assert browser.post(_nueva(casos), data=_datos(casos)).status_code == 409


@pytest.mark.parametrize(
    ("accion", "datos", "estado", "grado"),
    [
        ("recibir", {"canal": "telefono"}, Estado.RECIBIDA, Grado.B),
        ("aceptar", {"canal": "oficio"}, Estado.ACEPTADA, Grado.B),
        ("aceptar", {"canal": "persona"}, Estado.ACEPTADA, Grado.C),
        ("rechazar", {"canal": "correo", "motivo": "no_elegible"}, Estado.RECHAZADA, Grado.B),
    ],
)
def test_lo_que_registra_la_oficina_dice_como_se_supo(
    casos: Casos, accion: str, datos: dict[str, str], estado: Estado, grado: Grado
) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}/pasos/{accion}"

    assert browser.get(url).status_code == 200
    assert browser.post(url, data={}).status_code == 422
    assert browser.post(url, data={"canal": "enlace"}).status_code == 422
    sent = browser.post(url, data=datos)

    assert sent.status_code == 303, sent.text
    derivacion = casos.mundo.derivacion(derivacion_id)
    assert (derivacion.estado, derivacion.grado_evidencia) == (estado, grado)
    assert f"{grado}: la" in browser.get(sent.location).text


def test_un_paso_que_ya_no_se_puede_dar_vuelve_con_lo_escrito_y_lo_que_si(casos: Casos) -> None:
    """The institution was faster than the officer who wrote its answer down."""
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    casos.app.test_client().post(f"/casos/enlace/{token}/aceptar")
    path = f"/casos/derivaciones/{derivacion_id}"

    page = casos.como("profesional").post(
        f"{path}/pasos/rechazar",
        data={
            "motivo": "sin_cupo",
            "canal": "telefono",
            "quien": "Rosa Sintética, secretaria",
            "cuando": "2026-11-09",
            "texto": "Dijo que no hay cupo",
        },
    )

    assert page.status_code == 409
    assert "Ahora está así: Aceptada." in page.text
    assert "El estado actual no admite ese paso" in page.text
    assert "DIDECO" in page.text
    assert f'href="{path}/pasos/cumplir"' in page.text
    assert "Dijo que no hay cupo</textarea>" in page.text
    assert "Rosa Sintética, secretaria" in page.text
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.ACEPTADA


def test_un_boton_que_ya_no_sirve_deja_en_la_derivacion_como_esta(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ACEPTADA)

    page = casos.como("profesional").post(
        f"/casos/derivaciones/{derivacion_id}/enviar", data={"vista": "x"}
    )

    assert page.status_code == 409
    assert "El estado actual no admite ese paso" in page.text
    assert f"/casos/derivaciones/{derivacion_id}/pasos/cumplir" in page.text


def test_la_persona_tiene_la_ultima_palabra(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.CUMPLIDA)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}/pasos"

    browser.post(f"{url}/disputar", data={"texto": "Solo le tomaron los datos"})
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.EN_CURSO
    browser.post(f"{url}/cumplir", data={"canal": "telefono", "texto": "Se pagó el arriendo"})
    browser.post(f"{url}/verificar")

    derivacion = casos.mundo.derivacion(derivacion_id)
    assert (derivacion.estado, derivacion.grado_evidencia) == (Estado.VERIFICADA, Grado.C)


@pytest.mark.parametrize(
    ("accion", "campos"), [("rechazar", {"motivo", "canal"}), ("recibir", {"canal"})]
)
def test_al_registrar_una_respuesta_lo_que_falta_se_dice_de_una_vez(
    casos: Casos, accion: str, campos: set[str]
) -> None:
    url = f"/casos/derivaciones/{casos.mundo.en(Estado.ENVIADA)}/pasos/{accion}"

    answer = casos.como("profesional").post(url)

    assert answer.status_code == 422
    assert set(re.findall(r'href="#campo-(\w+)"', answer.text)) == campos


def test_anular_pide_un_motivo_y_cierra_el_enlace(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}/pasos/anular"

    assert browser.post(url).status_code == 422
    assert browser.post(url, data={"motivo": "a_peticion_de_la_persona"}).status_code == 303

    page = casos.app.test_client().get(f"/casos/enlace/{token}").text
    assert "Baptiste" not in page
    assert casos.app.test_client().post(f"/casos/enlace/{token}/aceptar").status_code == 409


def test_una_rechazada_se_reencamina_a_otro_servicio(casos: Casos) -> None:
    rechazada = casos.mundo.en(Estado.RECHAZADA)
    browser = casos.como("profesional")

    page = browser.get(f"/casos/derivaciones/{rechazada}").text
    assert f"derivaciones/nueva?reemplaza_a={rechazada}" in page
    elegir = browser.get(_nueva(casos), query_string={"reemplaza_a": rechazada}).text
    assert f"reemplaza_a={rechazada}" in elegir
    url = browser.post(_nueva(casos), data=_datos(casos, reemplaza_a=str(rechazada))).location
    casos.confirmar(browser, url)

    assert casos.mundo.derivacion(UUID(url.rpartition("/")[2])).reemplaza_a_id == rechazada
    assert "Se reencaminó" in browser.get(f"/casos/derivaciones/{rechazada}").text


@pytest.mark.parametrize(
    ("fin", "dicho"),
    [
        (Estado.RECHAZADA, "Derivación rechazada"),
        (Estado.NO_LOGRADA, "Derivación no lograda"),
        (Estado.VENCIDA, "Derivación vencida sin respuesta"),
    ],
)
def test_la_que_no_resulta_atrasa_el_caso_hasta_que_se_reencamina(
    casos: Casos, fin: Estado, dicho: str
) -> None:
    clock.move_to(MARTES)
    derivacion_id = casos.mundo.en(fin)
    folio = casos.mundo.derivacion(derivacion_id).folio
    browser = casos.como("profesional")
    caso = f"/casos/expedientes/{casos.mundo.caso_id}"

    assert _es_tarde(casos, dicho) == (True, True)
    situacion = browser.get(f"{caso}/situacion").text
    assert dicho in situacion
    assert folio in situacion
    assert f"reemplaza_a={derivacion_id}" in situacion
    assert dicho not in casos.como("recepcion").get(caso).text

    relevo = casos.mundo.preparar(casos.mundo.pedido(reemplaza_a=derivacion_id))
    assert _es_tarde(casos, dicho) == (True, True)
    casos.mundo.hacer(relevo, Accion.ENVIAR)

    assert _es_tarde(casos, dicho) == (False, False)
    assert dicho not in browser.get(f"{caso}/situacion").text
    casos.mundo.hacer(relevo, Accion.ANULAR)
    assert _es_tarde(casos, dicho) == (True, True)


def test_cerrar_el_caso_decide_sobre_la_que_no_resulto(casos: Casos) -> None:
    clock.move_to(MARTES)
    casos.mundo.en(Estado.RECHAZADA)
    caso = f"/casos/{casos.mundo.caso_id}"
    fin = {"motivo": "gestion_terminada", "resultado": "no_logrado"}
    assert casos.api("profesional", "POST", f"{caso}/cierre", fin, **COMO_ESTE).status_code == 200

    assert not casos.api("profesional", "GET", caso).json["atrasado"]
    reabrir = {"motivo": "cerrado_por_error"}
    assert (
        casos.api("profesional", "POST", f"{caso}/reapertura", reabrir, **COMO_ESTE).status_code
        == 200
    )
    assert not casos.api("profesional", "GET", caso).json["atrasado"]


def _es_tarde(casos: Casos, dicho: str) -> tuple[bool, bool]:
    """Whether the case is late in the list with what it is, and by itself in the API."""
    page = casos.como("profesional").get("/casos/?atrasados=1").text
    una = casos.api("profesional", "GET", f"/casos/{casos.mundo.caso_id}").json
    assert (una["folio"] in page) == (dicho in page)
    todos = casos.api("profesional", "GET", "/casos").json["casos"]
    assert [c["atrasado"] for c in todos if c["id"] == una["id"]] == [una["folio"] in page]
    return una["folio"] in page, una["atrasado"]


def test_una_respuesta_tardia_se_adopta_en_la_pagina(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.VENCIDA)
    casos.app.test_client().post(f"/casos/enlace/{casos.enlace(derivacion_id)}/aceptar")
    browser = casos.como("profesional")

    page = browser.get(f"/casos/derivaciones/{derivacion_id}").text
    action = re.search(r'action="(/casos/derivaciones/[^"]+/adoptar)"', page)
    assert action is not None
    otra = casos.mundo.en(Estado.VENCIDA)
    ajena = action[1].replace(str(derivacion_id), str(otra))

    assert browser.post(ajena).status_code == 404
    assert browser.post(action[1]).status_code == 303
    assert browser.post(action[1]).status_code == 409
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.ACEPTADA
    assert casos.mundo.derivacion(derivacion_id).grado_evidencia is Grado.A


def test_la_pagina_se_vuelve_a_pedir_solo_si_cambio(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}/estado"
    assert f'data-vivo="{url}"' in browser.get(f"/casos/derivaciones/{derivacion_id}").text

    etag = browser.get(url).headers["ETag"]
    assert browser.get(url, headers={"If-None-Match": etag}).status_code == 304
    casos.mundo.hacer(derivacion_id, Accion.RECIBIR)

    changed = browser.get(url, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert "Recibida" in changed.text


def test_quien_no_ve_derivaciones_no_entra(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    paginas = [_nueva(casos), f"/casos/derivaciones/{derivacion_id}"]

    for rol in ("recepcion", "administrador"):
        browser = casos.como(rol)
        assert [browser.get(url).status_code for url in paginas] == [403, 403]
    anonymous = casos.app.test_client().get(paginas[1])
    assert anonymous.status_code == 303
    assert anonymous.location.startswith("/identidad/entrar")


def test_lo_que_no_existe_es_404(casos: Casos) -> None:
    browser = casos.como("coordinacion")
    nadie = uuid4()

    assert browser.get(f"/casos/derivaciones/{nadie}").status_code == 404
    assert browser.post(f"/casos/derivaciones/{nadie}/enviar").status_code == 404
    assert browser.get(f"/casos/derivaciones/{nadie}/pasos/recibir").status_code == 404
    assert browser.get(f"/casos/expedientes/{nadie}/derivaciones/nueva").status_code == 404
    perdido = {"servicio_id": "no-es-un-id"}
    assert browser.post(_nueva(casos), data=perdido).status_code == 404


def test_cada_lectura_queda_en_la_auditoria(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)

    casos.como("profesional").get(f"/casos/derivaciones/{derivacion_id}")

    with casos.db.read() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT actor_nombre FROM auditoria WHERE accion = 'casos.derivacion.ver'"
        )
        assert [row[0] for row in rows] == ["Persona de profesional"]


def test_api_prepara_y_envia_en_un_paso(casos: Casos) -> None:
    pedido = {
        **_datos(casos),
        "caso_id": str(casos.mundo.caso_id),
        "confirmada": True,
    }

    made = casos.api("profesional", "POST", "/derivaciones", pedido)
    listed = casos.api("profesional", "GET", f"/derivaciones?caso_id={casos.mundo.caso_id}")
    one = casos.api("profesional", "GET", f"/derivaciones/{made.json['id']}")

    assert made.status_code == 201, made.json
    assert made.json["estado"] == "enviada"
    assert made.json["folio"].startswith("D-")
    assert [d["id"] for d in listed.json["derivaciones"]] == [made.json["id"]]
    assert [d["valor"] for d in one.json["paquete"]["datos"]] == ["Marie Ange Baptiste", "hat"]
    assert one.json["institucion"] == "DIDECO"
    assert one.headers["ETag"] == f'"{one.json["version"]}"'


def test_api_ofrece_los_datos_que_se_pueden_elegir(casos: Casos) -> None:
    offered = casos.api(
        "profesional", "GET", f"/derivaciones/opciones?caso_id={casos.mundo.caso_id}"
    )

    assert offered.status_code == 200
    assert {d["categoria"] for d in offered.json["datos"]} >= {"nombre", "situacion_migratoria"}


def test_api_responde_409_con_los_pasos_que_si_se_admiten(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.RECHAZADA)

    for accion in ("recibir", "aceptar", "espera", "curso", "cumplir", "no-lograda", "rechazar"):
        datos = {"canal": "telefono", "texto": "x", "motivo": None}
        datos |= {"rechazar": {"motivo": "otro"}, "espera": {"motivo": "lista_espera"}}.get(
            accion, {}
        )
        datos |= {"motivo": "desiste"} if accion == "no-lograda" else {}
        path = f"/derivaciones/{derivacion_id}/{accion}"
        answer = casos.api("profesional", "POST", path, datos, **COMO_ESTE)
        assert answer.status_code == 409, (accion, answer.json)
        assert answer.json["estado_actual"] == "rechazada"
        assert answer.json["transiciones_permitidas"] == []


def test_api_responde_422_con_la_ruta_del_campo(casos: Casos) -> None:
    answer = casos.api("profesional", "POST", "/derivaciones", {"proposito": "x"})

    assert answer.status_code == 422
    assert {"caso_id", "servicio_id", "proposito", "datos", "base_licitud"} == set(
        answer.json["errors"]
    )


def test_api_no_escribe_sobre_lo_que_no_se_ha_leido(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    path, datos = f"/derivaciones/{derivacion_id}/recibir", {"canal": "telefono"}
    read = casos.api("profesional", "GET", f"/derivaciones/{derivacion_id}").headers["ETag"]
    casos.mundo.hacer(derivacion_id, Accion.RECIBIR)

    unread = casos.api("profesional", "POST", path, datos)
    stale = casos.api("profesional", "POST", path, datos, **{"If-Match": read})

    assert (unread.status_code, stale.status_code) == (428, 412)
    assert unread.json["title"] == "Falta decir qué versión vio"
    assert "If-Match" in unread.json["detail"]


def test_api_reencamina_verifica_y_anula(casos: Casos) -> None:
    rechazada = casos.mundo.en(Estado.RECHAZADA)
    cumplida = casos.mundo.en(Estado.CUMPLIDA)

    nueva = casos.api(
        "profesional", "POST", f"/derivaciones/{rechazada}/reencaminar", _datos(casos)
    )
    path = f"/derivaciones/{nueva.json['id']}"
    read = {"If-Match": nueva.headers["ETag"]}
    enviada = casos.api("profesional", "POST", f"{path}/enviar", **read)
    read = {"If-Match": enviada.headers["ETag"]}
    motivo = {"motivo": "ya_no_corresponde"}
    anulada = casos.api("profesional", "POST", f"{path}/anular", motivo, **read)
    path = f"/derivaciones/{cumplida}/verificar"
    verificada = casos.api("profesional", "POST", path, {}, **COMO_ESTE)

    assert (nueva.status_code, nueva.json["reemplaza_a_id"]) == (201, str(rechazada))
    assert (enviada.json["estado"], anulada.json["estado"]) == ("enviada", "anulada")
    assert (verificada.json["estado"], verificada.json["grado_evidencia"]) == ("verificada", "C")


def test_api_no_deja_ver_ni_tocar_por_otro_camino(casos: Casos) -> None:
    otro = crear_mundo(casos.db)
    ajena = otro.en(Estado.RECHAZADA)
    pedido = {**_datos(casos), "caso_id": str(casos.mundo.caso_id), "reemplaza_a": str(ajena)}

    assert casos.api("profesional", "POST", "/derivaciones", pedido).status_code == 404
    unknown = f"/derivaciones/{ajena}/respuestas/{uuid7()}/adopcion"
    assert casos.api("profesional", "POST", unknown, **COMO_ESTE).status_code == 404
    for rol in ("recepcion", "administrador", "servicio"):
        assert casos.api(rol, "GET", f"/derivaciones/{ajena}").status_code == 403
        assert casos.api(rol, "POST", "/derivaciones", pedido).status_code == 403
    assert casos.app.test_client().get(f"/casos/api/v1/derivaciones/{ajena}").status_code == 401
    with casos.db.read() as session:
        assert session.get_one(Derivacion, ajena).version == otro.derivacion(ajena).version
