"""What a short answer means, and what nobody may guess."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notificaciones.entrantes.palabras import entender, palabras
from notificaciones.entrantes.states import Intencion
from notificaciones.plantillas.catalogo import idiomas


@pytest.mark.parametrize(
    ("texto", "intencion"),
    [
        ("SI", Intencion.SI),
        ("sí.", Intencion.SI),
        ("  ¡Sí, gracias!  ", Intencion.SI),
        ("Buenos días, sí voy. Muchas gracias", Intencion.SI),
        ("Wi, mèsi", Intencion.SI),
        ("Yes please", Intencion.SI),
        ("Oui, je viens. Merci", Intencion.SI),
        ("SIM", Intencion.SI),
        ("no", Intencion.NO),
        ("No, no puedo ir, lo siento", Intencion.NO),
        ("NON", Intencion.NO),
        ("M pa ka vini, eskize m", Intencion.NO),
        ("Não", Intencion.NO),
        ("I can’t come, sorry", Intencion.NO),
        ("BAJA", Intencion.BAJA),
        ("Stop.", Intencion.BAJA),
        ("para!", Intencion.BAJA),
        ("parar", Intencion.BAJA),
        ("No me escriban más, por favor", Intencion.BAJA),
        ("Arrêt", Intencion.BAJA),
        ("sispann", Intencion.BAJA),
        ("Alta", Intencion.ALTA),
        ("ayuda por favor", Intencion.AYUDA),
        ("Èd", Intencion.AYUDA),
        ("¿Quién es?", Intencion.AYUDA),
    ],
)
def test_se_entiende_con_tildes_cortesias_y_puntuacion(texto: str, intencion: Intencion) -> None:
    entendida = entender(texto)

    assert entendida is not None
    assert entendida.intencion is intencion


@pytest.mark.parametrize(
    "texto",
    [
        "",
        "?",
        "gracias",
        "👍",
        "Si no puedo ir, ¿me cambian la hora?",
        "Sí, no puedo ir",
        "sí o no",
        "No me llegó la dirección",
        "Para mañana puedo",
        "para la próxima semana",
        "quiero darme de baja del jardín de mi hija",
        "no hay problema",
        "si Dios quiere",
        "alta y baja",
        "sino",
        "NOSI",
        "si " * 200,
    ],
)
def test_lo_que_no_dice_una_sola_cosa_lo_lee_una_persona(texto: str) -> None:
    assert entender(texto) is None


def test_cada_frase_es_de_un_idioma_de_la_oficina_y_se_entiende_sola() -> None:
    for frase, sentidos in palabras().frases.items():
        assert len(sentidos) == 1, f"{frase} means two things"
        ((intencion, lenguas),) = sentidos.items()
        entendida = entender(" ".join(frase).upper())
        assert entendida is not None
        assert (entendida.intencion, entendida.idiomas) == (intencion, lenguas)
        assert lenguas <= set(idiomas())


def test_cada_intencion_se_puede_decir_en_cada_idioma() -> None:
    dichas = {
        (intencion, lengua)
        for sentidos in palabras().frases.values()
        for intencion, lenguas in sentidos.items()
        for lengua in lenguas
    }
    assert dichas == {(intencion, lengua) for intencion in Intencion for lengua in idiomas()}


_FRASES = sorted(palabras().frases)


@given(st.sampled_from(_FRASES), st.text(alphabet="abcdefghijklmnñopqrstuvwxyz", min_size=4))
def test_una_palabra_de_mas_que_no_es_cortesia_basta_para_no_adivinar(
    frase: tuple[str, ...], otra: str
) -> None:
    conocidas = {palabra for dicha in (*_FRASES, *palabras().cortesias) for palabra in dicha}
    if otra not in conocidas:
        assert entender(f"{' '.join(frase)} {otra}") is None
        assert entender(f"{otra} {' '.join(frase)}") is None
