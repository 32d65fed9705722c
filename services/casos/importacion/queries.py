"""What can be asked about imports and their files."""

import base64
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask_babel import get_locale
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casos.importacion import clases
from casos.importacion.agrupacion import FilaDePersona
from casos.importacion.atenciones.registro import RegistroDeAtenciones, Resumen
from casos.importacion.carga import claves_conocidas
from casos.importacion.clases import Leido
from casos.importacion.inserciones import por_documento
from casos.importacion.models import ArchivoImportado, Estado, Importacion, Tipo
from casos.importacion.parecidos import parecidos_en_la_oficina
from casos.importacion.problemas import Problema, leer_problemas
from casos.importacion.registro import Registro
from casos.personas.matching import Razon, consta
from oficina import clock
from oficina.db import uuid7
from oficina.errors import NoEncontrado
from oficina.privacy import Keyring, current_keyring

FILAS_POR_PAGINA = 100


@dataclass(frozen=True)
class FilaVista:
    """A row of the preview: what was read, whether it is in already, what is wrong with it.

    Of a register of people also: whether somebody of the office has its document (`conocida`), of
    which earlier row it is (`repite`), and whom else it resembles and why.
    """

    hoja: str
    numero: int
    fila: FilaDePersona | None
    ya_estaba: bool
    problemas: Sequence[Problema]
    conocida: bool = False
    repite: int | None = None
    parecida_a: Sequence[int] = ()
    razones: Sequence[Razon] = field(default=())


@dataclass(frozen=True, kw_only=True)
class Personas:
    """The figures of a register of people. `nuevas` and `conocidas` count records, `sugeridas`
    pairs of rows that somebody is to decide on.
    """

    filas: int
    nuevas: int
    conocidas: int
    ya_estaban: int
    sugeridas: int
    ilegibles: int
    errores: Sequence[Problema]
    sin_usar: Sequence[str]

    def como_json(self) -> dict[str, Any]:
        """The form in which the command line prints it."""
        return {
            "tipo": Tipo.PERSONAS.value,
            "filas": self.filas,
            "nuevas": self.nuevas,
            "conocidas": self.conocidas,
            "ya_estaban": self.ya_estaban,
            "sugeridas": self.sugeridas,
            "errores": [problema.como_json() for problema in self.errores],
        }


@dataclass(frozen=True)
class Vista:
    """A page of the preview, with the figures of the whole file."""

    resumen: Resumen | Personas
    filas: Sequence[FilaVista]
    total: int
    pagina: int

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // FILAS_POR_PAGINA))


def importacion_por_id(
    session: Session,
    importacion_id: UUID,
    *,
    tipos: Collection[Tipo] = tuple(Tipo),
    bloquear: bool = False,
) -> Importacion:
    """An import of one of these kinds; with `bloquear` it stays locked. Raises NoEncontrado."""
    importacion = session.get(Importacion, importacion_id, with_for_update=bloquear or None)
    if importacion is None or importacion.tipo not in tipos:
        raise NoEncontrado
    return importacion


def importaciones(session: Session, tipos: Collection[Tipo]) -> Sequence[Importacion]:
    """The newest fifty of these kinds that were not discarded."""
    return session.scalars(
        select(Importacion)
        .where(Importacion.estado != Estado.DESCARTADA, Importacion.tipo.in_(tipos))
        .order_by(Importacion.id.desc())
        .limit(50)
    ).all()


def por_seguir(session: Session) -> Sequence[UUID]:
    """Loads that nobody holds: never begun, or left by a process that died."""
    ahora = clock.real_now()
    return session.scalars(
        select(Importacion.id)
        .where(
            Importacion.estado == Estado.CARGANDO,
            or_(Importacion.tomada_hasta.is_(None), Importacion.tomada_hasta <= ahora),
        )
        .order_by(Importacion.id)
    ).all()


def a_medias(session: Session, huella: str) -> Importacion | None:
    """A load of this very file that has not ended."""
    return session.scalar(
        select(Importacion)
        .where(Importacion.huella == huella, Importacion.estado == Estado.CARGANDO)
        .order_by(Importacion.id)
        .limit(1)
    )


def leido_de(session: Session, importacion: Importacion) -> Leido | None:
    """The file of an import as it is read today; None when it is no longer kept."""
    contenido = session.scalar(
        select(ArchivoImportado.contenido).where(ArchivoImportado.importacion_id == importacion.id)
    )
    return None if contenido is None else leido(contenido, importacion.tipo)


def registro_de(session: Session, importacion_id: UUID) -> Registro | None:
    """The register of an import; None when its file is no longer kept, or is none."""
    importacion = session.get(Importacion, importacion_id)
    found = None if importacion is None else leido_de(session, importacion)
    return found if isinstance(found, Registro) else None


def resumen(session: Session, registro: Registro) -> Resumen | Personas:
    """The figures of a register, with how many of its rows are in already."""
    conocidas = claves_conocidas(session, registro.claves)
    if isinstance(registro, RegistroDeAtenciones):
        return registro.resumir(conocidas)
    de_la_oficina = _de_la_oficina(session, registro, conocidas)
    nuevas = _nuevas(registro, conocidas, de_la_oficina)
    return Personas(
        filas=registro.cuantas,
        nuevas=len(nuevas),
        conocidas=len(de_la_oficina),
        ya_estaban=registro.ya_estaban(conocidas),
        sugeridas=len(set(registro.parecidos_de(nuevas))),
        ilegibles=registro.ilegibles,
        errores=registro.errores,
        sin_usar=registro.lectura.sin_usar,
    )


