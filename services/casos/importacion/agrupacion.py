"""Which rows of a register tell of the same person: what a document proves and what only seems so.

Two questions, two answers.

*What is one record?* Rows that show the same document, and whose names have a word in common, are
one `Ficha`. Every row without a document, or with one whose check digit does not fit, is a record
of its own: nothing proves that it is somebody else's.

*How many people came?* A careful reader sees that «Ana de la Cruz, s/d» of May and «ANA DE LA CRUZ,
indocumentado» of June, with one telephone, one address and one birth date, are one person, and that
two namesakes at two addresses are not. So records seem one person when their names are the same
words and either the address, the telephone or the exact birth date is the same, or the documents
differ in the check digit only; never when births contradict each other or both show a document.
`Agrupacion.personas` counts these; the records stay apart and each pair is suggested with its
reasons (`Parecido`), for somebody of the office to decide.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from casos.importacion.celdas import DocumentoLeido
from casos.importacion.fechas import Nacimiento
from casos.importacion.vocabulario import plano
from casos.personas import nombres
from casos.personas.matching import Razon
from casos.personas.models import PrecisionFecha
from oficina.identity_docs import compactar

SIN_NACIONALIDAD = "UNK"


@dataclass(frozen=True, kw_only=True)
class FilaDePersona:
    """A row as it was read: who it tells of. `numero` is its row in the spreadsheet, `huella` what
    makes it the same row when the file is saved again.
    """

    hoja: str
    numero: int
    nombre: str
    documentos: tuple[DocumentoLeido, ...]
    nacionalidad: str
    sexo: str | None
    nacimiento: Nacimiento | None
    telefono: str | None
    direccion: str
    nota: str
    huella: str

    @property
    def documento(self) -> DocumentoLeido | None:
        """The one to use."""
        return self.documentos[0] if self.documentos else None

    @property
    def probados(self) -> list[str]:
        """The numbers that prove who it is, in the form in which they are compared."""
        return [compactar(uno.documento.numero) for uno in self.documentos if uno.probado]

    @property
    def anonima(self) -> bool:
        """Whether nothing says who it is."""
        return not self.nombre and self.documento is None


@dataclass(frozen=True)
class Ficha:
    """Rows that are one record. `primera` is the place of the first one among all rows."""

    filas: tuple[FilaDePersona, ...]
    primera: int

    @cached_property
    def clave_nombre(self) -> str:
        """The name whatever the order of its words."""
        return nombres.clave(self.filas[0].nombre)

    @cached_property
    def documento(self) -> str | None:
        """The number that proves who it is, in the form in which it is compared."""
        return next(iter(self.documentos), None)

    @cached_property
    def documentos(self) -> tuple[str, ...]:
        """All the numbers that prove who it is, the first row's first."""
        return tuple(dict.fromkeys(uno for fila in self.filas for uno in fila.probados))

    @cached_property
    def documento_dudoso(self) -> str | None:
        """A number whose check digit does not fit."""
        dudosos = (uno for uno in self.filas[0].documentos if uno.digito_ajeno)
        return next((compactar(uno.documento.numero) for uno in dudosos), None)

    @cached_property
    def direcciones(self) -> frozenset[str]:
        """Addresses in plain words."""
        return frozenset(filter(None, (plano(fila.direccion) for fila in self.filas)))

    @cached_property
    def telefonos(self) -> frozenset[str]:
        """The last eight digits of telephones: what stays the same however a prefix is typed."""
        return frozenset(fila.telefono[-8:] for fila in self.filas if fila.telefono)


@dataclass(frozen=True)
class Parecido:
    """Two records that may be one person, by their places in `Agrupacion.fichas`, and why."""

    una: int
    otra: int
    razones: tuple[Razon, ...]


@dataclass(frozen=True)
class Agrupacion:
    """The records of a register. `de_fila` is the record of each row, None of an anonymous one."""

    fichas: tuple[Ficha, ...]
    de_fila: tuple[int | None, ...]
    parecidos: tuple[Parecido, ...]
    personas: int


def agrupar(filas: Sequence[FilaDePersona]) -> Agrupacion:
    """Find the records of a register, and which of them seem to be one person."""
    fichas, de_fila = _fichas(filas)
    por_nombre: defaultdict[str, list[int]] = defaultdict(list)
    for n, ficha in enumerate(fichas):
        por_nombre[ficha.clave_nombre].append(n)
    parecidos: list[Parecido] = []
    personas = 0
    for clave, tocayas in por_nombre.items():
        if not clave:
            personas += len(tocayas)
            continue
        hallados, grupos = _tocayas(fichas, tocayas)
        parecidos.extend(hallados)
        personas += grupos
    return Agrupacion(tuple(fichas), tuple(de_fila), tuple(parecidos), personas)


