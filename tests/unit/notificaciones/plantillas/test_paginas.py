"""The pages on which coordination writes what messages say."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado
from notificaciones.plantillas import actions
from notificaciones.plantillas.catalogo import Clave, de_fabrica, idiomas
from notificaciones.plantillas.models import PlantillaGuardada
from oficina.audit import Auditoria

RAIZ = "/notificaciones/plantillas"
LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
VERSION = re.compile(r'name="version" value="(\d+)"')


@pytest.fixture
def quien(casa: Any) -> Any:
    """Coordination at its browser."""
    with casa.db.begin() as session:
        actions.sembrar(session)
    return casa.oficina.entrar(casa.app, "coordinacion")


def _id(casa: Any, clave: str = "recordatorio_cita") -> UUID:
    with casa.db.read() as session:
        suya = select(PlantillaGuardada.id).where(PlantillaGuardada.clave == clave)
        found: UUID = session.scalars(suya).one()
    return found


def _enviar(casa: Any, quien: Any, accion: str, **cambios: str) -> Any:
    """What the browser sends: every text as it is, with some changed."""
    textos = de_fabrica()["recordatorio_cita"].textos
    forma = {
        "accion": accion,
        "version": "1",
        "prioridad": "normal",
        "tema": "citas",
        "no_duplicar": "1",
        "respeta_ventana": "1",
        **{f"textos.{i}.{p}": texto for i, partes in textos.items() for p, texto in partes.items()},
    }
    forma |= {campo.replace("__", "."): valor for campo, valor in cambios.items()}
    return quien.post(f"{RAIZ}/{_id(casa)}/editar", data=forma)


def _version(page: str) -> str:
    found = VERSION.search(page)
    assert found is not None
    return found[1]


def test_la_lista_y_cada_plantilla_dicen_que_hay_y_que_falta(casa: Any, quien: Any) -> None:
    assert "Recordatorio de cita" in quien.get(RAIZ).text

    plazo = quien.get(f"{RAIZ}/{_id(casa, 'aviso_plazo_vencido')}").text
    assert plazo.count("Sin texto: quien lee este idioma recibe el de español.") == 3
    assert "{{caso_url}}" in plazo
    assert "Escribir otra versión" in plazo
    profesional = casa.oficina.entrar(casa.app, "profesional")
    assert "Escribir otra versión" not in profesional.get(f"{RAIZ}/{_id(casa)}").text
    assert profesional.get(f"{RAIZ}/{_id(casa)}/editar").status_code == 403


def test_se_ve_como_se_lee_antes_de_publicar_y_que_lo_encarece(casa: Any, quien: Any) -> None:
    casa.ir_a(LUNES)
    cita = casa.cita(JUEVES_10_30)
    caro = "Su atención es el {{fecha}} a las {{hora}}, {{lugar}}." + " y más" * 20

    page = _enviar(
        casa,
        quien,
        "previa",
        textos__es__sms=caro,
        tildes="conservar",
        cita=f"https://oficina.example/agenda/citas/{cita}",
    )

    assert page.status_code == 200
    assert "Su atenci<mark>ó</mark>n es el jueves 26 de noviembre a las 10:30" in page.text
    assert "UCS-2 por «ó» en la posición 10" in page.text
    assert "La persona lee en kreyòl ayisyen." in page.text
    assert "randevou ou se jedi 26 novanm a 10:30" in page.text
    with casa.db.read() as session:
        acciones = session.scalars(select(Auditoria.accion)).all()
    assert "notificaciones.plantilla.previsualizar" in acciones
    assert "notificaciones.plantilla.publicar" not in acciones


def test_lo_que_esta_mal_se_dice_junto_a_su_texto_y_lo_escrito_queda(casa: Any, quien: Any) -> None:
    page = _enviar(casa, quien, "publicar", textos__es__sms="Venga el {{feha}}")

    assert page.status_code == 422
    assert "«{{feha}}», en la posición 10, no es un dato de esta plantilla" in page.text
    assert 'id="campo-textos-es-sms-error"' in page.text
    assert "Venga el {{feha}}" in page.text
    sin_tipo = _enviar(casa, quien, "previa", cita="mañana")
    assert "Copie aquí la dirección de la página de la cita." in sin_tipo.text
    vacia = {"version": "1", "accion": "publicar", "prioridad": "normal", "tema": "citas"}
    page = quien.post(f"{RAIZ}/{_id(casa)}/editar", data=vacia)
    assert "Falta el texto en español" in page.text


def test_se_publica_y_se_vuelve(casa: Any, quien: Any) -> None:
    nuevo = "Lo esperamos el {{fecha}}, {{hora}}, {{lugar}}."
    primera = de_fabrica()["recordatorio_cita"].version

    assert _enviar(casa, quien, "publicar", textos__es__sms=nuevo).status_code == 303
    page = quien.get(f"{RAIZ}/{_id(casa)}/versiones/{primera}").text
    assert f"<ins>{nuevo}</ins>" in page
    assert "<del>Oficina municipal: su cita es el" in page

    vuelta = quien.post(
        f"{RAIZ}/{_id(casa)}/versiones/{primera}/restitucion", data={"version": _version(page)}
    )

    assert vuelta.status_code == 303
    assert nuevo not in quien.get(f"{RAIZ}/{_id(casa)}").text


def test_quien_llega_tarde_ve_lo_ajeno_y_no_pierde_lo_suyo(casa: Any, quien: Any) -> None:
    suyo = "Lo suyo: {{fecha}}, {{hora}}, {{lugar}}."
    _enviar(casa, quien, "publicar", textos__es__sms="Otra: {{fecha}}, {{hora}}, {{lugar}}.")

    tarde = _enviar(casa, quien, "publicar", textos__es__sms=suyo)

    assert tarde.status_code == 422
    assert "mientras usted escribía" in tarde.text
    assert "<del>Otra: {{fecha}}, {{hora}}, {{lugar}}.</del>" in tarde.text
    assert f"<ins>{suyo}</ins>" in tarde.text
    otra_vez = _enviar(casa, quien, "publicar", textos__es__sms=suyo, version=_version(tarde.text))
    assert otra_vez.status_code == 303


def test_la_prueba_la_lee_quien_la_pide_en_el_idioma_de_su_cuenta(casa: Any, quien: Any) -> None:
    casa.lee_en("en", "coordinacion")
    _enviar(casa, quien, "prueba", valores__lugar="en la plaza")

    casa.barrer()

    (uno,) = casa.mensajes()
    assert uno.asunto.startswith("[Trial] Recordatorio de su cita")
    assert "This is a trial of the template “Reminder of an appointment”, in español" in uno.cuerpo


def test_la_prueba_va_al_propio_correo_marcada_y_no_es_un_mensaje_a_nadie(
    casa: Any, quien: Any
) -> None:
    texto = "Pruebe: {{fecha}}, {{hora}}, {{lugar}}."
    page = _enviar(casa, quien, "prueba", textos__es__sms=texto, valores__lugar="en la plaza")
    assert "La prueba va a su correo de la oficina" in page.text

    casa.barrer()

    (uno,) = casa.mensajes()
    assert (uno.plantilla, uno.estado) == (Clave.PRUEBA_DE_PLANTILLA, Estado.ENTREGADA)
    assert (uno.persona_id, uno.caso_id, uno.cita_id) == (None, None, None)
    assert uno.destino == casa.oficina.funcionario("coordinacion").correo
    assert uno.asunto.startswith("[Prueba] Recordatorio de su cita")
    assert "Esto es una prueba de la plantilla «Recordatorio de cita»" in uno.cuerpo
    assert "Pruebe: " in uno.cuerpo
    assert "en la plaza" in uno.cuerpo
    for _vez in range(5):
        _enviar(casa, quien, "prueba")
    assert _enviar(casa, quien, "prueba").status_code == 429
    with casa.db.read() as session:
        assert len(session.scalars(select(Mensaje)).all()) == 6


def test_se_hace_una_plantilla_de_la_oficina_y_se_retira(casa: Any, quien: Any) -> None:
    forma = {
        "nombre": "Feria de servicios",
        "clave": "feria",
        "canales": "sms",
        "variables": "lugar: texto 40 = la plaza\ndia: fecha\nenlace: url opcional",
        "textos.es.sms": "Feria el {{dia}} en {{lugar}}.{{#si enlace}} Más: {{enlace}}{{/si}}",
        "prioridad": "masiva",
        "tema": "informacion",
    }
    mal = quien.post(f"{RAIZ}/nueva", data=forma | {"variables": "lugar, dia"})
    assert mal.status_code == 422
    assert "No entendemos «lugar, dia»" in mal.text

    assert quien.post(f"{RAIZ}/nueva", data=forma).status_code == 303

    page = quien.get(f"{RAIZ}/{_id(casa, 'propia_feria')}").text
    assert "a lo más 40 caracteres" in page
    assert "puede faltar" in page
    editar = quien.get(f"{RAIZ}/{_id(casa, 'propia_feria')}/editar")
    assert editar.text.count("<legend") == len(idiomas())
    retiro = quien.post(f"{RAIZ}/{_id(casa, 'propia_feria')}/retiro", data={"version": "1"})
    assert retiro.status_code == 303
    assert "Retirada" in quien.get(RAIZ).text
