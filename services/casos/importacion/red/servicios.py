"""The services of one institution in a sheet of the network, where and when they are given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.importacion.palabras import idioma_escrito
from casos.importacion.pliego import Clave, Hechas, Paso
from casos.importacion.red.semana import SemanaIlegible, arreglar_horas, leer_semana
from casos.importacion.tabla import Renglon
from casos.importacion.taller import Dicho, Taller, cambios, decir, hecho, partes
from casos.importacion.vocabulario import plano, vocabulario
from casos.red import actions
from casos.red.datos import DatosCupo, DatosLugar, DatosServicio
from casos.red.horarios import DIAS
from casos.red.models import (
    Capacidad,
    FuenteDato,
    Institucion,
    Lugar,
    Papel,
    ServicioRed,
)
from casos.red.queries import lugar_por_id, servicio_por_id
from casos.red.schemas import (
    CODIGO_DE_SERVICIO,
    DatosServicioSchema,
    SemanaSchema,
    de_lugar,
    de_servicio,
)
from casos.subtemas.presentes import se_ofrece, temas_ofrecidos
from oficina.actor import Actor

_SERVICIO = {
    "nombre": "servicio",
    "descripcion": "servicio_descripcion",
    "temas": "temas",
    "estado": "servicio_estado",
    "modo": "modo",
    "otros_modos": "otros_modos",
    "elegibilidad": "elegibilidad",
    "documentos_requeridos": "documentos",
    "costo": "costo",
    "idiomas": "idiomas",
    "interprete": "interprete",
    "edad_min": "edad_min",
    "edad_max": "edad_max",
    "plazo_dias": "plazo_dias",
}
DE_UN_LUGAR = ("papel", "horario", *DIAS)
_CAMPOS = (*_SERVICIO.values(), "servicio_codigo", "cupo")
_DE_SERVICIO = tuple(campo for campo in _CAMPOS if campo not in {"servicio", "servicio_codigo"})


class Servicios:
    """Those of one institution; `codigos` tells whose each code is, and is added to."""

    def __init__(
        self, taller: Taller, hay: Institucion | None, sigla: str, codigos: dict[str, str]
    ) -> None:
        self._taller, self._plan = taller, taller.plan
        self._sigla, self._codigos = sigla, codigos
        todos = hay.servicios if hay else []
        self._por_codigo = {uno.codigo: uno for uno in todos}
        self._por_nombre = {plano(uno.nombre): uno for uno in todos}

    def planear(
        self, renglones: Sequence[Renglon], sedes: Mapping[int, str]
    ) -> dict[int, tuple[str, ...]]:
        """Services, then their places; returns the service of each row that has one."""
        filas: dict[Clave, list[int]] = {}
        de_fila: dict[int, Clave] = {}
        por_nombre: dict[str, Clave] = {}
        for n, renglon in enumerate(renglones):
            clave = self._clave(renglon, por_nombre)
            if clave is None:
                continue
            filas.setdefault(clave, []).append(n)
            de_fila[n] = clave
        for clave, suyas in filas.items():
            dicho = self._taller.unir((renglones[n] for n in suyas), _CAMPOS)
            hay = self._servicio(clave, dicho)
            self._lugares(clave, hay, {n: renglones[n] for n in suyas}, sedes)
            self._cupo(clave, hay, dicho)
        return de_fila

    def _clave(self, renglon: Renglon, por_nombre: dict[str, Clave]) -> Clave | None:
        codigo = "".join(renglon.texto("servicio_codigo").upper().split())
        nombre = plano(renglon.texto("servicio"))
        if not codigo and not nombre:
            if renglon.dice(*_DE_SERVICIO):
                self._plan.mal(renglon.mal("servicio", _("Diga de qué servicio es.")))
            return None
        if not codigo and nombre in self._por_nombre:
            codigo = self._por_nombre[nombre].codigo
        if not codigo:
            return por_nombre.setdefault(nombre, ("servicio", self._sigla, nombre))
        if self._codigos.get(codigo, self._sigla) != self._sigla:
            motivo = _("es de un servicio de %(sigla)s", sigla=self._codigos[codigo])
            self._plan.mal(renglon.mal("servicio_codigo", motivo, codigo))
            return None
        self._codigos[codigo] = self._sigla
        return por_nombre.setdefault(nombre or codigo, ("servicio", "", codigo))

    def _servicio(self, clave: Clave, dicho: Dicho) -> ServicioRed | None:
        taller = self._taller
        codigo = None if clave[1] else clave[2]
        hay = self._por_codigo.get(codigo) if codigo else None
        if hay is None and codigo and not CODIGO_DE_SERVICIO.fullmatch(codigo):
            taller.mal(dicho, "servicio_codigo", _("Use letras, números, puntos, guiones o «_»."))
        antes = de_servicio(hay) if hay else {}
        modos = [taller.codigo(dicho, "otros_modos", uno) for uno in _varios(dicho, "otros_modos")]
        valores = {
            "nombre": dicho.texto("servicio") or None,
            "descripcion": dicho.texto("servicio_descripcion") or None,
            "temas": self._temas(dicho) or None,
            "estado": taller.palabra(dicho, "servicio_estado"),
            "modo": taller.palabra(dicho, "modo"),
            "otros_modos": [uno for uno in modos if uno] or None,
            "elegibilidad": dicho.texto("elegibilidad") or None,
            "documentos_requeridos": "\n".join(partes(dicho.texto("documentos"))) or None,
            "costo": dicho.texto("costo") or None,
            "idiomas": self._idiomas(dicho) or None,
            "interprete": taller.si_o_no(dicho, "interprete"),
        } | {campo: dicho.texto(campo) or None for campo in ("edad_min", "edad_max", "plazo_dias")}
        dichos = {campo: valor for campo, valor in valores.items() if valor is not None}
        datos = taller.leer(DatosServicioSchema(), {**antes, **dichos}, dicho, _SERVICIO)
        if datos is None:
            return hay
        if hay:
            self._plan.hechas[clave] = hay.id
        ahora = {campo: getattr(hay, campo) for campo in _SERVICIO} if hay else {}
        distintos = cambios(ahora, vars(datos), _SERVICIO)
        self._plan.pasos.append(
            Paso(
                clave,
                "servicio",
                datos.nombre,
                hecho(distintos, nueva=hay is None),
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos if hay else (),
                partial(_guardar_servicio, clave, ("institucion", self._sigla), datos)
                if distintos
                else None,
            )
        )
        return hay

    def _temas(self, dicho: Dicho) -> list[str]:
        codigos = []
        for escrito in _varios(dicho, "temas"):
            codigo = _tema(escrito)
            if codigo is None:
                self._taller.mal(dicho, "temas", _("no reconocemos este tema"), escrito)
            else:
                codigos.append(codigo)
        return list(dict.fromkeys(codigos))

    def _idiomas(self, dicho: Dicho) -> list[str]:
        codigos = []
        for escrito in _varios(dicho, "idiomas"):
            codigo = idioma_escrito(escrito)
            if codigo is None:
                self._taller.mal(dicho, "idiomas", _("no reconocemos este idioma"), escrito)
            else:
                codigos.append(codigo)
        return list(dict.fromkeys(codigos))

    def _lugares(
        self,
        servicio: Clave,
        hay: ServicioRed | None,
        renglones: Mapping[int, Renglon],
        sedes: Mapping[int, str],
    ) -> None:
        por_lugar: dict[tuple[str, str], list[Renglon]] = {}
        for n, renglon in renglones.items():
            if n not in sedes:
                if renglon.dice(*DE_UN_LUGAR):
                    motivo = _("diga en qué lugar: su nombre o su dirección")
                    self._plan.mal(renglon.mal("sede", motivo))
                continue
            papel = plano(renglon.texto("papel"))
            por_lugar.setdefault((sedes[n], papel), []).append(renglon)
        for (sede, _papel), filas in por_lugar.items():
            dicho = self._taller.unir(filas, DE_UN_LUGAR)
            papel = Papel(self._taller.palabra(dicho, "papel") or Papel.ATENCION)
            suya = self._plan.hechas.get(("sede", self._sigla, sede))
            lugares = hay.lugares if hay else ()
            antes = next(
                (uno for uno in lugares if (uno.sede_id, uno.papel) == (suya, papel)), None
            )
            self._lugar(servicio, sede, papel, antes, dicho)

    def _lugar(
        self, servicio: Clave, sede: str, papel: Papel, antes: Lugar | None, dicho: Dicho
    ) -> None:
        presente = de_lugar(antes)["semana"] if antes else {}
        semana = self._semana(dicho)
        if semana is None:
            return
        leida = self._taller.leer(
            SemanaSchema(), {**presente, **semana}, dicho, dict(zip(DIAS, DIAS, strict=True))
        )
        if leida is None:
            return
        tramos = {dia: suyos for dia, suyos in leida.items() if suyos}
        escrita = {dia: ", ".join(map(str, suyos)) for dia, suyos in tramos.items()}
        distintos = cambios(
            {"semana": decir(_por_dias(presente))},
            {"semana": decir(_por_dias(escrita))},
            {"semana": "horario"},
        )
        clave = ("lugar", *servicio, sede, papel.value)
        if antes:
            self._plan.hechas[clave] = antes.id
        hacer = None
        if antes is None or distintos:
            datos = partial(DatosLugar, papel=papel, semana=tramos)
            hacer = partial(_guardar_lugar, clave, servicio, ("sede", self._sigla, sede), datos)
        self._plan.pasos.append(
            Paso(
                clave,
                "lugar",
                dicho.primera.texto("servicio") or dicho.primera.texto("servicio_codigo"),
                hecho(distintos, nueva=antes is None),
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos if antes else (),
                hacer,
            )
        )

    def _semana(self, dicho: Dicho) -> dict[str, str] | None:
        """The hours of the days that are told; None when they cannot be read."""
        if not dicho.texto("horario"):
            return {dia: arreglar_horas(dicho.texto(dia)) for dia in DIAS if dia in dicho.de}
        try:
            leida = leer_semana(dicho.texto("horario"), dicho.primera.esquema.listas["dias"])
        except SemanaIlegible:
            motivo = _("escríbalo así: lunes a viernes 9:00-13:00; sábado 10:00-12:00")
            self._taller.mal(dicho, "horario", motivo, dicho.texto("horario"))
            return None
        return dict.fromkeys(DIAS, "") | leida

    def _cupo(self, clave: Clave, hay: ServicioRed | None, dicho: Dicho) -> None:
        codigo = self._taller.palabra(dicho, "cupo")
        if codigo is None:
            return
        cupo = Capacidad(codigo)
        antes = hay.capacidad if hay else Capacidad.DESCONOCIDA
        if antes is cupo:
            return
        distintos = cambios({"cupo": antes}, {"cupo": cupo}, {"cupo": "cupo"})
        self._plan.pasos.append(
            Paso(
                ("cupo", *clave),
                "cupo",
                dicho.texto("servicio") or clave[2],
                hecho(distintos, nueva=hay is None),
                dicho.primera.hoja,
                dicho.primera.numero,
                distintos,
                partial(_informar_cupo, clave, cupo),
            )
        )


def _varios(dicho: Dicho, campo: str) -> list[str]:
    return partes(dicho.texto(campo).replace(",", ";").replace("/", ";"))


def _tema(escrito: str) -> str | None:
    codigo = escrito.upper()
    if se_ofrece(codigo):
        return codigo
    llano = plano(escrito)
    for idioma in ("es", "en"):
        for uno, nombre in temas_ofrecidos(idioma).items():
            if plano(nombre) == llano:
                return uno
    return vocabulario().motivos.codigo(escrito)


def _por_dias(semana: Mapping[str, str]) -> dict[str, str]:
    return {dia: semana[dia] for dia in DIAS if semana.get(dia)}


def _guardar_servicio(  # noqa: PLR0917  what is bound, and what a step is given
    clave: Clave, de: Clave, datos: DatosServicio, session: Session, hechas: Hechas, actor: Actor
) -> None:
    if clave not in hechas:
        codigo = None if clave[1] else clave[2]
        nuevo = actions.crear_servicio(session, hechas[de], datos, actor, codigo=codigo)
        hechas[clave] = nuevo.id
        return
    ahora = servicio_por_id(session, hechas[clave])
    actions.editar_servicio(session, ahora.id, replace(datos, version=ahora.version), actor)


def _guardar_lugar(  # noqa: PLR0917  what is bound, and what a step is given
    clave: Clave,
    servicio: Clave,
    sede: Clave,
    datos: Any,
    session: Session,
    hechas: Hechas,
    actor: Actor,
) -> None:
    hecho_de_sede = datos(sede_id=hechas[sede])
    if clave not in hechas:
        lugar = actions.crear_lugar(session, hechas[servicio], hecho_de_sede, actor)
        hechas[clave] = lugar.id
        return
    ahora = lugar_por_id(session, hechas[clave])
    nuevo = replace(hecho_de_sede, nota=ahora.nota, version=ahora.version)
    actions.editar_lugar(session, ahora.id, nuevo, actor)


def _informar_cupo(
    clave: Clave, cupo: Capacidad, session: Session, hechas: Hechas, actor: Actor
) -> None:
    ahora = servicio_por_id(session, hechas[clave])
    datos = DatosCupo(capacidad=cupo, version=ahora.version)
    actions.informar_cupo(session, ahora.id, datos, actor, fuente=FuenteDato.IMPORTACION)
