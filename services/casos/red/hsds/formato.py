"""A service of the network as HSDS 3.0 says it. Names are the specification's, in English.

Rows of ours keep their ids; what is no row (a language, a document asked for) has one reckoned
from its owner's, so that it stays the same from one export to the next.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from casos.personas.catalogos import nombre_de_idioma
from casos.red.models import (
    Capacidad,
    ContactoRed,
    CupoInformado,
    EstadoServicio,
    Horario,
    Institucion,
    Lugar,
    Sede,
    ServicioRed,
    TipoSede,
)
from casos.taxonomia import taxonomia

Recurso = dict[str, Any]

VERSION = "3.0"
PERFIL = "https://docs.openreferral.org/en/3.0/hsds/"
_ESPACIO = UUID("6f0d9a3e-7b3c-4a55-9d55-0d3f5c1c8a10")
TAXONOMIA_ID = str(uuid5(_ESPACIO, "taxonomia"))

ESTADOS: Mapping[EstadoServicio, str] = {
    EstadoServicio.ACTIVO: "active",
    EstadoServicio.SUSPENDIDO: "temporarily closed",
    EstadoServicio.INACTIVO: "inactive",
}
TIPOS: Mapping[TipoSede, str] = {TipoSede.FISICA: "physical", TipoSede.A_DISTANCIA: "virtual"}
_ESPERA: Mapping[Capacidad, str] = {
    Capacidad.CON_CUPO: "con cupo",
    Capacidad.LISTA_ESPERA: "con lista de espera",
    Capacidad.SIN_CUPO: "sin cupo",
    Capacidad.REQUIERE_EVALUACION: "requiere evaluación previa",
}


def termino_id(codigo: str) -> str:
    """The id of a theme."""
    return str(uuid5(_ESPACIO, f"tema/{codigo}"))


def la_taxonomia() -> Recurso:
    """The office's own taxonomy."""
    dicha = taxonomia()
    return {
        "id": TAXONOMIA_ID,
        "name": "Temas de la oficina",
        "description": dicha.fuente,
        "version": dicha.version,
    }


def terminos() -> list[Recurso]:
    """The themes, in Spanish."""
    todos = taxonomia().temas
    return [
        _sin_vacios(
            {
                "id": termino_id(codigo),
                "code": codigo,
                "name": tema.etiqueta(),
                "description": tema.etiqueta(),
                "parent_id": termino_id(tema.familia)
                if tema.familia != codigo and tema.familia in todos
                else None,
                "taxonomy": "Temas de la oficina",
                "taxonomy_id": TAXONOMIA_ID,
                "language": "spa",
            }
        )
        for codigo, tema in todos.items()
    ]


def organizacion_breve(una: Institucion) -> Recurso:
    """An institution, by what there is one of."""
    return _sin_vacios(
        {
            "id": str(una.id),
            "name": una.nombre,
            "alternate_name": una.sigla,
            "description": una.descripcion or una.nombre,
            "website": una.sitio,
            "legal_status": una.tipo.value,
        }
    )


def organizacion(una: Institucion) -> Recurso:
    """An institution with all that is public. Places and contacts must be loaded."""
    return _sin_vacios(
        {
            **organizacion_breve(una),
            "phones": _telefonos(una.id, una.telefono, {"organization_id": str(una.id)}),
            "contacts": _contactos(c for c in una.contactos if c.servicio_id is None),
            "locations": [_lugar_fisico(sede) for sede in una.sedes if not sede.confidencial],
            "organization_identifiers": [
                {
                    "id": _de(una.id, f"identificador/{n}"),
                    "organization_id": str(una.id),
                    "identifier_type": uno["esquema"],
                    "identifier": uno["valor"],
                }
                for n, uno in enumerate(una.identificadores)
            ],
        }
    )


def servicio_breve(uno: ServicioRed) -> Recurso:
    """A service, by what there is one of, with its institution."""
    return _sin_vacios(
        {
            "id": str(uno.id),
            "organization_id": str(uno.institucion_id),
            "name": uno.nombre,
            "description": uno.descripcion,
            "status": ESTADOS[uno.estado],
            "interpretation_services": "Consigue intérprete" if uno.interprete else None,
            "fees_description": uno.costo,
            "wait_time": _espera(uno),
            "eligibility_description": uno.elegibilidad,
            "minimum_age": uno.edad_min,
            "maximum_age": uno.edad_max,
            "assured_date": uno.verificado_el and uno.verificado_el.isoformat(),
            "last_modified": uno.actualizado_en and uno.actualizado_en.isoformat(),
            "organization": organizacion_breve(uno.institucion),
        }
    )


def servicio(uno: ServicioRed) -> Recurso:
    """A service with all that is public. All of it must be loaded."""
    suyos = (c for c in uno.institucion.contactos if c.servicio_id == uno.id)
    publicos = [lugar for lugar in uno.lugares if not lugar.sede.confidencial]
    return _sin_vacios(
        {
            **servicio_breve(uno),
            "organization": organizacion(uno.institucion),
            "languages": [
                {
                    "id": _de(uno.id, f"idioma/{codigo}"),
                    "service_id": str(uno.id),
                    "code": codigo,
                    "name": nombre_de_idioma(codigo, "es"),
                }
                for codigo in uno.idiomas
            ],
            "required_documents": [
                {"id": _de(uno.id, f"documento/{n}"), "service_id": str(uno.id), "document": dicho}
                for n, dicho in enumerate(uno.documentos_requeridos)
            ],
            "contacts": _contactos(suyos),
            "attributes": [_atributo(uno, codigo) for codigo in uno.temas],
            "service_at_locations": [en_un_lugar(lugar) for lugar in publicos],
            "metadata": _cambios(uno),
        }
    )


