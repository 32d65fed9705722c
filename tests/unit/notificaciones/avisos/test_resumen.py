"""The digest of the staff: what waits for it, what never does, and each notice once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casos.expedientes.models import Caso
from casos.incidentes import actions as incidentes
from casos.incidentes.actions import Momento, NuevoReporte
from casos.incidentes.states import Causa
from casos.plazos import actions as plazos
from notificaciones import tasks
from notificaciones.avisos import actions
from notificaciones.avisos.models import Modo, PreferenciaDeAvisos
from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Clave
from notificaciones.plantillas.palabras import titulos_en_resumen
from notificaciones.reglas.catalogo import reglas
from oficina import clock
from oficina.bus.outbox import emitir
from oficina.clock import ZONA
from oficina.events.casos import PlazoVencido
from unit.casos.derivaciones.mundo import PROFESIONAL, Mundo

# The Immaculate Conception is Tuesday: after Monday's the next digest is Wednesday's.
LUNES = datetime(2026, 12, 7, 13, 0, tzinfo=UTC)
URL = "/notificaciones/mis-avisos"


def _alas(dia: int, hora: str) -> datetime:
    return datetime.fromisoformat(f"2026-12-{dia:02} {hora}").replace(tzinfo=ZONA)


@pytest.fixture(autouse=True)
def _responde(casa: Any, mundo: Mundo) -> None:
    """A professional answers for the case, and wants the digest."""
    casa.ir_a(LUNES)
    profesional = casa.oficina.funcionario("profesional")
    with casa.db_casos.begin() as session:
        session.get_one(Caso, mundo.caso_id).asignar(profesional.id, "Persona sintética")
    with casa.db.begin() as session:
        session.add(PreferenciaDeAvisos(funcionario_id=profesional.id, modo=Modo.RESUMEN))


def _vence(casa: Any, mundo: Mundo, reloj: str = "primer_contacto") -> None:
    """One more clock of the case passes its end, and whoever must know of it is told."""
    with mundo.db.begin() as session:
        plazo = plazos.iniciar(session, mundo.caso_id, reloj, "normal", LUNES)
    with casa.db_casos.begin() as session:
        emitir(
            session,
            PlazoVencido(
                caso_id=mundo.caso_id,
                plazo_id=plazo.id,
                reloj=plazo.reloj,
                vence_en=LUNES,
                nivel=100,
            ),
        )
    casa.circular()
    casa.barrer()


def _manana(casa: Any, momento: datetime) -> list[Any]:
    """The sweeps of that moment; the digests that there are then."""
    casa.ir_a(momento)
    tasks.resumir(casa.env)
    casa.barrer()
    resumenes: list[Any] = casa.mensajes(plantilla=Clave.AVISO_RESUMEN)
    return resumenes


def _del_profesional(casa: Any, **campos: Any) -> list[Any]:
    suyo = str(casa.oficina.funcionario("profesional").id)
    return [uno for uno in casa.mensajes(**campos) if uno.datos["funcionario_id"] == suyo]


def test_lo_de_un_dia_llega_junto_la_manana_del_dia_habil_siguiente(
    casa: Any, mundo: Mundo
) -> None:
    _vence(casa, mundo)
    _vence(casa, mundo, "evaluacion")
    avisos = _del_profesional(casa, plantilla=Clave.AVISO_PLAZO_VENCIDO)
    assert {(uno.estado, uno.motivo) for uno in avisos} == {(Estado.SUPRIMIDA, Motivo.EN_RESUMEN)}
    # Whoever coordinates chose nothing and is told at once.
    assert [uno.destino for uno in casa.mensajes(estado=Estado.ENTREGADA)] == [
        "coordinacion@oficina.example"
    ] * 2

    assert _manana(casa, _alas(7, "23:00")) == []
    assert _manana(casa, _alas(8, "09:00")) == []  # a holiday
    assert _manana(casa, _alas(9, "07:59")) == []
    (resumen,) = _manana(casa, _alas(9, "08:00"))

    assert (resumen.estado, resumen.destino) == (Estado.ENTREGADA, "profesional@oficina.example")
    assert resumen.asunto == "Sus avisos de hoy: 2"
    assert "Plazos vencidos: 2" in resumen.cuerpo
    assert f"/casos/expedientes/{mundo.caso_id} (2)" in resumen.cuerpo
    for dato in ("Marie", "Baptiste", "MIG-", "primer contacto"):
        assert dato not in resumen.cuerpo
    assert {uno.resumen_id for uno in _del_profesional(casa, motivo=Motivo.EN_RESUMEN)} == {
        resumen.id
    }


def test_cada_cual_lee_su_aviso_en_el_idioma_de_su_cuenta(casa: Any, mundo: Mundo) -> None:
    casa.lee_en("en", "coordinacion")
    page = casa.oficina.entrar(casa.app, "profesional")
    page.post(URL, data={"modo": "al_momento", "version": "1"})

    _vence(casa, mundo)

    dichos = {uno.destino: uno for uno in casa.mensajes(plantilla=Clave.AVISO_PLAZO_VENCIDO)}
    suyo, ajeno = dichos["coordinacion@oficina.example"], dichos["profesional@oficina.example"]
    assert (suyo.idioma_pedido, suyo.idioma) == ("en", "en")
    assert suyo.asunto.endswith(", passed deadline: the first contact")
    assert "the first contact was due on Monday 7 December 2026." in suyo.cuerpo
    assert (ajeno.idioma_pedido, ajeno.idioma) == ("es", "es")
    assert ajeno.asunto.endswith(", plazo vencido: el primer contacto")
    assert "el primer contacto debía estar el lunes 7 de diciembre de 2026." in ajeno.cuerpo


def test_el_resumen_esta_en_el_idioma_de_quien_lo_recibe_con_sus_titulos(
    casa: Any, mundo: Mundo
) -> None:
    casa.lee_en("en", "profesional")
    _vence(casa, mundo)

    (resumen,) = _manana(casa, _alas(9, "08:00"))

    assert (resumen.idioma_pedido, resumen.idioma) == ("en", "en")
    assert resumen.asunto == "Your notices of today: 1"
    assert "Passed deadlines: 1" in resumen.cuerpo
    assert "Plazos" not in resumen.cuerpo


def test_cada_aviso_va_en_un_resumen_y_sin_nada_no_hay_ninguno(casa: Any, mundo: Mundo) -> None:
    _vence(casa, mundo)
    assert len(_manana(casa, _alas(9, "08:05"))) == 1

    assert len(_manana(casa, _alas(9, "12:00"))) == 1
    assert len(_manana(casa, _alas(10, "08:05"))) == 1
    _vence(casa, mundo, "evaluacion")  # after the hour: tomorrow's
    assert len(_manana(casa, _alas(10, "09:00"))) == 1
    primero, segundo = _manana(casa, _alas(11, "08:05"))

    assert [uno.asunto for uno in (primero, segundo)] == ["Sus avisos de hoy: 1"] * 2
    assert primero.id != segundo.id


def test_lo_que_ya_no_le_corresponde_queda_fuera_y_si_era_todo_no_sale(
    casa: Any, mundo: Mundo
) -> None:
    """Asked anew when it is written: somebody else answers for the case by then."""
    _vence(casa, mundo)
    with casa.db_casos.begin() as session:
        session.get_one(Caso, mundo.caso_id).asignar(casa.contratar("otra", "profesional"), "Otra")

    (resumen,) = _manana(casa, _alas(9, "08:00"))

    assert (resumen.estado, resumen.motivo) == (Estado.SUPRIMIDA, Motivo.NADA_QUE_RESUMIR)
    assert resumen.cuerpo is None


@pytest.mark.parametrize(
    ("modo", "en_resumen"), [(Modo.RESUMEN, False), (Modo.RESUMEN_Y_URGENTES, True)]
)
def test_lo_urgente_sale_siempre_al_momento(casa: Any, modo: Modo, *, en_resumen: bool) -> None:
    delegada = casa.oficina.funcionario("delegado_datos").id
    with casa.db.begin() as session:
        session.add(PreferenciaDeAvisos(funcionario_id=delegada, modo=modo))
    ahora = clock.local(clock.now())
    nuevo = NuevoReporte(
        causa=Causa.PERDIDA_O_ROBO,
        relato="Se perdió una carpeta de la señora Wideline",
        conocido=Momento(dia=ahora.date(), hora=ahora.time()),
    )
    with casa.db_casos.begin() as session:
        incidente = incidentes.reportar(session, nuevo, PROFESIONAL, clock.now()).id
    casa.circular()
    casa.barrer()

    (aviso,) = casa.mensajes(plantilla=Clave.AVISO_INCIDENTE)
    resumenes = _manana(casa, _alas(9, "08:00"))

    assert (aviso.estado, aviso.en_resumen) == (Estado.ENTREGADA, en_resumen)
    assert len(resumenes) == en_resumen
    for uno in resumenes:
        assert f"Incidentes de datos: 1\n\n{casa.env.settings.base_url}" in uno.cuerpo
        assert f"/casos/incidentes/{incidente}" in uno.cuerpo
        assert "Wideline" not in uno.cuerpo


def test_todo_lo_que_va_en_un_resumen_tiene_su_titulo_y_nada_es_de_las_dos_clases() -> None:
    clases = reglas().resumen

    assert not clases.se_resumen & clases.urgentes
    for titulos in titulos_en_resumen().values():
        assert clases.se_resumen | clases.urgentes <= set(titulos)
    assert {Clave.AVISO_ACCESO_EXCEPCIONAL, Clave.AVISO_INCIDENTE} <= clases.urgentes
    assert Clave.AVISO_SUPRESION_PROPUESTA in clases.urgentes


def test_un_resumen_lo_lee_solo_quien_lo_recibe(casa: Any, mundo: Mundo) -> None:
    _vence(casa, mundo)
    (resumen,) = _manana(casa, _alas(9, "08:00"))

    for rol, ve in (("profesional", 200), ("coordinacion", 404)):
        page = casa.oficina.entrar(casa.app, rol)
        assert page.get(f"/notificaciones/{resumen.id}").status_code == ve, rol
        assert ("Resumen de avisos</a>" in page.get("/notificaciones/salida").text) is (ve == 200)


def test_cada_cual_elige_lo_suyo_en_su_pagina(casa: Any, mundo: Mundo) -> None:
    page = casa.oficina.entrar(casa.app, "profesional")
    leida = page.get(URL).text
    assert 'value="resumen" checked' in leida

    assert page.post(URL, data={"modo": "al_momento", "version": "1"}).status_code == 303
    vieja = page.post(URL, data={"modo": "resumen", "version": "1"})
    sin = page.post(URL, data={"version": "2"})
    _vence(casa, mundo)

    assert vieja.status_code == 412
    assert (sin.status_code, "Elija una opción." in sin.text) == (422, True)
    (aviso,) = _del_profesional(casa, plantilla=Clave.AVISO_PLAZO_VENCIDO)
    assert aviso.estado is Estado.ENTREGADA
    assert casa.oficina.entrar(casa.app, "recepcion").get(URL).status_code == 403


def test_por_api_lo_mismo(casa: Any) -> None:
    client, de = casa.app.test_client(), casa.oficina.bearer("coordinacion")
    url = "/notificaciones/api/v1/mis-avisos"

    nunca = client.get(url, headers=de)
    con = de | {"If-Match": nunca.headers["ETag"]}
    elegida = client.put(url, json={"modo": "resumen_y_urgentes"}, headers=con)

    assert nunca.json == {"modo": "al_momento"}
    assert (elegida.status_code, elegida.json) == (200, {"modo": "resumen_y_urgentes"})
    assert client.put(url, json={"modo": "resumen"}, headers=con).status_code == 412
    assert (
        client.put(url, json={"modo": "nunca"}, headers=de | {"If-Match": "*"}).status_code == 422
    )


def test_dos_que_resumen_a_la_vez_hacen_un_resumen(casa: Any, mundo: Mundo) -> None:
    _vence(casa, mundo)
    ahora = _alas(9, "08:00").astimezone(UTC)

    hechos = actions.resumir(casa.db, ahora)

    assert len(hechos) == 1
    assert actions.resumir(casa.db, ahora + timedelta(minutes=1)) == []
