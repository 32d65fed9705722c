"""What can be done with the ledger of legal bases: add to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.consentimientos.models import BaseLicitud, Consentimiento, FormaConsentimiento
from casos.consentimientos.textos import textos
from casos.red.models import Institucion
from oficina.actor import Actor
from oficina.errors import DatosInvalidos

DERIVACION = "derivacion"
"""The one purpose for which data leaves the office to an institution."""


@dataclass(frozen=True)
class Fundamento:
    """On which legal basis data is shared; with consent, how and in which language it was given."""

    base: BaseLicitud
    forma: FormaConsentimiento | None = None
    idioma: str | None = None

    def faltas(self) -> dict[str, list[str]]:
        """What a consent does not say of how it was given, by its field."""
        faltan: dict[str, list[str]] = {}
        if self.base is not BaseLicitud.CONSENTIMIENTO:
            return faltan
        if self.forma is None:
            faltan["forma_consentimiento"] = [_("Indique cómo dio la persona su consentimiento.")]
        if self.idioma not in textos().textos:
            faltan["idioma_consentimiento"] = [_("Indique en qué idioma se leyó el texto.")]
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
    person's consent, or when the consent does not say how and in which language it was given.
    """
    _exigir(institucion, fundamento)
    con_permiso = fundamento.base is BaseLicitud.CONSENTIMIENTO
    entrada = Consentimiento(
        persona_id=persona_id,
        finalidad=DERIVACION,
        base_licitud=fundamento.base,
        destinatario_id=institucion.id,
        categorias=list(categorias),
        forma=fundamento.forma if con_permiso else None,
        texto_version=textos().version if con_permiso else None,
        idioma=fundamento.idioma if con_permiso else None,
        registrado_por_id=actor.id,
        registrado_en=ahora,
    )
    session.add(entrada)
    session.flush()
    return entrada


def _exigir(institucion: Institucion, fundamento: Fundamento) -> None:
    if fundamento.base is BaseLicitud.FUNCION_LEGAL and not institucion.admite_funcion_legal:
        raise DatosInvalidos(
            {"base_licitud": [_("Esta institución necesita el consentimiento de la persona.")]}
        )
    if faltan := fundamento.faltas():
        raise DatosInvalidos(faltan)
