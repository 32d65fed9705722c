"""How providers differ, as data (perfiles.json), and what the environment says of ours."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from identidad.models import Rol
from oficina.settings import Settings, SettingsError

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Perfil:
    """What a kind of provider calls things. An empty claim is one that it does not tell."""

    nombre: str
    emisor: str
    scope: str
    userinfo: Literal["", "GET", "POST"]
    autenticacion: Literal["client_secret_basic", "client_secret_post"]
    correo: str
    correo_verificado: str
    run: str


@dataclass(frozen=True, kw_only=True)
class Acuerdo:
    """Our agreement with one provider. `roles`, when there are any, are given to who is new."""

    perfil: Perfil
    emisor: str
    client_id: str
    client_secret: str
    roles: tuple[str, ...]


@cache
def perfiles() -> Mapping[str, Perfil]:
    """Every kind of provider that we know."""
    text = (Path(__file__).parent / "perfiles.json").read_text("utf-8")
    datos: dict[str, Any] = json.loads(text)["perfiles"]
    return {name: Perfil(**perfil) for name, perfil in datos.items()}


def acuerdo(settings: Settings) -> Acuerdo | None:
    """What the environment agrees; None without a provider. SettingsError names what is wrong."""
    if not settings.oidc_perfil:
        return None
    perfil = perfiles().get(settings.oidc_perfil)
    if perfil is None:
        raise SettingsError(f"ACOGIDA_OIDC_PERFIL: debe ser uno de {', '.join(perfiles())}")
    emisor = (settings.oidc_emisor or perfil.emisor).rstrip("/")
    roles = tuple(word.strip() for word in settings.oidc_roles.split(",") if word.strip())
    wrong = []
    if not emisor:
        wrong.append("ACOGIDA_OIDC_EMISOR: hace falta con ese perfil")
    elif urlsplit(emisor).scheme != "https" and urlsplit(emisor).hostname not in LOOPBACK:
        wrong.append("ACOGIDA_OIDC_EMISOR: debe empezar con https://")
    if not settings.oidc_cliente or not settings.oidc_secreto:
        wrong.append("ACOGIDA_OIDC_CLIENTE y ACOGIDA_OIDC_SECRETO: hacen falta los dos")
    if unknown := set(roles) - set(Rol):
        wrong.append(f"ACOGIDA_OIDC_ROLES: no hay ningún rol {', '.join(sorted(unknown))}")
    if Rol.ADMINISTRADOR in roles:
        wrong.append("ACOGIDA_OIDC_ROLES: nadie administra sin que otra persona le dé ese rol")
    if wrong:
        raise SettingsError("\n  ".join(wrong))
    return Acuerdo(
        perfil=perfil,
        emisor=emisor,
        client_id=settings.oidc_cliente,
        client_secret=settings.oidc_secreto,
        roles=roles,
    )