def razones(una: Ficha, otra: Ficha) -> tuple[Razon, ...]:
    """Why two records of one name seem one person; empty when they do not."""
    nacimiento = comparar_nacimientos(
        [fila.nacimiento for fila in una.filas if fila.nacimiento],
        [fila.nacimiento for fila in otra.filas if fila.nacimiento],
    )
    if nacimiento is False:
        return ()
    halladas = []
    if _solo_difiere_el_digito(una, otra):
        halladas.append(Razon.DOCUMENTO_PARECIDO)
    if nacimiento:
        halladas.append(Razon.MISMA_FECHA_NACIMIENTO)
    if una.telefonos & otra.telefonos:
        halladas.append(Razon.MISMO_TELEFONO)
    if una.direcciones & otra.direcciones:
        halladas.append(Razon.MISMA_DIRECCION)
    return (Razon.MISMO_NOMBRE, *halladas) if halladas else ()


def comparar_nacimientos(unos: Sequence[Nacimiento], otros: Sequence[Nacimiento]) -> bool | None:
    """True: a day in common. False: they contradict each other. None: nothing is proved."""
    exactos = [{n.fecha for n in lista if n.exacto} for lista in (unos, otros)]
    if exactos[0] & exactos[1]:
        return True
    for uno in unos:
        for otro in otros:
            estimado = PrecisionFecha.ESTIMADA in {uno.precision, otro.precision}
            distancia = abs(uno.fecha.year - otro.fecha.year)
            if (uno.exacto and otro.exacto) or distancia > (1 if estimado else 0):
                return False
    return None


def comparten_nombre(una: str, otra: str) -> bool:
    """Whether two writings of a name have a word in common; an unwritten name contradicts none."""
    palabras, otras = set(nombres.palabras_propias(una)), set(nombres.palabras_propias(otra))
    return not palabras or not otras or bool(palabras & otras)


def _fichas(filas: Sequence[FilaDePersona]) -> tuple[list[Ficha], list[int | None]]:
    reunidas: list[list[int]] = []
    por_documento: defaultdict[str, list[int]] = defaultdict(list)
    de_fila: list[int | None] = []
    for n, fila in enumerate(filas):
        if fila.anonima:
            de_fila.append(None)
            continue
        suyas = (f for numero in fila.probados for f in por_documento[numero])
        misma = next((f for f in suyas if _mismo_nombre(filas, reunidas[f], fila)), None)
        if misma is None:
            misma = len(reunidas)
            reunidas.append([])
        for numero in fila.probados:
            if misma not in por_documento[numero]:
                por_documento[numero].append(misma)
        reunidas[misma].append(n)
        de_fila.append(misma)
    return [Ficha(tuple(filas[n] for n in lista), lista[0]) for lista in reunidas], de_fila


def _mismo_nombre(
    filas: Sequence[FilaDePersona], lista: Iterable[int], fila: FilaDePersona
) -> bool:
    return any(comparten_nombre(filas[n].nombre, fila.nombre) for n in lista)


def _tocayas(fichas: Sequence[Ficha], lugares: Sequence[int]) -> tuple[list[Parecido], int]:
    """Suggested pairs among records of one name, each with the first it resembles, and people."""
    jefes: dict[int, int] = {}
    probadas: dict[int, str | None] = {}
    parecidos = []
    # Those with a document first: the others gather around them, never two of them together.
    for n in sorted(lugares, key=lambda lugar: (fichas[lugar].documento is None, lugar)):
        jefes[n], probadas[n] = n, fichas[n].documento
        for jefe in [j for j, de in jefes.items() if j == de and j != n]:
            miembros = (m for m, de in jefes.items() if de == jefe)
            hallado = next(((m, r) for m in miembros if (r := razones(fichas[m], fichas[n]))), None)
            if hallado is None:
                continue
            parecidos.append(Parecido(min(hallado[0], n), max(hallado[0], n), hallado[1]))
            if fichas[n].documento is None or probadas[jefe] is None:
                jefes[n] = jefe
                break
    return parecidos, sum(n == jefe for n, jefe in jefes.items())


def _solo_difiere_el_digito(una: Ficha, otra: Ficha) -> bool:
    escritos = (una.documento_dudoso, otra.documento or otra.documento_dudoso)
    al_reves = (otra.documento_dudoso, una.documento)
    return any(a and b and a[:-1] == b[:-1] for a, b in (escritos, al_reves))
