"""Somebody is erased: two agree, every service does its part and says so, nothing comes back."""

import io
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pypdf
from sqlalchemy import select, update
from tests.unit.vida import FICHA, Vida

from agenda.models import Cita
from agenda.states import Estado as EstadoCita
from casos.expedientes.models import Hito
from casos.personas.models import EstadoPersona, Persona
from casos.supresion import tasks
from casos.supresion.models import Purga, Supresion
from casos.supresion.reglas import reglas
from notificaciones import tasks as tareas_de_notificaciones
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado as EstadoMensaje
from notificaciones.plantillas.catalogo import Clave
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.db import uuid7
from oficina.events import Clasificacion
from oficina.events.agenda import CitaAgendada
from oficina.events.casos import PersonaAnonimizada
from oficina.retencion import alterados, certificados
from reportes import tasks as tareas_de_reportes
from reportes.models import Hecho

SERVICIOS = ("agenda", "notificaciones", "reportes")


def _propuesta(vida: Vida) -> tuple[str, str]:
    """A request of erasure that the delegate accepted, and the erasure."""
    solicitud_id = vida.solicitud("supresion")
    hecha = vida.api("POST", f"/derechos/{solicitud_id}/supresion", rol="delegado_datos")
    return solicitud_id, str(hecha["id"])


def _confirmar(vida: Vida, supresion_id: str) -> None:
    vida.api("POST", f"/supresiones/{supresion_id}/confirmacion", rol="coordinacion")


def _leer_cifras(vida: Vida) -> None:
    tareas_de_reportes.traer(vida.env("reportes"))
    vida.circular()


def _suprimida(vida: Vida) -> tuple[str, str]:
    solicitud_id, supresion_id = _propuesta(vida)
    _confirmar(vida, supresion_id)
    vida.circular()
    _leer_cifras(vida)
    return solicitud_id, supresion_id


def _ver(vida: Vida, supresion_id: str) -> Any:
    return vida.api("GET", f"/supresiones/{supresion_id}", rol="delegado_datos")


