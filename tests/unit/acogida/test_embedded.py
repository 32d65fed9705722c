"""The embedded office as one process, put together and not started."""

from pathlib import Path

from sqlalchemy import text
from werkzeug.test import Client

from acogida.embedded import Office
from acogida.services import db_of
from oficina.settings import SERVICES, Settings


def test_it_is_ready_when_every_service_is(tmp_path: Path) -> None:
    office = Office(Settings(data_dir=tmp_path, log_level="WARNING"))
    browser = Client(office)
    try:
        ready = browser.get("/readyz")
        with db_of(office.apps["agenda"]).engine.begin() as connection:
            connection.execute(text("DELETE FROM alembic_version"))
        unready = browser.get("/readyz")
    finally:
        for app in office.apps.values():
            db_of(app).close()

    assert ready.status_code == 200
    assert len(ready.json["partes"]) == len(SERVICES)  # type: ignore[index]  # it is an object
    assert unready.status_code == 503
    parts = unready.json["partes"]  # type: ignore[index]  # it is an object
    assert [name for name, passes in parts.items() if not passes] == ["agenda.base_de_datos"]
