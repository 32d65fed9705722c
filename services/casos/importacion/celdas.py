"""Texts, documents and names as several hands type them."""

import re
from dataclasses import dataclass

from casos.importacion.vocabulario import plano, vocabulario
from oficina.identity_docs import (
    AvisoDocumento,
    Documento,
    DocumentoInvalido,
    MotivoInvalido,
    TipoDocumento,
    compactar,
    digito_verificador,
    normalizar,
)
from oficina.libros import Celda


@dataclass(frozen=True)
class DocumentoLeido:
    """What a document cell says. One that is not `probado` identifies nobody.

    `digito_ajeno`: its check digit does not fit, so it may be another number mistyped.
    """

    documento: Documento
    probado: bool = True
    digito_ajeno: bool = False


_ETIQUETAS = {
    "pasaporte": TipoDocumento.PASAPORTE,
    "pasap": TipoDocumento.PASAPORTE,
    "pas": TipoDocumento.PASAPORTE,
    "pp": TipoDocumento.PASAPORTE,
    "passport": TipoDocumento.PASAPORTE,
    "run": TipoDocumento.RUN_CEDULA_EXTRANJERO,
    "rut": TipoDocumento.RUN_CEDULA_EXTRANJERO,
    "ipe": TipoDocumento.IPE,
    "ipa": TipoDocumento.IPA,
    "nip": TipoDocumento.NIP_FONASA,
    "tum": TipoDocumento.TUM,
    "dni": TipoDocumento.DNI_CEDULA_ORIGEN,
    "carnet": TipoDocumento.DNI_CEDULA_ORIGEN,
    "carne": TipoDocumento.DNI_CEDULA_ORIGEN,
    "cedula": TipoDocumento.DNI_CEDULA_ORIGEN,
    "ced": TipoDocumento.DNI_CEDULA_ORIGEN,
    "cc": TipoDocumento.DNI_CEDULA_ORIGEN,
    "ci": TipoDocumento.DNI_CEDULA_ORIGEN,
    "c i": TipoDocumento.DNI_CEDULA_ORIGEN,
}
_ETIQUETA = re.compile(
    rf"({'|'.join(sorted(_ETIQUETAS, key=len, reverse=True))})\b\s*(?:n(?:ro|um|o)?\b)?\s*(.*\d.*)"
)
_RUN = re.compile(r"\d{7,8}[\dK]")
_PROVISORIO = re.compile(r"\d{9}[\dK]")
_CON_GUION = re.compile(r"\d\s*-\s*[\dkK]$")
_MIN_DIGITOS = 4
_TILDES = "áéíóúüñÁÉÍÓÚÜÑèàçïÈÀÇÏ"


def texto(celda: Celda) -> str:
    """A cell as one line of text; a whole number without its decimals."""
    if isinstance(celda, float) and celda.is_integer():
        return str(int(celda))
    return " ".join(str(celda).split())


def texto_o_nada(celda: Celda) -> str:
    """A cell as text, empty when it only says that there is nothing."""
    escrito = texto(celda)
    return "" if vocabulario().es_vacio(escrito) else escrito


def leer_documento(escrito: str, nacionalidad: str | None) -> DocumentoLeido | None:
    """The document that a cell tells; None for «sin documento» and whatever has no digit.

    Raises DocumentoInvalido when it looks like a RUN and its check digit is another person's, or
    a typing slip. Without a label, eight digits are a foreign identity card and not a RUN of seven
    digits, which nobody who arrived in this century has; Chileans may.
    """
    if dice_sin_documento(escrito):
        return None
    palabras = plano(escrito)
    etiqueta = _ETIQUETA.match(palabras)
    tipo = _ETIQUETAS[etiqueta[1]] if etiqueta else None
    numero = compactar(etiqueta[2]) if etiqueta else compactar(escrito)
    if tipo is None or tipo is TipoDocumento.DNI_CEDULA_ORIGEN:
        tipo = _tipo_por_forma(escrito, numero, nacionalidad, tipo)
    if not any(letra.isdigit() for letra in numero):
        return None
    documento = normalizar(tipo, numero, None if tipo in _CHILENOS else nacionalidad)
    ajeno = documento.aviso is AvisoDocumento.DIGITO_VERIFICADOR
    return DocumentoLeido(documento, not ajeno and not _es_relleno(documento), ajeno)


def de_tipo(tipo: TipoDocumento, escrito: str, pais: str | None) -> DocumentoLeido | None:
    """The document of a cell whose kind is known; None for what has no digit.

    Raises DocumentoInvalido as `leer_documento`.
    """
    if not any(letra.isdigit() for letra in escrito):
        return None
    documento = normalizar(tipo, escrito, None if tipo in _CHILENOS else pais)
    ajeno = documento.aviso is AvisoDocumento.DIGITO_VERIFICADOR
    return DocumentoLeido(documento, not ajeno and not _es_relleno(documento), ajeno)


