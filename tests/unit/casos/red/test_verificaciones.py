"""How long what was asked of the network holds: told once a due date, listed, and marked."""

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.conftest import Oficina

from casos.red.models import Capacidad, ContactoRed, EstadoServicio, ServicioRed
from casos.red.verificaciones import tasks
from casos.red.verificaciones.models import AvisoDeVerificacion, ClaseVerificacion
from casos.red.verificaciones.tasks import seguir_verificaciones
from casos.red.verificaciones.vigencia import reglas, vencidas
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox

VENCIDA = "casos.servicio.verificacion_vencida"
HOY = date(2026, 11, 26)
# Each test has services of its own.
DE_OTRAS = {
    *("DIDECO.SOCIAL", "DIDECO.RSH", "OLN.PROTECCION", "SJM.LEGAL", "OMIL.EMPLEO"),
    "MUJER.ACOMPANAMIENTO",
}
CAPACIDAD, CONTACTO, SERVICIO = ClaseVerificacion


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with its network; each test has services of its own."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        yield made


def _servicio(casos: Casos, codigo: str, **campos: Any) -> str:
    """A service of the network as it is when so many days have gone by."""
    with casos.db.begin() as session:
        uno = session.scalars(select(ServicioRed).where(ServicioRed.codigo == codigo)).one()
        for campo, valor in campos.items():
            setattr(uno, campo, valor)
        return str(uno.id)


def _hace(dias: int) -> date:
    return clock.today() - timedelta(days=dias)


def _dichos(casos: Casos, servicio_id: str) -> list[dict[str, Any]]:
    with casos.db.read() as session:
        consulta = (
            select(Outbox)
            .where(Outbox.agregado == f"servicio/{servicio_id}", Outbox.tipo == VENCIDA)
            .order_by(Outbox.secuencia)
        )
        return [fila.cuerpo["data"] for fila in session.scalars(consulta)]


def _clases(casos: Casos, servicio_id: str) -> list[tuple[str, str]]:
    return [(uno["clase"], uno["vence_el"]) for uno in _dichos(casos, servicio_id)]


def _listados(casos: Casos, consulta: str = "") -> dict[str, list[str]]:
    hecho = casos.api("coordinacion", "GET", f"/red/por-verificar{consulta}")
    assert hecho.status_code == 200, hecho.text
    return {
        uno["servicio"]["codigo"]: [una["clase"] for una in uno["vencidas"]]
        for uno in hecho.json["por_verificar"]
    }


# The rule


def test_los_dias_de_cada_clase_son_datos_con_version_y_fuente() -> None:
    datos = json.loads(
        (files("casos.red.verificaciones") / "reglas.json").read_text(encoding="utf-8")
    )

    assert datos["fuente"]
    assert set(datos["dias"]) == {clase.value for clase in ClaseVerificacion}
    assert reglas().version == datos["version"]
    assert reglas().dias[CAPACIDAD] < reglas().dias[CONTACTO] < reglas().dias[SERVICIO]


def _red(**campos: Any) -> ServicioRed:
    escrito = datetime.combine(HOY - timedelta(days=1000), time(12), UTC)
    return ServicioRed(**({"actualizado_en": escrito, "capacidad": Capacidad.CON_CUPO} | campos))


def _antes(clase: ClaseVerificacion, mas: int = 0) -> date:
    return HOY - timedelta(days=reglas().dias[clase] + mas)


