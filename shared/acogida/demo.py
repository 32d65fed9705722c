"""The office of the demonstration: an account and a client of the API for each role, and people.

Everybody in it is invented. What is there already stays as it is, so a first start that was
interrupted is taken up by the next.
"""

import json
import os
import secrets
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from flask import Flask

from acogida import ayuda, comunidad, directorio, familias, guia, historias, muestras
from acogida.services import db_of
from casos.listas.actions import guardar
from casos.listas.catalogo import LISTAS
from casos.listas.queries import cuantas_tiene
from casos.listas.schemas import NuevaVista
from identidad.actions import NuevoFuncionario, crear_funcionario
from identidad.clientes.actions import NuevoCliente, crear_cliente
from identidad.models import Funcionario, Rol
from identidad.queries import cliente_por_client_id, funcionario_por_usuario
from identidad.secretos import nuevo_secreto
from notificaciones.masivos import queries as masivos
from notificaciones.masivos.actions import NuevoEnvio, revisar, traer
from notificaciones.masivos.lectura import leer
from notificaciones.plantillas.catalogo import Clave, de_fabrica
from oficina.actor import Actor
from oficina.clock import now
from oficina.settings import Settings

# The roles that have something to do in the demonstration, each with who has it: one line a role.
NOMBRES = {
    Rol.RECEPCION: "Camila Recepción",
    Rol.PROFESIONAL: "Pablo Profesional",
    Rol.COORDINACION: "Carmen Coordinación",
    Rol.ENCARGADO_PROGRAMA: "Elena Encargada",
    Rol.ANALISTA: "Amaro Análisis",
    Rol.DELEGADO_DATOS: "Daniela Delegada",
    Rol.AUDITOR: "Aurora Auditoría",
    Rol.ADMINISTRADOR: "Andrés Administración",
    Rol.CONTRAPARTE_UNIDAD: "Diana Dideco",
}
UNIDADES = {Rol.CONTRAPARTE_UNIDAD: "dideco"}
"""The unit of who is not of the office itself: the code that its institution carries."""

Secretos = Mapping[str, Mapping[str, Mapping[str, str]]]


def prepare(apps: Mapping[str, Flask], settings: Settings) -> str:
    """Make what is missing of the demonstration; returns the accounts, to be shown to people."""
    secretos = _secrets(settings.data_dir / "demo.json")
    staff = _accounts(apps["identidad"], secretos)
    personal = historias.Personal(
        recepcion=staff[Rol.RECEPCION].actor(),
        profesional=staff[Rol.PROFESIONAL].actor(),
        coordinacion=staff[Rol.COORDINACION].actor(),
        delegado=staff[Rol.DELEGADO_DATOS].actor(),
    )
    encargado = staff[Rol.ENCARGADO_PROGRAMA].actor()
    # The actions speak to whoever asks; here that is a reader of Spanish.
    with apps["casos"].test_request_context():
        directorio.preparar(db_of(apps["casos"]), personal.coordinacion)
        guia.preparar(db_of(apps["casos"]), personal.coordinacion)
        ayuda.preparar(db_of(apps["casos"]), encargado)
        historias.contar({name: db_of(app) for name, app in apps.items()}, settings, personal)
        familias.contar(db_of(apps["casos"]), personal.recepcion)
        comunidad.preparar(db_of(apps["casos"]), personal.profesional)
        ayuda.postular(db_of(apps["casos"]), personal.profesional, encargado, personal.coordinacion)
        historias.cerrar_dias(db_of(apps["casos"]), personal.coordinacion)
        _views(apps["casos"], personal.coordinacion)
    with apps["notificaciones"].test_request_context():
        muestras.mostrar(
            apps["notificaciones"].extensions["env"],
            staff[Rol.CONTRAPARTE_UNIDAD].actor(),
            personal.recepcion,
        )
    _bulk(apps["notificaciones"], staff[Rol.COORDINACION].actor())
    cuentas = secretos["cuentas"].items()
    lines = [f"  {rol:<18} {cuenta['usuario']:<18} {cuenta['clave']}" for rol, cuenta in cuentas]
    return "\n".join(["Demostración, con personas inventadas. Rol, usuario y clave:", *lines])


