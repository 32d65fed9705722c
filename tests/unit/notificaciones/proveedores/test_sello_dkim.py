"""Mail is signed by the office's domain: who receives it can tell, and what stops it is covered."""

import socketserver
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dkim
import dns.message
import dns.resolver
import dns.rrset
import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from acogida.commands.doctor import doctor
from notificaciones.plantillas.catalogo import Canal
from notificaciones.proveedores.base import Envio, Pie
from notificaciones.proveedores.resultados import Desenlace
from notificaciones.proveedores.sello_dkim import Sello, SelloInvalido, dice_lo_mismo
from notificaciones.proveedores.smtp import SmtpProvider
from oficina.db import uuid7
from oficina.settings import Settings, SettingsError
from unit.notificaciones.proveedores.servidor import Carta, Servidor

REMITENTE = "Oficina de Migración <oficina@municipio.example>"


def _pem(key: Any) -> str:
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    pem: bytes = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)
    return pem.decode()


@pytest.fixture(scope="module")
def clave() -> str:
    return _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def sello(clave: str) -> Sello:
    return Sello("municipio.example", "acogida", clave)


def _enviado(servidor: Servidor, sello: Sello, remitente: str = REMITENTE) -> Carta:
    envio = Envio(
        mensaje_id=uuid7(),
        canal=Canal.CORREO,
        destino="ana@correo.example",
        idioma="ht",
        asunto="Randevou ou a: demen, à 10 è",
        cuerpo="Bonjou.\n\n.Yon liy ki kòmanse ak yon pwen: áéíóú ñ.\n" + "long " * 400,
        pie=Pie("https://oficina.example/notificaciones/baja/" + "x" * 80, "Pa resevwa ankò"),
    )
    resultado = SmtpProvider(servidor.url, remitente, sello=sello).entregar(envio)
    assert resultado.desenlace is Desenlace.ENTREGADO
    return servidor.recibidas[-1]


def _vale(raw: bytes, sello: Sello) -> bool:
    """Whether a receiver that asks DNS for the record believes the signature."""

    def txt(name: bytes, timeout: float = 5) -> bytes | None:
        return sello.registro.encode() if name.decode() == f"{sello.nombre}." else None

    return bool(dkim.verify(raw, dnsfunc=txt))


def test_quien_lo_recibe_comprueba_que_es_de_la_oficina(servidor: Servidor, sello: Sello) -> None:
    carta = _enviado(servidor, sello)

    assert carta.raw.startswith(b"DKIM-Signature: ")
    assert "d=municipio.example; " in " ".join(str(carta.correo["DKIM-Signature"]).split())
    assert _vale(carta.raw, sello)
    # Nothing that a relay would write anew.
    assert carta.raw.isascii()


@pytest.mark.parametrize(
    ("antes", "despues"),
    [
        (b"List-Unsubscribe: <https://oficina.", b"List-Unsubscribe: <https://ajena."),
        (b"List-Unsubscribe=One-Click", b"List-Unsubscribe=Two-Click"),
        (b"From: ", b"From: otra@ajena.example\r\nFrom: "),
        (b"Subject: ", b"Reply-To: otra@ajena.example\r\nSubject: "),
        (b"Bonjou", b"Bonswa"),
    ],
)
def test_lo_que_alguien_cambia_en_el_camino_se_nota(
    servidor: Servidor, sello: Sello, antes: bytes, despues: bytes
) -> None:
    raw = _enviado(servidor, sello).raw
    assert antes in raw

    assert not _vale(raw.replace(antes, despues, 1), sello)


def test_lo_que_sale_de_otro_dominio_no_se_firma(servidor: Servidor, sello: Sello) -> None:
    assert _vale(_enviado(servidor, sello, "avisos@migracion.municipio.example").raw, sello)
    for ajeno in ("oficina@otro.example", "oficina@nomunicipio.example"):
        assert b"DKIM-Signature" not in _enviado(servidor, sello, ajeno).raw


