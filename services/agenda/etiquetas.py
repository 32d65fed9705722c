"""What people read for the codes of the agenda, and the tone of a state's badge."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from agenda.states import Estado, MotivoCancelacion, Respuesta

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

# By the codes of casos: what must be seen first of a person, and its tone.
AVISOS: Mapping[str, tuple[LazyString, str]] = {
    "fallecida": (_l("Falleció"), "mal"),
    "no_contactar": (_l("No contactar"), "mal"),
    "contacto_seguro": (_l("Contacto con cuidado"), "aviso"),
    "interprete": (_l("Necesita intérprete"), "aviso"),
}

# By the channel of the answer.
RESPUESTAS: Mapping[Respuesta, Mapping[str, LazyString]] = {
    Respuesta.CONFIRMA: {
        "sms": _l("Confirmó por SMS"),
        "correo": _l("Confirmó por correo"),
    },
    Respuesta.NO_VIENE: {
        "sms": _l("Avisó por SMS que no viene"),
        "correo": _l("Avisó por correo que no viene"),
    },
}

TONOS_DE_RESPUESTA: Mapping[Respuesta, str] = {
    Respuesta.CONFIRMA: "bien",
    Respuesta.NO_VIENE: "aviso",
}

MOTIVOS: Mapping[MotivoCancelacion, LazyString] = {
    MotivoCancelacion.PERSONA_NO_PUEDE: _l("La persona no puede venir"),
    MotivoCancelacion.PROFESIONAL_NO_DISPONIBLE: _l("La o el profesional no está disponible"),
    MotivoCancelacion.YA_NO_HACE_FALTA: _l("Ya no hace falta"),
    MotivoCancelacion.ERROR_DE_REGISTRO: _l("Se registró por error"),
}
