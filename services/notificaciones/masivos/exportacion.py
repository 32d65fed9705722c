"""What became of each row, as a file for the sheet that it came from."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Row

from notificaciones.masivos.etiquetas import porque
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.mensajes import etiquetas
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Plantilla
from oficina import hojas


def a_csv(
    filas: Sequence[Row[FilaDeEnvio, Mensaje | None]], plantilla: Plantilla | None, *, propio: bool
) -> bytes:
    """One line a row, moments on Chile's clocks. Whom it names, as it was written and while that is
    kept, for who brought it.
    """
    titulos = [
        *(_("Fila"), _("A quién"), _("Estado"), _("Motivo")),
        *(_("Por"), _("Sale"), _("Mensaje")),
    ]
    dichas = [
        (
            fila.numero,
            fila.dice.get("quien", "") if propio else "",
            *_fate(fila, mensaje, plantilla),
        )
        for fila, mensaje in filas
    ]
    return b"".join(hojas.a_csv(titulos, dichas))


def _fate(
    fila: FilaDeEnvio, mensaje: Mensaje | None, plantilla: Plantilla | None
) -> tuple[object, ...]:
    if mensaje is None:
        que = _("Sin mensaje") if fila.problema else _("No se ha pedido")
        return que, porque(fila, plantilla), "", "", ""
    return (
        etiquetas.ESTADOS[mensaje.estado],
        etiquetas.MOTIVOS[mensaje.motivo] if mensaje.motivo is not None else "",
        etiquetas.CANALES[mensaje.canal] if mensaje.canal is not None else "",
        mensaje.sale_en,
        mensaje.id,
    )
