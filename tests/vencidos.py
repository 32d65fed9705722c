"""Deadlines that are due on a day, each of a case of its own, as many as are wanted.

Most are told once, some have several stages to pass, one in a hundred closes a derivation that
nobody answered.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casos.consentimientos.models import BaseLicitud, Consentimiento, FormaConsentimiento
from casos.derivaciones.models import Derivacion
from casos.derivaciones.states import Estado
from casos.expedientes.models import Caso, TipoCaso
from casos.personas.models import Persona, PrecisionFecha
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.red.actions import sembrar
from casos.red.models import Modo, ServicioRed
from oficina import clock
from oficina.db import Database, uuid7
from oficina.rows import write_many

HOY = date(2026, 11, 26)
BATCH = 5_000

# (share in a hundred, clock, level told already, start): what is due of each on that day.
_KINDS = (
    (50, "evaluacion", 0, datetime(2026, 11, 12, 12, tzinfo=UTC)),  # 80
    (34, "verificacion", 80, datetime(2026, 11, 10, 12, tzinfo=UTC)),  # 100
    (15, "primer_contacto", 0, datetime(2026, 11, 16, 12, tzinfo=UTC)),  # 80, 100, 150
    (1, "recepcion", 150, datetime(2026, 11, 9, 12, tzinfo=UTC)),  # 200: the derivation expires
)
_OF_DERIVATIONS = {"verificacion": Estado.CUMPLIDA, "recepcion": Estado.ENVIADA}
STAGES: Mapping[str, int] = {
    "evaluacion": 1,
    "verificacion": 1,
    "primer_contacto": 3,
    "recepcion": 1,
}


def fill(db: Database, how_many: int) -> int:
    """Write them; how many facts are to be told of them."""
    with db.begin() as session:
        sembrar(session, demo=True)
    with db.read() as session:
        servicio = session.scalars(select(ServicioRed).limit(1)).one()
    kinds = [kind for kind in _KINDS for _one in range(kind[0])]
    told = 0
    for begin in range(0, how_many, BATCH):
        lot = [
            (number, *kinds[number * 37 % 100][1:])
            for number in range(begin, min(begin + BATCH, how_many))
        ]
        _write(db, lot, servicio)
        told += sum(STAGES[reloj] for _number, reloj, _nivel, _start in lot)
    return told


def _write(
    db: Database, lot: Sequence[tuple[int, str, int, datetime]], servicio: ServicioRed
) -> None:
    ids = {number: (uuid7(), uuid7(), uuid7()) for number, *_rest in lot}
    derived = [(number, reloj) for number, reloj, *_rest in lot if reloj in _OF_DERIVATIONS]
    with db.begin() as session:
        write_many(session, Persona, (_person(n, ids[n][0]) for n, *_rest in lot))
        write_many(session, Caso, (_case(n, *ids[n][:2]) for n, *_rest in lot))
        write_many(session, Consentimiento, (_basis(ids[n][0], ids[n][2]) for n, _r in derived))
        write_many(
            session, Derivacion, (_derivation(n, ids[n], reloj, servicio) for n, reloj in derived)
        )
        write_many(
            session,
            Plazo,
            (_clock(number, ids[number], *what) for number, *what in lot),
        )


def _person(number: int, person_id: UUID) -> Mapping[str, Any]:
    return {
        "id": person_id,
        "folio": f"P-2026-{number:06d}",
        "nombres": "Persona",
        "primer_apellido": "Inventada",
        "clave_nombre": "",
        "precision_fecha": PrecisionFecha.DESCONOCIDA,
        "registrada_en": clock.real_now(),
        "version": 1,
    }


def _case(number: int, person_id: UUID, case_id: UUID) -> Mapping[str, Any]:
    return {
        "id": case_id,
        "folio": f"OM-2026-{number:06d}",
        "persona_id": person_id,
        "tipo": TipoCaso.ORIENTACION_SOCIAL,
        "tema": "SOC",
        "abierto_en": clock.real_now(),
        "version": 1,
    }


def _basis(person_id: UUID, basis_id: UUID) -> Mapping[str, Any]:
    return {
        "id": basis_id,
        "persona_id": person_id,
        "finalidad": "derivacion",
        "base_licitud": BaseLicitud.FUNCION_LEGAL,
        "forma": FormaConsentimiento.VERBAL,
        "categorias": [],
        "registrado_por_id": person_id,
        "registrado_en": clock.real_now(),
    }


def _derivation(
    number: int, ids: tuple[UUID, UUID, UUID], reloj: str, servicio: ServicioRed
) -> Mapping[str, Any]:
    return {
        "id": ids[2],
        "folio": f"D-2026-{number:06d}",
        "caso_id": ids[1],
        "servicio_id": servicio.id,
        "institucion_id": servicio.institucion_id,
        "estado": _OF_DERIVATIONS[reloj],
        "modo": Modo.EN_LINEA,
        "prioridad": "normal",
        "base_licitud": BaseLicitud.FUNCION_LEGAL,
        "consentimiento_id": ids[2],
        "paquete": "{}",
        "creada_por_id": ids[0],
        "creada_en": clock.real_now(),
        "enviada_en": clock.real_now(),
        "version": 1,
    }


def _clock(
    number: int, ids: tuple[UUID, UUID, UUID], reloj: str, nivel: int, start: datetime
) -> Mapping[str, Any]:
    rules = reglas()
    rule = rules.relojes[reloj]
    start += timedelta(seconds=number % 28_000)
    end = rule.fin("normal", start)
    stage = rules.siguiente(reloj, nivel)
    if stage is None:
        raise AssertionError(f"{reloj} has no stage after {nivel}")
    return {
        "caso_id": ids[1],
        "derivacion_id": ids[2] if reloj in _OF_DERIVATIONS else None,
        "reloj": reloj,
        "prioridad": "normal",
        "reglas_version": rules.version,
        "estado": EstadoPlazo.CORRIENDO,
        "inicia_en": start,
        "vence_en": end,
        "nivel": nivel,
        "siguiente_nivel": stage.nivel,
        "siguiente_en": rule.momento(start, end, stage.nivel),
    }
