"""The list of what is late, as programs and spreadsheets take it. Files hold ids, never names of
people who are attended.
"""

import csv
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any

from flask_babel import gettext as _

from casos.plazos.atrasos import Fila, Panorama
from casos.plazos.etiquetas import de_situacion
from casos.plazos.reglas import etiqueta
from oficina.clock import local
from oficina.hojas import inofensivo
from oficina.web.i18n import language


def como_datos(panorama: Panorama) -> dict[str, Any]:
    """A page of the list, as JSON says it."""
    return {
        "plazos": [_plazo(fila) for fila in panorama.filas],
        "total": panorama.total,
        "pagina": panorama.pagina,
        "paginas": panorama.paginas,
        "por_situacion": {cual.value: n for cual, n in panorama.por_situacion.items()},
        "grupos": panorama.grupos,
    }


def _plazo(fila: Fila) -> dict[str, Any]:
    plazo = fila.plazo
    return {
        "id": plazo.id,
        "caso_id": fila.caso.id,
        "caso_folio": fila.caso.folio,
        "derivacion_id": plazo.derivacion_id,
        "tarea_id": plazo.tarea_id,
        "reloj": plazo.reloj,
        "situacion": fila.situacion,
        "vence_en": plazo.vence_en,
        "vence_en_original": plazo.vence_en_original,
        "responsable_id": fila.responsable_id,
        "responsable": fila.responsable,
        "unidad": fila.caso.unidad,
        "institucion_id": fila.institucion.id if fila.institucion else None,
        "institucion": fila.institucion.nombre if fila.institucion else None,
    }


def a_csv(filas: Sequence[Fila], ahora: datetime) -> str:
    """The list as a file: one row a deadline, UTF-8, comma."""
    texto = StringIO()
    escritor = csv.writer(texto, lineterminator="\r\n")
    escritor.writerow(_cabeza())
    for fila in filas:
        escritor.writerow(
            [inofensivo(v) if isinstance(v, str) else v for v in _renglon(fila, ahora)]
        )
    return texto.getvalue()


def a_xlsx(filas: Sequence[Fila], ahora: datetime) -> bytes:
    """The same as a workbook."""
    import xlsxwriter  # noqa: PLC0415  only who asks for a workbook waits for it

    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"constant_memory": True}) as libro:
        negrita = libro.add_format({"bold": True})
        hoja = libro.add_worksheet(str(_("Plazos")))
        hoja.set_column(0, len(_cabeza()) - 1, 22)
        for columna, nombre in enumerate(_cabeza()):
            hoja.write_string(0, columna, nombre, negrita)
        for numero, fila in enumerate(filas, start=1):
            for columna, valor in enumerate(_renglon(fila, ahora)):
                if isinstance(valor, int):
                    hoja.write_number(numero, columna, valor)
                else:
                    hoja.write_string(numero, columna, valor)
    return salida.getvalue()


def _cabeza() -> list[str]:
    return [
        str(uno)
        for uno in (
            *(_("Caso"), _("Plazo"), _("Situación"), _("Vence"), _("Vencía"), _("Días de atraso")),
            *(_("De quién es"), _("Unidad"), _("Institución")),
        )
    ]


def _renglon(fila: Fila, ahora: datetime) -> list[str | int]:
    plazo, original = fila.plazo, fila.plazo.vence_en_original
    atraso = (local(ahora).date() - local(plazo.vence_en).date()).days
    return [
        fila.caso.folio,
        etiqueta(plazo.reloj, language()),
        de_situacion(fila.situacion)[0],
        f"{local(plazo.vence_en):%Y-%m-%d %H:%M}",
        f"{local(original):%Y-%m-%d %H:%M}" if original else "",
        max(0, atraso) if fila.situacion.value == "atrasado" else 0,
        fila.responsable,
        fila.caso.unidad,
        fila.institucion.nombre if fila.institucion else "",
    ]
