"""Who may do each thing in notificaciones: permission -> keys of the roles that hold it."""

from collections.abc import Mapping

from oficina.web.auditoria.permissions import permisos_de_auditoria
from oficina.web.bus.permissions import permisos_del_bus

_PROFESIONALES = frozenset({"profesional", "coordinacion"})

PERMISOS: Mapping[str, frozenset[str]] = {
    # Reception sees the reminders of appointments; the rest is about cases. What opens an account
    # is seen by who administers them, what is about data by who answers for them: nothing else.
    "notificaciones.mensaje.ver": _PROFESIONALES
    | {"recepcion", "administrador", "delegado_datos", "servicio"},
    "notificaciones.mensaje.ver_citas": _PROFESIONALES | {"recepcion", "servicio"},
    "notificaciones.mensaje.ver_casos": _PROFESIONALES | {"servicio"},
    "notificaciones.mensaje.ver_cuentas": frozenset({"administrador"}),
    # What people answer: of somebody whom the reader may see, or of nobody whom the office knows.
    "notificaciones.baja.anotar": _PROFESIONALES | {"recepcion"},
    "notificaciones.respuesta.ver": _PROFESIONALES | {"recepcion", "servicio"},
    "notificaciones.respuesta.atender": _PROFESIONALES | {"recepcion"},
    # To somebody of the office, whom they may see; to any address at all, and before all others,
    # whoever answers for what the office says.
    "notificaciones.mensaje.pedir": _PROFESIONALES,
    "notificaciones.mensaje.pedir_a_direccion": frozenset({"coordinacion"}),
    "notificaciones.mensaje.pedir_urgente": frozenset({"coordinacion"}),
    "notificaciones.mensaje.ver_pedidos": frozenset({"coordinacion"}),
    "notificaciones.persona.copiar": frozenset({"servicio"}),
    "notificaciones.persona.suprimir": frozenset({"servicio"}),
    "notificaciones.persona.alcanzar": frozenset({"servicio"}),
    # That somebody reads a reserved case by exception.
    "notificaciones.mensaje.ver_jefatura": frozenset({"coordinacion"}),
    # What the office says to everybody: who attends may read it, coordination answers for it.
    "notificaciones.plantilla.ver": _PROFESIONALES
    | {"recepcion", "administrador", "delegado_datos", "servicio"},
    "notificaciones.plantilla.escribir": frozenset({"coordinacion"}),
    # About one's own cases: who answers for some.
    "notificaciones.aviso.preferir": _PROFESIONALES,
    # When people are reminded is the office's to say; whoever attends them knows it.
    "notificaciones.regla.ver": _PROFESIONALES | {"recepcion"},
    "notificaciones.regla.escribir": frozenset({"coordinacion"}),
    # Who may see a message that did not leave may ask for it again.
    "notificaciones.mensaje.repetir": _PROFESIONALES | {"recepcion"},
    "notificaciones.mensaje.exportar": frozenset({"coordinacion", "delegado_datos"}),
    # A unit's own, or all of whoever administers; the delegate oversees: it is communication.
    "notificaciones.suscripcion.ver": frozenset(
        {"administrador", "contraparte_unidad", "delegado_datos"}
    ),
    "notificaciones.suscripcion.administrar": frozenset({"administrador", "contraparte_unidad"}),
    "notificaciones.suscripcion.leer": frozenset({"contraparte_unidad"}),
    # Who carries the messages and what it costs; who administers takes one out of service.
    "notificaciones.proveedor.ver": frozenset({"administrador", "coordinacion"}),
    "notificaciones.proveedor.operar": frozenset({"administrador"}),
    # Many at once, to whom one may write one by one; who answers for what the office says looks at
    # what others brought, and confirms it.
    "notificaciones.masivo.preparar": _PROFESIONALES,
    "notificaciones.masivo.confirmar": frozenset({"coordinacion"}),
    # That a person asked for a right over their data, or that somebody suspects a breach of it.
    "notificaciones.mensaje.ver_datos": frozenset({"delegado_datos", "servicio"}),
    **permisos_del_bus("notificaciones"),
    **permisos_de_auditoria("notificaciones"),
}
