"""The environment is read once, whole, and the table in docs/ tells the truth about it."""

from dataclasses import fields
from pathlib import Path

import pytest

from oficina.settings import Settings, SettingsError, read_or_make_secret

TABLE = Path(__file__).parents[3] / "docs" / "configuracion.md"


def rows_of_the_settings() -> list[str]:
    rows = []
    for setting in fields(Settings):
        meta = setting.metadata
        default = "" if setting.default in {None, ""} else str(setting.default)
        default = {"False": "0", "True": "1"}.get(default, default)
        secret = "yes" if meta["secret"] else ""
        rows.append(f"| `{meta['variable']}` | {default} | {secret} | {meta['help']} |")
    return rows


def test_the_table_of_settings_is_true() -> None:
    written = [line for line in TABLE.read_text().splitlines() if line.startswith("| `")]
    assert written == rows_of_the_settings()


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"PORT": "ninety", "ACOGIDA_DEMO": "yes", "ACOGIDA_AMQP_URL": "http://x"})

    for variable in ("PORT", "ACOGIDA_DEMO", "ACOGIDA_AMQP_URL"):
        assert variable in str(caught.value)


def test_demo_never_listens_beyond_loopback() -> None:
    with pytest.raises(SettingsError, match="ACOGIDA_DEMO"):
        Settings.from_env({"ACOGIDA_DEMO": "1", "ACOGIDA_HOST": "0.0.0.0"})


def test_only_the_embedded_office_moves_its_dates() -> None:
    environ = {
        "ACOGIDA_FECHA": "2027-01-15",
        "ACOGIDA_AMQP_URL": "amqp://localhost",
        "ACOGIDA_DATABASE_URL": "postgresql://localhost/casos",
    }
    with pytest.raises(SettingsError, match="ACOGIDA_FECHA"):
        Settings.from_env(environ)


def test_a_secret_may_come_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "amqp"
    secret.write_text("amqp://user:word@rabbit/\n")
    environ = {
        "ACOGIDA_AMQP_URL_FILE": str(secret),
        "ACOGIDA_DATABASE_URL": "postgresql://db/{servicio}",
    }

    settings = Settings.from_env(environ)

    assert settings.amqp_url == "amqp://user:word@rabbit/"
    assert settings.database_for("casos") == "postgresql+psycopg://db/casos"


def test_each_service_may_have_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "url_casos").write_text("postgresql://casos:word@db/casos\n")

    settings = Settings.from_env({"ACOGIDA_DATABASE_URL_FILE": f"{tmp_path}/url_{{servicio}}"})

    assert settings.database_for("casos") == "postgresql+psycopg://casos:word@db/casos"
    with pytest.raises(SettingsError, match="url_agenda"):
        settings.database_for("agenda")


def test_a_missing_secret_file_is_named() -> None:
    with pytest.raises(SettingsError, match="ACOGIDA_AMQP_URL"):
        Settings.from_env({"ACOGIDA_AMQP_URL_FILE": "/nowhere/at/all"})


def test_a_made_secret_is_private_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "claves" / "servicios"

    made = read_or_make_secret(path)

    assert read_or_make_secret(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
