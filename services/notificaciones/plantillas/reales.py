"""Real data for a trial: those of an appointment that the reader may see, read in their name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _

from notificaciones.plantillas.catalogo import Plantilla, base, idioma_de
from notificaciones.plantillas.motor import Tipo, Valor
from oficina.actor import Actor
from oficina.audit import registrar_lectura
from oficina.env import Env
from oficina.errors import DatosInvalidos, NoEncontrado, NoPermitido

DE_CITA: Mapping[str, frozenset[Tipo]] = {
    "fecha": frozenset({Tipo.FECHA, Tipo.FECHA_LARGA}),
    "hora": frozenset({Tipo.HORA}),
    "lugar": frozenset({Tipo.TEXTO}),
}
"""What an appointment gives to the variables that are called so and are of such a type."""

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class DeCita:
    """What an appointment says; `idioma` is how its person reads, as far as the reader may know."""

    cita_id: UUID
    inicia_en: datetime
    frases: Mapping[str, str]
    idioma: str | None

    def valores(self, plantilla: Plantilla, idioma: str) -> dict[str, Valor]:
        """For a template's variables, in one language."""
        lugar = self.frases.get(idioma) or self.frases[base()]
        dados: dict[str, Valor] = {
            "fecha": self.inicia_en,
            "hora": self.inicia_en,
            "lugar": lugar,
        }
        return {nombre: dados[nombre] for nombre in que_da_una_cita(plantilla)}


def que_da_una_cita(plantilla: Plantilla) -> list[str]:
    """The variables of a template that an appointment has a value for."""
    return [
        nombre
        for nombre, variable in plantilla.variables.items()
        if variable.tipo in DE_CITA.get(nombre, ())
    ]


def leer_cita(escrito: str) -> UUID:
    """The id of an appointment, or what is in the address of its page."""
    hallado = _ID.search(escrito.lower())
    if hallado is None:
        raise DatosInvalidos({"cita": [_("Copie aquí la dirección de la página de la cita.")]})
    return UUID(hallado[0])


def de_cita(env: Env, cita_id: UUID, actor: Actor) -> DeCita:
    """Ask its owners in the name of the reader, and write down that it was read.

    Raises DatosInvalidos for one that is not theirs to see.
    """
    try:
        cita = env.client.get("agenda", f"/agenda/api/v1/citas/{cita_id}", actor_token=True)
    except (NoEncontrado, NoPermitido) as error:
        raise DatosInvalidos({"cita": [_("No encontramos esa cita entre las suyas.")]}) from error
    registrar_lectura(env.db, actor, "notificaciones.plantilla.previsualizar", "cita", cita_id)
    return DeCita(
        cita_id=cita_id,
        inicia_en=datetime.fromisoformat(cita["inicia_en"]),
        frases=cita["lugar_frases"],
        idioma=_idioma(env, UUID(cita["persona_id"])),
    )


def _idioma(env: Env, persona_id: UUID) -> str | None:
    try:
        persona = env.client.get("casos", f"/casos/api/v1/personas/{persona_id}", actor_token=True)
    except (NoEncontrado, NoPermitido):
        return None
    hablados = persona["idiomas"]
    return idioma_de(hablados[0]) if hablados else None
