"""Real data for a trial: those of an appointment that the reader may see, read in their name."""

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from notificaciones.plantillas.catalogo import Canal, Plantilla, idioma_de
from notificaciones.plantillas.citas import DeCita
from notificaciones.plantillas.motor import Valor
from notificaciones.proveedores.desvio import Desvio
from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.env import Env
from oficina.errors import DatosInvalidos, NoEncontrado, NoPermitido

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, kw_only=True)
class CitaReal:
    """An appointment to try a template with; `idioma` is how its person reads, as far as the reader
    may know.
    """

    cita_id: UUID
    dice: DeCita
    idioma: str | None

    def valores(self, plantilla: Plantilla, idioma: str) -> dict[str, Valor]:
        """For a template's variables, in one language."""
        return self.dice.valores(plantilla, idioma)


def leer_cita(escrito: str) -> UUID:
    """The id of an appointment, or what is in the address of its page."""
    hallado = _ID.search(escrito.lower())
    if hallado is None:
        raise DatosInvalidos({"cita": [_("Copie aquí la dirección de la página de la cita.")]})
    return UUID(hallado[0])


def de_cita(env: Env, cita_id: UUID, actor: Actor) -> CitaReal:
    """Ask its owners in the name of the reader, and write down that it was read.

    Raises DatosInvalidos for one that is not theirs to see.
    """
    try:
        cita = env.client.get("agenda", f"/agenda/api/v1/citas/{cita_id}", actor_token=True)
    except (NoEncontrado, NoPermitido) as error:
        raise DatosInvalidos({"cita": [_("No encontramos esa cita entre las suyas.")]}) from error
    registrar_lectura(env.db, actor, "notificaciones.plantilla.previsualizar", "cita", cita_id)
    return CitaReal(
        cita_id=cita_id,
        dice=DeCita(
            inicia_en=datetime.fromisoformat(cita["inicia_en"]),
            frases=cita["lugar_frases"],
            contestar=Desvio.de(env.settings, env.db).se_contesta(Canal.SMS),
        ),
        idioma=_idioma(env, UUID(cita["persona_id"])),
    )


def _idioma(env: Env, persona_id: UUID) -> str | None:
    try:
        persona = env.client.get("casos", f"/casos/api/v1/personas/{persona_id}", actor_token=True)
    except (NoEncontrado, NoPermitido):
        return None
    hablados = persona["idiomas"]
    return idioma_de(hablados[0]) if hablados else None
