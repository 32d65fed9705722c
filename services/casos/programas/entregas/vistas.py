"""Deliveries and accounts as people and programs see them; each reading is written down."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from casos.alcance import Alcance
from casos.etiquetas import etiqueta
from casos.programas.entregas import queries
from casos.programas.entregas.models import Entrega, Rendicion
from casos.programas.entregas.queries import FilaRendida
from oficina import hojas
from oficina.audit import registrar_lectura
from oficina.web.app import env
from oficina.web.auth import actor
from oficina.web.i18n import fecha


def entrega(entrega_id: UUID) -> Entrega:
    """A delivery. Raises NoEncontrado, DatosBloqueados."""
    with env().db.read() as session:
        una = queries.entrega_por_id(session, entrega_id, Alcance.de(actor()))
    registrar_lectura(env().db, actor(), "casos.entrega.ver", "entrega", una.id)
    return una


def con_filas(rendicion_id: UUID) -> tuple[Rendicion, list[FilaRendida]]:
    """An account and its deliveries. Raises NoEncontrado."""
    with env().db.read() as session:
        una = queries.rendicion_por_id(session, rendicion_id)
        filas = queries.filas(session, rendicion_id, Alcance.de(actor()))
    registrar_lectura(
        env().db, actor(), "casos.rendicion.ver", "rendicion", una.id, cantidad=len(filas)
    )
    return una, filas


def rendicion(rendicion_id: UUID) -> dict[str, Any]:
    """An account, as JSON says it."""
    una, filas = con_filas(rendicion_id)
    return {campo: getattr(una, campo) for campo in _CAMPOS} | {"filas": filas}


def a_csv(filas: Sequence[FilaRendida]) -> bytes:
    """An account as a file: one row a delivery, UTF-8, comma."""
    return b"".join(hojas.a_csv(_cabeza(), map(_fila, filas)))


def a_xlsx(una: Rendicion, filas: Sequence[FilaRendida]) -> bytes:
    """The same as a workbook, with what it is on top and the sum below."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"constant_memory": True}) as libro:
        negrita, pesos = libro.add_format({"bold": True}), libro.add_format({"num_format": "#,##0"})
        hoja = libro.add_worksheet(una.folio)
        hoja.set_column(0, len(_cabeza()) - 1, 22)
        hoja.write_string(0, 0, titulo(una), negrita)
        for columna, nombre in enumerate(_cabeza()):
            hoja.write_string(2, columna, nombre, negrita)
        for renglon, fila in enumerate(filas, start=3):
            for columna, valor in enumerate(_fila(fila)):
                if isinstance(valor, int):
                    hoja.write_number(renglon, columna, valor, pesos)
                else:
                    hoja.write_string(renglon, columna, valor)
        hoja.write_string(len(filas) + 3, _MONTO - 1, _("Total"), negrita)
        hoja.write_number(len(filas) + 3, _MONTO, una.monto_clp, pesos)
    return salida.getvalue()


def titulo(una: Rendicion) -> str:
    """What an account is of."""
    return str(
        _(
            "Rendición %(folio)s · %(programa)s (%(anio)s) · entregas hasta el %(dia)s",
            folio=una.folio,
            programa=una.programa.nombre,
            anio=una.programa.anio,
            dia=fecha(una.hasta),
        )
    )


def _cabeza() -> list[str]:
    return [
        str(uno)
        for uno in (
            *(_("Acta"), _("Fecha"), _("Postulación"), _("Folio de la persona"), _("Nombre")),
            *(_("Qué se entregó"), _("Monto en pesos"), _("Especies"), _("Quién recibió")),
            *(_("Entregó"), _("Autorizó")),
        )
    ]


_MONTO = 6
"""The column of the money."""


def _fila(fila: FilaRendida) -> list[str | int]:
    una = fila.entrega
    reservada = str(_("Reservado"))
    return [
        una.folio,
        fecha(una.entregada_en),
        fila.postulacion,
        fila.persona_folio or reservada,
        reservada if fila.persona is None else fila.persona,
        etiqueta(una.tipo),
        una.monto_clp,
        "; ".join(f"{s.cantidad} {s.articulo.unidad} {s.articulo.nombre}" for s in una.salidas),
        etiqueta(una.receptor),
        una.entregada_por,
        una.autorizada_por,
    ]


_CAMPOS = (
    *("id", "folio", "programa_id", "hasta", "entregas", "monto_clp", "hecha_en", "hecha_por"),
)
