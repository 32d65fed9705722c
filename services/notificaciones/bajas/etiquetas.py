"""What people read for the codes of an opt-out."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.bajas.states import Origen

ORIGENES: Mapping[Origen, LazyString] = {
    Origen.PALABRA: _l("Lo pidió desde ahí"),
    Origen.OFICINA: _l("Lo anotó la oficina"),
    Origen.REBOTE: _l("Los correos ahí vuelven: no le llegan"),
    Origen.ENLACE: _l("Lo pidió por el enlace de un correo"),
}
