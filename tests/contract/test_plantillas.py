"""Templates in the database: who publishes, who reads, and what is forgotten, on both columns."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from columns import COLUMNS
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado, Paso
from notificaciones.plantillas import actions, vigentes
from notificaciones.plantillas.actions import Contenido
from notificaciones.plantillas.catalogo import Ajustes, Canal, Clave, Redaccion, de_fabrica
from notificaciones.plantillas.models import AJUSTES
from notificaciones.plantillas.vigentes import plantillas
from notificaciones.retencion import retencion
from oficina.actor import Actor
from oficina.clock import now, real_now
from oficina.db import Database, uuid7
from oficina.errors import VersionVencida
from oficina.privacy import Keyring, use_keyring

CITA = de_fabrica()[Clave.RECORDATORIO_CITA]
ACTOR = Actor.sistema("notificaciones")


@pytest.fixture(params=COLUMNS)
def db(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Database]:
    """The database of the messages, with what the program brings."""
    use_keyring(Keyring.load(tmp_path / "claves"))
    made = fresh_db(request.param, "notificaciones")
    for _vez in range(2):
        with made.begin() as session:
            actions.sembrar(session)
    # Whoever publishes does so in a request.
    with Flask("notificaciones").test_request_context():
        yield made


def _contenido(dias: int | None = None) -> Contenido:
    ajustes = Ajustes(**{campo: getattr(CITA, campo) for campo in AJUSTES})
    return Contenido(textos=CITA.textos, ajustes=replace(ajustes, retencion_dias=dias))


def test_quien_publica_sobre_lo_que_no_leyo_no_guarda_nada_y_otro_proceso_lo_usa(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigentes, "VIGENCIA", 0.0)
    otro = Database(db.engine.url.render_as_string(hide_password=False))
    try:
        with otro.read() as session:
            assert plantillas(session)[CITA.clave].version == CITA.version
        with db.begin() as session:
            actions.publicar(session, CITA.clave, _contenido(), ACTOR, 1)
        with pytest.raises(VersionVencida), otro.begin() as session:
            actions.publicar(session, CITA.clave, _contenido(), ACTOR, 1)
        with otro.read() as session:
            assert plantillas(session)[CITA.clave].version == CITA.version + 1
    finally:
        otro.close()


def test_se_olvida_a_los_dias_que_dice_la_version_con_que_se_escribio(db: Database) -> None:
    with db.begin() as session:
        version = actions.publicar(session, CITA.clave, _contenido(10), ACTOR, 1).numero
        for cual in (CITA.version, version):
            mensaje = Mensaje(
                id=uuid7(),
                clave_de_negocio=str(uuid7()),
                plantilla=CITA.clave,
                plantilla_version=cual,
                estado=Estado.PROGRAMADA,
                datos={},
                enviar_en=now(),
                creado_en=now(),
            )
            session.add(mensaje)
            session.flush()
            mensaje.preparar(Canal.CORREO, "a@personas.example", "es", Redaccion("es", "a", "b"))
            mensaje.estado = Estado.RESERVADA
            mensaje.anotar(Paso.RESERVAR)
            mensaje.entregar("pasarela", "1")
    clase = "notificaciones.mensaje.contenido"

    def olvidables(dias: int) -> int:
        return retencion.simular(db, real_now() + timedelta(days=dias))[clase]

    assert [olvidables(dias) for dias in (9, 11, 181)] == [0, 1, 2]
