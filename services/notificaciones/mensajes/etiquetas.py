"""What people read for the codes of a message, and the tone of a state's badge."""

import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _l

from notificaciones.mensajes.states import Estado, Motivo, Paso, Prioridad
from notificaciones.plantillas.catalogo import Canal, Clave
from notificaciones.proveedores.resultados import Desenlace

PLANTILLAS: Mapping[str, LazyString] = {
    Clave.RECORDATORIO_CITA: _l("Recordatorio de cita"),
    Clave.DERIVACION_ENVIADA: _l("Derivación enviada a una institución"),
    Clave.ENLACE_NUEVO: _l("Otro enlace para una institución"),
    Clave.RECORDATORIO_PLAZO: _l("Recordatorio de plazo a una institución"),
    Clave.CONFIRMAR_DERIVACION: _l("Pregunta a una persona: si la atendieron"),
    Clave.AVISO_DERIVACION_CONTESTADA: _l(
        "Aviso interno de lo que una persona contestó de su derivación"
    ),
    Clave.AVISO_PLAZO_POR_VENCER: _l("Aviso interno de plazo por vencer"),
    Clave.AVISO_PLAZO_VENCIDO: _l("Aviso interno de plazo vencido"),
    Clave.AVISO_DERIVACION_FALLIDA: _l("Aviso interno de una derivación que no resultó"),
    Clave.RETIRO_DE_DATOS: _l("Aviso a una institución de que ya no puede usar los datos"),
    Clave.AVISO_RETIRO_DE_DATOS: _l("Aviso interno de datos que ya no se pueden usar"),
    Clave.SUPRESION_DE_DATOS: _l("Petición de suprimir datos, a una institución"),
    Clave.AVISO_SUPRESION_PROPUESTA: _l("Aviso interno de una supresión por confirmar"),
    Clave.AVISO_SUPRESION_ATRASADA: _l("Aviso interno de una supresión sin confirmar"),
    Clave.AVISO_SOLICITUD_DE_DERECHO: _l("Aviso interno de una solicitud de derechos"),
    Clave.AVISO_INCIDENTE: _l("Aviso interno de un incidente de datos"),
    Clave.INVITACION_CUENTA: _l("Invitación a una cuenta"),
    Clave.CLAVE_OLVIDADA: _l("Enlace para elegir otra clave"),
    Clave.AVISO_ACCESO_EXCEPCIONAL: _l("Aviso a la jefatura de un acceso excepcional"),
    Clave.AVISO_CITA_RESPONDIDA: _l("Aviso interno de lo que una persona contestó de su cita"),
    Clave.RESPUESTA_BAJA: _l("Respuesta a quien no quiere más mensajes"),
    Clave.RESPUESTA_ALTA: _l("Respuesta a quien quiere mensajes otra vez"),
    Clave.RESPUESTA_AYUDA: _l("Respuesta a quien pide ayuda"),
    Clave.CONSULTA_RED: _l("Pregunta a una institución: si sus datos siguen así"),
    Clave.AVISO_CONSULTA_RED: _l("Aviso interno de lo que respondió una institución"),
    Clave.AVISO_RESUMEN: _l("Resumen de avisos"),
    Clave.AVISO_SUSCRIPCION: _l("Aviso interno de una suscripción desactivada"),
    Clave.RESUMEN_DE_UNIDAD: _l("Resumen a una unidad"),
    Clave.CONFIRMAR_CORREO: _l("Enlace para confirmar el correo de una unidad"),
    Clave.AVISO_PRESUPUESTO: _l("Aviso interno de un presupuesto agotado"),
    Clave.PRUEBA_DE_PLANTILLA: _l("Prueba de una plantilla"),
    Clave.RETIRO_LISTO: _l("Aviso de que lo pedido está listo"),
    Clave.AVISO_GENERAL: _l("Aviso de la oficina"),
    Clave.HOJA_DE_ORIENTACION: _l("Hoja de orientación"),
}

CANALES: Mapping[Canal, LazyString] = {
    Canal.SMS: _l("Mensaje de texto"),
    Canal.CORREO: _l("Correo electrónico"),
}

