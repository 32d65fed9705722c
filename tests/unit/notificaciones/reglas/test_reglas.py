"""Rules of reminders that the office writes: their versions, what waits, and the appointments that
come after.
"""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from notificaciones.mensajes.states import Estado, Motivo
from notificaciones.plantillas.catalogo import Canal
from notificaciones.reglas import actions, queries
from notificaciones.reglas.calculo import CanalDeRegla, IdiomaDeRegla, Razon, Ventana, planificar
from notificaciones.reglas.catalogo import reglas
from notificaciones.reglas.ejemplos import Caso, ejemplos
from notificaciones.reglas.models import Origen
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.clock import ZONA, local
from oficina.errors import DatosInvalidos, VersionVencida

LUNES = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
JUEVES_10_30 = datetime(2026, 11, 26, 13, 30, tzinfo=UTC)
ALGUIEN = Actor.sistema("notificaciones")
DOS_DIAS, TRES_HORAS = reglas().de_fabrica.values()
DE_VISPERA = replace(
    DOS_DIAS, nombre="La tarde anterior", antes_horas=24, a_las=time(18), margen_horas=12,
    caduca_antes_horas=1,
)  # fmt: skip
URL = "/notificaciones/reglas"


@pytest.fixture(autouse=True)
def _lunes(casa: Any) -> None:
    casa.ir_a(LUNES)


def _salen(casa: Any, **campos: Any) -> list[tuple[str, int, str]]:
    return [
        (uno.regla, uno.regla_version, f"{local(uno.enviar_en):%d %H:%M}")
        for uno in casa.mensajes(**campos)
        if uno.estado in {Estado.PROGRAMADA, Estado.LISTA}
    ]


def _cambiar(casa: Any, clave: str, dice: Any) -> None:
    with casa.db.begin() as session:
        actions.cambiar(session, clave, dice, ALGUIEN, _version(session, clave))


def _version(session: Session, clave: str) -> int:
    return queries.regla_por_clave(session, clave).version


def _forma(**campos: Any) -> dict[str, Any]:
    return {
        "nombre": "Una semana antes",
        "antes_horas": "168",
        "desde": "09:00",
        "hasta": "21:00",
        "vispera": "18:00",
        "margen_horas": "72",
        "caduca_antes_horas": "48",
        "canal": "preferido",
        "otra_via": "1",
        "idioma": "persona",
        "plantilla": "recordatorio_cita",
        "que": "guardar",
    } | campos


def test_una_oficina_nueva_tiene_las_que_trae_el_programa(casa: Any) -> None:
    with casa.db.read() as session:
        presentes = {una.clave: una for una in queries.reglas_de_cita(session)}

    assert {clave: una.dice for clave, una in presentes.items()} == reglas().de_fabrica
    assert {una.numero for una in presentes.values()} == {1}
    assert {una.ultima.origen for una in presentes.values()} == {Origen.FABRICA}


