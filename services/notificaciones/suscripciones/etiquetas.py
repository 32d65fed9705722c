"""What people read for the codes of a subscription, and the tone of a state's badge."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from notificaciones.suscripciones.colas.models import FallaDeCola
from notificaciones.suscripciones.states import Cadencia, Estado, Falla, Motivo, Origen, Via
from oficina.bus.difusion import difusion
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.web.i18n import language

VIAS: Mapping[Via, LazyString] = {
    Via.WEBHOOK: _l("Webhook firmado"),
    Via.ATOM: _l("Canal Atom"),
    Via.COLA: _l("Cola propia (AMQP)"),
    Via.RESUMEN: _l("Resumen por correo"),
}

ESTADOS: Mapping[Estado, LazyString] = {
    Estado.ACTIVA: _l("Activa"),
    Estado.PAUSADA: _l("En pausa"),
    Estado.DESACTIVADA: _l("Desactivada"),
    Estado.CERRADA: _l("Cerrada"),
}

TONOS: Mapping[Estado, str] = {
    Estado.ACTIVA: "bien",
    Estado.PAUSADA: "aviso",
    Estado.DESACTIVADA: "mal",
    Estado.CERRADA: "neutro",
}

MOTIVOS: Mapping[Motivo, LazyString] = {
    Motivo.YA_NO_RECIBE: _l("El sistema que recibe respondió que ya no quiere más (410)."),
    Motivo.CINCO_DIAS: _l("El sistema que recibe no contestó bien durante cinco días."),
    Motivo.CORREO_RECHAZADO: _l(
        "El correo rechaza lo que se le envía. Corríjalo; al reanudarla va otro enlace para "
        "confirmarlo."
    ),
    Motivo.CORREO_DE_BAJA: _l(
        "Desde ese correo se pidió no recibir más. Al reanudarla va otro enlace para confirmarlo."
    ),
}

ENTREGAS: Mapping[EstadoDeEntrega, LazyString] = {
    EstadoDeEntrega.PENDIENTE: _l("Por entregar"),
    EstadoDeEntrega.HECHO: _l("Entregado"),
    EstadoDeEntrega.MUERTO: _l("No se pudo entregar"),
}

TONOS_DE_ENTREGA: Mapping[EstadoDeEntrega, str] = {
    EstadoDeEntrega.PENDIENTE: "info",
    EstadoDeEntrega.HECHO: "bien",
    EstadoDeEntrega.MUERTO: "mal",
}

FALLAS: Mapping[Falla, LazyString] = {
    Falla.DESTINO_NO_PERMITIDO: _l("Su dirección ya no está permitida"),
    Falla.SIN_DIRECCION: _l("Nadie conoce ese nombre en la red"),
    Falla.SIN_CONEXION: _l("No se pudo conectar"),
    Falla.SIN_RESPUESTA: _l("No contestó a tiempo"),
    Falla.RESPUESTA: _l("Contestó que no"),
    Falla.NO_SALIO: _l("El correo no pudo salir; va en el siguiente"),
    Falla.SIN_COLA: _l("Su cola no está; se hace de nuevo"),
}

FALLAS_DE_COLA: Mapping[FallaDeCola, LazyString] = {
    FallaDeCola.SIN_GESTION: _l("Informática no ha dicho cómo administrar RabbitMQ."),
    FallaDeCola.SIN_RESPUESTA: _l("La administración de RabbitMQ no responde."),
    FallaDeCola.SIN_PERMISO: _l("RabbitMQ no deja a la oficina administrar las colas."),
    FallaDeCola.RECHAZADA: _l("RabbitMQ no aceptó hacerla."),
}

CADENCIAS: Mapping[Cadencia, LazyString] = {
    Cadencia.DIARIA: _l("Cada día hábil"),
    Cadencia.SEMANAL: _l("Una vez a la semana"),
}

DIAS: Mapping[int, LazyString] = {
    0: _l("Lunes"),
    1: _l("Martes"),
    2: _l("Miércoles"),
    3: _l("Jueves"),
    4: _l("Viernes"),
}

ORIGENES: Mapping[Origen, LazyString] = {
    Origen.HECHO: _l("Pasó"),
    Origen.PRUEBA: _l("Prueba"),
    Origen.REPETICION: _l("Repetición"),
}


def nombre_de(tipo: str) -> str:
    """What a fact is called by people."""
    uno = difusion().hechos.get(tipo)
    return uno.nombre.get(language(), uno.nombre["es"]) if uno else tipo


def hechos() -> list[tuple[str, str]]:
    """Every fact that a unit may hear, to choose from."""
    return [(tipo, nombre_de(tipo)) for tipo in difusion().hechos]
