"""Answers to an instrument: which questions are due, what is wrong with them, what they suggest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate

from casos.campos import Texto
from casos.expedientes.models import Riesgo
from casos.instrumentos.catalogo import Instrumento, Opcion, Pregunta, TipoPregunta, en
from casos.instrumentos.condiciones import TOTAL, Puntajes, Respuestas
from casos.presentacion import idioma_del_lector
from oficina.errors import DatosInvalidos
from oficina.web.forms import DIAS
from oficina.web.messages import flatten

_GRAVEDAD = (Riesgo.BAJO, Riesgo.MEDIO, Riesgo.ALTO)


@dataclass(frozen=True)
class Sugerencia:
    """What the rules of an instrument find in answers: the gravest risk of those that are met, and
    why, the gravest reason first. Somebody decides; this only suggests.
    """

    riesgo: Riesgo
    razones: tuple[Mapping[str, str], ...]
    deriva: bool
    denuncia: bool
    puntaje: int


def corresponden(uno: Instrumento, respuestas: Respuestas) -> list[Pregunta]:
    """The questions that are due after some answers, in their order.

    What was answered to a question that is not due counts for nothing.
    """
    debidas: list[Pregunta] = []
    contadas: dict[str, Any] = {}
    for pregunta in uno.preguntas():
        puntajes = _puntajes(uno, contadas)
        if pregunta.si is not None and not pregunta.si.vale(contadas, puntajes):
            continue
        debidas.append(pregunta)
        if pregunta.codigo in respuestas:
            contadas[pregunta.codigo] = respuestas[pregunta.codigo]
    return debidas


@dataclass(frozen=True)
class Revision:
    """What was made of raw answers: those that can be used, what is wrong with which, the questions
    that are due, and the codes of those that were answered and are not.
    """

    utiles: dict[str, Any]
    errores: dict[str, list[str]]
    debidas: list[Pregunta]
    sobran: list[str]


def revisar(uno: Instrumento, crudas: Mapping[str, Any]) -> Revision:
    """Look at answers as they came, from a form or as JSON."""
    conocidas = {pregunta.codigo: pregunta for pregunta in uno.preguntas()}
    utiles: dict[str, Any] = {}
    errores: dict[str, list[str]] = {}
    for codigo, valor in crudas.items():
        if codigo not in conocidas:
            errores[codigo] = [_("Este instrumento no tiene esa pregunta.")]
        elif not _es_nada(valor):
            try:
                utiles[codigo] = _leida(conocidas[codigo], valor)
            except ValidationError as error:
                errores[codigo] = [d for dichos in flatten(error.messages).values() for d in dichos]
    debidas = corresponden(uno, utiles)
    codigos = {pregunta.codigo for pregunta in debidas}
    sobran = [
        codigo
        for codigo in conocidas
        if codigo in utiles.keys() | errores.keys() and codigo not in codigos
    ]
    for pregunta in debidas:
        codigo = pregunta.codigo
        if not pregunta.opcional and codigo not in utiles and codigo not in errores:
            errores[codigo] = [_("Falta esta respuesta.")]
    return Revision(utiles, errores, debidas, sobran)


def comprobar(uno: Instrumento, crudas: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to keep. Raises DatosInvalidos, by question, for one that is missing or wrong, or
    was given to a question that is not due.
    """
    revision = revisar(uno, crudas)
    errores = dict(revision.errores)
    for codigo in revision.sobran:
        errores[codigo] = [_("Esta pregunta no corresponde con lo demás que se respondió.")]
    if errores:
        raise DatosInvalidos({"respuestas": errores})
    return revision.utiles


def sugerir(uno: Instrumento, respuestas: Respuestas) -> Sugerencia:
    """What the rules find in answers that are complete."""
    puntajes = _puntajes(uno, respuestas)
    valen = [regla for regla in uno.reglas if regla.si.vale(respuestas, puntajes)]
    valen.sort(key=lambda regla: -_GRAVEDAD.index(regla.riesgo))
    return Sugerencia(
        riesgo=valen[0].riesgo if valen else Riesgo.BAJO,
        razones=tuple(regla.razon for regla in valen) or (uno.sin_reglas,),
        deriva=any(regla.deriva for regla in valen),
        denuncia=any(regla.denuncia for regla in valen),
        puntaje=puntajes[TOTAL],
    )


def _puntajes(uno: Instrumento, respuestas: Respuestas) -> Puntajes:
    puntajes = {
        seccion.codigo: sum(_puntos(p, respuestas.get(p.codigo)) for p in seccion.preguntas)
        for seccion in uno.secciones
    }
    return {TOTAL: sum(puntajes.values())} | puntajes


def _puntos(pregunta: Pregunta, dicho: Any) -> int:
    dichos = dicho if isinstance(dicho, list) else [dicho]
    return sum(una.puntos for una in pregunta.opciones if una.codigo in dichos)


def _es_nada(valor: Any) -> bool:
    return valor is None or valor in ("", [])


def _leida(pregunta: Pregunta, valor: Any) -> Any:
    leido = _CAMPOS[pregunta.tipo](pregunta).deserialize(valor)
    return leido.isoformat() if isinstance(leido, date) else leido


class _Entero(fields.Integer):
    """A whole number, as JSON or as people type it."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, str) and value.strip().isdecimal():
            return int(value.strip())
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.make_error("invalid")


def _una(pregunta: Pregunta) -> fields.String:
    codigos = [opcion.codigo for opcion in pregunta.opciones]
    return fields.String(validate=validate.OneOf(codigos, error=_("Elija una de las respuestas.")))


def _varias(pregunta: Pregunta) -> fields.List[Any]:
    def juntas(valores: list[str]) -> None:
        elegidas = [opcion for opcion in pregunta.opciones if opcion.codigo in valores]
        if len(elegidas) != len(valores):
            raise ValidationError(_("Elija cada respuesta una vez."))
        if len(elegidas) > 1 and (sola := _la_sola(elegidas)):
            raise ValidationError(
                _(
                    "«%(cual)s» no va con otra respuesta.",
                    cual=en(sola.etiquetas, idioma_del_lector()),
                )
            )

    return fields.List(_una(pregunta), validate=juntas)


def _la_sola(elegidas: list[Opcion]) -> Opcion | None:
    return next((opcion for opcion in elegidas if opcion.sola), None)


_CAMPOS: Mapping[TipoPregunta, Callable[[Pregunta], fields.Field[Any]]] = {
    TipoPregunta.SI_NO: _una,
    TipoPregunta.UNO: _una,
    TipoPregunta.VARIOS: _varias,
    TipoPregunta.NUMERO: lambda p: _Entero(
        validate=validate.Range(
            p.minimo,
            p.maximo,
            error=_("Un número entre %(minimo)s y %(maximo)s.", minimo=p.minimo, maximo=p.maximo),
        )
    ),
    TipoPregunta.TEXTO: lambda _p: Texto(validate=validate.Length(1, 2000)),
    TipoPregunta.FECHA: lambda _p: fields.Date(validate=DIAS),
}
