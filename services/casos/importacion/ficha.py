"""The record that several rows of a register make: of each thing the best that was written."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from casos.importacion.agrupacion import SIN_NACIONALIDAD, Ficha, FilaDePersona
from casos.importacion.celdas import con_mayusculas, partir_nombre, riqueza
from casos.importacion.fechas import Nacimiento
from casos.importacion.vocabulario import plano, vocabulario
from casos.personas.models import PrecisionFecha, TipoContacto
from casos.personas.schemas import DatosContacto, DatosDocumento, NuevaPersona
from oficina.identity_docs import Documento

_SIN_NOMBRE = "Sin nombre"


@dataclass(frozen=True, kw_only=True)
class DatosFicha:
    """What goes into a new person's record."""

    nombres: str
    primer_apellido: str
    segundo_apellido: str
    documento: Documento | None
    nacimiento: Nacimiento | None
    sexo: str | None
    nacionalidad: str | None
    telefonos: tuple[str, ...]
    direccion: str | None
    idiomas: tuple[str, ...]
    no_contactar: bool


def datos(ficha: Ficha) -> DatosFicha:
    """Gather a record from its rows, which are in the order in which they were written."""
    nombres, primero, segundo = partir_nombre(con_mayusculas(_nombre(ficha.filas)))
    documento = ficha.filas[0].documento
    nacionalidad = _mas_frecuente(f.nacionalidad for f in ficha.filas)
    direcciones = [fila.direccion for fila in ficha.filas if fila.direccion]
    notas = [plano(fila.nota) for fila in ficha.filas if fila.nota]
    return DatosFicha(
        nombres=nombres[:120] or _SIN_NOMBRE,
        primer_apellido=primero[:80],
        segundo_apellido=segundo[:80],
        documento=documento.documento if documento else None,
        nacimiento=nacimiento(ficha),
        sexo=_mas_frecuente(fila.sexo for fila in ficha.filas),
        nacionalidad=None if nacionalidad == SIN_NACIONALIDAD else nacionalidad,
        # In their order: the newest telephone is the one to use.
        telefonos=tuple(dict.fromkeys(f.telefono for f in reversed(ficha.filas) if f.telefono))[
            ::-1
        ],
        direccion=direcciones[-1] if direcciones else None,
        idiomas=_idiomas(notas),
        no_contactar=pide_no_contactar(notas),
    )


def como_nueva(datos: DatosFicha) -> NuevaPersona:
    """The same as who registers a person says it."""
    nacimiento, documento = datos.nacimiento, datos.documento
    return NuevaPersona(
        nombres=datos.nombres,
        primer_apellido=datos.primer_apellido,
        segundo_apellido=datos.segundo_apellido,
        fecha_nacimiento=nacimiento.fecha if nacimiento else None,
        precision_fecha=nacimiento.precision if nacimiento else PrecisionFecha.DESCONOCIDA,
        sexo=datos.sexo,
        nacionalidades=[datos.nacionalidad] if datos.nacionalidad else [],
        idiomas=list(datos.idiomas),
        requiere_interprete=bool(datos.idiomas),
        direccion=datos.direccion,
        no_contactar=datos.no_contactar,
        documento=DatosDocumento(documento=documento) if documento else None,
        contactos=tuple(
            DatosContacto(tipo=TipoContacto.TELEFONO, valor=telefono)
            for telefono in datos.telefonos
        ),
    )


def nacimiento(ficha: Ficha) -> Nacimiento | None:
    """The best known birth: a day before a year before an age."""
    orden = [PrecisionFecha.EXACTA, PrecisionFecha.ANIO, PrecisionFecha.ESTIMADA]
    leidos = [fila.nacimiento for fila in ficha.filas if fila.nacimiento]
    return min(leidos, key=lambda leido: orden.index(leido.precision), default=None)


def pide_no_contactar(notas: Iterable[str]) -> bool:
    """Whether a note asks not to be contacted; it protects somebody, so one is enough."""
    avisos = vocabulario().sin_contacto
    return any(aviso in plano(nota) for nota in notas for aviso in avisos)


def _nombre(filas: Sequence[FilaDePersona]) -> str:
    """The usual order of the words, in the writing that keeps most of the name."""
    escritos = [fila.nombre for fila in filas if fila.nombre]
    if not escritos:
        return ""
    orden = _mas_frecuente(plano(escrito) for escrito in escritos)
    iguales = Counter(escrito for escrito in escritos if plano(escrito) == orden)
    return max(iguales, key=lambda escrito: (*riqueza(escrito), iguales[escrito]))


def _mas_frecuente(valores: Iterable[str | None]) -> str | None:
    cuenta = Counter(valor for valor in valores if valor)
    return cuenta.most_common(1)[0][0] if cuenta else None


def _idiomas(notas: Sequence[str]) -> tuple[str, ...]:
    hallados = (
        codigo for palabra, codigo in vocabulario().idiomas if any(palabra in n for n in notas)
    )
    return tuple(dict.fromkeys(hallados))
