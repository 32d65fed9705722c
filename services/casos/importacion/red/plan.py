"""What a sheet of the network would do: institutions by their acronym, their services by code (or
by name), their places, hours and contacts by name.

Every row may tell of all of them; what several rows say of one thing is put together first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casos.importacion.pliego import Hechas, Paso, Plan, Pliego, Quien
from casos.importacion.red.servicios import DE_UN_LUGAR, Servicios
from casos.importacion.tabla import Renglon
from casos.importacion.taller import Dicho, Taller, cambios, hecho, partes
from casos.importacion.vocabulario import plano
from casos.red import actions
from casos.red.datos import DatosContacto, DatosInstitucion, DatosSede
from casos.red.models import ContactoRed, Institucion, Lugar, Sede, ServicioRed
from casos.red.queries import contacto_por_id, institucion_entera, sede_por_id
from casos.red.schemas import (
    DatosContactoSchema,
    DatosInstitucionSchema,
    DatosSedeSchema,
    de_contacto,
    de_institucion,
    de_sede,
)
from oficina.actor import Actor

_INSTITUCION = {
    "sigla": "sigla",
    "nombre": "institucion",
    "tipo": "tipo",
    "ambito": "ambito",
    "activa": "activa",
    "correo": "correo",
    "telefono": "telefono",
    "unidad": "unidad",
    "descripcion": "descripcion",
    "sitio": "sitio",
    "identificadores": "identificadores",
}
_SEDE = {
    "nombre": "sede",
    "tipo": "sede_tipo",
    "direccion": "direccion",
    "comuna": "comuna",
    "telefono": "sede_telefono",
    "acceso": "acceso",
    "confidencial": "confidencial",
}
_CONTACTO = {
    "nombre": "contacto",
    "cargo": "contacto_cargo",
    "correo": "contacto_correo",
    "telefono": "contacto_telefono",
    "publico": "contacto_publico",
}


def planear(session: Session, pliego: Pliego, _quien: Quien) -> Plan:
    """What the file would do to the network as it is now."""
    taller = Taller()
    plan = taller.plan
    por_sigla: dict[str, list[Renglon]] = {}
    for renglon in pliego.leida.renglones:
        sigla = plano(renglon.texto("sigla")).upper().replace(" ", "_")
        if sigla:
            por_sigla.setdefault(sigla, []).append(renglon)
        else:
            plan.mal(renglon.mal("sigla", _("Falta este dato.")))
    presentes = _presentes(session, por_sigla)
    codigos = _codigos(session)
    for sigla, renglones in por_sigla.items():
        _Una(taller, presentes.get(sigla), sigla, codigos).planear(renglones)
    return plan


def _presentes(session: Session, siglas: Iterable[str]) -> Mapping[str, Institucion]:
    lugares = selectinload(Institucion.servicios).selectinload(ServicioRed.lugares)
    halladas = session.scalars(
        select(Institucion)
        .where(Institucion.sigla.in_(list(siglas)))
        .options(
            selectinload(Institucion.sedes),
            selectinload(Institucion.contactos),
            lugares.joinedload(Lugar.sede),
            lugares.selectinload(Lugar.horarios),
        )
        .execution_options(populate_existing=True)
    )
    return {una.sigla: una for una in halladas}


def _codigos(session: Session) -> dict[str, str]:
    """The acronym of whoever has each code."""
    filas = session.execute(
        select(ServicioRed.codigo, Institucion.sigla).join(ServicioRed.institucion)
    )
    return dict(filas.all())


class _Una:
    """One institution, and all that hangs from it."""

    def __init__(
        self, taller: Taller, hay: Institucion | None, sigla: str, codigos: dict[str, str]
    ) -> None:
        self._taller, self._plan = taller, taller.plan
        self._hay, self._sigla, self._codigos = hay, sigla, codigos

    def planear(self, renglones: Sequence[Renglon]) -> None:
        self._institucion(self._taller.unir(renglones, _INSTITUCION.values()))
        sedes = self._sedes(renglones)
        servicios = Servicios(self._taller, self._hay, self._sigla, self._codigos)
        de_fila = servicios.planear(renglones, sedes)
        self._contactos(renglones, de_fila)

    def _institucion(self, dicho: Dicho) -> None:
        antes = de_institucion(self._hay) if self._hay else {"activa": True}
        taller = self._taller
        identificadores = partes(dicho.texto("identificadores"))
        valores = {
            "sigla": self._sigla,
            "nombre": dicho.texto("institucion") or None,
            "tipo": taller.palabra(dicho, "tipo"),
            "ambito": taller.palabra(dicho, "ambito"),
            "activa": taller.si_o_no(dicho, "activa"),
            "identificadores": "\n".join(identificadores) or None,
        } | {
            campo: dicho.texto(campo) or None
            for campo in ("correo", "telefono", "unidad", "descripcion", "sitio")
        }
        datos = taller.leer(DatosInstitucionSchema(), _encima(antes, valores), dicho, _INSTITUCION)
        if datos is None:
            return
        clave = ("institucion", self._sigla)
        if self._hay:
            self._plan.hechas[clave] = self._hay.id
        distintos = cambios(_de_la_fila(self._hay, datos), vars(datos), _INSTITUCION)
        que = hecho(distintos, nueva=self._hay is None)
        hacer = partial(_guardar_institucion, clave, datos) if distintos else None
        self._plan.pasos.append(
            Paso(
                clave,
                "institucion",
                datos.nombre,
                que,
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos if self._hay else (),
                hacer,
            )
        )

    def _sedes(self, renglones: Sequence[Renglon]) -> dict[int, str]:
        """The key of the place of each row that tells of one, by the row's number in the list."""
        hay = {plano(una.nombre): una for una in (self._hay.sedes if self._hay else ())}
        por_direccion = {plano(una.direccion or ""): plano(una.nombre) for una in hay.values()}
        por_clave: dict[str, list[Renglon]] = {}
        de_fila: dict[int, str] = {}
        for n, renglon in enumerate(renglones):
            nombre, direccion = plano(renglon.texto("sede")), plano(renglon.texto("direccion"))
            clave = nombre or (por_direccion.get(direccion) or direccion)
            if clave:
                por_clave.setdefault(clave, []).append(renglon)
                de_fila[n] = clave
        for clave, filas in por_clave.items():
            self._sede(clave, hay.get(clave), self._taller.unir(filas, _SEDE.values()))
        todas = [*por_clave, *(clave for clave in hay if clave not in por_clave)]
        if len(todas) == 1:
            # Hours without a place are of the only one that there is.
            sueltas = [n for n, fila in enumerate(renglones) if fila.dice(*DE_UN_LUGAR)]
            de_fila = dict.fromkeys(sueltas, todas[0]) | de_fila
            if todas[0] in hay:
                self._plan.hechas["sede", self._sigla, todas[0]] = hay[todas[0]].id
        return de_fila

    def _sede(self, clave: str, hay: Sede | None, dicho: Dicho) -> None:
        taller = self._taller
        antes = de_sede(hay) if hay else {}
        nombre = dicho.texto("sede") or (None if hay else dicho.texto("direccion")[:160])
        valores = {
            "nombre": nombre or None,
            "tipo": taller.palabra(dicho, "sede_tipo"),
            "direccion": dicho.texto("direccion") or None,
            "comuna": dicho.texto("comuna") or None,
            "telefono": dicho.texto("sede_telefono") or None,
            "acceso": dicho.texto("acceso") or None,
            "confidencial": taller.si_o_no(dicho, "confidencial"),
        }
        datos = taller.leer(DatosSedeSchema(), _encima(antes, valores), dicho, _SEDE)
        if datos is None:
            return
        entera = ("sede", self._sigla, clave)
        if hay:
            self._plan.hechas[entera] = hay.id
        distintos = cambios(_de_la_fila(hay, datos), vars(datos), _SEDE)
        self._plan.pasos.append(
            Paso(
                entera,
                "sede",
                datos.nombre,
                hecho(distintos, nueva=hay is None),
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos if hay else (),
                partial(_guardar_sede, entera, ("institucion", self._sigla), datos)
                if distintos
                else None,
            )
        )

    def _contactos(
        self, renglones: Sequence[Renglon], servicios: Mapping[int, tuple[str, ...]]
    ) -> None:
        por_nombre: dict[str, list[int]] = {}
        for n, renglon in enumerate(renglones):
            if nombre := plano(renglon.texto("contacto")):
                por_nombre.setdefault(nombre, []).append(n)
            elif renglon.dice("contacto_correo", "contacto_telefono", "contacto_cargo"):
                self._plan.mal(renglon.mal("contacto", _("Falta este dato.")))
        hay = {plano(uno.nombre): uno for uno in (self._hay.contactos if self._hay else ())}
        for nombre, lugares in por_nombre.items():
            # Whom several services name is asked for all of the institution.
            suyos = {servicios.get(n) for n in lugares}
            servicio = next(iter(suyos)) if len(suyos) == 1 else None
            dicho = self._taller.unir((renglones[n] for n in lugares), _CONTACTO.values())
            self._contacto(nombre, hay.get(nombre), servicio, dicho)

    def _contacto(
        self, nombre: str, hay: ContactoRed | None, servicio: tuple[str, ...] | None, dicho: Dicho
    ) -> None:
        antes = de_contacto(hay) if hay else {}
        valores = {
            "nombre": dicho.texto("contacto"),
            "cargo": dicho.texto("contacto_cargo") or None,
            "correo": dicho.texto("contacto_correo") or None,
            "telefono": dicho.texto("contacto_telefono") or None,
            "publico": self._taller.si_o_no(dicho, "contacto_publico"),
        }
        datos = self._taller.leer(DatosContactoSchema(), _encima(antes, valores), dicho, _CONTACTO)
        if datos is None:
            return
        clave = ("contacto", self._sigla, nombre)
        if hay:
            self._plan.hechas[clave] = hay.id
        distintos = cambios(_de_la_fila(hay, datos), vars(datos), _CONTACTO)
        de = (("institucion", self._sigla), servicio)
        self._plan.pasos.append(
            Paso(
                clave,
                "contacto",
                datos.nombre,
                hecho(distintos, nueva=hay is None),
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos if hay else (),
                partial(_guardar_contacto, clave, de, datos) if distintos else None,
            )
        )


