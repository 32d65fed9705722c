"""kill -9 of `acogida run` in the middle of work: nothing is lost and nothing is there twice."""

import json
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

import columns
import vencidos
from office import Office, create_accounts, embedded, wait_until
from oficina.db import Database
from oficina.privacy import Keyring, use_keyring
from story import book, derive, open_case, reminder_of

REGISTER = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
ROWS = 4784
HOURS = ("09:00", "10:00", "11:00", "12:00")
ERASED = len(HOURS)


def _ask(data: Path, service: str, query: str) -> list[tuple[Any, ...]]:
    """What a service's database holds, whoever else is using it."""
    with closing(sqlite3.connect(f"file:{data / service}.db?mode=ro", uri=True)) as connection:
        return connection.execute(query).fetchall()


def _count(data: Path, service: str, query: str) -> int:
    found: int = _ask(data, service, query)[0][0]
    return found


def _kill_when(office: Office, what: str, ready: Callable[[], bool]) -> None:
    wait_until(what, ready, seconds=60)
    office.kill()


def test_an_import_survives_kills(tmp_path: Path) -> None:
    def loaded() -> int:
        return _count(tmp_path, "casos", "SELECT count(*) FROM atenciones")

    with embedded(tmp_path) as office:
        create_accounts(office)
        accounts = office.accounts
        with office.client("coordinacion") as client, REGISTER.open("rb") as file:
            brought = client.post("/casos/importaciones", files={"archivo": file})
            assert brought.status_code == 303, brought.text
            assert client.post(f"{brought.headers['Location']}/cargar").status_code == 303
        _kill_when(office, "the first rows", lambda: loaded() > 0)
    between = loaded()
    assert 0 < between < ROWS

    with embedded(tmp_path) as office:
        _kill_when(office, "more rows", lambda: loaded() > between)
    assert between < loaded() < ROWS

    with embedded(tmp_path) as office:
        office.accounts = accounts
        wait_until("every row", lambda: loaded() == ROWS, seconds=90)
        told = _ask(tmp_path, "casos", "SELECT cuerpo FROM outbox WHERE tipo LIKE '%importacion%'")
        wait_until("every fact in reportes", lambda: _reported(office) == ROWS, seconds=60)
    assert sum(json.loads(body)["data"]["filas"] for (body,) in told) == ROWS
    assert loaded() == ROWS


def _reported(office: Office) -> int:
    with office.client("coordinacion") as client:
        months = client.get("/reportes/api/v1/meses").json()["meses"]
    return sum(month["atenciones"] for month in months)


def test_derivations_survive_kills(tmp_path: Path) -> None:
    accounts: dict[str, tuple[str, str]] = {}
    for _round in range(3):
        with embedded(tmp_path, demo=True) as office:
            accounts = office.accounts
            before = _sent(tmp_path)
            writer = threading.Thread(target=_derive_until_it_breaks, args=(office,))
            writer.start()
            _kill_when(office, "some derivations", lambda: _sent(tmp_path) > before + 3)  # noqa: B023  used at once
            writer.join()

    with embedded(tmp_path, demo=True) as office:
        office.accounts = accounts
        wait_until("calm", lambda: _waiting(tmp_path) == 0, seconds=60)
        # One that was being sent when the process died waits out its lease of less than a minute.
        wait_until("every mail", lambda: _settled(tmp_path) == _sent(tmp_path), seconds=150)
    _everything_once(tmp_path)


BULKS, EACH = 3, 200
NOTICE = {
    "clave": "a_toda_hora",
    "nombre": "Aviso a toda hora",
    "canales": ["correo"],
    "variables": [{"nombre": "texto", "tipo": "texto", "largo": 80, "ejemplo": "Hola"}],
    "textos": {"es": {"asunto": "Aviso", "correo": "Aviso: {{texto}}"}},
    "no_duplicar": True,
    "respeta_ventana": False,
    "prioridad": "normal",
    "tema": "informacion",
}


def test_a_bulk_survives_a_kill(tmp_path: Path) -> None:
    """Killed in the middle, each row still makes one message, and each message leaves once."""
    ours = "plantilla = 'propia_a_toda_hora'"

    def made() -> int:
        return _count(tmp_path, "notificaciones", f"SELECT count(*) FROM mensajes WHERE {ours}")

    with embedded(tmp_path, demo=True) as office:
        with office.client("coordinacion") as client:
            hecha = client.post("/notificaciones/api/v1/plantillas", json=NOTICE)
            assert hecha.status_code == 201, hecha.text
            for number in range(BULKS):
                _confirm_a_bulk(client, number)
        _kill_when(office, "the first messages", lambda: made() > 0)
    between = made()
    assert 0 < between < BULKS * EACH

    with embedded(tmp_path, demo=True):
        running = f"SELECT count(*) FROM envios_masivos WHERE {ours} AND estado <> 'terminado'"
        # What the dead process held waits out its lease of less than a minute.
        wait_until("the end", lambda: not _count(tmp_path, "notificaciones", running), seconds=150)
    of_rows = f"""SELECT count(*), count(DISTINCT f.mensaje_id), count(DISTINCT m.destino_indice)
        FROM filas_de_envio f JOIN mensajes m ON m.id = f.mensaje_id WHERE m.{ours}"""
    assert _ask(tmp_path, "notificaciones", of_rows) == [(BULKS * EACH,) * 3]
    ends = f"SELECT estado, count(*) FROM mensajes WHERE {ours} GROUP BY 1"
    assert _ask(tmp_path, "notificaciones", ends) == [("entregada_a_proveedor", BULKS * EACH)]
    left = f"SELECT count(*) FROM salida s JOIN mensajes m ON m.id = s.mensaje_id WHERE m.{ours}"
    assert _count(tmp_path, "notificaciones", left) == BULKS * EACH


