"""How deadlines are said to people."""

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from casos.plazos.atrasos import Grupo, Situacion
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.queries import nivel_a_la_fecha
from oficina.calendar_cl import Unidad


def situacion(plazo: Plazo, ahora: datetime) -> tuple[str, str]:
    """How a deadline stands, and the tone of its badge."""
    nivel = nivel_a_la_fecha(plazo, ahora)
    if plazo.estado is EstadoPlazo.CANCELADO and nivel < 100:
        return _("Sin efecto"), "neutro"
    if plazo.estado is EstadoPlazo.CUMPLIDO:
        tarde = nivel >= 100
        return (_("Cumplido fuera de plazo"), "aviso") if tarde else (_("Cumplido"), "bien")
    if plazo.estado is EstadoPlazo.PAUSADO:
        return _("En pausa"), "neutro"
    return de_nivel(nivel)


def de_nivel(nivel: int) -> tuple[str, str]:
    """How a deadline stands that runs and has reached a stage, and the tone of its badge."""
    if nivel >= 100:
        return _("Vencido"), "mal"
    if nivel >= 80:
        return _("Por vencer"), "aviso"
    if nivel >= 50:
        return _("Pasó la mitad"), "info"
    return _("En plazo"), "info"


def de_situacion(situacion: Situacion) -> tuple[str, str]:
    """How a deadline stands in the list of what is late, and the tone of its badge."""
    match situacion:
        case Situacion.ATRASADO:
            return _("Vencido"), "mal"
        case Situacion.POR_VENCER:
            return _("Por vencer"), "aviso"
        case Situacion.EN_PLAZO:
            return _("En plazo"), "info"
        case Situacion.EN_PAUSA:
            return _("En pausa"), "neutro"


def de_origen(plazo: Plazo) -> str:
    """Who says how long a deadline is: the service that day, or a version of the rules."""
    if plazo.acuerdo_dias is not None:
        return str(
            ngettext(
                "El servicio, que se comprometió a %(num)s día hábil",
                "El servicio, que se comprometió a %(num)s días hábiles",
                plazo.acuerdo_dias,
            )
        )
    return str(_("Reglas de los plazos, versión %(version)s", version=plazo.reglas_version))


def de_grupo(grupo: Grupo) -> str:
    """By whom deadlines are counted."""
    match grupo:
        case Grupo.RESPONSABLE:
            return str(_("Quién responde"))
        case Grupo.UNIDAD:
            return str(_("Unidad"))
        case Grupo.INSTITUCION:
            return str(_("Institución"))


def de_cuanto(cuanto: int, unidad: Unidad) -> str:
    """How long a clock runs."""
    if cuanto == 0:
        return str(_("El mismo día"))
    match unidad:
        case "dias_habiles":
            return str(ngettext("%(num)s día hábil", "%(num)s días hábiles", cuanto))
        case "dias_corridos":
            return str(ngettext("%(num)s día corrido", "%(num)s días corridos", cuanto))
        case "horas":
            return str(ngettext("%(num)s hora", "%(num)s horas", cuanto))
