"""Why a message did or did not arrive, and what can be done about it."""

import csv
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest

from notificaciones.mensajes import etiquetas, recibos, repeticion
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Motivo, Paso
from notificaciones.plantillas.catalogo import Canal, Clave, de_fabrica, idiomas
from notificaciones.plantillas.etiquetas import IDIOMAS
from notificaciones.reglas import actions, queries
from notificaciones.reglas.calculo import IdiomaDeRegla
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.etiquetas import NOMBRES
from oficina.actor import Actor
from oficina.clock import now
from oficina.web.i18n import COOKIE

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
SALIDA = "/notificaciones/salida"


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


def _historia(casa: Any, mensaje: Mensaje, rol: str = "recepcion") -> str:
    """What its page says happened, as one line."""
    page = casa.oficina.entrar(casa.app, rol).get(f"/notificaciones/{mensaje.id}").text
    sin_marcas = re.sub(r"<[^>]+>", " ", page.partition("Su historia")[2].partition("</ol>")[0])
    return " ".join(sin_marcas.split())


def _uno(casa: Any, regla: str) -> Mensaje:
    """The newest one that a rule asked for."""
    return max(casa.mensajes(regla=regla), key=lambda uno: uno.id)


def _sin_contacto(casa: Any) -> tuple[Mensaje, Any]:
    """A reminder of somebody who has neither a mobile nor mail, and their id."""
    persona = casa.persona(telefono="+56 2 2123 4567")
    casa.cita(JUEVES_10_30, persona)
    casa.barrer()
    return _uno(casa, "cita_48h"), persona


