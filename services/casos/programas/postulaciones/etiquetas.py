"""How what is said of applications reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.programas.postulaciones.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.BORRADOR: _l("Borrador"),
        Estado.INGRESADA: _l("Ingresada"),
        Estado.EN_REVISION: _l("En revisión"),
        Estado.OBSERVADA: _l("Observada: falta algo"),
        Estado.APROBADA: _l("Aprobada"),
        Estado.RECHAZADA: _l("Rechazada"),
        Estado.ENTREGADA: _l("Entregada"),
        Estado.RENDIDA: _l("Rendida"),
        Estado.CADUCADA: _l("Caducada"),
        Estado.RENUNCIADA: _l("La persona renunció"),
        Estado.ANULADA: _l("Anulada"),
    },
    Accion: {
        Accion.EDITAR: _l("Corregir"),
        Accion.INGRESAR: _l("Ingresar la postulación"),
        Accion.REVISAR: _l("Empezar a revisar"),
        Accion.COMPROBAR: _l("Comprobar requisitos"),
        Accion.OBSERVAR: _l("Pedir lo que falta"),
        Accion.RESPONDER: _l("Llegó lo que faltaba"),
        Accion.ESPERAR: _l("Poner en lista de espera"),
        Accion.APROBAR: _l("Aprobar"),
        Accion.RECHAZAR: _l("Rechazar"),
        Accion.ENTREGAR: _l("Entregar"),
        Accion.RENDIR: _l("Rendir"),
        Accion.RENUNCIAR: _l("La persona renuncia"),
        Accion.ANULAR: _l("Anular"),
        Accion.CADUCAR: _l("Caducar"),
    },
}

SE_HIZO: Mapping[Accion, LazyString] = {
    Accion.EDITAR: _l("Se corrigió"),
    Accion.INGRESAR: _l("Se ingresó"),
    Accion.REVISAR: _l("Empezó la revisión"),
    Accion.COMPROBAR: _l("Se comprobaron requisitos"),
    Accion.OBSERVAR: _l("Se pidió lo que falta"),
    Accion.RESPONDER: _l("Llegó lo que faltaba"),
    Accion.ESPERAR: _l("Pasó a la lista de espera"),
    Accion.APROBAR: _l("Se aprobó"),
    Accion.RECHAZAR: _l("Se rechazó"),
    Accion.ENTREGAR: _l("Se entregó"),
    Accion.RENDIR: _l("Se rindió"),
    Accion.RENUNCIAR: _l("La persona renunció"),
    Accion.ANULAR: _l("Se anuló"),
    Accion.CADUCAR: _l("Caducó"),
}
"""How the history tells of each step."""

TONOS: Mapping[str, str] = {
    Estado.INGRESADA: "info",
    Estado.EN_REVISION: "info",
    Estado.OBSERVADA: "aviso",
    Estado.APROBADA: "bien",
    Estado.RECHAZADA: "mal",
    Estado.ENTREGADA: "bien",
    Estado.RENDIDA: "bien",
    Estado.CADUCADA: "neutro",
    Estado.RENUNCIADA: "neutro",
    Estado.ANULADA: "neutro",
}
