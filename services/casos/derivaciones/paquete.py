"""What an institution is shown: the purpose, the contact rule and the data chosen one by one.

Nothing else of the case can get in: what may be chosen is listed here, and notes, evaluations and
the history of the case are not on the list.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from casos.contactos.pauta import Pauta
from casos.personas.models import Persona, PrecisionFecha, TipoContacto
from casos.situaciones.models import SituacionMigratoria


class Categoria(StrEnum):
    """Kinds of data that can be shared, in the order in which they are shown."""

    NOMBRE = "nombre"
    IDIOMA = "idioma"
    INTERPRETE = "interprete"
    TELEFONO = "telefono"
    CORREO = "correo"
    DIRECCION = "direccion"
    FECHA_NACIMIENTO = "fecha_nacimiento"
    NACIONALIDAD = "nacionalidad"
    DOCUMENTO = "documento"
    SITUACION_MIGRATORIA = "situacion_migratoria"


SUGERIDAS = frozenset(
    {Categoria.NOMBRE, Categoria.IDIOMA, Categoria.INTERPRETE, Categoria.TELEFONO}
)
SENSIBLES = frozenset({Categoria.DIRECCION, Categoria.SITUACION_MIGRATORIA})


@dataclass(frozen=True)
class Dato:
    """One thing that can be shared. `codigo` is what is ticked; `detalle` tells kinds apart."""

    codigo: str
    categoria: Categoria
    valor: str
    detalle: str = ""

    @property
    def sugerido(self) -> bool:
        """Ticked beforehand: without it nobody could attend the person."""
        return self.categoria in SUGERIDAS

    @property
    def sensible(self) -> bool:
        """Shown with a warning."""
        return self.categoria in SENSIBLES


@dataclass(frozen=True)
class ReglaDeContacto:
    """How whoever receives the package may reach the person: nothing else of why. Hours are of the
    day in Chile, both or none.
    """

    permitido: bool
    canales_vedados: tuple[str, ...] = ()
    desde: str | None = None
    hasta: str | None = None

    @classmethod
    def de(cls, pauta: Pauta) -> "ReglaDeContacto":
        """What an institution is told; of whom it must not reach, that alone."""
        if not pauta.permitido:
            return cls(permitido=False)
        return cls(
            permitido=True,
            canales_vedados=tuple(sorted(canal.value for canal in pauta.vedados)),
            desde=f"{pauta.desde:%H:%M}" if pauta.desde else None,
            hasta=f"{pauta.hasta:%H:%M}" if pauta.hasta else None,
        )


@dataclass(frozen=True)
class Paquete:
    """The snapshot that leaves the office. `institucion` and `servicio` are their names on that
    day, empty in those that were written before they were kept.
    """

    proposito: str
    contacto: ReglaDeContacto
    canal_preferido: str | None
    datos: tuple[Dato, ...]
    institucion: str = ""
    servicio: str = ""

    def para(self, institucion: str, servicio: str) -> "Paquete":
        """The same, for a service of an institution."""
        return replace(self, institucion=institucion, servicio=servicio)

    def vacio(self) -> "Paquete":
        """What is left when the data of the person are forgotten."""
        return replace(
            self,
            proposito="",
            contacto=ReglaDeContacto(self.contacto_permitido),
            canal_preferido=None,
            datos=(),
        )

    @property
    def contacto_permitido(self) -> bool:
        """Whether the institution may reach the person by itself."""
        return self.contacto.permitido

    @property
    def categorias(self) -> list[str]:
        """The kinds of data in it, each once."""
        return sorted({dato.categoria.value for dato in self.datos})

    def to_json(self) -> str:
        """As it is stored."""
        return json.dumps(
            {
                "proposito": self.proposito,
                "contacto_permitido": self.contacto_permitido,
                "canales_vedados": self.contacto.canales_vedados,
                "desde": self.contacto.desde,
                "hasta": self.contacto.hasta,
                "canal_preferido": self.canal_preferido,
                "institucion": self.institucion,
                "servicio": self.servicio,
                "datos": [
                    {
                        "codigo": dato.codigo,
                        "categoria": dato.categoria,
                        "valor": dato.valor,
                        "detalle": dato.detalle,
                    }
                    for dato in self.datos
                ],
            },
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> "Paquete":
        """As it was stored."""
        stored = json.loads(text)
        datos = tuple(
            Dato(d["codigo"], Categoria(d["categoria"]), d["valor"], d["detalle"])
            for d in stored["datos"]
        )
        # Those that were written before there were hours say nothing of them.
        contacto = ReglaDeContacto(
            stored["contacto_permitido"],
            tuple(stored.get("canales_vedados", ())),
            stored.get("desde"),
            stored.get("hasta"),
        )
        return cls(
            stored["proposito"],
            contacto,
            stored["canal_preferido"],
            datos,
            stored.get("institucion", ""),
            stored.get("servicio", ""),
        )


def datos_disponibles(
    persona: Persona, pauta: Pauta, situacion: SituacionMigratoria | None
) -> Sequence[Dato]:
    """Everything of a person that could be chosen, without what is empty.

    Ways by which a person must not be reached are not offered. Documents and contacts must be
    loaded.
    """
    datos = [Dato("nombre", Categoria.NOMBRE, persona.nombre)]
    datos += [Dato(f"idioma:{i}", Categoria.IDIOMA, i) for i in persona.idiomas]
    if persona.requiere_interprete:
        datos.append(Dato("interprete", Categoria.INTERPRETE, "si"))
    datos += _contactos(persona, pauta)
    if persona.fecha_nacimiento:
        dia = _nacimiento(persona.fecha_nacimiento, persona.precision_fecha)
        datos.append(Dato("fecha_nacimiento", Categoria.FECHA_NACIMIENTO, dia))
    datos += [Dato(f"nacionalidad:{n}", Categoria.NACIONALIDAD, n) for n in persona.nacionalidades]
    datos += [
        Dato(f"documento:{d.id}", Categoria.DOCUMENTO, d.numero, d.tipo.value)
        for d in persona.documentos
    ]
    if situacion and not situacion.prefiere_no_indicar and situacion.categoria:
        datos.append(
            Dato("situacion_migratoria", Categoria.SITUACION_MIGRATORIA, situacion.categoria)
        )
    return datos


def armar(
    persona: Persona,
    pauta: Pauta,
    disponibles: Iterable[Dato],
    elegidos: Collection[str],
    proposito: str,
) -> Paquete:
    """The package with the chosen data and no other. Raises KeyError for one that is not there."""
    por_codigo = {dato.codigo: dato for dato in disponibles}
    if desconocidos := set(elegidos) - por_codigo.keys():
        raise KeyError(*sorted(desconocidos))
    preferido = persona.canal_preferido
    return Paquete(
        proposito=proposito,
        contacto=ReglaDeContacto.de(pauta),
        canal_preferido=preferido.value if preferido and preferido not in pauta.vedados else None,
        datos=tuple(dato for codigo, dato in por_codigo.items() if codigo in elegidos),
    )


def _contactos(persona: Persona, pauta: Pauta) -> list[Dato]:
    categorias = {
        TipoContacto.TELEFONO: Categoria.TELEFONO,
        TipoContacto.CORREO: Categoria.CORREO,
    }
    datos = [
        Dato(f"{c.tipo.value}:{c.id}", categorias[c.tipo], c.valor)
        for c in persona.contactos
        if pauta.admite(c.tipo)
    ]
    if persona.direccion and pauta.permitido:
        datos.append(Dato("direccion", Categoria.DIRECCION, persona.direccion))
    return datos


def _nacimiento(dia: date, precision: PrecisionFecha) -> str:
    """As much of the date as is known: a day, a month or a year, ISO 8601."""
    largo = {PrecisionFecha.EXACTA: 10, PrecisionFecha.MES: 7}.get(precision, 4)
    return dia.isoformat()[:largo]
