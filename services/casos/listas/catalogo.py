"""The lists of casos, by their name in addresses."""

from collections.abc import Mapping

from casos.listas.casos import CASOS
from casos.listas.derivaciones import DERIVACIONES
from casos.listas.lista import Lista
from casos.listas.postulaciones import POSTULACIONES
from casos.listas.tareas import TAREAS

LISTAS: Mapping[str, Lista] = {
    lista.nombre: lista for lista in (CASOS, DERIVACIONES, TAREAS, POSTULACIONES)
}
NOMBRES = "any({})".format(", ".join(LISTAS))
