"""Terms, reasons of refusal and what can be done against one: versioned data in `reglas.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from casos.programas.postulaciones.states import Estado
from oficina.calendar_cl import sumar_dias_habiles


@dataclass(frozen=True)
class Reglas:
    """One version of the rules. A text about recourse is never taken out: who was told it can read
    it again.
    """

    version: str
    fuente: str
    plazos: Mapping[Estado, int]
    rechazos: Mapping[str, Mapping[str, str]]
    recurso_vigente: str
    recursos: Mapping[str, Mapping[str, str]]

    def caduca_el(self, estado: Estado, hoy: date) -> date | None:
        """The last day of a state that does not last for ever."""
        dias = self.plazos.get(estado)
        return None if dias is None else sumar_dias_habiles(hoy, dias)

    def rechazo(self, codigo: str, idioma: str) -> str:
        """How a reason of refusal is said."""
        dicho = self.rechazos.get(codigo, {})
        return dicho.get(idioma) or dicho.get("es", codigo)

    def recurso(self, version: str, idioma: str) -> Mapping[str, str]:
        """What can be done against a refusal, as it was when it was told, and its source."""
        dicho = self.recursos[version]
        return {"texto": dicho.get(idioma) or dicho["es"], "fuente": dicho["fuente"]}


@cache
def reglas() -> Reglas:
    """The version in force."""
    lugar = files("casos.programas.postulaciones") / "reglas.json"
    datos = json.loads(lugar.read_text(encoding="utf-8"))
    return Reglas(
        version=datos["version"],
        fuente=datos["fuente"],
        plazos={Estado(cual): uno["dias_habiles"] for cual, uno in datos["plazos"].items()},
        rechazos=datos["rechazos"],
        recurso_vigente=datos["recurso_vigente"],
        recursos=datos["recursos"],
    )
