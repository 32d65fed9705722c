"""Who may do each thing in reportes: permission -> keys of the roles that hold it.

Complete figures of a small month can point at a person, so they are for those who may read cases.
Everybody else reads what may be published, and no total that was not protected with it.
"""

from collections.abc import Mapping

from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

_COMPLETAS = frozenset({"profesional", "coordinacion"})
_LECTURA = _COMPLETAS | {"analista"}

PERMISOS: Mapping[str, frozenset[str]] = {
    "reportes.ver": _LECTURA,
    "reportes.completas.ver": _COMPLETAS,
    "reportes.exportar": _LECTURA,
    "reportes.informe.pedir": _LECTURA,
    **permisos_del_bus("reportes"),
    **permisos_de_auditoria("reportes"),
}
