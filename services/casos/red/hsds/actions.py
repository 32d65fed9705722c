"""What can be done with a file of HSDS: bring it, see what it would change, load it or not.

A file with any error is not kept. What it does not say stays as it is, nothing is deleted, and the
same file twice changes nothing the second time.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from casos.frases import UN_ARCHIVO
from casos.personas.nombres import palabras
from casos.red.actions import codigo_libre
from casos.red.hsds.lectura import SIN_TEMA, Fila, Horas, Lectura, leer
from casos.red.hsds.models import CargaDeRed, EstadoCarga
from casos.red.models import (
    Ambito,
    Capacidad,
    ContactoRed,
    FuenteDato,
    Horario,
    Institucion,
    Lugar,
    Modo,
    Papel,
    Sede,
    ServicioRed,
    TipoInstitucion,
)
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar
from oficina.bus.outbox import emitir
from oficina.errors import DatosInvalidos, NoEncontrado
from oficina.events.casos import InstitucionActualizada
from oficina.web.conditional import check_version


@dataclass(frozen=True)
class Cambio:
    """What would be of one row: new, or which of its fields change."""

    fila: Fila
    nueva: bool
    campos: Sequence[str]

    @property
    def nombre(self) -> str:
        """What it is called in the file."""
        return str(self.fila.valores.get("nombre", ""))

    @property
    def clase(self) -> str:
        """What it is."""
        return self.fila.clase.__tablename__


@dataclass(frozen=True)
class Previa:
    """A file with what it would change."""

    carga: CargaDeRed
    cambios: Sequence[Cambio]
    avisos: Sequence[str]

    @property
    def nuevas(self) -> int:
        """How many rows there would be more."""
        return sum(uno.nueva for uno in self.cambios)

    @property
    def cambiadas(self) -> int:
        """How many rows would say something else."""
        return len(self.cambios) - self.nuevas


def traer(session: Session, contenido: bytes, actor: Actor) -> CargaDeRed:
    """Keep a file until somebody says whether it is loaded.

    Raises DatosInvalidos with everything that is wrong with it, by path; then nothing is kept.
    """
    lectura = leer(contenido)
    _exigir_lo_nuestro(session, lectura)
    if lectura.errores:
        raise DatosInvalidos(lectura.errores)
    carga = CargaDeRed(
        contenido=contenido.decode("utf-8-sig"),
        traida_por_id=actor.id,
        traida_por=actor.nombre,
        traida_en=clock.now(),
    )
    session.add(carga)
    session.flush()
    registrar(session, actor, "casos.red.carga.traer", "carga_de_red", carga.id)
    return carga


def previa(session: Session, carga_id: UUID) -> Previa:
    """A file with what it would change now; raises NoEncontrado."""
    carga = session.get(CargaDeRed, carga_id)
    if carga is None:
        raise NoEncontrado
    if carga.estado is not EstadoCarga.POR_CONFIRMAR:
        return Previa(carga, [], [])
    lectura = leer(carga.contenido.encode())
    return Previa(carga, _cambios(session, lectura), lectura.avisos)


def cargar(session: Session, carga_id: UUID, version: int | None, actor: Actor) -> CargaDeRed:
    """Write what a file says into the directory.

    Raises NoEncontrado, VersionVencida, TransicionInvalida when it was loaded or thrown away, and
    DatosInvalidos when what it hangs on has changed meanwhile.
    """
    vista = previa(session, carga_id)
    check_version(vista.carga, version)
    if vista.carga.estado is EstadoCarga.POR_CONFIRMAR:
        lectura = leer(vista.carga.contenido.encode())
        _exigir_lo_nuestro(session, lectura)
        if lectura.errores:
            raise DatosInvalidos(lectura.errores)
    vista.carga.terminar(EstadoCarga.CARGADA, clock.now())
    vista.carga.nuevas, vista.carga.cambiadas = vista.nuevas, vista.cambiadas
    tocadas = {_escribir(session, cambio) for cambio in vista.cambios}
    registrar(session, actor, "casos.red.carga.cargar", "carga_de_red", carga_id)
    for institucion_id in sorted(tocadas):
        emitir(session, InstitucionActualizada(institucion_id=institucion_id))
    session.flush()
    return vista.carga


def descartar(session: Session, carga_id: UUID, version: int | None, actor: Actor) -> CargaDeRed:
    """Throw a file away. Raises NoEncontrado, VersionVencida, TransicionInvalida."""
    carga = previa(session, carga_id).carga
    check_version(carga, version)
    carga.terminar(EstadoCarga.DESCARTADA, clock.now())
    registrar(session, actor, "casos.red.carga.descartar", "carga_de_red", carga_id)
    session.flush()
    return carga


def _exigir_lo_nuestro(session: Session, lectura: Lectura) -> None:
    """What is here already hangs from what the file says that it hangs from."""
    for fila in lectura.filas.values():
        hay = session.get(fila.clase, fila.id)
        for campo, valor in fila.de.items():
            if hay is not None and getattr(hay, campo) != valor:
                lectura.mal(fila.path, _("Ese identificador ya es de otra cosa en el directorio."))


def _cambios(session: Session, lectura: Lectura) -> list[Cambio]:
    todos = [_cambio(session, fila) for fila in lectura.filas.values()]
    orden = [Institucion, Sede, ServicioRed, Lugar, ContactoRed]
    hechos = [uno for uno in todos if uno is not None]
    return sorted(hechos, key=lambda uno: orden.index(uno.fila.clase))


def _cambio(session: Session, fila: Fila) -> Cambio | None:
    hay = session.get(fila.clase, fila.id)
    if hay is None:
        return Cambio(fila, nueva=True, campos=())
    campos = [
        campo
        for campo, valor in fila.valores.items()
        if not campo.startswith("_") and getattr(hay, campo) != valor
    ]
    if fila.horas is not None and fila.horas != _horas_de(session, fila.id):
        campos.append("horarios")
    return Cambio(fila, nueva=False, campos=campos) if campos else None


def _horas_de(session: Session, lugar_id: UUID) -> frozenset[Horas]:
    filas = session.scalars(select(Horario).where(Horario.lugar_id == lugar_id))
    return frozenset((h.freq, tuple(h.dias), h.abre, h.cierra, h.desde, h.hasta) for h in filas)


def _escribir(session: Session, cambio: Cambio) -> UUID:
    """Write a row; the institution of which it is."""
    fila = cambio.fila
    hay: Any = session.get(fila.clase, fila.id)
    if hay is None:
        hay = fila.clase(id=fila.id, **fila.de, **_lo_que_falta(session, fila))
        session.add(hay)
    for campo, valor in fila.valores.items():
        if not campo.startswith("_"):
            setattr(hay, campo, valor)
    if isinstance(hay, ServicioRed):
        hay.actualizado_en = clock.now()
        if "verificado_el" in cambio.campos or cambio.nueva:
            hay.verificado_por = UN_ARCHIVO if hay.verificado_el else ""
            hay.verificado_fuente = FuenteDato.IMPORTACION if hay.verificado_el else None
    session.flush()
    if fila.horas is not None and (cambio.nueva or "horarios" in cambio.campos):
        _poner_horas(session, fila.id, fila.horas)
    return _institucion_de(session, hay)


def _lo_que_falta(session: Session, fila: Fila) -> Mapping[str, Any]:
    """What HSDS does not say of a new row, or the file has left out."""
    if fila.clase is Institucion:
        return {
            "sigla": _sigla_libre(session, fila),
            # Whether data may go there without consent is for the office to say.
            "tipo": TipoInstitucion.PRIVADA_SIN_FINES,
            "ambito": Ambito.EXTERNA,
            "unidad": "",
        }
    if fila.clase is ServicioRed:
        institucion = session.get_one(Institucion, fila.de["institucion_id"])
        return {
            "codigo": codigo_libre(session, institucion.sigla, fila.valores["nombre"]),
            "temas": [SIN_TEMA],
            "capacidad": Capacidad.DESCONOCIDA,
            "documentos_requeridos": [],
            "modo": Modo.OFICIO,
        }
    if fila.clase is Sede:
        return {"nombre": fila.valores.get("direccion") or "—"}
    return {"papel": Papel.ATENCION} if fila.clase is Lugar else {"publico": True}


def _sigla_libre(session: Session, fila: Fila) -> str:
    dicha = re.sub(r"[^A-Z0-9_]", "", str(fila.valores.get("_sigla", "")).upper().replace(" ", "_"))
    iniciales = "".join(una[0] for una in palabras(fila.valores["nombre"])).upper()
    base = (dicha or iniciales)[:16] or "INSTITUCION"
    base = base if len(base) > 1 else f"{base}_1"
    parecidas = select(Institucion.sigla).where(Institucion.sigla.startswith(base))
    usadas = set(session.scalars(parecidas))
    libres = (base if n == 1 else f"{base}_{n}" for n in range(1, len(usadas) + 2))
    return next(una for una in libres if una not in usadas)


def _poner_horas(session: Session, lugar_id: UUID, horas: frozenset[Horas]) -> None:
    consulta = select(Lugar).where(Lugar.id == lugar_id).options(selectinload(Lugar.horarios))
    lugar = session.scalars(consulta.execution_options(populate_existing=True)).one()
    lugar.horarios = [
        Horario(freq=freq, dias=list(dias), abre=abre, cierra=cierra, desde=desde, hasta=hasta)
        for freq, dias, abre, cierra, desde, hasta in sorted(horas, key=str)
    ]
    session.flush()


def _institucion_de(session: Session, hay: Any) -> UUID:
    if isinstance(hay, Institucion):
        return hay.id
    if isinstance(hay, Lugar):
        return session.get_one(ServicioRed, hay.servicio_id).institucion_id
    suya: UUID = hay.institucion_id
    return suya