def test_de_la_solicitud_al_certificado(vida: Vida) -> None:
    caso_id = vida.caso(cerrado=False)
    vida.derivar(caso_id)
    fin = {"motivo": "persona_desiste", "resultado": "parcial"}
    vida.api("POST", f"/casos/{caso_id}/cierre", fin)
    vida.cita(caso_id)
    vida.circular()
    delegada, coordinacion = vida.como("delegado_datos"), vida.como("coordinacion")
    solicitud_id = vida.solicitud("supresion")

    # The delegate sees what would go and what stays before anything happens.
    pagina = f"/casos/derechos/{solicitud_id}/supresion"
    previa = delegada.get(pagina).text
    for dicho in ("De qué trataban sus citas", "Texto, dirección e idioma", "Servicio Jesuita"):
        assert dicho in previa
    contado = vida.api("GET", f"/derechos/{solicitud_id}/supresion", rol="delegado_datos")
    assert contado["servicios"]["agenda"] == {"agenda.citas": 1}
    assert contado["servicios"]["notificaciones"]["notificaciones.mensajes"] >= 2
    hecha = delegada.post(pagina)
    assert hecha.status_code == 303
    una = hecha.location
    assert vida.responder(solicitud_id).status_code == 409

    # Somebody else confirms, and is told so; nobody learns whose it is.
    vida.circular()
    vida.barrer_mensajes()
    with vida.db("notificaciones").read() as session:
        (aviso,) = session.scalars(
            select(Mensaje).where(Mensaje.plantilla == Clave.AVISO_SUPRESION_PROPUESTA)
        )
    assert aviso.destino == "coordinacion@oficina.example"
    assert una in str(aviso.cuerpo)
    assert delegada.post(f"{una}/confirmar").status_code == 403
    vista = coordinacion.get(una).text
    assert "Confirmar la supresión" in vista
    assert FICHA["nombre_social"] not in vista + coordinacion.get("/casos/supresiones").text
    assert coordinacion.post(f"{una}/confirmar").status_code == 428
    vencida = coordinacion.post(f"{una}/negar", data={"version": 7, "motivo": "Zmarca: falta"})
    assert vencida.status_code == 412
    assert "Zmarca: falta" in vencida.text
    assert "Se propuso." in vencida.text
    assert 'href="#decidir"' in vencida.text
    assert coordinacion.post(f"{una}/confirmar", data={"version": 7}).status_code == 412
    assert coordinacion.post(f"{una}/confirmar", data={"version": 1}).status_code == 303
    # Somebody of the coordination who was still writing why not reads that it was confirmed.
    ya_no = coordinacion.post(f"{una}/negar", data={"version": 1, "motivo": "Lo que escribía"})
    assert ya_no.status_code == 412
    assert "Usted lo modificó en otra ventana" in ya_no.text
    assert " Se confirmó." in ya_no.text
    assert "Lo que escribía</textarea>" in ya_no.text
    assert f'action="{una}/confirmar"' not in ya_no.text
    por_api = vida.pedir(
        "POST",
        f"/supresiones/{una.rpartition('/')[2]}/confirmacion",
        rol="coordinacion",
    )
    assert (por_api.status_code, por_api.json["estado_actual"]) == (409, "ejecutada")
    assert por_api.json["transiciones_permitidas"] == []
    assert "Falta" in delegada.get(una).text
    vida.circular()
    assert delegada.get(f"{una}/certificado.json").status_code == 404
    _leer_cifras(vida)

    # Each has said so, in its chain.
    supresion_id = una.rpartition("/")[2]
    terminada = _ver(vida, supresion_id)
    assert terminada["estado"] == "terminada"
    assert {uno["servicio"]: uno["borrado"] for uno in terminada["purgas"]}["agenda"] == {
        "agenda.citas": 1
    }
    dicho = json.loads(delegada.get(f"{una}/certificado.json").data)
    for parte in dicho["servicios"]:
        with vida.db(parte["servicio"]).read() as session:
            halladas = certificados(session)
        assert parte["huella"] in {uno.huella for uno in halladas}
        assert alterados(halladas) == []
    assert dicho["cierre"]["huella"] == terminada["cierre_huella"]
    certificado = f"/supresiones/{supresion_id}/certificado"
    assert vida.api("GET", certificado, rol="delegado_datos") == dicho
    assert vida.pedir("GET", certificado, rol="coordinacion").status_code == 403
    assert dicho["destinatarios"][0]["institucion"] not in coordinacion.get(una).text
    pdf = pypdf.PdfReader(io.BytesIO(delegada.get(f"{una}/certificado.pdf").data))
    leido = " ".join(" ".join(hoja.extract_text() for hoja in pdf.pages).split())
    assert "Certificado de supresión" in leido
    assert dicho["cierre"]["huella"][:16] in leido.replace(" ", "")
    assert "Zmarca" not in json.dumps(dicho) + leido
    rechazo = vida.responder(solicitud_id, "rechazar", codigo="obligacion_legal")
    assert rechazo.status_code == 409
    copia = vida.pedir("POST", f"/derechos/{solicitud_id}/copias", rol="delegado_datos")
    assert copia.status_code == 409
    assert "Persona suprimida" in delegada.get(f"/casos/derechos/{solicitud_id}").text
    assert vida.responder(solicitud_id, texto="Se suprimió todo.").status_code == 200

    # The institution is asked to erase what it got, and no name leaves.
    vida.barrer_mensajes()
    with vida.db("notificaciones").read() as session:
        (pedida,) = session.scalars(
            select(Mensaje).where(Mensaje.plantilla == Clave.SUPRESION_DE_DATOS)
        )
    assert pedida.estado is EstadoMensaje.ENTREGADA
    assert pedida.cuerpo is not None
    assert "supriman también" in pedida.cuerpo
    with vida.db("casos").read() as session:
        reservado = session.scalars(
            select(Outbox.clasificacion).where(Outbox.tipo == "casos.persona.anonimizada")
        ).one()
        acciones = set(
            session.scalars(
                select(Auditoria.accion).where(Auditoria.recurso_id == UUID(supresion_id))
            )
        )
    assert reservado == "reservado"
    assert {f"casos.supresion.{paso}" for paso in ("proponer", "confirmar", "terminar")} <= acciones


