"""Which records may be of one and the same person, and why. It suggests, it never decides.

Weights and the threshold are data (`matching.json`); each reason has a name that people read.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import Select, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from casos.personas import nombres
from casos.personas.models import (
    Contacto,
    Decision,
    DocumentoIdentidad,
    Persona,
    PosibleDuplicado,
    PrecisionFecha,
    TipoContacto,
    TokenNombre,
    par,
)

_A_LO_MAS = 50


class Razon(StrEnum):
    """Why two records look alike."""

    MISMO_DOCUMENTO = "mismo_documento"
    MISMO_NOMBRE = "mismo_nombre"
    MISMO_TELEFONO = "mismo_telefono"
    MISMO_CORREO = "mismo_correo"
    NOMBRE_CONTENIDO = "nombre_contenido"
    MISMA_FECHA_NACIMIENTO = "misma_fecha_nacimiento"
    # Only the reading of a register of the past compares these two.
    MISMA_DIRECCION = "misma_direccion"
    DOCUMENTO_PARECIDO = "documento_parecido"


@dataclass(frozen=True)
class Reglas:
    """One version of the weights; a pair of `umbral` points or more is shown."""

    version: str
    umbral: int
    maximo: int
    pesos: Mapping[Razon, int]


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.personas") / "matching.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        umbral=datos["umbral"],
        maximo=datos["maximo"],
        pesos={Razon(codigo): peso for codigo, peso in datos["pesos"].items()},
    )


@dataclass(frozen=True, kw_only=True)
class Senas:
    """What is compared of a person, known or about to be registered."""

    palabras: frozenset[str] = frozenset()
    clave: str = ""
    claves: frozenset[str] = frozenset()
    nacimiento: date | None = None
    documentos: frozenset[str] = frozenset()
    contactos: frozenset[str] = frozenset()
    excepto: UUID | None = None

    @classmethod
    def de(
        cls,
        *partes: str | None,
        nacimiento: date | None = None,
        documentos: Iterable[str] = (),
        contactos: Iterable[str] = (),
        excepto: UUID | None = None,
    ) -> "Senas":
        """From the parts of a name and the blind indexes of documents and contacts."""
        nombre = " ".join(parte for parte in partes if parte)
        return cls(
            palabras=frozenset(nombres.palabras_propias(nombre)),
            clave=nombres.clave(nombre),
            claves=frozenset({nombres.clave(nombre), *nombres.claves_con_palabras_juntas(nombre)}),
            nacimiento=nacimiento,
            documentos=frozenset(documentos),
            contactos=frozenset(contactos),
            excepto=excepto,
        )


@dataclass(frozen=True)
class Parecido:
    """A record that looks like the one compared."""

    persona: Persona
    razones: tuple[Razon, ...]
    puntaje: int


@dataclass
class _Candidato:
    razones: set[Razon] = field(default_factory=set)

    def puntaje(self) -> int:
        return sum(reglas().pesos[razon] for razon in self.razones)


def parecidos(session: Session, senas: Senas) -> list[Parecido]:
    """The records that reach the threshold, the most alike first, at most `maximo` of them."""
    candidatos: defaultdict[UUID, _Candidato] = defaultdict(_Candidato)
    for persona_id, razon in _coincidencias(session, senas):
        candidatos[persona_id].razones.add(razon)
    if senas.excepto is not None:
        candidatos.pop(senas.excepto, None)
    if not candidatos:
        return []
    personas = _personas(session, candidatos)
    for persona in personas:
        exacta = persona.precision_fecha is PrecisionFecha.EXACTA
        if exacta and senas.nacimiento and persona.fecha_nacimiento == senas.nacimiento:
            candidatos[persona.id].razones.add(Razon.MISMA_FECHA_NACIMIENTO)
    hallados = [_parecido(persona, candidatos[persona.id]) for persona in personas]
    hallados = [hallado for hallado in hallados if hallado.puntaje >= reglas().umbral]
    hallados.sort(key=lambda hallado: (-hallado.puntaje, hallado.persona.folio))
    return hallados[: reglas().maximo]


def sugerir(session: Session, persona_id: UUID, senas: Senas, ahora: datetime) -> int:
    """Remember, for somebody to decide, whom a record looks like; tells how many pairs are new.

    A pair that is known keeps its decision; its reasons are brought up to date while it waits.
    """
    hallados = parecidos(session, senas)
    conocidos = {(d.persona_a_id, d.persona_b_id): d for d in duplicados_de(session, persona_id)}
    nuevos = 0
    for hallado in hallados:
        a, b = par(persona_id, hallado.persona.id)
        duplicado = conocidos.get((a, b))
        if duplicado is None:
            duplicado = PosibleDuplicado(
                persona_a_id=a, persona_b_id=b, detectado_en=ahora, razones=[], puntaje=0
            )
            session.add(duplicado)
            nuevos += 1
        elif duplicado.decision is not Decision.PENDIENTE:
            continue
        # What a register of the past found besides stays among the reasons.
        otras = [razon for razon in duplicado.razones if razon not in hallado.razones]
        duplicado.razones = [*(razon.value for razon in hallado.razones), *otras]
        duplicado.puntaje = max(hallado.puntaje, duplicado.puntaje)
    return nuevos


def duplicados_de(session: Session, persona_id: UUID) -> Sequence[PosibleDuplicado]:
    """Every pair that a record is in, decided or not."""
    return session.scalars(
        select(PosibleDuplicado).where(
            or_(
                PosibleDuplicado.persona_a_id == persona_id,
                PosibleDuplicado.persona_b_id == persona_id,
            )
        )
    ).all()


def _coincidencias(session: Session, senas: Senas) -> list[tuple[UUID, Razon]]:
    consultas: list[Select[UUID, str]] = []
    if senas.documentos:
        consultas.append(
            select(DocumentoIdentidad.persona_id, literal(Razon.MISMO_DOCUMENTO.value)).where(
                DocumentoIdentidad.indice.in_(senas.documentos)
            )
        )
    for tipo, razon in (
        (TipoContacto.TELEFONO, Razon.MISMO_TELEFONO),
        (TipoContacto.CORREO, Razon.MISMO_CORREO),
    ):
        if senas.contactos:
            consultas.append(
                select(Contacto.persona_id, literal(razon.value)).where(
                    Contacto.tipo == tipo, Contacto.indice.in_(senas.contactos)
                )
            )
    if senas.clave:
        consultas.append(
            select(Persona.id, literal(Razon.MISMO_NOMBRE.value)).where(
                Persona.clave_nombre.in_(senas.claves)
            )
        )
    hallados = []
    if consultas:
        hallados = [(pid, Razon(r)) for pid, r in session.execute(union_all(*consultas)).all()]
    juntos = [(pid, Razon.MISMO_NOMBRE) for pid in _escritos_aparte(session, senas)]
    contenidos = [(pid, Razon.NOMBRE_CONTENIDO) for pid in _contenidos(session, senas)]
    return [*hallados, *juntos, *contenidos]


def _escritos_aparte(session: Session, senas: Senas) -> list[UUID]:
    """The same letters, with words apart that here are one («Jean Louis» for «Jeanlouis»)."""
    if not senas.palabras:
        return []
    filas = session.execute(
        select(Persona.id, Persona.clave_nombre)
        .join(TokenNombre, TokenNombre.persona_id == Persona.id)
        .where(
            TokenNombre.token.in_(senas.palabras),
            func.length(Persona.clave_nombre) == len(senas.clave),
            Persona.clave_nombre.not_in(senas.claves),
        )
        .group_by(Persona.id)
        .having(func.count() == len(senas.palabras))
    ).all()
    return [fila.id for fila in filas if sorted(fila.clave_nombre) == sorted(senas.clave)]


def _contenidos(session: Session, senas: Senas) -> list[UUID]:
    """Born the same day, and the whole of one name (two words or more) is in the other."""
    if senas.nacimiento is None or len(senas.palabras) < 2:
        return []
    filas = session.execute(
        select(Persona.id, Persona.nombres, Persona.primer_apellido, Persona.segundo_apellido)
        .join(TokenNombre, TokenNombre.persona_id == Persona.id)
        .where(
            Persona.fecha_nacimiento == senas.nacimiento,
            Persona.precision_fecha == PrecisionFecha.EXACTA,
            Persona.clave_nombre != senas.clave,
            TokenNombre.token.in_(senas.palabras),
        )
        .group_by(Persona.id)
        .having(func.count() >= 2)
    ).all()
    return [fila.id for fila in filas if _contiene(senas.palabras, " ".join(fila[1:]))]


def _contiene(palabras: frozenset[str], nombre: str) -> bool:
    otras = set(nombres.palabras_propias(nombre))
    return len(otras) >= 2 and (palabras <= otras or otras <= palabras)


def _personas(session: Session, candidatos: Mapping[UUID, _Candidato]) -> Sequence[Persona]:
    # A very common name is cut off after what is surer: nobody compares more than some tens.
    ids = sorted(candidatos, key=lambda uno: (-candidatos[uno].puntaje(), uno))[:_A_LO_MAS]
    return session.scalars(select(Persona).where(Persona.id.in_(ids))).all()


def _parecido(persona: Persona, candidato: _Candidato) -> Parecido:
    razones = sorted(candidato.razones, key=lambda razon: -reglas().pesos[razon])
    return Parecido(persona, tuple(razones), candidato.puntaje())
