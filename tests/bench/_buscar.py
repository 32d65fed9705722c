"""How long it takes to find a person, among a thousand and among a million, on PostgreSQL.

The people are those of `acogida seed`. Whoever asks is the desk, over the API: the text is
recognised, the people are found and the audit's row is written, on a database that waits for the
disk. The web server and the network are left out.
"""

import os
import random
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from statistics import quantiles

import psycopg
from flask.testing import FlaskClient

import servers
from acogida.memory import no_collection
from acogida.semilla import inventada
from bench.programs.nombres import Ficha, heard, typed_wrong
from bench.result import Result
from casos.app import create_app
from casos.personas.schemas import NuevaPersona
from identidad.app import create_app as create_identidad
from office import ACOGIDA
from oficina.actor import Actor
from oficina.clock import local, real_now
from oficina.db import uuid7
from oficina.settings import Settings
from oficina.web.client import ServiceClient
from oficina.web.tokens import Credencial

FEW, MANY = 1_000, int(os.environ.get("BENCH_PERSONAS", "1000000"))
SEED = 1
EACH, WARM = 25, 2
"""Searches of each way, and those before them that are not counted."""

Way = Callable[[random.Random, int, NuevaPersona], str]


def measure() -> Iterator[Result]:
    """The 95th percentile among few and among many; of each way it is printed."""
    with ExitStack() as stack:
        server = stack.enter_context(servers.own_postgres(fsync="on"))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="acogida-bench-")))
        for name, count in (("1e3", FEW), ("1e6", MANY)):
            url = f"{server.url.rpartition('/')[0]}/casos_{name}"
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE casos_{name}")
            began = time.perf_counter()
            _fill(url, folder, count)
            if count == MANY:
                speed = count / (time.perf_counter() - began)
                yield Result("seed_s", speed, "invented people/s, PostgreSQL")
            taken = _searched(
                Settings(data_dir=folder, database_url=url, log_level="WARNING"), count
            )
            for way, times in taken.items():
                print(f"casos.find_{name}_p95_ms: {way} {p95(times):.1f} ms", flush=True)
            everything = [one for times in taken.values() for one in times]
            yield Result(f"find_{name}_p95_ms", p95(everything), f"ms among {count} people")


def _fill(url: str, folder: Path, count: int) -> None:
    environment = {
        **os.environ,
        "DATOS": str(folder),
        "ACOGIDA_DATABASE_URL": url,
        "ACOGIDA_DEMO": "1",
    }
    command = [str(ACOGIDA), "seed", "--personas", str(count), "--semilla", str(SEED)]
    subprocess.run(command, env=environment, check=True)


def _searched(settings: Settings, count: int) -> Mapping[str, Sequence[float]]:
    """Milliseconds of each search by its way; all ways in turn, for people drawn by lot."""
    taken: defaultdict[str, list[float]] = defaultdict(list)
    lots = random.Random(SEED)
    with desk_of(settings, "recepcion") as desk:
        for turn in range(WARM + EACH):
            for name, way in WAYS.items():
                place = lots.randrange(1, count + 1)
                text = way(lots, place, inventada(SEED, place))
                milliseconds = _ask(desk, text)
                if turn >= WARM:
                    taken[name].append(milliseconds)
    return taken


@contextmanager
def desk_of(settings: Settings, *roles: str) -> Iterator[FlaskClient]:
    """A browser of somebody with these roles before the real application of casos."""
    with closing(ServiceClient(settings)) as client:
        # As the office serves it: what lives as long as the process is not looked at for garbage.
        with no_collection():
            # Who answers for tokens needs no database of its own here.
            identidad = create_identidad(
                Settings(data_dir=settings.data_dir, log_level="WARNING"), client
            )
            client.mount("identidad", identidad)
            app = create_app(settings, client)
        actor = Actor(uuid7(), "Mesón", frozenset(roles), "migracion", "persona")
        token = identidad.extensions["identidad_local"].token_de_cliente(
            Credencial.nueva(actor, real_now())
        )
        desk = app.test_client()
        desk.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        try:
            yield desk
        finally:
            for one in (app, identidad):
                one.extensions["env"].db.close()


def _ask(desk: FlaskClient, text: str) -> float:
    began = time.perf_counter()
    answer = desk.post("/casos/api/v1/personas/buscar", json={"q": text})
    milliseconds = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"a search was answered {answer.status_code}")
    return milliseconds


def _whole(_lots: random.Random, _place: int, one: NuevaPersona) -> str:
    return f"{one.nombres} {one.primer_apellido} {one.segundo_apellido}"


def _short(_lots: random.Random, _place: int, one: NuevaPersona) -> str:
    return f"{one.nombres.split()[0]} {one.primer_apellido}"


def _beginnings(_lots: random.Random, _place: int, one: NuevaPersona) -> str:
    return f"{one.nombres[:3]} {one.primer_apellido[:4]}"


def _mistyped(lots: random.Random, _place: int, one: NuevaPersona) -> str:
    return typed_wrong(lots, _noted(one)).nombre


def _heard(lots: random.Random, _place: int, one: NuevaPersona) -> str:
    return heard(lots, _noted(one)).nombre


def _noted(one: NuevaPersona) -> Ficha:
    names = (one.nombres, one.primer_apellido, one.segundo_apellido)
    return Ficha(*names, one.fecha_nacimiento, "")


WAYS: Mapping[str, Way] = {
    "whole name": _whole,
    "a name and a surname": _short,
    "a surname": lambda _lots, _place, one: one.primer_apellido,
    "beginnings": _beginnings,
    "a letter wrong": _mistyped,
    "as it sounds": _heard,
    "document": lambda _lots, place, _one: f"DEMO{place:07d}",
    "telephone": lambda _lots, place, _one: f"+56 9 0{place:07d}",
    "mail": lambda _lots, place, _one: f"persona.{place}@personas.example",
    "folio": lambda _lots, place, _one: f"P-{local(real_now()).year}-{place:06d}",
}


def p95(times: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(times, n=20)[18]