def test_no_vuelve_nada(vida: Vida) -> None:
    caso_id = vida.caso()
    cita = vida.cita(caso_id)
    vida.circular()
    _suprimida(vida)
    persona = str(vida.persona_id)

    for rol in ("recepcion", "profesional", "coordinacion", "delegado_datos"):
        assert vida.pedir("GET", f"/personas/{persona}", rol=rol).status_code in {403, 404}
    assert vida.pedir("GET", f"/casos/{caso_id}").status_code == 404
    hoy = {"canal": "presencial", "tema": "REG.TEMP", "resultado": "orientada"}
    escrito = [
        vida.pedir("POST", "/casos", {"persona_id": persona, "tema": "REG.TEMP"}),
        vida.pedir("POST", "/atenciones", hoy | {"persona_id": persona}),
        vida.pedir("PATCH", f"/personas/{persona}", {"nombres": "Zorabel"}),
        vida.pedir("POST", f"/casos/{caso_id}/reapertura", {"motivo": "persona_vuelve"}),
        vida.pedir("POST", f"/personas/{persona}/derechos", _ACCESO, rol="delegado_datos"),
        vida.pedir("GET", f"/personas/{persona}/contacto", rol="servicio"),
    ]
    assert [uno.status_code for uno in escrito] == [404] * 6
    for texto in ("ZMARCA44771", "+56 9 4444 7777", "Zorabel Ketterlin Ombralís"):
        hallado = vida.api("POST", "/personas/buscar", {"q": texto}, rol="recepcion")
        assert not (hallado["resultados"])
        assert not (hallado["ajenos"])
        assert not (hallado["hay_bloqueada"])
    # The same request with the same key is not done again, and its answer is gone.
    repetida = vida.pedir("POST", "/personas", FICHA, rol="recepcion", clave="una-sola-vez")
    assert repetida.status_code == 410
    assert "Zorabel" not in repetida.text
    # What other services told of her before they heard of it, and comes late.
    with vida.db("agenda").begin() as session:
        inicia = clock.now() + timedelta(days=20)
        tarde = CitaAgendada(
            cita_id=uuid7(),
            persona_id=vida.persona_id,
            caso_id=UUID(caso_id),
            inicia_en=inicia,
            termina_en=inicia + timedelta(minutes=30),
        )
        emitir(session, tarde)
    vida.circular()
    vida.barrer_mensajes()
    with vida.db("casos").read() as session:
        assert session.scalars(select(Hito).where(Hito.caso_id == UUID(caso_id))).all() == []
        assert session.get_one(Persona, vida.persona_id).estado is EstadoPersona.ANONIMIZADA
    with vida.db("notificaciones").read() as session:
        vivos = session.scalars(
            select(Mensaje).where(Mensaje.cita_id == tarde.cita_id, Mensaje.regla.is_not(None))
        )
        assert vivos.all() == []
    with vida.db("agenda").read() as session:
        guardada = session.get_one(Cita, UUID(cita["id"]))
    assert (guardada.estado, guardada.asunto) == (EstadoCita.CANCELADA, None)
    # Somebody who comes with the same papers is somebody new.
    assert vida.api("POST", "/personas", FICHA, rol="recepcion")["id"] != persona


_ACCESO = {"derecho": "acceso", "canal": "presencial", "identidad": "documento_a_la_vista"}


def test_las_cifras_siguen_iguales_y_ya_no_llevan_a_ella(vida: Vida) -> None:
    caso_id = vida.caso(cerrado=False)
    vida.derivar(caso_id)
    fin = {"motivo": "persona_desiste", "resultado": "parcial"}
    vida.api("POST", f"/casos/{caso_id}/cierre", fin)
    vida.circular()
    _leer_cifras(vida)

    def cifras() -> tuple[list[Any], set[str | None]]:
        with vida.db("reportes").read() as session:
            hechos = session.scalars(select(Hecho).order_by(Hecho.id)).all()
        que = [
            (h.id, h.clase, h.fecha, h.nacionalidad, h.sexo, h.tema, h.resultado) for h in hechos
        ]
        return que, {h.persona for h in hechos}

    antes, codigos = cifras()
    _suprimida(vida)
    despues, nuevos = cifras()

    assert despues == antes
    assert len(codigos) == len(nuevos) == 1
    assert not codigos & nuevos


def test_lo_que_lo_impide_se_dice_y_se_mira_otra_vez_al_confirmar(vida: Vida) -> None:
    caso_id = vida.caso(cerrado=False)
    vida.solicitud("acceso")
    solicitud_id = vida.solicitud("supresion")
    ruta = f"/derechos/{solicitud_id}/supresion"

    impedida = vida.pedir("POST", ruta, rol="delegado_datos")
    assert impedida.status_code == 409
    assert {uno["obstaculo"] for uno in impedida.json["obstaculos"]} == {
        "caso_abierto",
        "otra_solicitud",
    }
    pagina = vida.como("delegado_datos")
    assert "Tiene un caso abierto" in pagina.get(f"/casos{ruta}").text
    assert pagina.post(f"/casos{ruta}").status_code == 409
    fin = {"motivo": "persona_desiste", "resultado": "parcial"}
    vida.api("POST", f"/casos/{caso_id}/cierre", fin)
    acceso = next(
        uno["id"]
        for uno in vida.api("GET", "/derechos", rol="delegado_datos")["solicitudes"]
        if uno["derecho"] == "acceso"
    )
    vida.responder(acceso)
    supresion_id = vida.api("POST", ruta, rol="delegado_datos")["id"]
    assert vida.pedir("POST", ruta, rol="delegado_datos").status_code == 409
    vida.api("POST", f"/casos/{caso_id}/reapertura", {"motivo": "persona_vuelve"})

    confirmada = vida.pedir("POST", f"/supresiones/{supresion_id}/confirmacion", rol="coordinacion")
    assert confirmada.status_code == 409
    assert vida.api("GET", f"/personas/{vida.persona_id}")["nombres"] == "Zorabel"
    negada = vida.pedir("POST", f"/supresiones/{supresion_id}/negativa", {}, rol="coordinacion")
    assert negada.status_code == 422
    motivo = {"motivo": "La persona volvió y quiere seguir."}
    vida.api("POST", f"/supresiones/{supresion_id}/negativa", motivo, rol="coordinacion")
    assert motivo["motivo"] in pagina.get(f"/casos/supresiones/{supresion_id}").text
    fin = {"motivo": "no_amerita", "resultado": "logrado", "texto": "Era otra cosa."}
    vida.api("POST", f"/casos/{caso_id}/cierre", fin)
    otra = vida.api("POST", ruta, rol="delegado_datos")["id"]
    rechazo = vida.responder(solicitud_id, "rechazar", codigo="obligacion_legal")
    assert rechazo.status_code == 200
    assert _ver(vida, otra)["estado"] == "negada"
    assert vida.pedir("POST", ruta, rol="delegado_datos").status_code == 409


