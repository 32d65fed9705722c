"""The embedded office as a person meets it: how soon it is up, how fast it answers, what it weighs.

Measured with a year of attentions in it, imported from the register.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import quantiles

import httpx

from bench.result import Result
from office import Office, embedded, wait_until

REGISTER = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
MONTH = "2024-05"
TIMES = 40

PAGES = (
    "/casos/",
    "/casos/recepcion",
    "/casos/recepcion?q=jean louis",
    "/casos/red",
    "/agenda/",
    "/notificaciones/salida",
    "/reportes/",
    "/reportes/2024/5",
)
API = (
    "/casos/api/v1/personas?q=maria",
    "/casos/api/v1/casos",
    "/casos/api/v1/atenciones",
    "/casos/api/v1/red/servicios",
    "/agenda/api/v1/citas",
    "/notificaciones/api/v1/mensajes",
    f"/reportes/api/v1/meses/{MONTH}",
)


def measure(*, peers: bool) -> Iterator[Result]:
    """Seconds to the first page, 95th percentiles of answers, and resident memory at the end."""
    with tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder:
        data = Path(folder)
        began = time.perf_counter()
        with embedded(data, demo=True) as office:
            yield Result("first_start", time.perf_counter() - began, "s")
            began = time.perf_counter()
            office.command("import", "--si", str(REGISTER))
            yield Result("import_4800_rows", time.perf_counter() - began, "s")
        began = time.perf_counter()
        with embedded(data, demo=True) as office:
            yield Result("second_start", time.perf_counter() - began, "s")
            with office.client("coordinacion") as client:
                _wait_for_figures(client)
                yield Result("page_p95", _p95(client, PAGES), "ms")
                yield Result("api_p95", _p95(client, API), "ms")
                _pdf(client)
            yield Result("memory", _resident(office), "MB")


def _wait_for_figures(client: httpx.Client) -> None:
    def counted() -> int:
        months = client.get("/reportes/api/v1/meses").json()["meses"]
        return sum(month["atenciones"] for month in months)

    wait_until("the figures of the register", lambda: counted() > 4700, seconds=120)


def _p95(client: httpx.Client, addresses: tuple[str, ...]) -> float:
    """Of all the addresses together, in milliseconds."""
    taken = []
    for _ in range(TIMES):
        for address in addresses:
            began = time.perf_counter()
            answer = client.get(address)
            taken.append((time.perf_counter() - began) * 1000)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{address} answered {answer.status_code}")
    return quantiles(taken, n=20)[-1]


def _pdf(client: httpx.Client) -> None:
    reports = "/reportes/api/v1/informes"
    asked = client.post(reports, json={"mes": MONTH, "alcance": "interno"}).json()
    address = f"{reports}/{asked['id']}"
    wait_until("the PDF", lambda: client.get(address).json()["estado"] == "listo", seconds=60)


def _resident(office: Office) -> float:
    """Of the process and its worker, in megabytes."""
    group = office.processes[0].pid
    total = 0.0
    for status in Path("/proc").glob("[0-9]*/statm"):
        if _group_of(status.parent) == group:
            total += int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return total


def _group_of(process: Path) -> int | None:
    try:
        return os.getpgid(int(process.name))
    except ProcessLookupError:
        return None
