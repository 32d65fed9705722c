"""identidad's own side of the door: the keys and renewals that other services ask over HTTP."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from identidad import actions
from identidad.models import Sesion
from identidad.secretos import Firma
from oficina.clock import real_now
from oficina.db import Database
from oficina.web.tokens import Credencial, TokenInvalido, Verificador


class IdentidadLocal:
    """Signs and renews with the private key and the sessions of this database."""

    def __init__(
        self,
        db: Database,
        firma: Firma,
        reloj: Callable[[], datetime] = real_now,
        exigen_factor: frozenset[str] = frozenset(),
    ) -> None:
        self._db = db
        self.exigen_factor = exigen_factor
        self._firma = firma
        self._verificador = Verificador(self.jwks)
        self.reloj = reloj

    def ahora(self) -> datetime:
        """The machine's time, by the clock that this has now."""
        return self.reloj()

    def jwks(self) -> Mapping[str, Any]:
        """The public keys."""
        return self._firma.publicas()

    def renovar(self, token: str) -> str | None:
        """A fresh token of the same session, with the roles of now; None when it has ended."""
        try:
            credencial = self._verificador.leer(token, self.reloj())
        except TokenInvalido:
            return None
        if credencial.sesion_id is None:
            return None
        actor = actions.renovar(self._db, credencial.sesion_id, self.reloj(), self.exigen_factor)
        if actor is None:
            return None
        if (asked := credencial.actor.alcances) is not None:
            # A program may have asked for less than it may have: it never gets more by waiting.
            now = actor.alcances
            actor = replace(actor, alcances=asked if now is None else asked & now)
        return self._firma.firmar(Credencial.nueva(actor, self.reloj(), credencial.sesion_id))

    def token_de(self, sesion: Sesion) -> str:
        """The first token of a session that was just opened."""
        actor = sesion.funcionario.actor()
        return self._firma.firmar(Credencial.nueva(actor, self.reloj(), sesion.id))

    def token_de_cliente(self, credencial: Credencial) -> str:
        """The token of a program or a service."""
        return self._firma.firmar(credencial)

    def sellar(self, proposito: str, datos: Mapping[str, str], vida: timedelta) -> str:
        """What a browser keeps for us between two requests: readable by it, not writable."""
        return self._firma.sellar(proposito, datos, self.reloj() + vida)

    def abrir(self, proposito: str, sellado: str) -> Mapping[str, str] | None:
        """What was sealed for this purpose; None when it is not ours or its time is over."""
        return self._firma.abrir(proposito, sellado, self.reloj())
