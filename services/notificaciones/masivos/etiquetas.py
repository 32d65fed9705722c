"""What people read for the codes of a bulk and of its rows."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from notificaciones.masivos.filas import problema_de_valor
from notificaciones.masivos.models import FilaDeEnvio
from notificaciones.masivos.states import Estado, Problema
from notificaciones.mensajes.etiquetas import MOTIVOS
from notificaciones.plantillas.catalogo import Plantilla

ESTADOS: Mapping[Estado, tuple[LazyString, str]] = {
    Estado.REVISANDO: (_l("Mirando cada fila"), "info"),
    Estado.EN_REVISION: (_l("Por confirmar"), "aviso"),
    Estado.ENVIANDO: (_l("Enviando"), "info"),
    Estado.PAUSADO: (_l("En pausa"), "aviso"),
    Estado.TERMINADO: (_l("Terminado"), "bien"),
    Estado.CANCELADO: (_l("Cancelado"), "neutro"),
    Estado.DESCARTADO: (_l("Descartado"), "neutro"),
}
PROBLEMAS: Mapping[Problema, LazyString] = {
    Problema.FALTA: _l("Falta un dato"),
    Problema.DATO: _l("Un dato no se puede leer"),
    Problema.DIRECCION: _l("No es un celular ni un correo"),
    Problema.IDIOMA: _l("No se escribe en ese idioma"),
    Problema.PERSONA_NO_HALLADA: _l("No encontramos a esa persona"),
    Problema.PERSONA_EN_VARIAS: _l("Ese documento está en más de una ficha"),
    Problema.REPETIDA: _l("Ya está más arriba"),
    Problema.CANAL: _l("La plantilla no tiene texto para esa vía"),
    Problema.LARGO: _l("El mensaje sería demasiado largo"),
    Problema.NO_SE_PIDIO: _l("Cambió algo y ya no se puede enviar"),
    Problema.SUPRIMIDA: _l("Los datos de la persona se suprimieron"),
}
COLUMNAS = {"quien": _l("a quién"), "idioma": _l("idioma")}


def porque(fila: FilaDeEnvio, plantilla: Plantilla | None) -> str:
    """Why a row makes no message, with its column, in the reader's words."""
    if fila.problema is None:
        return str(MOTIVOS[fila.motivo]) if fila.motivo is not None else ""
    dice = str(PROBLEMAS[fila.problema])
    if fila.problema is Problema.REPETIDA:
        return str(_("Ya está en la fila %(fila)s.", fila=fila.repite))
    if fila.problema is Problema.DATO and plantilla is not None and fila.datos:
        hallado = problema_de_valor(plantilla, fila.dice["valores"])
        dice = hallado[2] or dice if hallado else dice
    if fila.columna is None:
        return dice
    columna = COLUMNAS.get(fila.columna, fila.columna)
    return str(_("Columna «%(columna)s»: %(dice)s", columna=columna, dice=dice))
