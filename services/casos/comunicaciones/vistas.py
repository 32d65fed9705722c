"""A communication in words, the same on the page and in the file."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask_babel import gettext as _

from casos.comunicaciones.queries import Comunicacion
from casos.derivaciones.paquete import Categoria
from casos.etiquetas import etiqueta
from oficina.clock import ZONA
from oficina.web.i18n import fecha_hora

DIAS = 30
"""How far back the register looks when nobody says."""


@dataclass(frozen=True)
class Linea:
    """A communication, ready to be read."""

    comunicacion: Comunicacion
    cuando: str
    quien: str
    que: str
    para_que: str
    base: str
    retirada: str


def linea(una: Comunicacion) -> Linea:
    """One communication in words."""
    return Linea(
        comunicacion=una,
        cuando=fecha_hora(una.cuando),
        quien=una.destinatario or (etiqueta(una.quien) if una.quien else ""),
        que=", ".join(etiqueta(Categoria(c)) for c in una.categorias)
        or _("La respuesta a su solicitud"),
        para_que=una.para_que or (etiqueta(una.derecho) if una.derecho else ""),
        base=_base(una),
        retirada=fecha_hora(una.retirada_en),
    )


def periodo(
    desde: date | None, hasta: date | None, hoy: date
) -> tuple[date, date, datetime, datetime]:
    """The days that are asked for, and their first moment and the one after their last."""
    ultimo = hasta or max(hoy, desde or hoy)
    primero = desde or ultimo - timedelta(days=DIAS)
    return (
        primero,
        ultimo,
        datetime.combine(primero, time(), ZONA),
        datetime.combine(ultimo + timedelta(days=1), time(), ZONA),
    )


def _base(una: Comunicacion) -> str:
    if una.base is None:
        return str(_("Ejercicio de un derecho"))
    dicha = etiqueta(una.base)
    return f"{dicha} ({etiqueta(una.forma).lower()})" if una.forma else dicha