def _encima(antes: Mapping[str, Any], valores: Mapping[str, Any]) -> dict[str, Any]:
    """What is there, under what the file says."""
    dichos = {campo: valor for campo, valor in valores.items() if valor is not None}
    return {**antes, **dichos}


def _de_la_fila(hay: Any, datos: Any) -> Mapping[str, Any]:
    return {campo: getattr(hay, campo) for campo in vars(datos)} if hay is not None else {}


def _guardar_institucion(
    clave: tuple[str, ...], datos: DatosInstitucion, session: Session, hechas: Hechas, actor: Actor
) -> None:
    if clave not in hechas:
        hechas[clave] = actions.crear_institucion(session, datos, actor).id
        return
    ahora = institucion_entera(session, hechas[clave])
    actions.editar_institucion(session, ahora.id, replace(datos, version=ahora.version), actor)


def _guardar_sede(  # noqa: PLR0917  what is bound, and what a step is given
    clave: tuple[str, ...],
    de: tuple[str, ...],
    datos: DatosSede,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    if clave not in hechas:
        hechas[clave] = actions.crear_sede(session, hechas[de], datos, actor).id
        return
    ahora = sede_por_id(session, hechas[clave])
    actions.editar_sede(session, ahora.id, replace(datos, version=ahora.version), actor)


def _guardar_contacto(  # noqa: PLR0917  what is bound, and what a step is given
    clave: tuple[str, ...],
    de: tuple[tuple[str, ...], tuple[str, ...] | None],
    datos: DatosContacto,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    institucion, servicio = de
    if clave not in hechas:
        suyo: UUID | None = None if servicio is None else hechas[servicio]
        nuevo = replace(datos, servicio_id=suyo)
        hechas[clave] = actions.crear_contacto(session, hechas[institucion], nuevo, actor).id
        return
    ahora = contacto_por_id(session, hechas[clave])
    actions.editar_contacto(session, ahora.id, replace(datos, version=ahora.version), actor)
