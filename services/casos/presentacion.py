"""Filters with which the templates of casos say codes in the reader's language."""

from collections.abc import Mapping
from enum import StrEnum

from babel.dates import format_skeleton
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from casos import etiquetas, frases
from casos.comunidad.discriminacion.etiquetas import TONOS as _TONOS_DE_DISCRIMINACION
from casos.comunidad.mediaciones.etiquetas import TONOS as _TONOS_DE_MEDIACION
from casos.comunidad.obstaculos.etiquetas import TONOS as _TONOS_DE_OBSTACULO
from casos.comunidad.organizaciones.etiquetas import TONOS as _TONOS_DE_ORGANIZACION
from casos.convenios.etiquetas import TONOS as _TONOS_DE_CONVENIO
from casos.derechos.etiquetas import TONOS as _TONOS_DE_SOLICITUD
from casos.derivaciones.etiquetas import TONOS as _TONOS_DE_DERIVACION
from casos.importacion import palabras
from casos.incidentes.etiquetas import TONOS as _TONOS_DE_INCIDENTE
from casos.orientaciones.etiquetas import TONOS as _TONOS_DE_FICHA
from casos.personas import catalogos
from casos.personas.models import CanalPreferido, Persona, PrecisionFecha
from casos.programas.etiquetas import TONOS as _TONOS_DE_PROGRAMA
from casos.programas.postulaciones.etiquetas import TONOS as _TONOS_DE_POSTULACION
from casos.red.etiquetas import DIAS as _DIAS
from casos.red.models import Horario
from casos.red.verificaciones.vigencia import clases_vencidas
from casos.red.vistas import direccion_visible, telefono_visible
from casos.subtemas.presentes import nombre_de_tema
from oficina.contacto import presentar_telefono
from oficina.web.i18n import fecha

_TONOS: Mapping[str, str] = {
    "abierto": "info",
    "en_evaluacion": "aviso",
    "en_gestion": "info",
    "en_seguimiento": "info",
    "suspendido": "aviso",
    "cerrado": "neutro",
    "anulado": "neutro",
    "urgente": "mal",
    "alta": "aviso",
    "normal": "neutro",
    "alto": "mal",
    "medio": "aviso",
    "bajo": "bien",
    "sin_evaluar": "neutro",
    "pendiente": "info",
    "hecha": "bien",
    "cancelada": "neutro",
    "fallecida": "mal",
    "no_contactar": "mal",
    "contacto_seguro": "aviso",
    "interprete": "aviso",
    **_TONOS_DE_POSTULACION,
    "denuncia_obligatoria": "mal",
    "plazo_vencido": "mal",
    "contacto_prohibido": "mal",
    "consentimiento_revocado": "mal",
    "sin_actividad": "aviso",
    "nna": "aviso",
    "requiere_interprete": "aviso",
    "posible_duplicado": "aviso",
    "derivacion_activa": "info",
    **{estado.value: tono for estado, tono in _TONOS_DE_DERIVACION.items()},
    **{estado.value: tono for estado, tono in _TONOS_DE_SOLICITUD.items()},
    **{estado.value: tono for estado, tono in _TONOS_DE_INCIDENTE.items()},
    **_TONOS_DE_FICHA,
    **_TONOS_DE_CONVENIO,
    **_TONOS_DE_ORGANIZACION,
    **_TONOS_DE_MEDIACION,
    **_TONOS_DE_DISCRIMINACION,
    **_TONOS_DE_OBSTACULO,
    **_TONOS_DE_PROGRAMA,
}


def init_app(app: Flask) -> None:
    """Give the filters to the templates of `app`."""
    app.jinja_env.filters.update(
        etiqueta=etiquetas.etiqueta,
        leida=frases.leida,
        tono=tono,
        tema=tema,
        pais=pais,
        pais_del_registro=pais_del_registro,
        institucion_del_registro=palabras.institucion,
        lengua=lengua,
        en_paginas=catalogos.en_paginas,
        canal=canal,
        sexo=sexo,
        telefono=presentar_telefono,
        nacimiento=nacimiento,
        pesos=pesos,
        direccion_de_sede=direccion_visible,
        telefono_de_sede=telefono_visible,
        dias_de_horario=dias_de_horario,
        clases_vencidas=clases_vencidas,
    )


def idioma_del_lector() -> str:
    """The two letters of the reader's language."""
    return str(get_locale() or "es")[:2]


def tono(codigo: StrEnum) -> str:
    """How a state is coloured; its words say the same."""
    return _TONOS.get(codigo.value, "neutro")


def tema(codigo: str) -> str:
    """The label of a theme."""
    return nombre_de_tema(codigo, idioma_del_lector())


def pais(codigo: str) -> str:
    """The name of a country."""
    return catalogos.pais(codigo, idioma_del_lector())


def pais_del_registro(codigo: str) -> str:
    """The country of a nationality as a register says it, also when it says none."""
    return palabras.nacionalidad(codigo, idioma_del_lector())


def lengua(codigo: str) -> str:
    """The name of a language."""
    return catalogos.nombre_de_idioma(codigo, idioma_del_lector())


def canal(codigo: str) -> str:
    """A way of reaching somebody."""
    return etiquetas.etiqueta(CanalPreferido(codigo))


def sexo(codigo: str | None) -> str:
    """How a sex is said; as it was written when it is none of the known ones."""
    return str(etiquetas.SEXOS.get(codigo, codigo)) if codigo else ""


def pesos(monto: int) -> str:
    """An amount in pesos, as people in Chile write it."""
    return f"-${-monto:,}".replace(",", ".") if monto < 0 else f"${monto:,}".replace(",", ".")


def dias_de_horario(horario: Horario) -> str:
    """The days on which some hours repeat: «Lunes a viernes», «Primer martes» as «1.º martes»."""
    codigos = list(_DIAS)
    dias = [codigos.index(dia[-2:]) for dia in horario.dias]
    if len(dias) > 2 and dias == list(range(dias[0], dias[-1] + 1)):
        de, a = (str(_DIAS[codigos[n]]) for n in (dias[0], dias[-1]))
        return str(_("%(desde)s a %(hasta)s", desde=de, hasta=a.lower()))
    return ", ".join(_dia(dia) for dia in horario.dias)


def _dia(dia: str) -> str:
    nombre, vez = str(_DIAS[dia[-2:]]), dia[:-2]
    if not vez:
        return nombre
    if vez.startswith("-"):
        return str(_("último %(dia)s del mes", dia=nombre.lower()))
    return str(_("%(vez)s.º %(dia)s del mes", vez=vez, dia=nombre.lower()))


def nacimiento(persona: Persona) -> str:
    """When somebody was born, as far as it is known: a day, a month, a year, or about a year."""
    dia = persona.fecha_nacimiento
    if dia is None:
        return ""
    match persona.precision_fecha:
        case PrecisionFecha.EXACTA:
            return fecha(dia)
        case PrecisionFecha.MES:
            return str(format_skeleton("yMMMM", dia, locale=idioma_del_lector()))
        case PrecisionFecha.ANIO:
            return str(dia.year)
        case _:
            return str(_("alrededor de %(anio)s", anio=dia.year))
