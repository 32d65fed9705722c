"""The list as a file: institutions and their public telephone, no person's name nor contact."""

from collections.abc import Iterable, Iterator, Sequence

from flask_babel import gettext as _

from casos.etiquetas import etiqueta
from casos.red.verificaciones.queries import PorVerificar


def titulos() -> Sequence[str]:
    """The first line."""
    return [
        _("Institución"),
        _("Teléfono"),
        _("Servicio"),
        _("Código"),
        _("Por verificar"),
        _("Vencido desde"),
        _("Verificado el"),
        _("Horario y contacto verificados el"),
        _("Cupo informado el"),
    ]


def filas(hallados: Iterable[PorVerificar]) -> Iterator[Sequence[object]]:
    """A line each."""
    for uno in hallados:
        servicio = uno.servicio
        yield [
            servicio.institucion.nombre,
            servicio.institucion.telefono,
            servicio.nombre,
            servicio.codigo,
            "; ".join(etiqueta(clase) for clase in uno.clases),
            uno.vence_el,
            servicio.verificado_el,
            servicio.contacto_verificado_el,
            servicio.capacidad_el,
        ]
