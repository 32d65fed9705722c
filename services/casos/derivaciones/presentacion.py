"""How a package is read by people: codes become words in the reader's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from casos.derivaciones.etiquetas import ETIQUETAS
from casos.derivaciones.paquete import Categoria, Dato
from casos.etiquetas import etiqueta
from casos.personas.catalogos import nombre_de_idioma, pais
from casos.situaciones.catalogo import categoria
from oficina.contacto import presentar_telefono
from oficina.identity_docs import TipoDocumento


@dataclass(frozen=True)
class Linea:
    """One datum as it is shown."""

    etiqueta: str
    valor: str


def linea(dato: Dato, idioma: str) -> Linea:
    """A datum with its name and its value in words."""
    nombre = str(ETIQUETAS[Categoria][dato.categoria])
    if dato.categoria is Categoria.DOCUMENTO:
        nombre = etiqueta(TipoDocumento(dato.detalle))
    en_palabras = _EN_PALABRAS.get(dato.categoria)
    return Linea(nombre, en_palabras(dato.valor, idioma) if en_palabras else dato.valor)


_EN_PALABRAS: Mapping[Categoria, Callable[[str, str], str]] = {
    Categoria.IDIOMA: nombre_de_idioma,
    Categoria.NACIONALIDAD: pais,
    Categoria.SITUACION_MIGRATORIA: categoria,
    Categoria.TELEFONO: lambda numero, _idioma: presentar_telefono(numero),
    Categoria.INTERPRETE: lambda _valor, _idioma: str(_("Necesita intérprete")),
    # A day, a month or a year, as it is known.
    Categoria.FECHA_NACIMIENTO: lambda fecha, _idioma: "-".join(reversed(fecha.split("-"))),
}
