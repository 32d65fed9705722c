"""Where a webhook may go: the one guard, asked when it is saved, tried out and sent.

Whoever may name an address must not thereby reach what this machine reaches: the databases, the
other services, the metadata of a cloud. The address is resolved here, every answer is looked at,
and the request goes to the very address that was looked at, so that a name cannot mean another one
a moment later. Public addresses need https; others are open only inside ACOGIDA_WEBHOOK_CIDRS, and
some never.
"""

import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from oficina.texts import N_

Red = IPv4Network | IPv6Network
Direccion = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]
"""The addresses of a name, as text. Raises OSError when nobody knows it."""

LARGO_MAXIMO = 2000

_NUNCA: tuple[Red, ...] = tuple(
    map(
        ip_network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",  # link-local, and the metadata of most clouds
            "168.63.129.16/32",  # Azure's
            "100.100.100.200/32",  # Alibaba's
            "192.0.0.192/32",  # Oracle's
            "224.0.0.0/4",
            "240.0.0.0/4",
            "::/96",  # unspecified, and the old way to write an IPv4 address; ::1 is below
            "64:ff9b::/96",  # what follows carries an IPv4 address that somebody else unpacks
            "64:ff9b:1::/48",
            "2001::/32",
            "2002::/16",
            "fd00:ec2::254/128",  # Amazon's
            "fd20:ce::254/128",  # Google's
            "fe80::/10",
            "fec0::/10",
            "ff00::/8",
        ),
    )
)
"""Not even inside an allowed network."""

_DE_NADIE: tuple[Red, ...] = tuple(
    map(ip_network, ("100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"))
)
"""What Python's `is_global` has taken for public in some version."""

_HOST = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*\.?")
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)\.?")
_LOOPBACK_6 = IPv6Address("::1")


class DestinoNoPermitido(Exception):
    """A webhook may not go there; `razon` says why, to be translated."""

    def __init__(self, razon: str) -> None:
        super().__init__(razon)
        self.razon = razon


class SinDireccion(DestinoNoPermitido):
    """Nobody knows the name now; perhaps later."""


@dataclass(frozen=True, kw_only=True)
class Destino:
    """An address that was looked at."""

    esquema: str
    host: str
    """As the receiver is called, for `Host` and its certificate."""
    puerto: int
    ruta: str
    """Path and query."""
    direccion: Direccion

    @property
    def url(self) -> str:
        """The same with the address in place of the name."""
        literal = f"[{self.direccion}]" if self.direccion.version == 6 else str(self.direccion)
        return f"{self.esquema}://{literal}:{self.puerto}{self.ruta}"

    @property
    def cabecera_host(self) -> str:
        """What `Host` says."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.esquema]
        return name if self.puerto == usual else f"{name}:{self.puerto}"


def resolver_del_sistema(host: str, puerto: int) -> list[str]:
    """Ask this machine's resolver."""
    found = socket.getaddrinfo(host, puerto, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def comprobar(
    url: str, permitidas: Iterable[Red], resolver: Resolver = resolver_del_sistema
) -> Destino:
    """The destination of a webhook, resolved and looked at. Raises DestinoNoPermitido."""
    parts = _read(url)
    host, puerto = _host(parts), _puerto(parts)
    redes = tuple(permitidas)
    direcciones = [_plain(one) for one in _addresses(host, puerto, resolver)]
    for direccion in direcciones:
        _exigir(direccion, redes)
        if parts.scheme == "http" and not _inside(direccion, redes):
            raise DestinoNoPermitido(N_("Fuera de la red municipal se exige https."))
    return Destino(
        esquema=parts.scheme,
        host=host.removesuffix("."),
        puerto=puerto,
        ruta=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        direccion=direcciones[0],
    )


def _read(url: str) -> SplitResult:
    if len(url) > LARGO_MAXIMO or not url.isascii() or re.search(r"[\x00-\x20\x7f\\]", url):
        raise DestinoNoPermitido(N_("No es una dirección de internet válida."))
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise DestinoNoPermitido(N_("No es una dirección de internet válida.")) from error
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise DestinoNoPermitido(N_("Debe comenzar con https://."))
    if "@" in parts.netloc or parts.fragment:
        raise DestinoNoPermitido(N_("No puede llevar usuario, clave ni «#»."))
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        try:
            IPv6Address(host)
        except ValueError as error:
            raise DestinoNoPermitido(N_("No es una dirección de internet válida.")) from error
        if "%" in host:
            raise DestinoNoPermitido(N_("Esa dirección no es pública."))
        return host
    if not _HOST.fullmatch(host):
        raise DestinoNoPermitido(N_("No es una dirección de internet válida."))
    # 2130706433, 0x7f.1, 0177.0.0.1: libraries read them as addresses, people do not.
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        try:
            IPv4Address(host)
        except ValueError as error:
            raise DestinoNoPermitido(N_("No es una dirección de internet válida.")) from error
    return host


def _puerto(parts: SplitResult) -> int:
    try:
        puerto = parts.port
    except ValueError as error:
        raise DestinoNoPermitido(N_("No es una dirección de internet válida.")) from error
    if puerto == 0:
        raise DestinoNoPermitido(N_("No es una dirección de internet válida."))
    return puerto or {"http": 80, "https": 443}[parts.scheme]


def _addresses(host: str, puerto: int, resolver: Resolver) -> list[Direccion]:
    try:
        return [ip_address(host)]
    except ValueError:
        pass
    try:
        found = resolver(host, puerto)
    except (OSError, UnicodeError) as error:
        raise SinDireccion(N_("Nadie conoce ese nombre en la red.")) from error
    if not found:
        raise SinDireccion(N_("Nadie conoce ese nombre en la red."))
    return [ip_address(one.partition("%")[0]) for one in found]


def _plain(direccion: Direccion) -> Direccion:
    """An IPv4 address in the clothes of an IPv6 one is the IPv4 address."""
    mapped = direccion.ipv4_mapped if isinstance(direccion, IPv6Address) else None
    return mapped or direccion


def _exigir(direccion: Direccion, redes: tuple[Red, ...]) -> None:
    if direccion != _LOOPBACK_6 and _inside(direccion, _NUNCA):
        raise DestinoNoPermitido(N_("Esa dirección no es pública."))
    if _inside(direccion, redes):
        return
    if not direccion.is_global or _inside(direccion, _DE_NADIE):
        raise DestinoNoPermitido(
            N_("Esa dirección no es pública, ni de la red municipal que se permite.")
        )


def _inside(direccion: Direccion, redes: Iterable[Red]) -> bool:
    return any(direccion.version == red.version and direccion in red for red in redes)
