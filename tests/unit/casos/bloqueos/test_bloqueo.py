"""Blocked data are kept and not used, anywhere, until the delegate lets them go."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from tests.unit.vida import FICHA, Vida

from agenda.actions import NuevaCita, agendar
from casos.alcance import NIVELES
from casos.derechos.catalogo import BloqueoMientras, catalogo
from casos.derechos.states import Derecho
from casos.personas.models import Persona
from casos.plazos import tasks as plazos
from notificaciones.handlers import handlers as oyentes
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado as EstadoMensaje
from notificaciones.mensajes.states import Motivo
from notificaciones.tasks import barrer as barrer_mensajes
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.worker import Worker
from oficina.errors import Conflicto

BLOQUEADOS = "están bloqueados"


@pytest.fixture
def vida(servicios: dict[str, Flask], oficina: Any) -> Iterator[Vida]:
    """Somebody whom every service knows."""
    yield Vida(servicios, oficina)
    clock.move_to(None)


def _bloqueada(vida: Vida) -> str:
    solicitud_id = vida.solicitud("bloqueo")
    assert vida.responder(solicitud_id).status_code == 200
    vida.circular()
    return solicitud_id


def _desbloquear(vida: Vida, motivo: str = "La persona lo pidió.") -> None:
    (bloqueo,) = vida.api("GET", "/bloqueos", rol="delegado_datos")["bloqueos"]
    ruta = f"/bloqueos/{bloqueo['id']}/levantamiento"
    vida.api("POST", ruta, {"motivo": motivo}, rol="delegado_datos")
    vida.circular()


def _recordatorios(vida: Vida) -> list[tuple[EstadoMensaje, Motivo | None]]:
    with vida.db("notificaciones").read() as session:
        consulta = select(Mensaje.estado, Mensaje.motivo).order_by(Mensaje.id)
        return [
            (estado, motivo)
            for estado, motivo in session.execute(
                consulta.where(Mensaje.persona_id == vida.persona_id)
            )
        ]


def test_nadie_ve_ni_usa_lo_bloqueado_y_quien_lo_veria_sabe_solo_eso(vida: Vida) -> None:
    caso_id = vida.caso(cerrado=False)
    derivacion_id = vida.derivar(caso_id, hasta="aceptar")
    enlace = vida.api("POST", f"/derivaciones/{derivacion_id}/enlace", rol="servicio")
    token = enlace["url"].rpartition("/")[2]
    cita = vida.cita(caso_id)
    vida.circular()
    _bloqueada(vida)

    for rol in ("recepcion", "profesional", "coordinacion"):
        persona = vida.pedir("GET", f"/personas/{vida.persona_id}", rol=rol)
        assert (persona.status_code, persona.json["estado"]) == (403, "bloqueada")
        caso = vida.pedir("GET", f"/casos/{caso_id}", rol=rol)
        assert (caso.status_code, caso.json["title"]) == (403, persona.json["title"])
        assert FICHA["nombres"] not in persona.text + caso.text
        pagina = vida.como(rol).get(f"/casos/personas/{vida.persona_id}")
        assert pagina.status_code == 403
        assert BLOQUEADOS in pagina.text
        assert not vida.api("POST", "/alcance", {"casos": [caso_id]}, rol=rol)["casos"]
    persona, caso = f"/personas/{vida.persona_id}", f"/casos/{caso_id}"
    hoy = {"canal": "presencial", "tema": "REG.TEMP", "resultado": "orientada"}
    for metodo, ruta, datos in (
        ("PATCH", persona, {"nombres": "Otra"}),
        ("POST", f"{persona}/contactos", {"tipo": "correo", "valor": "a@personas.example"}),
        ("POST", f"{persona}/consentimientos", {"forma_consentimiento": "verbal"} | _EN_KREYOL),
        ("POST", "/atenciones", hoy | {"persona_id": str(vida.persona_id)}),
        ("POST", "/casos", {"persona_id": str(vida.persona_id), "tema": "REG.TEMP"}),
        ("POST", f"{caso}/evaluacion", _EVALUADA),
        ("POST", f"{caso}/cierre", {"motivo": "persona_desiste", "resultado": "parcial"}),
        ("POST", f"/derivaciones/{derivacion_id}/cumplir", {"canal": "telefono"}),
        ("GET", f"/derivaciones?caso_id={caso_id}", None),
    ):
        assert vida.pedir(metodo, ruta, datos).status_code == 403, ruta
    contacto = vida.pedir("GET", f"{persona}/contacto", rol="servicio")
    assert contacto.status_code == 403

    # Whoever holds the link is told nothing of why.
    visto = vida.servicios["casos"].test_client().get(f"/casos/api/v1/enlace/{token}")
    assert (visto.status_code, visto.json["paquete"], visto.json["acciones"]) == (200, None, [])
    respuesta = {"texto": "Zmarca: se cumplió"}
    dado = (
        vida.servicios["casos"]
        .test_client()
        .post(f"/casos/api/v1/enlace/{token}/cumplir", json=respuesta)
    )
    assert dado.status_code == 409, dado.text
    assert (
        vida.pedir("POST", f"/derivaciones/{derivacion_id}/enlace", rol="servicio").status_code
        == 409
    )
    # agenda asks casos, and knows by itself.
    nueva = {"fecha": "2031-01-08", "hora": "10:00", "duracion": 30, "lugar": "oficina"}
    nueva |= {"persona_id": str(vida.persona_id), "profesional_id": str(vida.quien("profesional"))}
    assert vida.pedir("POST", "/citas", nueva, servicio="agenda").status_code == 403
    assert vida.pedir("GET", f"/citas/{cita['id']}", servicio="agenda").status_code == 404
    with vida.db("agenda").begin() as session, pytest.raises(Conflicto, match="no se pueden usar"):
        _agendar_tarde(session, vida)
    assert _recordatorios(vida) == [(EstadoMensaje.CANCELADA, Motivo.PERSONA_BLOQUEADA)] * 2
    # The figures are what they were.
    hechos = vida.api("GET", "/hechos", rol="servicio")["hechos"]
    assert {"caso", "derivacion", "atencion"} <= {uno["clase"] for uno in hechos}


_EN_KREYOL = {"idioma_consentimiento": "hat"}
_EVALUADA = {"riesgo": "alto", "amerita_derivacion": False, "fundamento": "Otra cosa"}


def _agendar_tarde(session: Any, vida: Vida) -> None:
    """A booking that asked casos before the block, and writes after it."""
    nueva = NuevaCita(
        persona_id=vida.persona_id,
        profesional_id=vida.quien("profesional"),
        fecha=date(2031, 1, 8),
        hora=time(10),
        duracion=30,
        lugar="oficina",
    )
    agendar(session, nueva, "Profesional", Actor.sistema("agenda"), clock.now())


def test_al_desbloquear_todo_esta_como_estaba_y_se_recuerda_de_nuevo(vida: Vida) -> None:
    abierto = {"persona_id": str(vida.persona_id), "tema": "REG.TEMP"}
    caso_id = vida.api("POST", "/casos", abierto)["id"]
    vida.cita(caso_id)
    vida.circular()
    _bloqueada(vida)
    clock.move_to(clock.today() + timedelta(days=25))
    plazos.seguir_plazos(vida.env("casos"))
    assert not [uno for uno in vida.hechos("casos") if ".plazo_" in uno]

    sin_motivo = vida.como("delegado_datos")
    (bloqueo,) = vida.api("GET", "/bloqueos", rol="delegado_datos")["bloqueos"]
    pagina = f"/casos/bloqueos/{bloqueo['id']}/levantar"
    assert sin_motivo.post(pagina, data={"motivo": ""}).status_code == 422
    assert sin_motivo.post(pagina, data={"motivo": "Lo pidió."}).status_code == 303
    vida.circular()

    assert vida.api("GET", f"/casos/{caso_id}")["id"] == caso_id
    plazos.seguir_plazos(vida.env("casos"))
    assert [uno for uno in vida.hechos("casos") if ".plazo_" in uno]
    assert _recordatorios(vida)[2:] == [(EstadoMensaje.PROGRAMADA, None)] * 2
    assert "Lo pidió." in sin_motivo.get(pagina).text
    tarde = sin_motivo.post(pagina, data={"motivo": "Lo que iba a anotar"})
    assert tarde.status_code == 409
    assert "El estado actual no admite ese paso" in tarde.text
    assert " Los datos se desbloquearon." in tarde.text
    assert "Ahora está así: Desbloqueados." in tarde.text
    assert "Ahora no hay ningún paso que usted pueda dar." in tarde.text
    assert "Lo que iba a anotar</textarea>" in tarde.text
    otra_vez = vida.pedir(
        "POST", f"/bloqueos/{bloqueo['id']}/levantamiento", {"motivo": "x"}, rol="delegado_datos"
    )
    assert otra_vez.status_code == 409
    with vida.db("casos").read() as session:
        hechas = set(
            session.scalars(select(Auditoria.accion).where(Auditoria.recurso_id == vida.persona_id))
        )
    assert {"casos.persona.bloquear", "casos.persona.desbloquear"} <= hechas


def test_lo_que_se_prepara_antes_de_saberlo_no_sale_y_tambien_se_repone(vida: Vida) -> None:
    vida.cita()
    vida.circular(menos=("notificaciones",))
    vida.responder(vida.solicitud("bloqueo"))
    with vida.db("notificaciones").begin() as session:
        de_notificaciones = Worker(vida.db("notificaciones"), oyentes)
        assert session.scalar(select(Mensaje.id)) is None
    de_notificaciones.run_once()
    barrer_mensajes(vida.env("notificaciones"))
    assert _recordatorios(vida) == [(EstadoMensaje.SUPRIMIDA, Motivo.PERSONA_BLOQUEADA)] * 2

    vida.circular()
    _desbloquear(vida)

    assert _recordatorios(vida)[2:] == [(EstadoMensaje.PROGRAMADA, None)] * 2


def test_quien_busca_sabe_que_hay_una_ficha_bloqueada_y_no_de_quien(vida: Vida) -> None:
    _bloqueada(vida)

    for texto in ("ZMARCA44771", "+56 9 4444 7777", "Zorabel Ketterlin Ombralís"):
        hallado = vida.api("POST", "/personas/buscar", {"q": texto}, rol="recepcion")
        assert hallado["hay_bloqueada"]
        assert (hallado["resultados"], hallado["ajenos"]) == ([], [])
    nueva = vida.como("recepcion").post(
        "/casos/personas/nueva",
        data={"nombres": "Zorabel", "telefono": "944447777", "revisar": "1"}
        | {"primer_apellido": "Ketterlin"},
    )
    assert BLOQUEADOS in nueva.text
    assert "Pasaje Velado" not in nueva.text
    # Who answers for rights sees her, to hear what else she asks for.
    delegada = vida.como("delegado_datos")
    assert "Zmarca" in delegada.post("/casos/derechos/nueva", data={"q": "ZMARCA44771"}).text
    assert "Zmarca" in delegada.get("/casos/bloqueos").text
    for rol in NIVELES.keys() - {"delegado_datos", "servicio"}:
        assert vida.como(rol).get("/casos/bloqueos").status_code == 403


def test_mientras_se_resuelve_lo_que_la_ley_admite(
    vida: Vida, monkeypatch: pytest.MonkeyPatch
) -> None:
    acceso, supresion = vida.solicitud("acceso"), vida.solicitud("supresion")
    ruta = f"/derechos/{supresion}/bloqueo"

    assert (
        vida.pedir("POST", f"/derechos/{acceso}/bloqueo", rol="delegado_datos").status_code == 409
    )
    assert vida.pedir("POST", ruta, rol="coordinacion").status_code == 403
    puesto = vida.api("POST", ruta, rol="delegado_datos")
    assert (puesto["causa"], vida.pedir("POST", ruta, rol="delegado_datos").status_code) == (
        "mientras_se_resuelve",
        409,
    )
    pulsado = vida.como("delegado_datos").post(f"/casos{ruta}")
    assert pulsado.status_code == 409
    assert "Los datos de esta persona ya están bloqueados." in pulsado.text
    assert f"/casos/derechos/{supresion}/responder" in pulsado.text
    rechazo = vida.responder(supresion, "rechazar", codigo="obligacion_legal")
    assert rechazo.status_code == 200
    # Resolved: it holds no longer. What she asked for by itself holds on.
    assert vida.api("GET", f"/personas/{vida.persona_id}")["nombres"] == "Zorabel"
    catalogado = catalogo()
    assert set(catalogado.bloqueo_mientras.values()) == {BloqueoMientras.A_PETICION}
    monkeypatch.setitem(
        catalogado.bloqueo_mientras,  # type: ignore[arg-type]  # the data of another version
        Derecho.RECTIFICACION,
        BloqueoMientras.AL_TRAMITAR,
    )
    rectificacion = vida.solicitud("rectificacion")
    assert vida.pedir("GET", f"/personas/{vida.persona_id}").status_code == 403
    vida.responder(vida.solicitud("bloqueo"))
    vida.responder(rectificacion)
    assert vida.pedir("GET", f"/personas/{vida.persona_id}").status_code == 403
    _desbloquear(vida)
    assert vida.pedir("GET", f"/personas/{vida.persona_id}").status_code == 200
    with vida.db("casos").read() as session:
        assert session.get_one(Persona, vida.persona_id).estado == "activa"
