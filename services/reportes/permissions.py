"""Who may do each thing in reportes: permission -> keys of the roles that hold it.

Figures of a small month can point at a person, so they are for those who may read cases.
"""

from collections.abc import Mapping

from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

_LECTURA = frozenset({"profesional", "coordinacion"})

PERMISOS: Mapping[str, frozenset[str]] = {
    "reportes.ver": _LECTURA,
    "reportes.exportar": _LECTURA,
    "reportes.informe.pedir": _LECTURA,
    **permisos_del_bus("reportes"),
    **permisos_de_auditoria("reportes"),
}
