"""What an appointment gives to a message, and which templates may remind of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from notificaciones.plantillas.catalogo import Clave, Plantilla, base
from notificaciones.plantillas.motor import Tipo, Valor
from notificaciones.plantillas.vigentes import plantillas

_DA: Mapping[str, frozenset[Tipo]] = {
    "fecha": frozenset({Tipo.FECHA, Tipo.FECHA_LARGA}),
    "hora": frozenset({Tipo.HORA}),
    "lugar": frozenset({Tipo.TEXTO}),
    "contestar": frozenset({Tipo.TEXTO}),
}
"""To the variables that are called so and are of such a type."""

_SIN_ESTO_NO_RECUERDA = frozenset({"fecha", "hora"})


@dataclass(frozen=True, kw_only=True)
class DeCita:
    """When and where an appointment is, `frases` by language; and whether SI or NO would come back
    to the office.
    """

    inicia_en: datetime
    frases: Mapping[str, str]
    contestar: bool

    def valores(self, plantilla: Plantilla, idioma: str) -> dict[str, Valor]:
        """For a template's variables, in one language."""
        dados: dict[str, Valor] = {
            "fecha": self.inicia_en,
            "hora": self.inicia_en,
            "lugar": self.frases.get(idioma) or self.frases[base()],
            "contestar": "si" if self.contestar else "",
        }
        return {nombre: dados[nombre] for nombre in que_da_una_cita(plantilla)}


def que_da_una_cita(plantilla: Plantilla) -> list[str]:
    """The variables of a template that an appointment has a value for."""
    return [
        nombre
        for nombre, variable in plantilla.variables.items()
        if variable.tipo in _DA.get(nombre, ())
    ]


def recuerda(plantilla: Plantilla) -> bool:
    """Whether a template can be a reminder: an appointment fills all of it, and it says when."""
    dados = set(que_da_una_cita(plantilla))
    faltan = {n for n, una in plantilla.variables.items() if not una.opcional} - dados
    suya = plantilla.se_pide or plantilla.clave == Clave.RECORDATORIO_CITA
    return suya and not plantilla.retirada and not faltan and dados >= _SIN_ESTO_NO_RECUERDA


def que_recuerdan(session: Session) -> Mapping[str, Plantilla]:
    """The templates that a rule may choose, the one of the program first."""
    hallados = {clave: una for clave, una in plantillas(session).items() if recuerda(una)}
    return dict(sorted(hallados.items(), key=lambda par: par[0] != Clave.RECORDATORIO_CITA))
