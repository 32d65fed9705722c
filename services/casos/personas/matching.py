"""Which records may be of one and the same person, and why. It suggests, it never decides.

Weights and the threshold are data (`matching.json`); each reason has a name that people read.
"""

import json
from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
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
from casos.personas.unidas import con_unidas, vigentes


class Razon(StrEnum):
    """Why two records look alike."""

    MISMO_DOCUMENTO = "mismo_documento"
    MISMO_NOMBRE = "mismo_nombre"
    MISMO_TELEFONO = "mismo_telefono"
    MISMO_CORREO = "mismo_correo"
    NOMBRE_SUENA_IGUAL = "nombre_suena_igual"
    NOMBRE_CONTENIDO = "nombre_contenido"
    NOMBRE_PARECIDO = "nombre_parecido"
    MISMA_FECHA_NACIMIENTO = "misma_fecha_nacimiento"
    FECHA_NACIMIENTO_PARECIDA = "fecha_nacimiento_parecida"
    SIN_FECHA_QUE_COMPARAR = "sin_fecha_que_comparar"
    # Only the reading of a register of the past compares these two.
    MISMA_DIRECCION = "misma_direccion"
    DOCUMENTO_PARECIDO = "documento_parecido"


EXACTAS = frozenset(
    {
        Razon.MISMO_DOCUMENTO,
        Razon.MISMO_NOMBRE,
        Razon.MISMO_TELEFONO,
        Razon.MISMO_CORREO,
        Razon.MISMA_FECHA_NACIMIENTO,
    }
)
"""What one must know to be told that there is somebody whom one does not see."""


@dataclass(frozen=True)
class Reglas:
    """One version of the weights; a pair of `umbral` points or more is shown."""

    version: str
    umbral: int
    maximo: int
    pesos: Mapping[Razon, int]
    nombre_parecido: float
    candidatos: int
    anios_de_estimada: int


@cache
def reglas() -> Reglas:
    """The version in force."""
    datos = json.loads((files("casos.personas") / "matching.json").read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        umbral=datos["umbral"],
        maximo=datos["maximo"],
        pesos={Razon(codigo): peso for codigo, peso in datos["pesos"].items()},
        nombre_parecido=datos["parecido"]["minimo"],
        candidatos=datos["parecido"]["candidatos"],
        anios_de_estimada=datos["parecido"]["anios_de_estimada"],
    )