@pytest.mark.parametrize(
    ("campos", "esperadas"),
    [
        # What lapses does so on the day itself, and not the day before.
        ({"verificado_el": HOY, "capacidad_el": _antes(CAPACIDAD)}, []),
        ({"verificado_el": _antes(CAPACIDAD, -1)}, []),
        ({"verificado_el": _antes(CAPACIDAD)}, [CAPACIDAD]),
        ({"verificado_el": _antes(CAPACIDAD), "capacidad_el": HOY}, []),
        ({"verificado_el": _antes(CONTACTO), "capacidad_el": HOY}, [CONTACTO]),
        # The hours alone say nothing of the rest.
        (
            {"verificado_el": _antes(SERVICIO), "contacto_verificado_el": HOY, "capacidad_el": HOY},
            [SERVICIO],
        ),
        ({"verificado_el": _antes(SERVICIO)}, [CAPACIDAD, CONTACTO, SERVICIO]),
        # Places of which nobody said anything do not lapse.
        ({"verificado_el": _antes(CONTACTO), "capacidad": Capacidad.DESCONOCIDA}, [CONTACTO]),
        # Until somebody asks, since it was written.
        ({"capacidad": Capacidad.DESCONOCIDA}, [CONTACTO, SERVICIO]),
        ({"capacidad": Capacidad.DESCONOCIDA, "actualizado_en": None}, []),
    ],
)
def test_cada_clase_vence_a_su_tiempo(
    campos: dict[str, Any], esperadas: list[ClaseVerificacion]
) -> None:
    assert {una.clase for una in vencidas(_red(**campos), HOY)} == set(esperadas)


def test_lo_que_vencio_antes_va_antes() -> None:
    debidas = vencidas(_red(verificado_el=_antes(SERVICIO)), HOY)

    assert [una.vence_el for una in debidas] == sorted(una.vence_el for una in debidas)
    assert debidas[-1].vence_el == HOY


# The sweep


def test_cada_vencimiento_se_dice_una_vez_y_solo_con_ids(casos: Casos) -> None:
    env = casos.app.extensions["env"]
    uno = _servicio(casos, "DIDECO.SOCIAL", verificado_el=_hace(100))

    seguir_verificaciones(env)
    seguir_verificaciones(env)

    (dicho,) = _dichos(casos, uno)
    assert dicho["clase"] == "contacto"
    assert dicho["vence_el"] == str(_hace(10))
    assert set(dicho) == {"servicio_id", "institucion_id", "clase", "vence_el"}

    # Another kind lapses later: only that one is told.
    _servicio(casos, "DIDECO.SOCIAL", verificado_el=_hace(180), contacto_verificado_el=_hace(100))
    seguir_verificaciones(env)
    assert _clases(casos, uno)[1:] == [("servicio", str(_hace(0)))]

    # Asked again, and forgotten again: another due date.
    verificado = casos.api(
        "coordinacion", "POST", f"/red/servicios/{uno}/verificacion", **COMO_ESTE
    )
    assert verificado.status_code == 200
    seguir_verificaciones(env)
    assert len(_dichos(casos, uno)) == 2
    _servicio(casos, "DIDECO.SOCIAL", verificado_el=_hace(95), contacto_verificado_el=None)
    seguir_verificaciones(env)
    assert _clases(casos, uno)[2:] == [("contacto", str(_hace(5)))]


def test_decirlo_no_cambia_la_version_que_alguien_corrige(casos: Casos) -> None:
    uno = _servicio(casos, "DIDECO.RSH", verificado_el=_hace(100))
    antes = casos.api("coordinacion", "GET", f"/red/servicios/{uno}").headers["ETag"]

    seguir_verificaciones(casos.app.extensions["env"])

    assert len(_dichos(casos, uno)) == 1
    assert casos.api("coordinacion", "GET", f"/red/servicios/{uno}").headers["ETag"] == antes


def test_de_lo_que_no_se_usa_no_se_dice_nada(casos: Casos) -> None:
    uno = _servicio(
        casos, "OLN.PROTECCION", verificado_el=_hace(400), estado=EstadoServicio.SUSPENDIDO
    )

    seguir_verificaciones(casos.app.extensions["env"])

    assert _dichos(casos, uno) == []
    assert "OLN.PROTECCION" not in _listados(casos)


