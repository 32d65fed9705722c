"""What pages and answers say of a sheet beside what it holds."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from uuid import UUID

from casos.orientaciones.models import FichaOrientacion, Orientacion
from oficina import clock
from oficina.errors import NoPermitido
from oficina.web.app import env
from oficina.web.auth import puede

RUTA = "/casos/abiertos/orientaciones/"

_DE_ISO = {"spa": "es", "hat": "ht", "por": "pt", "eng": "en", "fra": "fr"}


def idioma_de(lengua: str | None) -> str:
    """The language of a sheet for somebody who speaks `lengua` (ISO 639-3); else Spanish."""
    return _DE_ISO.get(lengua or "", "es")


def enlace(ficha_id: UUID, idioma: str | None) -> str:
    """Where everybody may read a sheet. It says nothing of anybody."""
    return f"{env().settings.base_url}{RUTA}{ficha_id}?idioma={idioma or 'es'}"


def exigir_permiso(caso_id: UUID | None) -> None:
    """Raise NoPermitido unless the reader may give orientation in a case, if it is of one."""
    if caso_id and not puede("casos.caso.orientar"):
        raise NoPermitido


@cache
def rotulos() -> Mapping[str, Mapping[str, str]]:
    """The words around a sheet, by language."""
    leidos: Mapping[str, Mapping[str, str]] = json.loads(
        (files("casos.orientaciones") / "rotulos.json").read_text(encoding="utf-8")
    )
    return leidos


def de_ficha(ficha: FichaOrientacion) -> dict[str, Any]:
    """A version with whether it may be given today."""
    campos = (
        *("id", "codigo", "numero", "temas", "textos", "fuente", "fuente_el", "por_confirmar"),
        *("estado", "vigente_desde", "vigente_hasta", "revisar_el", "revisada_por", "editada_por"),
        *("editada_en", "publicada_en", "retirada_en", "retiro_motivo", "acciones", "version"),
    )
    dichos = {campo: getattr(ficha, campo) for campo in campos}
    return dichos | {"vigencia": ficha.vigencia(clock.today())}


def de_orientacion(una: Orientacion) -> dict[str, Any]:
    """What was given, with the address of its sheet."""
    campos = (
        *("id", "folio", "ficha_id", "tema", "idioma", "comprendida", "entrega"),
        *("atencion_id", "caso_id", "dada_en", "funcionario_nombre"),
    )
    dichos = {campo: getattr(una, campo) for campo in campos}
    return dichos | {"enlace": enlace(una.ficha_id, una.idioma)}
