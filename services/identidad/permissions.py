"""Who may do each thing at identidad."""

from collections.abc import Mapping

from identidad.models import Rol
from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

TODOS = frozenset(rol.value for rol in Rol)

PERMISOS: Mapping[str, frozenset[str]] = {
    "identidad.yo.ver": TODOS | {"servicio"},
    "identidad.sesion.renovar": TODOS,
    "identidad.funcionario.listar": frozenset(
        {"profesional", "coordinacion", "administrador", "servicio"}
    ),
    "identidad.unidad.ver": TODOS | {"servicio"},
    "identidad.unidad.administrar": frozenset({"administrador"}),
    "identidad.cliente.administrar": frozenset({"administrador"}),
    "identidad.enlace.acunar": frozenset({"servicio"}),
    "identidad.yo.cambiar": TODOS,
    "identidad.cuenta.administrar": frozenset({"administrador"}),
    **permisos_del_bus("identidad"),
    **permisos_de_auditoria("identidad"),
}
