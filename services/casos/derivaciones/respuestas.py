"""What an answer to a derivation says, and where it comes from."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from casos.derivaciones.states import MOTIVOS, Accion, CanalRespuesta, Grado


@dataclass(frozen=True, kw_only=True)
class Respuesta:
    """What was answered. `texto` is what was delivered, or a remark."""

    accion: Accion
    motivo: str | None = None
    texto: str | None = None

    def faltas(self) -> dict[str, list[str]]:
        """What is wrong with the reason, or missing of the result, that the step needs."""
        faltan: dict[str, list[str]] = {}
        motivos = MOTIVOS.get(self.accion)
        if motivos is None and self.motivo is not None:
            faltan["motivo"] = [_("Este paso no lleva motivo.")]
        if motivos is not None and self.motivo not in list(motivos):
            faltan["motivo"] = [_("Elija uno de los motivos.")]
        if self.accion is Accion.CUMPLIR and not self.texto:
            faltan["texto"] = [_("Cuente qué se entregó a la persona.")]
        return faltan


@dataclass(frozen=True, kw_only=True)
class Procedencia:
    """Where an answer comes from, and so how good its evidence is; of one that an officer writes
    down, who said it and on which day.
    """

    grado: Grado
    canal: CanalRespuesta
    quien: str | None = None
    cuando: date | None = None


DE_LA_INSTITUCION = Procedencia(grado=Grado.A, canal=CanalRespuesta.ENLACE)
DE_LA_UNIDAD = Procedencia(grado=Grado.A, canal=CanalRespuesta.BANDEJA)
POR_MENSAJE = Procedencia(grado=Grado.C, canal=CanalRespuesta.MENSAJE)
DE_LA_PERSONA = Procedencia(grado=Grado.C, canal=CanalRespuesta.PERSONA)


def registrada(
    canal: CanalRespuesta, quien: str | None = None, cuando: date | None = None
) -> Procedencia:
    """An answer that an officer writes down: the person's own word, or the institution's."""
    grado = Grado.C if canal is CanalRespuesta.PERSONA else Grado.B
    return Procedencia(grado=grado, canal=canal, quien=quien, cuando=cuando)
