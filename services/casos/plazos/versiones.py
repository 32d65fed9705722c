"""The office's own follow-up rules: a version after another, the one of the program first.

A version says every term of every clock that no law sets, and from which day on. It is never
changed; the next one takes over where it ends, so that on every day exactly one is in force. A
deadline keeps the version with which it began. Whatever contradicts itself is refused, said beside
its field: a rule that is missing or said twice, periods that overlap or leave a hole.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache
from itertools import pairwise
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from casos.plazos.models import VersionDeReglas
from casos.plazos.reglas import Regla, Reglas, reglas
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.clock import local
from oficina.db import hold
from oficina.errors import DatosInvalidos
from oficina.web.i18n import fecha

PRIORIDADES = ("urgente", "alta", "normal")
"""What waits least first."""

MAXIMO = 250
"""Working days of a year: nothing is followed up later."""

_TURNO = "casos.reglas_de_plazos"
_UN_DIA = timedelta(days=1)
Errores = dict[str, dict[str, list[str]]]


@dataclass(frozen=True, kw_only=True)
class ReglaEscrita:
    """How long one clock runs for one priority."""

    reloj: str
    prioridad: str
    cuanto: int


@dataclass(frozen=True, kw_only=True)
class NuevaVersion:
    """A whole version: from when, until when if another one is to follow, why, and who says so."""

    vigente_desde: date
    vigente_hasta: date | None
    motivo: str
    fuente: str
    reglas: Sequence[ReglaEscrita]


@dataclass(frozen=True, kw_only=True)
class Version:
    """A version as it is read; the program's own has neither day nor author."""

    id: UUID | None
    vigente_desde: date | None
    vigente_hasta: date | None
    vigente: bool
    motivo: str
    escrita_por: str
    escrita_en: datetime | None
    contenido: Reglas

    @property
    def reglas(self) -> Sequence[Mapping[str, object]]:
        """How long each clock runs for each priority, the law's ones too."""
        return [
            {
                "reloj": reloj,
                "prioridad": prioridad,
                "cuanto": regla.plazo[prioridad],
                "unidad": regla.unidad,
                "legal": regla.legal,
                "acordable": regla.acordable and not regla.legal,
                "fuente": regla.fuente,
            }
            for reloj, regla in self.contenido.relojes.items()
            for prioridad in PRIORIDADES
        ]


def vigentes(session: Session, ahora: datetime) -> Reglas:
    """The rules of a clock that begins at a moment."""
    ultima = session.scalar(_la_del_dia(), {"dia": local(ahora).date()})
    return _contenido(ultima) if ultima else reglas()


@cache
def _la_del_dia() -> Select[VersionDeReglas]:
    return (
        select(VersionDeReglas)
        .where(VersionDeReglas.vigente_desde <= bindparam("dia"))
        .order_by(VersionDeReglas.vigente_desde.desc())
        .limit(1)
    )


def conocidas(session: Session) -> Mapping[str, Reglas]:
    """Every version by its name. Of the program's, the one that came with this release."""
    todas = [reglas(), *(_contenido(fila) for fila in session.scalars(select(VersionDeReglas)))]
    return {una.version: una for una in todas}


def versiones(session: Session, ahora: datetime) -> Sequence[Version]:
    """Every version, that of the latest days first and the program's last."""
    hoy = local(ahora).date()
    filas: list[VersionDeReglas | None] = [None, *_en_orden(session)]
    siguientes = [fila.vigente_desde for fila in filas if fila]
    leidas = [
        _leida(fila, siguiente and siguiente - _UN_DIA, hoy)
        for fila, siguiente in zip(filas, [*siguientes, None], strict=True)
    ]
    return leidas[::-1]


def guardar(session: Session, datos: NuevaVersion, actor: Actor, ahora: datetime) -> Version:
    """Keep a version. Raises DatosInvalidos, each thing beside its field."""
    hold(session, _TURNO)
    filas = _en_orden(session)
    errores: dict[str, object] = dict(_de_vigencia(datos, filas, local(ahora).date()))
    if mal := incoherencias(datos.reglas):
        errores["reglas"] = mal
    if errores:
        raise DatosInvalidos(errores)
    terminos: dict[str, dict[str, int]] = {}
    for una in datos.reglas:
        terminos.setdefault(una.reloj, {})[una.prioridad] = una.cuanto
    fila = VersionDeReglas(
        numero=max((una.numero for una in filas), default=0) + 1,
        vigente_desde=datos.vigente_desde,
        motivo=datos.motivo,
        fuente=datos.fuente,
        terminos=terminos,
        escrita_por=actor.nombre,
        escrita_en=ahora,
    )
    session.add(fila)
    session.flush()
    registrar(session, actor, "casos.reglas_de_plazos.escribir", "reglas_de_plazos", fila.id)
    return _leida(fila, datos.vigente_hasta, local(ahora).date())


