"""How what is said of the network reads."""

from collections.abc import Mapping
from enum import StrEnum

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from casos.red.consultas.states import EstadoConsulta, EstadoPregunta, MotivoDeNoCorregir
from casos.red.hsds.etiquetas import ESTADOS as _DE_CARGAS
from casos.red.hsds.models import EstadoCarga
from casos.red.models import FuenteDato, Papel, TipoSede
from casos.red.propuestas.states import EstadoPropuestaRed, MotivoDescarte
from casos.red.verificaciones.models import ClaseVerificacion

ETIQUETAS: Mapping[type[StrEnum], Mapping[str, LazyString]] = {
    TipoSede: {
        TipoSede.FISICA: _l("Un lugar al que se va"),
        TipoSede.A_DISTANCIA: _l("A distancia: por teléfono o en línea"),
    },
    Papel: {
        Papel.ATENCION: _l("Aquí se atiende"),
        Papel.INGRESO: _l("Aquí se pide la atención, que se da en otra parte"),
    },
    FuenteDato: {
        FuenteDato.OFICINA: _l("Lo anotó la oficina"),
        FuenteDato.INSTITUCION: _l("Lo dijo la institución"),
        FuenteDato.IMPORTACION: _l("Vino en un archivo"),
    },
    EstadoCarga: _DE_CARGAS,
    EstadoPropuestaRed: {
        EstadoPropuestaRed.PENDIENTE: _l("Por revisar"),
        EstadoPropuestaRed.ACEPTADA: _l("Aceptada"),
        EstadoPropuestaRed.UNIDA: _l("Unida a otro servicio"),
        EstadoPropuestaRed.DESCARTADA: _l("Descartada"),
    },
    ClaseVerificacion: {
        ClaseVerificacion.CAPACIDAD: _l("Cupo"),
        ClaseVerificacion.CONTACTO: _l("Horario y contacto"),
        ClaseVerificacion.SERVICIO: _l("Todo el servicio"),
    },
    EstadoConsulta: {
        EstadoConsulta.ABIERTA: _l("Espera respuesta"),
        EstadoConsulta.CONTESTADA: _l("Respondió por todo"),
        EstadoConsulta.SIN_RESPUESTA: _l("No respondió a tiempo"),
        EstadoConsulta.RETIRADA: _l("La oficina dejó de preguntar"),
    },
    EstadoPregunta: {
        EstadoPregunta.POR_CONTESTAR: _l("Sin respuesta"),
        EstadoPregunta.CONFORME: _l("Está bien"),
        EstadoPregunta.POR_REVISAR: _l("Corrección por revisar"),
        EstadoPregunta.ACEPTADA: _l("Corrección aceptada"),
        EstadoPregunta.DESCARTADA: _l("Corrección descartada"),
    },
    MotivoDeNoCorregir: {
        MotivoDeNoCorregir.NO_ES_ASI: _l("Se preguntó y no es así"),
        MotivoDeNoCorregir.YA_ESTABA: _l("El directorio ya lo decía"),
        MotivoDeNoCorregir.SE_CORRIGIO_A_MANO: _l("Se corrigió a mano"),
    },
    MotivoDescarte: {
        MotivoDescarte.NO_EXISTE: _l("No existe o ya no atiende"),
        MotivoDescarte.NO_ES_DE_LA_RED: _l("No se le puede derivar"),
        MotivoDescarte.POR_ERROR: _l("Se anotó por error"),
    },
}

DIAS: Mapping[str, LazyString] = {
    "MO": _l("Lunes"),
    "TU": _l("Martes"),
    "WE": _l("Miércoles"),
    "TH": _l("Jueves"),
    "FR": _l("Viernes"),
    "SA": _l("Sábado"),
    "SU": _l("Domingo"),
}
