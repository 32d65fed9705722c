"""The embedded office as a person meets it: how soon it is up, how fast it answers, what it weighs.

Measured with a year of attentions in it, imported from the register.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from statistics import quantiles

import httpx

from bench.result import Result
from office import Office, embedded, wait_until

Call = Callable[[], httpx.Response]

REGISTER = Path(__file__).parents[1] / "datos" / "registro-atenciones-2024.xlsx"
MONTH = "2024-05"
TIMES = 40
TOGETHER = 6
"""People who use the office at the same time, before its memory is read."""

PAGES = (
    "/casos/",
    "/casos/recepcion",
    "/casos/red",
    "/agenda/",
    "/notificaciones/salida",
    "/reportes/",
    "/reportes/2024/5",
)
API = (
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
                addresses = [*PAGES, *_of_one_case(client)]
                yield Result("page_p95", _p95(_pages(client, addresses)), "ms")
                yield Result("api_p95", _p95(_api(client)), "ms")
                _pdf(client)
            _use_together(office, addresses)
            yield Result("memory", _resident(office), "MB after a PDF and many users at once")


def _wait_for_figures(client: httpx.Client) -> None:
    def counted() -> int:
        months = client.get("/reportes/api/v1/meses").json()["meses"]
        return sum(month["atenciones"] for month in months)

    wait_until("the figures of the register", lambda: counted() > 4700, seconds=120)


def _of_one_case(client: httpx.Client) -> Sequence[str]:
    """The pages of a case of the demonstration and of its derivation, and a person's."""
    found = []
    page = client.get("/casos/").text
    for shape in (r"/casos/expedientes/[0-9a-f-]{36}", r"/casos/personas/[0-9a-f-]{36}"):
        found += re.findall(shape, page)[:1]
    found += re.findall(r"/casos/derivaciones/[0-9a-f-]{36}", client.get(found[0]).text)[:1]
    return found


def _use_together(office: Office, addresses: Sequence[str]) -> None:
    """Several people at once, each on every page some times."""

    def use(role: str) -> None:
        with office.client(role) as client:
            for _ in range(TIMES // 2):
                for call in _pages(client, addresses):
                    call()

    with ThreadPoolExecutor(TOGETHER) as people:
        list(people.map(use, ["coordinacion", "profesional"] * (TOGETHER // 2)))


def _pages(client: httpx.Client, addresses: Sequence[str]) -> list[Call]:
    search = partial(client.post, "/casos/recepcion", data={"q": "jean louis"})
    return [*(partial(client.get, address) for address in addresses), search]


def _api(client: httpx.Client) -> list[Call]:
    search = partial(client.post, "/casos/api/v1/personas/buscar", json={"q": "maria"})
    return [*(partial(client.get, address) for address in API), search]


def _p95(calls: list[Call]) -> float:
    """Of all the calls together, in milliseconds."""
    taken = []
    for _ in range(TIMES):
        for call in calls:
            began = time.perf_counter()
            answer = call()
            taken.append((time.perf_counter() - began) * 1000)
            if answer.status_code != httpx.codes.OK:
                raise RuntimeError(f"{answer.url} answered {answer.status_code}")
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
