"""What can be asked about imports and their files."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from casos.importacion.carga import claves_conocidas
from casos.importacion.lectura import Fila, leer
from casos.importacion.models import ArchivoImportado, Estado, Importacion
from casos.importacion.problemas import Problema, leer_problemas
from casos.importacion.resumen import Registro, Resumen
from oficina import clock
from oficina.errors import NoEncontrado
from oficina.privacy import Keyring, current_keyring

FILAS_POR_PAGINA = 100


@dataclass(frozen=True)
class FilaVista:
    """A row of the preview: what was read, whether it is in already, what is wrong with it."""

    hoja: str
    numero: int
    fila: Fila | None
    ya_estaba: bool
    problemas: Sequence[Problema]


@dataclass(frozen=True)
class Vista:
    """A page of the preview, with the figures of the whole file."""

    resumen: Resumen
    filas: Sequence[FilaVista]
    total: int
    pagina: int

    @property
    def paginas(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // FILAS_POR_PAGINA))


def importacion_por_id(
    session: Session, importacion_id: UUID, *, bloquear: bool = False
) -> Importacion:
    """An import; with `bloquear` it stays locked. Raises NoEncontrado."""
    importacion = session.get(Importacion, importacion_id, with_for_update=bloquear or None)
    if importacion is None:
        raise NoEncontrado
    return importacion


def importaciones(session: Session) -> Sequence[Importacion]:
    """The newest fifty that were not discarded."""
    return session.scalars(
        select(Importacion)
        .where(Importacion.estado != Estado.DESCARTADA)
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


def registro_de(session: Session, importacion_id: UUID) -> Registro | None:
    """The register of an import as it is read today; None when its file is no longer kept."""
    contenido = session.scalar(
        select(ArchivoImportado.contenido).where(ArchivoImportado.importacion_id == importacion_id)
    )
    return None if contenido is None else leido(contenido)


def resumen(session: Session, registro: Registro) -> Resumen:
    """The figures of a register, with how many of its rows are in already."""
    return registro.resumir(claves_conocidas(session, registro.claves))


def vista(
    session: Session, registro: Registro, *, pagina: int = 1, solo_problemas: bool = False
) -> Vista:
    """One page of the preview, rows in the order of the file, numbered from 1."""
    conocidas = claves_conocidas(session, registro.claves)
    todas = _filas(registro, conocidas)
    if solo_problemas:
        todas = [fila for fila in todas if fila.problemas]
    desde = (pagina - 1) * FILAS_POR_PAGINA
    return Vista(
        registro.resumir(conocidas), todas[desde : desde + FILAS_POR_PAGINA], len(todas), pagina
    )


def problemas(importacion: Importacion) -> Sequence[Problema]:
    """What could not be read or loaded, as it was found."""
    return leer_problemas(importacion.problemas)


def leido(contenido: str) -> Registro:
    """The register of a file in base64; the last one read is kept. Raises ArchivoIlegible."""
    return _leido(contenido, current_keyring())


def olvidar_lo_leido() -> None:
    """Let go of the last register: people's data need not stay in memory once it is loaded."""
    _leido.cache_clear()


# Reading takes a second: bringing a file, its preview's pages and its load share it. The keys of
# its rows are hashes under the keyring, so a reading holds for that keyring alone.
@lru_cache(maxsize=1)
def _leido(contenido: str, _keyring: Keyring) -> Registro:
    return Registro.de(leer(base64.b64decode(contenido)))


def _filas(registro: Registro, conocidas: dict[str, UUID | None]) -> list[FilaVista]:
    con_problema: dict[tuple[str, int], list[Problema]] = {}
    for problema in registro.lectura.errores:
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
