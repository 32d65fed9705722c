"""What of people and cases each reader may reach. The one place that decides it.

A role gives a level (`NIVELES`); an `Alcance` turns the levels of whoever asks into conditions that
every query of people, cases, attentions and derivations puts into its `where`. So what is not the
reader's is not found: in no list, no count and no search, and by its address it answers 404.

- *Work* (`casos`): what a reader sees in lists, reads and changes. Of a professional, the cases for
  which they answer or in which they are named, and those of their unit that wait for somebody to
  take them; of the coordination, those of the office. A reserved or sealed case is the work of the
  people named in it and of nobody else, whatever their role.
- *Reading* (`lectura`): their work, and the reserved cases to which an exceptional access is open.
- *Knowing* (`existencia`): that a case is there. A sealed one is known to those named in it alone;
  of a reserved one the others may learn the folio, and nothing else.

A person is reached through their cases: see `personas`. Somebody whose data are blocked, and their
cases, are nobody's work: who would reach them learns that they are blocked, and nothing else. Who
was erased is not there for anybody. A record that was joined to another one is reached as that one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from casos.accesos.models import AccesoExcepcional
from casos.atenciones.models import Atencion
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.consentimientos.models import Consentimiento
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso, Confidencialidad, MiembroDeCaso
from casos.personas.models import EstadoPersona, Persona
from casos.programas.postulaciones.models import Postulacion
from casos.red.models import Institucion, Modo
from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import UtcDateTime
from oficina.errors import Conflicto, DomainError, NoEncontrado, NoPermitido
from oficina.texts import N_


class Nivel(StrEnum):
    """How far a role reaches."""

    EXISTENCIA = "existencia"
    DERECHOS = "derechos"
    EQUIPO = "equipo"
    OFICINA = "oficina"
    UNIDAD = "unidad"
    PROGRAMAS = "programas"
    MAQUINA = "maquina"


NIVELES: Mapping[str, Nivel] = {
    "recepcion": Nivel.EXISTENCIA,
    "profesional": Nivel.EQUIPO,
    "coordinacion": Nivel.OFICINA,
    "contraparte_unidad": Nivel.UNIDAD,
    "delegado_datos": Nivel.DERECHOS,
    "encargado_programa": Nivel.PROGRAMAS,
    "servicio": Nivel.MAQUINA,
}
"""The roles that reach anything of people and cases; the others reach nothing."""

_ATIENDEN = frozenset({Nivel.EXISTENCIA, Nivel.EQUIPO, Nivel.OFICINA})


class CasoReservado(NoPermitido):
    """There is such a case and the reader is not named in it; its folio is all they learn."""

    title = N_("Este caso es reservado")

    def __init__(self, caso_id: UUID, folio: str) -> None:
        super().__init__(folio=folio, confidencialidad=Confidencialidad.RESERVADO.value)
        self.caso_id = caso_id
        self.folio = folio


class DatosBloqueados(NoPermitido):
    """The person's data are kept and not used; that is all who would reach them learns."""

    title = N_("Los datos de esta persona están bloqueados")

    def __init__(self) -> None:
        super().__init__(
            _(
                "La oficina los guarda sin usarlos: no se ven, no se cambian, no se derivan y no "
                "se agenda. Si la persona vino, avise a quien es delegado de datos."
            ),
            estado=EstadoPersona.BLOQUEADA.value,
        )


class PersonaUnida(Conflicto):
    """The record was joined to another one, which is the one to use."""

    title = N_("Esta ficha se unió a otra")

    def __init__(self, vigente_id: UUID, folio: str) -> None:
        super().__init__(
            _("Use la ficha %(folio)s.", folio=folio),
            estado=EstadoPersona.FUSIONADA.value,
            persona_id=str(vigente_id),
            folio=folio,
        )
        self.vigente_id = vigente_id


_una_vez = lru_cache(512)
"""Keeps a condition for each reader: to put one together takes longer than to answer it. What
depends on the moment asks for it as it is answered (`_AHORA`).
"""

