"""How what is said of deliveries and goods reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.programas.entregas.models import Receptor, TipoExistencia

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Receptor: {
        Receptor.TITULAR: _l("La misma persona"),
        Receptor.REPRESENTANTE: _l("Alguien en su nombre"),
    },
    TipoExistencia: {
        TipoExistencia.ENTRADA: _l("Entrada"),
        TipoExistencia.SALIDA: _l("Salida"),
        TipoExistencia.AJUSTE: _l("Ajuste"),
    },
}
