"""What people read for the codes of the agenda, and the tone of a state's badge."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agenda.states import Estado, MotivoCancelacion

ESTADOS: Mapping[Estado, LazyString] = {
    Estado.AGENDADA: _l("Agendada"),
    Estado.REALIZADA: _l("Realizada"),
    Estado.INASISTENCIA: _l("No se presentó"),
    Estado.CANCELADA: _l("Cancelada"),
}

TONOS: Mapping[Estado, str] = {
    Estado.AGENDADA: "info",
    Estado.REALIZADA: "bien",
    Estado.INASISTENCIA: "aviso",
    Estado.CANCELADA: "neutro",
}

MOTIVOS: Mapping[MotivoCancelacion, LazyString] = {
    MotivoCancelacion.PERSONA_NO_PUEDE: _l("La persona no puede venir"),
    MotivoCancelacion.PROFESIONAL_NO_DISPONIBLE: _l("La o el profesional no está disponible"),
    MotivoCancelacion.YA_NO_HACE_FALTA: _l("Ya no hace falta"),
    MotivoCancelacion.ERROR_DE_REGISTRO: _l("Se registró por error"),
}
