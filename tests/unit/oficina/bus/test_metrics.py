"""What waits is counted when somebody asks."""

from pathlib import Path

from prometheus_client import generate_latest

import columns
from oficina.bus import metrics
from oficina.bus.outbox import emitir
from oficina.db import Database, uuid7
from oficina.events.casos import CasoOrientado


def test_what_waits_is_counted_and_a_silent_database_is_left_out(tmp_path: Path) -> None:
    db = Database(columns.file_in(tmp_path, "casos"))
    without_tables = Database(f"sqlite:///{tmp_path}/agenda.db")
    metrics.observe("casos", db)
    metrics.observe("agenda", without_tables)
    with db.begin() as session:
        emitir(session, CasoOrientado(caso_id=uuid7(), tema="REG.TEMP"))

    told = generate_latest().decode()
    db.close()
    without_tables.close()

    assert 'acogida_outbox_pendientes{servicio="casos"} 1.0' in told
    assert 'acogida_inbox_muertos{consumidor="casos"} 0.0' in told
    assert 'acogida_outbox_pendientes{servicio="agenda"}' not in told