def test_lo_que_escribio_la_oficina_sobrevive_a_una_version_nueva(
    casa: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    _cambiar(casa, "cita_48h", replace(DOS_DIAS, antes_horas=72))
    nuevas = {
        "cita_48h": replace(DOS_DIAS, antes_horas=96),
        "cita_3h": replace(TRES_HORAS, antes_horas=4),
        "cita_7d": replace(DOS_DIAS, nombre="Una semana antes", antes_horas=168),
    }
    del_programa = replace(reglas(), de_fabrica=nuevas)
    monkeypatch.setattr("notificaciones.reglas.actions.reglas", lambda: del_programa)

    with casa.db.begin() as session:
        assert actions.sembrar(session) == 2
    with casa.db.begin() as session:
        assert actions.sembrar(session) == 0
        presentes = {una.clave: una for una in queries.reglas_de_cita(session)}

    assert presentes["cita_48h"].dice.antes_horas == 72
    assert (presentes["cita_3h"].dice.antes_horas, presentes["cita_3h"].numero) == (4, 2)
    assert presentes["cita_7d"].numero == 1


def test_un_cambio_vale_desde_entonces_y_mueve_lo_que_espera_si_se_pide(casa: Any) -> None:
    vieja = casa.cita(JUEVES_10_30 + timedelta(days=7))
    page = casa.oficina.entrar(casa.app, "coordinacion")
    escrita = _forma(nombre="Tres días antes", antes_horas="72", margen_horas="24",
                     caduca_antes_horas="12", version="1")  # fmt: skip

    mirada = page.post(f"{URL}/cita_48h/editar", data=escrita | {"que": "ver"})
    assert mirada.status_code == 200
    assert "1 mensaje que espera tomaría su nueva hora." in mirada.text
    assert _salen(casa, regla="cita_48h") == [("cita_48h", 1, "01 10:30")]

    assert page.post(f"{URL}/cita_48h/editar", data=escrita).status_code == 303
    nueva = casa.cita(JUEVES_10_30 + timedelta(days=14))
    assert _salen(casa, regla="cita_48h") == [
        ("cita_48h", 1, "01 10:30"),
        ("cita_48h", 2, "07 10:30"),
    ]
    assert "1 mensaje espera según lo que la regla decía antes" in page.get(f"{URL}/cita_48h").text

    assert page.post(f"{URL}/cita_48h/espera").status_code == 303
    casa.barrer()
    assert _salen(casa, regla="cita_48h") == [
        ("cita_48h", 2, "30 10:30"),
        ("cita_48h", 2, "07 10:30"),
    ]
    assert "decía antes" not in page.get(f"{URL}/cita_48h").text
    # The one that moved is still that appointment's only one: its facts move and cancel it.
    casa.reprogramar(vieja, JUEVES_10_30 + timedelta(days=8))
    assert len(_salen(casa, regla="cita_48h")) == 2
    for cita in (vieja, nueva):
        casa.cancelar(cita)
    assert _salen(casa) == []


def test_lo_que_ya_no_alcanza_su_nueva_hora_sale_a_la_que_tenia(casa: Any) -> None:
    casa.cita(JUEVES_10_30)
    page = casa.oficina.entrar(casa.app, "coordinacion")

    guardada = page.post(
        f"{URL}/cita_48h/editar",
        data=_forma(antes_horas="96", margen_horas="24", caduca_antes_horas="12", mover="1",
                    version="1"),
    )  # fmt: skip

    assert guardada.status_code == 303
    assert _salen(casa, regla="cita_48h") == [("cita_48h", 1, "24 10:30")]
    assert "De 1 la nueva hora ya pasó" in page.get(f"{URL}/cita_48h").text


def test_una_regla_apagada_no_pide_mas_y_lo_que_espera_se_puede_cancelar(casa: Any) -> None:
    cita = casa.cita(JUEVES_10_30)
    page = casa.oficina.entrar(casa.app, "coordinacion")

    page.post(f"{URL}/cita_3h/apagado", data={"version": "1"})
    casa.cita(JUEVES_10_30 + timedelta(days=1))
    assert [uno[0] for uno in _salen(casa)] == ["cita_48h", "cita_48h", "cita_3h"]
    assert "saldrá aunque esté apagada" in page.get(f"{URL}/cita_3h").text

    page.post(f"{URL}/cita_3h/retiro")
    (cancelado,) = casa.mensajes(regla="cita_3h")
    assert (cancelado.estado, cancelado.motivo) == (Estado.CANCELADA, Motivo.REGLA_APAGADA)

    page.post(f"{URL}/cita_3h/encendido", data={"version": "2"})
    casa.reprogramar(cita, JUEVES_10_30 + timedelta(hours=2))
    (otro,) = [uno for uno in casa.mensajes(regla="cita_3h") if uno.id != cancelado.id]
    assert (otro.regla_version, str(otro.cita_id)) == (3, cita)


def test_al_cambiar_de_hora_una_cita_no_queda_lo_de_una_regla_apagada(casa: Any) -> None:
    """It would wait for ever for an hour that the appointment has not any more."""
    cita = casa.cita(JUEVES_10_30)
    with casa.db.begin() as session:
        actions.apagar(session, "cita_48h", ALGUIEN, _version(session, "cita_48h"))

    casa.reprogramar(cita, JUEVES_10_30 + timedelta(days=1))

    (viejo,) = casa.mensajes(regla="cita_48h")
    assert (viejo.estado, viejo.motivo) == (Estado.CANCELADA, Motivo.CITA_REPROGRAMADA)


def test_una_regla_es_para_las_citas_de_sus_lugares(casa: Any) -> None:
    with casa.db.begin() as session:
        una = actions.crear(session, replace(DE_VISPERA, lugares=frozenset({"telefono"})), ALGUIEN)

    casa.cita(JUEVES_10_30)  # at the office
    assert {uno.regla for uno in casa.mensajes()} == {"cita_48h", "cita_3h"}

    _cambiar(casa, una.clave, replace(DE_VISPERA, lugares=frozenset({"oficina"})))
    casa.cita(JUEVES_10_30 + timedelta(days=1))
    assert _salen(casa, regla=una.clave) == [(una.clave, 2, "26 18:00")]


@pytest.mark.parametrize(
    ("cambio", "canal", "idioma"),
    [
        ({}, Canal.SMS, "ht"),
        ({"canal": CanalDeRegla.CORREO}, Canal.CORREO, "ht"),
        ({"idioma": IdiomaDeRegla.BASE}, Canal.SMS, "es"),
    ],
)
def test_una_regla_elige_la_via_y_el_idioma(
    casa: Any, cambio: dict[str, Any], canal: Canal, idioma: str
) -> None:
    _cambiar(casa, "cita_48h", replace(DOS_DIAS, **cambio)) if cambio else None
    casa.cita(JUEVES_10_30, casa.persona(correo="wideline@ejemplo.example"))
    casa.barrer()

    (mensaje,) = casa.mensajes(regla="cita_48h")

    assert (mensaje.canal, mensaje.idioma) == (canal, idioma)


def test_sin_la_via_que_pide_ni_permiso_para_la_otra_no_se_recuerda(casa: Any) -> None:
    _cambiar(casa, "cita_48h", replace(DOS_DIAS, canal=CanalDeRegla.CORREO, otra_via=False))
    casa.cita(JUEVES_10_30)  # who has a telephone alone
    casa.barrer()

    (mensaje,) = casa.mensajes(regla="cita_48h")

    assert (mensaje.estado, mensaje.motivo) == (Estado.SUPRIMIDA, Motivo.SIN_CONTACTO)


def test_lo_que_sale_espera_la_ventana_de_su_regla(casa: Any) -> None:
    """The one of the version that asked for it, not of today's, nor of other messages."""
    corta = Ventana(time(10), time(11), en_feriados=False)
    _cambiar(casa, "cita_48h", replace(DOS_DIAS, ventana=corta, vispera=time(10)))
    casa.cita(JUEVES_10_30)
    _cambiar(casa, "cita_48h", DOS_DIAS)
    casa.barrer()

    casa.ir_a(datetime(2026, 11, 24, 14, 30, tzinfo=UTC))  # 11:30 there, an hour late
    casa.barrer()

    (mensaje,) = casa.mensajes(regla="cita_48h")
    assert mensaje.estado is Estado.LISTA
    assert local(mensaje.enviar_en) == datetime(2026, 11, 25, 10, tzinfo=ZONA)


def test_la_pagina_dice_junto_al_campo_lo_que_se_contradice_y_no_guarda(casa: Any) -> None:
    page = casa.oficina.entrar(casa.app, "coordinacion")

    mal = page.post(f"{URL}/nueva", data=_forma(caduca_antes_horas="170"))
    gemela = page.post(
        f"{URL}/nueva", data=_forma(antes_horas="48", margen_horas="24", caduca_antes_horas="1")
    )

    assert mal.status_code == 422
    assert "Caducaría antes de salir" in mal.text
    assert gemela.status_code == 422
    assert "La regla «Dos días antes» sale en el mismo momento." in gemela.text
    assert page.get(URL).text.count(f"{URL}/propia_") == 0

    assert page.post(f"{URL}/nueva", data=_forma()).status_code == 303
    assert "Una semana antes" in page.get(URL).text
    # Two with the same moment cannot come about by turning one on either.
    with casa.db.begin() as session:
        actions.apagar(session, "cita_48h", ALGUIEN, _version(session, "cita_48h"))
        actions.crear(session, replace(DOS_DIAS, nombre="Otra"), ALGUIEN)
        with pytest.raises(DatosInvalidos):
            actions.encender(session, "cita_48h", ALGUIEN, _version(session, "cita_48h"))


def test_quien_leyo_otra_version_no_la_pisa(casa: Any) -> None:
    page = casa.oficina.entrar(casa.app, "coordinacion")
    _cambiar(casa, "cita_3h", replace(TRES_HORAS, antes_horas=4))

    vieja = page.post(f"{URL}/cita_3h/editar", data=_forma(version="1"))
    sin = page.post(f"{URL}/cita_3h/editar", data=_forma())

    assert vieja.status_code == 412
    assert sin.status_code == 422
    with casa.db.begin() as session, pytest.raises(VersionVencida):
        actions.apagar(session, "cita_3h", ALGUIEN, 1)


def test_la_historia_dice_quien_cambio_que_y_se_vuelve_a_la_del_programa(casa: Any) -> None:
    page = casa.oficina.entrar(casa.app, "coordinacion")
    page.post(f"{URL}/cita_3h/editar", data=_forma(nombre="Cuatro horas antes", antes_horas="4",
              margen_horas="1", caduca_antes_horas="0", version="1"))  # fmt: skip

    ficha = page.get(f"{URL}/cita_3h").text
    page.post(f"{URL}/cita_3h/fabrica", data={"version": "2"})

    assert "Cambió: nombre, horas antes de la cita." in " ".join(ficha.split())
    assert "Lo que trae el programa" in ficha
    with casa.db.read() as session:
        una = queries.regla_por_clave(session, "cita_3h")
        acciones = session.scalars(
            select(Auditoria.motivo_codigo).where(Auditoria.recurso_id == una.regla.id)
        ).all()
    assert una.dice == TRES_HORAS
    assert acciones == ["cita_3h/2", "cita_3h/3"]


def test_quien_puede_que(casa: Any) -> None:
    for rol, ver, escribir in (
        ("coordinacion", 200, 200),
        ("profesional", 200, 403),
        ("recepcion", 200, 403),
        ("analista", 403, 403),
    ):
        page = casa.oficina.entrar(casa.app, rol)
        assert page.get(f"{URL}/cita_48h").status_code == ver, rol
        assert page.get(f"{URL}/nueva").status_code == escribir, rol
        assert ("Cambiar" in page.get(f"{URL}/cita_48h").text) is (escribir == 200), rol


def test_por_api_lo_mismo(casa: Any) -> None:
    client, de = casa.app.test_client(), casa.oficina.bearer("coordinacion")
    dice = {**DE_VISPERA.escrito(), **DE_VISPERA.escrito()["ventana"]}
    dice.pop("ventana")

    muestra = client.post("/notificaciones/api/v1/reglas/ejemplos", json=dice, headers=de)
    hecha = client.post("/notificaciones/api/v1/reglas", json=dice, headers=de)
    url = f"/notificaciones/api/v1/reglas/{hecha.json['codigo']}"
    sin = client.put(url, json=dice, headers=de)
    con = de | {"If-Match": hecha.headers["ETag"]}
    otra = client.put(url, json=dice | {"a_las": "19:00"}, headers=con)
    pisada = client.put(url, json=dice, headers=con)
    mala = client.put(url, json=dice | {"hasta": "08:00"}, headers=de | {"If-Match": "*"})

    assert {uno["caso"] for uno in muestra.json} >= {"temprano", "tras_feriado"}
    assert (hecha.status_code, hecha.json["dice"]) == (201, dice)
    assert (sin.status_code, otra.status_code, pisada.status_code) == (428, 200, 412)
    assert (mala.status_code, set(mala.json["errors"])) == (422, {"hasta"})
    assert [una["numero"] for una in client.get(f"{url}/versiones", headers=de).json] == [2, 1]
    assert client.get(f"{url}/espera", headers=de).json == {"mueven": 0, "quedan": 0, "apagada": 0}
    apagada = client.post(f"{url}/apagado", headers=de | {"If-Match": otra.headers["ETag"]})
    assert apagada.json["activa"] is False
    recepcion = casa.oficina.bearer("recepcion")
    assert client.put(url, json=dice, headers=recepcion | {"If-Match": "*"}).status_code == 403


def test_los_ejemplos_son_lo_que_la_regla_haria() -> None:
    ahora = datetime(2026, 8, 31, 15, 0, tzinfo=UTC)
    propia = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)

    hechos = {uno.caso: uno for uno in ejemplos(TRES_HORAS, ahora, propia)}

    assert set(hechos) == set(Caso)
    for uno in hechos.values():
        assert uno.plan == planificar(TRES_HORAS, uno.inicia_en, ahora - timedelta(days=400))
    # At 08:30 the window opens too late: the eve.
    assert hechos[Caso.TEMPRANO].razon is Razon.VISPERA
    assert hechos[Caso.TARDE].razon is Razon.A_SU_HORA
    # Independence Day is a Friday: the Monday after; clocks change on Saturday, 5 September.
    assert local(hechos[Caso.TRAS_FERIADO].inicia_en).date().isoformat() == "2026-09-21"
    assert local(hechos[Caso.TRAS_CAMBIO_DE_HORA].inicia_en).date().isoformat() == "2026-09-07"
    assert hechos[Caso.PROPIO].inicia_en == propia
    assert not hechos[Caso.PROPIO].ya_paso
    assert {uno.ya_paso for uno in ejemplos(DOS_DIAS, ahora, propia)[:1]} == {True}