def test_un_lote_que_se_corta_no_pierde_ni_repite(
    casos: Casos, monkeypatch: pytest.MonkeyPatch
) -> None:
    env = casos.app.extensions["env"]
    with casos.db.begin() as session:
        en_uso = [
            uno
            for uno in session.scalars(select(ServicioRed).order_by(ServicioRed.id))
            if uno.codigo not in DE_OTRAS
        ][-5:]
        for uno in en_uso:
            uno.verificado_el = _hace(130)
        # What cannot be written down cuts the second batch short.
        roto, ids = en_uso[3].id, [str(uno.id) for uno in en_uso]
    monkeypatch.setattr(tasks, "LOTE", 2)
    with casos.db.begin() as session:
        session.connection().exec_driver_sql(
            "CREATE TRIGGER corte BEFORE INSERT ON avisos_de_verificacion"
            f" WHEN NEW.servicio_id = '{roto.hex}' BEGIN SELECT RAISE(ABORT, 'cut'); END"
        )
    with pytest.raises(Exception, match="cut"):
        seguir_verificaciones(env)
    a_medias = sum(len(_dichos(casos, uno)) for uno in ids)
    with casos.db.begin() as session:
        session.connection().exec_driver_sql("DROP TRIGGER corte")

    seguir_verificaciones(env)
    seguir_verificaciones(env)

    assert 0 < a_medias < len(ids)
    assert [_clases(casos, uno) for uno in ids] == [[("contacto", str(_hace(40)))]] * len(ids)
    with casos.db.read() as session:
        filas = select(func.count()).where(
            AvisoDeVerificacion.servicio_id.in_([UUID(uno) for uno in ids])
        )
        assert session.scalar(filas) == len(ids)


# The list


def test_la_lista_dice_a_quien_llamar_y_los_botones_la_acortan(casos: Casos) -> None:
    uno = _servicio(
        casos,
        "SJM.LEGAL",
        verificado_el=_hace(200),
        capacidad=Capacidad.CON_CUPO,
        capacidad_el=_hace(30),
    )
    with casos.db.begin() as session:
        institucion = session.get_one(ServicioRed, UUID(uno)).institucion_id
        session.add(
            ContactoRed(
                institucion_id=institucion,
                nombre="Mesa Sintética",
                telefono="+56 2 0000 0099",
                correo="mesa@sjm.example",
            )
        )
    lista = f"/casos/red/por-verificar?institucion_id={institucion}"
    quien = casos.como("coordinacion")

    pagina = quien.get(lista).text
    for dicho in ("Mesa Sintética", "+56 2 0000 0099", "Cupo", "Horario y contacto", "Todo el"):
        assert dicho in pagina, dicho
    assert set(_listados(casos)["SJM.LEGAL"]) == {"capacidad", "contacto", "servicio"}

    def verificar(cual: str) -> Any:
        with casos.db.read() as session:
            version = session.get_one(ServicioRed, UUID(uno)).version
        datos = {"version": version, "volver": "por-verificar"}
        return quien.post(f"/casos/red/servicios/{uno}/verificacion{cual}", data=datos)

    hecho = verificar("/contacto")
    assert (hecho.status_code, hecho.location) == (303, "/casos/red/por-verificar")
    assert set(_listados(casos)["SJM.LEGAL"]) == {"capacidad", "servicio"}
    assert verificar("").status_code == 303
    assert "SJM.LEGAL" not in _listados(casos)
    with casos.db.read() as session:
        hechas = select(Auditoria.accion).where(Auditoria.recurso_id == UUID(uno))
        assert {"casos.red.verificar", "casos.red.verificar_contacto"} <= set(
            session.scalars(hechas)
        )


def test_quien_verifica_sobre_lo_que_otro_cambio_no_lo_hace(casos: Casos) -> None:
    uno = _servicio(casos, "SJM.LEGAL")
    datos = {"version": 0}
    vencida = casos.como("coordinacion").post(
        f"/casos/red/servicios/{uno}/verificacion/contacto", data=datos
    )

    assert vencida.status_code == 412
    sin_decir = casos.api("coordinacion", "POST", f"/red/servicios/{uno}/verificacion/contacto")
    assert sin_decir.status_code == 428


