"""The list of what is late, as programs and spreadsheets take it. Files hold ids, never names of
people who are attended.
"""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from casos.equipo import equipo
from casos.plazos.atrasos import Fila, Panorama, Situacion
from casos.plazos.etiquetas import de_situacion
from casos.plazos.reglas import etiqueta
from oficina.clock import local
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
        "origen": plazo.origen,
        "responsable_id": fila.responsable_id,
        "responsable": fila.responsable,
        "unidad": fila.caso.unidad,
        "institucion_id": fila.institucion.id if fila.institucion else None,
        "institucion": fila.institucion.nombre if fila.institucion else None,
    }


def cabeza() -> list[str]:
    """The titles of a file."""
    return [
        str(uno)
        for uno in (
            *(_("Caso"), _("Plazo"), _("Situación"), _("Vence"), _("Vencía"), _("Días de atraso")),
            *(_("De quién es"), _("Unidad"), _("Institución")),
        )
    ]


def renglon(fila: Fila, ahora: datetime) -> list[object]:
    """A deadline as a row of a file."""
    plazo = fila.plazo
    atraso = (local(ahora).date() - local(plazo.vence_en).date()).days
    return [
        fila.caso.folio,
        etiqueta(plazo.reloj, language()),
        de_situacion(fila.situacion)[0],
        plazo.vence_en,
        plazo.vence_en_original,
        max(0, atraso) if fila.situacion is Situacion.ATRASADO else 0,
        fila.responsable,
        equipo().unidad(fila.caso.unidad),
        fila.institucion.nombre if fila.institucion else "",
    ]