@dataclass(frozen=True, kw_only=True)
class Senas:
    """What is compared of a person, known or about to be registered."""

    nombre: str = ""
    palabras: frozenset[str] = frozenset()
    clave: str = ""
    claves: frozenset[str] = frozenset()
    nacimiento: date | None = None
    precision: PrecisionFecha = PrecisionFecha.EXACTA
    documentos: frozenset[str] = frozenset()
    contactos: frozenset[str] = frozenset()
    excepto: UUID | None = None

    @classmethod
    def de(
        cls,
        *partes: str | None,
        nacimiento: date | None = None,
        precision: PrecisionFecha = PrecisionFecha.EXACTA,
        documentos: Iterable[str] = (),
        contactos: Iterable[str] = (),
        excepto: UUID | None = None,
    ) -> "Senas":
        """From the parts of a name and the blind indexes of documents and contacts."""
        nombre = " ".join(parte for parte in partes if parte)
        return cls(
            nombre=nombre,
            palabras=frozenset(nombres.palabras_propias(nombre)),
            clave=nombres.clave(nombre),
            claves=frozenset({nombres.clave(nombre), *nombres.claves_con_palabras_juntas(nombre)}),
            nacimiento=nacimiento,
            precision=precision,
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
    cercania: float
    """Of the names, from 0 to 1: who comes first among those with the same points."""


@dataclass
class _Candidato:
    razones: set[Razon] = field(default_factory=set)

    def puntaje(self) -> int:
        return sum(reglas().pesos[razon] for razon in self.razones)


def consta(razones: Iterable[Razon]) -> bool:
    """Whether two records are alike by what is exact alone: no guess tells who is known here."""
    pesos = reglas().pesos
    return sum(pesos[razon] for razon in razones if razon in EXACTAS) >= reglas().umbral


def parecidos(session: Session, senas: Senas) -> list[Parecido]:
    """The records that reach the threshold, the most alike first, at most `maximo` of them."""
    candidatos: defaultdict[UUID, _Candidato] = defaultdict(_Candidato)
    for persona_id, razon in _coincidencias(session, senas):
        candidatos[persona_id].razones.add(razon)
    for persona_id in _suenan(session, senas):
        candidatos[persona_id]
    for unida, vigente in vigentes(session, candidatos).items():
        candidatos[vigente].razones |= candidatos.pop(unida).razones
    if senas.excepto is not None:
        candidatos.pop(senas.excepto, None)
    if not candidatos:
        return []
    hallados = [
        _parecido(persona, candidatos[persona.id].razones, senas)
        for persona in _personas(session, candidatos)
    ]
    hallados = [hallado for hallado in hallados if hallado.puntaje >= reglas().umbral]
    hallados.sort(key=lambda uno: (-uno.puntaje, -uno.cercania, uno.persona.folio))
    return hallados[: reglas().maximo]


def sugerir(session: Session, persona_id: UUID, senas: Senas, ahora: datetime) -> int:
    """Remember, for somebody to decide, whom a record looks like; tells how many pairs are new.

    A pair that is known keeps its decision, also one of a record that was joined to this one; its
    reasons are brought up to date while it waits.
    """
    hallados = parecidos(session, senas)
    conocidos = _conocidos(session, persona_id)
    nuevos = 0
    for hallado in hallados:
        duplicado = conocidos.get(hallado.persona.id)
        if duplicado is None:
            a, b = par(persona_id, hallado.persona.id)
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
    """Every pair that a record is in, decided or not; those of records joined to it too."""
    suyas = con_unidas(session, persona_id)
    return session.scalars(
        select(PosibleDuplicado).where(
            or_(
                PosibleDuplicado.persona_a_id.in_(suyas),
                PosibleDuplicado.persona_b_id.in_(suyas),
            )
        )
    ).all()


def duplicados_entre(session: Session, una: UUID, otra: UUID) -> Sequence[PosibleDuplicado]:
    """The pairs of two records, or of records that were joined to them, decided ones last."""
    de_una, de_otra = con_unidas(session, una), con_unidas(session, otra)
    a, b = PosibleDuplicado.persona_a_id, PosibleDuplicado.persona_b_id
    hallados = session.scalars(
        select(PosibleDuplicado).where(
            or_(
                and_(a.in_(de_una), b.in_(de_otra)),
                and_(a.in_(de_otra), b.in_(de_una)),
            )
        )
    ).all()
    return sorted(hallados, key=lambda uno: (uno.decision is not Decision.PENDIENTE, uno.id))


def _conocidos(session: Session, persona_id: UUID) -> dict[UUID, PosibleDuplicado]:
    """The pairs of somebody by the record that the other one is now; what was decided counts."""
    suyos = sorted(
        duplicados_de(session, persona_id), key=lambda uno: uno.decision is not Decision.PENDIENTE
    )
    ids = {i for uno in suyos for i in (uno.persona_a_id, uno.persona_b_id)}
    unidas = vigentes(session, ids)
    return {
        otra: uno
        for uno in suyos
        for i in (uno.persona_a_id, uno.persona_b_id)
        if (otra := unidas.get(i, i)) != persona_id
    }


def _coincidencias(session: Session, senas: Senas) -> list[tuple[UUID, Razon]]:
    consultas: list[Select[UUID, str]] = []
    if senas.documentos:
        consultas.append(
            select(DocumentoIdentidad.persona_id, literal(Razon.MISMO_DOCUMENTO.value)).where(
                DocumentoIdentidad.indice.in_(senas.documentos),
                DocumentoIdentidad.retirado_en.is_(None),
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
    return [*hallados, *juntos]


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


def _suenan(session: Session, senas: Senas) -> list[UUID]:
    """Who has two words or more that sound like this name's; or one, and a birth like this one."""
    sonidos = {nombres.token_de_sonido(palabra) for palabra in senas.palabras}
    if not sonidos:
        return []
    suenan = (
        select(TokenNombre.persona_id, func.count().label("cuantas"))
        .where(TokenNombre.token.in_(sonidos))
        .group_by(TokenNombre.persona_id)
        .order_by(func.count().desc(), TokenNombre.persona_id)
        .limit(reglas().candidatos)
    )
    ids = [fila.persona_id for fila in session.execute(suenan.having(func.count() > 1))]
    if senas.nacimiento is not None:
        nacidas = suenan.join(Persona, Persona.id == TokenNombre.persona_id)
        ids += [
            fila.persona_id for fila in session.execute(nacidas.where(_cerca_de(senas.nacimiento)))
        ]
    return ids


def _cerca_de(dia: date) -> ColumnElement[bool]:
    """Births that may be taken for this one, found by ranges and lists of days."""
    del_mes = dia.replace(day=1), dia.replace(day=monthrange(dia.year, dia.month)[1])
    dias = {
        *(_dia(dia.year, mes, dia.day) for mes in range(1, 13)),
        *(_dia(dia.year + n, dia.month, dia.day) for n in (-1, 1)),
        *(_dia(dia.year + n, 1, 1) for n in (-1, 0, 1)),
        _dia(dia.year, dia.day, dia.month),
    } - {None}
    return or_(Persona.fecha_nacimiento.between(*del_mes), Persona.fecha_nacimiento.in_(dias))


def _dia(anio: int, mes: int, dia: int) -> date | None:
    try:
        return date(anio, mes, dia)
    except ValueError:
        return None


def se_confunden(una: date, otra: date, *, exactas: bool = True) -> bool:
    """Whether two births, not the same, may be one that was noted down badly.

    Day and month changed over, one of the three parts otherwise (a year by one), the first of
    January of somebody who knew the year alone; years apart where one was estimated.
    """
    anios = abs(una.year - otra.year)
    if not exactas:
        return anios <= reglas().anios_de_estimada
    if anios > 1:
        return False
    if (1, 1) in {(una.month, una.day), (otra.month, otra.day)}:
        return True
    iguales = (una.year == otra.year) + (una.month == otra.month) + (una.day == otra.day)
    return iguales == 2 or (anios == 0 and (una.month, una.day) == (otra.day, otra.month))


def _personas(session: Session, candidatos: Mapping[UUID, _Candidato]) -> Sequence[Persona]:
    # A very common name is cut off after what is surer.
    ids = sorted(candidatos, key=lambda uno: (-candidatos[uno].puntaje(), uno))
    ids = ids[: 2 * reglas().candidatos]
    return session.scalars(select(Persona).where(Persona.id.in_(ids))).all()


def _parecido(persona: Persona, sabidas: Iterable[Razon], senas: Senas) -> Parecido:
    nombre = f"{persona.nombres} {persona.primer_apellido} {persona.segundo_apellido}"
    cercania = nombres.parecido(senas.nombre, nombre)
    razones = {*sabidas, *_por_nacimiento(persona, senas)}
    if Razon.MISMO_NOMBRE not in razones:
        razones |= _por_nombre(nombre, senas, cercania)
    if razones & {Razon.NOMBRE_CONTENIDO, Razon.NOMBRE_PARECIDO}:
        razones |= _sin_fecha(persona, nombre, senas)
    pesos = reglas().pesos
    orden = sorted(razones, key=lambda razon: (-pesos[razon], razon))
    return Parecido(persona, tuple(orden), sum(pesos[razon] for razon in razones), cercania)


def _por_nombre(nombre: str, senas: Senas, cercania: float) -> set[Razon]:
    otras = frozenset(nombres.palabras_propias(nombre))
    if min(len(otras), len(senas.palabras)) < 2:
        return set()
    if nombres.suenan_igual(senas.nombre, nombre):
        return {Razon.NOMBRE_SUENA_IGUAL}
    if senas.palabras <= otras or otras <= senas.palabras:
        return {Razon.NOMBRE_CONTENIDO}
    return {Razon.NOMBRE_PARECIDO} if cercania >= reglas().nombre_parecido else set()


def _sin_fecha(persona: Persona, nombre: str, senas: Senas) -> set[Razon]:
    """Three words alike say enough of two people, if no birth can tell them apart."""
    comunes = min(len(set(nombres.palabras_propias(nombre))), len(senas.palabras))
    falta = persona.fecha_nacimiento is None or senas.nacimiento is None
    return {Razon.SIN_FECHA_QUE_COMPARAR} if falta and comunes >= 3 else set()


def _por_nacimiento(persona: Persona, senas: Senas) -> set[Razon]:
    suya, dicha = persona.fecha_nacimiento, senas.nacimiento
    if suya is None or dicha is None:
        return set()
    exactas = persona.precision_fecha is senas.precision is PrecisionFecha.EXACTA
    if exactas and suya == dicha:
        return {Razon.MISMA_FECHA_NACIMIENTO}
    return (
        {Razon.FECHA_NACIMIENTO_PARECIDA} if se_confunden(suya, dicha, exactas=exactas) else set()
    )
