"""What a text finds, kind by kind, each as far as its reader may see it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.buscador.folios import Folio, PorFolio, folio_de, por_folio
from casos.comunidad.organizaciones.models import Organizacion
from casos.comunidad.organizaciones.queries import organizaciones
from casos.comunidad.organizaciones.schemas import Filtro as FiltroOrganizaciones
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso
from casos.personas import busqueda
from casos.personas.busqueda import Consulta, Resultados
from casos.personas.nombres import palabras
from casos.programas.models import Programa
from casos.programas.postulaciones.models import Postulacion
from casos.programas.queries import programas
from casos.red.models import ServicioRed
from casos.red.queries import servicios
from oficina import clock

MAXIMO = 10
"""How many of a kind are shown; its own page shows more."""


@dataclass(frozen=True)
class Encontrado:
    """What a text found. `personas` is None to who does not look for people."""

    consulta: Consulta
    personas: Resultados | None = None
    casos: Sequence[Caso] = ()
    derivaciones: Sequence[Derivacion] = ()
    postulaciones: Sequence[Postulacion] = ()
    programas: Sequence[Programa] = ()
    servicios: Sequence[ServicioRed] = ()
    organizaciones: Sequence[Organizacion] = ()
    por_folio: Sequence[PorFolio] = ()
    mas: frozenset[str] = field(default_factory=frozenset)
    """The kinds of which there are more."""

    @property
    def cuantos(self) -> int:
        """How many things are shown."""
        de_personas = len(self.personas.filas) + len(self.personas.ajenos) if self.personas else 0
        return de_personas + sum(
            map(
                len,
                (
                    self.casos,
                    self.derivaciones,
                    self.postulaciones,
                    self.programas,
                    self.servicios,
                    self.organizaciones,
                    self.por_folio,
                ),
            )
        )


def encontrar(
    session: Session, texto: str, alcance: Alcance, permisos: frozenset[str]
) -> Encontrado:
    """Whatever a text finds of what these permissions let the reader look for."""
    consulta = busqueda.reconocer(texto)
    folio = folio_de(consulta.texto)
    personas = None
    if "casos.persona.ver" in permisos and not consulta.vacia:
        personas = busqueda.buscar(session, consulta, alcance)
    partes: dict[str, Sequence[object]] = {}
    if "casos.caso.bandeja" in permisos and _es(folio, "OM"):
        partes["casos"] = _casos(session, folio, alcance)
    if "casos.derivacion.ver" in permisos and _es(folio, "D"):
        partes["derivaciones"] = _derivaciones(session, folio, alcance)
    if "casos.postulacion.ver" in permisos and _es(folio, "PO"):
        partes["postulaciones"] = _postulaciones(session, folio, alcance)
    if folio is not None:
        partes["por_folio"] = por_folio(session, folio, alcance, permisos, maximo=MAXIMO + 1)
    # Letters of another folio are no words: D-2026-000001 is not of every programme of 2026.
    es_otro = consulta.folio_persona or (folio is not None and folio.serie not in {"PG", "OR"})
    buscadas = () if es_otro else palabras(consulta.texto)
    if buscadas and "casos.programa.ver" in permisos:
        partes["programas"] = [
            uno
            for uno in programas(session, todos=True)
            if _dice(f"{uno.folio} {uno.nombre} {uno.anio}", buscadas)
        ]
    if buscadas and "casos.red.ver" in permisos:
        partes["servicios"] = servicios(session, texto=consulta.texto)
    if buscadas and "casos.organizacion.ver" in permisos:
        pedido = FiltroOrganizaciones(texto=consulta.texto)
        partes["organizaciones"] = organizaciones(session, pedido, clock.today())
    mas = frozenset(nombre for nombre, parte in partes.items() if len(parte) > MAXIMO)
    mostradas = {nombre: parte[:MAXIMO] for nombre, parte in partes.items()}
    return Encontrado(consulta, personas, mas=mas, **mostradas)  # type: ignore[arg-type]  # each is of its kind


def _es(folio: Folio | None, serie: str) -> bool:
    return folio is not None and folio.serie == serie


def _casos(session: Session, folio: Folio | None, alcance: Alcance) -> Sequence[Caso]:
    if folio is None:
        return ()
    return session.scalars(
        select(Caso)
        .where(folio.de(Caso.folio), alcance.casos())
        .options(joinedload(Caso.persona))
        .order_by(Caso.id.desc())
        .limit(MAXIMO + 1)
    ).all()


def _derivaciones(session: Session, folio: Folio | None, alcance: Alcance) -> Sequence[Derivacion]:
    if folio is None:
        return ()
    return session.scalars(
        select(Derivacion)
        .join(Caso, Caso.id == Derivacion.caso_id)
        .where(folio.de(Derivacion.folio), alcance.casos())
        .options(joinedload(Derivacion.institucion), joinedload(Derivacion.servicio))
        .order_by(Derivacion.id.desc())
        .limit(MAXIMO + 1)
    ).all()


def _postulaciones(
    session: Session, folio: Folio | None, alcance: Alcance
) -> Sequence[Postulacion]:
    if folio is None:
        return ()
    return session.scalars(
        select(Postulacion)
        .where(folio.de(Postulacion.folio), alcance.postulaciones())
        .options(joinedload(Postulacion.persona), joinedload(Postulacion.programa))
        .order_by(Postulacion.id.desc())
        .limit(MAXIMO + 1)
    ).all()


def _dice(texto: str, buscadas: Sequence[str]) -> bool:
    dicho = " ".join(palabras(texto))
    return all(palabra in dicho for palabra in buscadas)
