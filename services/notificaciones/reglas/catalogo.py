"""What reglas.json says: whom of the staff each notice is for, when what is no reminder may leave,
and the reminders that every office starts with.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from notificaciones.reglas.calculo import Recordatorio, Ventana, en_la_pared
from oficina.calendar_cl import siguiente_habil
from oficina.clock import local


@dataclass(frozen=True)
class Aviso:
    """Whom of the staff a notice is for: whoever answers for the case, and some roles; which roles
    instead when nobody answers for it; and which in the unit that the notice is about.
    """

    responsable: bool
    roles: frozenset[str]
    sin_responsable: frozenset[str] = frozenset()
    de_la_unidad: frozenset[str] = frozenset()

    @classmethod
    def de(cls, datos: Mapping[str, Any]) -> "Aviso":
        """The rule as it is written down."""
        return cls(
            datos["responsable"],
            frozenset(datos["roles"]),
            frozenset(datos.get("sin_responsable", ())),
            frozenset(datos.get("roles_de_la_unidad", ())),
        )


@dataclass(frozen=True)
class Resumen:
    """The digest of the staff: when it leaves on working days, which notices may wait for it, and
    which are urgent and never do.
    """

    hora: time
    se_resumen: frozenset[str]
    urgentes: frozenset[str]


@dataclass(frozen=True)
class Juntas:
    """When an institution is reminded of all that it has to answer, in one mail: at that hour of
    the next working day; when less than `margen` would be left of a deadline then, `espera` after
    its stage.
    """

    hora: time
    margen: timedelta
    espera: timedelta

    def sale_en(self, ahora: datetime, vence_en: datetime) -> datetime:
        """Until when a reminder of that deadline waits for others to the same institution."""
        hoy = local(ahora).date()
        dia = siguiente_habil(hoy)
        if en_la_pared(dia, self.hora) <= ahora:
            dia = siguiente_habil(hoy + timedelta(days=1))
        manana = en_la_pared(dia, self.hora)
        return manana if manana + self.margen <= vence_en else min(manana, ahora + self.espera)


@dataclass(frozen=True)
class Reglas:
    """One version of the rules.

    `ventana`: when messages leave that are no reminders and keep hours. `de_fabrica`: the reminders
    that every office starts with; what holds in an office is in its database. `prefijos_moviles`:
    by country code, how mobile numbers begin where the numbering plan does not tell them from fixed
    ones otherwise. `nivel_por_vencer`: the stage (percent) at which people are reminded of a
    deadline; `avisar_por_vencer`: who of the staff is, besides the institution whose turn it is;
    `recordatorio_a_institucion`: when that one is.
    `avisar_vencido`: the stages of a passed deadline and who is told. `derivacion_sin_enlace`:
    the ways of deriving in which an institution gets nothing. `derivacion_fallida`: who is told
    that a derivation ended badly; `palabra_de_derivacion`, what the person said of one, by what it
    was; `retiro_de_datos`, that an institution may not use any more
    what it was sent; `consulta_red`, that an institution corrects what is written of it, or did not
    answer whether it is so. `solicitud_de_derecho`: who is told of a request about somebody's data
    when it was received, is nearly late and is late. `incidente`: who is told of a breach of
    people's data when it was reported, is nearly late and is late. `acceso_excepcional`: who is
    told that somebody reads a reserved case by exception; `supresion_propuesta`, that an erasure
    waits to be confirmed; `supresion_atrasada`, that a service has not confirmed one;
    `suscripcion_desactivada`, that a unit's system gets nothing any more; `presupuesto_agotado`,
    that what a day may cost is used up; `respuesta_a_cita`, what a person answered about their
    appointment, by what they answered.
    """

    version: str
    ventana: Ventana
    de_fabrica: Mapping[str, Recordatorio]
    nivel_por_vencer: int
    relojes_de_institucion: frozenset[str]
    recordatorio_a_institucion: Juntas
    avisar_por_vencer: Aviso
    prefijos_moviles: Mapping[str, str]
    avisar_vencido: Mapping[int, Aviso]
    derivacion_sin_enlace: frozenset[str]
    derivacion_fallida: Aviso
    palabra_de_derivacion: Mapping[str, Aviso]
    retiro_de_datos: Aviso
    consulta_red: Aviso
    respuesta_a_cita: Mapping[str, Aviso]
    solicitud_de_derecho: Mapping[str, Aviso]
    incidente: Mapping[str, Aviso]
    acceso_excepcional: Aviso
    supresion_propuesta: Aviso
    supresion_atrasada: Aviso
    suscripcion_desactivada: Aviso
    presupuesto_agotado: Aviso
    resumen: Resumen


@cache
def reglas() -> Reglas:
    """The rules in force."""
    datos: dict[str, Any] = json.loads(
        (Path(__file__).parent / "reglas.json").read_text(encoding="utf-8")
    )
    return Reglas(
        version=datos["version"],
        ventana=Ventana.de(datos["ventana"]),
        de_fabrica={
            clave: Recordatorio.de(regla) for clave, regla in datos["recordatorios_de_cita"].items()
        },
        nivel_por_vencer=datos["plazo_por_vencer"]["nivel"],
        relojes_de_institucion=frozenset(datos["plazo_por_vencer"]["relojes_de_institucion"]),
        recordatorio_a_institucion=Juntas(
            time.fromisoformat(datos["recordatorio_a_institucion"]["hora"]),
            timedelta(hours=datos["recordatorio_a_institucion"]["margen_horas"]),
            timedelta(minutes=datos["recordatorio_a_institucion"]["espera_minutos"]),
        ),
        avisar_por_vencer=Aviso.de(datos["plazo_por_vencer"]),
        prefijos_moviles=datos["prefijos_moviles"],
        avisar_vencido={etapa["nivel"]: Aviso.de(etapa) for etapa in datos["plazo_vencido"]},
        derivacion_sin_enlace=frozenset(datos["derivacion_sin_enlace"]),
        derivacion_fallida=Aviso.de(datos["derivacion_fallida"]),
        respuesta_a_cita={
            respuesta: Aviso.de(aviso) for respuesta, aviso in datos["respuesta_a_cita"].items()
        },
        palabra_de_derivacion={
            palabra: Aviso.de(aviso) for palabra, aviso in datos["palabra_de_derivacion"].items()
        },
        consulta_red=Aviso.de(datos["consulta_red"]),
        retiro_de_datos=Aviso.de(datos["retiro_de_datos"]),
        solicitud_de_derecho={
            situacion: Aviso.de(aviso) for situacion, aviso in datos["solicitud_de_derecho"].items()
        },
        incidente={situacion: Aviso.de(aviso) for situacion, aviso in datos["incidente"].items()},
        acceso_excepcional=Aviso.de(datos["acceso_excepcional"]),
        supresion_propuesta=Aviso.de(datos["supresion_propuesta"]),
        supresion_atrasada=Aviso.de(datos["supresion_atrasada"]),
        suscripcion_desactivada=Aviso.de(datos["suscripcion_desactivada"]),
        presupuesto_agotado=Aviso.de(datos["presupuesto_agotado"]),
        resumen=Resumen(
            time.fromisoformat(datos["resumen"]["hora"]),
            frozenset(datos["resumen"]["se_resumen"]),
            frozenset(datos["resumen"]["urgentes"]),
        ),
    )
