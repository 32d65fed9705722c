"""What became of each row, as a file for the sheet that it came from."""

import csv
from collections.abc import Sequence
from io import StringIO

from flask_babel import gettext as _
from sqlalchemy import Row

from notificaciones.masivos.etiquetas import porque
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.mensajes import etiquetas
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Plantilla
from oficina.clock import local
from oficina.hojas import inofensivo


def a_csv(
    filas: Sequence[Row[FilaDeEnvio, Mensaje | None]], plantilla: Plantilla | None, *, propio: bool
) -> str:
    """One line a row, UTF-8, moments on Chile's clocks. Whom it names, as it was written and while
    that is kept, for who brought it.
    """
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow(
        [_("Fila"), _("A quién"), _("Estado"), _("Motivo"), _("Por"), _("Sale"), _("Mensaje")]
    )
    for fila, mensaje in filas:
        a_quien = fila.dice.get("quien", "") if propio else ""
        escritor.writerow([fila.numero, inofensivo(a_quien), *_fate(fila, mensaje, plantilla)])
    return texto.getvalue()


def _fate(
    fila: FilaDeEnvio, mensaje: Mensaje | None, plantilla: Plantilla | None
) -> tuple[object, ...]:
    if mensaje is None:
        que = _("Sin mensaje") if fila.problema else _("No se ha pedido")
        return que, inofensivo(porque(fila, plantilla)), "", "", ""
    return (
        etiquetas.ESTADOS[mensaje.estado],
        etiquetas.MOTIVOS[mensaje.motivo] if mensaje.motivo is not None else "",
        etiquetas.CANALES[mensaje.canal] if mensaje.canal is not None else "",
        local(mensaje.sale_en).isoformat(timespec="minutes"),
        mensaje.id,
    )
