"""The one search box: what was typed is recognised, and each result says why it is there.

A text may hold a name, the number of a document, a telephone, an address of mail or a folio, alone
or together («Ana Rojas 12.345.678-5»).
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, literal, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from casos.alcance import Alcance
from casos.expedientes.models import Caso, Confidencialidad
from casos.expedientes.queries import Reservado, reservado_por_folio
from casos.personas import nombres
from casos.personas.models import (
    Contacto,
    DocumentoIdentidad,
    Persona,
    TipoContacto,
    indice_contacto,
    indice_documento,
)
from casos.personas.por_nombre import PorNombre
from casos.personas.queries import Ajeno, cargos, sin_apartadas
from casos.personas.unidas import vigentes
from oficina.contacto import normalizar_telefono
from oficina.identity_docs import (
    DocumentoInvalido,
    TipoDocumento,
    compactar,
    digito_verificador,
    normalizar_run,
)

MAXIMO = 20
"""How many people a search shows; beyond, one types more."""

# Typed together, all six digits are there: a passport may begin with a P and a year.
_FOLIO = re.compile(r"(?i)\b(OM|P)(?:[\s-]+(20\d\d)[\s-]+(\d{1,7})|[\s-]*(20\d\d)[\s-]*(\d{6}))\b")
_CORREO = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_ETIQUETA = re.compile(
    r"(?i)(?<!\w)(?:run|rut|c\.?i|dni|ipe|ipa|nip|pas|pasaporte|passport|c[ée]dula|fono|tel[ée]fono"
    r"|tel|cel|n[°º])\b\s*[.:]?(?=\W|\d|$)"
)
_TIPOS_POR_ETIQUETA = {
    "ipe": TipoDocumento.IPE,
    "ipa": TipoDocumento.IPA,
    "nip": TipoDocumento.NIP_FONASA,
    "dni": TipoDocumento.DNI_CEDULA_ORIGEN,
    "pas": TipoDocumento.PASAPORTE,
    "pasaporte": TipoDocumento.PASAPORTE,
    "passport": TipoDocumento.PASAPORTE,
}


class Hallazgo(StrEnum):
    """Why a person is among the results."""

    FOLIO = "folio"
    FOLIO_CASO = "folio_caso"
    DOCUMENTO = "documento"
    TELEFONO = "telefono"
    CORREO = "correo"
    NOMBRE = "nombre"
    SONIDO = "sonido"


@dataclass(frozen=True, kw_only=True)
class Consulta:
    """What was recognised in a text; an empty field was not in it."""

    texto: str
    nombre: str = ""
    numero: str = ""
    run: str = ""
    telefono: str = ""
    correo: str = ""
    folio_persona: str = ""
    folio_caso: str = ""
    tipo_documento: TipoDocumento | None = None

    @property
    def vacia(self) -> bool:
        """Nothing to look for."""
        return not (
            self.nombre or self.numero or self.correo or self.folio_persona or self.folio_caso
        )

    @property
    def sugiere_telefono(self) -> bool:
        """What was typed reads as a telephone rather than as a document."""
        return bool(self.telefono) and not self.run and self.tipo_documento is None


@dataclass(frozen=True)
class Resultado:
    """A person found, and the reasons."""

    persona: Persona
    hallazgos: tuple[Hallazgo, ...]


@dataclass(frozen=True)
class Resultados:
    """The people found whom the reader sees, the surest first; `hay_mas` when typing more would
    help.

    Somebody whom they do not see is found by what is exact alone, and of them is told which of it
    matches and who has their case. `reservado` is the case whose folio was typed, when the reader
    is not named in it; `preguntar`: there may be a record of which only the head of the office can
    tell; `bloqueada`: there is one whose data are blocked.
    """

    filas: Sequence[Resultado]
    hay_mas: bool
    ajenos: Sequence[Ajeno] = ()
    reservado: Reservado | None = None
    preguntar: bool = False
    bloqueada: bool = False


def reconocer(texto: str) -> Consulta:
    """What a text is, however it was typed."""
    visible = "".join(letra if letra.isprintable() else " " for letra in texto)
    texto = " ".join(visible.split())[:200]
    if folio := _FOLIO.search(texto):
        serie, anio, orden = (parte for parte in folio.groups() if parte)
        numero = f"{serie.upper()}-{anio}-{int(orden):06d}"
        campo = "folio_caso" if serie.upper() == "OM" else "folio_persona"
        return Consulta(texto=texto, **{campo: numero})  # type: ignore[arg-type]  # both are str
    correo = _CORREO.search(texto)
    resto = _CORREO.sub(" ", texto)
    nombre, numero, tipo = _separar(resto)
    run = _como_run(numero)
    es_documento_sin_duda = tipo is not None and not run
    telefono = "" if es_documento_sin_duda or "@" in numero else _como_telefono(numero)
    return Consulta(
        texto=texto,
        nombre=nombre,
        numero=numero,
        run=run,
        telefono=telefono,
        correo=correo[0] if correo else "",
        tipo_documento=TipoDocumento.RUN_CEDULA_EXTRANJERO if run and tipo is None else tipo,
    )


def identificar(
    session: Session, escritos: Sequence[str], alcance: Alcance
) -> Sequence[Sequence[Persona]]:
    """Whom each text names by folio or by document, of those whom the reader sees: nobody, one, or
    those who carry one number.
    """
    consultas = [reconocer(escrito) for escrito in escritos]
    indices = [_indices_de_documento(c) if c.numero else set() for c in consultas]
    de_documento: defaultdict[str, set[UUID]] = defaultdict(set)
    for indice, persona_id in session.execute(
        select(DocumentoIdentidad.indice, DocumentoIdentidad.persona_id).where(
            DocumentoIdentidad.indice.in_(set().union(*indices)),
            DocumentoIdentidad.retirado_en.is_(None),
        )
    ):
        de_documento[indice].add(persona_id)
    folios = {c.folio_persona for c in consultas if c.folio_persona}
    de_folio = dict(
        session.execute(select(Persona.folio, Persona.id).where(Persona.folio.in_(folios))).all()
    )
    hallados = [
        {de_folio[c.folio_persona]}
        if c.folio_persona in de_folio
        else set[UUID]().union(*(de_documento[indice] for indice in suyos))
        for c, suyos in zip(consultas, indices, strict=True)
    ]
    todas = set[UUID]().union(*hallados)
    unidas = vigentes(session, todas)
    vistas = {
        una.id: una
        for una in session.scalars(
            select(Persona).where(Persona.id.in_(todas | set(unidas.values())), alcance.personas())
        )
    }
    return [
        [vistas[una] for una in sorted({unidas.get(una, una) for una in suyas}) if una in vistas]
        for suyas in hallados
    ]


def buscar(session: Session, consulta: Consulta, alcance: Alcance) -> Resultados:
    """The people that match any of what was recognised, documents and contacts loaded."""
    por_persona: defaultdict[UUID, list[Hallazgo]] = defaultdict(list)
    if consultas := _consultas(consulta, alcance):
        for persona_id, hallazgo in session.execute(union_all(*consultas)).all():
            por_persona[persona_id].append(Hallazgo(hallazgo))
    nombrados, hay_mas = _nombrados(session, consulta, alcance)
    for persona_id, hallazgo in nombrados:
        por_persona[persona_id].append(hallazgo)
    for unida, vigente in vigentes(session, por_persona).items():
        # Found by what their other record said: the one that stays is shown.
        por_persona[vigente] += por_persona.pop(unida)
    for hallazgos in por_persona.values():
        if len(set(hallazgos)) > 1:
            # What is written so sounds so: it says no more of anybody.
            hallazgos[:] = [uno for uno in hallazgos if uno is not Hallazgo.SONIDO]
    reservado = None
    if consulta.folio_caso:
        reservado = reservado_por_folio(session, consulta.folio_caso, alcance)
    if not por_persona:
        return Resultados((), hay_mas=hay_mas, reservado=reservado)
    orden = list(Hallazgo)
    ids = sorted(
        por_persona,
        key=lambda pid: (-len(por_persona[pid]), min(map(orden.index, por_persona[pid]))),
    )
    personas = session.scalars(
        select(Persona)
        .where(Persona.id.in_(ids[: 2 * MAXIMO]), alcance.personas())
        .options(selectinload(Persona.documentos), selectinload(Persona.contactos))
    ).all()
    por_id = {persona.id: persona for persona in personas}
    fuera, bloqueada = sin_apartadas(
        session, [pid for pid in ids if pid not in por_id][:MAXIMO], alcance
    )
    vistas = [pid for pid in ids if pid in por_id]
    de_quien = cargos(session, fuera) if fuera else {}
    return Resultados(
        [Resultado(por_id[pid], _unicos(por_persona[pid])) for pid in vistas[:MAXIMO]],
        hay_mas=hay_mas or len(vistas) > MAXIMO,
        ajenos=[
            Ajeno(_unicos(por_persona[pid]), de_quien[pid]) for pid in fuera if pid in de_quien
        ],
        reservado=reservado,
        preguntar=any(_SENAS & set(por_persona[pid]) for pid in fuera if pid not in de_quien),
        bloqueada=bloqueada,
    )


def _unicos(hallazgos: Sequence[Hallazgo]) -> tuple[Hallazgo, ...]:
    return tuple(sorted(set(hallazgos), key=list(Hallazgo).index))


def _separar(texto: str) -> tuple[str, str, TipoDocumento | None]:
    """The name, the number, and the document that a label before the number names."""
    etiqueta = _ETIQUETA.search(texto)
    tipo = _TIPOS_POR_ETIQUETA.get(etiqueta[0].strip(" .:").casefold()) if etiqueta else None
    if sum(map(str.isdigit, texto)) < 4:
        return texto.strip(), "", None
    del_nombre: list[str] = []
    del_numero: list[str] = []
    for palabra in _ETIQUETA.sub(" ", texto).split():
        lleva_cifra = any(map(str.isdigit, palabra))
        es_suelta = len(palabra) <= 2 and not palabra.isalpha()
        es_digito_k = palabra in {"k", "K"} and bool(del_numero)
        (del_numero if lleva_cifra or es_suelta or es_digito_k else del_nombre).append(palabra)
    if len(del_nombre) == 1 and len(del_nombre[0]) <= 2:
        # A letter or two beside a number belong to it: «P 5802129».
        return "", "".join(del_nombre + del_numero), tipo
    return " ".join(del_nombre), " ".join(del_numero), tipo


def _como_run(numero: str) -> str:
    try:
        return normalizar_run(numero)
    except DocumentoInvalido:
        return ""


def _como_telefono(numero: str) -> str:
    if any(map(str.isalpha, numero)):
        return ""
    return normalizar_telefono(numero) or ""


_SENAS = frozenset({Hallazgo.DOCUMENTO, Hallazgo.TELEFONO, Hallazgo.CORREO})
"""Enough to say that there may be a record of which only the head of the office can tell."""


def _consultas(consulta: Consulta, alcance: Alcance) -> list[Select[UUID, str]]:
    partes: list[Select[UUID, str]] = []
    if consulta.folio_persona:
        partes.append(
            select(Persona.id, literal(Hallazgo.FOLIO.value)).where(
                Persona.folio == consulta.folio_persona
            )
        )
    if consulta.folio_caso:
        partes.append(
            select(Caso.persona_id, literal(Hallazgo.FOLIO_CASO.value)).where(
                Caso.folio == consulta.folio_caso,
                or_(alcance.casos(), Caso.confidencialidad == Confidencialidad.NORMAL),
            )
        )
    if consulta.numero:
        partes.append(
            select(DocumentoIdentidad.persona_id, literal(Hallazgo.DOCUMENTO.value)).where(
                DocumentoIdentidad.indice.in_(_indices_de_documento(consulta)),
                DocumentoIdentidad.retirado_en.is_(None),
            )
        )
    if consulta.telefono:
        partes.append(_por_contacto(TipoContacto.TELEFONO, consulta.telefono, Hallazgo.TELEFONO))
    if consulta.correo:
        partes.append(_por_contacto(TipoContacto.CORREO, consulta.correo, Hallazgo.CORREO))
    palabras = nombres.palabras_propias(consulta.nombre)
    if len(palabras) > 1:
        partes.append(_por_nombre_completo(palabras))
    return partes


def _nombrados(
    session: Session, consulta: Consulta, alcance: Alcance
) -> tuple[Sequence[tuple[UUID, Hallazgo]], bool]:
    """Who is called so, and who sounds so when they are few; whether there may be others."""
    palabras = nombres.palabras_propias(consulta.nombre)
    if not palabras:
        return (), False
    por_nombre = PorNombre(session, palabras, alcance, MAXIMO)
    escritos = por_nombre.escrito()
    hallados = [(pid, Hallazgo.NOMBRE) for pid in escritos.ids]
    if len(escritos.ids) > MAXIMO:
        # As many as are shown: nobody would see who sounds so only.
        return hallados, True
    suenan = por_nombre.sonido()
    hallados += [(pid, Hallazgo.SONIDO) for pid in suenan.ids]
    return hallados, escritos.mas or suenan.mas


def _indices_de_documento(consulta: Consulta) -> set[str]:
    """Of the number as typed, of the RUN in it, and of a RUN typed without its check digit.

    The word before it may be its beginning: «demo 10001» is the number DEMO-10001.
    """
    numeros = {consulta.numero, consulta.run or consulta.numero}
    numeros |= {palabra + consulta.numero for palabra in consulta.nombre.split()[-1:]}
    cifras = compactar(consulta.numero)
    if cifras.isdigit() and 6 <= len(cifras) <= 9:
        numeros.add(cifras + digito_verificador(cifras))
    return {indice_documento(numero) for numero in numeros}


def _por_contacto(tipo: TipoContacto, valor: str, razon: Hallazgo) -> Select[UUID, str]:
    return select(Contacto.persona_id, literal(razon.value)).where(
        Contacto.indice == indice_contacto(tipo, valor), Contacto.tipo == tipo
    )


def _por_nombre_completo(palabras: Sequence[str]) -> Select[UUID, str]:
    """Who is called exactly so, also when the reader does not see them: nobody is registered twice
    for want of a document.
    """
    encontradas = (
        select(Persona.id, literal(Hallazgo.NOMBRE.value))
        .where(Persona.clave_nombre == nombres.clave(" ".join(palabras)))
        .limit(MAXIMO)
        .subquery()
    )
    return select(encontradas.c[0], encontradas.c[1])
