"""Whether somebody who comes again is recognised: among invented people, noted down otherwise; and
how long it takes to find somebody among few and among a million (`_buscar`),
and to open the page of a case (`_pagina`); how long it takes to follow up deadlines (`_plazos`).

The people who come again and the changes are those of `programs/nombres.py`, always the same.
"""

import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import columns
from bench import _buscar, _pagina, _plazos
from bench.programs.nombres import Ficha, again, people
from bench.result import Result
from casos.personas.matching import Senas, parecidos
from casos.personas.models import (
    Contacto,
    Persona,
    PrecisionFecha,
    TipoContacto,
    indice_contacto,
)
from oficina.db import Database, uuid7
from oficina.privacy import Keyring, use_keyring

SEED = 20261126
KNOWN, AGAIN, STRANGERS = 20_000, 2_000, 1_000
BATCH = 2_000


def measure(*, peers: bool) -> Iterator[Result]:
    """Shares of those who come again who are suggested at all, and who come first; searches.

    BENCH_PERSONAS is how many a million is, for a quick look.
    """
    yield from _plazos.measure()
    yield from _pagina.measure()
    yield from _buscar.measure()
    lots = random.Random(SEED)
    with tempfile.TemporaryDirectory(prefix="acogida-bench-") as folder:
        use_keyring(Keyring.load(Path(folder) / "claves", make=True))
        db = Database(columns.file_in(Path(folder), "casos"))
        known = _register(db, list(people(lots, KNOWN)))
        chosen = lots.sample(sorted(known), AGAIN)
        found = first = told = 0
        with db.read() as session:
            for person_id in chosen:
                alike = parecidos(session, _senas(again(lots, known[person_id])))
                ids = [one.persona.id for one in alike]
                found += person_id in ids
                told += bool(ids)
                first += ids[:1] == [person_id]
            strangers = [
                bool(parecidos(session, _senas(one)))
                for one in people(lots, STRANGERS, first=KNOWN)
            ]
        db.close()
    among = f"of {AGAIN} noted down again, among {KNOWN} people"
    yield Result("match_recall", found / AGAIN, f"{among}: suggested")
    yield Result("match_precision", first / told, f"{among}: the first suggestion is the one")
    yield Result("match_strangers", sum(strangers) / STRANGERS, "of new people get a suggestion")


def _register(db: Database, everybody: list[Ficha]) -> dict[UUID, Ficha]:
    """Register them all; who is who."""
    now = datetime.now(UTC)
    known = {uuid7(): one for one in everybody}
    rows = [
        _row(number, person_id, one, now) for number, (person_id, one) in enumerate(known.items())
    ]
    for begin in range(0, len(rows), BATCH):
        with db.begin() as session:
            session.add_all(rows[begin : begin + BATCH])
    return known


def _row(number: int, person_id: UUID, one: Ficha, now: datetime) -> Persona:
    telephone = Contacto(
        tipo=TipoContacto.TELEFONO,
        valor=one.telefono,
        indice=indice_contacto(TipoContacto.TELEFONO, one.telefono),
        registrado_en=now,
    )
    person = Persona(
        id=person_id,
        folio=f"P-2026-{number:06d}",
        nombres=one.nombres,
        primer_apellido=one.primer_apellido,
        segundo_apellido=one.segundo_apellido,
        fecha_nacimiento=one.nacimiento,
        precision_fecha=_precision(one),
        registrada_en=now,
        documentos=[],
        contactos=[telephone],
        tokens=[],
    )
    person.indexar_nombre()
    return person


def _precision(one: Ficha) -> PrecisionFecha:
    return PrecisionFecha.EXACTA if one.nacimiento else PrecisionFecha.DESCONOCIDA


def _senas(one: Ficha) -> Senas:
    """What is compared of somebody at the desk."""
    return Senas.de(
        one.nombres,
        one.primer_apellido,
        one.segundo_apellido,
        nacimiento=one.nacimiento,
        precision=_precision(one),
        contactos=[indice_contacto(TipoContacto.TELEFONO, one.telefono)],
    )
