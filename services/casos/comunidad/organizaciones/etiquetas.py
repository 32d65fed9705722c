"""How what is said of organisations reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.comunidad.organizaciones.models import Cargo, RegistroPersonalidad, TipoOrganizacion
from casos.comunidad.organizaciones.schemas import Directivas
from casos.comunidad.organizaciones.states import Accion, Estado

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    TipoOrganizacion: {
        TipoOrganizacion.COMUNITARIA: _l("Organización comunitaria funcional"),
        TipoOrganizacion.ASOCIACION: _l("Asociación o corporación"),
        TipoOrganizacion.FUNDACION: _l("Fundación"),
        TipoOrganizacion.CULTURAL: _l("Agrupación cultural"),
        TipoOrganizacion.DEPORTIVA: _l("Club deportivo"),
        TipoOrganizacion.RELIGIOSA: _l("Comunidad religiosa"),
        TipoOrganizacion.DE_HECHO: _l("Colectivo sin inscribir"),
    },
    RegistroPersonalidad: {
        RegistroPersonalidad.MUNICIPAL: _l("Secretaría municipal (Ley 19.418)"),
        RegistroPersonalidad.NACIONAL: _l(
            "Registro nacional de personas jurídicas sin fines de lucro (Ley 20.500)"
        ),
        RegistroPersonalidad.RELIGIOSO: _l("Entidades religiosas (Ley 19.638)"),
    },
    Cargo: {
        Cargo.PRESIDENCIA: _l("Presidencia"),
        Cargo.VICEPRESIDENCIA: _l("Vicepresidencia"),
        Cargo.SECRETARIA: _l("Secretaría"),
        Cargo.TESORERIA: _l("Tesorería"),
    },
    Directivas: {
        Directivas.VIGENTE: _l("Con directiva vigente"),
        Directivas.POR_VENCER: _l("Con directiva por vencer"),
        Directivas.VENCIDA: _l("Con directiva vencida"),
        Directivas.SIN_DIRECTIVA: _l("Sin directiva registrada"),
    },
    Estado: {
        Estado.ACTIVA: _l("Activa"),
        Estado.EN_RECESO: _l("En receso"),
        Estado.DISUELTA: _l("Disuelta"),
    },
    Accion: {
        Accion.EDITAR: _l("Corregir"),
        Accion.DIRECTIVA: _l("Registrar una directiva"),
        Accion.RECESO: _l("Dejar en receso"),
        Accion.RETOMAR: _l("Retomar"),
        Accion.DISOLVER: _l("Dar por disuelta"),
        Accion.QUITAR_NOMBRE: _l("Quitar un nombre"),
    },
}

TONOS: Mapping[str, str] = {
    Estado.ACTIVA: "bien",
    Estado.EN_RECESO: "aviso",
    Estado.DISUELTA: "neutro",
}

HISTORIA: Mapping[str, LazyString] = {
    "registrar": _l("Se registró"),
    Accion.EDITAR: _l("Se corrigió"),
    Accion.DIRECTIVA: _l("Se registró una directiva"),
    Accion.RECESO: _l("Quedó en receso"),
    Accion.RETOMAR: _l("Retomó sus actividades"),
    Accion.DISOLVER: _l("Se dio por disuelta"),
    Accion.QUITAR_NOMBRE: _l("Se quitó un nombre de una directiva"),
    "vencer_directiva": _l("Terminó el período de su directiva"),
}
"""What happened to an organisation, by the code of its step."""