ESTADOS: Mapping[Estado, LazyString] = {
    Estado.PROGRAMADA: _l("Por preparar"),
    Estado.LISTA: _l("En espera"),
    Estado.RESERVADA: _l("Enviándose"),
    Estado.ENTREGADA: _l("Enviado"),
    Estado.CONFIRMADA: _l("Llegó"),
    Estado.REBOTADA: _l("No llegó"),
    Estado.FALLIDA: _l("Falló"),
    Estado.VENCIDA: _l("Venció sin enviarse"),
    Estado.CANCELADA: _l("Cancelado"),
    Estado.SUPRIMIDA: _l("No se envía"),
    Estado.INCIERTA: _l("No se sabe si llegó"),
}

PRIORIDADES: Mapping[Prioridad, LazyString] = {
    Prioridad.URGENTE: _l("Urgente"),
    Prioridad.NORMAL: _l("Normal"),
    Prioridad.MASIVA: _l("Después de los demás"),
}

TONOS: Mapping[Estado, str] = {
    Estado.PROGRAMADA: "info",
    Estado.LISTA: "info",
    Estado.RESERVADA: "info",
    Estado.ENTREGADA: "bien",
    Estado.CONFIRMADA: "bien",
    Estado.REBOTADA: "mal",
    Estado.FALLIDA: "mal",
    Estado.VENCIDA: "aviso",
    Estado.CANCELADA: "neutro",
    Estado.SUPRIMIDA: "aviso",
    Estado.INCIERTA: "mal",
}

# Why it did or did not arrive, as an answer to whoever asks at the counter.
EXPLICACIONES: Mapping[Estado, LazyString] = {
    Estado.PROGRAMADA: _l("Se están pidiendo el idioma y el contacto para escribirlo."),
    Estado.LISTA: _l("Está escrito y espera su hora."),
    Estado.RESERVADA: _l("Se está enviando en este momento."),
    Estado.ENTREGADA: _l("Salió de la oficina: el proveedor lo recibió."),
    Estado.CONFIRMADA: _l("El proveedor avisó que llegó a su destino."),
    Estado.REBOTADA: _l(
        "Salió de la oficina, pero el proveedor avisó que no se pudo entregar: revise el teléfono "
        "o el correo de la persona."
    ),
    Estado.FALLIDA: _l("No se pudo enviar y no se volverá a intentar."),
    Estado.VENCIDA: _l("No alcanzó a salir a tiempo; enviarlo tarde confundiría."),
    Estado.CANCELADA: _l("Se canceló antes de salir."),
    Estado.SUPRIMIDA: _l("La oficina decidió no enviarlo."),
    Estado.INCIERTA: _l(
        "El envío se cortó a la mitad: pudo llegar o no. No se repite para no enviarlo dos veces; "
        "si importa, contacte a la persona."
    ),
}

