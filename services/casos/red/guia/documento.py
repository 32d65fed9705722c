"""The guide as data: the same for the page and for the PDF. Public data only (`hsds.queries`).

Labels and themes are in the reader's language; what institutions wrote stays as they wrote it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from casos.red.horarios import DIAS
from casos.red.models import EstadoServicio, Horario, Lugar, Papel, ServicioRed
from casos.red.verificaciones.models import ClaseVerificacion
from casos.red.verificaciones.vigencia import vencidas
from casos.subtemas.presentes import nombre_de_tema, temas_ofrecidos

Textos = Mapping[str, Any]


@dataclass(frozen=True)
class Linea:
    """One thing that is told of a service."""

    campo: str
    valor: str


@dataclass(frozen=True)
class Ficha:
    """A service in the guide."""

    nombre: str
    institucion: str
    lineas: Sequence[Linea]


@dataclass(frozen=True)
class Seccion:
    """The services that answer to a need."""

    titulo: str
    fichas: Sequence[Ficha]


@cache
def _datos() -> Mapping[str, Any]:
    texto = (files("casos.red.guia") / "textos.json").read_text(encoding="utf-8")
    leidos: Mapping[str, Any] = json.loads(texto)
    return leidos


def idiomas() -> dict[str, str]:
    """The languages of the guide: two letters -> its own name."""
    return {codigo: textos["idioma"] for codigo, textos in _datos()["textos"].items()}


def textos_de(idioma: str) -> Textos:
    """The words of the guide in one of its languages."""
    dichos: Textos = _datos()["textos"][idioma]
    return dichos


def secciones(servicios: Sequence[ServicioRed], idioma: str, hoy: date) -> list[Seccion]:
    """The active services by need, in the order of the taxonomy; one answers to several."""
    activos = [uno for uno in servicios if uno.estado is EstadoServicio.ACTIVO]
    hechas = []
    for codigo in temas_ofrecidos(idioma):
        fichas = [_ficha(uno, textos_de(idioma), hoy) for uno in activos if codigo in uno.temas]
        if fichas:
            hechas.append(Seccion(nombre_de_tema(codigo, idioma), fichas))
    return hechas


def documento(
    partes: Sequence[Seccion], idioma: str, hoy: date, *, demo: bool, momento: int
) -> dict[str, Any]:
    """What the typesetter is given."""
    textos = textos_de(idioma)
    return {
        "momento": momento,
        "idioma": idioma,
        "titulo": textos["titulo"],
        "subtitulo": al_dia(hoy, textos),
        "aviso": " ".join([textos["aviso"], *([textos["demo"]] if demo else [])]),
        "vacio": textos["vacio"],
        "secciones": [
            {
                "titulo": parte.titulo,
                "fichas": [
                    {
                        "nombre": ficha.nombre,
                        "institucion": ficha.institucion,
                        "lineas": [
                            {"campo": linea.campo, "valor": linea.valor} for linea in ficha.lineas
                        ],
                    }
                    for ficha in parte.fichas
                ],
            }
            for parte in partes
        ],
    }


def al_dia(hoy: date, textos: Textos) -> str:
    """Of which day the guide is."""
    return f"{textos['al']} {_dia(hoy)}"


def _ficha(uno: ServicioRed, textos: Textos, hoy: date) -> Ficha:
    lenguas = [_datos()["lenguas"].get(codigo, codigo) for codigo in uno.idiomas]
    lenguas += [textos["interprete"]] if uno.interprete else []
    lineas = [
        *(_lugar(lugar, textos) for lugar in uno.lugares if not lugar.sede.confidencial),
        Linea(textos["telefono"], uno.institucion.telefono or ""),
        Linea(textos["lenguas"], ", ".join(lenguas)),
        Linea(textos["edades"], _edades(uno, textos)),
        Linea(textos["costo"], uno.costo),
        Linea(textos["documentos"], "; ".join(uno.documentos_requeridos) or textos["ninguno"]),
        Linea(textos["verificado"], _verificado(uno, textos, hoy)),
    ]
    return Ficha(uno.nombre, uno.institucion.titulo, [linea for linea in lineas if linea.valor])


def _verificado(uno: ServicioRed, textos: Textos, hoy: date) -> str:
    """The day, and whether it is so long ago that one should ask before going."""
    dicho = _dia(uno.verificado_el) if uno.verificado_el else textos["sin_verificar"]
    dudosas = {una.clase for una in vencidas(uno, hoy)} - {ClaseVerificacion.CAPACIDAD}
    return f"{dicho} ({textos['vencido']})" if dudosas else str(dicho)


def _lugar(lugar: Lugar, textos: Textos) -> Linea:
    campo = textos["donde"] if lugar.papel is Papel.ATENCION else textos["ingreso"]
    sede = lugar.sede
    donde = ", ".join(uno for uno in (sede.nombre, sede.direccion, sede.comuna) if uno)
    horas = "; ".join(_horas(horario, textos) for horario in lugar.horarios)
    partes = (donde, f"{textos['telefono']} {sede.telefono}" if sede.telefono else "", horas)
    return Linea(campo, ". ".join(uno for uno in (*partes, lugar.nota) if uno))


def _horas(horario: Horario, textos: Textos) -> str:
    lugares = [DIAS.index(dia) for dia in horario.dias if dia in DIAS]
    seguidos = bool(lugares) and lugares == [lugares[0] + n for n in range(len(horario.dias))]
    de = [_dia_de(dia, textos) for dia in horario.dias]
    dias = f"{de[0]}–{de[-1]}" if seguidos and len(de) > 2 else ", ".join(de)
    return f"{dias} {horario.abre:%H:%M}–{horario.cierra:%H:%M}"


def _dia_de(dia: str, textos: Textos) -> str:
    nombre, vez = textos["dias"][dia[-2:]], dia[:-2]
    if not vez:
        return str(nombre)
    cual = textos["ultima"] if vez.startswith("-") else f"{vez}. {textos['semanas']}"
    return f"{nombre} ({cual})"


def _edades(uno: ServicioRed, textos: Textos) -> str:
    desde = f"{textos['desde']} {uno.edad_min}" if uno.edad_min is not None else ""
    hasta = f"{textos['hasta']} {uno.edad_max}" if uno.edad_max is not None else ""
    return " ".join(parte for parte in (desde, hasta) if parte)


def _dia(dia: date) -> str:
    return f"{dia:%d/%m/%Y}"
