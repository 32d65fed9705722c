"""Who may look at a service's bus, act on it, and ask what it told; the same in every service."""

from collections.abc import Mapping

_OPERAN = frozenset({"administrador"})


def permisos_del_bus(servicio: str) -> Mapping[str, frozenset[str]]:
    """The lines of the bus in the table of a service's permissions.

    Operators see ids, types and errors, never what a fact tells, and of a reserved one no id in
    it. What was told, whole, is for services only: one that is to hear it again asks for it.
    """
    return {
        f"{servicio}.bus.ver": _OPERAN,
        f"{servicio}.bus.operar": _OPERAN,
        f"{servicio}.bus.contar": frozenset({"servicio"}),
    }
