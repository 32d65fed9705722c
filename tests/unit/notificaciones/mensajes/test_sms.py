"""What an SMS takes, and what becomes of its accents."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import gsm
from notificaciones.mensajes import sms
from notificaciones.mensajes.sms import UCS2, Tildes, contar, escribir, partir, sin_tildes

# What each language writes and the default alphabet lacks, besides what nobody would expect.
RAROS = "áíóúÁÍÓÚãõâêôçûîœ°“”–…\u00a0\u0301\x1b🙂م"
_TROZOS = st.lists(
    st.tuples(
        st.sampled_from([*"aeñèòéÇ \n", *gsm.EXTENSION, *RAROS]),
        st.sampled_from([1, 1, 2, 34, 66, 67, 69, 70, 79, 80, 133, 152, 153, 159, 160]),
    ),
    max_size=5,
).map(lambda trozos: "".join(c * veces for c, veces in trozos))
TEXTOS = _TROZOS | st.text(max_size=40)


@pytest.mark.parametrize(
    ("texto", "codificacion", "unidades", "partes"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # A character of two units never straddles two segments: one is lost at the boundary.
        ("a" * 152 + "€" + "b" * 152, "GSM-7", 306, 3),
        ("ó" * 70, "UCS-2", 70, 1),
        ("ó" * 71, "UCS-2", 71, 2),
        ("ó" * 134, "UCS-2", 134, 2),
        ("ó" * 135, "UCS-2", 135, 3),
        ("🙂" * 35, "UCS-2", 70, 1),
        ("🙂" * 66 + "a", "UCS-2", 133, 2),
        ("🙂" * 67, "UCS-2", 134, 3),
    ],
)
def test_segmentos(texto: str, codificacion: str, unidades: int, partes: int) -> None:
    conteo = contar(texto)

    assert (conteo.codificacion, conteo.unidades, conteo.partes) == (codificacion, unidades, partes)


def test_el_alfabeto_es_el_de_la_especificacion() -> None:
    """Every character that Unicode had in its first plane, against the chart."""
    cortos = {chr(c) for c in range(0x10000) if contar(chr(c)).codificacion == sms.GSM}

    assert cortos == {*gsm.BASIC, *gsm.EXTENSION}
    assert {c for c in cortos if contar(c).unidades == 2} == {*gsm.EXTENSION}
    assert (len(gsm.BASIC), len(gsm.EXTENSION)) == (127, 10)


@settings(max_examples=150)
@example("a" * 152 + "€" + "b" * 152)
@example("🙂" * 67)
@given(TEXTOS)
def test_se_cuenta_lo_que_un_telefono_enviaria(texto: str) -> None:
    enviado = gsm.segments(texto)
    corto = gsm.is_short(texto)

    conteo = contar(texto)

    assert gsm.read(enviado, short=corto) == texto
    assert all(len(octetos) <= gsm.OCTETS for _largo, octetos in enviado)
    assert (conteo.codificacion == sms.GSM, conteo.partes) == (corto, len(enviado))


def test_se_dice_que_caracteres_encarecen_y_donde_esta_el_primero() -> None:
    conteo = contar("Su regularización, sí, sí ñ è")

    assert conteo.culpables == ("ó", "í")
    assert conteo.posicion == 16
    assert contar("10 € [ya]").dobles == ("€", "[", "]")
    assert contar("ñ è é ü Ç à").culpables == ()


LARGO = "a" * 80


@pytest.mark.parametrize(
    ("texto", "tildes", "sale", "con_tildes"),
    [
        ("sí " + LARGO, Tildes.CONSERVAR, "sí " + LARGO, 2),
        ("sí " + LARGO, Tildes.AHORRAR, "si " + LARGO, 2),
        ("sí", Tildes.AHORRAR, "sí", 1),
        ("sí", Tildes.GSM, "si", 1),
        # What is in the alphabet is never touched.
        ("mañana, randevou kreyòl: è", Tildes.GSM, "mañana, randevou kreyòl: è", 1),
        ("não; ça fête: «ya» – N° 3…", Tildes.GSM, 'nao; ca fete: "ya" - No 3...', 1),
        # What nobody can write otherwise is never lost, and no accent for nothing.
        ("sí 🙂 " + LARGO, Tildes.GSM, "sí 🙂 " + LARGO, 2),
        ("مرحبا", Tildes.GSM, "مرحبا", 1),
        # An accent apart is the same letter.
        ("el pin\u0303on: cafe\u0301", Tildes.CONSERVAR, "el piñon: café", 1),
    ],
)  # fmt: skip
def test_las_tildes_por_decision_de_la_oficina(
    texto: str, tildes: Tildes, sale: str, con_tildes: int
) -> None:
    escrito = escribir(texto, tildes)

    assert (escrito.texto, escrito.con_tildes) == (sale, con_tildes)
    assert escrito.conteo == contar(sale)


def test_se_dice_que_no_se_puede_escribir_de_otra_manera() -> None:
    assert sin_tildes("sí, م 🙂 م") == ("si,   ", ("م", "🙂"))


@settings(max_examples=150)
@given(TEXTOS)
def test_ninguna_decision_pierde_nada_ni_cuesta_mas(texto: str) -> None:
    entero = unicodedata.normalize("NFC", texto)
    plano, sin_equivalente = sin_tildes(entero)
    salen = {tildes: escribir(texto, tildes) for tildes in Tildes}

    assert salen[Tildes.CONSERVAR].texto == entero
    for tildes in (Tildes.AHORRAR, Tildes.GSM):
        assert salen[tildes].texto in {entero, plano}
        assert not (sin_equivalente and salen[tildes].texto != entero)
    ahorro = salen[Tildes.AHORRAR]
    assert ahorro.conteo.partes <= ahorro.con_tildes
    assert (ahorro.texto != entero) == (ahorro.conteo.partes < ahorro.con_tildes)
    assert salen[Tildes.GSM].conteo.codificacion == (sms.UCS2 if sin_equivalente else sms.GSM)


@given(TEXTOS)
def test_se_parte_en_tantos_segmentos_como_se_cuentan(texto: str) -> None:
    partes = partir(texto)

    conteo = contar(texto)
    assert len(partes) == conteo.partes
    assert {parte.ucs2 for parte in partes} == {conteo.codificacion == UCS2}
    if conteo.codificacion == UCS2:
        assert b"".join(parte.octetos for parte in partes).decode("utf-16-be") == texto
        # No character is cut in two.
        assert all(parte.octetos.decode("utf-16-be") is not None for parte in partes)