MOTIVOS: Mapping[Motivo, LazyString] = {
    Motivo.MOMENTO_PASADO: _l("Su momento ya había pasado cuando se agendó la cita."),
    Motivo.NO_CONTACTAR: _l("La persona pidió que no la contacten."),
    Motivo.PERSONA_FALLECIDA: _l("La persona falleció: nada se le envía."),
    Motivo.CANAL_VEDADO: _l("Por su seguridad no se le escribe por las vías que tiene anotadas."),
    Motivo.FUERA_DE_SU_HORARIO: _l("La persona pidió que solo la contacten a otras horas."),
    Motivo.PREFIERE_LLAMADA: _l("La persona prefiere que la llamen: llámela."),
    Motivo.PERSONA_BLOQUEADA: _l("Los datos de la persona están bloqueados."),
    Motivo.PERSONA_SUPRIMIDA: _l("Los datos de la persona se suprimieron."),
    Motivo.SUPRESION_DECIDIDA: _l("Alguien decidió la supresión entretanto."),
    Motivo.SUPRESION_CONFIRMADA: _l("El servicio confirmó la supresión entretanto."),
    Motivo.CONSENTIMIENTO_RETIRADO: _l("La persona no quiere recordatorios de sus citas."),
    Motivo.SIN_CONTACTO: _l("No hay un teléfono celular ni un correo a donde escribir."),
    Motivo.INSTITUCION_SIN_CORREO: _l(
        "La institución no tiene correo en el directorio de la red: avísele por otra vía."
    ),
    Motivo.CITA_CANCELADA: _l("La cita se canceló."),
    Motivo.CITA_REPROGRAMADA: _l("La cita cambió de hora."),
    Motivo.CITA_TERMINADA: _l("La cita ya terminó."),
    Motivo.YA_LO_DICE_OTRO: _l(
        "Otro recordatorio de la misma cita dice lo mismo en ese mismo momento: sale uno solo."
    ),
    Motivo.REGLA_CAMBIADA: _l("La oficina cambió la regla que lo pide."),
    Motivo.REGLA_APAGADA: _l("La oficina apagó la regla que lo pidió."),
    Motivo.DERIVACION_NO_VIGENTE: _l("La derivación ya no espera respuesta."),
    Motivo.DERIVACION_DECIDIDA: _l("Ya se decidió cómo sigue el caso."),
    Motivo.ENLACE_NO_VIGENTE: _l("El enlace se usó, se revocó o fue reemplazado por otro."),
    Motivo.PLAZO_TERMINADO: _l("El plazo ya no corre."),
    Motivo.SOLICITUD_RESPONDIDA: _l("La solicitud ya se respondió, o alguien la tomó."),
    Motivo.INCIDENTE_ATENDIDO: _l("El incidente ya se atendió."),
    Motivo.EN_RESUMEN: _l("Va en el resumen de la mañana, como lo eligió quien lo recibe."),
    Motivo.CON_OTROS: _l("Va en un solo correo con los demás recordatorios a esa institución."),
    Motivo.NADA_QUE_RESUMIR: _l("Nada de lo que traía sigue pendiente."),
    Motivo.YA_NO_LE_CORRESPONDE: _l("Ya no le corresponde a quien se iba a avisar."),
    Motivo.VENTANA_CERRADA: _l("A esa hora no se escribe a nadie; espera a que se pueda."),
    Motivo.DATOS_NO_DISPONIBLES: _l("Otra parte de la oficina no respondió; se reintenta."),
    Motivo.PROVEEDOR_NO_DISPONIBLE: _l("El proveedor no estaba disponible."),
    Motivo.PROVEEDOR_RECHAZA: _l("El proveedor lo rechazó: revise la dirección."),
    Motivo.PROVEEDOR_SIN_RESPUESTA: _l("El proveedor no alcanzó a confirmar."),
    Motivo.ENVIO_INTERRUMPIDO: _l("El envío se interrumpió antes de llamar al proveedor."),
    Motivo.PROVEEDOR_EN_PAUSA: _l("Alguien puso en pausa al proveedor."),
    Motivo.PRESUPUESTO_AGOTADO: _l("Se agotó el presupuesto del día; espera al siguiente."),
    Motivo.LIMITE_DE_DESTINATARIO: _l("Esa dirección ya recibió los mensajes que se permiten."),
    Motivo.REBOTADO: _l("El proveedor no lo pudo entregar."),
    Motivo.DIRECCION_DE_BAJA: _l(
        "Desde ese número o correo se pidió no recibir más mensajes de esto: está en Bajas."
    ),
    Motivo.DIRECCION_REBOTA: _l(
        "Los correos a esa dirección vuelven: está en Bajas hasta que alguien la levante."
    ),
    Motivo.CADUCADO: _l("Pasó el momento en que servía."),
    Motivo.PEDIDO_CANCELADO: _l("Quien lo pidió lo canceló."),
}

PASOS: Mapping[Paso, LazyString] = {
    Paso.PREPARAR: _l("Se escribió"),
    Paso.MOVER: _l("Tomó otra hora de salida"),
    Paso.POSPONER: _l("Esperó"),
    Paso.RESERVAR: _l("Comenzó el envío"),
    Paso.DEVOLVER: _l("No salió todavía; se reintenta"),
    Paso.ENTREGAR: _l("El proveedor lo recibió"),
    Paso.FALLAR: _l("Falló"),
    Paso.VENCER: _l("Venció"),
    Paso.CANCELAR: _l("Se canceló"),
    Paso.SUPRIMIR: _l("Se decidió no enviarlo"),
    Paso.DUDAR: _l("Quedó en duda"),
    Paso.CONFIRMAR: _l("El proveedor avisó que llegó"),
    Paso.REBOTAR: _l("El proveedor avisó que no llegó"),
}

