"""Entrance: what auditors see: who did what, when and from where, and whether it still says so."""

import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import IO, Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from identidad.auditoria import etiquetas, servicios
from identidad.auditoria.exports import FORMATOS
from identidad.auditoria.quienes import quienes
from identidad.auditoria.schemas import BuscarSchema, Pedido
from identidad.auditoria.servicios import Anotacion, Hallazgo
from identidad.partes import parte, quien
from oficina.audit import registrar_lectura
from oficina.cadena.exportacion import empaquetar
from oficina.cadena.firma import FaltaLaClave, FirmaDeAuditoria
from oficina.cadena.verify import DICE
from oficina.clock import local, real_now
from oficina.errors import DatosInvalidos
from oficina.settings import SERVICES
from oficina.web.app import env
from oficina.web.auditoria.api import SinClave
from oficina.web.auth import actor, requires
from oficina.web.files import send, spooled
from oficina.web.forms import Form

FILAS = 100_000
"""Rows that one file may have; whoever wants more asks for a span after the other."""

bp = Blueprint("auditoria_paginas", __name__, url_prefix="/identidad/auditoria")


@bp.app_template_filter()
def hora_exacta(value: datetime) -> str:
    """Day and hour in Chile with its seconds, in figures."""
    return f"{local(value):%d-%m-%Y %H:%M:%S}"


@bp.get("")
@requires("identidad.auditoria.ver")
def buscar() -> ResponseReturnValue:
    """Rows of all services, newest first, as far as they were narrowed."""
    sent = _sent()
    form = Form(BuscarSchema(), sent)
    found: Hallazgo | None = None
    try:
        found = servicios.buscar(env().client, *_pedido(sent))
    except DatosInvalidos as error:
        form.add_errors(error)
    page = render_template(
        "identidad/auditoria/buscar.html",
        form=form,
        filtros={name: value for name, value in sent.items() if name != "antes"},
        quienes=_quienes(form.value("actor_id"), found),
        servicios=[(one, parte(one)) for one in SERVICES],
        hallazgo=found,
        etiquetas=etiquetas,
        parte=parte,
        quien=quien,
    )
    return page, 422 if form.errors else 200


@bp.get("/cadenas")
@requires("identidad.auditoria.ver")
def cadenas() -> str:
    """How the chain of each service is."""
    return render_template(
        "identidad/auditoria/cadenas.html",
        cadenas=servicios.cadenas(env().client),
        dice=DICE,
        parte=parte,
        kid=_firma().kid,
    )


@bp.get("/exportacion-<any(csv, json):formato>.zip")
@requires("identidad.auditoria.ver")
def exportar(formato: str) -> Response:
    """The rows that were narrowed, as a signed file."""
    elegidos, consulta = _pedido(_sent())
    firma = _firma()
    contados = _Contados(servicios.todas(env().client, elegidos, consulta), FILAS)

    def dicho() -> Mapping[str, Any]:
        return {
            "comuna": env().settings.comuna,
            "instante": real_now().isoformat(),
            "actor_id": str(actor().id),
            "servicios": list(elegidos),
            "filtros": consulta,
            "filas": contados.van,
            "completa": not contados.quedan,
        }

    nombre = f"auditoria-{local(real_now()):%Y-%m-%d-%H%M%S}"
    archivo = spooled(
        lambda salida: empaquetar(
            salida, f"{nombre}.{formato}", FORMATOS[formato](contados), dicho, firma
        )
    )
    registrar_lectura(
        env().db, actor(), "auditoria.exportar", "auditoria", None, cantidad=contados.van
    )
    return send(archivo, f"{nombre}.zip", "application/zip")


@bp.get("/cabezas.zip")
@requires("identidad.auditoria.ver")
def cabezas() -> Response:
    """The end of every chain, signed now, in folders as `acogida doctor --audit` reads them."""
    firmadas = servicios.cabezas(env().client)
    clave = _firma().publica_pem()
    moment = f"{real_now():%Y-%m-%dT%H%M%SZ}"

    def write(salida: IO[bytes]) -> None:
        with zipfile.ZipFile(salida, "w") as zipped:
            for servicio, firmada in firmadas.items():
                zipped.writestr(f"{servicio}/{moment}.jws", f"{firmada}\n")
            zipped.writestr("clave.pem", clave)

    registrar_lectura(
        env().db, actor(), "auditoria.llevar_cabezas", "auditoria", None, cantidad=len(firmadas)
    )
    return send(spooled(write), f"cabezas-{moment}.zip", "application/zip")


class _Contados:
    """Rows as they pass, until there are too many."""

    def __init__(self, anotaciones: Iterator[Anotacion], tope: int) -> None:
        self._anotaciones = anotaciones
        self._tope = tope
        self.van = 0
        self.quedan = False

    def __iter__(self) -> Iterator[Anotacion]:
        for una in self._anotaciones:
            if self.van == self._tope:
                self.quedan = True
                return
            self.van += 1
            yield una


def _sent() -> dict[str, str]:
    return {name: value.strip() for name, value in request.args.items() if value.strip()}


def _pedido(sent: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Whom to ask what. Raises DatosInvalidos."""
    try:
        pedido: Pedido = BuscarSchema().load(sent)
    except ValidationError as error:
        raise DatosInvalidos(error.messages_dict) from error
    return pedido.servicios, pedido.consulta


def _quienes(elegido: str, found: Hallazgo | None) -> list[tuple[str, str]]:
    """Everybody to choose from; who is chosen and is nobody of ours is called as the rows do."""
    with env().db.read() as session:
        known = [(str(one), quien(nombre)) for one, nombre in quienes(session)]
    if elegido and elegido not in dict(known):
        rows = found.anotaciones if found else ()
        named = (row["actor_nombre"] for row in rows if str(row["actor_id"]) == elegido)
        known.append((elegido, next(named, elegido)))
    return known


def _firma() -> FirmaDeAuditoria:
    try:
        return FirmaDeAuditoria.load(env().settings.claves, make=env().settings.embedded)
    except FaltaLaClave as error:
        raise SinClave from error
