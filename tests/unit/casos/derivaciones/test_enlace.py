"""The institution's link: opening changes nothing, answers count once, and it does not last."""

import re
from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from casos.derivaciones.models import RespuestaDerivacion
from casos.derivaciones.states import Accion, Estado, Grado
from casos.expedientes.models import Caso
from casos.plazos.models import Plazo
from casos.red.models import Institucion
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.calendar_cl import fin_de_plazo
from oficina.clock import real_now

from .casos_app import Casos
from .mundo import LUNES, SECRETOS


def _respuestas(casos: Casos) -> list[RespuestaDerivacion]:
    with casos.db.read() as session:
        return list(session.scalars(select(RespuestaDerivacion)))


def test_abrir_el_enlace_no_cambia_nada_y_queda_anotado(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    hitos, hechos = len(casos.mundo.hitos()), casos.mundo.hechos()

    visitas = [casos.app.test_client().get(f"/casos/enlace/{token}") for _ in range(3)]
    casos.app.test_client().head(f"/casos/enlace/{token}")

    assert [visita.status_code for visita in visitas] == [200, 200, 200]
    derivacion = casos.mundo.derivacion(derivacion_id)
    assert derivacion.estado is Estado.ENVIADA
    assert (len(casos.mundo.hitos()), casos.mundo.hechos()) == (hitos, hechos)
    with casos.db.read() as session:
        assert not session.scalars(select(Plazo).where(Plazo.terminado_en.is_not(None))).all()
        aperturas = session.scalar(
            select(func.count()).where(Auditoria.accion == "casos.enlace.abrir")
        )
    assert aperturas == casos.enlaces()[0].aperturas == 4


def test_la_pagina_dice_hasta_cuando_se_espera_a_la_institucion(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    browser = casos.app.test_client()

    enviada = browser.get(f"/casos/enlace/{token}").text
    casos.mundo.hacer(derivacion_id, Accion.RECIBIR, LUNES)
    recibida = browser.get(f"/casos/enlace/{token}").text

    # Whether that passed depends on today.
    plazo = r"<dt>([^<]+)</dt><dd>(?:hasta el |<span [^>]+>Vencido)"
    assert re.findall(plazo, enviada) == ["Confirmar la recepción", "Aceptar o rechazar"]
    assert re.findall(plazo, recibida) == ["Aceptar o rechazar"]


def test_del_token_solo_se_guarda_su_huella(casos: Casos) -> None:
    token = casos.enlace(casos.mundo.en(Estado.ENVIADA))

    assert len(token) == 43
    assert casos.enlaces()[0].token_hash != token
    with casos.db.engine.connect() as connection:
        everything = "\n".join(connection.connection.iterdump())
    assert token not in everything


def test_el_enlace_dura_quince_dias_habiles_del_reloj_de_la_maquina(casos: Casos) -> None:
    clock.move_to(date(2027, 6, 1))

    token = casos.enlace(casos.mundo.en(Estado.ENVIADA))

    assert casos.enlaces()[0].vence_en == fin_de_plazo(real_now(), dias_habiles=15)
    clock.move_to(date(2030, 6, 1))
    assert casos.app.test_client().get(f"/casos/enlace/{token}").status_code == 200


def test_un_enlace_vencido_dice_que_hacer(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    casos.envejecer_enlaces()

    browser = casos.app.test_client()
    page, sent = (
        browser.get(f"/casos/enlace/{token}"),
        browser.post(f"/casos/enlace/{token}/aceptar"),
    )
    json = browser.get(f"/casos/api/v1/enlace/{token}")

    assert (page.status_code, sent.status_code, json.status_code) == (410, 410, 410)
    assert "responda el correo en que recibió este enlace" in page.text
    assert "Oficina de Migración · oficina@acogida.example" in page.text
    assert json.content_type == "application/problem+json"
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.ENVIADA


@pytest.mark.parametrize("estado", list(Estado))
def test_se_envia_otro_enlace_mientras_la_institucion_tenga_algo_que_responder(
    casos: Casos, estado: Estado
) -> None:
    admite = estado in {
        Estado.ENVIADA,
        Estado.RECIBIDA,
        Estado.ACEPTADA,
        Estado.EN_ESPERA,
        Estado.EN_CURSO,
        Estado.VENCIDA,
    }
    derivacion_id = casos.mundo.en(estado)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}"
    hechos = casos.mundo.hechos()

    assert ("Enviar otro enlace" in browser.get(url).text) == admite
    por_pagina = browser.post(f"{url}/otro-enlace")
    por_api = casos.api("profesional", "POST", f"/derivaciones/{derivacion_id}/otro-enlace")

    assert (por_pagina.status_code, por_api.status_code) == ((303, 200) if admite else (409, 409))
    pedido = ["casos.derivacion.enlace_pedido"] * 2 if admite else []
    assert casos.mundo.hechos() == hechos + pedido
    assert casos.mundo.derivacion(derivacion_id).estado is estado
    assert _pedidos(casos) == len(pedido)
    assert [h.datos["hecho"] for h in casos.mundo.hitos()].count("enlace") == len(pedido)
    if admite:
        relato = browser.get(f"/casos/expedientes/{casos.mundo.caso_id}/relato").text
        assert "Se pidió enviar otro enlace" in relato


def test_sin_correo_no_hay_enlace_que_enviar_hasta_que_se_agrega(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    browser = casos.como("profesional")
    url = f"/casos/derivaciones/{derivacion_id}"
    correo = _correo(casos, derivacion_id, "")

    assert "no tiene correo en el directorio" in browser.get(url).text
    assert "Enviar otro enlace" not in browser.get(url).text
    assert browser.post(f"{url}/otro-enlace").status_code == 409
    assert _pedidos(casos) == 0

    _correo(casos, derivacion_id, correo)
    assert browser.post(f"{url}/otro-enlace").status_code == 303


def test_quien_no_deriva_no_envia_enlaces(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)

    for rol in ("recepcion", "administrador", "servicio"):
        answer = casos.api(rol, "POST", f"/derivaciones/{derivacion_id}/otro-enlace")
        assert answer.status_code == 403


def _pedidos(casos: Casos) -> int:
    with casos.db.read() as session:
        pedidos = select(func.count()).where(Auditoria.accion == "casos.enlace.pedir")
        return session.scalar(pedidos) or 0


def _correo(casos: Casos, derivacion_id: UUID, correo: str) -> str:
    """Give the institution of a derivation another e-mail; returns the one that it had."""
    institucion_id = casos.mundo.derivacion(derivacion_id).institucion_id
    with casos.db.begin() as session:
        institucion = session.get_one(Institucion, institucion_id)
        antes, institucion.correo = institucion.correo, correo
    return antes


def test_un_enlace_desconocido_dice_que_hacer(casos: Casos) -> None:
    browser = casos.app.test_client()

    page = browser.get("/casos/enlace/nadie-lo-entrego")
    json = browser.post("/casos/api/v1/enlace/nadie-lo-entrego/aceptar", json={})

    assert (page.status_code, json.status_code) == (404, 404)
    assert "No conocemos este enlace" in page.text
    assert "si lo recibió en un oficio impreso" in page.text


def test_la_pagina_muestra_solo_lo_elegido_y_nada_de_la_oficina(casos: Casos) -> None:
    pedido = casos.mundo.pedido(datos=["nombre", "interprete"])
    derivacion_id = casos.mundo.preparar(pedido)
    casos.mundo.hacer(derivacion_id, Accion.ENVIAR)
    token = casos.enlace(derivacion_id)

    # Also in the browser of somebody who works at the office.
    page = casos.como("profesional").get(f"/casos/enlace/{token}")
    json = casos.app.test_client().get(f"/casos/api/v1/enlace/{token}")

    for answer in (page, json):
        assert "Marie Ange Baptiste" in answer.text
        assert not any(secreto in answer.text for secreto in SECRETOS)
    with casos.db.read() as session:
        folio = session.get_one(Caso, casos.mundo.caso_id).folio
    assert folio not in page.text
    assert "<nav" not in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Referrer-Policy"] in {"same-origin", "no-referrer"}


def test_la_institucion_lleva_la_derivacion_hasta_el_resultado(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    url = f"/casos/enlace/{casos.enlace(derivacion_id)}"
    browser = casos.app.test_client()

    pasos = [
        ("recibir", {}),
        ("aceptar", {}),
        ("espera", {"motivo": "lista_espera"}),
        ("curso", {}),
        ("cumplir", {"texto": "Subsidio de arriendo por tres meses"}),
    ]
    for accion, datos in pasos:
        sent = browser.post(f"{url}/{accion}", data=datos)
        assert sent.status_code == 303, (accion, sent.text)
        assert "Recibimos su respuesta" in browser.get(url).text

    derivacion = casos.mundo.derivacion(derivacion_id)
    assert derivacion.estado is Estado.CUMPLIDA
    assert {r.grado for r in _respuestas(casos)} == {Grado.A}
    assert casos.mundo.hitos()[-1].actor_nombre == "DIDECO"
    # Whom it was for is asked next whether it was so.
    assert casos.mundo.hechos()[-2:] == [
        "casos.derivacion.cumplida",
        "casos.derivacion.confirmacion_pedida",
    ]


def test_responder_dos_veces_lo_mismo_explica_lo_ya_respondido(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    token = casos.enlace(derivacion_id)
    browser = casos.app.test_client()
    browser.post(f"/casos/enlace/{token}/recibir")
    hechos = casos.mundo.hechos()

    again = browser.post(f"/casos/enlace/{token}/recibir")
    json = browser.post(f"/casos/api/v1/enlace/{token}/recibir", json={})
    asked = browser.get(f"/casos/enlace/{token}/recibir")

    assert (again.status_code, json.status_code, asked.status_code) == (409, 409, 409)
    assert "Se confirmó la recepción" in again.text
    assert "comuníquese con la oficina: oficina@acogida.example." in again.text
    assert json.json["estado_actual"] == "recibida"
    assert json.json["transiciones_permitidas"] == ["aceptar", "anular", "rechazar", "vencer"]
    assert casos.mundo.hechos() == hechos
    assert len(_respuestas(casos)) == 1


def test_rechazar_pide_un_motivo_y_despues_no_se_muestran_datos(casos: Casos) -> None:
    token = casos.enlace(casos.mundo.en(Estado.ENVIADA))
    browser = casos.app.test_client()
    url = f"/casos/enlace/{token}"

    asked = browser.get(f"{url}/rechazar")
    without = browser.post(f"{url}/rechazar", data={"texto": "Ya la atiende otra institución"})
    sent = browser.post(f"{url}/rechazar", data={"motivo": "sin_cupo", "texto": "Hasta marzo"})
    page = browser.get(url)

    assert (asked.status_code, without.status_code, sent.status_code) == (200, 422, 303)
    assert "Ya la atiende otra institución" in without.text
    assert "Elija uno de los motivos" in without.text
    assert "No hay cupo" in page.text
    assert "Baptiste" not in page.text
    assert "<form" not in re.sub(r"(?s).*<main", "", page.text)


@pytest.mark.parametrize(
    ("accion", "datos", "campo"),
    [
        ("rechazar", {}, "motivo"),
        ("rechazar", {"motivo": "no me gusta"}, "motivo"),
        ("aceptar", {"motivo": "sin_cupo"}, "motivo"),
        ("aceptar", {"texto": "x" * 2001}, "texto"),
        ("aceptar", {"otro": 1}, "otro"),
    ],
)
def test_la_api_dice_que_campo_corregir(
    casos: Casos, accion: str, datos: dict[str, object], campo: str
) -> None:
    token = casos.enlace(casos.mundo.en(Estado.ENVIADA))

    answer = casos.app.test_client().post(f"/casos/api/v1/enlace/{token}/{accion}", json=datos)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [campo]


def test_una_respuesta_tardia_llega_y_no_se_repite(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.VENCIDA)
    token = casos.enlace(derivacion_id)
    browser = casos.app.test_client()

    first = browser.post(f"/casos/enlace/{token}/aceptar")
    second = browser.post(f"/casos/enlace/{token}/aceptar")

    assert (first.status_code, second.status_code) == (303, 409)
    assert casos.mundo.derivacion(derivacion_id).estado is Estado.VENCIDA
    assert [r.tardia for r in _respuestas(casos)] == [True]


def test_quien_ya_fue_relevado_no_ve_los_datos_ni_puede_responder(casos: Casos) -> None:
    vencida = casos.mundo.en(Estado.VENCIDA)
    token = casos.enlace(vencida)
    address = f"/casos/api/v1/enlace/{token}"
    before = casos.app.test_client().get(address).json
    relevo = casos.mundo.preparar(
        replace(casos.mundo.pedido("OLN.PROTECCION"), reemplaza_a=vencida)
    )

    casos.mundo.hacer(relevo, Accion.ENVIAR)

    after = casos.app.test_client().get(address).json
    assert before["paquete"] is not None
    assert before["acciones"]
    assert after["paquete"] is None
    assert after["acciones"] == []


def test_una_respuesta_tardia_que_ya_no_importa_no_se_toma(casos: Casos) -> None:
    """Another took over, or the consent was taken back: whoever is late is told, and not why."""
    relevada = casos.mundo.en(Estado.VENCIDA)
    token = casos.enlace(relevada)
    relevo = replace(casos.mundo.pedido("OLN.PROTECCION"), reemplaza_a=relevada)
    casos.mundo.hacer(casos.mundo.preparar(relevo), Accion.ENVIAR)
    browser = casos.app.test_client()

    page = browser.post(
        f"/casos/enlace/{token}/rechazar", data={"motivo": "sin_cupo", "texto": "Lo escrito"}
    )
    answer = browser.post(f"/casos/api/v1/enlace/{token}/aceptar", json={})

    assert (page.status_code, answer.status_code) == (409, 409)
    assert "No guardamos nada nuevo" in page.text
    assert "Lo escrito" in page.text
    assert answer.json["detail"] == "La oficina ya no espera una respuesta a esta derivación."
    assert answer.json["estado_actual"] == "vencida"
    assert not _respuestas(casos)


def test_tras_retirar_el_consentimiento_una_respuesta_tardia_no_se_toma(casos: Casos) -> None:
    """Answered twice, late, from two links, revoked in between: the first one is kept."""
    derivacion_id = casos.mundo.preparar(casos.mundo.pedido(consentida=True))
    casos.mundo.hacer(derivacion_id, Accion.ENVIAR)
    casos.mundo.hacer(derivacion_id, Accion.VENCER)
    uno, otro = casos.enlace(derivacion_id), casos.enlace(derivacion_id)
    browser = casos.app.test_client()
    consentimiento_id = casos.mundo.derivacion(derivacion_id).consentimiento_id

    antes = browser.post(f"/casos/enlace/{uno}/aceptar")
    retiro = casos.api(
        "profesional",
        "POST",
        f"/consentimientos/{consentimiento_id}/retiro",
        {"motivo": "decision_de_la_persona"},
    )
    despues = browser.post(f"/casos/enlace/{otro}/rechazar", data={"motivo": "sin_cupo"})

    assert (antes.status_code, retiro.status_code, despues.status_code) == (303, 200, 409)
    assert "No guardamos nada nuevo" in despues.text
    assert [(r.accion, r.tardia) for r in _respuestas(casos)] == [(Accion.ACEPTAR, True)]


def test_quien_responde_tarde_lee_lo_que_todavia_puede_responder(casos: Casos) -> None:
    token = casos.enlace(casos.mundo.en(Estado.ACEPTADA))

    page = casos.app.test_client().post(f"/casos/enlace/{token}/aceptar")

    assert page.status_code == 409
    assert "Todavía puede:" in page.text
    assert f'href="/casos/enlace/{token}/cumplir"' in page.text


def test_un_enlace_solo_abre_su_derivacion(casos: Casos) -> None:
    una = casos.mundo.en(Estado.ENVIADA)
    otra = casos.mundo.preparar(casos.mundo.pedido("OLN.PROTECCION"))
    casos.mundo.hacer(otra, Accion.ENVIAR)
    token = casos.enlace(una)

    answer = casos.app.test_client().post(f"/casos/enlace/{token}/aceptar")

    assert answer.status_code == 303
    assert casos.mundo.derivacion(una).estado is Estado.ACEPTADA
    assert casos.mundo.derivacion(otra).estado is Estado.ENVIADA


def test_quien_lee_para_responder_queda_anotado_y_no_cuenta_como_apertura(casos: Casos) -> None:
    token = casos.enlace(casos.mundo.en(Estado.ENVIADA))

    assert casos.app.test_client().get(f"/casos/enlace/{token}/rechazar").status_code == 200

    (enlace,) = casos.enlaces()
    assert enlace.aperturas == 0
    with casos.db.read() as session:
        filas = session.scalars(select(Auditoria.accion).where(Auditoria.recurso_id == enlace.id))
        assert list(filas) == ["casos.enlace.crear", "casos.enlace.leer"]


@pytest.mark.parametrize("accion", ["verificar", "anular", "vencer", "enviar", "disputar"])
def test_lo_que_es_de_la_oficina_no_se_hace_por_el_enlace(casos: Casos, accion: str) -> None:
    token = casos.enlace(casos.mundo.en(Estado.CUMPLIDA))
    browser = casos.app.test_client()

    assert browser.post(f"/casos/enlace/{token}/{accion}").status_code == 404
    assert browser.post(f"/casos/api/v1/enlace/{token}/{accion}", json={}).status_code == 404


def test_quien_prueba_muchos_enlaces_espera(casos: Casos) -> None:
    browser = casos.app.test_client()

    codes = [browser.get(f"/casos/enlace/{uuid4().hex}").status_code for _ in range(31)]

    assert codes == [404] * 30 + [429]


def test_solo_un_servicio_de_la_oficina_pide_enlaces(casos: Casos) -> None:
    path = f"/derivaciones/{casos.mundo.en(Estado.ENVIADA)}/enlace"

    for rol in ("recepcion", "profesional", "coordinacion", "administrador"):
        assert casos.api(rol, "POST", path).status_code == 403
    made = casos.api("servicio", "POST", path)

    assert made.status_code == 201
    assert set(made.json) == {"correo", "institucion", "folio", "servicio", "url", "vence_en"}
    assert made.json["correo"] == "dideco@red.example"


@pytest.mark.parametrize("estado", [Estado.BORRADOR, Estado.ANULADA, Estado.RECHAZADA])
def test_de_lo_que_no_espera_respuesta_no_se_hacen_enlaces(casos: Casos, estado: Estado) -> None:
    path = f"/derivaciones/{casos.mundo.en(estado)}/enlace"

    assert casos.api("servicio", "POST", path).status_code == 409


def test_sin_correo_no_se_hace_enlace(casos: Casos) -> None:
    derivacion_id = casos.mundo.en(Estado.ENVIADA)
    with casos.db.begin() as session:
        session.connection().exec_driver_sql("UPDATE instituciones SET correo = NULL")

    made = casos.api("servicio", "POST", f"/derivaciones/{derivacion_id}/enlace")

    assert (made.json["correo"], made.json["url"]) == (None, None)
    assert casos.enlaces() == []


def test_el_correo_no_viaja_en_el_hecho(casos: Casos) -> None:
    casos.mundo.en(Estado.ENVIADA)

    with casos.db.read() as session:
        hecho = session.scalars(
            select(Outbox).where(Outbox.tipo == "casos.derivacion.enviada")
        ).one()
    assert "@" not in str(hecho.cuerpo)
