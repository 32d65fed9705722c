"""The life of an incident: which states exist, which steps are allowed, what closing asks for."""

from collections.abc import Mapping
from enum import StrEnum


class Estado(StrEnum):
    """Where an incident is."""

    REPORTADO = "reportado"
    ABIERTO = "abierto"
    CERRADO = "cerrado"
    DESCARTADO = "descartado"


class Accion(StrEnum):
    """What the delegate does with it; its value is the last part of the address."""

    ABRIR = "abrir"
    DESCARTAR = "descartar"
    CLASIFICAR = "clasificar"
    MEDIDA = "medida"
    VINCULAR = "vincular"
    DESVINCULAR = "desvincular"
    DECIDIR = "decidir"
    AVISAR = "avisar"
    CERRAR = "cerrar"
    REABRIR = "reabrir"


E, A = Estado, Accion

PASOS: Mapping[Estado, Mapping[Accion, Estado]] = {
    E.REPORTADO: {A.ABRIR: E.ABIERTO, A.DESCARTAR: E.DESCARTADO},
    E.ABIERTO: {
        A.CLASIFICAR: E.ABIERTO,
        A.MEDIDA: E.ABIERTO,
        A.VINCULAR: E.ABIERTO,
        A.DESVINCULAR: E.ABIERTO,
        A.DECIDIR: E.ABIERTO,
        A.AVISAR: E.ABIERTO,
        A.CERRAR: E.CERRADO,
    },
    # What was in the register stays in it; more may come to light.
    E.CERRADO: {A.REABRIR: E.ABIERTO},
    E.DESCARTADO: {A.REABRIR: E.REPORTADO},
}

PENDIENTES = frozenset({Estado.REPORTADO, Estado.ABIERTO})
EN_EL_REGISTRO = frozenset({Estado.ABIERTO, Estado.CERRADO})
"""What the Agency may ask for: a suspicion that came to nothing is no breach."""


class Falta(StrEnum):
    """What keeps an incident from being closed."""

    MEDIDA = "medida"
    DECISION = "decision"
    AVISO = "aviso"


class Causa(StrEnum):
    """What happened, as whoever noticed it can say it."""

    ENVIO_EQUIVOCADO = "envio_equivocado"
    PERDIDA_O_ROBO = "perdida_o_robo"
    ACCESO_INDEBIDO = "acceso_indebido"
    CUENTA_COMPROMETIDA = "cuenta_comprometida"
    PROGRAMA_MALICIOSO = "programa_malicioso"
    PUBLICACION = "publicacion"
    DATOS_ALTERADOS = "datos_alterados"
    SIN_SERVICIO = "sin_servicio"
    OTRA = "otra"


class Naturaleza(StrEnum):
    """What of the data was harmed."""

    CONFIDENCIALIDAD = "confidencialidad"
    INTEGRIDAD = "integridad"
    DISPONIBILIDAD = "disponibilidad"


class Sistema(StrEnum):
    """Where it happened: a service of the office, or something around it."""

    IDENTIDAD = "identidad"
    CASOS = "casos"
    AGENDA = "agenda"
    NOTIFICACIONES = "notificaciones"
    REPORTES = "reportes"
    CORREO = "correo"
    EQUIPO = "equipo"
    PAPEL = "papel"
    TERCERO = "tercero"


class RiesgoParaPersonas(StrEnum):
    """What the people concerned may suffer from it."""

    BAJO = "bajo"
    MEDIO = "medio"
    ALTO = "alto"


class ClaseDeMedida(StrEnum):
    """What a measure is for."""

    CONTENER = "contener"
    PRECAVER = "precaver"


class Destinatario(StrEnum):
    """Who may have to be told."""

    AGENCIA = "agencia"
    PERSONAS = "personas"
    CSIRT = "csirt"


class MedioDeAviso(StrEnum):
    """How they were told."""

    SEDE_ELECTRONICA = "sede_electronica"
    CORREO = "correo"
    CARTA = "carta"
    TELEFONO = "telefono"
    EN_PERSONA = "en_persona"
    PUBLICACION = "publicacion"
