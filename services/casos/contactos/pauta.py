"""Whether, by which ways and when somebody may be reached: one answer, from all that is known.

Whoever writes, calls or hands a contact on asks here: reminders and messages (over the API), the
package of a derivation, and every page that shows a telephone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import cache
from uuid import UUID

from sqlalchemy import ColumnElement, Exists, Select, Text, and_, bindparam, cast, or_, select
from sqlalchemy.orm import Session, aliased

from casos.contactos.models import ContactoSeguro
from casos.defunciones.models import Defuncion
from casos.personas.models import CanalPreferido, Persona, TipoContacto


class Aviso(StrEnum):
    """What whoever deals with somebody must see first."""

    FALLECIDA = "fallecida"
    NO_CONTACTAR = "no_contactar"
    CONTACTO_SEGURO = "contacto_seguro"
    INTERPRETE = "interprete"


_USOS = {
    TipoContacto.TELEFONO: frozenset({CanalPreferido.SMS, CanalPreferido.LLAMADA}),
    TipoContacto.CORREO: frozenset({CanalPreferido.CORREO}),
}
"""For what a contact of each type is used."""


@dataclass(frozen=True)
class Pauta:
    """What holds of somebody. Hours are of the day in Chile, both or none."""

    fallecida: bool = False
    no_contactar: bool = False
    vedados: frozenset[CanalPreferido] = frozenset()
    desde: time | None = None
    hasta: time | None = None
    palabras: Sequence[str] = ()
    indicaciones: Sequence[str] = ()

    @property
    def permitido(self) -> bool:
        """Whether there is any way and any hour at all."""
        return not (self.fallecida or self.no_contactar or self.vedados.issuperset(CanalPreferido))

    @property
    def con_cuidado(self) -> bool:
        """Whether something must be looked at before reaching them."""
        return bool(self.vedados or self.desde or self.palabras or self.indicaciones)

    def admite(self, tipo: TipoContacto) -> bool:
        """Whether a contact of this type may be used for anything."""
        return self.permitido and not self.vedados.issuperset(_USOS[tipo])


def pauta_de(session: Session, persona: Persona) -> Pauta:
    """What holds of somebody whose record was read."""
    filas = session.execute(_de_persona(), {"persona_id": persona.id}).all()
    entradas = [entrada for _fallecida, entrada in filas if entrada is not None]
    desde = max((uno.desde for uno in entradas if uno.desde), default=None)
    hasta = min((uno.hasta for uno in entradas if uno.hasta), default=None)
    # The hours of two records that were joined may leave none in common: then nobody writes.
    sin_horas = desde is not None and hasta is not None and desde >= hasta
    return Pauta(
        fallecida=any(fallecida for fallecida, _entrada in filas),
        no_contactar=persona.no_contactar or sin_horas,
        vedados=frozenset().union(*(uno.vedados for uno in entradas)),
        desde=desde,
        hasta=hasta,
        palabras=[uno.palabra_clave for uno in entradas if uno.palabra_clave],
        indicaciones=[uno.indicaciones for uno in entradas if uno.indicaciones],
    )


@cache
def _de_persona() -> Select[bool, ContactoSeguro | None]:
    """Whether `persona_id` died, beside each of the precautions that hold, or once beside none."""
    muerte = (
        select(Defuncion.id)
        .where(Defuncion.persona_id == Persona.id, Defuncion.anulada_en.is_(None))
        .correlate(Persona)
        .exists()
    )
    rige = and_(ContactoSeguro.persona_id == Persona.id, ContactoSeguro.terminado_en.is_(None))
    return (
        select(muerte, ContactoSeguro)
        .select_from(Persona)
        .outerjoin(ContactoSeguro, rige)
        .where(Persona.id == bindparam("persona_id"))
        .order_by(ContactoSeguro.id)
    )


def prohibido() -> ColumnElement[bool]:
    """Of the person of the query around: `pauta_de` would permit no way and no hour at all."""
    una, otra = aliased(ContactoSeguro), aliased(ContactoSeguro)

    def rige(entrada: type[ContactoSeguro], *condiciones: ColumnElement[bool]) -> Exists:
        suya = and_(entrada.persona_id == Persona.id, entrada.terminado_en.is_(None))
        return select(entrada.id).where(suya, *condiciones).correlate(Persona).exists()

    muerta = select(Defuncion.id).where(
        Defuncion.persona_id == Persona.id, Defuncion.anulada_en.is_(None)
    )
    # The codes are in the text of the JSON, within quotes, on either database.
    vedados = [
        rige(una, cast(una.canales_vedados, Text).contains(f'"{canal.value}"', autoescape=True))
        for canal in CanalPreferido
    ]
    sin_horas = (
        select(una.id)
        .join(otra, otra.persona_id == una.persona_id)
        .where(
            una.persona_id == Persona.id,
            una.terminado_en.is_(None),
            otra.terminado_en.is_(None),
            una.desde >= otra.hasta,
        )
        .correlate(Persona)
        .exists()
    )
    return or_(
        Persona.no_contactar.is_(True),
        muerta.correlate(Persona).exists(),
        and_(*vedados),
        sin_horas,
    )


def juntas(una: Pauta, otra: Pauta) -> Pauta:
    """What holds where the precautions of two people do."""
    desde = max((p.desde for p in (una, otra) if p.desde), default=None)
    hasta = min((p.hasta for p in (una, otra) if p.hasta), default=None)
    sin_horas = desde is not None and hasta is not None and desde >= hasta
    return Pauta(
        fallecida=una.fallecida or otra.fallecida,
        no_contactar=una.no_contactar or otra.no_contactar or sin_horas,
        vedados=una.vedados | otra.vedados,
        desde=desde,
        hasta=hasta,
        palabras=[*una.palabras, *otra.palabras],
        indicaciones=[*una.indicaciones, *otra.indicaciones],
    )


def vigentes(session: Session, personas: Iterable[UUID]) -> Sequence[ContactoSeguro]:
    """What holds of each of several people, the oldest first; of most of them nothing."""
    return session.scalars(
        select(ContactoSeguro)
        .where(ContactoSeguro.persona_id.in_(list(personas)), ContactoSeguro.terminado_en.is_(None))
        .order_by(ContactoSeguro.id)
    ).all()


def fallecidas(session: Session, personas: Iterable[UUID]) -> frozenset[UUID]:
    """Those of several people who died."""
    muertes = select(Defuncion.persona_id).where(
        Defuncion.persona_id.in_(list(personas)), Defuncion.anulada_en.is_(None)
    )
    return frozenset(session.scalars(muertes))


def avisos(session: Session, personas: Iterable[Persona]) -> Mapping[UUID, Sequence[Aviso]]:
    """What must be seen first of each of several people; of one of whom there is nothing, none."""
    todas = {persona.id: persona for persona in personas}
    muertas = fallecidas(session, todas)
    cuidadas = {uno.persona_id for uno in vigentes(session, todas)}
    return {
        persona_id: [
            aviso
            for aviso, es in (
                (Aviso.FALLECIDA, persona_id in muertas),
                (Aviso.NO_CONTACTAR, persona.no_contactar),
                (Aviso.CONTACTO_SEGURO, persona_id in cuidadas),
                (Aviso.INTERPRETE, persona.requiere_interprete),
            )
            if es
        ]
        for persona_id, persona in todas.items()
    }
