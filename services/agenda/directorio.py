"""Who people are: names that belong to other services and are asked of them.

People and cases are asked with the reader's own token, so that casos applies the reader's rights;
the staff is asked of identidad in the service's own name.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from oficina import telemetry
from oficina.env import Env
from oficina.errors import DatosInvalidos, DomainError, NoEncontrado

ROLES_QUE_ATIENDEN = ("profesional", "coordinacion")
# The ids travel in the address, whose length has a limit.
POR_PREGUNTA = 60

log = telemetry.get_logger("agenda.directorio")


@dataclass(frozen=True)
class DeQuien:
    """The person of an appointment, and its case if there is one."""

    persona_id: UUID
    nombre: str
    caso_id: UUID | None
    caso_folio: str | None


def profesionales(env: Env) -> Mapping[UUID, str]:
    """Names of the staff with whom one can have an appointment, in alphabetical order."""
    hallados: dict[UUID, str] = {}
    for rol in ROLES_QUE_ATIENDEN:
        for uno in env.client.get("identidad", "/identidad/api/v1/funcionarios", {"rol": rol}):
            hallados[UUID(uno["id"])] = uno["nombre"]
    return dict(sorted(hallados.items(), key=lambda item: item[1].casefold()))


def profesional(env: Env, profesional_id: UUID) -> str:
    """The name of one of them; DatosInvalidos when nobody is called so."""
    nombre = profesionales(env).get(profesional_id)
    if nombre is None:
        raise DatosInvalidos({"profesional_id": [_("Elija a alguien que atienda en la oficina.")]})
    return nombre


def de_quien(env: Env, persona_id: UUID | None, caso_id: UUID | None) -> DeQuien | None:
    """The person that the reader means, by person, by case or by both; None when by neither.

    Raises DatosInvalidos when the reader may not see them or the case is of somebody else.
    """
    folio = None
    if caso_id is not None:
        caso = _asked(env, f"/casos/api/v1/casos/{caso_id}", "caso_id")
        de_caso, folio = UUID(caso["persona"]["id"]), caso["folio"]
        if persona_id is not None and persona_id != de_caso:
            raise DatosInvalidos({"caso_id": [_("Ese caso es de otra persona.")]})
        persona_id = de_caso
    if persona_id is None:
        return None
    persona = _asked(env, f"/casos/api/v1/personas/{persona_id}", "persona_id")
    return DeQuien(persona_id, persona["nombre"], caso_id, folio)


def nombres(env: Env, personas: Iterable[UUID]) -> Mapping[UUID, str]:
    """Names for a page, as far as the reader may know them and casos answers."""
    pedidas = sorted(set(personas))
    hallados: dict[UUID, str] = {}
    try:
        for start in range(0, len(pedidas), POR_PREGUNTA):
            hallados |= _names(env, pedidas[start : start + POR_PREGUNTA])
    except DomainError as error:
        # The agenda is worth reading without names: the page says that they are missing.
        log.warning("sin_nombres", kind=type(error).__name__)
    return hallados


def _names(env: Env, personas: Sequence[UUID]) -> Mapping[UUID, str]:
    params = {"id": [str(persona) for persona in personas]}
    path = "/casos/api/v1/personas/nombres"
    found = env.client.get("casos", path, params, actor_token=True)
    return {UUID(one["id"]): one["nombre"] for one in found}


def _asked(env: Env, path: str, campo: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = env.client.get("casos", path, actor_token=True)
    except NoEncontrado as error:
        raise DatosInvalidos({campo: [_("No lo encontramos.")]}) from error
    return found
