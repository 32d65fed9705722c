"""What people read for why a mail came back."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.rebotes.reglas import Clase

CLASES: Mapping[Clase, LazyString] = {
    Clase.NO_EXISTE: _l("El correo volvió: esa dirección no existe."),
    Clase.NO_RECIBE: _l("El correo volvió: esa casilla no recibe mensajes."),
    Clase.LLENA: _l("El correo volvió: la casilla está llena."),
    Clase.SIN_RESPUESTA: _l("El correo volvió: no se pudo llegar al servidor de esa dirección."),
    Clase.DE_LA_OFICINA: _l(
        "El correo volvió: ese servidor no acepta los de la oficina. Avise a quien administra."
    ),
    Clase.OTRA: _l("El correo volvió: no se pudo entregar."),
}
