"""`acogida run` as whoever starts and stops it meets it."""

import json
import os
import signal
import sqlite3
import stat
import subprocess
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import httpx

from office import ACOGIDA, Office, embedded, wait_until
from servers import free_port


def test_it_stops_cleanly_and_comes_back_with_its_data(tmp_path: Path) -> None:
    with embedded(tmp_path, demo=True) as office, office.client("recepcion") as client:
        found = client.get("/casos/api/v1/personas", params={"q": "jean louis"}).json()
        first = sorted(one["persona"]["id"] for one in found["resultados"])
        os.killpg(office.processes[0].pid, signal.SIGINT)
        assert office.processes[0].wait(30) == 0
    assert first

    with embedded(tmp_path, demo=True) as office, office.client("recepcion") as client:
        found = client.get("/casos/api/v1/personas", params={"q": "jean louis"}).json()
        assert sorted(one["persona"]["id"] for one in found["resultados"]) == first


def test_in_the_demonstration_no_institution_answers_before_its_link_left(tmp_path: Path) -> None:
    with embedded(tmp_path, demo=True) as office, office.client("coordinacion") as client:
        cases = client.get("/casos/api/v1/casos", params={"estado": "todos"}).json()["casos"]
        stories = [client.get(f"/casos/api/v1/casos/{one['id']}").json() for one in cases]
        messages = client.get(
            "/notificaciones/api/v1/mensajes", params={"plantilla": "derivacion_enviada"}
        ).json()

    links = 0
    for story in stories:
        told = [line["datos"] for line in reversed(story["hitos"])]
        for at, line in enumerate(told):
            if line.get("hecho") == "enviar":
                links += 1
                of_it = [
                    d for d in told[at + 1 :] if d.get("derivacion_id") == line["derivacion_id"]
                ]
                assert (of_it[0]["hecho"], of_it[0].get("plantilla")) == (
                    "enviado",
                    "derivacion_enviada",
                )
                assert [d.get("plantilla") for d in of_it].count("derivacion_enviada") == 1
    # Of the reserved case the coordination sees neither.
    assert links == 5
    assert len(messages) == links


def test_the_demonstration_survives_a_kill_in_its_middle(tmp_path: Path) -> None:
    port = str(free_port())
    environment = {**os.environ, "DATOS": str(tmp_path), "ACOGIDA_DEMO": "1", "PORT": port}
    for some in (1, 4, 7):
        process = subprocess.Popen(
            [ACOGIDA, "run"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        wait_until(f"{some} cases", lambda: _cases(tmp_path) >= some, seconds=60)  # noqa: B023  used at once
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert _cases(tmp_path) < 10, "the last kill came late"

    with embedded(tmp_path, demo=True) as office, office.client("coordinacion") as client:
        cases = client.get("/casos/api/v1/casos", params={"estado": "todos"}).json()
        # All but the reserved one: the coordination is not named in it.
        assert cases["total"] == 9
        names = [one["persona"]["nombre"] for one in cases["casos"]]
        assert len(set(names)) == len(names)
        appointments = client.get("/agenda/api/v1/citas").json()
        assert len(appointments) == 1


def _shows_what_is_told(office: Office) -> None:
    """A unit gets the stories, somebody wants no more reminders, and an answer waits."""
    with office.client("contraparte_unidad") as unidad:
        url = "/notificaciones/api/v1/suscripciones"
        suyas = {una["via"]: una for una in unidad.get(url).json()}
        assert suyas["resumen"]["correo_verificado_en"]

        def arrived() -> bool:
            entregas = [unidad.get(f"{url}/{una['id']}/entregas").json() for una in suyas.values()]
            return all(una["entregas"] for una in entregas)

        wait_until("facts for a unit", arrived)
    with office.client("coordinacion") as coordinacion:
        assert "inventado" in coordinacion.get("/notificaciones/respuestas").text
        assert "Inventada" in coordinacion.get("/notificaciones/bajas").text


def test_the_accounts_of_the_demonstration_are_for_the_owner_alone(tmp_path: Path) -> None:
    with embedded(tmp_path, demo=True) as office:
        _shows_what_is_told(office)
        path = tmp_path / "demo.json"
        for file in (path, tmp_path / "servidor.lock"):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        client = json.loads(path.read_text())["clientes"]["coordinacion"]
        asked = {"grant_type": "client_credentials", **client}
        token = httpx.post(f"{office.url}/identidad/oauth/token", data=asked).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx.get(f"{office.url}/casos/api/v1/casos", headers=headers)
        assert answer.status_code == httpx.codes.OK


def test_a_second_office_on_the_same_data_is_refused(tmp_path: Path) -> None:
    with embedded(tmp_path) as office:
        environment = {**os.environ, "DATOS": str(tmp_path), "PORT": str(free_port())}
        second = subprocess.run(
            [ACOGIDA, "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "Ya hay una oficina abierta" in second.stderr
        assert httpx.get(f"{office.url}/healthz").status_code == httpx.codes.OK


def test_a_port_in_use_is_named(tmp_path: Path) -> None:
    with embedded(tmp_path / "una") as office:
        port = office.url.rpartition(":")[2]
        environment = {**os.environ, "DATOS": str(tmp_path / "otra"), "PORT": port}
        second = subprocess.run(
            [ACOGIDA, "run"],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert second.returncode == 1
    assert f"PORT={int(port) + 1}" in second.stderr


def test_the_worker_ends_when_its_server_is_killed(tmp_path: Path) -> None:
    with embedded(tmp_path) as office:
        server = office.processes[0].pid
        listed = subprocess.check_output(["ps", "-o", "pid=", "--ppid", str(server)], text=True)
        worker = int(listed.split()[0])
        os.kill(server, signal.SIGKILL)
        wait_until("the end of the worker", lambda: not _alive(worker), seconds=60)

    with embedded(tmp_path):
        pass


def test_the_date_of_the_domain_moves_and_sessions_stay(tmp_path: Path) -> None:
    """Deadlines pass: the derivation without an answer is reminded, escalated and expires."""
    with embedded(tmp_path, demo=True):
        pass
    with (
        embedded(tmp_path, demo=True, fecha="2027-03-15") as office,
        office.client("coordinacion") as client,
    ):
        assert client.get("/identidad/api/v1/yo").status_code == httpx.codes.OK

        def kinds() -> set[str]:
            return {
                one["plantilla"] for one in client.get("/notificaciones/api/v1/mensajes").json()
            }

        wait_until("the notice of a deadline", lambda: "aviso_plazo_vencido" in kinds(), seconds=30)


def _cases(data: Path) -> int:
    """How many cases there are; none before there are tables."""
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"file:{data / 'casos.db'}?mode=ro", uri=True)) as connection,
    ):
        found: int = connection.execute("SELECT count(*) FROM casos").fetchone()[0]
        return found
    return 0


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_a_refused_upload_leaves_its_connection_to_the_next_request(tmp_path: Path) -> None:
    with embedded(tmp_path) as office:
        connection = HTTPConnection(office.url.removeprefix("http://"))
        connection.connect()
        # From here on a connection that was closed is an error, not a new one.
        connection.auto_open = 0
        for size in (1_000, 200_000, 3_000_000):
            foreign = {"Sec-Fetch-Site": "cross-site"}
            connection.request("POST", "/casos/recepcion", b"x" * size, foreign)
            assert _status(connection) == 403
            connection.request("GET", "/healthz")
            assert _status(connection) == 200
        connection.close()


def _status(connection: HTTPConnection) -> int:
    answer = connection.getresponse()
    answer.read()
    return answer.status
