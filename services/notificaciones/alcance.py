"""Which messages the reader of this request may see."""

from notificaciones.plantillas import DE_CUENTAS, Clave
from oficina.web.auth import puede

_DE_CITAS = frozenset({Clave.RECORDATORIO_CITA})
_POR_PERMISO = {
    "notificaciones.mensaje.ver_citas": _DE_CITAS,
    "notificaciones.mensaje.ver_casos": frozenset(Clave) - DE_CUENTAS - _DE_CITAS,
    "notificaciones.mensaje.ver_cuentas": DE_CUENTAS,
}


def visibles() -> frozenset[Clave]:
    """The kinds of messages that the reader's roles open."""
    mine = [kinds for permiso, kinds in _POR_PERMISO.items() if puede(permiso)]
    return frozenset[Clave]().union(*mine)