def en_un_lugar_breve(lugar: Lugar) -> Recurso:
    """A service at a place, by its ids."""
    return _sin_vacios(
        {
            "id": str(lugar.id),
            "service_id": str(lugar.servicio_id),
            "location_id": str(lugar.sede_id),
            "description": _que_se_hace(lugar),
        }
    )


def en_un_lugar(lugar: Lugar) -> Recurso:
    """A service at a place, with its hours there."""
    return _sin_vacios(
        {
            **en_un_lugar_breve(lugar),
            "location": _lugar_fisico(lugar.sede),
            "schedules": [_horario(horario, lugar) for horario in lugar.horarios],
        }
    )


def paquete(servicios: Iterable[ServicioRed]) -> list[Recurso]:
    """The services as the specification packs them: an array, each with all that hangs from it."""
    return [servicio(uno) for uno in servicios]


def _de(dueno: UUID, que: str) -> str:
    return str(uuid5(dueno, que))


def _sin_vacios(recurso: Recurso) -> Recurso:
    return {clave: valor for clave, valor in recurso.items() if valor not in (None, "", [])}


def _espera(uno: ServicioRed) -> str | None:
    dicho = _ESPERA.get(uno.capacidad)
    if dicho is None:
        return None
    return f"{dicho}, dicho el {uno.capacidad_el.isoformat()}" if uno.capacidad_el else dicho


def _que_se_hace(lugar: Lugar) -> str:
    que = {"atencion": "Aquí se atiende", "ingreso": "Aquí se pide la atención"}[lugar.papel.value]
    return f"{que}. {lugar.nota}" if lugar.nota else que


def _telefonos(dueno: UUID, numero: str | None, de: Mapping[str, str]) -> list[Recurso]:
    return [{"id": _de(dueno, "telefono"), "number": numero, **de}] if numero else []


def _contactos(todos: Iterable[ContactoRed]) -> list[Recurso]:
    return [
        _sin_vacios(
            {
                "id": str(uno.id),
                "organization_id": str(uno.institucion_id),
                "service_id": str(uno.servicio_id) if uno.servicio_id else None,
                "name": uno.nombre,
                "title": uno.cargo,
                "email": uno.correo,
                "phones": _telefonos(uno.id, uno.telefono, {"contact_id": str(uno.id)}),
            }
        )
        for uno in todos
        if uno.publico
    ]


def _lugar_fisico(sede: Sede) -> Recurso:
    direccion = {
        "id": _de(sede.id, "direccion"),
        "location_id": str(sede.id),
        "address_1": sede.direccion,
        "city": sede.comuna,
        "state_province": "",
        "postal_code": "",
        "country": "CL",
        "address_type": "physical",
    }
    return _sin_vacios(
        {
            "id": str(sede.id),
            "location_type": TIPOS[sede.tipo],
            "organization_id": str(sede.institucion_id),
            "name": sede.nombre,
            "addresses": [direccion] if sede.direccion else [],
            "phones": _telefonos(sede.id, sede.telefono, {"location_id": str(sede.id)}),
            "accessibility": [
                {
                    "id": _de(sede.id, "acceso"),
                    "location_id": str(sede.id),
                    "description": sede.acceso,
                }
            ]
            if sede.acceso
            else [],
        }
    )


def _horario(horario: Horario, lugar: Lugar) -> Recurso:
    return _sin_vacios(
        {
            "id": str(horario.id),
            "service_at_location_id": str(lugar.id),
            "freq": horario.freq,
            "byday": ",".join(horario.dias),
            "opens_at": f"{horario.abre:%H:%M}",
            "closes_at": f"{horario.cierra:%H:%M}",
            "valid_from": horario.desde and horario.desde.isoformat(),
            "valid_to": horario.hasta and horario.hasta.isoformat(),
        }
    )


def _atributo(uno: ServicioRed, codigo: str) -> Recurso:
    conocido = taxonomia().temas.get(codigo)
    nombre = conocido.etiqueta() if conocido else codigo
    return {
        "id": _de(uno.id, f"tema/{codigo}"),
        "link_id": str(uno.id),
        "link_entity": "service",
        "taxonomy_term_id": termino_id(codigo),
        "value": codigo,
        "taxonomy_term": {
            "id": termino_id(codigo),
            "code": codigo,
            "name": nombre,
            "description": nombre,
            "taxonomy_id": TAXONOMIA_ID,
        },
    }


def _cambios(uno: ServicioRed) -> list[Recurso]:
    """What was said of its capacity before: who said it is of the office, and is not told."""
    viejos: Sequence[CupoInformado] = list(reversed(uno.cupos))
    return [
        {
            "id": str(ahora.id),
            "resource_id": str(uno.id),
            "resource_type": "service",
            "last_action_date": ahora.informado_en.date().isoformat(),
            "last_action_type": "update",
            "field_name": "wait_time",
            "previous_value": _ESPERA.get(antes.capacidad, "") if antes else "",
            "replacement_value": _ESPERA.get(ahora.capacidad, ""),
            "updated_by": ahora.fuente.value,
        }
        for antes, ahora in zip([None, *viejos], viejos, strict=False)
    ]
