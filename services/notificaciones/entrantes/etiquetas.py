"""What people read for the codes of an answer, and the tone of a state's badge."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.entrantes.states import Efecto, Estado

EFECTOS: Mapping[Efecto, LazyString] = {
    Efecto.CITA_CONFIRMADA: _l("Confirma su cita: quedó anotado en ella."),
    Efecto.CITA_RECHAZADA: _l("No viene a su cita: quedó anotado en ella y se avisó."),
    Efecto.DERIVACION_CONFIRMADA: _l(
        "Dice que la atendieron: queda en su derivación, si aún se espera."
    ),
    Efecto.DERIVACION_DISPUTADA: _l(
        "Dice que no la atendieron: queda en su derivación y se avisa, si aún se espera."
    ),
    Efecto.DE_BAJA: _l("No quiere más mensajes ahí: está en Bajas y no se le escribe."),
    Efecto.DE_ALTA: _l("Quiere mensajes otra vez: sus bajas se levantaron."),
    Efecto.AYUDA: _l("Pide ayuda."),
    Efecto.NO_ENTENDIDA: _l("No es una palabra que la oficina entienda por sí sola: léala."),
    Efecto.SIN_CITA: _l("Contesta sí o no, y ninguna pregunta ni recordatorio vigente salió ahí."),
    Efecto.VARIAS_CITAS: _l("Contesta sí o no, y no se sabe a qué: pregúntele."),
    Efecto.PERSONA_BLOQUEADA: _l("Contesta sí o no, y los datos de la persona están bloqueados."),
}

ESTADOS: Mapping[Estado, LazyString] = {
    Estado.PENDIENTE: _l("Por atender"),
    Estado.ATENDIDA: _l("Atendida"),
    Estado.RESUELTA: _l("Sin nada que hacer"),
}

TONOS: Mapping[Estado, str] = {
    Estado.PENDIENTE: "aviso",
    Estado.ATENDIDA: "bien",
    Estado.RESUELTA: "neutro",
}
