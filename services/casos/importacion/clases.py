"""The kinds of files: who may bring each, and which one a file is when nobody says it.

One reader a kind. Rows of people (`Registro`) are loaded one by one in the background; a directory
(`Pliego`) is written whole or not at all.
"""

from collections.abc import Mapping, Sequence

from casos.importacion import tabla
from casos.importacion.atenciones import libro
from casos.importacion.atenciones.lectura import leer_hojas as leer_atenciones
from casos.importacion.atenciones.registro import RegistroDeAtenciones
from casos.importacion.columnas import planilla
from casos.importacion.models import Tipo
from casos.importacion.personas.lectura import leer_hojas as leer_personas
from casos.importacion.personas.registro import Padron
from casos.importacion.pliego import Pliego
from casos.importacion.registro import Lectura, Registro
from oficina import libros
from oficina.libros import ArchivoIlegible, Hoja
from oficina.texts import N_

PERMISOS: Mapping[Tipo, str] = {
    Tipo.ATENCIONES: "casos.importar.personas",
    Tipo.PERSONAS: "casos.importar.personas",
    Tipo.RED: "casos.red.editar",
    Tipo.PROGRAMAS: "casos.programa.editar",
}
"""What somebody must be allowed to do, to bring a file of a kind or to see one."""

Leido = Registro | Pliego


def leer(contenido: bytes, tipo: Tipo | None, admitidos: Sequence[Tipo] = tuple(Tipo)) -> Leido:
    """Read a file as what it is, or as what somebody says that it is.

    Of `admitidos` alone. Raises ArchivoIlegible.
    """
    hojas = libros.leer(contenido)
    cual = tipo or _reconocido(hojas)
    if cual not in admitidos:
        raise ArchivoIlegible(
            N_("Parece una planilla de otra clase, que su rol no trae. Diga qué trae el archivo.")
        )
    if cual is Tipo.ATENCIONES:
        return RegistroDeAtenciones.de(_atenciones(hojas, dichas=tipo is not None))
    if cual is Tipo.PERSONAS:
        return Padron.de(leer_personas(hojas))
    leida = tabla.leer(hojas, planilla(cual))
    return Pliego(cual, leida)


def _atenciones(hojas: Sequence[Hoja], *, dichas: bool) -> Lectura:
    try:
        return leer_atenciones(hojas)
    except ArchivoIlegible as error:
        if dichas or error.texto != libro.SIN_REGISTRO:
            raise
        raise ArchivoIlegible(
            N_(
                "No se reconoce por sus títulos qué trae el archivo. Diga qué trae, o copie sus "
                "filas a una de las plantillas."
            )
        ) from error


def _reconocido(hojas: Sequence[Hoja]) -> Tipo:
    """The kind of which a sheet has most columns; a register of attentions when it has none.

    Raises ArchivoIlegible when two kinds have as many.
    """
    puntajes = {Tipo.ATENCIONES: libro.puntaje(hojas)} | {
        tipo: tabla.puntaje(hojas, planilla(tipo)) for tipo in Tipo if tipo is not Tipo.ATENCIONES
    }
    mejor = max(puntajes.values())
    mejores = [tipo for tipo, puntos in puntajes.items() if puntos == mejor]
    # A tie is the register of attentions, which tells why it is none when it is not.
    if not mejor or len(mejores) == 1 or Tipo.ATENCIONES in mejores:
        return mejores[0]
    raise ArchivoIlegible(N_("Por sus títulos puede ser de más de una clase. Diga qué trae."))
