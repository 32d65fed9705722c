"""The agreements of a file: new ones, corrected ones, and those that last longer."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.convenios import actions
from casos.convenios.actions import EdicionConvenio, NuevoConvenio, Prorroga
from casos.convenios.models import Convenio
from casos.convenios.queries import convenio_por_codigo, convenio_por_id
from casos.convenios.schemas import (
    EdicionConvenioSchema,
    NuevoConvenioSchema,
    ProrrogaDeConvenioSchema,
)
from casos.convenios.states import Accion
from casos.importacion.pliego import Cambio, Clave, Hechas, Hecho, Paso, Quien
from casos.importacion.programas import escritura
from casos.importacion.tabla import Renglon
from casos.importacion.taller import Dicho, Taller, cambios, decir, hecho
from casos.red.queries import institucion_por_sigla
from oficina import clock
from oficina.actor import Actor

_EDICION = {
    "objeto": "objeto",
    "decreto": "convenio_decreto",
    "monto_clp": "convenio_monto",
    "obligaciones": "obligaciones",
    "permite_comunicar_datos": "comunica",
    "responsable_id": "responsable",
}
_NUEVO = _EDICION | {
    "codigo": "convenio",
    "institucion_id": "sigla",
    "tipo": "convenio_tipo",
    "desde": "desde",
    "hasta": "hasta",
}


class Convenios:
    """Those of one file. `nuevos`: the codes of those that it makes."""

    def __init__(self, session: Session, taller: Taller, quien: Quien) -> None:
        self.nuevos: set[str] = set()
        self._session, self._taller, self._quien = session, taller, quien

    def planear(self, codigo: str, renglones: Sequence[Renglon]) -> None:
        """One agreement."""
        dicho = self._taller.unir(renglones, _NUEVO.values())
        hay = convenio_por_codigo(self._session, codigo)
        clave: Clave = ("convenio", codigo)
        responsable = escritura.responsable(
            self._taller, dicho, self._quien, hay.responsable_id if hay else None
        )
        valores: dict[str, Any] = {
            "objeto": dicho.texto("objeto") or None,
            "decreto": dicho.texto("convenio_decreto") or None,
            "monto_clp": escritura.pesos(dicho.texto("convenio_monto")) or None,
            "obligaciones": dicho.texto("obligaciones") or None,
            "permite_comunicar_datos": self._taller.si_o_no(dicho, "comunica"),
            "responsable_id": responsable.id if responsable else None,
        }
        dichos = {campo: valor for campo, valor in valores.items() if valor is not None}
        if hay is None:
            self._nuevo(clave, codigo, dichos, responsable, dicho)
        else:
            self._taller.plan.hechas[clave] = hay.id
            self._presente(clave, hay, dichos, responsable, dicho)

    def _nuevo(
        self,
        clave: Clave,
        codigo: str,
        dichos: Mapping[str, Any],
        responsable: Responsable | None,
        dicho: Dicho,
    ) -> None:
        sigla = dicho.texto("sigla").upper()
        institucion = institucion_por_sigla(self._session, sigla) if sigla else None
        if sigla and institucion is None:
            self._taller.mal(dicho, "sigla", _("No conocemos esa institución."), sigla)
            return
        valores = {
            **dichos,
            "codigo": codigo,
            "institucion_id": str(institucion.id) if institucion else None,
            "tipo": self._taller.palabra(dicho, "convenio_tipo"),
            "desde": self._taller.dia(dicho, "desde"),
            "hasta": self._taller.dia(dicho, "hasta"),
        }
        datos = self._taller.leer(NuevoConvenioSchema(), valores, dicho, _NUEVO)
        if datos is None or responsable is None:
            return
        self.nuevos.add(codigo)
        hacer = partial(_registrar, clave, datos, responsable)
        self._paso(clave, datos.objeto, Hecho.NUEVA, dicho, (), hacer)

    def _presente(
        self,
        clave: Clave,
        hay: Convenio,
        dichos: Mapping[str, Any],
        responsable: Responsable | None,
        dicho: Dicho,
    ) -> None:
        self._no_cambian(hay, dicho)
        antes = {campo: getattr(hay, campo) for campo in (*_EDICION, "codigo")}
        prorroga = self._prorroga(hay, dicho)
        if prorroga is not None:
            # The decree is of the extension, which writes it.
            dichos = {campo: valor for campo, valor in dichos.items() if campo != "decreto"}
        valores = {**antes, **dichos, "version": hay.version}
        datos = self._taller.leer(EdicionConvenioSchema(), valores, dicho, _EDICION)
        if datos is None or responsable is None:
            return
        presentes = antes | {"responsable_id": hay.responsable_nombre}
        vistos = {**vars(datos), "responsable_id": responsable.nombre}
        distintos = cambios(presentes, vistos, _EDICION)
        if (distintos or prorroga) and Accion.EDITAR not in hay.acciones:
            for uno in distintos or [Cambio("hasta", "", "")]:
                self._taller.mal(dicho, uno.campo, _("el convenio ya no está vigente"))
            return
        todos = [*distintos]
        if prorroga is not None:
            todos.append(Cambio("hasta", decir(hay.hasta), decir(prorroga.hasta)))
        hacer = partial(_cambiar, clave, datos if distintos else None, prorroga, responsable)
        self._paso(
            clave, datos.objeto, hecho(todos, nueva=False), dicho, todos, hacer if todos else None
        )

    def _no_cambian(self, hay: Convenio, dicho: Dicho) -> None:
        """With whom, what for and since when are not corrected."""
        sigla = dicho.texto("sigla").upper()
        institucion = institucion_por_sigla(self._session, sigla) if sigla else None
        if sigla and (institucion is None or institucion.id != hay.institucion_id):
            self._taller.mal(dicho, "sigla", _("el convenio es de otra institución"), sigla)
        tipo = self._taller.palabra(dicho, "convenio_tipo")
        if tipo is not None and tipo != hay.tipo:
            self._taller.mal(dicho, "convenio_tipo", _("el tipo de un convenio no cambia"))
        desde = self._taller.dia(dicho, "desde")
        if desde is not None and desde != hay.desde.isoformat():
            self._taller.mal(dicho, "desde", _("el comienzo de un convenio no cambia"))

    def _prorroga(self, hay: Convenio, dicho: Dicho) -> Prorroga | None:
        hasta = self._taller.dia(dicho, "hasta")
        if hasta is None or (hay.hasta is not None and hasta == hay.hasta.isoformat()):
            return None
        dia = date.fromisoformat(hasta)
        if dia < clock.today() or (hay.hasta is not None and dia <= hay.hasta):
            motivo = _("Debe ser posterior al término actual y a hoy.")
            self._taller.mal(dicho, "hasta", motivo)
            return None
        datos: Prorroga | None = self._taller.leer(
            ProrrogaDeConvenioSchema(),
            {"hasta": hasta, "decreto": dicho.texto("convenio_decreto") or None},
            dicho,
            {"hasta": "hasta", "decreto": "convenio_decreto"},
        )
        return datos

    def _paso(  # noqa: PLR0917  a step has as many parts
        self,
        clave: Clave,
        nombre: str,
        que: Hecho,
        dicho: Dicho,
        distintos: Sequence[Cambio],
        hacer: Any,
    ) -> None:
        fila = dicho.primera
        self._taller.plan.pasos.append(
            Paso(clave, "convenio", nombre, que, fila.hoja, fila.numero, distintos, hacer)
        )


def _registrar(  # noqa: PLR0917  what is bound, and what a step is given
    clave: Clave,
    datos: NuevoConvenio,
    responsable: Responsable,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    hechas[clave] = actions.registrar(session, datos, responsable, actor, clock.today()).id


def _cambiar(  # noqa: PLR0917  what is bound, and what a step is given
    clave: Clave,
    datos: EdicionConvenio | None,
    prorroga: Prorroga | None,
    responsable: Responsable,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    ahora = convenio_por_id(session, hechas[clave])
    if datos is not None:
        nuevos = replace(datos, version=ahora.version)
        actions.editar(session, ahora.id, nuevos, responsable, actor)
        session.flush()
    if prorroga is not None:
        mas = replace(prorroga, version=ahora.version)
        actions.prorrogar(session, ahora.id, mas, actor, clock.today())