def _confirm_a_bulk(client: httpx.Client, number: int) -> None:
    api = "/notificaciones/api/v1/masivos"
    filas = [
        {"quien": f"p{number}.{row}@correo.example", "valores": {"texto": f"Aviso {row}"}}
        for row in range(EACH)
    ]
    asked = {"plantilla": "propia_a_toda_hora", "a_personas": False, "filas": filas}
    brought = client.post(api, json=asked).json()

    def looked_at() -> httpx.Response | None:
        found = client.get(f"{api}/{brought['id']}")
        return found if found.json()["estado"] == "en_revision" else None

    found = wait_until("every row looked at", looked_at, seconds=60)
    assert found.json()["cuentas"]["destinatarios"] == EACH
    match = {"If-Match": found.headers["ETag"]}
    confirmed = client.post(f"{api}/{brought['id']}/confirmacion", headers=match)
    assert confirmed.status_code == 200, confirmed.text


DUE = 3_000


def test_the_follow_up_of_deadlines_survives_a_kill(tmp_path: Path) -> None:
    """Killed between two batches, no stage of a deadline is lost and none is told twice."""
    use_keyring(Keyring.load(tmp_path / "claves", make=True))
    casos = Database(columns.file_in(tmp_path, "casos"))
    stages = vencidos.fill(casos, DUE)
    casos.close()
    of_deadlines = "tipo LIKE 'casos.caso.plazo%' OR tipo = 'casos.derivacion.vencida'"

    def told() -> int:
        return _count(tmp_path, "casos", f"SELECT count(*) FROM outbox WHERE {of_deadlines}")

    fecha = vencidos.HOY.isoformat()
    with embedded(tmp_path, fecha=fecha) as office:
        _kill_when(office, "the first stages", lambda: told() > 0)
    between = told()
    assert 0 < between < stages

    with embedded(tmp_path, fecha=fecha):
        wait_until("every stage", lambda: told() == stages, seconds=90)
    once = """SELECT count(DISTINCT json_extract(cuerpo, '$.data.plazo_id')
        || json_extract(cuerpo, '$.data.nivel')), count(DISTINCT agregado || secuencia)
        FROM outbox WHERE tipo LIKE 'casos.caso.plazo%'"""
    plain = "SELECT count(*) FROM outbox WHERE tipo LIKE 'casos.caso.plazo%'"
    assert _ask(tmp_path, "casos", once) == [(_count(tmp_path, "casos", plain),) * 2]
    lines = "SELECT count(*) FROM hitos WHERE tipo = 'plazo'"
    assert _count(tmp_path, "casos", lines) == _count(tmp_path, "casos", plain)


_OF_THEM = "SELECT count(*) FROM mensajes WHERE persona_id IS NOT NULL"
SEALED = (
    ("agenda", "SELECT count(*) FROM citas WHERE asunto IS NOT NULL"),
    ("notificaciones", f"{_OF_THEM} AND coalesce(destino, cuerpo) IS NOT NULL"),
)
"""What a name in a file does not show: their appointments and messages, where they are sealed."""


def test_erasures_survive_kills(tmp_path: Path) -> None:
    """Killed again and again, an erasure ends everywhere, once, and no file holds the person."""
    marks = [f"Zborrable{hour[:2]}quinze" for hour in HOURS]
    with embedded(tmp_path) as office:
        create_accounts(office)
        accounts = office.accounts
        erasures = [_ask_to_be_erased(office, *one) for one in zip(marks, HOURS, strict=True)]
        # Agenda and notificaciones hold them as well, sealed.
        assert _holding(tmp_path, marks) == {"casos"}
        assert all(_count(tmp_path, *one) > 0 for one in SEALED)
        confirming = threading.Thread(target=_confirm_until_it_breaks, args=(office, erasures))
        confirming.start()
        _kill_when(office, "an erasure", lambda: _erased(tmp_path, "agenda") > 0)
        confirming.join()

    with embedded(tmp_path) as office:
        office.accounts = accounts
        confirming = threading.Thread(target=_confirm_until_it_breaks, args=(office, erasures))
        confirming.start()
        _kill_when(office, "more of them", lambda: _erased(tmp_path, "casos") == ERASED)
        confirming.join()

    with embedded(tmp_path) as office:
        ended = "SELECT count(*) FROM supresiones WHERE estado = 'terminada'"
        wait_until("every end", lambda: _count(tmp_path, "casos", ended) == ERASED, seconds=90)
    for service in ("casos", "agenda", "notificaciones", "reportes"):
        certified = "SELECT count(*) FROM certificados_de_borrado WHERE asunto LIKE 'supresion/%'"
        assert _count(tmp_path, service, certified) == ERASED * (1 + (service == "casos"))
    assert _holding(tmp_path, marks) == set()
    assert [_count(tmp_path, *one) for one in SEALED] == [0] * len(SEALED)