def dice_sin_documento(escrito: str) -> bool:
    """Whether it is one of the ways to write that the person has none."""
    return plano(escrito) in vocabulario().vacio | vocabulario().sin_documento


def documento_dudoso(escrito: str) -> DocumentoLeido:
    """A document whose check digit does not fit, kept as it was written; it proves nothing."""
    numero = re.sub(r"^(?:RUN|RUT)", "", compactar(escrito))
    documento = Documento(TipoDocumento.OTRO, numero, numero)
    return DocumentoLeido(documento, probado=False, digito_ajeno=True)


def partir_nombre(nombre: str) -> tuple[str, str, str]:
    """Given names, first and second surname of a whole name, as far as its order tells.

    Particles stay with their word («De la Cruz»); known given names at the beginning, or at the
    end when somebody typed the surnames first, are the given ones.
    """
    partes = unidades(nombre)
    if len(partes) < 2:
        return nombre.strip(), "", ""
    de_pila = [_es_de_pila(unidad) for unidad in partes]
    if not de_pila[0] and de_pila[-1]:
        cuantos = len(partes) - next(n for n, propio in enumerate(de_pila) if propio)
        partes = partes[-cuantos:] + partes[:-cuantos]
    else:
        cuantos = next((n for n, propio in enumerate(de_pila) if not propio), len(partes))
    cuantos = max(1, len(partes) - 2, cuantos)
    cuantos = min(cuantos, len(partes) - 1)
    apellidos = partes[cuantos:]
    return " ".join(partes[:cuantos]), apellidos[0], " ".join(apellidos[1:])


def con_mayusculas(nombre: str) -> str:
    """A name typed all in capitals or all in small letters, as names are written."""
    if nombre != nombre.upper() and nombre != nombre.lower():
        return nombre
    return re.sub(r"[^\W\d_]+", lambda palabra: palabra[0].capitalize(), nombre)


def riqueza(nombre: str) -> tuple[bool, int]:
    """How much of a name a writing keeps: its capitals, then its accents."""
    mezclado = nombre != nombre.upper() and nombre != nombre.lower()
    return mezclado, sum(letra in _TILDES for letra in nombre)


_CHILENOS = frozenset(
    {TipoDocumento.RUN_CEDULA_EXTRANJERO, TipoDocumento.RUN_CEDULA_CHILENA, TipoDocumento.IPE}
)


def _es_relleno(documento: Documento) -> bool:
    """What is typed to fill the cell: «11.111.111-1», «123»."""
    digitos = [letra for letra in documento.numero.partition("-")[0] if letra.isdigit()]
    return len(digitos) < _MIN_DIGITOS or len(set(digitos)) == 1


def _tipo_por_forma(
    escrito: str, numero: str, nacionalidad: str | None, etiqueta: TipoDocumento | None
) -> TipoDocumento:
    run = (
        TipoDocumento.RUN_CEDULA_CHILENA
        if nacionalidad == "CHL"
        else TipoDocumento.RUN_CEDULA_EXTRANJERO
    )
    if etiqueta:
        return run if _CON_GUION.search(escrito) and _RUN.fullmatch(numero) else etiqueta
    if _PROVISORIO.fullmatch(numero):
        return TipoDocumento.IPE
    if _RUN.fullmatch(numero):
        return run if _es_run(escrito, numero, nacionalidad) else TipoDocumento.DNI_CEDULA_ORIGEN
    if numero.isdigit():
        return TipoDocumento.DNI_CEDULA_ORIGEN
    return (
        TipoDocumento.PASAPORTE
        if re.fullmatch(r"[A-Z]{1,3}\d{5,9}", numero)
        else TipoDocumento.OTRO
    )


def _es_run(escrito: str, numero: str, nacionalidad: str | None) -> bool:
    """Eight bare digits are a RUN only of a Chilean and only if its check digit says so."""
    if len(numero) > 8 or numero.endswith("K") or _CON_GUION.search(escrito):
        return True
    return nacionalidad == "CHL" and numero[-1] == digito_verificador(numero[:-1])


def es_digito_ajeno(error: DocumentoInvalido) -> bool:
    """Whether the only thing wrong is the check digit."""
    return error.motivo is MotivoInvalido.DIGITO_VERIFICADOR


def unidades(nombre: str) -> list[str]:
    """The words of a name, each with the particles before it."""
    particulas, halladas, suelto = vocabulario().particulas, list[str](), ""
    for palabra in nombre.split():
        suelto = f"{suelto} {palabra}".strip()
        if plano(palabra) not in particulas:
            halladas.append(suelto)
            suelto = ""
    return [*halladas, suelto] if suelto else halladas


def _es_de_pila(unidad: str) -> bool:
    palabras = plano(unidad).split()
    return bool(palabras) and palabras[-1] in vocabulario().nombres_de_pila
