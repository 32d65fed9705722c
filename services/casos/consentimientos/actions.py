"""What can be done with the ledger of legal bases: add to it. A withdrawal is `retiro.retirar`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.alcance import Alcance, exigir_usable
from casos.consentimientos.models import (
    BaseLicitud,
    Consentimiento,
    FormaConsentimiento,
    Otorgante,
)
from casos.consentimientos.textos import (
    DERIVACION,
    RECORDATORIOS,
    textos,
)
from casos.derivaciones.paquete import SENSIBLES
from casos.personas.edades import edad
from casos.personas.models import Persona
from casos.personas.queries import persona_por_id
from casos.red.models import Institucion
from casos.representantes.catalogo import catalogo
from casos.representantes.queries import de_persona as representantes_de
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.clock import ZONA, local
from oficina.errors import DatosInvalidos
from oficina.events.casos import ConsentimientoOtorgado

OFICINA = "oficina"
"""What kind of recipient the office itself is, in the facts."""

_CONTACTO = ("correo", "telefono")


@dataclass(frozen=True)
class Fundamento:
    """On which legal basis data is used; with consent, how, by whom and in which language it was
    given, where that can be seen, and until which day it holds.
    """

    base: BaseLicitud
    forma: FormaConsentimiento | None = None
    idioma: str | None = None
    otorgado_por: Otorgante = Otorgante.PERSONA
    representante: str | None = None
    evidencia: str | None = None
    hasta: date | None = None

    def faltas(self) -> dict[str, list[str]]:
        """What a consent does not say of how it was given, by its field."""
        faltan: dict[str, list[str]] = {}
        if self.base is not BaseLicitud.CONSENTIMIENTO:
            return faltan
        if self.forma is None:
            faltan["forma_consentimiento"] = [_("Indique cómo dio la persona su consentimiento.")]
        if self.idioma not in textos().textos:
            faltan["idioma_consentimiento"] = [_("Indique en qué idioma se leyó el texto.")]
        if self.otorgado_por is Otorgante.REPRESENTANTE and not self.representante:
            faltan["representante"] = [_("Escriba quién lo dio y qué le permite representarla.")]
        return faltan


def registrar_fundamento(
    session: Session,
    persona_id: UUID,
    institucion: Institucion,
    categorias: Sequence[str],
    fundamento: Fundamento,
    *,
    actor: Actor,
    ahora: datetime,
) -> Consentimiento:
    """Add the basis for sharing `categorias` with an institution to the ledger.

    Raises DatosInvalidos when the institution is not a public body and the basis is not the
    person's consent or may not receive that data, when the consent does not say how and in which
    language it was given, or when a child alone consents to what their age leaves to whoever
    represents them, or nobody does.
    """
    if fundamento.base is BaseLicitud.FUNCION_LEGAL and not institucion.admite_funcion_legal:
        raise DatosInvalidos(
            {"base_licitud": [_("Esta institución necesita el consentimiento de la persona.")]}
        )
    if institucion.no_puede_recibir(categorias):
        raise DatosInvalidos(
            {"datos": [_("La institución no puede recibir alguno de esos datos.")]}
        )
    sensibles = bool(SENSIBLES.intersection(categorias))
    _exigir_edad(session, persona_id, fundamento, sensibles=sensibles, actor=actor, ahora=ahora)
    return _asentar(
        session, persona_id, DERIVACION, institucion, categorias, fundamento, actor, ahora
    )


def consentir_recordatorios(
    session: Session, persona_id: UUID, fundamento: Fundamento, actor: Actor, ahora: datetime
) -> Consentimiento:
    """Write down that a person wants to be reminded of appointments.

    Raises NoEncontrado, DatosInvalidos when it does not say how it was given, or a child alone did.
    """
    persona_por_id(session, persona_id, Alcance.de(actor))
    exigir_usable(session, persona_id, retener=True)
    _exigir_edad(session, persona_id, fundamento, sensibles=False, actor=actor, ahora=ahora)
    entrada = _asentar(
        session, persona_id, RECORDATORIOS, None, _CONTACTO, fundamento, actor, ahora
    )
    registrar(session, actor, "casos.consentimiento.otorgar", "persona", persona_id)
    return entrada


def _asentar(  # noqa: PLR0917  one entry of the ledger has as many parts
    session: Session,
    persona_id: UUID,
    finalidad: str,
    institucion: Institucion | None,
    categorias: Sequence[str],
    fundamento: Fundamento,
    actor: Actor,
    ahora: datetime,
) -> Consentimiento:
    if faltan := fundamento.faltas() | _ya_pasado(fundamento, ahora):
        raise DatosInvalidos(faltan)
    entrada = Consentimiento(
        persona_id=persona_id,
        finalidad=finalidad,
        base_licitud=fundamento.base,
        destinatario_id=institucion.id if institucion else None,
        categorias=list(categorias),
        registrado_por_id=actor.id,
        registrado_en=ahora,
    )
    con_permiso = fundamento.base is BaseLicitud.CONSENTIMIENTO
    if con_permiso:
        _como_se_dio(entrada, fundamento)
    session.add(entrada)
    session.flush()
    if con_permiso:
        emitir(
            session,
            ConsentimientoOtorgado(
                consentimiento_id=entrada.id,
                persona_id=persona_id,
                finalidad=finalidad,
                destinatario_tipo=tipo_de(institucion),
            ),
        )
    return entrada


def tipo_de(institucion: Institucion | None) -> str:
    """What kind of recipient: a type of institution, or the office itself."""
    return institucion.tipo.value if institucion else OFICINA


def _como_se_dio(entrada: Consentimiento, fundamento: Fundamento) -> None:
    de_otra = fundamento.otorgado_por is Otorgante.REPRESENTANTE
    entrada.forma = fundamento.forma
    entrada.idioma = fundamento.idioma
    entrada.texto_version = textos(entrada.finalidad).version
    entrada.otorgado_por = fundamento.otorgado_por
    entrada.representante = fundamento.representante if de_otra else None
    entrada.evidencia = fundamento.evidencia
    # The whole last day still counts.
    entrada.hasta = datetime.combine(fundamento.hasta, time.max, ZONA) if fundamento.hasta else None


def _exigir_edad(
    session: Session,
    persona_id: UUID,
    fundamento: Fundamento,
    *,
    sensibles: bool,
    actor: Actor,
    ahora: datetime,
) -> None:
    """The age is that of the day on which they say so; when it is not known, their word counts.
    Below it somebody who represents them must be written down, and be who says so.
    """
    nacimiento = session.scalar(select(Persona.fecha_nacimiento).where(Persona.id == persona_id))
    if fundamento.base is not BaseLicitud.CONSENTIMIENTO or nacimiento is None:
        return
    hoy, desde = local(ahora).date(), catalogo().consiente_desde(sensibles=sensibles)
    if edad(nacimiento, hoy) >= desde:
        return
    falta = _("Tiene menos de %(anios)s años: lo autoriza quien la representa.", anios=desde)
    de_otra = fundamento.otorgado_por is Otorgante.REPRESENTANTE
    representan = representantes_de(session, persona_id, Alcance.de(actor), hoy)
    if not any(uno.vale for uno in representan):
        nadie = _(
            "Nadie figura como su representante: anótelo en su ficha, Familia y representación."
        )
        campo = "representante" if de_otra else "otorgado_por"
        raise DatosInvalidos({campo: [f"{falta} {nadie}"]})
    if not de_otra:
        raise DatosInvalidos({"otorgado_por": [falta]})


def _ya_pasado(fundamento: Fundamento, ahora: datetime) -> dict[str, list[str]]:
    if fundamento.hasta is None or fundamento.hasta >= local(ahora).date():
        return {}
    return {"hasta_consentimiento": [_("Ese día ya pasó.")]}
