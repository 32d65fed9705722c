"""A register of people, as a careful person reads it.

A row without a name is reported and left out; any other cell that cannot be read is reported and
the person still counts, without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marshmallow import ValidationError, validate

from casos.importacion import celdas, tabla
from casos.importacion.agrupacion import SIN_NACIONALIDAD, FilaDePersona
from casos.importacion.celdas import DocumentoLeido
from casos.importacion.columnas import planilla
from casos.importacion.fechas import FechaIlegible, Nacimiento, leer_nacimiento
from casos.importacion.models import Tipo
from casos.importacion.palabras import idioma_escrito
from casos.importacion.problemas import Problema
from casos.importacion.registro import Lectura
from casos.importacion.tabla import Renglon
from casos.importacion.vocabulario import vocabulario
from casos.personas import nombres
from casos.personas.models import CanalPreferido, NivelEspanol, PrecisionFecha
from oficina import clock
from oficina.contacto import normalizar_telefono
from oficina.identity_docs import DocumentoInvalido, TipoDocumento, compactar
from oficina.libros import Hoja
from oficina.texts import N_
from oficina.web.names import is_a_name

_LARGOS = {"nombres": 120, "primer_apellido": 80, "segundo_apellido": 80, "nombre_social": 120}
_SIN_CONTACTO = "no contactar"
_ES_CORREO = validate.Email()


@dataclass(frozen=True, kw_only=True)
class FilaDelPadron(FilaDePersona):
    """One person as they were read. `partes`: given names and both surnames, None when they stand
    in one column and their order alone tells.
    """

    partes: tuple[str, str, str] | None
    nombre_social: str | None
    genero: str | None
    nacionalidades: tuple[str, ...]
    idiomas: tuple[str, ...]
    nivel_espanol: NivelEspanol | None
    interprete: bool
    correo: str | None
    canal_preferido: CanalPreferido | None


def leer_hojas(hojas: Sequence[Hoja]) -> Lectura:
    """Read the sheets of a file. Raises ArchivoIlegible when none is a register of people."""
    leida = tabla.leer(hojas, planilla(Tipo.PERSONAS))
    hoy = clock.today()
    errores = [*leida.errores]
    filas = []
    for renglon in leida.renglones:
        lector = _Lector(renglon, hoy)
        fila = lector.fila()
        errores.extend(lector.errores)
        if fila is not None:
            filas.append(fila)
    return Lectura(tuple(filas), tuple(errores), tuple(leida.sin_usar))


class _Lector:
    """Reads one row and gathers what could not be read."""

    def __init__(self, renglon: Renglon, hoy: date) -> None:
        self.errores: list[Problema] = []
        self._renglon, self._hoy = renglon, hoy

    def fila(self) -> FilaDelPadron | None:
        partes, nombre = self._nombre()
        if not nombre:
            return None
        nacionalidades = self._nacionalidades()
        documentos = self._documentos(nacionalidades[0] if nacionalidades else None)
        nacimiento = self._nacimiento()
        telefono, correo = self._telefono(), self._correo()
        nivel, canal = self._palabra("nivel_espanol"), self._palabra("canal_preferido")
        return FilaDelPadron(
            hoja=self._renglon.hoja,
            numero=self._renglon.numero,
            nombre=nombre,
            partes=partes,
            documentos=documentos,
            nacionalidad=nacionalidades[0] if nacionalidades else SIN_NACIONALIDAD,
            nacionalidades=nacionalidades,
            sexo=self._sexo(),
            nacimiento=nacimiento,
            telefono=telefono,
            correo=correo,
            direccion=self._direccion(),
            nota=_SIN_CONTACTO if self._si_o_no("no_contactar") else "",
            nombre_social=self._texto("nombre_social", 120) or None,
            genero=self._texto("genero", 40) or None,
            idiomas=self._idiomas(),
            nivel_espanol=NivelEspanol(nivel) if nivel else None,
            interprete=self._si_o_no("interprete"),
            canal_preferido=CanalPreferido(canal) if canal else None,
            huella=_huella(nombre, documentos, nacimiento, telefono, correo),
        )

    def _nombre(self) -> tuple[tuple[str, str, str] | None, str]:
        de_pila, primero = self._escrito("nombres"), self._escrito("primer_apellido")
        segundo, juntos = self._escrito("segundo_apellido"), self._escrito("apellidos")
        if juntos and not primero:
            primero, segundo = _partir_apellidos(juntos)
        if not de_pila:
            self._mal("nombres", N_("falta el nombre; la persona no se carga"))
            return None, ""
        escritos = {"nombres": de_pila, "primer_apellido": primero, "segundo_apellido": segundo}
        for campo, texto in escritos.items():
            if len(texto) > _LARGOS[campo]:
                self._mal(campo, N_("es demasiado largo; la persona no se carga"))
                return None, ""
        try:
            is_a_name(de_pila)
        except ValidationError:
            self._mal("nombres", N_("un nombre tiene al menos una letra; la persona no se carga"))
            return None, ""
        entero = " ".join(filter(None, (de_pila, primero, segundo)))
        return ((de_pila, primero, segundo) if primero or segundo else None), entero

    def _documentos(self, pais: str | None) -> tuple[DocumentoLeido, ...]:
        emisor = self._pais_del_documento() or pais
        leidos = [
            self._documento("run", _tipo_de_run(pais), emisor),
            self._documento("documento", self._tipo_dicho(), emisor),
            self._documento("pasaporte", TipoDocumento.PASAPORTE, emisor),
            self._documento("documento_origen", TipoDocumento.DNI_CEDULA_ORIGEN, emisor),
        ]
        unicos: dict[str, DocumentoLeido] = {}
        for leido in filter(None, leidos):
            unicos.setdefault(compactar(leido.documento.numero), leido)
        # In the order above, whoever is proved first: by it the person is known.
        return tuple(sorted(unicos.values(), key=lambda uno: not uno.probado))

    def _tipo_dicho(self) -> TipoDocumento | None:
        codigo = self._palabra("documento_tipo")
        return TipoDocumento(codigo) if codigo else None

    def _documento(
        self, campo: str, tipo: TipoDocumento | None, pais: str | None
    ) -> DocumentoLeido | None:
        escrito = " ".join(self._renglon.texto(campo).split())
        if not escrito or celdas.dice_sin_documento(escrito):
            return None
        if len(escrito) > 60:
            self._mal(campo, N_("es demasiado largo"))
            return None
        try:
            if tipo is None:
                leido = celdas.leer_documento(escrito, pais)
            elif tipo is TipoDocumento.SIN_DOCUMENTO:
                leido = None
            else:
                leido = celdas.de_tipo(tipo, escrito, pais)
        except DocumentoInvalido as error:
            ajeno = celdas.es_digito_ajeno(error)
            self._mal(
                campo,
                N_("el dígito verificador no corresponde al RUN")
                if ajeno
                else N_("no tiene la forma de un RUN"),
            )
            return celdas.documento_dudoso(escrito)
        if leido is None:
            self._mal(campo, N_("no parece el número de un documento"))
        elif leido.digito_ajeno:
            self._mal(campo, N_("el dígito verificador no corresponde al identificador provisorio"))
        return leido

    def _pais_del_documento(self) -> str | None:
        return self._pais("documento_pais", self._escrito("documento_pais"))

    def _nacionalidades(self) -> tuple[str, ...]:
        dichas = (self._pais("nacionalidad", una) for una in self._varios("nacionalidad"))
        return tuple(dict.fromkeys(filter(None, dichas)))[:5]

    def _pais(self, campo: str, dicho: str) -> str | None:
        if not dicho:
            return None
        propias = self._renglon.esquema.listas["nacionalidad"]
        codigo = propias.codigo(dicho) or vocabulario().nacionalidades.codigo(dicho)
        if codigo is None:
            self._mal(campo, N_("no reconocemos este país"), dicho)
        return codigo

    def _idiomas(self) -> tuple[str, ...]:
        codigos = []
        for dicho in self._varios("idiomas"):
            codigo = idioma_escrito(dicho)
            if codigo is None:
                self._mal("idiomas", N_("no reconocemos este idioma"), dicho)
            else:
                codigos.append(codigo)
        return tuple(dict.fromkeys(codigos))[:8]

    def _nacimiento(self) -> Nacimiento | None:
        celda = self._renglon.celdas.get("nacimiento", "")
        estimado = self._si_o_no("nacimiento_estimado")
        try:
            leido = leer_nacimiento(celda, self._hoy)
        except FechaIlegible as error:
            self._mal("nacimiento", error.texto)
            return None
        if leido is not None and estimado and leido.exacto:
            return Nacimiento(leido.fecha, PrecisionFecha.ESTIMADA)
        return leido

    def _sexo(self) -> str | None:
        dicho = self._escrito("sexo")
        if not dicho:
            return None
        codigo = vocabulario().sexos.codigo(dicho)
        codigo = codigo or self._renglon.esquema.listas["sexo"].codigo(dicho)
        if codigo is None:
            self._mal("sexo", N_("no reconocemos lo escrito"), dicho)
        return codigo

    def _telefono(self) -> str | None:
        dicho = self._escrito("telefono")
        telefono = normalizar_telefono(dicho) if dicho else None
        if dicho and telefono is None:
            self._mal("telefono", N_("no puede ser un número de teléfono"))
        return telefono

    def _correo(self) -> str | None:
        dicho = self._escrito("correo").strip("<> ")
        if not dicho:
            return None
        try:
            _ES_CORREO(dicho)
        except ValidationError:
            self._mal("correo", N_("no es un correo electrónico"))
            return None
        return dicho if len(dicho) <= 120 else None

    def _direccion(self) -> str:
        partes = [self._texto("direccion", 120), self._texto("comuna", 80)]
        return ", ".join(filter(None, partes))

    def _palabra(self, campo: str) -> str | None:
        """The code of a cell whose words are a list."""
        dicho = self._escrito(campo)
        lista = self._renglon.esquema.lista(campo)
        codigo = lista.codigo(dicho) if dicho and lista else None
        if dicho and codigo is None:
            self._mal(campo, N_("no reconocemos lo escrito"), dicho)
        return codigo

    def _si_o_no(self, campo: str) -> bool:
        # «No» means here what it says, and not that there is nothing to say.
        if not self._renglon.dice(campo):
            return False
        dicho = self._renglon.texto(campo)
        lista = self._renglon.esquema.lista(campo)
        codigo = lista.codigo(dicho) if lista else None
        if codigo is None:
            self._mal(campo, N_("se espera sí o no"), dicho)
        return codigo == "si"

    def _varios(self, campo: str) -> list[str]:
        dicho = self._escrito(campo)
        for separador in (",", "/", " y ", " and ", "\n"):
            dicho = dicho.replace(separador, ";")
        return [parte for uno in dicho.split(";") if (parte := uno.strip())]

    def _texto(self, campo: str, largo: int) -> str:
        dicho = self._escrito(campo)
        if len(dicho) > largo:
            self._mal(campo, N_("es demasiado largo"))
            return ""
        return dicho

    def _escrito(self, campo: str) -> str:
        return celdas.texto_o_nada(self._renglon.texto(campo))

    def _mal(self, campo: str, texto: str, valor: str = "") -> None:
        self.errores.append(self._renglon.mal(campo, texto, valor))


def _tipo_de_run(pais: str | None) -> TipoDocumento:
    return (
        TipoDocumento.RUN_CEDULA_CHILENA if pais == "CHL" else TipoDocumento.RUN_CEDULA_EXTRANJERO
    )


def _partir_apellidos(juntos: str) -> tuple[str, str]:
    """First and second surname; particles stay with their word."""
    primero, *resto = celdas.unidades(juntos)
    return primero, " ".join(resto)


def _huella(
    nombre: str,
    documentos: Sequence[DocumentoLeido],
    nacimiento: Nacimiento | None,
    telefono: str | None,
    correo: str | None,
) -> str:
    """What makes a row the same person's when the file is saved again with more cells: the name and
    the document; without one, the birth if it is known, as an age grows; else how they are reached.
    """
    partes = [nombres.clave(nombre)]
    if documentos:
        partes.append(compactar(documentos[0].documento.numero))
    elif nacimiento and nacimiento.precision is not PrecisionFecha.ESTIMADA:
        partes.append(nacimiento.fecha.isoformat())
    else:
        partes += [(telefono or "")[-8:], (correo or "").casefold()]
    return "padron|" + "|".join(partes)
