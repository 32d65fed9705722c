"""How the codes that a register is read into are said: the same on a page and on the command line,
which speaks Spanish without a request.
"""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from casos.importacion.agrupacion import SIN_NACIONALIDAD
from casos.importacion.atenciones.lectura import SIN_INSTITUCION
from casos.importacion.columnas import IDIOMAS, planilla, rotulo_de_campo
from casos.importacion.models import Tipo
from casos.importacion.vocabulario import plano
from casos.personas import catalogos
from casos.red.models import rotulo_de

CAMPOS = {
    "encabezado": _l("Títulos"),
    "fila": _l("Fila"),
    "fecha": _l("Fecha de atención"),
    "run": _l("RUN"),
    "documento": _l("Documento"),
    "nacionalidad": _l("Nacionalidad"),
    "nacimiento": _l("Nacimiento o edad"),
    "telefono": _l("Teléfono"),
    "motivo": _l("Motivo"),
    "derivado_a": _l("Derivado a"),
    "fecha_derivacion": _l("Fecha de derivación"),
}
"""The columns in which something may be that cannot be read."""


def nacionalidad(codigo: str, idioma: str = "es") -> str:
    """The country of a nationality."""
    if codigo == SIN_NACIONALIDAD:
        return str(_("Sin información"))
    return catalogos.pais(codigo, idioma)


def institucion(sigla: str) -> str:
    """To whom a row says that somebody was derived."""
    return str(_("Otra institución")) if sigla == SIN_INSTITUCION else rotulo_de(sigla)


def idioma_escrito(dicho: str) -> str | None:
    """The language that a word names, in Spanish or English, or its code; None for none."""
    llano = plano(dicho)
    for idioma in IDIOMAS:
        for codigo, nombre in catalogos.idiomas(idioma):
            if llano in {plano(nombre), codigo}:
                return codigo
    padron = planilla(Tipo.PERSONAS).esquemas["personas"]
    return padron.listas["idioma"].codigo(dicho)


def rotulo(campo: str, idioma: str = "es", tipo: Tipo | None = None) -> str:
    """How a column is called, of a file of a kind."""
    if tipo is not None and tipo is not Tipo.ATENCIONES:
        hallado = rotulo_de_campo(tipo, campo, idioma)
        if hallado is not None:
            return hallado
    return str(CAMPOS.get(campo, campo))
