"""Who may do each thing in agenda: permission -> keys of the roles that hold it."""

from collections.abc import Mapping

from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

_ATIENDEN = frozenset({"recepcion", "profesional", "coordinacion"})

PERMISOS: Mapping[str, frozenset[str]] = {
    "agenda.cita.ver": _ATIENDEN | {"servicio"},
    "agenda.cita.agendar": _ATIENDEN,
    "agenda.cita.registrar": _ATIENDEN,
    "agenda.persona.copiar": frozenset({"servicio"}),
    "agenda.persona.suprimir": frozenset({"servicio"}),
    "agenda.persona.alcanzar": frozenset({"servicio"}),
    **permisos_del_bus("agenda"),
    **permisos_de_auditoria("agenda"),
}