def vista(
    session: Session, registro: Registro, *, pagina: int = 1, solo_problemas: bool = False
) -> Vista:
    """One page of the preview, rows in the order of the file, numbered from 1."""
    conocidas = claves_conocidas(session, registro.claves)
    todas = _filas(registro, conocidas)
    if solo_problemas:
        todas = [fila for fila in todas if fila.problemas]
    desde = (pagina - 1) * FILAS_POR_PAGINA
    filas = todas[desde : desde + FILAS_POR_PAGINA]
    if registro.tipo is Tipo.PERSONAS:
        filas = _con_parecidos(session, registro, filas)
    return Vista(resumen(session, registro), filas, len(todas), pagina)


def problemas(importacion: Importacion) -> Sequence[Problema]:
    """What could not be read or loaded, as it was found."""
    return leer_problemas(importacion.problemas)


def leido(contenido: str, tipo: Tipo | None, admitidos: Collection[Tipo] = tuple(Tipo)) -> Leido:
    """A file in base64, as what it is; the last one read is kept. Raises ArchivoIlegible."""
    return _leido(contenido, tipo, tuple(admitidos), current_keyring(), str(get_locale()))


def olvidar_lo_leido() -> None:
    """Let go of the last register: people's data need not stay in memory once it is loaded."""
    _leido.cache_clear()


# Reading takes a second: bringing a file, its preview's pages and its load share it. The keys of
# its rows are hashes under the keyring, so a reading holds for that keyring alone.
@lru_cache(maxsize=1)
def _leido(
    contenido: str, tipo: Tipo | None, admitidos: tuple[Tipo, ...], _keyring: Keyring, _idioma: str
) -> Leido:
    return clases.leer(base64.b64decode(contenido), tipo, admitidos)


def _de_la_oficina(
    session: Session, registro: Registro, conocidas: Mapping[str, UUID | None]
) -> set[int]:
    """The records that somebody of the office is, by a document; those that are in, not among."""
    dentro = _con_fila_dentro(registro, conocidas)
    lugares = [f for f in range(len(registro.agrupacion.fichas)) if f not in dentro]
    hallados: set[int] = set()
    for desde in range(0, len(lugares), 500):
        hallados.update(por_documento(session, registro, lugares[desde : desde + 500]))
    return hallados


def _nuevas(
    registro: Registro, conocidas: Mapping[str, UUID | None], de_la_oficina: set[int]
) -> list[int]:
    dentro = _con_fila_dentro(registro, conocidas)
    fichas = range(len(registro.agrupacion.fichas))
    return [f for f in fichas if f not in dentro and f not in de_la_oficina]


def _con_fila_dentro(registro: Registro, conocidas: Mapping[str, UUID | None]) -> set[int]:
    de_fila = zip(registro.agrupacion.de_fila, registro.claves, strict=True)
    return {f for f, clave in de_fila if f is not None and clave in conocidas}


def _con_parecidos(
    session: Session, registro: Registro, filas: Sequence[FilaVista]
) -> list[FilaVista]:
    """The same rows, with who is known and whom the others resemble."""
    por_lugar = {(una.hoja, una.numero): una for una in filas}
    lugares = {
        (fila.hoja, fila.numero): registro.agrupacion.de_fila[n]
        for n, fila in enumerate(registro.lectura.filas)
        if (fila.hoja, fila.numero) in por_lugar
    }
    fichas = {f for f in lugares.values() if f is not None}
    conocidas = set(por_documento(session, registro, fichas))
    inventados = {f: uuid7() for f in fichas - conocidas}
    todas = registro.agrupacion.fichas
    hallados = parecidos_en_la_oficina(session, {i: todas[f] for f, i in inventados.items()}, set())
    de_inventado = {i: f for f, i in inventados.items()}
    # Whoever brings a file learns that somebody is here by what is exact alone.
    razones = {de_inventado[i]: r for i, _otra, r in hallados if consta(r)}
    return [
        _con_lo_suyo(registro, una, lugares.get((una.hoja, una.numero)), conocidas, razones)
        for una in filas
    ]


def _con_lo_suyo(
    registro: Registro,
    una: FilaVista,
    lugar: int | None,
    conocidas: set[int],
    razones: Mapping[int, Sequence[Razon]],
) -> FilaVista:
    if lugar is None or una.fila is None or una.ya_estaba:
        return una
    ficha = registro.agrupacion.fichas[lugar]
    primera = ficha.filas[0]
    otras = [
        registro.agrupacion.fichas[par.otra if par.una == lugar else par.una].filas[0].numero
        for par in registro.parecidos_de([lugar])
    ]
    return replace(
        una,
        conocida=lugar in conocidas,
        repite=primera.numero if primera is not una.fila else None,
        parecida_a=otras,
        razones=razones.get(lugar, ()),
    )


def _filas(registro: Registro, conocidas: dict[str, UUID | None]) -> list[FilaVista]:
    con_problema: dict[tuple[str, int], list[Problema]] = {}
    for problema in registro.errores:
        con_problema.setdefault((problema.hoja, problema.fila), []).append(problema)
    vistas = [
        FilaVista(
            fila.hoja,
            fila.numero,
            fila,
            clave in conocidas,
            con_problema.pop((fila.hoja, fila.numero), ()),
        )
        for fila, clave in zip(registro.lectura.filas, registro.claves, strict=True)
    ]
    # What is left are rows that could not be read at all: they stand where they stand in the file.
    vistas.extend(
        FilaVista(hoja, numero, None, False, hallados)  # noqa: FBT003  the field says what it is
        for (hoja, numero), hallados in con_problema.items()
    )
    orden: dict[str, int] = {}
    for vista_fila in vistas:
        orden.setdefault(vista_fila.hoja, len(orden))
    return sorted(vistas, key=lambda una: (orden[una.hoja], una.numero))
