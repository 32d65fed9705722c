"""What casos forgets by itself, and the closed cases about which a person decides."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from casos.conservacion.models import Conservacion
from casos.derivaciones.models import Derivacion, Enlace
from casos.derivaciones.states import Estado
from casos.expedientes.models import Caso
from casos.importacion.models import ArchivoImportado, Importacion
from casos.importacion.models import Estado as EstadoImportacion
from casos.retencion import retencion
from oficina.audit import Auditoria
from oficina.clock import real_now
from oficina.db import Database, uuid7
from oficina.retencion import alterados, certificados, periodos
from unit.casos.conftest import Ventanilla
from unit.casos.derivaciones.mundo import Mundo, base_de_datos, crear_mundo


def hace(clase: str, *, mas: int = 1) -> datetime:
    """A moment that is some days further back than a class is kept."""
    return periodos().clases[clase].limite(real_now()) - timedelta(days=mas)


@pytest.fixture
def mundo(tmp_path: Path) -> Iterator[Mundo]:
    with base_de_datos(tmp_path) as db:
        yield crear_mundo(db)


def _importacion(db: Database, estado: EstadoImportacion, **datos: Any) -> UUID:
    with db.begin() as session:
        una = Importacion(
            archivo="registro de Ana.xlsx",
            huella="h" * 64,
            estado=estado,
            actor_id=uuid7(),
            actor_nombre="Coordinación",
            filas=1,
            problemas='[{"motivo": "se lee «Ana»"}]',
            **{"creada_en": real_now(), **datos},
        )
        session.add(una)
        session.flush()
        if estado is EstadoImportacion.EN_REVISION:
            session.add(ArchivoImportado(importacion_id=una.id, contenido="QW5h"))
        return una.id


def test_registers_that_nobody_loaded_are_discarded_and_old_ones_emptied(mundo: Mundo) -> None:
    db = mundo.db
    vieja = hace("casos.importacion.sin_cargar")
    sin_cargar = _importacion(db, EstadoImportacion.EN_REVISION, creada_en=vieja)
    reciente = _importacion(db, EstadoImportacion.EN_REVISION)
    cargada = _importacion(
        db, EstadoImportacion.TERMINADA, terminada_en=hace("casos.importacion.problemas")
    )

    certificado = retencion.aplicar(db)

    assert certificado is not None
    assert {c: linea["cantidad"] for c, linea in certificado.borrado.items()} == {
        "casos.importacion.sin_cargar": 1,
        "casos.importacion.problemas": 1,
    }
    with db.read() as session:
        estados = {una.id: una.estado for una in session.scalars(select(Importacion))}
        archivos = session.scalars(select(ArchivoImportado.importacion_id)).all()
        vaciada = session.get_one(Importacion, cargada)
    assert estados[sin_cargar] is EstadoImportacion.DESCARTADA
    assert estados[reciente] is EstadoImportacion.EN_REVISION
    assert archivos == [reciente]
    assert (vaciada.archivo, vaciada.problemas, vaciada.filas) == ("", "[]", 1)
    assert retencion.aplicar(db) is None


def test_a_draft_that_was_left_is_taken_back_and_emptied_and_one_that_left_stays(
    mundo: Mundo,
) -> None:
    enviada, borrador = mundo.en(Estado.ENVIADA), mundo.preparar()
    vieja = hace("casos.derivacion.borrador")
    with mundo.db.begin() as session:
        session.execute(update(Derivacion).values(creada_en=vieja))

    certificado = retencion.aplicar(mundo.db)

    assert certificado is not None
    assert certificado.total == 1
    with mundo.db.read() as session:
        una = session.get_one(Derivacion, borrador)
        otra = session.get_one(Derivacion, enviada)
    assert (una.estado, una.contenido.datos, una.contenido.proposito) == (Estado.ANULADA, (), "")
    assert una.vaciada_en is not None
    assert otra.estado is Estado.ENVIADA
    assert otra.contenido.datos != ()
    assert retencion.aplicar(mundo.db) is None


def test_links_that_expired_long_ago_are_gone(mundo: Mundo) -> None:
    derivacion = mundo.en(Estado.ENVIADA)
    with mundo.db.begin() as session:
        for n, vence in enumerate((hace("casos.enlace"), real_now())):
            session.add(
                Enlace(
                    derivacion_id=derivacion,
                    token_hash=f"{n}" * 64,
                    creado_en=vence,
                    vence_en=vence,
                )
            )
    assert retencion.simular(mundo.db)["casos.enlace"] == 1

    retencion.aplicar(mundo.db)

    with mundo.db.read() as session:
        assert session.scalars(select(Enlace.token_hash)).all() == ["1" * 64]


def test_a_rehearsal_forgets_nothing(mundo: Mundo) -> None:
    vieja = hace("casos.importacion.sin_cargar")
    una = _importacion(mundo.db, EstadoImportacion.EN_REVISION, creada_en=vieja)

    assert retencion.simular(mundo.db)["casos.importacion.sin_cargar"] == 1

    with mundo.db.read() as session:
        assert session.get_one(Importacion, una).estado is EstadoImportacion.EN_REVISION
        assert certificados(session) == []


def test_certificates_are_chained_and_audited(mundo: Mundo) -> None:
    for _vez in range(3):
        vieja = hace("casos.importacion.sin_cargar")
        _importacion(mundo.db, EstadoImportacion.EN_REVISION, creada_en=vieja)
        assert retencion.aplicar(mundo.db) is not None

    with mundo.db.begin() as session:
        tres = certificados(session)
        auditadas = session.scalars(
            select(Auditoria.recurso_id).where(Auditoria.accion == "retencion.olvidar")
        ).all()
        assert alterados(tres) == []
        assert {uno.id for uno in tres} == set(auditadas)
        assert tres[0].anterior == tres[1].huella
        tres[1].borrado = {}
    with mundo.db.begin() as session:
        dos = certificados(session)
        assert [uno.id for uno in alterados(dos)] == [dos[1].id]
        session.delete(dos[1])
    with mundo.db.read() as session:
        assert [uno.id for uno in alterados(certificados(session))] == [dos[0].id]


def test_what_was_interrupted_goes_on_with_the_same_certificate(
    mundo: Mundo, monkeypatch: pytest.MonkeyPatch
) -> None:
    vieja = hace("casos.importacion.sin_cargar")
    for _una in range(3):
        _importacion(mundo.db, EstadoImportacion.EN_REVISION, creada_en=vieja)
    monkeypatch.setattr("oficina.retencion.LOTE", 1)
    assert retencion._lote(mundo.db, "casos.importacion.sin_cargar", real_now())

    # The process died here; another goes on.
    certificado = retencion.aplicar(mundo.db)

    assert certificado is not None
    assert certificado.total == 3
    with mundo.db.read() as session:
        assert len(certificados(session)) == 1


def _cerrado(ventanilla: Ventanilla) -> dict[str, Any]:
    caso = ventanilla.caso()
    dada = ventanilla.paso(caso, "orientaciones", tema="REG.TEMP", texto="Se le explicó")
    assert dada.status_code == 200
    cerrado = ventanilla.paso(
        caso, "cierre", motivo="resuelto_por_orientacion", resultado="logrado"
    )
    assert cerrado.status_code == 200, cerrado.text
    with ventanilla.db.begin() as session:
        session.execute(
            update(Caso)
            .where(Caso.id == UUID(caso["id"]))
            .values(cerrado_en=hace("casos.caso.cerrado"))
        )
    return caso


def test_an_old_closed_case_is_never_deleted_but_shown_to_somebody_who_decides(
    ventanilla: Ventanilla,
) -> None:
    caso = _cerrado(ventanilla)

    retencion.aplicar(ventanilla.db)
    pagina = ventanilla.pagina("/conservacion", "coordinacion")
    ajena = ventanilla.pagina("/conservacion", "profesional")
    vacia = ventanilla.enviar(f"/conservacion/{caso['id']}", {}, "coordinacion")
    decidida = ventanilla.enviar(
        f"/conservacion/{caso['id']}", {"motivo": "obligacion_legal"}, "coordinacion"
    )
    otra_vez = ventanilla.enviar(
        f"/conservacion/{caso['id']}", {"motivo": "obligacion_legal"}, "coordinacion"
    )

    assert caso["folio"] in pagina.text
    assert (ajena.status_code, vacia.status_code) == (403, 422)
    assert (decidida.status_code, otra_vez.status_code) == (303, 409)
    assert caso["folio"] not in ventanilla.pagina("/conservacion", "coordinacion").text
    assert "casos.caso.conservar" in ventanilla.auditadas(caso["id"])
    with ventanilla.db.begin() as session:
        assert session.get(Caso, UUID(caso["id"])) is not None
        # When what was decided has passed, it is asked again.
        session.execute(update(Conservacion).values(hasta=real_now() - timedelta(days=1)))
    assert caso["folio"] in ventanilla.pagina("/conservacion", "coordinacion").text
    with ventanilla.db.read() as session:
        assert session.scalar(select(func.count()).select_from(Conservacion)) == 1


def test_nobody_is_asked_about_a_case_that_goes_on(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso()
    datos = {"motivo": "obligacion_legal"}

    assert (
        ventanilla.enviar(f"/conservacion/{caso['id']}", datos, "coordinacion").status_code == 409
    )
    assert ventanilla.enviar(f"/conservacion/{uuid7()}", datos, "coordinacion").status_code == 404
