"""How a template would be read: in every language, by each channel, and what its SMS costs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from notificaciones.mensajes import sms
from notificaciones.mensajes.costos import Segmentos, lo_que_ocupa
from notificaciones.mensajes.sms import Tildes
from notificaciones.mensajes.valores import leer_valores
from notificaciones.plantillas.catalogo import (
    Canal,
    Plantilla,
    idiomas,
    redactar,
    sin_uso_por,
)
from notificaciones.plantillas.motor import Tipo, Valor, Variable, leer
from oficina.clock import today

_HORA_DE_EJEMPLO = time(10, 30)


@dataclass(frozen=True, kw_only=True)
class Lectura:
    """What a reader of one language would get by one channel.

    `idioma` is the reader's; `usado` that of the text, the base language when there is none.
    """

    idioma: str
    usado: str
    canal: Canal
    asunto: str | None
    cuerpo: str
    segmentos: Segmentos | None
    sin_nombrar: Sequence[str]
    """Declared variables that it does not show, although they have something to say by its
    channel.
    """


def lecturas(
    plantilla: Plantilla,
    valores: Callable[[str], Mapping[str, Valor]],
    tildes: Tildes,
    dia: date,
) -> Sequence[Lectura]:
    """A template for every language and channel, with the values that a language has."""
    decidida = replace(plantilla, tildes=plantilla.tildes or tildes)
    return [
        _lectura(decidida, valores(idioma), canal, idioma, dia)
        for idioma in idiomas()
        for canal in plantilla.canales
    ]


def _lectura(
    plantilla: Plantilla,
    valores: Mapping[str, Valor],
    canal: Canal,
    idioma: str,
    dia: date,
) -> Lectura:
    texto = redactar(plantilla, canal, idioma, valores)
    cuerpo, segmentos = texto.cuerpo, None
    if canal is Canal.SMS:
        escrito = sms.escribir(texto.cuerpo, plantilla.tildes or Tildes.CONSERVAR)
        cuerpo, segmentos = escrito.texto, lo_que_ocupa(escrito, dia)
    parte = "sms" if canal is Canal.SMS else "correo"
    dichos = leer(plantilla.textos[texto.idioma][parte]).nombres | sin_uso_por(canal)
    return Lectura(
        idioma=idioma,
        usado=texto.idioma,
        canal=canal,
        asunto=texto.asunto,
        cuerpo=cuerpo,
        segmentos=segmentos,
        sin_nombrar=[nombre for nombre in plantilla.variables if nombre not in dichos],
    )


def de_ejemplo(plantilla: Plantilla, escritos: Mapping[str, Any] | None = None) -> dict[str, Valor]:
    """Values for a trial: those that were written, and examples for the rest.

    Raises DatosInvalidos for one that is not of its type, under `valores`.
    """
    dados = {nombre: valor for nombre, valor in (escritos or {}).items() if valor != ""}
    faltan = {n: ejemplo_de(v) for n, v in plantilla.variables.items() if n not in dados}
    return leer_valores(plantilla, {**faltan, **dados})


def ejemplo_de(variable: Variable) -> str:
    """An example of a variable, as somebody would write it."""
    if variable.ejemplo:
        return variable.ejemplo
    manana = today() + timedelta(days=1)
    return {
        Tipo.TEXTO: "texto de ejemplo"[: variable.largo],
        Tipo.URL: "https://oficina.example/ver/123",
        Tipo.ENTERO: "3",
        Tipo.FECHA: manana.isoformat(),
        Tipo.FECHA_LARGA: manana.isoformat(),
        Tipo.HORA: f"{_HORA_DE_EJEMPLO:%H:%M}",
    }[variable.tipo]
