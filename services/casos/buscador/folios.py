"""What a folio names: the series that have one, and what each of them leads to."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, SQLColumnExpression, select
from sqlalchemy.orm import Session, joinedload

from casos.alcance import Alcance
from casos.comunidad.discriminacion.models import ReporteDeDiscriminacion
from casos.comunidad.mediaciones.models import Mediacion
from casos.comunidad.obstaculos.models import Obstaculo
from casos.convenios.models import Convenio

# A folio as people say it: with its year, or the number alone after its letters.
_SERIES = "OM|D|PO|PG|OR|MD|RD|OB|CV"
_FOLIO = re.compile(rf"(?i)^\s*({_SERIES})[\s-]*(?:(20\d\d)[\s-]+)?(\d{{1,7}})\s*$")
_LARGO = re.compile(rf"(?i)^\s*({_SERIES})[\s-]*(20\d\d)(\d{{6,7}})\s*$")


@dataclass(frozen=True)
class Folio:
    """A folio that was typed; without a year, of whichever."""

    serie: str
    anio: str
    numero: int

    def de(self, columna: SQLColumnExpression[str]) -> ColumnElement[bool]:
        """Rows whose folio it is."""
        if self.anio:
            return columna == f"{self.serie}-{self.anio}-{self.numero:06d}"
        return columna.like(f"{self.serie}-20__-{self.numero:06d}")


@dataclass(frozen=True)
class PorFolio:
    """Something found by its folio alone: what it is, of which institution, and its page."""

    folio: str
    clase: LazyString
    institucion: str
    estado: StrEnum
    endpoint: str
    cual: Mapping[str, UUID]


def folio_de(texto: str) -> Folio | None:
    """The folio that a text is, whatever it belongs to."""
    hallado = _LARGO.match(texto) or _FOLIO.match(texto)
    if hallado is None:
        return None
    serie, anio, numero = hallado.groups()
    return Folio(serie.upper(), anio or "", int(numero))


@dataclass(frozen=True)
class _Clase:
    permiso: str
    dicha: LazyString
    endpoint: str
    parametro: str
    modelo: Any

    def consulta(self, folio: Folio, alcance: Alcance) -> Select[Any]:
        """Those with the folio that the reader may see."""
        consulta = select(self.modelo).where(folio.de(self.modelo.folio))
        if self.modelo is Mediacion:
            return consulta.join(Mediacion.caso).where(alcance.casos())
        if self.modelo is ReporteDeDiscriminacion:
            consulta = consulta.where(alcance.reportes())
        return consulta.options(joinedload(self.modelo.institucion))


_CLASES: Mapping[str, _Clase] = {
    "MD": _Clase(
        "casos.mediacion.ver",
        _l("Mediación"),
        "mediaciones_paginas.ver",
        "mediacion_id",
        Mediacion,
    ),
    "RD": _Clase(
        "casos.discriminacion.ver",
        _l("Reporte de discriminación"),
        "discriminacion_paginas.ver",
        "reporte_id",
        ReporteDeDiscriminacion,
    ),
    "OB": _Clase(
        "casos.obstaculo.ver", _l("Obstáculo"), "obstaculos_paginas.ver", "obstaculo_id", Obstaculo
    ),
    "CV": _Clase(
        "casos.convenio.ver", _l("Convenio"), "convenios_paginas.ver", "convenio_id", Convenio
    ),
}
"""What is found by its folio and by no word, a series each."""


def por_folio(
    session: Session, folio: Folio, alcance: Alcance, permisos: frozenset[str], *, maximo: int
) -> Sequence[PorFolio]:
    """What a folio names, of what these permissions let the reader see; the newest on top."""
    clase = _CLASES.get(folio.serie)
    if clase is None or clase.permiso not in permisos:
        return ()
    consulta = clase.consulta(folio, alcance).order_by(clase.modelo.id.desc()).limit(maximo)
    return [_hallado(clase, uno) for uno in session.scalars(consulta)]


def _hallado(clase: _Clase, uno: Any) -> PorFolio:
    institucion = getattr(uno, "institucion", None)
    nombre = institucion.nombre if institucion else ""
    return PorFolio(
        uno.folio, clase.dicha, nombre, uno.estado, clase.endpoint, {clase.parametro: uno.id}
    )
