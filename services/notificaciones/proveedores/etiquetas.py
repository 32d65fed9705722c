"""What people read for how a provider is, and the tone of its badge."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.proveedores.tablero import Salud

SALUDES: Mapping[Salud, LazyString] = {
    Salud.CERRADO: _l("Funciona"),
    Salud.ABIERTO: _l("Falla: no se le envía"),
    Salud.A_PRUEBA: _l("Falló: se prueba con un mensaje"),
}
TONOS: Mapping[Salud, str] = {
    Salud.CERRADO: "bien",
    Salud.ABIERTO: "mal",
    Salud.A_PRUEBA: "aviso",
}
