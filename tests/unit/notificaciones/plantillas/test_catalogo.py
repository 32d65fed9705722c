"""What messages say, in every language."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from notificaciones.mensajes.sms import contar
from notificaciones.plantillas import catalogo as modulo
from notificaciones.plantillas.catalogo import (
    Canal,
    Clave,
    Plantilla,
    PlantillaInvalida,
    Tipo,
    Valor,
    de_fabrica,
    idioma_de,
    idiomas,
    redactar,
)
from notificaciones.plantillas.palabras import derivacion_que_espera

CITA = de_fabrica()[Clave.RECORDATORIO_CITA]
MARTES = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)


def _valores(momento: datetime = MARTES, lugar: str = "en la oficina") -> dict[str, Valor]:
    return {"fecha": momento, "hora": momento, "lugar": lugar}


@pytest.mark.parametrize(
    ("idioma", "dice"),
    [
        ("es", "su cita es el martes 24 de noviembre a las 10:30, en la oficina."),
        ("ht", "randevou ou se madi 24 novanm a 10:30, en la oficina."),
        ("pt", "terça-feira, 24 de novembro, às 10h30"),
        ("en", "on Tuesday 24 November at 10:30"),
        ("fr", "le mardi 24 novembre à 10h30"),
    ],
)
def test_el_dia_y_la_hora_se_escriben_en_el_idioma_de_quien_lee(idioma: str, dice: str) -> None:
    redaccion = redactar(CITA, Canal.SMS, idioma, _valores())

    assert redaccion.idioma == idioma
    assert dice in redaccion.cuerpo


def test_sin_texto_en_ese_idioma_se_usa_el_castellano_y_se_sabe() -> None:
    redaccion = redactar(CITA, Canal.SMS, "ara", _valores())

    assert redaccion.idioma == "es"
    assert "su cita es el" in redaccion.cuerpo


@pytest.mark.parametrize("dias", range(0, 366, 5))
def test_un_recordatorio_en_kreyol_cabe_en_una_parte(dias: int) -> None:
    momento = MARTES + timedelta(days=dias)

    for lugar in ("nan biwo a", "nan sal entèvyou a", "nan telefòn"):
        conteo = contar(redactar(CITA, Canal.SMS, "ht", _valores(momento, lugar)).cuerpo)
        assert (conteo.codificacion, conteo.partes) == ("GSM-7", 1), conteo.culpables


def test_un_recordatorio_no_dice_de_que_es_la_oficina_ni_la_cita() -> None:
    for idioma in idiomas():
        cuerpo = redactar(CITA, Canal.SMS, idioma, _valores()).cuerpo.lower()
        assert "migra" not in cuerpo


def test_todos_los_dias_y_meses_tienen_nombre() -> None:
    for idioma in idiomas().values():
        assert len(set(idioma.dias)) == 7
        assert len(set(idioma.meses)) == 12


@pytest.mark.parametrize(
    "valores",
    [
        {},
        {"fecha": MARTES, "hora": MARTES},
        {"fecha": MARTES, "hora": MARTES, "lugar": "aquí", "nombre": "Ana"},
        {"fecha": "mañana", "hora": MARTES, "lugar": "aquí"},
    ],
)
def test_un_valor_que_falta_sobra_o_es_de_otro_tipo_no_se_escribe(
    valores: dict[str, Valor],
) -> None:
    with pytest.raises(PlantillaInvalida):
        redactar(CITA, Canal.SMS, "es", valores)


def _con_texto(texto: str) -> Plantilla:
    datos = {
        "no_duplicar": True,
        "respeta_ventana": True,
        "reconsulta_al_enviar": False,
        "variables": {"lugar": Tipo.TEXTO},
        "secretas": [],
        "textos": {"es": {"sms": texto}},
    }
    return modulo._plantilla(Clave.RECORDATORIO_CITA, 1, datos)


@pytest.mark.parametrize(
    "texto",
    ["{{ lugar }}", "{{lugar", "lugar}}", "{{lugar.__class__}}", "{{otra}}", "{{lugar|upper}}"],
)
def test_un_texto_no_lleva_codigo_ni_nombres_ajenos(texto: str) -> None:
    with pytest.raises(PlantillaInvalida):
        _con_texto(texto)


def test_un_valor_con_llaves_no_se_vuelve_a_interpretar() -> None:
    redaccion = redactar(_con_texto("en {{lugar}}"), Canal.SMS, "es", {"lugar": "{{lugar}}"})

    assert redaccion.cuerpo == "en {{lugar}}"


def test_un_asunto_es_una_linea() -> None:
    plantilla = replace(CITA, textos={"es": {"asunto": "Cita {{lugar}}", "correo": "{{lugar}}"}})

    redaccion = redactar(plantilla, Canal.CORREO, "es", _valores(lugar="aquí\r\nBcc: otro@x.cl"))

    assert redaccion.asunto == "Cita aquí Bcc: otro@x.cl"


def test_lo_que_va_a_instituciones_no_tiene_donde_poner_a_una_persona() -> None:
    for clave in (Clave.DERIVACION_ENVIADA, Clave.RECORDATORIO_PLAZO, Clave.AVISO_PLAZO_VENCIDO):
        assert not {"nombre", "persona", "documento", "telefono"} & set(
            de_fabrica()[clave].variables
        )


DERIVACION = {
    "folio": "2026-D-7",
    "servicio": "Salud\r\nmental",
    "url": "https://oficina.example/d/7",
    "vence_en": "2026-12-01T15:00:00+00:00",
}


def test_lo_que_espera_a_una_institucion_dice_que_hasta_cuando_y_donde() -> None:
    escrita = derivacion_que_espera(DERIVACION, [("acuse", MARTES.isoformat())])

    for dicho in ("2026-D-7", "Salud\nmental", "24 de noviembre", "https://oficina.example/d/7"):
        assert dicho in escrita


@pytest.mark.parametrize("nombre", ["folio", "servicio", "url"])
@pytest.mark.parametrize("valor", [None, 7])
def test_a_una_institucion_no_se_le_escribe_lo_que_no_es_texto(nombre: str, valor: object) -> None:
    with pytest.raises(PlantillaInvalida, match=nombre):
        derivacion_que_espera({**DERIVACION, nombre: valor}, [])


@pytest.mark.parametrize(("codigo", "clave"), [("hat", "ht"), ("spa", "es"), ("ara", "ara")])
def test_los_idiomas_llegan_con_tres_letras(codigo: str, clave: str) -> None:
    assert idioma_de(codigo) == clave
