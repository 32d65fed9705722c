"""A list as a page shows it, and as a file takes it along."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from casos.alcance import Alcance
from casos.etiquetas import etiqueta
from casos.listas import queries
from casos.listas.lista import NADA, Campo, Columna, Lista, Pagina
from casos.listas.queries import Vista
from casos.listas.vistas import en_codigos, leer
from oficina.web.app import env
from oficina.web.auth import actor, puede

EXPORTAR = "casos.lista.exportar"


@dataclass(frozen=True)
class CampoDicho:
    """A part of a filter, what there is to choose from and what was chosen."""

    campo: Campo
    opciones: Sequence[tuple[str, str]]
    valor: str


@dataclass(frozen=True)
class Cabecera:
    """What stands around the rows of a list: its filter, its views, its pages."""

    lista: Lista
    pagina: Pagina
    consulta: Mapping[str, str]
    campos: Sequence[CampoDicho]
    vistas: Sequence[Vista]
    exportable: bool

    @property
    def principales(self) -> Sequence[CampoDicho]:
        """What is always in sight."""
        return [uno for uno in self.campos if uno.campo.principal]

    @property
    def otros(self) -> Sequence[CampoDicho]:
        """What is asked for now and then."""
        return [uno for uno in self.campos if not uno.campo.principal]

    @property
    def otros_puestos(self) -> int:
        """How many of those narrow the list."""
        return sum(bool(self.consulta.get(uno.campo.nombre)) for uno in self.otros)

    @property
    def vista(self) -> Vista | None:
        """The view that the list shows just now."""
        return next((una for una in self.vistas if una.consulta == dict(self.consulta)), None)

    @property
    def en_codigos(self) -> str:
        """The filter as the form that keeps it sends it."""
        return en_codigos(self.consulta)

    def url(self, **mas: Any) -> str:
        """The address of the list with this filter, from somewhere on."""
        lleva: dict[str, Any] = {**self.consulta, **mas}
        return url_for(self.lista.endpoint, **lleva)

    def archivo(self, formato: str) -> str:
        """The address of the same list as a file."""
        lleva: dict[str, Any] = {"lista": self.lista.nombre, "formato": formato, **self.consulta}
        return url_for("listas.exportar", **lleva)


def mostrar(lista: Lista, plantilla: str, **mas: Any) -> ResponseReturnValue:
    """The page of a list: opened without a filter, with the view that its reader chose."""
    dicho = {nombre: texto for nombre, texto in request.args.items() if texto}
    if destino := _con_vista(lista, dicho):
        return redirect(destino, 303)
    filtro = lista.filtro(dicho)
    pagina = leer(lista, filtro)
    return render_template(
        plantilla,
        cabecera=cabecera(lista, dicho, filtro, pagina),
        pagina=pagina,
        filtro=filtro,
        **mas,
    )


def cabecera(lista: Lista, dicho: Mapping[str, str], filtro: Any, pagina: Pagina) -> Cabecera:
    """What stands around the rows."""
    consulta = lista.consulta(dicho)
    with env().db.read() as session:
        alcance = Alcance.de(actor())
        campos = [
            CampoDicho(
                campo,
                [
                    una
                    for una in (campo.opciones(session, alcance) if campo.opciones else ())
                    if campo.admite(una[0])
                ],
                consulta.get(campo.nombre) or _omitido(filtro, campo),
            )
            for campo in lista.campos
            if campo.a_la_vista
        ]
        vistas = queries.vistas_de(session, lista.nombre, actor().id)
    return Cabecera(lista, pagina, consulta, campos, vistas, puede(EXPORTAR))


def columnas_a_la_vista(lista: Lista) -> Sequence[Columna]:
    """The columns that the reader may take along."""
    return [una for una in lista.columnas if not una.permiso or puede(una.permiso)]


def celda(columna: Columna, fila: Any) -> object:
    """What a row says in a column, codes in words."""
    valor = columna.valor(fila)
    return etiqueta(valor) if isinstance(valor, StrEnum) else valor


def _con_vista(lista: Lista, dicho: Mapping[str, str]) -> str | None:
    """Where to go when an address names a view, or nothing at all and somebody chose one."""
    if set(dicho) - {"vista"} or dicho.get("vista") == NADA:
        return None
    with env().db.read() as session:
        if "vista" in dicho:
            try:
                pedida = UUID(dicho["vista"])
            except ValueError:
                return None
        else:
            elegida = queries.por_omision(session, lista.nombre, actor().id)
            if elegida is None:
                return None
            pedida = elegida
        vista = queries.vista_por_id(session, pedida, lista.nombre, actor().id)
    lleva: dict[str, Any] = {"vista": NADA, **vista.consulta}
    return url_for(lista.endpoint, **lleva)


def _omitido(filtro: Any, campo: Campo) -> str:
    """What a part of the filter is when nobody says it."""
    valor = getattr(filtro, campo.nombre, None)
    return "" if valor in {None, False, ""} else str(valor)
