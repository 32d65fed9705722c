"""What sheets of agreements and programmes would do; each thing is known by its code.

Agreements come first: a programme of the same file may be paid by one.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from casos.convenios.queries import convenio_por_codigo
from casos.importacion.pliego import Cambio, Clave, Paso, Plan, Pliego, Quien
from casos.importacion.programas import escritura
from casos.importacion.programas.convenios import Convenios
from casos.importacion.programas.requisitos import leer_requisitos
from casos.importacion.tabla import Renglon
from casos.importacion.taller import Dicho, Taller, cambios, decir, hecho
from casos.programas.actions import Asignacion, NuevosRequisitos
from casos.programas.models import Programa
from casos.programas.queries import presupuesto_de, programa_por_codigo, requisitos_de
from casos.programas.schemas import AsignacionSchema, DatosProgramaSchema, NuevosRequisitosSchema
from casos.programas.states import Accion
from oficina import clock

_PROGRAMA = {
    "codigo": "codigo",
    "nombre": "nombre",
    "descripcion": "descripcion",
    "tipo": "tipo",
    "fuente": "fuente",
    "convenio_id": "convenio_codigo",
    "anio": "anio",
    "periodo": "periodo",
    "tope_persona_clp": "tope_persona",
    "reparto": "reparto",
    "tope_hogar_clp": "tope_hogar",
    "responsable_id": "responsable",
}
_CAMPOS = (
    *_PROGRAMA.values(),
    *("presupuesto", "respaldo", "requisitos", "requisitos_fuente"),
)
_DE_REQUISITOS = {"requisitos": "requisitos", "fuente": "requisitos_fuente"}
_DE_ASIGNACION = {"monto_clp": "presupuesto", "respaldo": "respaldo"}


def planear(session: Session, pliego: Pliego, quien: Quien) -> Plan:
    """What the file would do to agreements and programmes as they are now."""
    taller = Taller()
    por_codigo: dict[tuple[str, str], list[Renglon]] = {}
    for renglon in pliego.leida.renglones:
        es_convenio = renglon.esquema.clave == "convenios"
        campo = "convenio" if es_convenio else "codigo"
        codigo = " ".join(renglon.texto(campo).upper().split())
        if codigo:
            por_codigo.setdefault((renglon.esquema.clave, codigo), []).append(renglon)
        else:
            taller.plan.mal(renglon.mal(campo, _("Falta este dato.")))
    convenios = Convenios(session, taller, quien)
    for (clave, codigo), renglones in por_codigo.items():
        if clave == "convenios":
            convenios.planear(codigo, renglones)
    for (clave, codigo), renglones in por_codigo.items():
        if clave == "programas":
            _Uno(session, taller, quien, convenios.nuevos).planear(codigo, renglones)
    return taller.plan


class _Uno:
    """One programme. `convenios`: the codes of the agreements that the file makes."""

    def __init__(self, session: Session, taller: Taller, quien: Quien, convenios: set[str]) -> None:
        self._session, self._taller, self._quien = session, taller, quien
        self._convenios = convenios

    def planear(self, codigo: str, renglones: Sequence[Renglon]) -> None:
        dicho = self._taller.unir(renglones, _CAMPOS)
        hay = programa_por_codigo(self._session, codigo)
        clave: Clave = ("programa", codigo)
        if hay:
            self._taller.plan.hechas[clave] = hay.id
        self._programa(clave, codigo, hay, dicho)
        self._presupuesto(clave, hay, dicho)
        self._requisitos(clave, hay, dicho)

    def _programa(self, clave: Clave, codigo: str, hay: Programa | None, dicho: Dicho) -> None:
        taller = self._taller
        responsable = escritura.responsable(
            taller, dicho, self._quien, hay.responsable_id if hay else None
        )
        antes = _de_la_fila(hay) if hay else {"anio": clock.today().year}
        por_crear = self._por_crear(dicho)
        valores: dict[str, Any] = {
            "codigo": antes.get("codigo") or (None if hay else codigo),
            "nombre": dicho.texto("nombre") or None,
            "descripcion": dicho.texto("descripcion") or None,
            "tipo": taller.palabra(dicho, "tipo"),
            "fuente": taller.palabra(dicho, "fuente"),
            "convenio_id": escritura.POR_CREAR if por_crear else self._convenio(dicho),
            "anio": dicho.texto("anio") or None,
            "periodo": taller.palabra(dicho, "periodo"),
            "tope_persona_clp": escritura.pesos(dicho.texto("tope_persona")) or None,
            "reparto": taller.palabra(dicho, "reparto"),
            "tope_hogar_clp": escritura.pesos(dicho.texto("tope_hogar")) or None,
            "responsable_id": responsable.id if responsable else None,
        }
        dichos = {campo: valor for campo, valor in valores.items() if valor is not None}
        datos = taller.leer(DatosProgramaSchema(), {**antes, **dichos}, dicho, _PROGRAMA)
        if datos is None or responsable is None:
            return
        vistos = {**vars(datos), "convenio_id": dicho.texto("convenio_codigo") or None}
        presentes = self._vistos(hay, vistos)
        vistos["responsable_id"] = responsable.nombre
        distintos = cambios(presentes, vistos, _PROGRAMA)
        if hay and distintos and Accion.EDITAR not in hay.acciones:
            motivo = _("el programa ya no está en preparación: esto no se corrige")
            for uno in distintos:
                taller.mal(dicho, uno.campo, motivo)
            return
        convenio: Clave | None = (
            ("convenio", dicho.texto("convenio_codigo").upper()) if por_crear else None
        )
        self._paso(
            clave,
            "programa",
            datos.nombre,
            hay,
            dicho,
            distintos,
            partial(escritura.guardar_programa, clave, convenio, datos, responsable),
        )

    def _por_crear(self, dicho: Dicho) -> bool:
        return dicho.texto("convenio_codigo").upper() in self._convenios

    def _convenio(self, dicho: Dicho) -> str | None:
        codigo = dicho.texto("convenio_codigo").upper()
        if not codigo:
            return None
        convenio = convenio_por_codigo(self._session, codigo)
        if convenio is None or convenio.estado.value != "vigente":
            self._taller.mal(dicho, "convenio_codigo", _("Ese convenio no está vigente."), codigo)
            return None
        return str(convenio.id)

    def _vistos(self, hay: Programa | None, vistos: Mapping[str, Any]) -> dict[str, Any]:
        """What is there, as it is compared: people and agreements as they are called."""
        if hay is None:
            return {}
        presentes = {campo: getattr(hay, campo) for campo in _PROGRAMA}
        presentes["responsable_id"] = hay.responsable_nombre
        suyo = hay.convenio_id
        dicho = vistos["convenio_id"]
        convenio = convenio_por_codigo(self._session, dicho.upper()) if dicho else None
        mismo = dicho is None or (convenio is not None and convenio.id == suyo)
        presentes["convenio_id"] = dicho if mismo else (str(suyo) if suyo else None)
        return presentes

    def _presupuesto(self, clave: Clave, hay: Programa | None, dicho: Dicho) -> None:
        escrito = escritura.pesos(dicho.texto("presupuesto"))
        if not escrito:
            return
        tiene = presupuesto_de(self._session, hay.id) if hay else None
        asignado = tiene.asignado_clp if tiene else 0
        total: Asignacion | None = self._taller.leer(
            AsignacionSchema(), {"monto_clp": escrito, "respaldo": "—"}, dicho, _DE_ASIGNACION
        )
        if total is None or total.monto_clp == asignado:
            return
        if total.monto_clp < 0 or (tiene and total.monto_clp < asignado - tiene.disponible_clp):
            motivo = _("es menos de lo que ya está comprometido o entregado")
            self._taller.mal(dicho, "presupuesto", motivo)
            return
        datos: Asignacion | None = self._taller.leer(
            AsignacionSchema(),
            {
                "monto_clp": total.monto_clp - asignado,
                "respaldo": dicho.texto("respaldo") or None,
            },
            dicho,
            _DE_ASIGNACION,
        )
        if datos is None:
            return
        distintos = [Cambio("presupuesto", _en_pesos(asignado), _en_pesos(total.monto_clp))]
        hacer = partial(escritura.asignar, clave, datos)
        nombre = dicho.texto("nombre")
        self._paso(("presupuesto", *clave), "presupuesto", nombre, hay, dicho, distintos, hacer)

    def _requisitos(self, clave: Clave, hay: Programa | None, dicho: Dicho) -> None:
        if not dicho.texto("requisitos"):
            return
        presentes = requisitos_de(self._session, hay.id) if hay else None
        pedidos = leer_requisitos(dicho.texto("requisitos"))
        fuente = dicho.texto("requisitos_fuente") or (presentes.fuente if presentes else None)
        datos: NuevosRequisitos | None = self._taller.leer(
            NuevosRequisitosSchema(),
            {"requisitos": pedidos, "fuente": fuente},
            dicho,
            _DE_REQUISITOS,
        )
        if datos is None:
            return
        antes = [
            (fila["texto"], fila.get("documento") or "", fila.get("dias"))
            for fila in (presentes.requisitos if presentes else ())
        ]
        despues = [(uno.texto, uno.documento, uno.dias) for uno in datos.requisitos]
        if antes == despues:
            return
        if hay and Accion.EXIGIR not in hay.acciones:
            motivo = _("el programa está cerrado: sus requisitos no cambian")
            self._taller.mal(dicho, "requisitos", motivo)
            return
        if presentes and not dicho.texto("requisitos_fuente"):
            # Another version says which decree it comes from.
            self._taller.mal(dicho, "requisitos_fuente", _("Falta este dato."))
            return
        distintos = [
            Cambio(
                "requisitos",
                decir([t for t, *_resto in antes]),
                decir([u.texto for u in datos.requisitos]),
            )
        ]
        hacer = partial(escritura.exigir, clave, datos)
        nombre = dicho.texto("nombre")
        self._paso(("requisitos", *clave), "requisitos", nombre, hay, dicho, distintos, hacer)

    def _paso(  # noqa: PLR0917  a step has as many parts
        self,
        clave: Clave,
        clase: str,
        nombre: str,
        hay: Programa | None,
        dicho: Dicho,
        distintos: Sequence[Cambio],
        hacer: Any,
    ) -> None:
        que = hecho(distintos, nueva=hay is None)
        fila = dicho.primera
        self._taller.plan.pasos.append(
            Paso(
                clave,
                clase,
                nombre,
                que,
                fila.hoja,
                fila.numero,
                () if hay is None and clase == "programa" else distintos,
                hacer if distintos else None,
            )
        )


def _de_la_fila(hay: Programa) -> dict[str, Any]:
    campos = {campo: getattr(hay, campo) for campo in (*_PROGRAMA, "version")}
    return {campo: valor for campo, valor in campos.items() if valor is not None}


def _en_pesos(monto: int) -> str:
    return f"$ {monto:,}".replace(",", ".") if monto else ""
