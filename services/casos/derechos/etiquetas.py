"""How codes of requests about somebody's data are said to people."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.bloqueos.models import Causa
from casos.copias.states import EstadoCopia
from casos.derechos.states import Accion, Derecho, Entrega, Estado, Identidad
from casos.supresion.states import Estado as EstadoSupresion

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Derecho: {
        Derecho.ACCESO: _l("Acceso: qué datos tiene la oficina"),
        Derecho.RECTIFICACION: _l("Rectificación: corregir datos"),
        Derecho.SUPRESION: _l("Supresión: eliminar sus datos"),
        Derecho.OPOSICION: _l("Oposición: que no se usen para algo"),
        Derecho.PORTABILIDAD: _l("Portabilidad: llevarse sus datos"),
        Derecho.BLOQUEO: _l("Bloqueo: guardarlos sin usarlos"),
    },
    Estado: {
        Estado.RECIBIDA: _l("Recibida"),
        Estado.EN_TRAMITE: _l("En trámite"),
        Estado.PRORROGADA: _l("Prorrogada"),
        Estado.RESPONDIDA: _l("Respondida"),
        Estado.RECHAZADA: _l("Rechazada"),
    },
    Accion: {
        Accion.TRAMITAR: _l("Tomar la solicitud"),
        Accion.PRORROGAR: _l("Prorrogar el plazo"),
        Accion.RESPONDER: _l("Responder que se hizo"),
        Accion.RECHAZAR: _l("Rechazar la solicitud"),
    },
    Identidad: {
        Identidad.DOCUMENTO_A_LA_VISTA: _l("Mostró un documento"),
        Identidad.DATOS_COTEJADOS: _l("Se cotejaron datos que solo ella conoce"),
        Identidad.CONOCIDA_POR_EL_EQUIPO: _l("Alguien del equipo la conoce"),
        Identidad.PODER_A_LA_VISTA: _l("Mostró el poder para representarla"),
    },
    Causa: {
        Causa.SOLICITUD: _l("La persona lo pidió"),
        Causa.MIENTRAS_SE_RESUELVE: _l("Hasta que se resuelva su solicitud"),
    },
    EstadoSupresion: {
        EstadoSupresion.PROPUESTA: _l("Espera que la confirmen"),
        EstadoSupresion.EJECUTADA: _l("Esperando a los servicios"),
        EstadoSupresion.TERMINADA: _l("Suprimida en todos los servicios"),
        EstadoSupresion.NEGADA: _l("No se confirmó"),
    },
    EstadoCopia: {
        EstadoCopia.PEDIDA: _l("Pedida"),
        EstadoCopia.EN_PROCESO: _l("Preparándose"),
        EstadoCopia.LISTA: _l("Lista"),
        EstadoCopia.FALLIDA: _l("No se pudo preparar"),
        EstadoCopia.CADUCADA: _l("Ya no se puede descargar"),
    },
    Entrega: {
        Entrega.EN_PERSONA: _l("En persona"),
        Entrega.CORREO: _l("Por correo electrónico"),
        Entrega.CARTA: _l("Por carta"),
    },
}

TONOS: Mapping[StrEnum, str] = {
    EstadoSupresion.PROPUESTA: "aviso",
    EstadoSupresion.EJECUTADA: "info",
    EstadoSupresion.TERMINADA: "bien",
    EstadoSupresion.NEGADA: "mal",
    EstadoCopia.PEDIDA: "info",
    EstadoCopia.EN_PROCESO: "info",
    EstadoCopia.LISTA: "bien",
    EstadoCopia.FALLIDA: "mal",
    EstadoCopia.CADUCADA: "neutro",
    Estado.RECIBIDA: "info",
    Estado.EN_TRAMITE: "info",
    Estado.PRORROGADA: "aviso",
    Estado.RESPONDIDA: "bien",
    Estado.RECHAZADA: "mal",
}

HECHAS: Mapping[Accion | None, LazyString] = {
    None: _l("Se recibió"),
    Accion.TRAMITAR: _l("La tomó quien responde"),
    Accion.PRORROGAR: _l("Se prorrogó el plazo"),
    Accion.RESPONDER: _l("Se respondió"),
    Accion.RECHAZAR: _l("Se rechazó"),
}
