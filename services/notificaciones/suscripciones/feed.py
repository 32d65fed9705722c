"""The Atom feed of a subscription (RFC 4287), in pages (RFC 5005): entries are its deliveries."""

from datetime import datetime, timedelta
from uuid import UUID
from xml.etree import ElementTree as ET

from flask import Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.suscripciones import turno
from notificaciones.suscripciones.etiquetas import nombre_de
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.queries import Pagina, publicadas
from oficina.actor import Actor
from oficina.audit import Auditoria, registrar
from oficina.clock import real_now
from oficina.env import Env

ATOM = "http://www.w3.org/2005/Atom"
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
LEER = "notificaciones.suscripcion.leer"
UNA_ANOTACION_CADA = timedelta(hours=1)
"""A program asks again and again: of each reader the audit says once an hour that it did."""

ET.register_namespace("", ATOM)


def quien_tiene_la_llave(una: Suscripcion) -> Actor:
    """Who reads a feed by its secret address: whoever in the unit was given it."""
    return Actor(id=una.id, nombre=una.unidad, roles=frozenset(), unidad=una.unidad, tipo="cliente")


def responder(
    env: Env, una: Suscripcion, antes: UUID | None, direccion: str, quien: Actor
) -> Response:
    """A page of the feed at `direccion`, or 304 when nothing has changed. That it was read is
    written down, now and then, and in the audit once an hour of each reader.
    """
    with env.db.read() as session:
        pagina = publicadas(session, una.id, antes)
    ahora = real_now()
    if una.vista_en is None or ahora - una.vista_en >= turno.MARCA_DE_VISTA:
        with env.db.begin() as session:
            turno.marcar_leida(session, una.id, ahora)
            _auditar(session, una, quien, ahora)
    response: Response = current_app.response_class(
        escribir(una, pagina, direccion, antes), content_type=CONTENT_TYPE
    )
    newest = pagina.entregas[0].id if pagina.entregas else una.id
    response.set_etag(f"{newest}-{len(pagina.entregas)}-{una.version}")
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response


def escribir(una: Suscripcion, pagina: Pagina, direccion: str, antes: UUID | None) -> bytes:
    """The document."""
    newest = pagina.entregas[0].creada_en if pagina.entregas else una.creada_en
    feed = ET.Element(_name("feed"))
    _text(feed, "id", una.id.urn)
    _text(feed, "title", una.nombre)
    _text(feed, "updated", _moment(newest))
    _text(ET.SubElement(feed, _name("author")), "name", _("Oficina de migración"))
    _link(feed, "self", f"{direccion}?antes={antes}" if antes else direccion)
    _link(feed, "first", direccion)
    if pagina.siguiente is not None:
        _link(feed, "next", f"{direccion}?antes={pagina.siguiente}")
    for entrega in pagina.entregas:
        _entry(feed, entrega)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def _auditar(session: Session, una: Suscripcion, quien: Actor, ahora: datetime) -> None:
    hace_poco = select(Auditoria.id).where(
        Auditoria.recurso_id == una.id,
        Auditoria.actor_id == quien.id,
        Auditoria.accion == LEER,
        Auditoria.ocurrida_en > ahora - UNA_ANOTACION_CADA,
    )
    if session.scalar(hace_poco.limit(1)) is None:
        registrar(session, quien, LEER, "suscripcion", una.id)


def _entry(feed: ET.Element, entrega: Entrega) -> None:
    entry = ET.SubElement(feed, _name("entry"))
    _text(entry, "id", entrega.id.urn)
    _text(entry, "title", nombre_de(entrega.tipo))
    _text(entry, "updated", _moment(entrega.creada_en))
    _text(entry, "published", _moment(entrega.creada_en))
    ET.SubElement(entry, _name("category"), {"term": entrega.tipo})
    # As text: content of another media type that is not XML would have to be Base64 (§4.1.3.3).
    _text(entry, "content", entrega.cuerpo).set("type", "text")


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, _name(name))
    child.text = text
    return child


def _link(feed: ET.Element, rel: str, href: str) -> None:
    ET.SubElement(feed, _name("link"), {"rel": rel, "href": href, "type": "application/atom+xml"})


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _name(name: str) -> str:
    return f"{{{ATOM}}}{name}"