def test_la_institucion_que_mas_espera_va_primero_y_se_filtra(casos: Casos) -> None:
    _servicio(casos, "OMIL.EMPLEO", verificado_el=_hace(900))
    todos = casos.api("coordinacion", "GET", "/red/por-verificar").json["por_verificar"]

    assert todos[0]["servicio"]["codigo"] == "OMIL.EMPLEO"
    juntas = [uno["servicio"]["institucion"]["id"] for uno in todos]
    vistas = [cual for n, cual in enumerate(juntas) if n == 0 or juntas[n - 1] != cual]
    assert len(vistas) == len(set(vistas)), "those of an institution are together"
    solo = _listados(casos, f"?institucion_id={juntas[0]}&clase=servicio")
    assert "OMIL.EMPLEO" in solo
    assert all("servicio" in clases for clases in solo.values())
    assert casos.api("coordinacion", "GET", "/red/por-verificar?clase=nada").status_code == 422
    assert casos.como("coordinacion").get("/casos/red/por-verificar?clase=nada").status_code == 200


@pytest.mark.parametrize("rol", ["recepcion", "profesional"])
def test_es_de_la_coordinacion(casos: Casos, rol: str) -> None:
    uno = _servicio(casos, "SJM.LEGAL")
    assert casos.como(rol).get("/casos/red/por-verificar").status_code == 403
    assert casos.como(rol).get("/casos/red/por-verificar.csv").status_code == 403
    assert casos.api(rol, "GET", "/red/por-verificar").status_code == 403
    path = f"/red/servicios/{uno}/verificacion/contacto"
    assert casos.api(rol, "POST", path, **COMO_ESTE).status_code == 403


def test_el_archivo_no_nombra_a_nadie_y_queda_anotado(casos: Casos) -> None:
    _servicio(casos, "OMIL.EMPLEO", nombre="=HYPERLINK(1)", verificado_el=_hace(900))
    hecho = casos.como("coordinacion").get("/casos/red/por-verificar.csv?clase=servicio")

    assert hecho.status_code == 200
    assert hecho.mimetype == "text/csv"
    assert "red-por-verificar-" in hecho.headers["Content-Disposition"]
    filas = list(csv.reader(StringIO(hecho.text)))
    suya = next(fila for fila in filas if "OMIL.EMPLEO" in fila)
    assert suya[2] == "'=HYPERLINK(1)"
    assert suya[5] == str(_hace(900 - reglas().dias[CONTACTO]))
    assert "@" not in hecho.text
    assert "Mesa Sintética" not in hecho.text
    with casos.db.read() as session:
        (cantidad,) = session.scalars(
            select(Auditoria.cantidad).where(Auditoria.accion == "casos.red.por_verificar.exportar")
        )
    assert cantidad == len(filas) - 1


# Where a service is chosen


def test_lo_que_vencio_se_marca_donde_se_elige_y_en_la_guia(casos: Casos) -> None:
    uno = _servicio(
        casos,
        "MUJER.ACOMPANAMIENTO",
        verificado_el=_hace(0),
        capacidad=Capacidad.CON_CUPO,
        capacidad_el=_hace(60),
    )
    profesional = casos.como("profesional")
    donde = f"/casos/red/servicios/{uno}"
    al_dia = profesional.get(donde).text

    _servicio(casos, "MUJER.ACOMPANAMIENTO", verificado_el=_hace(91))
    vencido = profesional.get(donde).text

    for marca in ("Cupo por confirmar", "Verificación vencida", "confirme antes de derivar"):
        assert marca not in al_dia
        assert marca in vencido
    elegir = profesional.get(
        f"/casos/expedientes/{casos.mundo.caso_id}/derivaciones/nueva?q=mujer"
    ).text
    assert "Verificación vencida" in elegir
    assert casos.api("profesional", "GET", f"/red/servicios/{uno}").json["por_verificar"] == [
        "capacidad",
        "contacto",
    ]
    guia = profesional.get("/casos/red/guia?idioma=pt").text
    assert f"{_hace(91):%d/%m/%Y} (há muito tempo: pergunte antes de ir)" in guia
    _servicio(casos, "MUJER.ACOMPANAMIENTO", verificado_el=_hace(60))
    guia = profesional.get("/casos/red/guia?idioma=pt").text
    assert f"<dd>{_hace(60):%d/%m/%Y}</dd>" in guia
