"""Identity documents of people who live in Chile: RUN, provisional and foreign ones.

Only the RUN has a rule that can refuse a number. Of the provisional identifiers of the school and
health systems the exact numbering is not published: a check digit that does not fit is a warning.
A foreign document is taken as it is written, without its punctuation.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from stdnum.cl import rut


class TipoDocumento(StrEnum):
    """What a person may show."""

    RUN_CEDULA_EXTRANJERO = "run_cedula_extranjero"
    RUN_CEDULA_CHILENA = "run_cedula_chilena"
    IPE = "ipe"
    IPA = "ipa"
    NIP_FONASA = "nip_fonasa"
    PASAPORTE = "pasaporte"
    DNI_CEDULA_ORIGEN = "dni_cedula_origen"
    TUM = "tum"
    CERT_RESIDENCIA_TEMPORAL_EN_TRAMITE = "cert_residencia_temporal_en_tramite"
    CERT_RESIDENCIA_DEFINITIVA_EN_TRAMITE = "cert_residencia_definitiva_en_tramite"
    AMPLIACION_CERTIFICADO = "ampliacion_certificado"
    ESTAMPADO_ELECTRONICO = "estampado_electronico"
    EMPADRONAMIENTO_BIOMETRICO = "empadronamiento_biometrico"
    SOLICITUD_REFUGIO = "solicitud_refugio"
    PARTIDA_NACIMIENTO = "partida_nacimiento"
    SIN_DOCUMENTO = "sin_documento"
    OTRO = "otro"


RUN = frozenset({TipoDocumento.RUN_CEDULA_EXTRANJERO, TipoDocumento.RUN_CEDULA_CHILENA})
PROVISORIOS = frozenset({TipoDocumento.IPE, TipoDocumento.IPA, TipoDocumento.NIP_FONASA})


class MotivoInvalido(StrEnum):
    """Why a number cannot be what it says it is."""

    VACIO = "vacio"
    FORMA = "forma"
    DIGITO_VERIFICADOR = "digito_verificador"


class AvisoDocumento(StrEnum):
    """What a person should look at again; never a reason to refuse."""

    FORMA_DE_PROVISORIO = "forma_de_provisorio"
    DIGITO_VERIFICADOR = "digito_verificador"
    FORMA_DESCONOCIDA = "forma_desconocida"


class DocumentoInvalido(ValueError):
    """The number cannot be a document of its kind. `motivo` says why; the number is not told."""

    def __init__(self, motivo: MotivoInvalido) -> None:
        super().__init__(motivo.value)
        self.motivo = motivo


@dataclass(frozen=True)
class Documento:
    """A document in the form in which it is kept, compared (`numero`) and shown."""

    tipo: TipoDocumento
    numero: str
    presentacion: str
    pais: str | None = None
    aviso: AvisoDocumento | None = None


_CHILEAN_BODY = re.compile(r"(\d{6,9})([\dK])")
_RUN_LABEL = re.compile(r"^(?:RUN|RUT|CI|CL|IPE|IPA|NIP)(?=\d)")


def normalizar_run(text: str) -> str:
    """A RUN as `12345678-K`, however it was typed. Raises DocumentoInvalido."""
    body, digit = _split_chilean(text)
    if len(body) > 8:
        raise DocumentoInvalido(MotivoInvalido.FORMA)
    if digit != digito_verificador(body):
        raise DocumentoInvalido(MotivoInvalido.DIGITO_VERIFICADOR)
    return f"{body}-{digit}"


def presentar_run(run: str) -> str:
    """A normalised Chilean number with its dots: `12.345.678-K`."""
    body, _, digit = run.partition("-")
    return f"{int(body):,}".replace(",", ".") + f"-{digit}"


def digito_verificador(body: str) -> str:
    """The check digit, 0–9 or K, of the digits of a Chilean number (modulo 11)."""
    return str(rut.calc_check_digit(body))


def normalizar(tipo: TipoDocumento, numero: str, pais: str | None = None) -> Documento:
    """The document in its one form; `pais` is the issuer's ISO alpha-3 code, if known.

    Raises DocumentoInvalido for an empty number and for a RUN that cannot be one. A RUN with nine
    digits before its check digit is taken as a provisional identifier and marked. Anything else
    unusual is only marked in `aviso`.
    """
    tipo = TipoDocumento(tipo)
    if tipo is TipoDocumento.SIN_DOCUMENTO:
        return Documento(tipo, "", "")
    if tipo in RUN:
        return _normalizar_run(tipo, numero)
    if tipo in PROVISORIOS:
        return _normalizar_provisorio(tipo, numero)
    compacto = compactar(numero)
    if not compacto:
        raise DocumentoInvalido(MotivoInvalido.VACIO)
    return Documento(tipo, compacto, compacto, pais)


def compactar(text: str) -> str:
    """Letters without accents and digits only, upper case: what two hands would type alike."""
    plain = unicodedata.normalize("NFKD", text).upper()
    return "".join(char for char in plain if char.isascii() and char.isalnum())


def _normalizar_run(tipo: TipoDocumento, numero: str) -> Documento:
    body, _ = _split_chilean(numero)
    if len(body) > 8:
        provisorio = _normalizar_provisorio(TipoDocumento.IPE, numero)
        aviso = provisorio.aviso or AvisoDocumento.FORMA_DE_PROVISORIO
        return Documento(
            TipoDocumento.IPE, provisorio.numero, provisorio.presentacion, "CHL", aviso
        )
    run = normalizar_run(numero)
    return Documento(tipo, run, presentar_run(run), "CHL")


def _normalizar_provisorio(tipo: TipoDocumento, numero: str) -> Documento:
    try:
        body, digit = _split_chilean(numero)
    except DocumentoInvalido as error:
        compacto = compactar(numero)
        if not compacto:
            raise DocumentoInvalido(MotivoInvalido.VACIO) from error
        return Documento(tipo, compacto, compacto, "CHL", AvisoDocumento.FORMA_DESCONOCIDA)
    correct = digit == digito_verificador(body)
    numero = f"{body}-{digit}"
    aviso = None if correct else AvisoDocumento.DIGITO_VERIFICADOR
    return Documento(tipo, numero, presentar_run(numero), "CHL", aviso)


def _split_chilean(text: str) -> tuple[str, str]:
    compacto = _RUN_LABEL.sub("", compactar(text))
    if not compacto:
        raise DocumentoInvalido(MotivoInvalido.VACIO)
    match = _CHILEAN_BODY.fullmatch(compacto.lstrip("0"))
    if match is None:
        raise DocumentoInvalido(MotivoInvalido.FORMA)
    return match[1], match[2]
