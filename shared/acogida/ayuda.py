"""The social aid of the demonstration: agreements and programmes, told by the services' actions."""

import json
from collections.abc import Mapping
from datetime import timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from casos.accesos.actions import Responsable
from casos.convenios import actions as convenios
from casos.convenios.models import Convenio
from casos.convenios.schemas import NuevoConvenioSchema
from casos.personas.models import Contacto, TipoContacto, indice_contacto
from casos.programas import actions as programas
from casos.programas.entregas import actions as entregas
from casos.programas.entregas.actions import NuevaEntrega, NuevoArticulo, NuevoMovimiento
from casos.programas.entregas.models import Receptor, TipoExistencia
from casos.programas.models import Programa
from casos.programas.postulaciones import actions as postulaciones
from casos.programas.postulaciones.actions import Comprobaciones, ConTexto, NuevaPostulacion
from casos.programas.postulaciones.models import Comprobacion, Postulacion
from casos.programas.queries import requisitos_de
from casos.programas.schemas import (
    AsignacionSchema,
    DatosProgramaSchema,
    NuevosRequisitosSchema,
)
from casos.programas.states import Estado as EstadoPrograma
from casos.red.queries import institucion_por_sigla
from oficina import clock
from oficina.actor import Actor
from oficina.db import Database


def preparar(db: Database, encargado: Actor) -> None:
    """Write down what is not there yet; what people changed since stays as they left it."""
    todo = json.loads((files("acogida") / "ayuda.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        if session.scalar(select(Programa.id).limit(1)) is not None:
            return
        por_sigla = {uno["sigla"]: _convenio(session, uno, encargado) for uno in todo["convenios"]}
        for uno in todo["programas"]:
            _programa(session, uno, por_sigla, encargado)


def _convenio(session: Session, dato: Mapping[str, Any], quien: Actor) -> Convenio:
    institucion = institucion_por_sigla(session, dato["sigla"])
    if institucion is None:
        raise ValueError("the demonstration has an agreement with nobody")
    hoy = clock.today()
    campos = {clave: valor for clave, valor in dato.items() if clave != "sigla"}
    for clave in ("desde", "hasta"):
        campos[clave] = str(hoy + timedelta(days=dato[clave]))
    campos |= {"institucion_id": str(institucion.id), "responsable_id": str(quien.id)}
    nuevo = NuevoConvenioSchema().load(campos)
    return convenios.registrar(session, nuevo, Responsable(quien.id, quien.nombre), quien, hoy)


def _programa(
    session: Session, dato: Mapping[str, Any], por_sigla: Mapping[str, Convenio], quien: Actor
) -> UUID:
    ahora = clock.now()
    campos = {clave: dato[clave] for clave in _CAMPOS if clave in dato}
    campos |= {"anio": clock.today().year, "responsable_id": str(quien.id)}
    if "convenio" in dato:
        campos["convenio_id"] = str(por_sigla[dato["convenio"]].id)
    responsable = Responsable(quien.id, quien.nombre)
    hecho = programas.crear(session, DatosProgramaSchema().load(campos), responsable, quien, ahora)
    exigido = {"requisitos": dato["requisitos"], "fuente": dato["fuente_requisitos"]}
    programas.exigir(session, hecho.id, NuevosRequisitosSchema().load(exigido), quien, ahora)
    if dato["presupuesto"]:
        dinero = {"monto_clp": dato["presupuesto"], "respaldo": dato["respaldo"]}
        programas.asignar(session, hecho.id, AsignacionSchema().load(dinero), quien, ahora)
    if dato["abrir"]:
        programas.abrir(session, hecho.id, None, quien)
    for articulo in dato.get("articulos", ()):
        nuevo = NuevoArticulo(nombre=articulo["nombre"], unidad=articulo["unidad"])
        suyo = entregas.agregar_articulo(session, hecho.id, nuevo, quien)
        llegan = NuevoMovimiento(
            tipo=TipoExistencia.ENTRADA,
            cantidad=articulo["cuantos"],
            respaldo=articulo["respaldo"],
        )
        entregas.mover_existencias(session, suyo.id, llegan, quien, ahora)
    return hecho.id


def postular(db: Database, profesional: Actor, encargado: Actor, coordinacion: Actor) -> None:
    """What some people of the stories ask the first open programme for, unless somebody has."""
    todo = json.loads((files("acogida") / "ayuda.json").read_text(encoding="utf-8"))
    with db.begin() as session:
        programa_id = session.scalar(
            select(Programa.id).where(Programa.estado == EstadoPrograma.ABIERTO).limit(1)
        )
        hay = session.scalar(select(Postulacion.id).limit(1))
        if programa_id is None or hay is not None:
            return
        quienes = (profesional, encargado, coordinacion)
        for uno in todo["postulaciones"]:
            indice = indice_contacto(TipoContacto.CORREO, uno["correo"])
            quien = session.scalars(select(Contacto.persona_id).where(Contacto.indice == indice))
            _postular(session, quien.one(), programa_id, uno, quienes)


def _postular(
    session: Session,
    persona_id: UUID,
    programa_id: UUID,
    dato: Mapping[str, Any],
    quienes: tuple[Actor, Actor, Actor],
) -> None:
    profesional, encargado, coordinacion = quienes
    ahora = clock.now()
    pedido = NuevaPostulacion(
        persona_id=persona_id,
        programa_id=programa_id,
        monto_clp=dato["monto_clp"],
        detalle=dato["detalle"],
    )
    cual = postulaciones.crear(session, pedido, profesional, ahora).id
    requisitos = requisitos_de(session, programa_id)
    halladas = [
        Comprobacion(codigo=uno["codigo"], cumple=True, documento_el=clock.today())
        for uno in (requisitos.requisitos if requisitos else ())
    ]
    for paso in dato["pasos"]:
        match paso:
            case "ingresar":
                postulaciones.ingresar(session, cual, ConTexto(), profesional, ahora)
            case "comprobar":
                comprobado = Comprobaciones(comprobaciones=halladas)
                postulaciones.revisar(session, cual, ConTexto(), encargado, ahora)
                postulaciones.comprobar(session, cual, comprobado, encargado, ahora)
            case "aprobar":
                postulaciones.aprobar(session, cual, ConTexto(), encargado, ahora)
            case "entregar":
                recibe = NuevaEntrega(receptor=Receptor.TITULAR)
                entregas.entregar(session, cual, recibe, coordinacion, ahora)
            case otro:
                raise ValueError(f"no step is called {otro}")


_CAMPOS = ("nombre", "descripcion", "tipo", "fuente", "periodo", "tope_persona_clp")