def _views(app: Flask, actor: Actor) -> None:
    """Filters that the coordination shares with the office."""
    vistas = {
        "casos": {
            "Sin asignar, por prioridad": {"de": "sin_asignar", "orden": "prioridad"},
            "Sin actividad hace un mes": {"sin_actividad": "30", "orden": "antiguos"},
        },
        "derivaciones": {"Sin respuesta a tiempo": {"atrasadas": "1"}},
    }
    with db_of(app).begin() as session:
        for nombre, guardadas in vistas.items():
            if cuantas_tiene(session, nombre, actor.id):
                continue
            for llamada, consulta in guardadas.items():
                nueva = NuevaVista(nombre=llamada, consulta=consulta, compartida=True)
                guardar(session, LISTAS[nombre], nueva, actor, now())


def _secrets(path: Path) -> Secretos:
    """Names and passwords of the demonstration, drawn once; written before they are used."""
    kept: Secretos = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    drawn: Secretos = {
        "cuentas": {
            rol.value: {"usuario": rol.value, "clave": f"{rol}-{secrets.token_hex(3)}"}
            for rol in NOMBRES
        },
        "clientes": {
            rol.value: {"client_id": f"demo-{rol}", "client_secret": nuevo_secreto()}
            for rol in NOMBRES
        },
    }
    # A role that came with a newer version joins those that were drawn before.
    whole: Secretos = {kind: {**drawn[kind], **kept.get(kind, {})} for kind in drawn}
    if whole == kept:
        return kept
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(whole, file, indent=2)
    draft.replace(path)
    return whole


def _accounts(app: Flask, secretos: Secretos) -> Mapping[Rol, Funcionario]:
    made: dict[Rol, Funcionario] = {}
    with app.test_request_context(), db_of(app).begin() as session:
        for rol in NOMBRES:
            cuenta, cliente = secretos["cuentas"][rol], secretos["clientes"][rol]
            known = funcionario_por_usuario(session, cuenta["usuario"])
            made[rol] = known or crear_funcionario(
                session, _account(rol, cuenta), Actor.sistema("acogida")
            )
            if cliente_por_client_id(session, cliente["client_id"]) is None:
                nuevo = NuevoCliente(
                    client_id=cliente["client_id"],
                    nombre=f"Demostración, {rol}",
                    secreto=cliente["client_secret"],
                    roles=[rol],
                    unidad=UNIDADES.get(rol, ""),
                )
                crear_cliente(session, nuevo, Actor.sistema("identidad"))
    return made


def _account(rol: Rol, cuenta: Mapping[str, str]) -> NuevoFuncionario:
    return NuevoFuncionario(
        usuario=cuenta["usuario"],
        nombre=NOMBRES[rol],
        correo=f"{rol}@oficina.example",
        clave=cuenta["clave"],
        roles=[rol],
        unidad=UNIDADES.get(rol, "migracion"),
    )


def _bulk(app: Flask, actor: Actor) -> None:
    """Many at once that wait to be confirmed: one row cannot be read, and one is there twice."""
    datos = files("acogida") / "masivo.csv"
    with db_of(app).read() as session:
        if masivos.hay_alguno(session):
            return
    with app.test_request_context():
        plantilla = de_fabrica()[Clave.AVISO_GENERAL]
        leido = leer(datos.read_bytes(), plantilla)
        nuevo = NuevoEnvio(plantilla=plantilla.clave, a_personas=leido.a_personas)
        filas = revisar(app.extensions["env"], nuevo, leido.filas, now())
        with db_of(app).begin() as session:
            traer(session, nuevo, filas, actor)
