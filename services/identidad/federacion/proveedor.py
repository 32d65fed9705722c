"""The provider over HTTP: what it publishes, what it answers, and whether that is true.

joserfc checks signatures and claims. Authlib's own client is not used: it asks for another HTTP
library than the one that the office has (docs/decisions/0018).
"""

import base64
import hashlib
import hmac
import secrets
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from identidad.federacion.perfiles import Acuerdo, Perfil
from oficina import telemetry
from oficina.identity_docs import DocumentoInvalido, normalizar_run

# A person waits for it with a page open.
ESPERA = httpx.Timeout(4.0, connect=2.0)
METADATOS_DURAN = timedelta(hours=1)
CLAVES_SE_PIDEN_CADA = timedelta(seconds=30)
TOLERANCIA = 60
"""Seconds that its clock and ours may differ."""
ALGORITMOS = frozenset({"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"})
"""Signed with a key that it publishes: never with the secret that we share, never unsigned."""

log = telemetry.get_logger("identidad.federacion")


class ProveedorNoResponde(Exception):
    """It cannot be reached, or answers nonsense: nobody can enter by it now."""


class NoEsDeFiar(Exception):
    """What came back is not its answer to our question; says why, without what it held."""


@dataclass(frozen=True)
class Pregunta:
    """What is asked with one sending: kept sealed in the browser until the answer comes."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def nueva(cls) -> "Pregunta":
        """Three times 256 random bits."""
        return cls(*(secrets.token_urlsafe(32) for _number in range(3)))


@dataclass(frozen=True)
class Identidad:
    """Who somebody is there. `correo` only when the provider says that it is verified."""

    emisor: str
    sujeto: str
    correo: str = ""
    run: str = ""
    nombre: str = ""


class Proveedor:
    """One provider; safe to share between threads."""

    def __init__(self, acuerdo: Acuerdo, vuelta: str, reloj: Callable[[], datetime]) -> None:
        """`vuelta` is the address of ours that it sends people back to."""
        self.acuerdo = acuerdo
        self.vuelta = vuelta
        self.reloj = reloj
        self._http = httpx.Client(timeout=ESPERA)
        self._lock = threading.Lock()
        self._metadatos: Mapping[str, Any] | None = None
        self._vence: datetime | None = None
        self._claves: KeySet | None = None
        self._claves_en: datetime | None = None

    @property
    def nombre(self) -> str:
        """What people call it."""
        return self.acuerdo.perfil.nombre

    def direccion(self, pregunta: Pregunta) -> str:
        """Where to send somebody. Raises ProveedorNoResponde."""
        digest = hashlib.sha256(pregunta.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.acuerdo.client_id,
            "redirect_uri": self.vuelta,
            "scope": self.acuerdo.perfil.scope,
            "state": pregunta.state,
            "nonce": pregunta.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        where = self._metadato("authorization_endpoint")
        return f"{where}{'&' if '?' in where else '?'}{urlencode(query)}"

    def identificar(self, pregunta: Pregunta, vuelta: Mapping[str, str]) -> Identidad:
        """Who came back. Raises NoEsDeFiar, ProveedorNoResponde."""
        if not hmac.compare_digest(vuelta.get("state", ""), pregunta.state):
            raise NoEsDeFiar("state")
        issuer = vuelta.get("iss")
        says_who = self._todos().get("authorization_response_iss_parameter_supported") is True
        if (issuer or says_who) and issuer != self._emisor():
            raise NoEsDeFiar("iss de la vuelta")
        tokens = self._canjear(vuelta.get("code", ""), pregunta.verifier)
        claims = self._comprobar(str(tokens.get("id_token", "")), pregunta.nonce)
        if self.acuerdo.perfil.userinfo and isinstance(tokens.get("access_token"), str):
            claims = self._ampliar(claims, tokens["access_token"])
        return leer(self.acuerdo.perfil, self._emisor(), claims)

    def cerrar(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _canjear(self, code: str, verifier: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.vuelta,
            "code_verifier": verifier,
        }
        auth = None
        if self.acuerdo.perfil.autenticacion == "client_secret_basic":
            auth = httpx.BasicAuth(self.acuerdo.client_id, self.acuerdo.client_secret)
        else:
            form |= {
                "client_id": self.acuerdo.client_id,
                "client_secret": self.acuerdo.client_secret,
            }
        # The answer to a code that it does not take is about this person, not about the provider.
        answer = self._enviar("POST", self._metadato("token_endpoint"), data=form, auth=auth)
        if answer.status_code >= 400:
            raise NoEsDeFiar(f"canje: {answer.status_code}")
        return _objeto(answer)

    def _comprobar(self, id_token: str, nonce: str) -> dict[str, Any]:
        registry = jwt.JWTClaimsRegistry(
            now=lambda: int(self.reloj().timestamp()),
            leeway=TOLERANCIA,
            iss={"essential": True, "value": self._emisor()},
            sub={"essential": True},
            aud={"essential": True, "value": self.acuerdo.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            claims = self._abrir(id_token)
            registry.validate(claims)
        except (JoseError, ValueError) as error:
            raise NoEsDeFiar(f"id_token: {type(error).__name__}") from error
        audience = claims["aud"]
        authorized = claims.get("azp", self.acuerdo.client_id)
        many = isinstance(audience, list) and len(audience) > 1
        if authorized != self.acuerdo.client_id or (many and "azp" not in claims):
            raise NoEsDeFiar("azp")
        return claims

    def _abrir(self, id_token: str) -> dict[str, Any]:
        """The claims, signed by a key that it publishes; one that is not known is asked for."""
        algorithms = sorted(ALGORITMOS)
        try:
            return dict(jwt.decode(id_token, self._llaves(), algorithms=algorithms).claims)
        except (JoseError, ValueError):
            if not self._otras_llaves():
                raise
            return dict(jwt.decode(id_token, self._llaves(), algorithms=algorithms).claims)

    def _ampliar(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """What the userinfo endpoint adds, when it is about the same person."""
        where = self._todos().get("userinfo_endpoint")
        if not isinstance(where, str):
            return claims
        headers = {"Authorization": f"Bearer {access_token}"}
        answer = self._enviar(self.acuerdo.perfil.userinfo, where, headers=headers)
        if answer.status_code >= 400:
            raise NoEsDeFiar(f"userinfo: {answer.status_code}")
        more = _objeto(answer)
        if str(more.get("sub", "")) != str(claims["sub"]):
            raise NoEsDeFiar("userinfo de otra persona")
        return {**more, **claims}

    def _emisor(self) -> str:
        return str(self._todos()["issuer"])

    def _metadato(self, name: str) -> str:
        value = self._todos().get(name)
        if not isinstance(value, str):
            raise ProveedorNoResponde(f"no publica {name}")
        return value

    def _todos(self) -> Mapping[str, Any]:
        """What it publishes; asked for when first needed and now and then."""
        with self._lock:
            ahora = self.reloj()
            if self._metadatos is None or self._vence is None or self._vence <= ahora:
                self._metadatos = self._descubrir()
                self._vence = ahora + METADATOS_DURAN
            return self._metadatos

    def _descubrir(self) -> Mapping[str, Any]:
        where = f"{self.acuerdo.emisor}/.well-known/openid-configuration"
        found = _objeto(self._pedir(where))
        # Discovery 1.0 §4.3: or another could speak in its name.
        if str(found.get("issuer", "")).rstrip("/") != self.acuerdo.emisor:
            raise ProveedorNoResponde("publica otro emisor")
        return found

    def _llaves(self) -> KeySet:
        if self._claves is None:
            self._otras_llaves()
        if self._claves is None:
            raise ProveedorNoResponde("no publica claves")
        return self._claves

    def _otras_llaves(self) -> bool:
        """Ask for its keys again, not too often; whether it was asked."""
        where = self._metadato("jwks_uri")
        with self._lock:
            ahora = self.reloj()
            if self._claves_en is not None and ahora - self._claves_en < CLAVES_SE_PIDEN_CADA:
                return False
            published = _objeto(self._pedir(where))
            try:
                self._claves = KeySet.import_key_set(published)  # type: ignore[arg-type]  # parsed JSON
            except (JoseError, ValueError, KeyError) as error:
                raise ProveedorNoResponde("sus claves no se entienden") from error
            self._claves_en = ahora
            return True

    def _pedir(self, where: str) -> httpx.Response:
        answer = self._enviar("GET", where)
        if answer.status_code >= 400:
            raise ProveedorNoResponde(f"responde {answer.status_code}")
        return answer

    def _enviar(self, method: str, where: str, **what: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, where, **what)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProveedorNoResponde(type(error).__name__) from error
        if answer.status_code >= 500:
            raise ProveedorNoResponde(f"responde {answer.status_code}")
        return answer


def leer(perfil: Perfil, emisor: str, claims: Mapping[str, Any]) -> Identidad:
    """Who somebody is, by claims that were checked, in the words of this kind of provider."""
    # Microsoft says 1 or "1" where others say true.
    verified = claims.get(perfil.correo_verificado) in (True, "true", "1")
    correo = claims.get(perfil.correo) if perfil.correo and verified else ""
    return Identidad(
        emisor=emisor,
        sujeto=str(claims["sub"]),
        correo=correo if isinstance(correo, str) else "",
        run=_run(claims.get(perfil.run)) if perfil.run else "",
        nombre=_nombre(claims.get("name")),
    )


def _objeto(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError as error:
        raise ProveedorNoResponde("no responde JSON") from error
    if not isinstance(found, dict):
        raise ProveedorNoResponde("no responde un objeto")
    return found


def _run(rol_unico: Any) -> str:
    """The RUN as ClaveÚnica tells it, `{"numero": 12345678, "DV": "5", "tipo": "RUN"}`."""
    if not isinstance(rol_unico, Mapping) or rol_unico.get("tipo", "RUN") != "RUN":
        return ""
    written = f"{rol_unico.get('numero', '')}-{rol_unico.get('DV', '')}"
    try:
        return normalizar_run(written)
    except DocumentoInvalido:
        return ""


def _nombre(name: Any) -> str:
    """A name, whole or, as ClaveÚnica tells it, `{"nombres": [...], "apellidos": [...]}`."""
    if isinstance(name, Mapping):
        return " ".join([*name.get("nombres", ()), *name.get("apellidos", ())])
    return name if isinstance(name, str) else ""
