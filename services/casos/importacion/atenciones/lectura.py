"""A register of attentions in sheets, as a careful person reads it.

A sheet a month, a row an attention (`libro` finds them). A sheet that does not say its year is of
the year of most others. A row whose date cannot be read is reported and left out; any other cell
that cannot be read is reported and its row still counts.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from casos.importacion import celdas
from casos.importacion.agrupacion import SIN_NACIONALIDAD, FilaDePersona
from casos.importacion.atenciones import libro
from casos.importacion.atenciones.libro import Hoja
from casos.importacion.celdas import DocumentoLeido
from casos.importacion.fechas import (
    FechaIlegible,
    Nacimiento,
    es_ajena,
    leer_fecha,
    leer_fecha_siguiente,
    leer_nacimiento,
)
from casos.importacion.problemas import Problema
from casos.importacion.registro import Lectura
from casos.importacion.vocabulario import plano, vocabulario
from casos.personas import nombres
from oficina import clock, libros
from oficina.contacto import normalizar_telefono
from oficina.identity_docs import DocumentoInvalido
from oficina.libros import ArchivoIlegible, Celda
from oficina.texts import N_

SIN_TEMA = "OTRO"
SIN_INSTITUCION = "OTRA"


@dataclass(frozen=True, kw_only=True)
class Fila(FilaDePersona):
    """One attention as it was read."""

    fecha: date
    motivo: str
    canal: str
    derivada_a: str | None
    derivada_el: date | None
    resultado: str | None
    funcionario: str


def leer(contenido: bytes) -> Lectura:
    """Read a file. Raises ArchivoIlegible when it is no workbook nor CSV, or holds no register."""
    return leer_hojas(libros.leer(contenido))


def leer_hojas(leidas: Sequence[libros.Hoja]) -> Lectura:
    """Read the sheets of a file. Raises ArchivoIlegible when none holds a register."""
    hoy = clock.today()
    hojas, errores = libro.hojas(leidas)
    anios = Counter(hoja.anio or libro.anio_de_las_fechas(hoja) for hoja in hojas)
    anios.pop(None, None)
    comun = anios.most_common(1)[0][0] if anios else None
    filas: list[Fila] = []
    for hoja in hojas:
        anio = hoja.anio or libro.anio_de_las_fechas(hoja) or comun
        lector = _Lector(hoja, anio, hoy)
        filas.extend(lector.filas(hoja))
        errores.extend(lector.errores)
    if not filas and not errores:
        raise ArchivoIlegible(N_("El registro está vacío: hay títulos y ninguna atención."))
    return Lectura(tuple(filas), tuple(errores))


class _Lector:
    """Reads the rows of one sheet and gathers what could not be read."""

    def __init__(self, hoja: Hoja, anio: int | None, hoy: date) -> None:
        self.errores: list[Problema] = []
        self._hoja, self._anio, self._mes, self._hoy = hoja.nombre, anio, hoja.mes, hoy
        self._es_de_un_anio = hoja.anio is not None or hoja.mes is not None
        self._numero = 0
        self._anterior: date | None = None

    def filas(self, hoja: Hoja) -> Iterator[Fila]:
        """The attentions below the titles; titles that come again may change the columns."""
        columnas = libro.columnas_de(hoja.renglones[hoja.encabezado])
        for n, renglon in enumerate(hoja.renglones[hoja.encabezado + 1 :], hoja.encabezado + 2):
            if libro.es_encabezado(renglon):
                columnas = libro.columnas_de(renglon)
                continue
            dato = {campo: renglon[c] for c, campo in columnas.items() if renglon[c] != ""}
            dato.pop("numero", None)
            if not _es_atencion(dato, renglon):
                continue
            self._numero = n
            fila = self._fila(dato)
            if fila is not None:
                yield fila

    def _fila(self, dato: Mapping[str, Celda]) -> Fila | None:
        fecha = self._fecha(dato.get("fecha", ""))
        if fecha is None:
            return None
        escrito = {campo: celdas.texto_o_nada(celda) for campo, celda in dato.items()}
        nota = [escrito.get("observaciones", "")]
        nacionalidad = self._codigo("nacionalidad", escrito, SIN_NACIONALIDAD, nota)
        derivada_a = (
            self._codigo("derivado_a", escrito, SIN_INSTITUCION, nota)
            if escrito.get("derivado_a")
            else None
        )
        vocablos = vocabulario()
        nombre = " ".join(filter(None, (escrito.get("nombre"), escrito.get("apellidos"))))
        return Fila(
            hoja=self._hoja,
            numero=self._numero,
            fecha=fecha,
            nombre=nombre,
            documentos=self._documentos(dato.get("documento", ""), nacionalidad, nota),
            nacionalidad=nacionalidad,
            sexo=vocablos.sexos.codigo(escrito.get("sexo", "")),
            nacimiento=self._nacimiento(dato.get("nacimiento", ""), fecha),
            telefono=self._telefono(escrito.get("telefono", ""), nota),
            direccion=escrito.get("direccion", ""),
            motivo=self._codigo("motivo", escrito, SIN_TEMA, nota),
            canal=vocablos.canales.codigo(escrito.get("canal", "")) or "presencial",
            derivada_a=derivada_a,
            derivada_el=self._derivada_el(dato, fecha) if derivada_a else None,
            resultado=self._resultado(escrito.get("resultado", ""), derivada_a, nota),
            funcionario=escrito.get("funcionario", ""),
            nota="\n".join(filter(None, nota)),  # after the cells that add to it
            huella=_huella(fecha, nombre, escrito),
        )

    def _fecha(self, celda: Celda) -> date | None:
        if isinstance(celda, str) and self._anterior and vocabulario().es_idem(celda):
            return self._anterior
        try:
            self._anterior = self._pasada(leer_fecha(celda, self._anio, self._mes))
            if self._es_de_un_anio and self._anio and es_ajena(self._anterior, self._anio):
                self._anotar("fecha", N_("es de otro año que su hoja; la fila se cuenta"), celda)
        except FechaIlegible as error:
            self._anotar("fecha", error.texto, celda)
            # What stands below «the same» is only as good as what stands above.
            self._anterior = None
        return self._anterior

    def _pasada(self, leida: date) -> date:
        if leida > self._hoy:
            raise FechaIlegible(N_("es posterior a hoy"))
        return leida

    def _codigo(
        self, campo: str, escrito: Mapping[str, str], desconocido: str, nota: list[str]
    ) -> str:
        texto = escrito.get(campo, "")
        lista = {
            "nacionalidad": vocabulario().nacionalidades,
            "motivo": vocabulario().motivos,
            "derivado_a": vocabulario().instituciones,
        }[campo]
        codigo = lista.codigo(texto)
        if codigo is not None:
            return codigo
        if texto:
            self._anotar(campo, N_("no reconocemos lo escrito"), texto)
            nota.append(f"{campo}: {texto}")  # nothing that was written is lost
        else:
            self._anotar(campo, N_("falta el dato"), "")
        return desconocido

    def _documentos(
        self, celda: Celda, nacionalidad: str, nota: list[str]
    ) -> tuple[DocumentoLeido, ...]:
        leido = self._documento(celda, nacionalidad, nota)
        return () if leido is None else (leido,)

    def _documento(self, celda: Celda, nacionalidad: str, nota: list[str]) -> DocumentoLeido | None:
        escrito = celdas.texto(celda)
        pais = None if nacionalidad == SIN_NACIONALIDAD else nacionalidad
        try:
            leido = celdas.leer_documento(escrito, pais)
        except DocumentoInvalido as error:
            ajeno = celdas.es_digito_ajeno(error)
            motivo = (
                N_("el dígito verificador no corresponde al RUN")
                if ajeno
                else N_("no tiene la forma de un RUN")
            )
            self._anotar("run", motivo, "")
            return celdas.documento_dudoso(escrito)
        if leido is None and not celdas.dice_sin_documento(escrito):
            nota.append(f"documento: {escrito}")
        if leido is not None and leido.digito_ajeno:
            motivo = N_("el dígito verificador no corresponde al identificador provisorio")
            self._anotar("documento", motivo, "")
        return leido

    def _nacimiento(self, celda: Celda, fecha: date) -> Nacimiento | None:
        try:
            return leer_nacimiento(celda, fecha)
        except FechaIlegible as error:
            self._anotar("nacimiento", error.texto, "")
            return None

    def _telefono(self, escrito: str, nota: list[str]) -> str | None:
        telefono = normalizar_telefono(escrito)
        if telefono is None and any(letra.isdigit() for letra in escrito):
            self._anotar("telefono", N_("no puede ser un número de teléfono"), "")
            nota.append(f"telefono: {escrito}")
        return telefono

    def _derivada_el(self, dato: Mapping[str, Celda], fecha: date) -> date | None:
        celda = dato.get("fecha_derivacion", "")
        if not celdas.texto_o_nada(celda):
            return None
        try:
            return self._pasada(leer_fecha_siguiente(celda, fecha))
        except FechaIlegible as error:
            self._anotar("fecha_derivacion", error.texto, celda)
            return None

    def _resultado(self, escrito: str, derivada_a: str | None, nota: list[str]) -> str | None:
        codigo = vocabulario().resultados.codigo(escrito)
        if codigo is None and plano(escrito):
            nota.append(f"resultado: {escrito}")
        return codigo if derivada_a else None

    def _anotar(self, campo: str, texto: str, valor: Celda) -> None:
        visto = celdas.texto(valor)[:60]
        self.errores.append(Problema(self._hoja, self._numero, campo, texto, visto))


def _es_atencion(dato: Mapping[str, Celda], renglon: list[Celda]) -> bool:
    if not dato or vocabulario().es_de_ejemplo(renglon):
        return False
    if "fecha" in dato and len(dato) > 1:
        return True
    ignoradas = vocabulario().filas_ignoradas
    if any(plano(celda) in ignoradas for celda in renglon if isinstance(celda, str)):
        return False
    return len(dato) > 1


def _huella(fecha: date, nombre: str, escrito: Mapping[str, str]) -> str:
    """What makes a row the same row when the file is saved again with more or corrected cells.

    Day, name, motive and institution; not the document, whose digits people come to correct.
    """
    partes = (escrito.get("motivo", ""), escrito.get("derivado_a", ""))
    return "|".join((fecha.isoformat(), nombres.clave(nombre), *map(plano, partes)))
