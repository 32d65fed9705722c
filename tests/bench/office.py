"""The office as a whole: how soon it is up, what it weighs, how fast it answers with a year."""

import json
import re
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx

from bench.result import Result
from office import Office, embedded, wait_until

REGISTER = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
ASKED = 200
"""Requests an address; its 95th percentile is the figure."""


def measure(*, peers: bool = False) -> Iterator[Result]:
    """Everything on one demo office; nothing comparable exists to be measured beside it."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "datos"
        with embedded(data, demo=True) as office:
            yield Result(
                "import_s", _import_beside(office), "s, 4,800 rows beside a running office"
            )
        began = time.perf_counter()
        with embedded(data, demo=True) as office:
            office.client().get("/identidad/entrar").raise_for_status()
            yield Result("second_start_s", time.perf_counter() - began, "s to the first page")
            yield from _answers(office)
            _make_pdf(office)
            yield Result("memory_mb", _memory(office), "MB, all processes, after a PDF")


def _import_beside(office: Office) -> float:
    began = time.perf_counter()
    read = json.loads(office.command("import", str(REGISTER), "--si", "--json").stdout)
    seconds = time.perf_counter() - began
    assert read["filas"] == 4784, read["filas"]
    _wait_for_figures(office)
    return seconds


def _wait_for_figures(office: Office) -> None:
    with office.client("coordinacion") as client:
        wait_until(
            "the year in the reports",
            lambda: "400" in client.get("/reportes/2024/1").text,
            seconds=60,
        )


def _answers(office: Office) -> Iterator[Result]:
    with office.client("profesional") as client:
        caso = _first_link(client, "/casos/", r"/casos/expedientes/[0-9a-f-]{36}")
        persona = _first_link(client, caso, r"/casos/personas/[0-9a-f-]{36}")
        pages = {
            "cases": "/casos/",
            "case": caso,
            "person": persona,
            "search": "/casos/recepcion?q=mar%C3%ADa+jos%C3%A9",
            "agenda": "/agenda/",
            "outbox": "/notificaciones/salida",
            "month": "/reportes/2024/3",
            "api_people": "/casos/api/v1/personas?q=quispe",
            "api_cases": "/casos/api/v1/casos",
        }
        slowest = 0.0
        for name, address in pages.items():
            p95 = _p95(lambda at=address: client.get(at))  # type: ignore[misc]
            slowest = max(slowest, p95)
            yield Result(f"{name}_p95_ms", p95, "ms")
        yield Result("slowest_p95_ms", slowest, "ms")


def _first_link(client: httpx.Client, page: str, pattern: str) -> str:
    found = re.search(pattern, client.get(page).text)
    assert found, f"{page} has no link like {pattern}"
    return found.group(0)


def _p95(ask: Callable[[], httpx.Response]) -> float:
    took = []
    for _ in range(ASKED):
        began = time.perf_counter()
        answer = ask()
        took.append((time.perf_counter() - began) * 1000)
        assert answer.status_code == 200, answer.status_code
    return statistics.quantiles(took, n=20)[-1]


def _make_pdf(office: Office) -> None:
    with office.client("coordinacion") as client:
        page = client.get("/reportes/2024/3").text
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        asked = client.post("/reportes/informes", data=hidden or {"mes": "2024-03"})
        assert asked.status_code == 303, asked.text[:500]
        address = asked.headers["Location"]
        wait_until("the PDF", lambda: "/pdf" in client.get(address).text, seconds=60)


def _memory(office: Office) -> float:
    """Proportional set size of the server and its children, in MB."""
    pids = [process.pid for process in office.processes]
    total = 0
    while pids:
        pid = pids.pop()
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M).group(1))  # type: ignore[union-attr]
        found = subprocess.run(
            ["pgrep", "-P", str(pid)], check=False, capture_output=True, text=True
        )
        pids += [int(child) for child in found.stdout.split()]
    return total / 1024
