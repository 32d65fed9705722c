"""What leaves of a fact: pseudonyms that no two subscribers can join, and nothing unsaid."""

import json
from dataclasses import fields
from typing import Any
from uuid import UUID

import pytest

from oficina.bus.catalogue import example
from oficina.bus.difusion import Alcance, Trato, difusion, documento
from oficina.bus.envelope import read_hecho, read_sobre
from oficina.db import uuid7
from oficina.events import catalogo
from oficina.events.agenda import CitaAgendada
from oficina.privacy import pseudonym

UNA, OTRA = b"u" * 32, b"o" * 32
MINE = {"correlationid", "causationid", "traceparent", "clasificacion"}


def _leaves(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(_leaves(one) for one in value.values()))
    return {str(value).rpartition("/")[2]}


def _para(ce_type: str, clave: bytes) -> dict[str, Any]:
    told = example(difusion().hechos[ce_type].kind) | {"traceparent": "00-" + "a" * 32 + "-b-01"}
    return documento(read_hecho(told), read_sobre(told), entrega_id=uuid7(), clave=clave)


@pytest.mark.parametrize("ce_type", sorted(difusion().hechos))
def test_dos_suscriptores_no_juntan_lo_suyo(ce_type: str) -> None:
    """No id of the office's is in a document but those that are public or the unit's own."""
    kind = difusion().hechos[ce_type].kind
    told = example(kind)
    una, otra = _para(ce_type, UNA), _para(ce_type, OTRA)

    igual = {
        str(told["data"][one.name])
        for one in fields(kind)
        if difusion().campos[one.name].trato is Trato.IGUAL
    }
    ids = {one for one in _leaves(told) if _is_id(one)} - igual
    for mine in (una, otra):
        text = json.dumps(mine)
        assert not [one for one in ids if one in text]
        assert not MINE & mine.keys()
    comunes = {one for one in _leaves(una) & _leaves(otra) if _is_id(one)}
    assert comunes <= igual
    assert una["subject"] == f"{kind.tipo.split('.')[1]}/{una['data'][kind.sujeto_id]}"


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def test_el_mismo_es_siempre_el_mismo_para_un_suscriptor() -> None:
    ce_type = CitaAgendada.ce_type()

    assert _para(ce_type, UNA)["data"] == _para(ce_type, UNA)["data"]
    assert _para(ce_type, UNA)["data"]["persona_id"] != _para(ce_type, OTRA)["data"]["persona_id"]
    assert "actor_id" not in _para(ce_type, UNA)["data"]


def test_un_seudonimo_no_dice_de_que_clase_es_y_es_un_uuid() -> None:
    uno = str(uuid7())

    como_caso, como_persona = pseudonym(UNA, "caso", uno), pseudonym(UNA, "persona", uno)

    assert como_caso != como_persona
    assert como_caso.version == 8
    assert como_caso.variant == UUID(uno).variant


def test_que_puede_oir_otra_unidad() -> None:
    """Nothing that is always reserved, nor about accounts, messages or requests about data."""
    prefijos = (
        "cl.acogida.casos.derechos.",
        "cl.acogida.casos.consentimiento.",
        "cl.acogida.casos.incidente.",
        "cl.acogida.casos.caso.plazo_",
        "cl.acogida.casos.caso.acceso_",
        "cl.acogida.casos.caso.confidencialidad_",
        "cl.acogida.identidad.",
        "cl.acogida.notificaciones.",
    )
    assert not [one for one in difusion().hechos if one.startswith(prefijos)]
    assert difusion().hechos.keys() < catalogo().keys()
    for ce_type, uno in difusion().hechos.items():
        de_derivacion = ".derivacion." in ce_type
        assert (uno.alcance is Alcance.UNIDAD) is de_derivacion
        assert set(uno.nombre) == {"es", "en"}
    # The id of a derivation leaves as it is: only its own unit hears it.
    carry = [k for k in catalogo().values() if "derivacion_id" in {f.name for f in fields(k)}]
    for kind in carry:
        dicho = difusion().hechos.get(kind.ce_type())
        assert dicho is None or dicho.alcance is Alcance.UNIDAD