_AHORA = bindparam("ahora", type_=UtcDateTime(), callable_=real_now, unique=True)


@dataclass(frozen=True)
class Alcance:
    """How far one reader reaches, at whatever moment of the machine's clock it is asked.

    `con_bloqueados` says how far it would be, were nobody's data blocked; nobody reads with it.
    """

    quien: UUID
    unidad: str
    niveles: frozenset[Nivel]
    con_bloqueados: bool = False

    @classmethod
    def de(cls, actor: Actor) -> "Alcance":
        """How far somebody reaches now."""
        niveles = frozenset(NIVELES[rol] for rol in actor.roles if rol in NIVELES)
        return cls(actor.id, actor.unidad, niveles)

    @property
    def atiende(self) -> bool:
        """Whether the reader attends people: then they may know that a reserved case exists."""
        return bool(self.niveles & _ATIENDEN)

    @_una_vez
    def nombrado(self) -> ColumnElement[bool]:
        """Cases that name the reader. Never NULL, so that it may be denied."""
        responde = and_(Caso.responsable_id.is_not(None), Caso.responsable_id == self.quien)
        return or_(responde, Caso.id.in_(self._miembro()))

    @_una_vez
    def casos(self) -> ColumnElement[bool]:
        """Cases that are the reader's work."""
        if Nivel.MAQUINA in self.niveles:
            return true()
        if Nivel.OFICINA in self.niveles:
            return and_(self._usables(), or_(_NORMAL, self.nombrado()))
        if Nivel.EQUIPO in self.niveles:
            return and_(self._usables(), or_(self.nombrado(), and_(_NORMAL, self._por_tomar())))
        return false()

    @_una_vez
    def lectura(self) -> ColumnElement[bool]:
        """Cases whose content the reader may read."""
        if not self.niveles & {Nivel.EQUIPO, Nivel.OFICINA}:
            return self.casos()
        abiertos = select(AccesoExcepcional.caso_id).where(
            AccesoExcepcional.funcionario_id == self.quien,
            AccesoExcepcional.terminado_en.is_(None),
            AccesoExcepcional.vence_en > _AHORA,
        )
        return or_(self.casos(), and_(self._usables(), _RESERVADO, Caso.id.in_(abiertos)))

    @_una_vez
    def seguimiento(self) -> ColumnElement[bool]:
        """Cases to which the reader may add that the person was attended again."""
        if Nivel.EXISTENCIA in self.niveles:
            return or_(and_(self._usables(), _NORMAL), self.casos())
        return self.casos()

    @_una_vez
    def asignables(self) -> ColumnElement[bool]:
        """Cases for which the reader may say who answers: the coordination gives a reserved one
        that nobody answers for to somebody, knowing no more than its folio.
        """
        if Nivel.OFICINA in self.niveles:
            sin_nadie = and_(_RESERVADO, Caso.responsable_id.is_(None))
            return or_(self.casos(), and_(self._usables(), sin_nadie))
        return self.casos()

    @_una_vez
    def existencia(self) -> ColumnElement[bool]:
        """Cases of which the reader may know that they are there."""
        if self.atiende:
            return and_(self._usables(), or_(~_SELLADO, self.nombrado()))
        return self.casos()

    @_una_vez
    def conservables(self) -> ColumnElement[bool]:
        """Closed cases about whose keeping the reader decides: a sealed one only who is named."""
        return and_(self._usables(), or_(~_SELLADO, self.nombrado()))

    @_una_vez
    def personas(self) -> ColumnElement[bool]:
        """People whom the reader may see.

        Nobody sees somebody all of whose cases are sealed to them. Reception and the coordination
        see everybody else; a professional those of a case of theirs, those who have no case, and
        those whom they have attended. Whoever answers for people's rights over their data sees all
        people, blocked ones too, and none of their cases.
        """
        if Nivel.MAQUINA in self.niveles:
            return true()
        if Nivel.DERECHOS in self.niveles:
            return Persona.estado.not_in((EstadoPersona.FUSIONADA, EstadoPersona.ANONIMIZADA))
        if not self.atiende:
            return false()
        activa = true() if self.con_bloqueados else Persona.estado == EstadoPersona.ACTIVA
        if self.niveles & {Nivel.EXISTENCIA, Nivel.OFICINA}:
            return and_(activa, ~self.ocultas())
        suya = _de_persona(self.casos())
        atendida = (
            select(Atencion.id)
            .where(Atencion.persona_id == Persona.id, Atencion.funcionario_id == self.quien)
            .correlate(Persona)
            .exists()
        )
        return and_(activa, ~self.ocultas(), or_(~_de_persona(true()), suya, atendida))

    @_una_vez
    def situaciones(self) -> ColumnElement[bool]:
        """People whose migratory status the reader may know: of those whom they see and who have a
        reserved case, only if they are named in a case of theirs; an exceptional access is to one
        case, and not to this. That a case is sealed changes nothing: the answer would tell that
        there is one.
        """
        if Nivel.MAQUINA in self.niveles:
            return true()
        if not self.niveles & {Nivel.EQUIPO, Nivel.OFICINA}:
            return false()
        nombrada = _de_persona(self.nombrado())
        return and_(self.personas(), or_(~_de_persona(_RESERVADO), nombrada))

    @_una_vez
    def conocidas(self) -> ColumnElement[bool]:
        """People of whom the reader may know that they are there, and no more unless they see them:
        of who is sealed to them not even that, nor of who was erased.
        """
        estan = Persona.estado.in_((EstadoPersona.ACTIVA, EstadoPersona.BLOQUEADA))
        return and_(estan, or_(self.personas(), ~self.ocultas()))

    @_una_vez
    def atenciones(self) -> ColumnElement[bool]:
        """Attentions that the reader may see: with its case or its person, one is hidden too."""
        if Nivel.MAQUINA in self.niveles:
            return true()
        if not self.atiende:
            return false()
        cerrados = select(Caso.id).where(~_NORMAL, ~self.nombrado())
        ocultas = select(Persona.id).where(
            or_(self.ocultas(), Persona.estado != EstadoPersona.ACTIVA)
        )
        abierta = and_(
            or_(Atencion.caso_id.is_(None), Atencion.caso_id.not_in(cerrados)),
            or_(Atencion.persona_id.is_(None), Atencion.persona_id.not_in(ocultas)),
        )
        if self.niveles & {Nivel.EXISTENCIA, Nivel.OFICINA}:
            return abierta
        propia = and_(Atencion.funcionario_id.is_not(None), Atencion.funcionario_id == self.quien)
        de_caso = Atencion.caso_id.in_(select(Caso.id).where(self.casos()))
        de_persona = (
            select(Persona.id)
            .where(Persona.id == Atencion.persona_id, self.personas())
            .correlate(Atencion)
            .exists()
        )
        suelta = and_(Atencion.caso_id.is_(None), or_(Atencion.persona_id.is_(None), de_persona))
        return and_(abierta, or_(propia, de_caso, suelta))

    @_una_vez
    def consentimientos(self) -> ColumnElement[bool]:
        """Consents that the reader may know of: that somebody was derived tells of their case."""
        if self.niveles & {Nivel.MAQUINA, Nivel.DERECHOS}:
            return true()
        persona = select(Persona.id).where(Persona.id == Consentimiento.persona_id, self.personas())
        ajena = (
            select(Derivacion.id)
            .join(Caso, Caso.id == Derivacion.caso_id)
            .where(Derivacion.consentimiento_id == Consentimiento.id, ~self.lectura())
        )
        return and_(
            persona.correlate(Consentimiento).exists(), ~ajena.correlate(Consentimiento).exists()
        )

    @_una_vez
    def postulaciones(self) -> ColumnElement[bool]:
        """Applications that the reader may see: of a professional and the coordination, those of
        the people whom they see; of whoever runs programmes, those of everybody who is not hidden
        from them, and nothing else of anybody.
        """
        if Nivel.MAQUINA in self.niveles:
            return true()
        suyas: list[ColumnElement[bool]] = [false()]
        if self.niveles & {Nivel.EQUIPO, Nivel.OFICINA}:
            suyas.append(self.personas())
        if Nivel.PROGRAMAS in self.niveles:
            activa = true() if self.con_bloqueados else Persona.estado == EstadoPersona.ACTIVA
            suyas.append(and_(activa, ~self.ocultas()))
        persona = select(Persona.id).where(Persona.id == Postulacion.persona_id, or_(*suyas))
        return persona.correlate(Postulacion).exists()

    @_una_vez
    def reportes(self) -> ColumnElement[bool]:
        """Reports of discrimination that the reader may see: with a case, as the case is; else of
        the people whom they see, and of whoever was not named. None without working on cases.
        """
        if Nivel.MAQUINA in self.niveles:
            return true()
        if not self.niveles & {Nivel.EQUIPO, Nivel.OFICINA}:
            return false()
        persona = select(Persona.id).where(
            Persona.id == ReporteDeDiscriminacion.persona_id, self.personas()
        )
        de_persona = persona.correlate(ReporteDeDiscriminacion).exists()
        return or_(
            ReporteDeDiscriminacion.caso_id.in_(select(Caso.id).where(self.lectura())),
            and_(
                ReporteDeDiscriminacion.caso_id.is_(None),
                or_(ReporteDeDiscriminacion.persona_id.is_(None), de_persona),
            ),
        )

    @_una_vez
    def derivaciones_a_mi_unidad(self) -> ColumnElement[bool]:
        """Derivations that were sent to the reader's unit; none of a sealed case."""
        if Nivel.UNIDAD not in self.niveles or not self.unidad:
            return false()
        return and_(
            Derivacion.enviada_en.is_not(None),
            Derivacion.modo != Modo.AUTOGESTIONADA,
            Derivacion.institucion_id.in_(
                select(Institucion.id).where(Institucion.unidad == self.unidad)
            ),
            Derivacion.caso_id.in_(select(Caso.id).where(~_SELLADO, self._usables())),
        )

    def negativa(self, session: Session, caso_id: UUID) -> DomainError:
        """Why a case was not found: its person's data are blocked, it is reserved, or it is not
        there (for this reader).
        """
        if self.atiende:
            bloqueado = select(Caso.id).where(
                Caso.id == caso_id, ~_ACTIVO, self._sin_bloqueo().existencia(), ~_DE_SUPRIMIDA
            )
            if session.scalar(bloqueado) is not None:
                return DatosBloqueados()
            reservado = select(Caso.folio).where(Caso.id == caso_id, _RESERVADO, _ACTIVO)
            if folio := session.scalar(reservado):
                return CasoReservado(caso_id, folio)
        return NoEncontrado()

    def negativa_de_persona(self, session: Session, persona_id: UUID) -> DomainError:
        """Why a person was not found: the record is part of another one, their data are blocked, or
        they are not there (for this reader).
        """
        una = aliased(Persona)
        vigente = session.execute(
            select(Persona.id, Persona.folio)
            .join(una, una.fusionada_en_id == Persona.id)
            .where(una.id == persona_id, self.personas())
        ).first()
        if vigente is not None:
            return PersonaUnida(*vigente)
        bloqueada = select(Persona.id).where(
            Persona.id == persona_id,
            Persona.estado == EstadoPersona.BLOQUEADA,
            self._sin_bloqueo().personas(),
        )
        return NoEncontrado() if session.scalar(bloqueada) is None else DatosBloqueados()

    def negativa_de_situacion(self, session: Session, persona_id: UUID) -> DomainError:
        """Why somebody's migratory status was not found: as the person, or they have a reserved
        case, of which this reader learns the folio.
        """
        if session.scalar(select(Persona.id).where(Persona.id == persona_id, self.personas())):
            reservado = select(Caso.id, Caso.folio).where(
                Caso.persona_id == persona_id, _RESERVADO, ~self.nombrado()
            )
            if fila := session.execute(reservado.order_by(Caso.id.desc()).limit(1)).first():
                return CasoReservado(*fila)
        return self.negativa_de_persona(session, persona_id)

    def _sin_bloqueo(self) -> "Alcance":
        return replace(self, con_bloqueados=True)

    def _usables(self) -> ColumnElement[bool]:
        """Cases of people whose data may be used."""
        return true() if self.con_bloqueados else _ACTIVO

    def _miembro(self) -> Select[UUID]:
        return select(MiembroDeCaso.caso_id).where(MiembroDeCaso.funcionario_id == self.quien)

    def _por_tomar(self) -> ColumnElement[bool]:
        """Nobody answers for them, and they are of the reader's unit or of none."""
        sin_nadie = Caso.responsable_id.is_(None)
        if not self.unidad:
            return sin_nadie
        return and_(sin_nadie, Caso.unidad.in_(("", self.unidad)))

    @_una_vez
    def ocultas(self) -> ColumnElement[bool]:
        """People with a case that is sealed to the reader, and without any that is not."""
        selladas = select(Caso.persona_id).where(_SELLADO, ~self.nombrado())
        return and_(Persona.id.in_(selladas), ~_de_persona(or_(~_SELLADO, self.nombrado())))


