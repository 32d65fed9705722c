"""An HSDS file read: what it says, row by row, and everything in it that cannot be read.

Nobody is believed about what matters most: what an institution may receive, by which law, and to
which address links go are never taken from a file.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from casos.campos import es_imposible
from casos.personas.catalogos import codigos_de_idioma, de_dos_letras
from casos.red.horarios import MENSUAL, SEMANAL, dias_validos
from casos.red.hsds.formato import ESTADOS, TIPOS
from casos.red.models import (
    ContactoRed,
    EstadoServicio,
    Institucion,
    Lugar,
    Sede,
    ServicioRed,
)
from casos.subtemas.presentes import se_ofrece
from oficina.errors import DatosInvalidos

MAXIMO_BYTES = 5_000_000
MAXIMO_SERVICIOS = 5_000
SIN_TEMA = "OTRO"

_DE_ESTADO: Mapping[str, EstadoServicio] = {
    **{dicho: estado for estado, dicho in ESTADOS.items()},
    "defunct": EstadoServicio.INACTIVO,
}
_DE_TIPO = {dicho: tipo for tipo, dicho in TIPOS.items()}

Clase = type[Institucion] | type[ServicioRed] | type[Sede] | type[Lugar] | type[ContactoRed]
Horas = tuple[str, tuple[str, ...], time, time, date | None, date | None]


@dataclass(frozen=True)
class Fila:
    """What the file says of one row of ours. `de` is what it hangs from; `valores` only what the
    file says: the rest stays as it is.
    """

    clase: Clase
    id: UUID
    path: str
    de: Mapping[str, UUID]
    valores: Mapping[str, Any]
    horas: frozenset[Horas] | None = None


@dataclass
class Lectura:
    """The rows of a file in the order in which they can be written, and what is wrong with it."""

    filas: dict[tuple[Clase, UUID], Fila] = field(default_factory=dict)
    errores: dict[str, list[str]] = field(default_factory=dict)
    avisos: list[str] = field(default_factory=list)

    def mal(self, path: str, motivo: str) -> None:
        """Say what cannot be read, and where."""
        self.errores.setdefault(path, []).append(motivo)

    def poner(self, fila: Fila) -> None:
        """Keep a row; the same one may come with each of its services."""
        antes = self.filas.get((fila.clase, fila.id))
        if antes is not None and antes.de != fila.de:
            self.mal(fila.path, _("Ese identificador ya es de otra cosa en el archivo."))
        valores = {**antes.valores, **fila.valores} if antes else fila.valores
        junta = Fila(fila.clase, fila.id, fila.path, fila.de, valores, fila.horas)
        self.filas[fila.clase, fila.id] = junta


def leer(contenido: bytes) -> Lectura:
    """What a file says. Raises DatosInvalidos when it is no package of HSDS at all."""
    paquete = _paquete(contenido)
    lectura = Lectura()
    for n, uno in enumerate(paquete):
        _servicio(lectura, uno, f"{n}")
    return lectura


def _paquete(contenido: bytes) -> Sequence[Any]:
    if len(contenido) > MAXIMO_BYTES:
        raise DatosInvalidos({"archivo": [_("El archivo es demasiado grande.")]})
    try:
        leido = json.loads(contenido.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DatosInvalidos({"archivo": [_("El archivo no es JSON.")]}) from error
    if isinstance(leido, dict):
        leido = leido.get("contents", leido.get("services"))
    if not isinstance(leido, list) or not leido or len(leido) > MAXIMO_SERVICIOS:
        falta = _("El archivo no es una lista de servicios de HSDS 3.0.")
        raise DatosInvalidos({"archivo": [falta]})
    return leido


class _Lector:
    """One object of the file, read field by field."""

    def __init__(self, lectura: Lectura, objeto: Any, path: str) -> None:
        self.lectura, self.path = lectura, path
        if not isinstance(objeto, dict):
            lectura.mal(path, _("Aquí va un objeto."))
        self.objeto: Mapping[str, Any] = objeto if isinstance(objeto, dict) else {}
        self.valores: dict[str, Any] = {}

    def mal(self, clave: str, motivo: str) -> None:
        self.lectura.mal(f"{self.path}.{clave}", motivo)

    def aviso(self, que: str) -> None:
        self.lectura.avisos.append(f"{self.path}: {que}")

    def id(self, clave: str = "id") -> UUID | None:
        dicho = self.objeto.get(clave)
        try:
            return UUID(dicho)
        except (TypeError, ValueError, AttributeError):
            self.mal(clave, _("Falta un identificador (UUID)."))
            return None

    def texto(self, clave: str, maximo: int, *, en: str = "", falta: bool = False) -> str | None:
        """A text, kept under `en` if the file says it."""
        dicho = self.objeto.get(clave)
        if dicho is None or dicho == "":
            if falta:
                self.mal(clave, _("Falta este dato."))
            return None
        if not isinstance(dicho, str) or any(es_imposible(letra) for letra in dicho):
            self.mal(clave, _("Aquí va un texto."))
            return None
        if len(dicho.strip()) > maximo:
            self.mal(clave, _("El texto pasa de %(num)s letras.", num=maximo))
            return None
        if en:
            self.valores[en] = dicho.strip()
        return dicho.strip()

    def entero(self, clave: str, en: str) -> None:
        dicho = self.objeto.get(clave)
        if dicho is None:
            return
        if isinstance(dicho, bool) or not isinstance(dicho, int | float) or not 0 <= dicho <= 120:
            self.mal(clave, _("Aquí va una edad, de 0 a 120 años."))
            return
        self.valores[en] = int(dicho)

    def fecha(self, clave: str) -> date | None:
        dicho = self.texto(clave, 40)
        try:
            return date.fromisoformat(dicho[:10]) if dicho else None
        except ValueError:
            self.mal(clave, _("Aquí va una fecha: AAAA-MM-DD."))
            return None

    def hora(self, clave: str) -> time | None:
        dicho = self.texto(clave, 20, falta=True)
        try:
            leida = time.fromisoformat(dicho.removesuffix("Z")) if dicho else None
        except ValueError:
            self.mal(clave, _("Aquí va una hora: HH:MM."))
            return None
        return leida.replace(second=0, microsecond=0, tzinfo=None) if leida else None

    def lista(self, clave: str) -> Iterable["_Lector"]:
        dicha = self.objeto.get(clave)
        if dicha is None:
            return
        if not isinstance(dicha, list):
            self.mal(clave, _("Aquí va una lista."))
            return
        for n, uno in enumerate(dicha):
            yield _Lector(self.lectura, uno, f"{self.path}.{clave}.{n}")

    def dice(self, clave: str) -> bool:
        return clave in self.objeto


def _servicio(lectura: Lectura, objeto: Any, path: str) -> None:
    lector = _Lector(lectura, objeto, path)
    servicio_id = lector.id()
    institucion_id = _institucion(lector)
    lector.texto("name", 160, en="nombre", falta=True)
    lector.texto("description", 2000, en="descripcion")
    lector.texto("fees_description", 200, en="costo")
    lector.texto("eligibility_description", 1000, en="elegibilidad")
    lector.entero("minimum_age", "edad_min")
    lector.entero("maximum_age", "edad_max")
    desde, hasta = lector.valores.get("edad_min"), lector.valores.get("edad_max")
    if desde is not None and hasta is not None and hasta < desde:
        lector.mal("maximum_age", _("La edad mayor no puede ser menor que la primera."))
    if lector.texto("interpretation_services", 2000):
        lector.valores["interprete"] = True
    estado = lector.texto("status", 40, falta=True)
    if estado is not None and estado not in _DE_ESTADO:
        lector.mal("status", _("No es un estado de HSDS."))
    elif estado is not None:
        lector.valores["estado"] = _DE_ESTADO[estado]
    if verificado := lector.fecha("assured_date"):
        lector.valores["verificado_el"] = verificado
    _listas(lector)
    if servicio_id is None or institucion_id is None:
        return
    de = {"institucion_id": institucion_id}
    lectura.poner(Fila(ServicioRed, servicio_id, path, de, lector.valores))
    for contacto in lector.lista("contacts"):
        _contacto(contacto, institucion_id, servicio_id)
    for lugar in lector.lista("service_at_locations"):
        _lugar(lugar, institucion_id, servicio_id)


def _listas(lector: _Lector) -> None:
    """Languages, documents and themes of a service."""
    if lector.dice("languages"):
        dichos = [uno.texto("code", 10) for uno in lector.lista("languages")]
        leidos = [*dict.fromkeys(de_dos_letras(uno) for uno in dichos if uno)]
        lector.valores["idiomas"] = [uno for uno in leidos if uno in codigos_de_idioma()]
        for uno in set(leidos) - codigos_de_idioma():
            lector.aviso(_("no conocemos el idioma %(codigo)s", codigo=uno))
    if lector.dice("required_documents"):
        documentos = [uno.texto("document", 160) for uno in lector.lista("required_documents")]
        lector.valores["documentos_requeridos"] = [uno for uno in documentos if uno]
    if lector.dice("attributes"):
        codigos = [_tema(uno) for uno in lector.lista("attributes")]
        conocidos = [uno for uno in codigos if uno and se_ofrece(uno)]
        for codigo in codigos:
            if codigo and not se_ofrece(codigo):
                lector.aviso(_("no conocemos el tema %(codigo)s", codigo=codigo))
        lector.valores["temas"] = [*dict.fromkeys(conocidos)] or [SIN_TEMA]


def _tema(atributo: _Lector) -> str | None:
    termino = atributo.objeto.get("taxonomy_term")
    if termino is None:
        return atributo.texto("value", 60)
    return _Lector(atributo.lectura, termino, f"{atributo.path}.taxonomy_term").texto("code", 60)


def _institucion(servicio: _Lector) -> UUID | None:
    lectura = servicio.lectura
    if not servicio.dice("organization"):
        servicio.mal("organization", _("Falta este dato."))
        return None
    path = f"{servicio.path}.organization"
    lector = _Lector(lectura, servicio.objeto["organization"], path)
    institucion_id = lector.id()
    lector.texto("name", 160, en="nombre", falta=True)
    lector.texto("description", 2000, en="descripcion")
    if lector.valores.get("descripcion") == lector.valores.get("nombre"):
        # The specification asks for one: who had none to tell told the name again.
        lector.valores.pop("descripcion", None)
    sigla = lector.texto("alternate_name", 160)
    sitio = lector.texto("website", 200)
    if sitio and not sitio.startswith(("http://", "https://")):
        lector.mal("website", _("Aquí va una dirección web (https://…)."))
    elif sitio:
        lector.valores["sitio"] = sitio
    for telefono in lector.lista("phones"):
        lector.valores.setdefault("telefono", telefono.texto("number", 40, falta=True))
    if lector.dice("organization_identifiers"):
        lector.valores["identificadores"] = [
            {
                "esquema": uno.texto("identifier_type", 60, falta=True) or "",
                "valor": uno.texto("identifier", 100, falta=True) or "",
            }
            for uno in lector.lista("organization_identifiers")
        ]
    if institucion_id is None:
        return None
    lectura.poner(
        Fila(Institucion, institucion_id, path, {}, lector.valores | {"_sigla": sigla or ""})
    )
    for contacto in lector.lista("contacts"):
        _contacto(contacto, institucion_id, None)
    for sede in lector.lista("locations"):
        _sede(sede, institucion_id)
    return institucion_id


def _sede(lector: _Lector, institucion_id: UUID) -> UUID | None:
    sede_id = lector.id()
    lector.texto("name", 160, en="nombre")
    tipo = lector.texto("location_type", 40, falta=True)
    if tipo == "postal":
        lector.aviso(_("una casilla postal no se carga"))
        return None
    if tipo is not None and tipo not in _DE_TIPO:
        lector.mal("location_type", _("No es un tipo de lugar de HSDS."))
    elif tipo is not None:
        lector.valores["tipo"] = _DE_TIPO[tipo]
    for direccion in lector.lista("addresses"):
        lector.valores.setdefault("direccion", direccion.texto("address_1", 200, falta=True))
        lector.valores.setdefault("comuna", direccion.texto("city", 80) or "")
    for telefono in lector.lista("phones"):
        lector.valores.setdefault("telefono", telefono.texto("number", 40, falta=True))
    for acceso in lector.lista("accessibility"):
        lector.valores.setdefault("acceso", acceso.texto("description", 500) or "")
    if sede_id is not None:
        de = {"institucion_id": institucion_id}
        lector.lectura.poner(Fila(Sede, sede_id, lector.path, de, lector.valores))
    return sede_id


def _lugar(lector: _Lector, institucion_id: UUID, servicio_id: UUID) -> None:
    lugar_id = lector.id()
    if not lector.dice("location"):
        lector.mal("location", _("Falta este dato."))
        return
    sede = _Lector(lector.lectura, lector.objeto["location"], f"{lector.path}.location")
    sede_id = _sede(sede, institucion_id)
    horas = None
    if lector.dice("schedules"):
        leidas = [_horas(uno) for uno in lector.lista("schedules")]
        horas = frozenset(una for una in leidas if una is not None)
    if lugar_id is not None and sede_id is not None:
        de = {"servicio_id": servicio_id, "sede_id": sede_id}
        lector.lectura.poner(Fila(Lugar, lugar_id, lector.path, de, {}, horas))


def _horas(lector: _Lector) -> Horas | None:
    freq = lector.texto("freq", 10, falta=True)
    dias = tuple(uno.strip() for uno in (lector.texto("byday", 60) or "").split(",") if uno.strip())
    que_no = ("bymonthday", "byyearday", "byweekno", "count")
    if lector.objeto.get("interval") not in {None, 1} or any(lector.dice(c) for c in que_no):
        lector.aviso(_("ese horario no se sabe leer y no se carga"))
        return None
    if freq is None or freq not in {SEMANAL, MENSUAL}:
        lector.mal("freq", _("Debe ser WEEKLY o MONTHLY."))
        return None
    if not dias or not dias_validos(freq, dias):
        lector.mal("byday", _("No son días de HSDS: MO,TU,WE."))
    abre, cierra = lector.hora("opens_at"), lector.hora("closes_at")
    desde, hasta = lector.fecha("valid_from"), lector.fecha("valid_to")
    if abre is None or cierra is None:
        return None
    if abre >= cierra:
        lector.mal("closes_at", _("Cierra antes de abrir."))
    return freq, dias, abre, cierra, desde, hasta


def _contacto(lector: _Lector, institucion_id: UUID, servicio_id: UUID | None) -> None:
    contacto_id = lector.id()
    lector.texto("name", 120, en="nombre")
    lector.texto("title", 120, en="cargo")
    correo = lector.texto("email", 160, en="correo")
    for telefono in lector.lista("phones"):
        lector.valores.setdefault("telefono", telefono.texto("number", 40, falta=True))
    if correo and "@" not in correo:
        lector.mal("email", _("Aquí va un correo."))
    if contacto_id is None:
        return
    if not lector.valores.get("nombre"):
        lector.valores["nombre"] = lector.valores.get("cargo") or "—"
    de = {"institucion_id": institucion_id} | ({"servicio_id": servicio_id} if servicio_id else {})
    lector.lectura.poner(Fila(ContactoRed, contacto_id, lector.path, de, lector.valores))