DESENLACES: Mapping[Desenlace | None, LazyString] = {
    Desenlace.ENTREGADO: _l("Lo recibió"),
    Desenlace.TRANSITORIO: _l("No pudo en ese momento"),
    Desenlace.DEFINITIVO: _l("Lo rechazó"),
    Desenlace.INCIERTO: _l("No se sabe si lo recibió"),
    None: _l("Se le está entregando"),
}


CAUSAS: Mapping[str, LazyString] = {
    Clave.RECORDATORIO_CITA: _l("Se agendó una cita, o cambió de hora."),
    Clave.DERIVACION_ENVIADA: _l("Se envió una derivación a una institución."),
    Clave.ENLACE_NUEVO: _l("Se pidió otro enlace para una institución."),
    Clave.RECORDATORIO_PLAZO: _l("A una institución le queda poco plazo."),
    Clave.CONFIRMAR_DERIVACION: _l("Una institución informó que cumplió una derivación."),
    Clave.AVISO_DERIVACION_CONTESTADA: _l("La persona contestó si la atendieron."),
    Clave.AVISO_PLAZO_POR_VENCER: _l("Un plazo del caso está por vencer."),
    Clave.AVISO_PLAZO_VENCIDO: _l("Un plazo del caso venció."),
    Clave.AVISO_DERIVACION_FALLIDA: _l("Una derivación del caso no resultó."),
    Clave.RETIRO_DE_DATOS: _l("Lo que se comunicó de una persona ya no se puede usar."),
    Clave.AVISO_RETIRO_DE_DATOS: _l("Lo que se comunicó de una persona ya no se puede usar."),
    Clave.SUPRESION_DE_DATOS: _l("Se suprimieron los datos de una persona."),
    Clave.AVISO_SUPRESION_PROPUESTA: _l("Se propuso suprimir datos."),
    Clave.AVISO_SUPRESION_ATRASADA: _l("Un servicio no ha confirmado una supresión."),
    Clave.AVISO_SOLICITUD_DE_DERECHO: _l("Una solicitud de derechos llegó o vence."),
    Clave.AVISO_INCIDENTE: _l("Alguien reportó un incidente, o uno de sus plazos vence."),
    Clave.INVITACION_CUENTA: _l("Se creó una cuenta."),
    Clave.CLAVE_OLVIDADA: _l("Alguien pidió otra clave para su cuenta."),
    Clave.AVISO_ACCESO_EXCEPCIONAL: _l("Alguien abrió un acceso excepcional."),
    Clave.AVISO_SUSCRIPCION: _l("Se dejó de enviar hechos al sistema de una unidad."),
    Clave.CONSULTA_RED: _l("Hace mucho que no se verifica un servicio de la red."),
    Clave.AVISO_CONSULTA_RED: _l("Una institución corrigió sus datos, o no respondió por ellos."),
    Clave.AVISO_RESUMEN: _l("Hay avisos que su lector recibe juntos."),
    Clave.AVISO_PRESUPUESTO: _l("Se usó todo lo que un día se puede gastar en mensajes."),
    Clave.RESUMEN_DE_UNIDAD: _l("Pasó algo que una unidad pidió saber."),
    Clave.CONFIRMAR_CORREO: _l("Una unidad pidió su resumen en ese correo."),
}
"""What made the office write each kind of message."""


class Lugar(StrEnum):
    """Where something can be mended."""

    PERSONA = "persona"
    RED = "red"
    BAJAS = "bajas"
    PROVEEDORES = "proveedores"
    RESUMEN = "resumen"