def test_una_clave_que_no_sirve_se_dice_al_partir(clave: str) -> None:
    corta = _pem(rsa.generate_private_key(public_exponent=65537, key_size=1024))
    for mala in ("", "nada", _pem(ed25519.Ed25519PrivateKey.generate())):
        with pytest.raises(SelloInvalido, match="ACOGIDA_DKIM_CLAVE"):
            Sello.de(Settings(dkim_selector="acogida", dkim_clave=mala))
    assert Sello.de(Settings(dkim_selector="acogida", dkim_clave=corta)) is not None
    assert Sello.de(Settings(dkim_clave=clave)) is None
    with pytest.raises(SettingsError, match="ACOGIDA_DKIM_CLAVE"):
        Settings.from_env({"ACOGIDA_DKIM_SELECTOR": "acogida"})


def test_un_registro_dice_lo_mismo_aunque_se_escriba_de_otra_manera(sello: Sello) -> None:
    clave = sello.registro.rpartition("p=")[2]

    assert dice_lo_mismo(f"v=DKIM1;p={clave[:100]} {clave[100:]};t=s", sello.registro)
    assert not dice_lo_mismo(f"v=DKIM1; k=ed25519; p={clave}", sello.registro)
    assert not dice_lo_mismo("v=DKIM1; k=rsa; p=", sello.registro)
    assert not dice_lo_mismo("v=spf1 -all", sello.registro)


class _Dns(socketserver.BaseRequestHandler):
    """Answers every question for text with what it was given, or that there is none."""

    def handle(self) -> None:
        data, sock = self.request
        question = dns.message.from_wire(data)
        answer = dns.message.make_response(question)
        textos: list[str] = self.server.textos  # type: ignore[attr-defined]  # given by the fixture
        for texto in textos:
            pieces = " ".join(f'"{texto[at : at + 200]}"' for at in range(0, len(texto), 200))
            answer.answer.append(
                dns.rrset.from_text(question.question[0].name, 60, "IN", "TXT", pieces)
            )
        sock.sendto(answer.to_wire(), self.client_address)


@pytest.fixture
def publicados(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What a name server of the test says, and this machine asks."""
    textos: list[str] = []
    with socketserver.UDPServer(("127.0.0.1", 0), _Dns) as server:
        server.textos = textos  # type: ignore[attr-defined]  # read by the handler
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.server_address[1]
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        yield textos
        server.shutdown()
        thread.join()


@pytest.fixture
def revisar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clave: str) -> Any:
    """What `acogida doctor notificaciones` says of the signature."""
    secreto = tmp_path / "dkim.pem"
    secreto.write_text(clave, encoding="ascii")
    monkeypatch.setenv("DATOS", str(tmp_path / "datos"))
    monkeypatch.setenv("ACOGIDA_MAIL_FROM", "oficina@municipio.example")
    monkeypatch.setenv("ACOGIDA_DKIM_SELECTOR", "acogida")
    monkeypatch.setenv("ACOGIDA_DKIM_CLAVE_FILE", str(secreto))

    def run() -> str:
        said = CliRunner().invoke(doctor, ["notificaciones"]).output
        return said[said.index("Firma del correo") - 2 :].partition("\nHay")[0]

    return run


def test_doctor_dice_que_publicar_y_si_esta_publicado(
    publicados: list[str], revisar: Any, sello: Sello
) -> None:
    registro = f'acogida._domainkey.municipio.example. TXT "{sello.registro}"'

    falta = revisar()
    publicados.append("v=DKIM1; k=rsa; p=MIIB")
    otra = revisar()
    publicados.append(sello.registro)
    esta = revisar()

    assert falta.startswith("✗ ")
    assert registro in falta
    assert otra.startswith("✗ ")
    assert "en DNS hay otra clave" in otra
    assert registro in otra
    assert esta.startswith("✓ ")
    assert "con la misma clave" in esta


def test_doctor_dice_el_registro_aunque_no_haya_a_quien_preguntar(
    revisar: Any, sello: Sello, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolver = dns.resolver.Resolver(configure=False)
    monkeypatch.setattr(dns.resolver, "default_resolver", resolver)

    said = revisar()

    assert said.startswith("✓ ")
    assert "no se pudo preguntar a DNS" in said
    assert sello.registro in said
