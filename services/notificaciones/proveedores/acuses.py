"""What providers say by themselves, read as the file says, of a request that was authenticated:
receipts, and what people write.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from flask_babel import gettext as _

from notificaciones.proveedores.configuracion import (
    EntrantesConfigurados,
    Formato,
    RecibosConfigurados,
    codigo_de,
    lugar,
)
from notificaciones.proveedores.models import Acuse
from oficina.errors import DatosInvalidos

MUCHOS = 1000


@dataclass(frozen=True, kw_only=True)
class Dicho:
    """One receipt: what it is about, and how it ended."""

    referencia: str
    mensaje_id: UUID | None
    acuse: Acuse
    detalle: str

    def huella(self, proveedor: str) -> str:
        """The same for whatever says the same: a receipt that comes again is known."""
        said = [proveedor, self.referencia, str(self.mensaje_id or ""), self.acuse.value]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Escrito:
    """What somebody wrote to the office. `referencia` is the provider's own name for it."""

    de: str
    texto: str
    referencia: str


def leer_recibos(configurados: RecibosConfigurados, body: bytes) -> Sequence[Dicho]:
    """The receipts of a request that end something: what is under way says nothing.

    Raises DatosInvalidos for what is not as the file says.
    """
    todos = _todos(configurados.formato, configurados.lista, body)
    return [dicho for uno in todos if (dicho := _one(configurados, uno)) is not None]


def leer_escritos(configurados: EntrantesConfigurados, body: bytes) -> Sequence[Escrito]:
    """What people wrote, of a request. Raises DatosInvalidos for what is not as the file says."""
    escritos = []
    for uno in _todos(configurados.formato, configurados.lista, body):
        said = [
            lugar(uno, place)
            for place in (configurados.de, configurados.texto, configurados.referencia)
        ]
        de, texto, referencia = (one or "" for one in said)
        if not de or None in said:
            raise DatosInvalidos({"cuerpo": [_("Falta quién escribe, qué o su referencia.")]})
        escritos.append(Escrito(de=de[:254], texto=texto, referencia=referencia[:200]))
    return escritos


def _todos(formato: Formato, lista: str, body: bytes) -> Sequence[Any]:
    datos = _datos(formato, body)
    if not lista:
        return [datos]
    found = lugar_crudo(datos, lista)
    if not isinstance(found, list) or len(found) > MUCHOS:
        raise DatosInvalidos({"cuerpo": [_("No tiene la lista acordada.")]})
    return found


def _datos(formato: Formato, body: bytes) -> Any:
    try:
        text = body.decode("utf-8")
        if formato is Formato.FORMULARIO:
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatosInvalidos({"cuerpo": [_("No se puede leer.")]}) from error


def lugar_crudo(datos: Any, place: str) -> Any:
    """What is at a place, whatever it is."""
    for name in place.removeprefix("/").split("/"):
        datos = datos.get(name) if isinstance(datos, Mapping) else None
    return datos


def _one(configurados: RecibosConfigurados, uno: Any) -> Dicho | None:
    estado = lugar(uno, configurados.estado)
    referencia = (lugar(uno, configurados.referencia) or "") if configurados.referencia else ""
    mensaje_id = _uuid(lugar(uno, configurados.mensaje_id)) if configurados.mensaje_id else None
    if estado is None or not (referencia or mensaje_id):
        raise DatosInvalidos({"cuerpo": [_("Falta la referencia o el estado de un recibo.")]})
    if estado in configurados.confirmada:
        acuse = Acuse.CONFIRMADA
    elif estado in configurados.rebotada:
        acuse = Acuse.REBOTADA
    else:
        return None
    codigo = lugar(uno, configurados.codigo) if configurados.codigo else ""
    return Dicho(
        referencia=referencia[:200],
        mensaje_id=mensaje_id,
        acuse=acuse,
        detalle=codigo_de(codigo or estado),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
