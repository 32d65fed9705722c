"""What the filters of several lists offer to choose from."""

from collections.abc import Callable, Sequence
from enum import StrEnum

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from casos import etiquetas
from casos.alcance import Alcance
from casos.equipo import equipo
from casos.expedientes.models import Caso
from casos.presentacion import idioma_del_lector
from casos.red.queries import instituciones as de_la_red
from casos.subtemas.presentes import temas_ofrecidos

Opciones = Sequence[tuple[str, str]]
Elegir = Callable[[Session, Alcance], Opciones]


def codigos(tipo: type[StrEnum], *sin: StrEnum) -> Elegir:
    """Every code of a kind."""
    return lambda _session, _alcance: etiquetas.opciones(tipo, *sin)


def temas(_session: Session, _alcance: Alcance) -> Opciones:
    """The themes that the office offers, its own below them."""
    return list(temas_ofrecidos(idioma_del_lector()).items())


def responsables(_session: Session, _alcance: Alcance) -> Opciones:
    """Who may answer for a case."""
    return [(str(uno.id), uno.nombre) for uno in equipo().profesionales()]


def nombrables(_session: Session, _alcance: Alcance) -> Opciones:
    """Who may do a task."""
    return [(str(uno.id), uno.nombre) for uno in equipo().nombrables()]


def unidades(session: Session, alcance: Alcance) -> Opciones:
    """The units of the cases that are the reader's work."""
    codigos_ = session.scalars(
        select(Caso.unidad).where(alcance.casos(), Caso.unidad != "").distinct()
    )
    dichas = [(uno, equipo().unidad(uno)) for uno in codigos_]
    return sorted(dichas, key=lambda par: par[1])


def instituciones(session: Session, _alcance: Alcance) -> Opciones:
    """The institutions of the network."""
    return [(str(una.id), una.nombre) for una in de_la_red(session)]


def del_tema(codigo: str) -> ColumnElement[bool]:
    """Cases of a theme, or of one below it: REG is also REG.TEMP."""
    return or_(Caso.tema == codigo, Caso.tema.startswith(f"{codigo}.", autoescape=True))