SIN_LIMITE: Final = Alcance(UUID(int=0), "", frozenset({Nivel.MAQUINA}))
"""For what the office does by itself, and for whoever holds a link: its token was the key.

It reaches blocked people too: whoever acts with it asks `exigir_usable` where data leave or are
written.
"""

_NORMAL = Caso.confidencialidad == Confidencialidad.NORMAL
_RESERVADO = Caso.confidencialidad == Confidencialidad.RESERVADO
_SELLADO = Caso.confidencialidad == Confidencialidad.SELLADO


def _de_quien_esta(*estados: EstadoPersona) -> ColumnElement[bool]:
    una = aliased(Persona)
    return Caso.persona_id.in_(select(una.id).where(una.estado.in_(estados)))


_ACTIVO = ~_de_quien_esta(EstadoPersona.BLOQUEADA, EstadoPersona.ANONIMIZADA)
_DE_SUPRIMIDA = _de_quien_esta(EstadoPersona.ANONIMIZADA)


def _de_persona(condicion: ColumnElement[bool]) -> ColumnElement[bool]:
    """The person of the query around has a case that meets a condition."""
    return (
        select(Caso.id).where(Caso.persona_id == Persona.id, condicion).correlate(Persona).exists()
    )


def exigir_usable(session: Session, persona_id: UUID, *, retener: bool = False) -> None:
    """Raise DatosBloqueados while a person's data are blocked, NoEncontrado once they were erased.

    Whoever writes holds the row (`retener`): who blocks or erases at this moment waits for the end
    of the transaction, or came before and is seen.
    """
    consulta = select(Persona.estado).where(Persona.id == persona_id)
    if retener:
        consulta = consulta.with_for_update(key_share=True, read=True)
    estado = session.scalar(consulta)
    if estado is EstadoPersona.BLOQUEADA:
        raise DatosBloqueados
    if estado is not EstadoPersona.ACTIVA:
        raise NoEncontrado


def exigir_no_unida(session: Session, persona_id: UUID) -> None:
    """Raise NoEncontrado for a record that was joined to another one. Whoever writes something of
    somebody whose data may be blocked holds the row so, as in `exigir_usable`.
    """
    consulta = select(Persona.estado).where(Persona.id == persona_id)
    estado = session.scalar(consulta.with_for_update(key_share=True, read=True))
    if estado is EstadoPersona.FUSIONADA:
        raise NoEncontrado


def usable(session: Session, caso_id: UUID) -> bool:
    """Whether the data of a case's person may be used."""
    return session.scalar(select(Caso.id).where(Caso.id == caso_id, _ACTIVO)) is not None
