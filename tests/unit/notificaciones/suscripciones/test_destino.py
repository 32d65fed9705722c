"""Where a webhook may go: every way to write an address that nobody outside should reach."""

from ipaddress import ip_network

import pytest

from notificaciones.suscripciones.destino import DestinoNoPermitido, SinDireccion, comprobar

INTRANET = (ip_network("10.20.0.0/16"), ip_network("127.0.0.0/8"), ip_network("fd12::/48"))

PROHIBIDAS = [
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.1./",
    "https://10.1.2.3/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://198.18.0.1/",
    "https://192.0.0.8/",
    "https://192.0.2.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://168.63.129.16/",
    "https://100.100.100.200/",
    "https://0.0.0.0/",
    "https://0/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:a9fe:a9fe]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001:0:7f00:1::]/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd00:ec2::254]/",
    "https://[2001:db8::1]/",
    "https://[ff02::1]/",
    "http://93.184.216.34/",
    "ftp://example.cl/",
    "file:///etc/passwd",
    "https://user:pass@93.184.216.34/",
    "https://example.cl@127.0.0.1/",
    "https://93.184.216.34/#algo",
    "https://93.184.216.34\\@127.0.0.1/",
    "https://93.184.216.34:0/",
    "https://93.184.216.34:99999/",
    "https://exa mple.cl/",
    "https://ejemplo.cl\r\nX: y/",
    "https://⑯⑨。②⑤④.169.254/",
    "https:///hechos",
    "https://-.cl/",
    "",
]


def _nadie(host: str, puerto: int) -> list[str]:
    raise AssertionError(f"asked for {host}:{puerto}")


@pytest.mark.parametrize("url", PROHIBIDAS)
def test_adentro_no_se_llega(url: str) -> None:
    with pytest.raises(DestinoNoPermitido):
        comprobar(url, (), _nadie)


@pytest.mark.parametrize(
    "direccion",
    [
        "127.0.0.1",
        "10.0.0.5",
        "169.254.169.254",
        "::1",
        "fe80::1%eth0",
        "::ffff:192.168.0.1",
        "64:ff9b::a00:1",
        "fd00::1",
    ],
)
@pytest.mark.parametrize("segunda", [False, True])
def test_un_nombre_publico_que_apunta_adentro(direccion: str, segunda: bool) -> None:
    """Also when it is one address of several, among which nobody knows which is taken."""
    found = ["93.184.216.34", direccion] if segunda else [direccion]

    with pytest.raises(DestinoNoPermitido):
        comprobar("https://hechos.example.cl/", (), lambda _host, _port: found)


@pytest.mark.parametrize(
    ("url", "direccion"),
    [
        ("http://10.20.0.7:8080/hechos", "10.20.0.7"),
        ("https://127.0.0.1/", "127.0.0.1"),
        ("http://[fd12::7]/", "fd12::7"),
        ("https://[::ffff:10.20.0.7]/", "10.20.0.7"),
        ("https://93.184.216.34/", "93.184.216.34"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", "2606:2800:220:1:248:1893:25c8:1946"),
    ],
)
def test_lo_publico_y_lo_permitido(url: str, direccion: str) -> None:
    assert str(comprobar(url, INTRANET, _nadie).direccion) == direccion


def test_permitir_una_red_no_abre_los_metadatos_ni_otra_red() -> None:
    todo = (ip_network("0.0.0.0/0"), ip_network("::/0"))

    for url in (
        "https://169.254.169.254/",
        "https://168.63.129.16/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
    ):
        with pytest.raises(DestinoNoPermitido):
            comprobar(url, todo, _nadie)
    with pytest.raises(DestinoNoPermitido):
        comprobar("https://10.21.0.1/", INTRANET, _nadie)


def test_sin_https_solo_adentro() -> None:
    with pytest.raises(DestinoNoPermitido):
        comprobar("http://hechos.example.cl/", INTRANET, lambda _host, _port: ["93.184.216.34"])

    destino = comprobar("http://tablero.muni/", INTRANET, lambda _host, _port: ["10.20.1.1"])

    assert (destino.url, destino.cabecera_host) == ("http://10.20.1.1:80/", "tablero.muni")


def test_se_conecta_a_la_direccion_que_se_miro() -> None:
    """The name goes along for `Host` and the certificate, and is not asked for again."""
    asked = []

    def resolver(host: str, puerto: int) -> list[str]:
        asked.append((host, puerto))
        return ["2606:2800:220:1::1", "93.184.216.34"]

    destino = comprobar("https://Hechos.Example.cl:8443/a/b?c=1", (), resolver)

    assert asked == [("hechos.example.cl", 8443)]
    assert destino.url == "https://[2606:2800:220:1::1]:8443/a/b?c=1"
    assert destino.cabecera_host == "hechos.example.cl:8443"


def test_un_nombre_que_nadie_conoce_puede_conocerse_despues() -> None:
    def nobody(_host: str, _port: int) -> list[str]:
        raise OSError

    for resolver in (nobody, lambda _host, _port: []):
        with pytest.raises(SinDireccion):
            comprobar("https://hechos.example.cl/", (), resolver)
