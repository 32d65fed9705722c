"""What people read for what they may prefer."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.avisos.models import Modo

MODOS: Mapping[Modo, LazyString] = {
    Modo.AL_MOMENTO: _l("Cada uno al momento"),
    Modo.RESUMEN: _l("Juntos, en un correo la mañana de cada día hábil"),
    Modo.RESUMEN_Y_URGENTES: _l("Juntos, y los urgentes además al momento y en el resumen"),
}
