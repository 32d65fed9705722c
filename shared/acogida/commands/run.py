"""`acogida run`: the embedded office."""

import ctypes
import fcntl
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TextIO

import click

from acogida.commands import read_settings, serving
from oficina.settings import Settings

PR_SET_PDEATHSIG = 1


@click.command()
@click.option(
    "--fecha",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Día que la oficina cree que es (AAAA-MM-DD); mueve plazos y citas, nunca la seguridad.",
)
@click.option("--recargar", is_flag=True, help="Partir de nuevo cuando cambia el código.")
@click.option("--con-su-padre", is_flag=True, help="Terminar si termina quien lo llamó (make).")
def run(*, fecha: datetime | None, recargar: bool, con_su_padre: bool) -> None:
    """Servir la oficina completa en un solo proceso, sin ningún servidor.

    Guarda todo en DATOS (./datos) y escucha en http://127.0.0.1:8000 (PORT). Ctrl-C la detiene;
    lo que estaba a medias se retoma al partir de nuevo.
    """
    settings = _embedded(read_settings(), fecha.date() if fecha else None)
    if con_su_padre:
        _end_with_parent()
    # Kept open, and handed to the worker, for as long as either lives.
    server = serving(settings)
    lock = _own(settings.data_dir, server.GRACE_SECONDS)
    _check_port(settings)
    server.Server(
        "acogida.embedded:Office",
        settings,
        bind=_address(settings),
        workers=1,
        reload=recargar,
    ).run()
    lock.close()


def _embedded(settings: Settings, fecha: date | None) -> Settings:
    if not settings.embedded:
        _refuse(
            "ACOGIDA_AMQP_URL está definida: con servidores se usan "
            "`acogida web|bus|jobs SERVICIO`; para la oficina sin servidores, quítela."
        )
    return replace(settings, fecha=fecha) if fecha else settings


def _own(folder: Path, patience: float) -> TextIO:
    """Be the only server of this data; one that is just ending is waited for so many seconds."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "servidor.lock", os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    os.fchmod(descriptor, 0o600)  # also one of an older version
    lock = os.fdopen(descriptor, "a+", encoding="utf-8")
    deadline = time.monotonic() + patience
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        if time.monotonic() > deadline:
            lock.seek(0)
            _refuse(
                f"Ya hay una oficina abierta con los datos de {folder} (proceso {lock.read()}): "
                "deténgala, o use otra carpeta con DATOS=/otra/carpeta."
            )
        time.sleep(0.1)
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _check_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            _refuse(
                f"No se puede escuchar en {_address(settings)} ({error.strerror}): "
                f"use otro puerto, por ejemplo PORT={settings.port + 1}."
            )


def _address(settings: Settings) -> str:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{host}:{settings.port}"


def _end_with_parent() -> None:
    """Ask the kernel for a SIGTERM when the parent dies; where there is no such thing, nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _refuse(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(1)
