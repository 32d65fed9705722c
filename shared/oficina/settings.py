"""What the environment must say, read once.

Every setting is an ACOGIDA_* variable, or one that other programs know too (PORT, DATOS,
WEB_CONCURRENCY); a secret may come from a file named by ACOGIDA_*_FILE.
The defaults are the embedded office: SQLite files, the local bus, keys in the data folder.
Anything missing or nonsensical is named at once, all together, in one SettingsError.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SERVICES = ("identidad", "casos", "agenda", "notificaciones", "reportes")


class SettingsError(Exception):
    """The environment cannot be used as it is; the message lists every variable and the way out."""


def _flag(text: str) -> bool:
    if text not in {"0", "1"}:
        raise ValueError("debe ser 0 o 1")
    return text == "1"


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text and urlsplit(text).scheme not in schemes:
            raise ValueError(
                f"debe ser una URL que empiece con {' o '.join(s + '://' for s in schemes)}"
            )
        return text

    return parse


def _domain(text: str) -> str:
    if not re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", text):
        raise ValueError("debe ser un dominio, en minúsculas: rebotes.municipio.cl")
    return text


def _addresses(text: str) -> str:
    if not all(re.fullmatch(r"\+\d{8,15}|[^@\s]*@[^@\s]+", one) for one in _split(text)):
        raise ValueError(
            "debe ser una lista de direcciones separadas por comas: ana@municipio.cl, "
            "@municipio.cl, +56987654321"
        )
    return text


def _split(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _telephone(text: str) -> str:
    if not re.fullmatch(r"\+[\d ]{8,20}", text):
        raise ValueError("debe ser un teléfono con el código del país: +56 2 2345 6789")
    return text.replace(" ", "")


def _label(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]{1,63})*", text):
        raise ValueError("debe ser un nombre de DNS, en minúsculas: acogida2026")
    return text


def _port(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) < 65536):
        raise ValueError("debe ser un puerto, un número entre 1 y 65535")
    return int(text)


def _workers(text: str) -> int:
    if not (text.isdecimal() and 0 < int(text) <= 64):
        raise ValueError("debe ser un número de procesos, entre 1 y 64")
    return int(text)


def _days(text: str) -> int:
    if not (text.isdecimal() and int(text) > 0):
        raise ValueError("debe ser un número de días, al menos 1")
    return int(text)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("debe ser una fecha AAAA-MM-DD") from None


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"debe ser una de estas palabras: {', '.join(words)}")
        return text

    return parse


def _words(text: str) -> str:
    if not re.fullmatch(r"[a-z_]+(\s*,\s*[a-z_]+)*", text.strip()):
        raise ValueError("debe ser una lista de palabras separadas por comas")
    return text


def _megas(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 19:
        raise ValueError("debe ser un número de megabytes entre 1 y 19")
    return int(text)


def _networks(text: str) -> str:
    try:
        _read_networks(text)
    except ValueError:
        raise ValueError(
            "debe ser una lista de redes separadas por comas: 10.20.0.0/16, fd12::/48"
        ) from None
    return text


def _read_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    return tuple(ip_network(word.strip()) for word in text.split(",") if word.strip())


def _setting(
    variable: str,
    default: Any,
    parse: Callable[[str], Any],
    help_text: str,
    *,
    secret: bool = False,
) -> Any:
    meta = {"variable": variable, "parse": parse, "help": help_text, "secret": secret}
    return field(default=default, metadata=meta)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The whole environment of one process. Nothing else reads os.environ, but `leer_secreto`."""

    data_dir: Path = _setting("DATOS", Path("datos"), Path, "Folder of the embedded data.")
    host: str = _setting("ACOGIDA_HOST", "127.0.0.1", str, "Address to listen on.")
    port: int = _setting("PORT", 8000, _port, "Port to listen on.")
    workers: int = _setting(
        "WEB_CONCURRENCY", 1, _workers, "Workers of a web process of a service, each of 8 threads."
    )
    public_url: str = _setting(
        "ACOGIDA_PUBLIC_URL",
        "",
        _url("http", "https"),
        "Address that people type, used in links; empty: http://HOST:PORT.",
    )
    comuna: str = _setting(
        "ACOGIDA_COMUNA", "independencia", str, "Key of the comuna in event sources."
    )
    municipio: str = _setting(
        "ACOGIDA_MUNICIPIO",
        "",
        str,
        "Name of the municipality, which pages, letters and reports say after the office's.",
    )
    direccion: str = _setting(
        "ACOGIDA_DIRECCION", "", str, "Where the office is, for letters and pages of links."
    )
    telefono: str = _setting(
        "ACOGIDA_TELEFONO",
        "",
        _telephone,
        "Telephone of the office, told to institutions and on paper.",
    )
    database_url: str = _setting(
        "ACOGIDA_DATABASE_URL",
        "",
        _url("postgresql", "file"),
        "Database of the service, or with {servicio} in it (or in the name of its file) a pattern "
        "for all; empty: SQLite files.",
        secret=True,
    )
    amqp_url: str = _setting(
        "ACOGIDA_AMQP_URL",
        "",
        _url("amqp", "amqps"),
        "RabbitMQ, several hosts separated by commas; empty: the local bus.",
        secret=True,
    )
    amqp_unidades_url: str = _setting(
        "ACOGIDA_AMQP_UNIDADES_URL",
        "",
        _url("amqp", "amqps"),
        "RabbitMQ as the systems of other units reach it, without user or virtual host; empty: no "
        "unit is given a queue.",
    )
    rabbitmq_api_url: str = _setting(
        "ACOGIDA_RABBITMQ_API_URL",
        "",
        _url("http", "https"),
        "Management API of RabbitMQ, with the user who makes the queues of units; only the jobs of "
        "notificaciones need it.",
        secret=True,
    )
    redis_url: str = _setting(
        "ACOGIDA_REDIS_URL",
        "",
        _url("redis", "rediss"),
        "Redis for rate limits; empty: memory of the process.",
        secret=True,
    )
    service_urls: str = _setting(
        "ACOGIDA_SERVICE_URL",
        "",
        _url("http", "https"),
        "Address of a service, {servicio} in it, for calls between services; empty: in-process.",
    )
    keys_dir: str = _setting(
        "ACOGIDA_CLAVES", "", str, "Folder of the keys (mode 600); empty: DATOS/claves."
    )
    heads_dir: str = _setting(
        "ACOGIDA_CABEZAS",
        "",
        str,
        "Folder where the signed heads of the audit are left each day, outside the databases; "
        "empty: DATOS/cabezas.",
    )
    service_secret: str = _setting(
        "ACOGIDA_SERVICE_SECRET",
        "",
        str,
        "Secret with which services sign in to identidad; empty: made in the keys folder.",
        secret=True,
    )
    smtp_url: str = _setting(
        "ACOGIDA_SMTP_URL",
        "",
        _url("smtp", "smtps"),
        "Mail server; empty: mail stays in the viewable outbox.",
        secret=True,
    )
    mail_from: str = _setting(
        "ACOGIDA_MAIL_FROM",
        "oficina@acogida.example",
        str,
        "Sender of the office's mail, a mailbox that is read: institutions answer to it.",
    )
    lista_de_prueba: str = _setting(
        "ACOGIDA_LISTA_DE_PRUEBA",
        "",
        _addresses,
        "While an office is tried: the only addresses (mailboxes, @domains, +telephones; separated "
        "by commas) to which anything leaves; empty: to all.",
        secret=True,
    )
    dkim_selector: str = _setting(
        "ACOGIDA_DKIM_SELECTOR",
        "",
        _label,
        "Name of the key with which the office's mail is signed (DKIM); empty: the office does not "
        "sign it.",
    )
    dkim_clave: str = _setting(
        "ACOGIDA_DKIM_CLAVE",
        "",
        str,
        "That key, private: RSA in PEM, best as a file (_FILE).",
        secret=True,
    )
    dkim_dominio: str = _setting(
        "ACOGIDA_DKIM_DOMINIO",
        "",
        _domain,
        "Domain that signs; empty: that of ACOGIDA_MAIL_FROM.",
    )
    rebotes_dominio: str = _setting(
        "ACOGIDA_REBOTES_DOMINIO",
        "",
        _domain,
        "Domain of the envelope senders of the office's mail, whose mail is handed back to it; "
        "empty: ACOGIDA_MAIL_FROM is the sender, and nobody reads what comes back.",
    )
    rebotes_clave: str = _setting(
        "ACOGIDA_REBOTES_CLAVE",
        "",
        str,
        "What the mail server shows when it hands back mail of that domain.",
        secret=True,
    )
    proveedores: str = _setting(
        "ACOGIDA_PROVEEDORES",
        "",
        str,
        "File (JSON) of the providers of SMS and mail; empty: mail by ACOGIDA_SMTP_URL, and SMS "
        "stay in the viewable outbox.",
    )
    sms_tildes: str = _setting(
        "ACOGIDA_SMS_TILDES",
        "ahorrar",
        _one_of("conservar", "ahorrar", "gsm"),
        "Accents in an SMS: conservar keeps them, ahorrar drops them when that saves a segment, "
        "gsm always.",
    )
    segundo_factor: str = _setting(
        "ACOGIDA_SEGUNDO_FACTOR",
        "",
        _words,
        "Roles that must sign in with a second factor, separated by commas; empty: who wants to.",
    )
    oidc_perfil: str = _setting(
        "ACOGIDA_OIDC_PERFIL",
        "",
        str,
        "Provider to sign in with: keycloak, google, microsoft or claveunica; empty: none.",
    )
    oidc_emisor: str = _setting(
        "ACOGIDA_OIDC_EMISOR",
        "",
        _url("http", "https"),
        "Its issuer, where its discovery document is; empty: the one of the profile.",
    )
    oidc_cliente: str = _setting(
        "ACOGIDA_OIDC_CLIENTE", "", str, "The client_id that the provider gave this office."
    )
    oidc_secreto: str = _setting(
        "ACOGIDA_OIDC_SECRETO",
        "",
        str,
        "The client_secret that the provider gave this office.",
        secret=True,
    )
    oidc_roles: str = _setting(
        "ACOGIDA_OIDC_ROLES",
        "",
        _words,
        "Roles of a new account for whom the provider knows by verified mail; empty: opens none.",
    )
    red_abierta: bool = _setting(
        "ACOGIDA_RED_ABIERTA",
        default=False,
        parse=_flag,
        help_text="1 opens the directory of the network to anybody, as HSDS 3.0: public data only.",
    )
    demo: bool = _setting(
        "ACOGIDA_DEMO",
        default=False,
        parse=_flag,
        help_text="1 loads a synthetic office on first start.",
    )
    secure_cookies: bool = _setting(
        "ACOGIDA_SECURE_COOKIES",
        default=False,
        parse=_flag,
        help_text="1 when people reach the office by https.",
    )
    fecha: date | None = _setting(
        "ACOGIDA_FECHA",
        None,
        _date,
        "Embedded only: the day that the domain believes it is (YYYY-MM-DD).",
    )
    outbox_dias: int = _setting(
        "ACOGIDA_OUTBOX_DIAS", 180, _days, "Days that a service keeps the facts that it told."
    )
    inbox_dias: int = _setting(
        "ACOGIDA_INBOX_DIAS",
        30,
        _days,
        "Days that a service keeps the facts that it heard and finished.",
    )
    adjunto_mb: int = _setting(
        "ACOGIDA_ADJUNTO_MB", 10, _megas, "Megabytes that an attachment may have, at most 19."
    )
    webhook_cidrs: str = _setting(
        "ACOGIDA_WEBHOOK_CIDRS",
        "",
        _networks,
        "Networks of the intranet to which webhooks may be sent, separated by commas (also without "
        "https); empty: public addresses only.",
    )
    log_level: str = _setting("ACOGIDA_LOG_LEVEL", "INFO", str, "Level of the structured log.")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; raise SettingsError naming every variable that cannot be used."""
        source = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        wrong: list[str] = []
        for setting in fields(cls):
            variable = setting.metadata["variable"]
            try:
                text = _read(source, variable, secret=setting.metadata["secret"])
                if text is not None and text != "":
                    values[setting.name] = setting.metadata["parse"](text)
            except ValueError as error:
                wrong.append(f"{variable}: {error}")
        settings = cls(**values)
        wrong.extend(settings._contradictions())
        if wrong:
            raise SettingsError("El entorno no se puede usar:\n  " + "\n  ".join(wrong))
        return settings

    def _contradictions(self) -> list[str]:
        wrong = []
        if self.demo and self.host not in {"127.0.0.1", "localhost", "::1"}:
            wrong.append(
                "ACOGIDA_DEMO: las cuentas de demostración no son secretas; "
                "ACOGIDA_HOST debe ser 127.0.0.1"
            )
        if self.fecha and not self.embedded:
            wrong.append("ACOGIDA_FECHA: solo la oficina sin servidores mueve su fecha; quítela")
        if self.amqp_url and not self.database_url:
            wrong.append("ACOGIDA_DATABASE_URL: hace falta cuando está ACOGIDA_AMQP_URL")
        if self.rebotes_dominio and not self.rebotes_clave:
            wrong.append("ACOGIDA_REBOTES_CLAVE: hace falta cuando está ACOGIDA_REBOTES_DOMINIO")
        if self.dkim_selector and not self.dkim_clave:
            wrong.append("ACOGIDA_DKIM_CLAVE: hace falta cuando está ACOGIDA_DKIM_SELECTOR")
        if self.amqp_unidades_url and self.embedded:
            wrong.append(
                "ACOGIDA_AMQP_UNIDADES_URL: las colas de las unidades están en RabbitMQ; hace "
                "falta ACOGIDA_AMQP_URL"
            )
        return wrong

    @property
    def embedded(self) -> bool:
        """One process and the local bus, no server at all."""
        return not self.amqp_url

    @property
    def da_colas(self) -> bool:
        """Whether a unit may have a queue of its own."""
        return bool(self.amqp_url and self.amqp_unidades_url)

    @property
    def base_url(self) -> str:
        """The address that people use, without a slash at the end."""
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def roles_con_segundo_factor(self) -> frozenset[str]:
        """The roles that must sign in with a second factor."""
        return frozenset(word.strip() for word in self.segundo_factor.split(",") if word.strip())

    @property
    def direcciones_de_prueba(self) -> tuple[str, ...]:
        """The only addresses to which anything leaves; none when there is no trial."""
        return _split(self.lista_de_prueba)

    @property
    def redes_de_webhooks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The networks that webhooks may reach besides public addresses."""
        return _read_networks(self.webhook_cidrs)

    @property
    def claves(self) -> Path:
        """Folder of the keys."""
        return Path(self.keys_dir) if self.keys_dir else self.data_dir / "claves"

    @property
    def cabezas(self) -> Path:
        """Folder of the signed heads of the audit."""
        return Path(self.heads_dir) if self.heads_dir else self.data_dir / "cabezas"

    def database_for(self, servicio: str) -> str:
        """SQLAlchemy URL of one service's own database."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir / (servicio + '.db')}"
        url = self.database_url.replace("{servicio}", servicio)
        if url.startswith("file://"):
            url = _secret_in(url.removeprefix("file://"))
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    def service_key(self) -> str:
        """The secret that services share to sign in to identidad; made once when embedded."""
        return self.service_secret or read_or_make_secret(self.claves / "servicios")


def _read(source: Mapping[str, str], variable: str, *, secret: bool) -> str | None:
    if secret and (name := source.get(f"{variable}_FILE")):
        if "{servicio}" in name:
            return f"file://{name}"  # one a service, read when that service is meant
        try:
            return Path(name).read_text(encoding="utf-8").strip()
        except (OSError, ValueError):
            raise ValueError(f"no se puede leer el archivo {name} ({variable}_FILE)") from None
    return source.get(variable)


def leer_secreto(variable: str) -> str:
    """The secret that a file of settings names by its variable, or by its variable's `_FILE`.

    Raises ValueError when there is none.
    """
    text = _read(os.environ, variable, secret=True)
    if not text:
        raise ValueError("no está en el entorno, ni con _FILE")
    return text


def _secret_in(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        raise SettingsError(f"no se puede leer el archivo {name}") from None


def read_or_make_secret(path: Path) -> str:
    """The text of a key file; made with mode 600 and 256 random bits when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    made = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(made)
    return made
