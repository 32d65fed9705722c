"""How what is said of mediations reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.comunidad.mediaciones.states import (
    Accion,
    ClaseDeParte,
    Estado,
    EstadoCompromiso,
    Participa,
    ResultadoSeguimiento,
    ResultadoSesion,
)

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    Estado: {
        Estado.PREPARACION: _l("En preparación"),
        Estado.EN_CURSO: _l("En curso"),
        Estado.CON_ACUERDO: _l("Con acuerdo"),
        Estado.SIN_ACUERDO: _l("Sin acuerdo"),
        Estado.DESISTIDA: _l("Desistida"),
        Estado.TERMINADA: _l("Terminada"),
    },
    Accion: {
        Accion.AGREGAR_PARTE: _l("Invitar a una parte"),
        Accion.RESPONDER: _l("Anotar qué respondió"),
        Accion.QUITAR_PARTE: _l("Quitar una parte"),
        Accion.INICIAR: _l("Empezar las sesiones"),
        Accion.SESION: _l("Anotar una sesión"),
        Accion.COMPROMISO: _l("Anotar un compromiso"),
        Accion.ACORDAR: _l("Firmaron el acuerdo"),
        Accion.CALIFICAR: _l("Decir si se cumplió"),
        Accion.SEGUIR: _l("Anotar un seguimiento"),
        Accion.NO_ACORDAR: _l("No hubo acuerdo"),
        Accion.DESISTIR: _l("Alguien desistió"),
        Accion.TERMINAR: _l("Dar por terminada"),
    },
    ClaseDeParte: {
        ClaseDeParte.PERSONA: _l("Persona con ficha"),
        ClaseDeParte.SIN_FICHA: _l("Persona sin ficha"),
        ClaseDeParte.ORGANIZACION: _l("Organización"),
        ClaseDeParte.INSTITUCION: _l("Institución o unidad"),
    },
    Participa: {
        Participa.PENDIENTE: _l("Sin respuesta"),
        Participa.ACEPTA: _l("Acepta participar"),
        Participa.REHUSA: _l("No quiere participar"),
    },
    ResultadoSesion: {
        ResultadoSesion.AVANCE: _l("Hubo avances"),
        ResultadoSesion.SIN_AVANCE: _l("Sin avances"),
        ResultadoSesion.ACUERDO: _l("Llegaron a un acuerdo"),
        ResultadoSesion.NO_SE_REALIZO: _l("No se realizó"),
    },
    EstadoCompromiso: {
        EstadoCompromiso.PENDIENTE: _l("Pendiente"),
        EstadoCompromiso.CUMPLIDO: _l("Cumplido"),
        EstadoCompromiso.INCUMPLIDO: _l("Incumplido"),
    },
    ResultadoSeguimiento: {
        ResultadoSeguimiento.SE_CUMPLE: _l("El acuerdo se cumple"),
        ResultadoSeguimiento.EN_PARTE: _l("Se cumple en parte"),
        ResultadoSeguimiento.NO_SE_CUMPLE: _l("No se cumple"),
        ResultadoSeguimiento.SIN_CONTACTO: _l("No se pudo contactar a las partes"),
    },
}

TONOS: Mapping[str, str] = {
    Estado.PREPARACION: "aviso",
    Estado.EN_CURSO: "info",
    Estado.CON_ACUERDO: "bien",
    Estado.SIN_ACUERDO: "mal",
    Estado.DESISTIDA: "neutro",
    Estado.TERMINADA: "neutro",
    Participa.ACEPTA: "bien",
    Participa.REHUSA: "mal",
    EstadoCompromiso.CUMPLIDO: "bien",
    EstadoCompromiso.INCUMPLIDO: "mal",
}

RELATO: Mapping[str, LazyString] = {
    "abrir": _l("Se abrió la mediación %(folio)s"),
    Accion.AGREGAR_PARTE: _l("Se invitó a una parte a la mediación %(folio)s"),
    Accion.RESPONDER: _l("Una parte respondió si participa en la mediación %(folio)s"),
    Accion.QUITAR_PARTE: _l("Una parte dejó la mediación %(folio)s"),
    Accion.INICIAR: _l("Las partes aceptaron la mediación %(folio)s"),
    Accion.SESION: _l("Hubo una sesión de la mediación %(folio)s"),
    Accion.COMPROMISO: _l("Se anotó un compromiso en la mediación %(folio)s"),
    Accion.ACORDAR: _l("Hubo acuerdo en la mediación %(folio)s"),
    Accion.CALIFICAR: _l("Se anotó si se cumplió un compromiso de la mediación %(folio)s"),
    Accion.SEGUIR: _l("Se hizo un seguimiento de la mediación %(folio)s"),
    Accion.NO_ACORDAR: _l("No hubo acuerdo en la mediación %(folio)s"),
    Accion.DESISTIR: _l("Se desistió de la mediación %(folio)s"),
    Accion.TERMINAR: _l("Terminó la mediación %(folio)s"),
}
"""What happened in a mediation, in the story of its case."""
