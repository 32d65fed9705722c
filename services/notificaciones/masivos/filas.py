"""From what was written to rows that may make a message, or say why they make none.

Whom a row names is asked of casos in the name of who brings it: nobody writes to somebody whom they
may not see. The same recipient twice is one.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from notificaciones import direcciones
from notificaciones.alcance import Identificada, identificar
from notificaciones.masivos.lectura import Pedida
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.masivos.states import Problema
from notificaciones.mensajes.destinatarios import direccion_de
from notificaciones.mensajes.valores import NoSirve, guardar, leer_valor
from notificaciones.plantillas.catalogo import Canal, Plantilla, idiomas
from oficina.db import uuid7
from oficina.env import Env
from oficina.errors import DatosInvalidos

QUIEN, IDIOMA = "quien", "idioma"
"""Columns that are no variable."""
_MAS_LARGO = 60


def preparar(
    env: Env,
    plantilla: Plantilla,
    canal: Canal | None,
    pedidas: Sequence[Pedida],
    *,
    personas: bool,
) -> list[dict[str, Any]]:
    """The values of each row's columns. Raises ServicioNoDisponible."""
    filas = [_fila(plantilla, pedida) for pedida in pedidas]
    leibles = [
        (fila, pedida)
        for fila, pedida in zip(filas, pedidas, strict=True)
        if fila["problema"] is None
    ]
    if personas:
        _a_personas(env, leibles)
    else:
        for fila, pedida in leibles:
            _a_direccion(fila, pedida, canal)
    _repetidas(fila for fila, _pedida in leibles)
    for fila in filas:
        # What cannot be sent needs no more looking at.
        fila["revisada"] = fila["problema"] is not None
    return filas


def guardar_filas(session: Session, envio_id: UUID, filas: Iterable[dict[str, Any]]) -> None:
    """Keep them, sealed."""
    session.execute(insert(FilaDeEnvio), [fila | {"envio_id": envio_id} for fila in filas])


def problema_de_valor(plantilla: Plantilla, valores: Any) -> tuple[Problema, str, str] | None:
    """The first variable whose value is missing or is not what it holds, and why, in the reader's
    words.
    """
    for nombre, variable in plantilla.variables.items():
        dado = valores.get(nombre)
        if dado is None or dado == "":
            if variable.opcional:
                continue
            return Problema.FALTA, nombre, ""
        try:
            leer_valor(variable.tipo, dado, variable.largo)
        except NoSirve as error:
            return Problema.DATO, nombre, str(error)
    return None


def _fila(plantilla: Plantilla, pedida: Pedida) -> dict[str, Any]:
    dice: dict[str, Any] = {"quien": pedida.quien, "valores": dict(pedida.valores)}
    if pedida.idioma:
        dice["idioma"] = pedida.idioma
    problema: Problema | None = None
    columna: str | None = None
    if not pedida.quien:
        problema, columna = Problema.FALTA, QUIEN
    elif hallado := problema_de_valor(plantilla, pedida.valores):
        problema, columna = hallado[:2]
    elif pedida.idioma and pedida.idioma not in idiomas():
        problema, columna = Problema.IDIOMA, IDIOMA
    return {
        "id": uuid7(),
        "numero": pedida.numero,
        "datos": guardar(dice),
        "persona_id": None,
        "indice": None,
        "problema": problema,
        "columna": columna,
        "repite": None,
    }


def _a_personas(env: Env, leibles: Sequence[tuple[dict[str, Any], Pedida]]) -> None:
    escritos = list(dict.fromkeys(pedida.quien[:_MAS_LARGO] for _fila, pedida in leibles))
    halladas = dict(zip(escritos, identificar(env, escritos), strict=True))
    nadie = Identificada(None, "", varias=False)
    for fila, pedida in leibles:
        # What is longer names nobody.
        una = halladas[pedida.quien] if len(pedida.quien) <= _MAS_LARGO else nadie
        fila["persona_id"] = una.persona_id
        if una.persona_id is None:
            cual = Problema.PERSONA_EN_VARIAS if una.varias else Problema.PERSONA_NO_HALLADA
            fila["problema"], fila["columna"] = cual, QUIEN


def _a_direccion(fila: dict[str, Any], pedida: Pedida, canal: Canal | None) -> None:
    try:
        _canal, direccion = direccion_de(pedida.quien, canal)
    except DatosInvalidos:
        fila["problema"], fila["columna"] = Problema.DIRECCION, QUIEN
    else:
        fila["indice"] = direcciones.indice(direccion)


def _repetidas(filas: Iterable[dict[str, Any]]) -> None:
    primeras: dict[Any, int] = {}
    for fila in filas:
        if fila["problema"] is not None:
            continue
        primera = primeras.setdefault(fila["persona_id"] or fila["indice"], fila["numero"])
        if primera != fila["numero"]:
            fila["problema"], fila["repite"] = Problema.REPETIDA, primera
