"""The signed token that says who asks: what is in it, and how a service checks it.

identidad signs (ES256), every service verifies with the public keys that identidad publishes. A
token lives five minutes at most; the cookie of a person is renewed long before that.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from oficina.actor import Actor

ALGORITHM = "ES256"
ISSUER = "acogida/identidad"
LIFE = timedelta(minutes=5)
REFETCH_AFTER = timedelta(seconds=30)
KNOWN = 1000
"""Tokens that a process remembers to have checked; it forgets all of them when there are more."""


class TokenInvalido(Exception):
    """Not a token of this office, or not any more."""


@dataclass(frozen=True)
class Credencial:
    """What a token says: who, since when, until when, and in which session of identidad.

    A program's session is the secret that it signed in with.
    """

    actor: Actor
    emitida_en: datetime
    expira_en: datetime
    sesion_id: UUID | None = None

    @classmethod
    def nueva(cls, actor: Actor, ahora: datetime, sesion_id: UUID | None = None) -> "Credencial":
        """A credential that begins now and lives as long as a token may."""
        begin = ahora.replace(microsecond=0)
        return cls(actor, begin, begin + LIFE, sesion_id)

    def claims(self) -> dict[str, Any]:
        """The claims of the JWT."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": str(self.actor.id),
            "iat": int(self.emitida_en.timestamp()),
            "exp": int(self.expira_en.timestamp()),
            "nombre": self.actor.nombre,
            "roles": sorted(self.actor.roles),
            "unidad": self.actor.unidad,
            "tipo": self.actor.tipo,
        }
        if self.actor.alcances is not None:
            claims["alcances"] = sorted(self.actor.alcances)
        if self.sesion_id:
            claims["sid"] = str(self.sesion_id)
        return claims

    @classmethod
    def de_claims(cls, claims: Mapping[str, Any]) -> "Credencial":
        """Read the claims; raises TokenInvalido when one is missing or is not what it should be."""
        try:
            if claims["iss"] != ISSUER or claims["tipo"] not in {"persona", "cliente", "servicio"}:
                raise TokenInvalido
            actor = Actor(
                id=UUID(claims["sub"]),
                nombre=str(claims["nombre"]),
                roles=frozenset(claims["roles"]),
                unidad=str(claims["unidad"]),
                tipo=claims["tipo"],
                alcances=frozenset(claims["alcances"]) if "alcances" in claims else None,
            )
            return cls(
                actor=actor,
                emitida_en=datetime.fromtimestamp(claims["iat"], UTC),
                expira_en=datetime.fromtimestamp(claims["exp"], UTC),
                sesion_id=UUID(claims["sid"]) if "sid" in claims else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise TokenInvalido from error


class Verificador:
    """Checks signatures with identidad's public keys, fetched when first needed."""

    def __init__(self, jwks: Callable[[], Mapping[str, Any]]) -> None:
        """`jwks` fetches the published key set; it may raise when identidad does not answer."""
        self._fetch = jwks
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._lock = threading.Lock()
        self._known: dict[str, Credencial] = {}

    def leer(self, token: str, ahora: datetime) -> Credencial:
        """The credential in a token whose signature is good, expired or not.

        Raises TokenInvalido. A key that is not known is looked for again, at most every 30 s. A
        token is checked once while the keys are the same.
        """
        if (known := self._known.get(token)) is not None:
            return known
        try:
            return self._decode(token, self._current(ahora))
        except TokenInvalido:
            keys = self._refetched(ahora)
            if keys is None:
                raise
            return self._decode(token, keys)

    def _decode(self, token: str, keys: KeySet) -> Credencial:
        try:
            claims = jwt.decode(token, keys, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError) as error:
            raise TokenInvalido from error
        credencial = Credencial.de_claims(claims)
        with self._lock:
            if len(self._known) >= KNOWN:
                self._known.clear()
            if self._keys is keys:
                self._known[token] = credencial
        return credencial

    def _current(self, ahora: datetime) -> KeySet:
        if self._keys is None:
            with self._lock:
                if self._keys is None:
                    self._keys = self._load(ahora)
        return self._keys

    def _refetched(self, ahora: datetime) -> KeySet | None:
        with self._lock:
            if self._fetched_at is not None and ahora - self._fetched_at < REFETCH_AFTER:
                return None
            self._known.clear()
            self._keys = self._load(ahora)
            return self._keys

    def _load(self, ahora: datetime) -> KeySet:
        keys = KeySet.import_key_set(dict(self._fetch()))  # type: ignore[arg-type]  # parsed JSON
        self._fetched_at = ahora
        return keys
