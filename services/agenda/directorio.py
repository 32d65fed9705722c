"""Who people are: names that belong to other services and are asked of them.

People and cases are asked with the reader's own token, so that casos applies the reader's rights;
the staff is asked of identidad in the service's own name.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import current_app
from flask_babel import gettext as _

from agenda.models import Cita
from oficina import telemetry
from oficina.actor import Actor
from oficina.env import Env
from oficina.errors import DatoNoEncontrado, DatosInvalidos, DomainError, NoEncontrado
from oficina.web.client import ServiceClient, ServicioNoDisponible

ROLES_QUE_ATIENDEN = frozenset({"profesional", "coordinacion"})
VIGENCIA = 60.0
"""Seconds for which the staff is remembered."""

ORGANIZACIONES = "/casos/api/v1/comunidad/organizaciones"

# The ids travel in the address, whose length has a limit.
POR_PREGUNTA = 60
_POR_ALCANCE = 400

log = telemetry.get_logger("agenda.directorio")


@dataclass(frozen=True)
class DeQuien:
    """The person of an appointment, and its case if there is one."""

    persona_id: UUID
    nombre: str
    caso_id: UUID | None
    caso_folio: str | None
    avisos: Sequence[str] = ()


@dataclass(frozen=True)
class Nombrada:
    """How a person is called, and the codes of what must be seen first of them."""

    nombre: str
    avisos: Sequence[str] = ()


class Personal:
    """The staff with whom one can have an appointment, as identidad said at most a minute ago."""

    def __init__(self, client: ServiceClient) -> None:
        """Nothing is asked before somebody wants to know."""
        self._client = client
        self._nombres: Mapping[UUID, str] = {}
        self._hasta = 0.0
        self._lock = threading.Lock()

    def nombres(self) -> Mapping[UUID, str]:
        """Their names, in alphabetical order; the last known ones while identidad is silent."""
        with self._lock:
            if time.monotonic() >= self._hasta:
                self._refresh()
            return self._nombres

    def nombre(self, profesional_id: UUID) -> str:
        """The name of one of them; DatosInvalidos when nobody has this id, also just now."""
        if profesional_id not in self.nombres():
            with self._lock:
                self._refresh()
        nombre = self._nombres.get(profesional_id)
        if nombre is None:
            mensaje = _("Elija a alguien que atienda en la oficina.")
            raise DatosInvalidos({"profesional_id": [mensaje]})
        return nombre

    def _refresh(self) -> None:
        try:
            todos = self._client.get("identidad", "/identidad/api/v1/funcionarios")
        except ServicioNoDisponible:
            if not self._nombres:
                raise
            return
        hallados = {
            UUID(uno["id"]): uno["nombre"]
            for uno in todos
            if ROLES_QUE_ATIENDEN.intersection(uno["roles"])
        }
        self._nombres = dict(sorted(hallados.items(), key=lambda item: item[1].casefold()))
        self._hasta = time.monotonic() + VIGENCIA


def personal() -> Personal:
    """The staff, as the current application knows it."""
    found: Personal = current_app.extensions["personal"]
    return found


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
    return DeQuien(persona_id, persona["nombre"], caso_id, folio, persona["avisos"])


def nombres(env: Env, personas: Iterable[UUID]) -> Mapping[UUID, Nombrada]:
    """Names for a page, as far as the reader may know them and casos answers."""
    pedidas = sorted(set(personas))
    hallados: dict[UUID, Nombrada] = {}
    try:
        for start in range(0, len(pedidas), POR_PREGUNTA):
            hallados |= _names(env, pedidas[start : start + POR_PREGUNTA])
    except DomainError as error:
        # The agenda is worth reading without names: the page says that they are missing.
        log.warning("sin_nombres", kind=type(error).__name__)
    return hallados


def organizaciones(env: Env) -> Mapping[UUID, str]:
    """The organisations of the community that an appointment may name, by name; none while casos
    is silent: an appointment is worth booking without one.
    """
    halladas: dict[UUID, str] = {}
    pagina, paginas = 1, 1
    try:
        while pagina <= paginas:
            una = env.client.get("casos", ORGANIZACIONES, {"pagina": pagina}, actor_token=True)
            halladas |= {UUID(o["id"]): o["nombre"] for o in una["organizaciones"]}
            pagina, paginas = pagina + 1, una["paginas"]
    except DomainError as error:
        log.warning("sin_organizaciones", kind=type(error).__name__)
    return halladas


def organizacion(env: Env, organizacion_id: UUID | None) -> str | None:
    """How an organisation is called, None of none; raises DatosInvalidos when there is no such."""
    if organizacion_id is None:
        return None
    path = f"{ORGANIZACIONES}/{organizacion_id}"
    return str(_asked(env, path, "organizacion_id")["nombre"])


def a_la_vista(env: Env, citas: Iterable[Cita], quien: Actor) -> frozenset[UUID]:
    """Which of these appointments the reader may see, by their ids: those of a case that they may
    know of, and without a case their own and those of people whom they may see.

    casos decides it, with the reader's own rights. Raises ServicioNoDisponible.
    """
    todas = list(citas)
    if quien.tipo == "servicio":
        return frozenset(cita.id for cita in todas)
    ajenas = [c for c in todas if c.caso_id is not None or c.profesional_id != quien.id]
    visto: set[str] = set()
    for start in range(0, len(ajenas), _POR_ALCANCE):
        parte = ajenas[start : start + _POR_ALCANCE]
        pedido = {
            "casos": sorted({str(c.caso_id) for c in parte if c.caso_id is not None}),
            "personas": sorted({str(c.persona_id) for c in parte if c.caso_id is None}),
        }
        answer = env.client.post("casos", "/casos/api/v1/alcance", pedido, actor_token=True)
        visto.update(answer["casos"], answer["personas"])
    fuera = {c.id for c in ajenas if str(c.caso_id or c.persona_id) not in visto}
    return frozenset(cita.id for cita in todas if cita.id not in fuera)


def exigir_a_la_vista(env: Env, cita: Cita, quien: Actor) -> None:
    """Raise NoEncontrado for an appointment that is not the reader's to see."""
    if not a_la_vista(env, [cita], quien):
        raise NoEncontrado


def _names(env: Env, personas: Sequence[UUID]) -> Mapping[UUID, Nombrada]:
    params = {"id": [str(persona) for persona in personas]}
    path = "/casos/api/v1/personas/nombres"
    found = env.client.get("casos", path, params, actor_token=True)
    return {UUID(one["id"]): Nombrada(one["nombre"], one["avisos"]) for one in found}


def _asked(env: Env, path: str, campo: str) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = env.client.get("casos", path, actor_token=True)
    except NoEncontrado as error:
        raise DatoNoEncontrado({campo: [_("No lo encontramos.")]}) from error
    return found
