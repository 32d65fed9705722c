"""Who may do each thing at identidad."""

from collections.abc import Mapping

TODOS = frozenset({"recepcion", "profesional", "coordinacion", "administrador"})

PERMISOS: Mapping[str, frozenset[str]] = {
    "identidad.yo.ver": TODOS | {"servicio"},
    "identidad.sesion.renovar": TODOS,
    "identidad.funcionario.listar": frozenset(
        {"profesional", "coordinacion", "administrador", "servicio"}
    ),
    "identidad.cuenta.administrar": frozenset({"administrador"}),
}
