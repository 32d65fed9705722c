"""The projection follows casos, whatever dies on the way; a report is made once and kept."""

import hashlib
import io
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pypdf
import pytest
from flask import Flask
from sqlalchemy import func, select, update

from oficina.actor import Actor
from oficina.clock import real_now
from oficina.db import Database
from oficina.env import Env
from oficina.events.casos import AtencionRegistrada
from reportes import actions, queries, tasks
from reportes.handlers import handlers
from reportes.meses import Mes
from reportes.models import INTENTOS, Fuente, Hecho, Informe
from reportes.states import Alcance, EstadoInforme

from .hechos import ABRIL, MAYO, Casos

QUIEN = Actor.sistema("reportes")
CINCO = Mes(2024, 5)


def _avisar(db: Database) -> None:
    """casos told that something happened."""
    hecho = AtencionRegistrada(atencion_id=uuid4(), canal="x", tema="SOC", anonima=True)
    (handler,) = handlers.matching(hecho.ce_type(), hecho.tipo)
    with db.begin() as session:
        handler(session, hecho, None)  # type: ignore[arg-type]  # this handler does not look at it


def _contados(db: Database) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(Hecho)) or 0


def _atenciones(db: Database, mes: Mes = CINCO) -> int | None:
    with db.read() as session:
        figuras = queries.figuras(session, mes, Alcance.INTERNO)
    return figuras.tablas["atenciones_por_nacionalidad"].total


def _pedir(db: Database, alcance: Alcance = Alcance.INTERNO) -> Informe:
    with db.begin() as session:
        return actions.pedir_informe(session, CINCO, alcance, QUIEN)


