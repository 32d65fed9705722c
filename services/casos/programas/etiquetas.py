"""How what is said of programmes reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.programas.models import Fuente, Reparto, TipoBeneficio, TipoMovimiento
from casos.programas.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.BORRADOR: _l("En preparación"),
        Estado.ABIERTO: _l("Abierto"),
        Estado.CERRADO: _l("Cerrado"),
    },
    Accion: {
        Accion.EDITAR: _l("Corregir"),
        Accion.EXIGIR: _l("Cambiar requisitos"),
        Accion.ASIGNAR: _l("Anotar presupuesto"),
        Accion.ABRIR: _l("Abrir el programa"),
        Accion.CERRAR: _l("Cerrar el programa"),
    },
    Fuente: {
        Fuente.MUNICIPAL: _l("Fondos municipales"),
        Fuente.GORE: _l("Gobierno regional"),
        Fuente.CENTRAL: _l("Gobierno central"),
        Fuente.CONVENIO: _l("Convenio"),
    },
    Reparto: {
        Reparto.POR_HOGAR: _l("Una vez por hogar"),
        Reparto.POR_PERSONA: _l("Una vez por persona, aunque vivan juntas"),
    },
    TipoBeneficio: {
        TipoBeneficio.DINERO: _l("Dinero"),
        TipoBeneficio.ESPECIE: _l("Especies"),
        TipoBeneficio.SERVICIO: _l("Servicio"),
    },
    TipoMovimiento: {
        TipoMovimiento.ASIGNACION: _l("Asignación"),
        TipoMovimiento.RESERVA: _l("Reserva"),
        TipoMovimiento.LIBERACION: _l("Liberación"),
        TipoMovimiento.ENTREGA: _l("Entrega"),
    },
}

SE_HIZO: Mapping[str, LazyString] = {
    "casos.programa.crear": _l("Se creó"),
    "casos.programa.editar": _l("Se corrigió"),
    "casos.programa.exigir": _l("Cambiaron sus requisitos"),
    "casos.programa.asignar": _l("Se anotó presupuesto"),
    "casos.programa.abrir": _l("Se abrió"),
    "casos.programa.cerrar": _l("Se cerró"),
}
"""What changed a programme, by the action of the audit."""

TONOS: Mapping[str, str] = {Estado.BORRADOR: "neutro"}
"""The others are coloured as those of a case."""
