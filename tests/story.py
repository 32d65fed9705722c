"""The whole story of a case, told over HTTP to a running office of either column.

A person is registered at reception, attended, and a case opened; a professional orients, raises to
the second instance, evaluates and derives; the institution answers by its link, without an account;
an appointment is booked and its reminder waits in the person's language, until both are cancelled;
the month's report counts it all. Every effect across services travels by events.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from office import Office, wait_until
from oficina import clock
from oficina.calendar_cl import sumar_dias_habiles

SERVICIO = "SJM.LEGAL"
LINK = re.compile(r"https?://\S+/casos/enlace/[\w-]+")


def walk(office: Office) -> None:
    """Tell the story; every step checks what the next one stands on."""
    with (
        office.client("recepcion") as recepcion,
        office.client("profesional") as profesional,
        office.client("coordinacion") as coordinacion,
        office.client() as institucion,
    ):
        _give_an_address(coordinacion)
        persona = register(recepcion)
        caso = _attend(recepcion, persona)
        work_on(profesional, caso)
        derivacion = derive(profesional, caso)
        _answer(institucion, _link(coordinacion, derivacion), derivacion, profesional)
        _appointment(profesional, persona, caso)
        _timeline(profesional, caso)
        _figures(coordinacion)


def _give_an_address(coordinacion: httpx.Client) -> None:
    """The coordination completes the institution's address, or nobody could be written to."""
    institucion = _service(coordinacion)["institucion"]["id"]
    page = f"/casos/red/instituciones/{institucion}/editar"
    form = coordinacion.get(page).text
    data = {"correo": "legal@red.example", "version": _seen(form), "activa": "1"}
    data |= {"nombre": "Servicio Jesuita a Migrantes", "sigla": "SJM"}
    data |= {"tipo": "privada_sin_fines", "ambito": "externa"}
    assert coordinacion.post(page, data=data).status_code == 303


def _seen(form: str) -> str:
    """The version that a form was shown with."""
    found = re.search(r'name="version" value="(\d+)"', form)
    assert found, "a form says which version it shows"
    return found[1]


def register(recepcion: httpx.Client) -> dict[str, Any]:
    """A person who reads Kreyòl and wants messages by SMS."""
    person = {
        "nombres": "Jean-Louis",
        "primer_apellido": "Célestin",
        "nacionalidades": ["HTI"],
        "idiomas": ["hat"],
        "telefono": "+56 9 0000 0101",
        "canal_preferido": "sms",
    }
    persona = _post(recepcion, "/casos/api/v1/personas", person, 201)
    asked = {"q": "celestin JEAN LOUIS"}
    found = _post(recepcion, "/casos/api/v1/personas/buscar", asked, 200)
    # Of very many alike, the first are shown, and that there are more.
    shown = [one["persona"]["id"] for one in found["resultados"]]
    assert persona["id"] in shown or found["hay_mas"]
    return persona


def _attend(recepcion: httpx.Client, persona: Mapping[str, Any]) -> str:
    anonymous = {"canal": "telefono", "tema": "INF", "resultado": "orientada"}
    _post(recepcion, "/casos/api/v1/atenciones", anonymous, 201)
    attention = {
        "persona_id": persona["id"],
        "canal": "presencial",
        "tema": "REG.TEMP",
        "resultado": "abre_caso",
    }
    caso_id: str = _post(recepcion, "/casos/api/v1/atenciones", attention, 201)["caso_id"]
    assert recepcion.post(_step(caso_id, "orientaciones"), json={}).status_code == 403
    return caso_id


def open_case(profesional: httpx.Client) -> str:
    """A case of a new person that is ready to be derived; returns its id."""
    who = {"nombres": "Alguien", "primer_apellido": "Inventado", "idiomas": ["spa"]}
    persona = _post(profesional, "/casos/api/v1/personas", who, 201)
    asked = {"persona_id": persona["id"], "tema": "REG.TEMP"}
    caso_id: str = _post(profesional, "/casos/api/v1/casos", asked, 201)["id"]
    work_on(profesional, caso_id)
    return caso_id


