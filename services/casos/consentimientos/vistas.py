"""A consent in words that the person could read, as far as the reader may know of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.alcance import Alcance
from casos.consentimientos import queries
from casos.consentimientos.models import Consentimiento
from casos.consentimientos.textos import etiqueta, textos
from casos.derivaciones.etiquetas import ETIQUETAS
from casos.derivaciones.paquete import Categoria
from oficina.web.auth import puede


@dataclass(frozen=True)
class Vista:
    """One consent on a page."""

    consentimiento: Consentimiento
    finalidad: str
    destinatario: str
    datos: str
    texto: str
    lengua: str
    situacion: str
    tono: str
    vale: bool


def visibles(
    session: Session, persona_id: UUID, alcance: Alcance, ahora: datetime, idioma: str
) -> Sequence[Vista]:
    """What a person agreed to, the newest first."""
    return [
        vista(uno, ahora, idioma)
        for uno in queries.de_persona(session, persona_id, alcance)
        if se_ve(uno)
    ]


def se_ve(consentimiento: Consentimiento) -> bool:
    """To whom somebody is derived tells what happened to them: not everybody may know."""
    return consentimiento.destinatario_id is None or puede("casos.consentimiento.destinatarios")


def vista(consentimiento: Consentimiento, ahora: datetime, idioma: str) -> Vista:
    """One consent in words. Recipient and withdrawal must be loaded."""
    destinatario = consentimiento.destinatario
    nombre = destinatario.nombre if destinatario else ""
    situacion, tono = _situacion(consentimiento, ahora)
    leido = textos(consentimiento.finalidad, consentimiento.texto_version)
    return Vista(
        consentimiento=consentimiento,
        finalidad=etiqueta(consentimiento.finalidad, idioma),
        destinatario=destinatario.titulo if destinatario else _("La propia oficina"),
        datos=", ".join(str(ETIQUETAS[Categoria][Categoria(c)]) for c in consentimiento.categorias),
        texto=leido.en(consentimiento.idioma or "", nombre),
        lengua=leido.lengua(consentimiento.idioma or ""),
        situacion=situacion,
        tono=tono,
        vale=consentimiento.vale(ahora),
    )


def _situacion(consentimiento: Consentimiento, ahora: datetime) -> tuple[str, str]:
    if consentimiento.retiro is not None:
        return _("Retirado"), "mal"
    if not consentimiento.vale(ahora):
        return _("Terminó"), "neutro"
    return _("Vigente"), "bien"