def incoherencias(escritas: Sequence[ReglaEscrita]) -> Errores:
    """What is wrong with the rules of a version: clock -> priority -> why. Of a clock that may not
    be there at all, the priority is the one that was written.
    """
    errores: Errores = {}

    def mal(reloj: str, prioridad: str, porque: str) -> None:
        errores.setdefault(reloj, {}).setdefault(prioridad, []).append(porque)

    relojes = reglas().relojes
    for una in escritas:
        if una.reloj not in relojes:
            mal(una.reloj, una.prioridad, _("No conocemos ese plazo."))
        elif relojes[una.reloj].legal:
            mal(una.reloj, una.prioridad, _("Este plazo lo fija la ley: la oficina no lo cambia."))
        elif una.prioridad not in PRIORIDADES:
            mal(una.reloj, una.prioridad, _("No conocemos esa prioridad."))
    veces = Counter((una.reloj, una.prioridad) for una in escritas)
    cuanto = {(una.reloj, una.prioridad): una.cuanto for una in escritas}
    for reloj in propios():
        for prioridad in PRIORIDADES:
            match veces[reloj, prioridad]:
                case 0:
                    mal(reloj, prioridad, _("Falta cuánto tiempo hay para esta prioridad."))
                case 1:
                    pass
                case _:
                    mal(reloj, prioridad, _("Hay más de un tiempo para esta prioridad."))
        if reloj in errores:
            continue
        for antes, despues in pairwise(PRIORIDADES):
            if cuanto[reloj, antes] > cuanto[reloj, despues]:
                mal(
                    reloj,
                    antes,
                    _("Lo más urgente no puede tener más tiempo que lo menos urgente."),
                )
    return errores


def propios() -> Mapping[str, Regla]:
    """The clocks whose terms are the office's own to say."""
    return {reloj: regla for reloj, regla in reglas().relojes.items() if not regla.legal}


def legales() -> Mapping[str, Regla]:
    """The clocks that a law sets."""
    return {reloj: regla for reloj, regla in reglas().relojes.items() if regla.legal}


def _de_vigencia(
    datos: NuevaVersion, filas: Sequence[VersionDeReglas], hoy: date
) -> Mapping[str, list[str]]:
    """Why a version cannot take its place among the others; nothing when it can."""
    desde, hasta = datos.vigente_desde, datos.vigente_hasta
    if desde <= hoy:
        return {"vigente_desde": [_("Una versión rige desde mañana o después, nunca desde antes.")]}
    if any(fila.vigente_desde == desde for fila in filas):
        return {"vigente_desde": [_("Se superpone: ya hay una versión que rige desde ese día.")]}
    if hasta is not None and hasta < desde:
        return {"vigente_hasta": [_("Termina antes de empezar.")]}
    siguiente = min((f.vigente_desde for f in filas if f.vigente_desde > desde), default=None)
    if porque := _de_termino(hasta, siguiente):
        return {"vigente_hasta": [porque]}
    return {}


def _de_termino(hasta: date | None, siguiente: date | None) -> str | None:
    """Why a version cannot end there, the next one being in force from `siguiente` on."""
    if siguiente is None:
        if hasta is None:
            return None
        return str(_("Deja un hueco: después de ese día no regiría ninguna. Déjelo en blanco."))
    ultimo = siguiente - _UN_DIA
    dias = {"dia": fecha(siguiente), "ultimo": fecha(ultimo)}
    if hasta is None or hasta > ultimo:
        return str(
            _(
                "Se superpone con la que rige desde el %(dia)s: diga que rige hasta el %(ultimo)s.",
                **dias,
            )
        )
    if hasta < ultimo:
        return str(
            _(
                "Deja un hueco hasta la que rige desde el %(dia)s: "
                "diga que rige hasta el %(ultimo)s.",
                **dias,
            )
        )
    return None


def _en_orden(session: Session) -> Sequence[VersionDeReglas]:
    return session.scalars(select(VersionDeReglas).order_by(VersionDeReglas.vigente_desde)).all()


def _contenido(fila: VersionDeReglas) -> Reglas:
    """What a version says. A clock of which it does not speak, for it came with a later release or
    is the law's today, runs as the program says.
    """
    base = reglas()
    suyos = {
        reloj: replace(regla, plazo=fila.terminos[reloj], fuente=fila.fuente)
        for reloj, regla in propios().items()
        if reloj in fila.terminos
    }
    return replace(base, version=fila.nombre, fuente=fila.fuente, relojes={**base.relojes, **suyos})


def _leida(fila: VersionDeReglas | None, hasta: date | None, hoy: date) -> Version:
    desde = fila.vigente_desde if fila else None
    return Version(
        id=fila.id if fila else None,
        vigente_desde=desde,
        vigente_hasta=hasta,
        vigente=(desde is None or desde <= hoy) and (hasta is None or hoy <= hasta),
        motivo=fila.motivo if fila else "",
        escrita_por=fila.escrita_por if fila else "",
        escrita_en=fila.escrita_en if fila else None,
        contenido=_contenido(fila) if fila else reglas(),
    )