def test_dice_que_regla_lo_pidio_en_que_idioma_se_escribio_y_por_que(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()

    temprano, tarde = (_historia(casa, _uno(casa, clave)) for clave in ("cita_48h", "cita_3h"))

    assert "Lo pidió la regla «Dos días antes», versión 1 ." in temprano
    assert "Sale a la hora que dice la regla." in temprano
    assert "queda fuera de la ventana: espera a que abra." in tarde
    assert re.search(r"Se escribió\. En kreyòl ayisyen, el idioma de la persona\. Con la", temprano)


def test_en_ingles_la_regla_y_el_idioma_tienen_su_nombre_en_ingles(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()
    navegador = casa.oficina.entrar(casa.app, "recepcion")
    navegador.set_cookie(COOKIE, "en")

    historia = navegador.get(f"/notificaciones/{_uno(casa, 'cita_48h').id}").text
    for dicho in ("The rule “Two days before”", "In Haitian Creole, the person's language."):
        assert dicho in historia.replace("&#39;", "'"), dicho
    reglas_en_ingles = navegador.get("/notificaciones/reglas").text
    assert ">Three hours before</a>" in reglas_en_ingles
    assert "Tres horas antes" not in reglas_en_ingles


def test_dice_por_que_no_esta_en_el_idioma_de_la_persona(casa: Any) -> None:
    casa.cita(JUEVES_10_30, casa.persona(idiomas=["aym"]))
    with casa.db.begin() as session:
        dice = replace(reglas().de_fabrica["cita_3h"], idioma=IdiomaDeRegla.BASE)
        version = queries.regla_por_clave(session, "cita_3h").version
        actions.cambiar(session, "cita_3h", dice, Actor.sistema("notificaciones"), version)
    casa.cita(JUEVES_10_30 + timedelta(days=1))
    casa.barrer()

    aymara, _kreyol = casa.mensajes(regla="cita_48h")
    assert "no hay texto en aym" in _historia(casa, aymara)
    assert "En español: la regla lo pide siempre así." in _historia(casa, _uno(casa, "cita_3h"))


def test_dice_que_espero_la_ventana(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(datetime(2026, 11, 25, 1, 0, tzinfo=UTC))  # 22:00 there
    casa.barrer()

    historia = _historia(casa, _uno(casa, "cita_48h"))

    assert "Esperó. A esa hora no se escribe a nadie; espera a que se pueda." in historia


def test_los_intentos_se_cuentan(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()

    historia = _historia(casa, _uno(casa, "cita_48h"))

    assert "Intento 1 de enviarlo. " in historia
    assert historia.endswith("Quedó en la bandeja de salida.")


def test_lo_que_se_arregla_se_pide_otra_vez_y_dos_veces_es_una(casa: Any) -> None:
    mensaje, persona = _sin_contacto(casa)
    page = casa.oficina.entrar(casa.app, "recepcion")
    url = f"/notificaciones/{mensaje.id}"
    antes = page.get(url).text
    assert "Anote un celular o un correo en su ficha" in antes
    assert f'href="/casos/personas/{persona}"' in antes

    contacto = {"tipo": "correo", "valor": "wideline@ejemplo.example"}
    casa.casos.test_client().post(
        f"/casos/api/v1/personas/{persona}/contactos",
        json=contacto,
        headers=casa.oficina.bearer("recepcion"),
    )
    vieja = page.post(f"{url}/repeticion", data={"version": "99"})
    primera = page.post(f"{url}/repeticion", data={"version": str(mensaje.version)})
    segunda = page.post(f"{url}/repeticion", data={"version": str(mensaje.version)})
    casa.barrer()

    assert vieja.status_code == 412
    assert primera.status_code == segunda.status_code == 303
    assert primera.location == segunda.location
    otra = _uno(casa, "cita_48h")
    assert otra.id != mensaje.id
    assert otra.estado is Estado.ENTREGADA
    assert "Ya se pidió otra vez." in page.get(url).text
    assert "Alguien del equipo lo pidió otra vez" in _historia(casa, otra)
    # It is still that appointment's reminder.
    assert (otra.cita_id, otra.caduca_en) == (mensaje.cita_id, mensaje.caduca_en)


def test_la_repetida_sigue_a_su_cita(casa: Any) -> None:
    mensaje, _persona = _sin_contacto(casa)
    casa.ir_a(datetime(2026, 11, 24, 1, 0, tzinfo=UTC))  # 22:00 there: it waits for the morning
    with casa.db.begin() as session:
        repeticion.repetir(
            session, mensaje.id, Actor.sistema("notificaciones"), now(), mensaje.version
        )

    casa.cancelar(str(mensaje.cita_id))

    otra = _uno(casa, "cita_48h")
    assert (otra.estado, otra.motivo) == (Estado.CANCELADA, Motivo.CITA_CANCELADA)


@pytest.mark.parametrize(
    ("estado", "motivo", "cambio", "se_repite"),
    [
        (Estado.SUPRIMIDA, Motivo.SIN_CONTACTO, {}, True),
        (Estado.SUPRIMIDA, Motivo.MOMENTO_PASADO, {}, True),
        (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA, {}, True),
        # Against a wish or a block nobody asks again.
        (Estado.SUPRIMIDA, Motivo.NO_CONTACTAR, {}, False),
        (Estado.SUPRIMIDA, Motivo.CONSENTIMIENTO_RETIRADO, {}, False),
        (Estado.SUPRIMIDA, Motivo.PERSONA_BLOQUEADA, {}, False),
        # It may have arrived.
        (Estado.INCIERTA, Motivo.PROVEEDOR_SIN_RESPUESTA, {}, False),
        (Estado.ENTREGADA, None, {}, False),
        (Estado.CANCELADA, Motivo.CITA_CANCELADA, {}, False),
        # Too late, or not the office's to ask.
        (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA, {"caduca_en": LUNES}, False),
        (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA, {"pedido_por": Actor.sistema("x").id}, False),
        (Estado.FALLIDA, Motivo.PROVEEDOR_RECHAZA, {"plantilla": Clave.CLAVE_OLVIDADA}, False),
    ],
)
def test_que_se_puede_pedir_otra_vez(
    estado: Estado, motivo: Motivo | None, cambio: dict[str, Any], *, se_repite: bool
) -> None:
    mensaje = Mensaje(
        **{
            "plantilla": Clave.RECORDATORIO_CITA,
            "estado": estado,
            "motivo": motivo,
            "caduca_en": JUEVES_10_30,
        }
        | cambio
    )

    assert repeticion.se_repite(mensaje, de_fabrica()[mensaje.plantilla], LUNES) is se_repite


def test_todo_codigo_tiene_sus_palabras() -> None:
    assert set(etiquetas.MOTIVOS) == set(Motivo)
    assert set(etiquetas.PASOS) == set(Paso)
    assert set(etiquetas.ESTADOS) == set(etiquetas.EXPLICACIONES) == set(Estado)
    assert set(IDIOMAS) == set(idiomas())
    assert set(NOMBRES) == {dice.nombre for dice in reglas().de_fabrica.values()}


def test_la_lista_se_busca_por_motivo_canal_persona_y_dia(casa: Any) -> None:
    mensaje, persona = _sin_contacto(casa)
    casa.cita(JUEVES_10_30 + timedelta(hours=1))
    casa.barrer()
    page = casa.oficina.entrar(casa.app, "coordinacion")

    def hallados(query: str) -> int:
        text: str = page.get(f"{SALIDA}?{query}").text
        return len(set(re.findall(r"/notificaciones/([0-9a-f-]{36})\"", text)))

    assert hallados("") == 4
    assert hallados("motivo=sin_contacto") == 2
    assert hallados("canal=sms") == 2
    assert hallados(f"persona={persona}") == 2
    assert hallados(f"persona={persona}&canal=sms") == 0
    assert hallados("dia=2026-11-24") == 2
    assert hallados("dia=2026-11-27") == 0
    assert page.get(f"{SALIDA}?motivo=ninguno").status_code == 422
    # What was looked for stays in the address that the list follows, and in the form.
    buscada = page.get(f"{SALIDA}?motivo=sin_contacto&dia=2026-11-24").text
    assert "motivo=sin_contacto&amp;dia=2026-11-24" in buscada
    assert 'value="2026-11-24"' in buscada
    api = casa.app.test_client().get(
        f"/notificaciones/api/v1/mensajes?motivo=sin_contacto&persona_id={persona}&dia=2026-11-24",
        headers=casa.oficina.bearer("coordinacion"),
    )
    assert [uno["id"] for uno in api.json] == [str(mensaje.id)]


def test_el_csv_dice_lo_mismo_sin_datos_y_con_permiso(casa: Any) -> None:
    mensaje, _persona = _sin_contacto(casa)
    casa.cita(JUEVES_10_30 + timedelta(hours=1))
    casa.barrer()

    archivo = casa.oficina.entrar(casa.app, "coordinacion").get(f"{SALIDA}.csv?motivo=sin_contacto")
    todo = casa.oficina.entrar(casa.app, "coordinacion").get(f"{SALIDA}.csv")

    filas = list(csv.reader(StringIO(archivo.text)))
    assert [fila[0] for fila in filas[1:]][-1] == str(mensaje.id)
    assert len(filas) == 3
    assert "no-store" in archivo.headers["Cache-Control"]
    assert len(list(csv.reader(StringIO(todo.text)))) == 5
    for dato in ("Wideline", "56987654321", "randevou", "ejemplo.example"):
        assert dato not in todo.text
    for rol in ("recepcion", "profesional", "administrador"):
        assert casa.oficina.entrar(casa.app, rol).get(f"{SALIDA}.csv").status_code == 403
        assert "Descargar CSV" not in casa.oficina.entrar(casa.app, rol).get(SALIDA).text


def test_por_api_la_historia_y_otra_vez(casa: Any) -> None:
    mensaje, _persona = _sin_contacto(casa)
    client, de = casa.app.test_client(), casa.oficina.bearer("recepcion")
    url = f"/notificaciones/api/v1/mensajes/{mensaje.id}"

    historia = client.get(f"{url}/relato", headers=de)
    sin = client.post(f"{url}/repeticion", headers=de)
    con = de | {"If-Match": client.get(url, headers=de).headers["ETag"]}
    otra = client.post(f"{url}/repeticion", headers=con)

    assert [uno["que"] for uno in historia.json] == [
        "Lo pidió la regla «Dos días antes», versión 1",
        "Se decidió no enviarlo",
    ]
    assert (sin.status_code, otra.status_code) == (428, 201)
    assert otra.json["estado"] == "programada"
    ajeno = client.get(f"{url}/relato", headers=casa.oficina.bearer("administrador"))
    assert ajeno.status_code == 404


def test_lo_que_no_llego_lleva_a_lo_que_se_escribio_en_su_lugar(casa: Any) -> None:
    casa.cita(JUEVES_10_30, casa.persona(correo="wideline@ejemplo.example"))
    casa.barrer()
    casa.ir_a(JUEVES_10_30 - timedelta(hours=48))
    casa.barrer()
    mensaje = _uno(casa, "cita_48h")
    with casa.db.begin() as session:
        recibos.rebotar(session, session.get_one(Mensaje, mensaje.id))
    page = casa.oficina.entrar(casa.app, "recepcion").get(f"/notificaciones/{mensaje.id}").text

    (copia,) = casa.mensajes(canal_pedido=Canal.CORREO)
    assert f'<a href="/notificaciones/{copia.id}">Como no llegó' in page
    assert "Pedirlo otra vez" not in page


@pytest.mark.parametrize(
    ("estado", "motivo", "dice", "ir"),
    [
        (Estado.SUPRIMIDA, Motivo.DIRECCION_DE_BAJA, "levante la baja", "/notificaciones/bajas"),
        (Estado.LISTA, Motivo.PRESUPUESTO_AGOTADO, "Sale mañana", "/notificaciones/proveedores"),
    ],
)
def test_dice_que_hacer_y_lleva_a_donde_quien_lee_puede_ir(
    casa: Any, estado: Estado, motivo: Motivo, dice: str, ir: str
) -> None:
    casa.cita(JUEVES_10_30)
    casa.barrer()

    def stay(mensaje: Mensaje) -> None:
        mensaje.estado, mensaje.motivo = estado, motivo

    casa.cambiar(stay)
    url = f"/notificaciones/{_uno(casa, 'cita_48h').id}"
    coordina = casa.oficina.entrar(casa.app, "coordinacion").get(url).text
    atiende = casa.oficina.entrar(casa.app, "recepcion").get(url).text

    assert dice in coordina
    assert dice in atiende
    enlace = f'<a href="{ir}">Ir ahí</a>'
    assert enlace in coordina
    assert (enlace in atiende) is (ir == "/notificaciones/bajas")