def _ask_to_be_erased(office: Office, mark: str, hour: str) -> str:
    """Somebody with an appointment and its reminder, who asked; the erasure waits for a second."""
    with (
        office.client("recepcion") as recepcion,
        office.client("profesional") as profesional,
        office.client("delegado_datos") as delegada,
    ):
        person = {
            "nombres": mark,
            "nacionalidades": ["HTI"],
            "correo": f"{mark}@correo.example",
            "canal_preferido": "correo",
        }
        persona = recepcion.post("/casos/api/v1/personas", json=person).json()
        booked = book(profesional, persona, hora=hour, asunto=f"Asunto de {mark}")
        reminder_of(profesional, booked)
        pedido = {
            "derecho": "supresion",
            "canal": "presencial",
            "identidad": "documento_a_la_vista",
        }
        address = f"/casos/api/v1/personas/{persona['id']}/derechos"
        solicitud = recepcion.post(address, json=pedido).json()
        address = f"/casos/api/v1/derechos/{solicitud['id']}"
        match = {"If-Match": delegada.get(address).headers["ETag"]}
        assert delegada.post(f"{address}/tramitar", headers=match).status_code == 200
        proposed = delegada.post(f"{address}/supresion")
        assert proposed.status_code == 201, proposed.text
        erasure: str = proposed.json()["id"]
        return erasure


def _confirm_until_it_breaks(office: Office, erasures: list[str]) -> None:
    with office.client("coordinacion") as client:
        for erasure in erasures:
            address = f"/casos/api/v1/supresiones/{erasure}"
            try:
                match = {"If-Match": client.get(address).headers["ETag"]}
                answer = client.post(f"{address}/confirmacion", headers=match)
            except httpx.TransportError:
                return
            assert answer.status_code in {200, 409}, answer.text


def _erased(data: Path, service: str) -> int:
    query = (
        "SELECT count(*) FROM supresiones WHERE estado <> 'propuesta'"
        if service == "casos"
        else "SELECT count(*) FROM personas_apartadas WHERE confirmada_en IS NOT NULL"
    )
    return _count(data, service, query)


def _holding(data: Path, marks: list[str]) -> set[str]:
    """The services of which a file holds a name, be it in a page that no table uses any more."""
    seek = [mark.encode() for mark in marks] + [mark.lower().encode() for mark in marks]
    return {
        path.name.partition(".")[0]
        for path in data.glob("*.db*")
        if any(one in path.read_bytes() for one in seek)
    }


def _derive_until_it_breaks(office: Office) -> None:
    with office.client("profesional") as client:
        while True:
            try:
                derive(client, open_case(client))
            except (httpx.TransportError, json.JSONDecodeError):
                return


def _sent(data: Path) -> int:
    return _count(data, "casos", "SELECT count(*) FROM derivaciones WHERE enviada_en IS NOT NULL")


def _settled(data: Path) -> int:
    """Mails that left, or that no longer had to: the institution had answered already."""
    query = "SELECT count(*) FROM mensajes WHERE plantilla = 'derivacion_enviada'"
    ends = "('entregada_a_proveedor', 'cancelada', 'suprimida')"
    return _count(data, "notificaciones", f"{query} AND estado IN {ends}")


def _waiting(data: Path) -> int:
    """Facts that did not leave yet, or were not handled yet, anywhere."""
    outboxes = _count(data, "casos", "SELECT count(*) FROM outbox WHERE publicado IS NULL")
    inboxes = [
        _count(data, service, "SELECT count(*) FROM inbox WHERE estado <> 'hecho'")
        for service in ("casos", "notificaciones", "agenda", "reportes")
    ]
    return outboxes + sum(inboxes)


def _everything_once(data: Path) -> None:
    """A derivation was told once, has one line in its case's story, and one mail left."""
    sent = _sent(data)
    told = (
        "SELECT agregado, count(*) FROM outbox WHERE tipo = 'casos.derivacion.enviada' GROUP BY 1"
    )
    assert [count for _, count in _ask(data, "casos", told)] == [1] * sent
    heard = "SELECT count(*) FROM inbox WHERE tipo = 'casos.derivacion.enviada'"
    assert _count(data, "notificaciones", heard) == sent
    mails = (
        "SELECT derivacion_id, count(*) FROM mensajes "
        "WHERE plantilla = 'derivacion_enviada' GROUP BY 1"
    )
    assert [count for _, count in _ask(data, "notificaciones", mails)] == [1] * sent
    left = "SELECT count(*) FROM mensajes WHERE estado = 'entregada_a_proveedor'"
    open_ones = "SELECT count(*) FROM derivaciones WHERE estado = 'enviada'"
    assert _count(data, "notificaciones", left) >= _count(data, "casos", open_ones) > 9
