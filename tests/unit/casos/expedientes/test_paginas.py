"""The list of cases and the page of one, as people see them."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.unit.casos.conftest import Ventanilla

from casos.expedientes.models import TipoHito, anotar
from casos.expedientes.pages import FORMULARIOS
from casos.handlers import handlers
from casos.plazos.queries import plazos_de_caso
from casos.plazos.tasks import seguir_plazos
from identidad.actions import NuevoFuncionario, crear_funcionario
from oficina import clock
from oficina.actor import Actor
from oficina.bus.outbox import emitir
from oficina.bus.relay import Relay
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.events.agenda import CitaAgendada, CitaCancelada
from oficina.events.notificaciones import MensajeCancelado, MensajeEnviado, MensajeProgramado


def _expediente(ventanilla: Ventanilla, caso: dict[str, Any], rol: str = "profesional") -> str:
    return ventanilla.pagina(f"/expedientes/{caso['id']}", rol).text


def test_la_pagina_ofrece_lo_que_admiten_el_estado_y_el_rol(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    abierto = _expediente(ventanilla, caso)
    assert {"Dar orientación", "Elevar a segunda instancia", "Tomar el caso"} <= _titulos(abierto)
    assert "Derivar a la red" not in abierto
    assert _titulos(_expediente(ventanilla, caso, "recepcion")) == set()
    assert "Asignar el caso" in _titulos(_expediente(ventanilla, caso, "coordinacion"))

    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    siempre = {
        *("Cambiar la prioridad", "Suspender el caso"),
        *("Marcar que hay que denunciar", "Anular: se abrió por error"),
    }
    assert _titulos(_expediente(ventanilla, caso)) == siempre | {
        *("Evaluar", "Cerrar el caso", "Tomar el caso")
    }

    ventanilla.paso(
        caso, "evaluacion", riesgo="bajo", amerita_derivacion=True, fundamento="Porque sí"
    )
    en_gestion = _expediente(ventanilla, caso)
    assert f"/casos/expedientes/{caso['id']}/derivaciones/nueva" in en_gestion
    assert f"/agenda/citas/nueva?caso={caso['id']}" in en_gestion
    assert "Derivar a la red" not in _expediente(ventanilla, caso, "recepcion")

    ventanilla.paso(caso, "cierre", motivo="gestion_terminada", resultado="logrado")
    assert _titulos(_expediente(ventanilla, caso)) == {"Reabrir el caso"}


def _titulos(html: str) -> set[str]:
    return set(re.findall(r'<summary><h3 class="h5 d-inline">(.*?)</h3>', html))


def test_los_pasos_se_dan_por_formulario(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}"

    answer = ventanilla.enviar(
        f"{path}/orientaciones",
        {
            "orientaciones.version": "1",
            "orientaciones.tema": "SAL",
            "orientaciones.texto": "Inscribirse en el CESFAM",
        },
        "profesional",
    )

    assert answer.status_code == 303
    assert answer.headers["Location"] == f"/casos{path}"
    page = _expediente(ventanilla, caso)
    assert "Se registró la orientación." in page
    assert "Inscribirse en el CESFAM" in page
    assert "Inscribirse" not in _expediente(ventanilla, caso, "recepcion")


def test_el_formulario_vuelve_lleno_con_sus_errores(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    page = ventanilla.enviar(
        f"/expedientes/{caso['id']}/orientaciones",
        {"orientaciones.version": "1", "orientaciones.texto": "Texto ya escrito"},
        "profesional",
    )

    assert page.status_code == 422
    assert "Texto ya escrito</textarea>" in page.text
    assert 'id="campo-orientaciones-tema-error"' in page.text
    assert 'href="#campo-orientaciones-tema"' in page.text
    assert len(re.findall(r'\bid="([^"]+)"', page.text)) == len(
        set(re.findall(r'\bid="([^"]+)"', page.text))
    )


@pytest.mark.parametrize(
    ("paso", "datos", "status", "aviso"),
    [
        ("orientaciones", {"version": "0", "tema": "SAL", "texto": "Quedó"}, 412, "sigue aquí"),
        (
            "evaluacion",
            {"version": "1", "riesgo": "bajo", "amerita_derivacion": "1", "fundamento": "Quedó"},
            409,
            "El estado actual no admite ese paso",
        ),
        (
            "cierre",
            {
                "version": "1",
                "motivo": "resuelto_por_orientacion",
                "resultado": "logrado",
                "texto": "Quedó",
            },
            409,
            "registre la orientación",
        ),
    ],
)
def test_un_paso_rechazado_vuelve_con_lo_escrito_y_la_razon(
    ventanilla: Ventanilla, paso: str, datos: dict[str, str], status: int, aviso: str
) -> None:
    caso = ventanilla.caso()

    page = ventanilla.enviar(
        f"/expedientes/{caso['id']}/{paso}",
        {f"{paso}.{campo}": valor for campo, valor in datos.items()},
        "profesional",
    )

    assert page.status_code == status
    assert aviso in page.text
    assert "Quedó" in page.text
    assert f'name="{paso}.version" value="1"' in page.text


def test_quien_llega_tarde_lee_quien_cambio_que_y_lo_que_puede_ahora(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}"
    escrito = {"segunda-instancia.version": "1", "segunda-instancia.motivo": "riesgo"}
    ventanilla.enviar(f"{path}/segunda-instancia", escrito, "coordinacion")

    page = ventanilla.enviar(
        f"{path}/orientaciones",
        {
            "orientaciones.version": "1",
            "orientaciones.tema": "SAL",
            "orientaciones.texto": "Lo que iba a anotar",
        },
        "profesional",
    )

    assert page.status_code == 412
    assert "Otra persona lo modificó mientras usted escribía" in page.text
    assert "Lo cambió Persona de coordinacion" in page.text
    assert "Ahora está así: En evaluación." in page.text
    assert 'href="#evaluacion"' in page.text
    assert 'href="#orientaciones"' not in page.text
    assert "Lo que iba a anotar</textarea>" in page.text


def test_el_contacto_va_tapado_salvo_que_se_pida(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona(nombres="Tapada", telefono="981230000", idiomas=["hat"])
    caso = ventanilla.caso(persona_id=persona["id"])

    tapado = _expediente(ventanilla, caso)
    abierto = ventanilla.pagina(f"/expedientes/{caso['id']}?mostrar=contacto", "profesional").text

    assert "+56 9 8123 0000" not in tapado
    assert "Criollo haitiano" in tapado
    assert "+56 9 8123 0000" in abierto
    assert ventanilla.auditadas(persona["id"])[-1] == "casos.persona.ver_contacto"


def test_la_historia_vive_y_descansa_con_304(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}/relato"
    assert f'data-vivo="/casos{path}"' in _expediente(ventanilla, caso)

    primero = ventanilla.pagina(path, "profesional")
    igual = ventanilla.pagina(
        path, "profesional", headers={"If-None-Match": primero.headers["ETag"]}
    )
    ventanilla.paso(caso, "orientaciones", tema="SAL", texto="Algo nuevo")
    otro = ventanilla.pagina(
        path, "profesional", headers={"If-None-Match": primero.headers["ETag"]}
    )

    assert (primero.status_code, igual.status_code, otro.status_code) == (200, 304, 200)
    assert "Algo nuevo" in otro.text
    assert "<html" not in otro.text


def test_la_gestion_vive_y_descansa_con_304(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    path = f"/expedientes/{caso['id']}/gestion"
    page = _expediente(ventanilla, caso)
    assert f'data-vivo="/casos{path}"' in page
    etag = page.partition(f'data-vivo="/casos{path}" data-etag="')[2].partition('"')[0]
    visto = {"If-None-Match": f'"{etag}"'}

    igual = ventanilla.pagina(path, "profesional", headers=visto)
    ventanilla.paso(
        caso, "evaluacion", riesgo="bajo", amerita_derivacion=True, fundamento="Lo hallado"
    )
    otro = ventanilla.pagina(path, "profesional", headers=visto)

    assert (igual.status_code, otro.status_code) == (304, 200)
    assert "Lo hallado" in otro.text
    assert "Lo hallado" not in ventanilla.pagina(path, "recepcion").text


def test_si_el_caso_cambia_se_dice_y_los_formularios_quedan_como_estan(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.caso()
    page = _expediente(ventanilla, caso)
    parte = re.search(r'data-vivo="/casos(/[^"]+/novedad\?version=1)" data-etag="([^"]+)"', page)
    assert parte is not None
    visto = {"If-None-Match": f'"{parte[2]}"'}
    assert f"{parte[0]}></div>" in page

    igual = ventanilla.pagina(parte[1], "profesional", headers=visto)
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    otro = ventanilla.pagina(parte[1], "profesional", headers=visto)

    assert (igual.status_code, otro.status_code) == (304, 200)
    assert "Hay cambios en este caso" in otro.text
    assert caso["folio"] not in otro.text


def test_la_situacion_vive_y_descansa_con_304(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    path = f"/expedientes/{caso['id']}/situacion"
    assert f'data-vivo="/casos{path}"' in _expediente(ventanilla, caso)

    primero = ventanilla.pagina(path, "profesional")
    visto = {"If-None-Match": primero.headers["ETag"]}
    igual = ventanilla.pagina(path, "profesional", headers=visto)
    ventanilla.paso(caso, "segunda-instancia", motivo="riesgo")
    otro = ventanilla.pagina(path, "profesional", headers=visto)

    assert (primero.status_code, igual.status_code, otro.status_code) == (200, 304, 200)
    assert "Abierto" in primero.text
    assert "En evaluación" in otro.text


def test_los_plazos_se_ven_y_se_vencen(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    page = _expediente(ventanilla, caso)
    assert "En plazo" in page
    assert "vence el" in page

    clock.move_to(date(2031, 1, 15))
    try:
        page = _expediente(ventanilla, caso)
    finally:
        clock.move_to(None)
    assert "Vencido" in page
    assert "venció el" in page


def test_la_agenda_y_los_avisos_entran_en_la_historia(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    cita, persona = uuid4(), UUID(caso["persona"]["id"])
    caso_id = UUID(caso["id"])
    en = clock.now() + timedelta(days=3)
    with ventanilla.db.begin() as session:
        emitir(
            session,
            CitaAgendada(
                cita_id=cita, persona_id=persona, caso_id=caso_id, inicia_en=en, termina_en=en
            ),
        )
        emitir(
            session,
            MensajeProgramado(
                mensaje_id=uuid4(),
                plantilla="recordatorio_cita",
                canal="sms",
                caso_id=caso_id,
                cita_id=cita,
                enviar_en=en,
            ),
        )
        emitir(
            session,
            CitaCancelada(
                cita_id=cita, persona_id=persona, caso_id=caso_id, motivo_codigo="persona"
            ),
        )
        emitir(session, CitaCancelada(cita_id=uuid4(), persona_id=persona, motivo_codigo="persona"))
        for motivo in ("cita_cancelada", "caducado"):
            emitir(
                session,
                MensajeCancelado(
                    mensaje_id=uuid4(),
                    plantilla="recordatorio_cita",
                    canal="sms",
                    caso_id=caso_id,
                    cita_id=cita,
                    motivo_codigo=motivo,
                ),
            )

    _repartir(ventanilla)

    page = _expediente(ventanilla, caso)
    assert "Se agendó una cita para el" in page
    assert "Se programó el recordatorio de la cita para el" in page
    assert "Se canceló la cita" in page
    assert page.count("Se canceló el recordatorio de la cita") == 1
    assert page.count("Venció sin enviarse el recordatorio de la cita") == 1
    assert "automático" in page
    assert page.count(f'<a href="/agenda/citas/{cita}">Se ') == 2
    assert len(ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json["hitos"]) == 6  # type: ignore[index]  # it is an object


def test_un_mensaje_es_una_linea_con_lo_ultimo_que_paso_con_el(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    uno, otro = (
        {
            "mensaje_id": uuid4(),
            "plantilla": "recordatorio_cita",
            "canal": "sms",
            "caso_id": UUID(caso["id"]),
        }
        for _ in range(2)
    )
    with ventanilla.db.begin() as session:
        emitir(session, MensajeProgramado(**uno, enviar_en=clock.now()))
        emitir(session, MensajeProgramado(**otro, enviar_en=clock.now() + timedelta(hours=45)))
    _repartir(ventanilla)
    path = f"/expedientes/{caso['id']}/relato"
    antes = ventanilla.pagina(path, "profesional")
    with ventanilla.db.begin() as session:
        emitir(session, MensajeEnviado(**uno))
    _repartir(ventanilla)

    visto = {"If-None-Match": antes.headers["ETag"]}
    page = ventanilla.pagina(path, "profesional", headers=visto)

    assert page.status_code == 200
    assert antes.text.count("Se programó") == 2
    assert (page.text.count("Se programó"), page.text.count("Se envió")) == (1, 1)
    hitos = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json["hitos"]  # type: ignore[index]  # it is an object
    assert [h["tipo"] for h in hitos].count("mensaje") == 3


def test_lo_que_fue_a_varias_personas_de_una_vez_es_una_linea(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    aviso = {"plantilla": "aviso_plazo_vencido", "canal": "correo", "caso_id": UUID(caso["id"])}
    with ventanilla.db.begin() as session:
        for _vez in range(3):
            emitir(session, MensajeEnviado(**aviso, mensaje_id=uuid4()))
    _repartir(ventanilla)
    with ventanilla.db.begin() as session:
        datos = {"hecho": "enviado", "mensaje_id": str(uuid4()), "plantilla": "aviso_plazo_vencido"}
        antes = clock.now() - timedelta(hours=1)
        quien = Actor.sistema("notificaciones")
        anotar(
            session,
            UUID(caso["id"]),
            TipoHito.MENSAJE,
            quien,
            datos=datos,
            ocurrido_en=antes,
        )

    page = ventanilla.pagina(f"/expedientes/{caso['id']}/relato", "profesional").text

    assert page.count("Se envió el aviso interno de plazo vencido") == 2
    hitos = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json["hitos"]  # type: ignore[index]  # it is an object
    assert [h["tipo"] for h in hitos].count("mensaje") == 4


def test_de_las_etapas_contadas_de_una_vez_se_lee_la_mas_alta(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    lejos = clock.today() + timedelta(days=90)
    clock.move_to(lejos)
    try:
        seguir_plazos(ventanilla.app.extensions["env"])
        page = ventanilla.pagina(f"/expedientes/{caso['id']}/relato", "profesional").text
    finally:
        clock.move_to(None)

    assert page.count("Sigue vencido un plazo") == 1
    assert "Está por vencer" not in page
    assert "Venció un plazo" not in page
    hitos = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json["hitos"]  # type: ignore[index]  # it is an object
    niveles = [h["datos"]["nivel"] for h in hitos if h["tipo"] == "plazo"]
    assert niveles == [150, 100, 80]


def test_las_etapas_que_pasan_a_su_tiempo_se_leen_todas(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    with ventanilla.db.read() as session:
        (plazo,) = plazos_de_caso(session, UUID(caso["id"]))
    try:
        for dias in (0, 30):
            clock.move_to(clock.local(plazo.vence_en).date() + timedelta(days=1 + dias))
            seguir_plazos(ventanilla.app.extensions["env"])
        page = ventanilla.pagina(f"/expedientes/{caso['id']}/relato", "profesional").text
    finally:
        clock.move_to(None)

    assert page.count("Venció un plazo") == 1
    assert page.count("Sigue vencido un plazo") == 1


def test_la_historia_dice_quien_dio_la_hora(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    en = clock.now() + timedelta(days=3)
    for actor_id in (_quien_ya_no_esta(ventanilla), None, uuid4()):
        with ventanilla.db.begin() as session:
            emitir(
                session,
                CitaAgendada(
                    cita_id=uuid4(),
                    persona_id=UUID(caso["persona"]["id"]),
                    caso_id=UUID(caso["id"]),
                    inicia_en=en,
                    termina_en=en,
                    actor_id=actor_id,
                ),
            )
    _repartir(ventanilla)

    page = ventanilla.pagina(f"/expedientes/{caso['id']}/relato", "profesional").text
    lineas = [linea for linea in page.split("<li>") if "Se agendó una cita" in linea]
    # The newest on top: a stranger, nobody, and somebody who does not work here any more.
    quienes = ("Personal de la oficina", "automático", "Rosa Sintética")
    assert [quien in linea for quien, linea in zip(quienes, lineas, strict=True)] == [True] * 3
    hitos = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json["hitos"]  # type: ignore[index]  # it is an object
    de_citas = [hito["actor_nombre"] for hito in hitos if hito["tipo"] == "cita"]
    assert de_citas == ["Personal de la oficina", "servicio-agenda", "Rosa Sintética"]


def _quien_ya_no_esta(ventanilla: Ventanilla) -> UUID:
    """Somebody whose account is closed."""
    with ventanilla.oficina.identidad.extensions["env"].db.begin() as session:
        cuenta = NuevoFuncionario(
            usuario="rosa",
            nombre="Rosa Sintética",
            correo="rosa@oficina.example",
            clave="clave de prueba larga",
            roles=["recepcion"],
        )
        rosa = crear_funcionario(session, cuenta, Actor.sistema("identidad"))
        rosa.activo = False
    return rosa.id


def _repartir(ventanilla: Ventanilla) -> None:
    """Carry what was told back to casos, through the real relay, inbox and worker."""
    transport = LocalTransport([(ventanilla.db, handlers)])
    while Relay(ventanilla.db, transport, "casos").run_once():
        pass
    while Worker(ventanilla.db, handlers).run_once():
        pass


def test_quien_administra_no_ve_el_caso(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    for parte in ("", "/relato", "/situacion"):
        page = ventanilla.pagina(f"/expedientes/{caso['id']}{parte}", "administrador")
        assert page.status_code == 403
        assert caso["folio"] not in page.text


def test_un_caso_que_no_existe_es_404(ventanilla: Ventanilla) -> None:
    assert ventanilla.pagina(f"/expedientes/{uuid4()}", "profesional").status_code == 404
    assert ventanilla.pagina(f"/expedientes/{uuid4()}/relato", "profesional").status_code == 404


def test_lo_que_la_pagina_ya_muestra_no_se_lee_otra_vez(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    partes = re.findall(
        r'data-vivo="/casos([^"]+)" data-etag="(\w+)"', _expediente(ventanilla, caso)
    )

    assert len(partes) == 4
    for path, tag in partes:
        seen = {"If-None-Match": f'"{tag}"'}
        assert ventanilla.pagina(path, "profesional", headers=seen).status_code == 304


def test_un_paso_con_errores_vuelve_con_la_ficha_y_la_lectura_queda_anotada(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.caso()

    page = ventanilla.enviar(f"/expedientes/{caso['id']}/orientaciones", {}, "profesional")

    assert page.status_code == 422
    assert ventanilla.auditadas(caso["id"])[-1] == "casos.caso.ver"


def test_recargar_la_direccion_de_un_paso_lleva_al_caso(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()

    for paso in FORMULARIOS:
        page = ventanilla.pagina(f"/expedientes/{caso['id']}/{paso}", "profesional")
        assert (page.status_code, page.location) == (303, f"/casos/expedientes/{caso['id']}")