def work_on(profesional: httpx.Client, caso_id: str) -> None:
    """From an open case to one that may be derived."""
    _take(profesional, caso_id, "asignacion", {})
    advice = {"tema": "REG.TEMP", "texto": "Se explican los requisitos."}
    unread = profesional.post(_step(caso_id, "orientaciones"), json=advice)
    assert unread.status_code == 428
    _take(profesional, caso_id, "orientaciones", advice)
    _take(profesional, caso_id, "segunda-instancia", {"motivo": "regularizacion_migratoria"})
    read = _if_match(profesional, _case(caso_id))
    refused = profesional.post(_step(caso_id, "orientaciones"), json=advice, headers=read)
    assert refused.status_code == 409
    assert "completar_evaluacion" in refused.json()["transiciones_permitidas"]
    finding = {"riesgo": "bajo", "amerita_derivacion": True, "fundamento": "Falta apoyo jurídico."}
    assert _take(profesional, caso_id, "evaluacion", finding)["estado"] == "en_gestion"


def derive(profesional: httpx.Client, caso_id: str) -> str:
    """Send a case that was evaluated to the network; returns the id of the derivation."""
    options = _get(profesional, "/casos/api/v1/derivaciones/opciones", caso_id=caso_id)["datos"]
    chosen = [one["codigo"] for one in options if one["categoria"] in {"nombre", "idioma"}]
    asked = {
        "caso_id": caso_id,
        "servicio_id": _service(profesional)["id"],
        "proposito": "Acompañar la solicitud de residencia temporal.",
        "datos": chosen,
        "base_licitud": "consentimiento",
        "forma_consentimiento": "verbal",
        "idioma_consentimiento": "hat",
        "confirmada": True,
    }
    sent = _post(profesional, "/casos/api/v1/derivaciones", asked, 201)
    assert sent["estado"] == "enviada"
    derivacion_id: str = sent["id"]
    return derivacion_id


def _link(coordinacion: httpx.Client, derivacion_id: str) -> str:
    """The address that the institution was sent, as the outbox of the office shows it."""

    def sent() -> str | None:
        for message in _messages(coordinacion, derivacion_id=derivacion_id):
            if found := LINK.search(message["cuerpo"] or ""):
                assert "Célestin" not in message["cuerpo"]
                return found[0]
        return None

    address: str = wait_until("the institution's mail", sent)
    return urlsplit(address).path.removeprefix("/casos/enlace/")


def _answer(
    institucion: httpx.Client, token: str, derivacion_id: str, profesional: httpx.Client
) -> None:
    link = f"/casos/api/v1/enlace/{token}"
    assert institucion.get(f"/casos/enlace/{token}").status_code == 200
    shown = _get(institucion, link)
    assert shown["estado"] == "enviada", "opening alone changes nothing"
    assert {one["categoria"] for one in shown["paquete"]["datos"]} == {"nombre", "idioma"}
    assert _post(institucion, f"{link}/recibir", {})["estado"] == "recibida"
    assert _post(institucion, f"{link}/aceptar", {})["estado"] == "aceptada"
    missing = institucion.post(f"{link}/cumplir", json={})
    assert missing.status_code == 422
    assert "texto" in missing.json()["errors"]
    done = {"texto": "Se presentó la solicitud."}
    assert _post(institucion, f"{link}/cumplir", done)["estado"] == "cumplida"
    ours = f"/casos/api/v1/derivaciones/{derivacion_id}"
    confirmed = _change(profesional, ours, f"{ours}/verificar", {})
    assert confirmed["estado"] == "verificada"


def book(profesional: httpx.Client, persona: Mapping[str, Any], **more: str) -> dict[str, Any]:
    """An appointment with oneself; what was asked, and the id of what was booked."""
    me = _get(profesional, "/identidad/api/v1/yo")
    asked = {
        "persona_id": persona["id"],
        "profesional_id": me["id"],
        "fecha": sumar_dias_habiles(clock.today(), 8).isoformat(),
        "hora": "11:00",
        "duracion": 45,
        "lugar": "oficina",
        **more,
    }
    return asked | {"id": _post(profesional, "/agenda/api/v1/citas", asked, 201)["id"]}


def _appointment(profesional: httpx.Client, persona: Mapping[str, Any], caso_id: str) -> None:
    cita = book(profesional, persona, caso_id=caso_id)
    asked = {name: value for name, value in cita.items() if name != "id"}
    clash = profesional.post("/agenda/api/v1/citas", json=asked)
    assert clash.status_code == 409

    reminder = reminder_of(profesional, cita)
    assert reminder["idioma"] == "ht"
    cancel(profesional, cita)
    wait_until(
        "the withdrawal of the reminders",
        lambda: (
            {one["estado"] for one in _messages(profesional, cita_id=cita["id"])} == {"cancelada"}
        ),
    )


