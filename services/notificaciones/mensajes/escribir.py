"""Entrance: the page on which one of the staff writes one message to a person of the office."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from notificaciones import alcance, direcciones
from notificaciones.mensajes import etiquetas, pedidos
from notificaciones.mensajes.costos import Segmentos, lo_que_ocupa
from notificaciones.mensajes.pedidos import Encargo, Pedido
from notificaciones.mensajes.preguntas import Descarte
from notificaciones.mensajes.schemas import EscribirSchema
from notificaciones.plantillas.catalogo import Canal, Plantilla, Tipo
from notificaciones.plantillas.etiquetas import nombre_de
from notificaciones.proveedores.correo import con_enlaces
from notificaciones.reglas.calculo import en_la_pared
from oficina.audit import registrar_lectura
from oficina.clock import local, now
from oficina.db import uuid7
from oficina.errors import DatosInvalidos
from oficina.web.app import env
from oficina.web.auth import actor, requires
from oficina.web.forms import Form

bp = Blueprint("escribir", __name__, url_prefix="/notificaciones/escribir")

CAMPOS = {Tipo.FECHA: "date", Tipo.FECHA_LARGA: "date", Tipo.HORA: "time", Tipo.ENTERO: "number"}
"""How a browser asks for what a variable holds."""


@dataclass(frozen=True, kw_only=True)
class Vista:
    """How it would be read, before it is asked for."""

    nombre: str
    encargo: Encargo
    segmentos: Segmentos | None

    @property
    def descarte(self) -> Descarte | None:
        """Why it would not leave."""
        hallado = self.encargo.hallado
        return hallado if isinstance(hallado, Descarte) else None

    @property
    def destino(self) -> str:
        """Where it would go, as a page may show it."""
        hallado = self.encargo.hallado
        return "" if isinstance(hallado, Descarte) else direcciones.enmascarada(hallado.destino)


@bp.get("")
@requires("notificaciones.mensaje.pedir")
def elegir() -> str:
    """Which template; then what it asks for."""
    with env().db.read() as session:
        todas = pedidos.pedibles(session)
    una = todas.get(request.args.get("plantilla", ""))
    form = Form(EscribirSchema(), {"clave": str(uuid7())}, sent=False)
    return _page(form, todas, una)


@bp.post("")
@requires("notificaciones.mensaje.pedir")
def escribir() -> ResponseReturnValue:
    """See how it would be read, or ask for it: once, however often the form is sent."""
    form = Form(EscribirSchema())
    with env().db.read() as session:
        todas = pedidos.pedibles(session)
    una = todas.get(form.value("plantilla"))
    vista = None
    if una is None:
        form.add_error("plantilla", _("No hay una plantilla así que se pueda pedir."))
    elif form.valid:
        try:
            vista = _look(una, form.data)
            if request.form.get("accion") == "enviar":
                with env().db.begin() as session:
                    uno, _nuevo = pedidos.pedir(session, vista.encargo, actor(), now())
                flash(_("El mensaje está pedido."), "success")
                return redirect(
                    url_for("notificaciones.mensaje", mensaje_id=uno.id), HTTPStatus.SEE_OTHER
                )
        except DatosInvalidos as error:
            form.add_errors(error)
    return _page(form, todas, una, vista), 422 if form.errors else 200


def _look(plantilla: Plantilla, datos: dict[str, Any]) -> Vista:
    """Raises DatosInvalidos beside each field."""
    (quien,) = alcance.identificar(env(), [datos["quien"]])
    if quien.varias:
        varias = _("Ese documento está en más de una ficha: use el folio.")
        raise DatosInvalidos({"quien": [varias]})
    if quien.persona_id is None:
        raise DatosInvalidos({"quien": [_("No encontramos a esa persona.")]})
    momento = datos["programado_para"]
    pedido = Pedido(
        plantilla=plantilla.clave,
        valores={
            nombre: request.form[f"valores.{nombre}"].replace("\r\n", "\n")
            for nombre in plantilla.variables
            if request.form.get(f"valores.{nombre}", "").strip()
        },
        persona_id=quien.persona_id,
        canal=datos["canal"],
        programado_para=momento and en_la_pared(momento.date(), momento.time()),
        clave_de_negocio=f"pagina/{datos['clave']}",
    )
    alcance.exigir_pedido(env(), pedido)
    encargo = pedidos.revisar_pedido(env(), pedido, now())
    escrito = encargo.texto and encargo.texto.sms
    registrar_lectura(
        env().db, actor(), "notificaciones.mensaje.previsualizar", "persona", quien.persona_id
    )
    return Vista(
        nombre=quien.nombre,
        encargo=encargo,
        segmentos=lo_que_ocupa(escrito, local(encargo.enviar_en).date()) if escrito else None,
    )


def _page(
    form: Form,
    todas: Mapping[str, Plantilla],
    una: Plantilla | None,
    vista: Vista | None = None,
) -> str:
    return render_template(
        "notificaciones/escribir.html",
        form=form,
        una=una,
        vista=vista,
        elegibles=sorted((nombre_de(p), clave) for clave, p in todas.items()),
        nombre_de=nombre_de,
        tipos_de_campo=CAMPOS,
        canales=etiquetas.CANALES,
        elegir_canal=[(c.value, etiquetas.CANALES[c]) for c in (una.canales if una else ())],
        canal_sms=Canal.SMS,
        motivos=etiquetas.MOTIVOS,
        con_enlaces=con_enlaces,
        nombre_de_caracter=etiquetas.nombre_de_caracter,
    )
