"""What can be typed after `acogida`, on an office without servers."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
import xlsxwriter
from click.testing import CliRunner, Result

from acogida.cli import COMMANDS, main
from oficina.bus.outbox import emitir
from oficina.bus.tables import Outbox
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.events.casos import CasoOrientado
from oficina.migrations import is_current
from oficina.settings import SERVICES
from servers import free_port


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATOS", str(tmp_path))
    monkeypatch.setenv("ACOGIDA_LOG_LEVEL", "WARNING")
    for name in ("ACOGIDA_AMQP_URL", "ACOGIDA_DATABASE_URL", "ACOGIDA_DEMO"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def _run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=typed)


def _all_commands() -> list[list[str]]:
    found: list[list[str]] = []
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, inner] for inner in command.commands]
    return found


@pytest.mark.parametrize("command", _all_commands(), ids=" ".join)
def test_every_command_explains_itself(command: list[str]) -> None:
    answer = _run(*command, "--help")
    assert answer.exit_code == 0
    assert len(answer.output.splitlines()) > 4


def test_migrate_brings_every_database_up_and_may_be_repeated(data: Path) -> None:
    assert "tablas al día" in _run("migrate").output
    for service in SERVICES:
        db = Database(f"sqlite:///{data / service}.db")
        assert is_current(service, db)
        db.close()
    assert _run("migrate").output.count("ya estaba al día") == len(SERVICES)


def test_the_first_administrator_is_made_from_the_server() -> None:
    account = ["user", "create", "--usuario", "ana", "--nombre", "Ana Rojas"]
    account += ["--correo", "ana@oficina.example", "--administrador", "--clave-por-entrada"]
    assert _run(*account, typed="una clave larga\n").exit_code == 0

    again = _run(*account, typed="una clave larga\n")
    assert again.exit_code == 1
    assert "ya existe" in again.output

    short = _run(*account[:3], "otra", *account[4:], typed="corta\n")
    assert short.exit_code == 1
    assert "clave: " in short.output

    mistyped = _run(
        *account[:3], "x", *account[4:7], "ana", *account[8:], typed="una clave larga\n"
    )
    assert mistyped.output.splitlines()[1:] == [
        "correo: No es un correo electrónico válido.",
    ]


def test_an_account_without_a_role_is_refused() -> None:
    answer = _run("user", "create", "--usuario", "a", "--nombre", "A", "--correo", "a@b.example")
    assert answer.exit_code == 2
    assert "--rol" in answer.output


def test_doctor_says_what_is_wrong_and_how_to_mend_it(data: Path) -> None:
    assert _run("doctor").exit_code == 0
    _run("migrate")
    (data / "claves" / "indice").unlink()

    answer = _run("doctor")

    assert answer.exit_code == 1
    assert "✗ Claves" in answer.output
    assert "respaldo" in answer.output


def test_doctor_names_a_database_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACOGIDA_DATABASE_URL", "postgresql://nadie@127.0.0.1:9/{servicio}")
    answer = _run("doctor")
    assert answer.exit_code == 1
    assert "ACOGIDA_DATABASE_URL" in answer.output


def test_a_setting_that_is_nonsense_ends_every_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "noventa")
    answer = _run("doctor")
    assert answer.exit_code == 2
    assert "PORT: debe ser un puerto" in answer.output


@pytest.mark.parametrize("command", [["run"], ["web", "casos"]])
@pytest.mark.parametrize("workers", ["dos", "0", "65"])
def test_workers_that_are_no_number_end_a_process_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, command: list[str], workers: str
) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", workers)
    ended = _run_apart(command)
    assert ended.returncode == 2
    assert "WEB_CONCURRENCY: debe ser un número de procesos" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_workers_may_be_left_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEB_CONCURRENCY", "")
    for servers in ("ACOGIDA_DATABASE_URL", "ACOGIDA_AMQP_URL", "ACOGIDA_SERVICE_URL"):
        monkeypatch.delenv(servers, raising=False)
    monkeypatch.setenv("ACOGIDA_HOST", "192.0.2.1")  # an address that is not of this machine
    ended = _run_apart(["run"])
    assert "192.0.2.1" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_file_of_providers_that_cannot_be_used_ends_the_office_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    proveedores = tmp_path / "proveedores.json"
    proveedores.write_text("{", encoding="utf-8")
    monkeypatch.setenv("ACOGIDA_PROVEEDORES", str(proveedores))
    monkeypatch.setenv("PORT", str(free_port()))
    ended = _run_apart(["run"])
    assert ended.returncode != 0
    assert f"ACOGIDA_PROVEEDORES: {proveedores} no es JSON" in ended.stderr
    assert "Traceback" not in ended.stderr


def _run_apart(command: list[str]) -> subprocess.CompletedProcess[str]:
    """In a process of its own, which imports everything anew."""
    return subprocess.run(
        [Path(sys.executable).with_name("acogida"), *command],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_process_of_the_containers_needs_its_servers() -> None:
    answer = _run("bus", "casos")
    assert answer.exit_code == 2
    assert "ACOGIDA_AMQP_URL" in answer.output


def test_events_of_an_office_at_rest() -> None:
    _run("migrate")
    answer = _run("events", "list")
    assert answer.output.count(
        "0 por publicar, 0 por hacer (0 reintentándose), 0 detenidos"
    ) == len(SERVICES)
    assert _run("events", "reintentar").exit_code == 2
    again = _run("events", "reintentar", "--nota", "prueba")
    assert again.output == "Se intentarán de nuevo: 0\n"
    nobody = "00000000-0000-7000-8000-000000000000"
    for command in ("saltar", "park"):
        refused = _run("events", command, nobody, "--servicio", "casos", "--nota", "prueba")
        assert refused.exit_code == 1


def test_facts_are_heard_again_from_their_producer(data: Path) -> None:
    _run("migrate")
    casos = Database(f"sqlite:///{data / 'casos.db'}")
    with casos.begin() as session:
        for _ in range(2):
            emitir(session, CasoOrientado(caso_id=uuid7(), tema="REG.TEMP"))
        session.query(Outbox).update({"publicado": real_now()})
    casos.close()
    asked = ["events", "replay", "--servicio", "reportes", "--nota", "se leyeron mal"]
    span = ["--desde", "2020-01-01"]

    brought = _run(*asked, "--productor", "casos", *span)
    waiting = _run("events", "list", "--servicio", "reportes")
    evento = re.findall(r"^  (\S{36}) ", waiting.output, re.MULTILINE)[0]
    parked = _run("events", "park", evento, "--servicio", "reportes", "--nota", "espera")
    own = _run(*asked, *span, "--iniciado", "2026-01-05T12:00:00Z")

    assert "Se harán de nuevo: 2" in brought.output
    assert "siga con: --iniciado 20" in brought.output
    assert "2 por hacer" in waiting.output
    assert parked.output == "Detenido.\n"
    listed = _run("events", "list", "--servicio", "reportes").output
    assert "1 por hacer (0 reintentándose), 1 detenidos" in listed
    assert "detenido a mano: espera" in listed
    assert own.output == "Se harán de nuevo: 0\n"
    assert _run(*asked).exit_code == 2


def test_import_reads_first_and_loads_when_told() -> None:
    register = Path(__file__).parents[2] / "datos" / "registro-atenciones-2024.xlsx"
    read = json.loads(_run("import", str(register), "--json").stdout)
    assert read["nuevas"] == read["filas"]
    assert read["ya_estaban"] == 0

    loaded = _run("import", str(register), "--json", "--si")
    assert json.loads(loaded.stdout)["nuevas"] == read["filas"]

    again = json.loads(_run("import", str(register), "--json", "--si").stdout)
    assert (again["nuevas"], again["ya_estaban"]) == (0, read["filas"])


@pytest.mark.parametrize(
    ("answer", "loads"), [("s", True), ("Sí", True), ("si", True), ("y", True), ("no", False)]
)
def test_import_asks_in_spanish(data: Path, answer: str, *, loads: bool) -> None:
    register = data / "registro.xlsx"
    with xlsxwriter.Workbook(register) as book:
        sheet = book.add_worksheet("ENERO")
        sheet.write_row(0, 0, ["FECHA", "NOMBRE", "NACIONALIDAD", "MOTIVO"])
        sheet.write_row(1, 0, ["02/01/2024", "Ana Rojas", "Perú", "Visa"])

    asked = _run("import", str(register), typed=f"quizás\n{answer}\n")

    assert "[s/N]" in asked.output
    assert "Error: Responda s o n." in asked.output
    assert ("Filas cargadas: 1." in asked.output) == loads


def test_import_says_words_and_no_codes(data: Path) -> None:
    register = data / "registro.xlsx"
    with xlsxwriter.Workbook(register) as book:
        sheet = book.add_worksheet("ENERO")
        titles = ["FECHA", "NOMBRE", "NACIONALIDAD", "MOTIVO", "DERIVADO A"]
        sheet.write_row(0, 0, titles)
        sheet.write_row(1, 0, ["02/01/2024", "Ana Rojas", "Perú", "Visa", "Registro Civil"])
        sheet.write_row(2, 0, ["03/01/2024", "Luz Soto", "Marte", "Visa"])
        sheet.write_row(3, 0, ["algún día", "Eva Paz", "Perú", "Visa"])

    said = _run("import", str(register), "--filas", typed="no\n").output

    assert "Perú: 1" in said
    assert "ENERO, fila 2: se cargará: 02-01-2024, " in said
    assert ", Perú, derivada a Registro Civil" in said
    assert "ENERO, fila 3, Nacionalidad: " in said
    assert "ENERO, fila 4, Fecha de atención: " in said
    assert not re.findall(r"\b(PER|UNK|OTRO|[A-Z]{2,4}\.[A-Z_]+|[A-Z]+_[A-Z_]+)\b", said)
    assert "Ana" not in said


def _sheet(path: Path, *rows: dict[str, str]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Hoja")
        sheet.write_row(0, 0, list(rows[0]))
        for n, row in enumerate(rows, 1):
            sheet.write_row(n, 0, list(row.values()))
    return path


def test_import_writes_a_directory_whole_and_once(data: Path) -> None:
    row = {"Sigla": "SINTE", "Institución": "Sintética", "Tipo": "ONG", "Ámbito": "local"}
    file = str(_sheet(data / "red.xlsx", row))

    shown = _run("import", file, typed="no\n").output
    assert "Hoja, fila 2, institucion Sintética: se agrega" in shown
    assert "¿Cargar todo?" in shown
    loaded = json.loads(_run("import", file, "--tipo", "red", "--si", "--json").stdout)
    assert (loaded["tipo"], loaded["nuevas"], loaded["errores"]) == ("red", 1, [])
    again = json.loads(_run("import", file, "--si", "--json").stdout)
    assert (again["nuevas"], again["cambian"], again["ya_estaban"]) == (0, 0, 1)


def test_import_says_in_which_encoding_it_read(data: Path) -> None:
    file = data / "red.csv"
    file.write_bytes("Sigla;Institución;Tipo;Ámbito\nSINTE;Sintética;ONG;local\n".encode("cp850"))

    read = _run("import", str(file), "--json")

    assert "se leyó como MS-DOS 850" in read.stderr
    assert json.loads(read.stdout)["nuevas"] == 1


def test_import_of_a_directory_with_an_error_writes_nothing(data: Path) -> None:
    row = {"Sigla": "BUENA", "Institución": "Sintética", "Tipo": "ONG", "Ámbito": "local"}
    file = str(_sheet(data / "red.xlsx", row, row | {"Sigla": "MALA", "Ámbito": "lunar"}))

    answer = _run("import", file, "--si")
    assert answer.exit_code == 1
    assert "Hoja, fila 3, Ámbito: «lunar»: no reconocemos lo escrito" in answer.output
    told = json.loads(_run("import", file, "--si", "--json").stdout)
    assert (told["errores"][0]["fila"], told["errores"][0]["campo"]) == (3, "ambito")
    corrected = str(_sheet(data / "red.xlsx", row))
    assert json.loads(_run("import", corrected, "--json").stdout)["nuevas"] == 1


def test_import_finds_who_answers_for_a_programme(data: Path) -> None:
    account = ["user", "create", "--usuario", "ana", "--nombre", "Ana Sintética"]
    account += ["--correo", "ana@red.example", "--rol", "encargado_programa"]
    created = _run(*account, "--clave-por-entrada", typed="una clave bien larga 77\n")
    assert created.exit_code == 0, created.output
    row = {
        "Código": "P-1", "Programa": "Sintético", "Tipo": "dinero", "Fuente": "municipal",
        "Periodo": "anual", "Año": "2026", "Responsable": "ana sintética",
    }  # fmt: skip
    loaded = _run("import", str(_sheet(data / "p.xlsx", row)), "--si", "--json")
    assert json.loads(loaded.stdout)["nuevas"] == 1, loaded.output
    unnamed = _run("import", str(_sheet(data / "p.xlsx", row | {"Responsable": "Nadie"})))
    assert "escriba el nombre de alguien del equipo" in unnamed.output


def test_import_of_people_says_what_becomes_of_each_row(data: Path) -> None:
    row = {"Nombres": "Ana", "Apellidos": "Rojas", "Pasaporte": "ZZ1234567", "Edad": "31"}
    file = str(_sheet(data / "gente.xlsx", row, row | {"Edad": "?"}))

    said = _run("import", file, "--filas", typed="no\n").output
    assert "Hoja, fila 2: ficha nueva" in said
    assert "Hoja, fila 3: la misma persona que la fila 2" in said
    assert "Ana" not in said
    loaded = json.loads(_run("import", file, "--si", "--json").stdout)
    assert (loaded["tipo"], loaded["nuevas"], loaded["ya_estaban"]) == ("personas", 1, 0)


def test_what_click_says_is_spanish_wherever_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LANGUAGE", "en_US")

    assert "Opciones:" in _run("migrate", "--help").output
    assert "Uso: " in _run("nada").output
    assert "Falta la opción" in _run("events", "saltar", str(uuid7())).output
    # Nothing was typed where something was asked.
    assert "Se detuvo" in _run("user", "create", "--administrador").output
    assert os.environ["LANGUAGE"] == "en_US"


def test_a_file_that_is_no_register_says_what_was_expected(tmp_path: Path) -> None:
    file = tmp_path / "carta.xlsx"
    file.write_text("hola")
    answer = _run("import", str(file))
    assert answer.exit_code == 1
    assert ".xlsx" in answer.output
