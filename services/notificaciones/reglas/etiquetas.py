"""What people read for the codes of a rule of reminders."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.reglas.calculo import CanalDeRegla, IdiomaDeRegla, Razon
from notificaciones.reglas.ejemplos import Caso
from notificaciones.reglas.models import Origen

NOMBRES: Mapping[str, LazyString] = {
    "Dos días antes": _l("Dos días antes"),
    "Tres horas antes": _l("Tres horas antes"),
}
"""What the rules are called that come with the program, by their name in reglas.json."""

CANALES: Mapping[CanalDeRegla, LazyString] = {
    CanalDeRegla.PREFERIDO: _l("El que la persona prefiere"),
    CanalDeRegla.SMS: _l("Mensaje de texto"),
    CanalDeRegla.CORREO: _l("Correo electrónico"),
}

IDIOMAS: Mapping[IdiomaDeRegla, LazyString] = {
    IdiomaDeRegla.PERSONA: _l("El de la persona; en español si no hay texto en el suyo"),
    IdiomaDeRegla.BASE: _l("Siempre en español"),
}

ORIGENES: Mapping[Origen, LazyString] = {
    Origen.FABRICA: _l("Vino con el programa"),
    Origen.OFICINA: _l("La escribió la oficina"),
}

CASOS: Mapping[Caso, LazyString] = {
    Caso.PROPIO: _l("La cita que usted prueba"),
    Caso.TEMPRANO: _l("Temprano en la mañana"),
    Caso.MEDIA_MANANA: _l("A media mañana"),
    Caso.TARDE: _l("Por la tarde"),
    Caso.TRAS_FERIADO: _l("Después de un feriado"),
    Caso.TRAS_CAMBIO_DE_HORA: _l("Después del cambio de hora"),
}

RAZONES: Mapping[Razon, LazyString] = {
    Razon.A_SU_HORA: _l("Sale a la hora que dice la regla."),
    Razon.VENTANA: _l("La hora que dice la regla queda fuera de la ventana: espera a que abra."),
    Razon.FERIADO: _l("El día que dice la regla es feriado: sale al abrir la ventana después."),
    Razon.VISPERA: _l("La ventana abriría demasiado tarde: sale la víspera."),
}

CAMPOS: Mapping[str, LazyString] = {
    "nombre": _l("Nombre"),
    "antes_horas": _l("Horas antes de la cita"),
    "a_las": _l("A esta hora de ese día"),
    "desde": _l("Se escribe desde las"),
    "hasta": _l("Se escribe hasta las"),
    "en_feriados": _l("También en feriados"),
    "vispera": _l("Hora en la víspera"),
    "margen_horas": _l("Horas que deben quedar"),
    "caduca_antes_horas": _l("Horas antes en que caduca"),
    "canal": _l("Por"),
    "otra_via": _l("Si no se puede, por la otra vía"),
    "idioma": _l("Idioma"),
    "plantilla": _l("Mensaje"),
    "lugares": _l("Solo para citas en"),
}


def nombre_de_regla(nombre: str) -> str:
    """What the reader calls a rule: as it was named, unless it came with the program."""
    return str(NOMBRES.get(nombre, nombre))
