"""Who may do each thing in notificaciones: permission -> keys of the roles that hold it."""

from collections.abc import Mapping

from oficina.web.bus.permissions import permisos_del_bus

_PROFESIONALES = frozenset({"profesional", "coordinacion"})

PERMISOS: Mapping[str, frozenset[str]] = {
    # Reception sees the reminders of appointments; the rest is about cases.
    "notificaciones.mensaje.ver": _PROFESIONALES | {"recepcion", "servicio"},
    "notificaciones.mensaje.ver_todos": _PROFESIONALES | {"servicio"},
    **permisos_del_bus("notificaciones"),
}