def test_lo_que_pasa_en_casos_se_cuenta(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(3)
    tasks.traer(env)
    casos.atenciones(4)

    _avisar(db)
    tasks.traer(env)

    assert _atenciones(db) == 7


def test_sin_aviso_reciente_no_se_pregunta_y_al_minuto_si(
    env: Env, casos: Casos, db: Database
) -> None:
    tasks.traer(env)
    casos.atenciones(2)

    tasks.traer(env)
    assert _contados(db) == 0
    with db.begin() as session:
        session.execute(update(Fuente).values(traido_en=real_now() - timedelta(minutes=2)))
    tasks.barrer(env)

    assert _contados(db) == 2


def test_mil_hechos_llegan_por_paginas(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(1234)

    tasks.traer(env)

    assert _contados(db) == 1234


def test_una_correccion_en_casos_corrige_la_cifra(env: Env, casos: Casos, db: Database) -> None:
    primera, *_ = casos.atenciones(3, nacionalidad="VEN")
    tasks.traer(env)
    casos.corregir(primera, nacionalidad="COL")

    _avisar(db)
    tasks.traer(env)

    with db.read() as session:
        tabla = queries.figuras(session, CINCO, Alcance.INTERNO).tablas[
            "atenciones_por_nacionalidad"
        ]
    assert (tabla.valor(("VEN",)), tabla.valor(("COL",)), tabla.total) == (2, 1, 3)


def test_una_derivacion_del_registro_que_se_borra_deja_de_contarse(
    env: Env, casos: Casos, db: Database
) -> None:
    primera, *_ = casos.atenciones(2, derivada_a="CAJ", resultado="cumplida")
    tasks.traer(env)
    assert _contados(db) == 4
    casos.corregir(primera, derivada_a=None)

    _avisar(db)
    tasks.traer(env)

    assert _contados(db) == 3


def test_casos_caido_no_pierde_el_aviso(
    env: Env, casos: Casos, db: Database, oficina: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    casos.atenciones(2)
    en_pie = dict(oficina.client._mounts)
    oficina.client._mounts.pop("casos")
    _avisar(db)
    tasks.traer(env)
    assert _contados(db) == 0

    oficina.client._mounts.update(en_pie)
    tasks.barrer(env)

    assert _contados(db) == 2


def test_una_pagina_que_otro_ya_leyo_no_se_escribe(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(1)
    tasks.traer(env)
    with db.read() as session:
        vieja = session.get_one(Fuente, "casos")
    with db.begin() as session:
        session.execute(update(Fuente).values(cursor="otro"))

    with db.begin() as session:
        escrita = actions.guardar_pagina(session, vieja, [], "tarde")

    assert not escrita
    with db.read() as session:
        assert session.get_one(Fuente, "casos").cursor == "otro"


def test_reconstruir_vuelve_a_contar_y_bota_lo_que_ya_no_existe(
    env: Env, casos: Casos, db: Database
) -> None:
    casos.atenciones(5)
    tasks.traer(env)
    with db.begin() as session:
        # A fact that casos does not know, and one that reportes has wrong.
        session.execute(update(Hecho).where(Hecho.id == _uno(db)).values(id=uuid4(), tema="X"))
        actions.reconstruir(session)
    assert _contados(db) == 5

    tasks.traer(env)

    with db.read() as session:
        temas = session.scalars(select(Hecho.tema)).all()
    assert temas == ["SOC"] * 5


def test_un_casos_restaurado_de_un_respaldo_se_lee_de_nuevo(
    env: Env, casos: Casos, db: Database
) -> None:
    casos.atenciones(3)
    tasks.traer(env)
    with db.begin() as session:
        adelante = "99999.00000000-0000-0000-0000-000000000000"
        session.execute(update(Fuente).values(cursor=adelante, pedidos=Fuente.pedidos + 1))

    tasks.traer(env)

    assert _contados(db) == 3
    with db.read() as session:
        assert session.get_one(Fuente, "casos").cursor != adelante


def test_leer_dos_veces_a_la_vez_cuenta_una(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(900)

    hilos = [threading.Thread(target=tasks.traer, args=(env,)) for _ in range(3)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    tasks.barrer(env)

    assert _contados(db) == 900


def test_un_informe_termina_en_un_pdf_accesible(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(12, nacionalidad="HTI", derivada_a="CAJ", resultado="cumplida")
    casos.atenciones(3, nacionalidad="VEN", tema="CON")
    casos.atenciones(4, cuando=ABRIL)
    tasks.traer(env)
    informe = _pedir(db)

    tasks.generar_informe(env, str(informe.id))

    with db.read() as session:
        hecho, pdf = queries.archivo(session, informe.id)
    assert (hecho.estado, hecho.progreso, hecho.intentos) == (EstadoInforme.LISTO, 100, 1)
    assert hecho.sha256 == hashlib.sha256(pdf).hexdigest()
    leido = pypdf.PdfReader(io.BytesIO(pdf))
    escrito = " ".join(pagina.extract_text() for pagina in leido.pages)
    assert "Informe mensual: mayo de 2024" in escrito
    assert "Uso interno: no publicar" in escrito
    assert "Haití 12 0 +12" in escrito
    assert "Convivencia vecinal" in escrito
    assert leido.metadata is not None
    assert leido.metadata.title == "Informe mensual: mayo de 2024"
    raiz: Any = leido.trailer["/Root"]
    assert raiz["/Lang"] == "es"
    assert raiz["/MarkInfo"]["/Marked"]


def test_un_informe_publicable_no_muestra_cifras_chicas(
    env: Env, casos: Casos, db: Database
) -> None:
    casos.atenciones(3, nacionalidad="CUB")
    casos.atenciones(40, nacionalidad="VEN")
    casos.atenciones(17, nacionalidad="HTI")
    tasks.traer(env)
    informe = _pedir(db, Alcance.PUBLICABLE)

    tasks.generar_informe(env, str(informe.id))

    with db.read() as session:
        _, pdf = queries.archivo(session, informe.id)
    escrito = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "Cuba reservado" in escrito
    assert "Haití reservado" in escrito
    assert "Venezuela 40" in escrito
    assert "Total 60" in escrito


def test_un_informe_a_medias_lo_retoma_el_barrido(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(1)
    tasks.traer(env)
    informe = _pedir(db)
    with db.begin() as session:
        assert actions.tomar_informe(session, informe.id) is not None  # and then: kill -9

    tasks.barrer(env)
    assert _estado(db, informe) is EstadoInforme.EN_PROCESO, "its lease is not over"
    with db.begin() as session:
        session.execute(update(Informe).values(tomado_hasta=real_now() - timedelta(seconds=1)))
    tasks.barrer(env)

    assert _estado(db, informe) is EstadoInforme.LISTO
    with db.read() as session:
        assert queries.informe(session, informe.id).intentos == 2


def test_un_informe_hecho_no_se_hace_de_nuevo(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(1)
    tasks.traer(env)
    informe = _pedir(db)
    tasks.generar_informe(env, str(informe.id))
    with db.read() as session:
        antes = queries.informe(session, informe.id).sha256

    tasks.generar_informe(env, str(informe.id))

    with db.read() as session:
        despues = queries.informe(session, informe.id)
    assert (despues.sha256, despues.intentos) == (antes, 1)


def test_un_informe_que_falla_siempre_se_da_por_fallido(
    env: Env, casos: Casos, db: Database
) -> None:
    casos.atenciones(1)
    tasks.traer(env)
    informe = _pedir(db)
    with db.begin() as session:
        session.execute(Hecho.__table__.delete())  # type: ignore[attr-defined]  # a plain table

    for _ in range(INTENTOS + 1):
        tasks.barrer(env)

    assert _estado(db, informe) is EstadoInforme.FALLIDO


def test_la_portada_de_la_aplicacion_nombra_lo_que_hace(app: Flask) -> None:
    tareas = set(app.extensions["celery"].tasks)

    assert {"reportes.traer", "reportes.barrer", "reportes.generar_informe"} <= tareas


def _uno(db: Database) -> Any:
    with db.read() as session:
        return session.scalar(select(Hecho.id).limit(1))


def _estado(db: Database, informe: Informe) -> EstadoInforme:
    with db.read() as session:
        return queries.informe(session, informe.id).estado


def test_el_mes_de_un_hecho_es_el_suyo(env: Env, casos: Casos, db: Database) -> None:
    casos.atenciones(2, cuando=MAYO)
    casos.atenciones(1, cuando=ABRIL)
    tasks.traer(env)

    assert (_atenciones(db), _atenciones(db, Mes(2024, 4))) == (2, 1)