def reminder_of(profesional: httpx.Client, cita: Mapping[str, Any]) -> dict[str, Any]:
    """The first reminder of an appointment, once it is written."""

    def written() -> list[dict[str, Any]]:
        found = _messages(profesional, cita_id=cita["id"])
        return [one for one in found if one["estado"] == "lista"]

    reminder: dict[str, Any] = wait_until("the reminder", written)[0]
    return reminder


def cancel(profesional: httpx.Client, cita: Mapping[str, Any]) -> None:
    """Nobody needs the appointment any more."""
    reason = {"motivo": "ya_no_hace_falta"}
    address = f"/agenda/api/v1/citas/{cita['id']}"
    _change(profesional, address, f"{address}/cancelar", reason)


def _timeline(profesional: httpx.Client, caso_id: str) -> None:
    """What happened elsewhere is in the case's story too."""
    wanted = {"abierto", "orientacion", "elevado", "evaluado", "derivacion", "cita", "mensaje"}

    def told() -> set[str]:
        story = _get(profesional, f"/casos/api/v1/casos/{caso_id}")["hitos"]
        return {one["tipo"] for one in story}

    wait_until("the whole timeline", lambda: wanted <= told())


def _figures(coordinacion: httpx.Client) -> None:
    """The month counts what happened, and its report becomes a PDF."""
    mes = f"{clock.today():%Y-%m}"

    def counted() -> bool:
        found = _get(coordinacion, "/reportes/api/v1/meses")["meses"]
        return any(
            one["mes"] == mes and one["atenciones"] >= 2 and one["derivaciones"] >= 1
            for one in found
        )

    wait_until("the month's figures", counted)
    tables = _get(coordinacion, f"/reportes/api/v1/meses/{mes}")["tablas"]
    by_nation = next(t for t in tables if t["indicador"] == "atenciones_por_nacionalidad")
    assert ["HTI"] in [cell["codigos"] for cell in by_nation["celdas"]]
    asked = {"mes": mes, "alcance": "interno"}
    reports = "/reportes/api/v1/informes"
    report = f"{reports}/{_post(coordinacion, reports, asked, 202)['id']}"
    wait_until("the PDF", lambda: _get(coordinacion, report)["estado"] == "listo", seconds=40)
    assert coordinacion.get(f"{report}/pdf").content.startswith(b"%PDF-")


def _service(client: httpx.Client) -> dict[str, Any]:
    found = _get(client, "/casos/api/v1/red/servicios", tema="REG.TEMP")["servicios"]
    return next(one for one in found if one["codigo"] == SERVICIO)


def _messages(client: httpx.Client, **about: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = _get(client, "/notificaciones/api/v1/mensajes", **about)
    return found


def _case(caso_id: str) -> str:
    return f"/casos/api/v1/casos/{caso_id}"


def _step(caso_id: str, step: str) -> str:
    return f"{_case(caso_id)}/{step}"


def _take(client: httpx.Client, caso_id: str, step: str, body: Any) -> Any:
    return _change(client, _case(caso_id), _step(caso_id, step), body)


def _if_match(client: httpx.Client, thing: str) -> dict[str, str]:
    """What a writer sends who has just read a thing."""
    return {"If-Match": client.get(thing).headers["ETag"]}


def _change(client: httpx.Client, thing: str, path: str, body: Any) -> Any:
    """Change a thing as who has just read it; sent again after a lost answer, it is done once."""
    headers = _if_match(client, thing) | {"Idempotency-Key": str(uuid4())}
    first, again = (client.post(path, json=body, headers=headers) for _ in range(2))
    assert first.status_code == 200, f"POST {path}: {first.status_code} {first.text}"
    assert (again.status_code, again.json()) == (200, first.json())
    return first.json()


def _get(client: httpx.Client, path: str, **query: str) -> Any:
    answer = client.get(path, params=query)
    assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.text}"
    return answer.json()


def _post(client: httpx.Client, path: str, body: Any, status: int = 200) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, f"POST {path}: {answer.status_code} {answer.text}"
    return answer.json()