CONSEJOS: Mapping[Motivo, tuple[LazyString, Lugar | None]] = {
    Motivo.SIN_CONTACTO: (
        _l("Anote un celular o un correo en su ficha y pídalo otra vez."),
        Lugar.PERSONA,
    ),
    Motivo.PREFIERE_LLAMADA: (_l("Llame a la persona: así lo prefiere."), Lugar.PERSONA),
    Motivo.NO_CONTACTAR: (_l("No le escriba: dígaselo cuando venga."), None),
    Motivo.PERSONA_FALLECIDA: (
        _l("No hay que hacer nada; si se anotó por error, anúlelo en su ficha."),
        Lugar.PERSONA,
    ),
    Motivo.CANAL_VEDADO: (
        _l("Mire en su ficha cómo se la puede contactar, o dígaselo cuando venga."),
        Lugar.PERSONA,
    ),
    Motivo.FUERA_DE_SU_HORARIO: (
        _l("Mire en su ficha a qué horas se la puede contactar."),
        Lugar.PERSONA,
    ),
    Motivo.CONSENTIMIENTO_RETIRADO: (
        _l("Si ahora quiere recordatorios, anótelo en su ficha."),
        Lugar.PERSONA,
    ),
    Motivo.PERSONA_BLOQUEADA: (
        _l("Nadie debe usar sus datos: lo que aún sirva sale al levantarse el bloqueo."),
        None,
    ),
    Motivo.MOMENTO_PASADO: (
        _l("Si hace falta, dígaselo de otra manera o pídalo otra vez."),
        Lugar.PERSONA,
    ),
    Motivo.INSTITUCION_SIN_CORREO: (
        _l("Anote su correo en el directorio de la red y pídalo otra vez."),
        Lugar.RED,
    ),
    Motivo.PROVEEDOR_RECHAZA: (
        _l("Revise el número o el correo, corríjalo y pídalo otra vez."),
        Lugar.PERSONA,
    ),
    Motivo.REBOTADO: (
        _l("Revise el número o el correo, corríjalo y pídalo otra vez."),
        Lugar.PERSONA,
    ),
    Motivo.DIRECCION_DE_BAJA: (
        _l(
            "No le escriba ahí: dígaselo de otra manera. Si la persona quiere mensajes otra vez, "
            "levante la baja con el motivo y pídalo otra vez."
        ),
        Lugar.BAJAS,
    ),
    Motivo.PRESUPUESTO_AGOTADO: (
        _l(
            "Sale mañana, con el presupuesto del día. Si no puede esperar, dígaselo de otra "
            "manera, o pida a quien administra que suba el de hoy."
        ),
        Lugar.PROVEEDORES,
    ),
    Motivo.YA_LO_DICE_OTRO: (
        _l("No hay que hacer nada: lo dice el otro. Si dejan de coincidir, se pide de nuevo solo."),
        None,
    ),
    Motivo.REGLA_APAGADA: (_l("Si hace falta, dígaselo de otra manera."), None),
    Motivo.NADA_QUE_RESUMIR: (_l("No hay que hacer nada: no había qué decir."), None),
    Motivo.DIRECCION_REBOTA: (
        _l("Pregunte a la persona su correo, corríjalo en su ficha y pídalo otra vez."),
        Lugar.PERSONA,
    ),
    Motivo.PROVEEDOR_NO_DISPONIBLE: (_l("Pídalo otra vez, o avise de otra manera."), None),
    Motivo.PROVEEDOR_SIN_RESPUESTA: (_l("Pídalo otra vez, o avise de otra manera."), None),
    Motivo.DATOS_NO_DISPONIBLES: (_l("Pídalo otra vez, o avise de otra manera."), None),
    Motivo.CADUCADO: (_l("Ya no sirve. Si todavía hace falta, avise de otra manera."), None),
    Motivo.EN_RESUMEN: (_l("Está en el resumen que recibió su lector."), Lugar.RESUMEN),
    Motivo.CON_OTROS: (_l("No hay que hacer nada: está en el correo que reúne a varios."), None),
}
"""What somebody can do about a message that did not leave, and where."""


def nombre_de_caracter(c: str) -> str:
    """A character between guillemets, or by its code when nobody would see it."""
    if unicodedata.category(c)[0] in "CMZ":
        return str(gettext("el carácter U+%(codigo)s", codigo=f"{ord(c):04X}"))
    return f"«{c}»"