def test_quien_la_propuso_no_la_confirma(vida: Vida) -> None:
    _solicitud, supresion_id = _propuesta(vida)
    ruta = f"/supresiones/{supresion_id}/confirmacion"
    with vida.db("casos").begin() as session:
        session.execute(update(Supresion).values(propuesta_por_id=vida.quien("coordinacion")))

    assert vida.pedir("POST", ruta, rol="coordinacion").status_code == 403
    assert (
        "Confirmar la supresión"
        not in vida.como("coordinacion").get(f"/casos/supresiones/{supresion_id}").text
    )
    for rol in ("recepcion", "profesional", "administrador"):
        assert vida.pedir("GET", f"/supresiones/{supresion_id}", rol=rol).status_code == 403


def test_si_un_servicio_calla_se_avisa_y_al_repararlo_se_termina_una_vez(vida: Vida) -> None:
    vida.cita()
    vida.circular()
    _solicitud, supresion_id = _propuesta(vida)
    _confirmar(vida, supresion_id)
    vida.circular(menos=("agenda",))
    _leer_cifras_sin_agenda(vida)
    sin_agenda = _ver(vida, supresion_id)
    assert sin_agenda["estado"] == "ejecutada"
    faltan = [uno["servicio"] for uno in sin_agenda["purgas"] if uno["confirmada_en"] is None]
    assert faltan == ["agenda"]

    tasks.vigilar_supresiones(vida.env("casos"))
    assert "casos.supresion.confirmacion_atrasada" not in vida.hechos("casos")
    with vida.db("casos").begin() as session:
        hace_mucho = clock.real_now() - reglas().espera * 2
        session.execute(update(Purga).values(pedida_en=hace_mucho))
    for _dos_veces in range(2):
        tasks.vigilar_supresiones(vida.env("casos"))
    assert vida.hechos("casos").count("casos.supresion.confirmacion_atrasada") == 1
    assert "Atrasado" in vida.como("delegado_datos").get(f"/casos/supresiones/{supresion_id}").text
    vida.circular(menos=("agenda",))

    tareas_de_notificaciones.barrer(vida.env("notificaciones"))
    with vida.db("notificaciones").read() as session:
        (aviso,) = session.scalars(
            select(Mensaje).where(Mensaje.plantilla == Clave.AVISO_SUPRESION_ATRASADA)
        )
    assert "agenda" in str(aviso.cuerpo)
    # Repaired: it goes on from there. Told a second time, nothing more happens.
    vida.circular()
    terminada = _ver(vida, supresion_id)
    assert terminada["estado"] == "terminada"
    with vida.db("casos").begin() as session:
        otra_vez = PersonaAnonimizada(
            persona_id=vida.persona_id, supresion_id=UUID(supresion_id), caso_ids=[], hechos=0
        )
        emitir(session, otra_vez, clasificacion=Clasificacion.RESERVADO)
    vida.circular()
    assert _ver(vida, supresion_id) == terminada
    for servicio in SERVICIOS:
        assert vida.hechos(servicio).count(f"{servicio}.purga.confirmada") == 2
        with vida.db(servicio).read() as session:
            assert len(certificados(session)) == 1


def _leer_cifras_sin_agenda(vida: Vida) -> None:
    tareas_de_reportes.traer(vida.env("reportes"))
    vida.circular(menos=("agenda",))
