"""What can be asked of the templates: what each says now, what it said, and what it lacks."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.plantillas import vigentes
from notificaciones.plantillas.catalogo import Plantilla, idiomas
from notificaciones.plantillas.models import Origen, PlantillaGuardada, VersionDePlantilla
from oficina.errors import NoEncontrado


@dataclass(frozen=True)
class Ficha:
    """A template, the version of it that is in force, and how it is used."""

    guardada: PlantillaGuardada
    en_vigor: VersionDePlantilla
    plantilla: Plantilla
    mas_nueva: int | None
    """The number of a text that the program brought after the office wrote its own."""

    @property
    def faltan(self) -> Sequence[str]:
        """The languages without a text."""
        return [clave for clave in idiomas() if clave not in self.plantilla.textos]

    @property
    def no_sirve(self) -> bool:
        """Whether the version cannot be used, so that the text of the program is."""
        return self.plantilla.textos != self.en_vigor.textos

    @property
    def version(self) -> int:
        """With which a reader may write."""
        return self.guardada.version


@dataclass(frozen=True)
class Cambio:
    """One text of two versions, line by line: what is there in both, what went and what came."""

    idioma: str
    parte: str
    lineas: Sequence[tuple[str, str]]


def fichas(session: Session) -> Sequence[Ficha]:
    """Every template, the office's own last."""
    query = (
        select(PlantillaGuardada, VersionDePlantilla)
        .join(
            VersionDePlantilla,
            (VersionDePlantilla.plantilla_id == PlantillaGuardada.id)
            & (VersionDePlantilla.numero == PlantillaGuardada.vigente),
        )
        .order_by(PlantillaGuardada.propia, PlantillaGuardada.creada_en, PlantillaGuardada.id)
    )
    nuevas = _newest_of_the_program(session)
    return [
        _ficha(guardada, version, nuevas)
        for guardada, version in session.execute(query)
        if vigentes.conocida(guardada)
    ]


def ficha(session: Session, clave: str) -> Ficha:
    """One template; raises NoEncontrado."""
    guardada = session.scalar(select(PlantillaGuardada).where(PlantillaGuardada.clave == clave))
    if guardada is None or not vigentes.conocida(guardada):
        raise NoEncontrado
    en_vigor = version(session, guardada, guardada.vigente)
    return _ficha(guardada, en_vigor, _newest_of_the_program(session))


def ficha_por_id(session: Session, plantilla_id: UUID) -> Ficha:
    """The same by its id; raises NoEncontrado."""
    guardada = session.get(PlantillaGuardada, plantilla_id)
    if guardada is None:
        raise NoEncontrado
    return ficha(session, guardada.clave)


def versiones(session: Session, guardada: PlantillaGuardada) -> Sequence[VersionDePlantilla]:
    """All of a template, the newest first."""
    return session.scalars(
        select(VersionDePlantilla)
        .where(VersionDePlantilla.plantilla_id == guardada.id)
        .order_by(VersionDePlantilla.numero.desc())
    ).all()


def version(session: Session, guardada: PlantillaGuardada, numero: int) -> VersionDePlantilla:
    """One of them; raises NoEncontrado."""
    hallada = session.scalar(
        select(VersionDePlantilla).where(
            VersionDePlantilla.plantilla_id == guardada.id, VersionDePlantilla.numero == numero
        )
    )
    if hallada is None:
        raise NoEncontrado
    return hallada


def diferencias(
    antes: Mapping[str, Mapping[str, str]], despues: Mapping[str, Mapping[str, str]]
) -> Sequence[Cambio]:
    """What the texts of two versions do not have in common, in the order of the languages."""
    cambios = []
    for idioma in idiomas():
        viejos, nuevos = antes.get(idioma, {}), despues.get(idioma, {})
        for parte in dict.fromkeys((*viejos, *nuevos)):
            viejo, nuevo = viejos.get(parte, ""), nuevos.get(parte, "")
            if viejo != nuevo:
                lineas = difflib.ndiff(viejo.splitlines(), nuevo.splitlines())
                pares = [(linea[0], linea[2:]) for linea in lineas if linea[0] != "?"]
                cambios.append(Cambio(idioma, parte, pares))
    return cambios


def _ficha(
    guardada: PlantillaGuardada, en_vigor: VersionDePlantilla, nuevas: Mapping[str, int]
) -> Ficha:
    nueva = nuevas.get(str(guardada.id))
    escrita = en_vigor.origen is Origen.OFICINA and nueva is not None and nueva > en_vigor.numero
    return Ficha(
        guardada, en_vigor, vigentes.en_uso(guardada, en_vigor), nueva if escrita else None
    )


def _newest_of_the_program(session: Session) -> Mapping[str, int]:
    query = (
        select(VersionDePlantilla.plantilla_id, VersionDePlantilla.numero)
        .where(VersionDePlantilla.origen == Origen.FABRICA)
        .order_by(VersionDePlantilla.numero)
    )
    return {str(plantilla_id): numero for plantilla_id, numero in session.execute(query)}
