"""Which rules contradict themselves or one another: they are refused before they are kept."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from notificaciones.reglas.calculo import Recordatorio, planificar
from notificaciones.reglas.etiquetas import nombre_de_regla
from notificaciones.reglas.queries import ReglaVigente
from oficina.errors import DatosInvalidos

# A fortnight of appointments at every half hour of the day, with holidays in it: two rules that
# leave at the same moment for each of them are one rule written twice.
_MUESTRA = tuple(
    datetime(2026, 9, 14, 11, tzinfo=UTC) + timedelta(days=dia, minutes=30 * media)
    for dia in range(14)
    for media in range(20)
)
_ANTES = datetime(2026, 1, 1, tzinfo=UTC)


def exigir_coherente(dice: Recordatorio, otras: Iterable[ReglaVigente]) -> None:
    """Raise DatosInvalidos, by the form's field, for a rule that can never do what it says, or that
    leaves with another one of those that are on.
    """
    errores = _contradictions(dice)
    if not errores:
        for otra in otras:
            if _lugares_en_comun(dice, otra.dice) and _same_moment(dice, otra.dice):
                errores["antes_horas"].append(
                    _(
                        "La regla «%(nombre)s» sale en el mismo momento.",
                        nombre=nombre_de_regla(otra.dice.nombre),
                    )
                )
                break
    if errores:
        raise DatosInvalidos(dict(errores))


def _contradictions(dice: Recordatorio) -> defaultdict[str, list[str]]:
    errores: defaultdict[str, list[str]] = defaultdict(list)
    if dice.ventana.desde >= dice.ventana.hasta:
        errores["hasta"].append(_("La ventana está vacía: debe terminar después de empezar."))
        return errores
    for campo, hora in (("a_las", dice.a_las), ("vispera", dice.vispera)):
        if hora is not None and not dice.ventana.contiene(hora):
            errores[campo].append(_("Esa hora queda fuera de la ventana."))
    if dice.caduca_antes_horas >= dice.antes_horas:
        errores["caduca_antes_horas"].append(
            _("Caducaría antes de salir: debe ser menos que las horas de antelación.")
        )
    elif dice.margen_horas > dice.antes_horas:
        errores["margen_horas"].append(
            _("No puede ser más que las horas de antelación: siempre saldría la víspera.")
        )
    elif dice.margen_horas <= dice.caduca_antes_horas:
        errores["margen_horas"].append(
            _("Debe ser más que las horas en que caduca: podría caducar antes de salir.")
        )
    return errores


def _lugares_en_comun(una: Recordatorio, otra: Recordatorio) -> bool:
    return not una.lugares or not otra.lugares or bool(una.lugares & otra.lugares)


def _same_moment(una: Recordatorio, otra: Recordatorio) -> bool:
    return all(
        planificar(una, inicia, _ANTES).enviar_en == planificar(otra, inicia, _ANTES).enviar_en
        for inicia in _MUESTRA
    )
