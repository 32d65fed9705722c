"""The directory whole: what is kept of a service and its institution, and who sees it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.conftest import Oficina

from casos.red.horarios import HorasIlegibles, Tramo, abierto, de_la_semana, leer, semana_de
from casos.red.models import CupoInformado, Horario, Institucion, Lugar, Sede, ServicioRed
from casos.red.vistas import ocultos
from oficina.bus.tables import Outbox

SECRETA = "Pasaje Escondido 77"


@pytest.fixture(scope="module")
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with its network, one for all: nobody here minds what others wrote."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        yield made


# Hours


@pytest.mark.parametrize(
    ("escrito", "leido"),
    [
        ("9:00-13:00", ["09:00-13:00"]),
        ("15.00 a 17.30 y 9:00–13:00", ["09:00-13:00", "15:00-17:30"]),
        ("9:00-10:00, 10:00-11:00; 12:00-12:30", ["09:00-10:00", "10:00-11:00", "12:00-12:30"]),
        ("", []),
    ],
)
def test_las_horas_se_leen_como_la_gente_las_escribe(escrito: str, leido: list[str]) -> None:
    assert [str(tramo) for tramo in leer(escrito)] == leido


@pytest.mark.parametrize(
    "escrito", ["mañana", "9-13", "13:00-9:00", "25:00-26:00", "9:00-12:00 11:00-13:00"]
)
def test_lo_que_no_son_horas_se_dice(escrito: str) -> None:
    with pytest.raises(HorasIlegibles):
        leer(escrito)


_HORA = st.times(min_value=time(0), max_value=time(23, 58)).map(
    lambda t: t.replace(second=0, microsecond=0)
)


@given(st.dictionaries(st.sampled_from(["MO", "WE", "SU"]), _HORA))
def test_una_semana_es_la_misma_despues_de_guardarla(aperturas: dict[str, time]) -> None:
    semana = {dia: [Tramo(abre, time(23, 59))] for dia, abre in aperturas.items()}

    assert semana_de(de_la_semana(semana)) == semana


def _lugar(*horarios: Horario) -> Lugar:
    return Lugar(horarios=list(horarios))


def _de(freq: str, *dias: str, desde: date | None = None) -> Horario:
    return Horario(freq=freq, dias=list(dias), abre=time(9), cierra=time(13), desde=desde)


@pytest.mark.parametrize(
    ("horario", "cuando", "esperado"),
    [
        (_de("WEEKLY", "MO"), datetime(2026, 11, 9, 12, 0, tzinfo=UTC), True),  # 9:00 in Chile
        (_de("WEEKLY", "MO"), datetime(2026, 11, 9, 11, 59, tzinfo=UTC), False),
        (_de("WEEKLY", "MO"), datetime(2026, 11, 9, 16, 0, tzinfo=UTC), False),
        (_de("WEEKLY", "TU"), datetime(2026, 11, 9, 13, 0, tzinfo=UTC), False),
        (_de("WEEKLY", "FR"), datetime(2026, 12, 25, 13, 0, tzinfo=UTC), False),  # Christmas
        (_de("MONTHLY", "2MO"), datetime(2026, 11, 9, 13, 0, tzinfo=UTC), True),
        (_de("MONTHLY", "1MO"), datetime(2026, 11, 9, 13, 0, tzinfo=UTC), False),
        (_de("MONTHLY", "-1MO"), datetime(2026, 11, 30, 13, 0, tzinfo=UTC), True),
        (_de("MONTHLY", "-2MO"), datetime(2026, 11, 23, 13, 0, tzinfo=UTC), True),
        (
            _de("WEEKLY", "MO", desde=date(2026, 12, 1)),
            datetime(2026, 11, 9, 13, tzinfo=UTC),
            False,
        ),
    ],
)
def test_esta_abierto_segun_la_hora_de_chile(
    horario: Horario, cuando: datetime, esperado: bool
) -> None:
    assert abierto([_lugar(horario)], cuando) is esperado


# What is kept


def _id(casos: Casos, sigla: str) -> str:
    with casos.db.read() as session:
        return str(session.scalars(select(Institucion.id).where(Institucion.sigla == sigla)).one())


def _distintos(page: str) -> set[str]:
    """The fields that a form that came back shows as different."""
    return set(re.findall(r'<th scope="row"><a href="#campo-([^"]+)">', page))


def _hechos(casos: Casos, sujeto: str) -> list[str]:
    with casos.db.read() as session:
        consulta = select(Outbox.tipo).where(Outbox.agregado == sujeto).order_by(Outbox.secuencia)
        return list(session.scalars(consulta))


INSTITUCION = {
    "sigla": "CASA_AMIGA",
    "nombre": "Corporación Casa Amiga",
    "tipo": "privada_sin_fines",
    "ambito": "local",
    "activa": True,
    "sitio": "https://casa.example",
    "identificadores": ["RUT: 65.000.000-1"],
}
SERVICIO = {
    "nombre": "Acogida de noche",
    "temas": ["VIV", "SOC"],
    "modo": "oficio",
    "otros_modos": ["presencial_acompanada"],
    "idiomas": ["spa", "hat"],
    "interprete": True,
    "edad_min": 18,
    "edad_max": 60,
    "plazo_dias": 2,
    "costo": "Gratuito",
    "elegibilidad": "Que no tenga dónde dormir",
    "documentos_requeridos": ["Cualquier documento"],
}


def _un_servicio(
    casos: Casos, institucion: dict[str, Any], servicio: dict[str, Any]
) -> dict[str, Any]:
    """A service of a new institution, at a confidential place, all by the API."""
    nueva = casos.api("coordinacion", "POST", "/red/instituciones", institucion)
    assert nueva.status_code == 201, nueva.text
    path = f"/red/instituciones/{nueva.json['id']}"
    hecho = casos.api("coordinacion", "POST", f"{path}/servicios", servicio)
    assert hecho.status_code == 201, hecho.text
    sede = {
        "nombre": "Casa",
        "direccion": SECRETA,
        "telefono": "+56 2 2777 7777",
        "confidencial": True,
    }
    hecha = casos.api("coordinacion", "POST", f"{path}/sedes", sede)
    assert hecha.status_code == 201, hecha.text
    lugar = {"sede_id": hecha.json["id"], "papel": "atencion", "semana": {"MO": "20:00-23:30"}}
    puesto = casos.api("coordinacion", "POST", f"/red/servicios/{hecho.json['id']}/lugares", lugar)
    assert puesto.status_code == 201, puesto.text
    return {**hecho.json, "sede": hecha.json["id"], "lugar": puesto.json["id"]}


@pytest.fixture(scope="module")
def servicio(casos: Casos) -> dict[str, Any]:
    """The service that most tests read; who changes what it says makes one of their own."""
    return _un_servicio(casos, INSTITUCION, SERVICIO)


def test_lo_que_se_anota_de_un_servicio_se_lee_entero(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    leido = casos.api("profesional", "GET", f"/red/servicios/{servicio['id']}")

    assert leido.status_code == 200
    assert {clave: leido.json[clave] for clave in SERVICIO} == SERVICIO
    assert leido.json["codigo"] == "CASA_AMIGA.ACOGIDA"
    assert leido.json["institucion"]["sigla"] == "CASA_AMIGA"
    assert [uno["semana"] for uno in leido.json["lugares"]] == [{"MO": "20:00-23:30"}]
    ficha = casos.como("recepcion").get(f"/casos/red/servicios/{servicio['id']}").text
    for dicho in ("de 18 a 60 años", "Criollo haitiano", "con intérprete", "en 2 días hábiles"):
        assert dicho in ficha, dicho


def test_un_lugar_confidencial_solo_lo_ven_los_profesionales(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    def ve(rol: str) -> tuple[bool, bool, bool]:
        pagina = casos.como(rol).get(f"/casos/red/servicios/{servicio['id']}").text
        lista = casos.como(rol).get("/casos/red?q=casa+amiga").text
        json = casos.api(rol, "GET", f"/red/servicios/{servicio['id']}").text
        return SECRETA in pagina, SECRETA in lista, SECRETA in json

    assert ve("recepcion") == (False, False, False)
    assert ve("profesional") == (True, True, True)
    sede = casos.api("recepcion", "GET", f"/red/sedes/{servicio['sede']}")
    assert (sede.json["direccion"], sede.json["telefono"]) == (None, None)


def test_en_la_base_la_direccion_va_cifrada(casos: Casos, servicio: dict[str, Any]) -> None:
    with casos.db.read() as session:
        guardadas = list(session.execute(text("SELECT direccion FROM sedes")).scalars())

    assert guardadas
    assert not [una for una in guardadas if una and "Pasaje" in una]


def test_el_cupo_lleva_historia_y_avisa_solo_si_cambia(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    path = f"/red/servicios/{servicio['id']}/cupo"
    sujeto = f"servicio/{servicio['id']}"

    def decir(capacidad: str) -> Any:
        cuerpo = {"capacidad": capacidad, "nota": "dicho"}
        return casos.api("coordinacion", "POST", path, cuerpo, **COMO_ESTE)

    assert decir("con_cupo").status_code == 200
    assert decir("con_cupo").status_code == 200
    ultimo = decir("sin_cupo").json

    assert ultimo["capacidad"] == "sin_cupo"
    assert ultimo["capacidad_el"]
    assert [uno["capacidad"] for uno in ultimo["cupos"]] == ["sin_cupo", "con_cupo", "con_cupo"]
    assert _hechos(casos, sujeto) == ["casos.servicio.capacidad_cambiada"] * 2
    with pytest.raises(DBAPIError, match="never changed"), casos.db.begin() as session:
        session.query(CupoInformado).delete()


def test_el_directorio_se_filtra_por_idioma_cupo_y_hora(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    def codigos(consulta: str) -> set[str]:
        hallados = casos.api("recepcion", "GET", f"/red/servicios?{consulta}").json["servicios"]
        return {uno["codigo"] for uno in hallados}

    suyo = servicio["codigo"]
    assert codigos("idioma=hat") == {suyo}
    assert codigos("idioma=rus") == set()
    assert suyo not in codigos("capacidad=lista_espera")
    assert codigos("abierto=1") <= {suyo}
    assert casos.api("recepcion", "GET", "/red/servicios?capacidad=nada").status_code == 422
    assert (
        casos.como("recepcion").get("/casos/red?capacidad=nada&idioma=hat").text.count("<summary>")
        == 1
    )


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"temas": ["NO"]}, "temas"),
        ({"idiomas": ["klingon"]}, "idiomas"),
        ({"edad_min": 30, "edad_max": 20}, "edad_max"),
        ({"edad_max": 200}, "edad_max"),
        ({"plazo_dias": 0}, "plazo_dias"),
        ({"documentos_requeridos": ["x" * 161]}, "documentos_requeridos"),
    ],
)
def test_lo_que_no_puede_ser_de_un_servicio_se_dice(
    casos: Casos, servicio: dict[str, Any], cambio: dict[str, Any], campo: str
) -> None:
    path = f"/red/servicios/{servicio['id']}"
    mal = casos.api("coordinacion", "PUT", path, SERVICIO | cambio, **COMO_ESTE)

    assert mal.status_code == 422
    assert [clave.partition(".")[0] for clave in mal.json["errors"]] == [campo]


def test_quien_llega_tarde_lo_sabe_y_no_pierde_lo_escrito(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    url = f"/casos/red/servicios/{servicio['id']}/editar"
    browser = casos.como("coordinacion")
    datos = SERVICIO | {"nombre": "Tarde", "estado": "suspendido", "version": "1"}
    datos |= {"interprete": "1"}

    tarde = browser.post(url, data=datos)

    assert tarde.status_code == 412
    assert 'value="Tarde"' in tarde.text
    assert _distintos(tarde.text) == {"nombre", "estado"}
    with casos.db.read() as session:
        ahora = session.get_one(ServicioRed, UUID(servicio["id"])).version
    assert (
        browser.post(url, data=datos | {"nombre": SERVICIO["nombre"], "version": ahora}).status_code
        == 303
    )
    assert "Suspendido por ahora" in browser.get("/casos/red?q=casa+amiga").text


def test_de_una_institucion_un_lugar_y_un_contacto_se_ve_que_cambio(casos: Casos) -> None:
    otra = INSTITUCION | {"sigla": "CASA_OTRA", "nombre": "Corporación Casa Otra"}
    servicio = _un_servicio(casos, otra, SERVICIO | {"idiomas": ["spa"]})
    browser = casos.como("coordinacion")
    institucion = servicio["institucion"]["id"]
    path = f"/casos/red/instituciones/{institucion}"
    datos = otra | {"identificadores": "RUT: 65.000.000-1", "activa": "1"}
    sede = {"nombre": "Casa", "direccion": SECRETA, "confidencial": "1", "telefono": "2 2777 7777"}
    nuevo = casos.api(
        "coordinacion",
        "POST",
        f"/red/instituciones/{institucion}/contactos",
        {"nombre": "Ana Sintética", "correo": "ana@casa.example"},
    )
    contacto = f"/casos/red/contactos/{nuevo.json['id']}"
    ana = {"nombre": "Ana Sintética", "correo": "ana@casa.example"}
    for url, enviado, cambia in (
        (f"{path}/editar", datos, {"descripcion": "Acoge"}),
        (f"/casos/red/sedes/{servicio['sede']}", sede, {"comuna": "Arica"}),
        (contacto, ana, {"cargo": "Directora", "publico": "1"}),
        (
            f"/casos/red/lugares/{servicio['lugar']}",
            {"sede_id": servicio["sede"], "papel": "atencion"},
            {"semana.MO": "20.00 a 23.30", "semana.TU": "9:00-10:00"},
        ),
    ):
        (version,) = re.findall(r'name="version" value="(\d+)"', browser.get(url).text)
        hecho = browser.post(url, data=enviado | cambia | {"version": version})
        assert hecho.status_code == 303, hecho.text

        tarde = browser.post(url, data=enviado | cambia | {"version": version})
        vacio = browser.post(url, data=enviado | {"version": version})

        assert (tarde.status_code, vacio.status_code) == (412, 412)
        assert not _distintos(tarde.text)
        assert _distintos(vacio.text) == {campo.replace(".", "-") for campo in cambia}
        assert f'name="version" value="{int(version) + 1}"' in vacio.text


def test_las_paginas_anotan_lugar_horario_y_contacto(casos: Casos) -> None:
    browser = casos.como("coordinacion")
    omil = _id(casos, "OMIL")
    trabajo = casos.mundo.servicio("OMIL.EMPLEO")

    assert browser.get(f"/casos/red/servicios/{trabajo}/lugares/nuevo").text.count(
        "Agregar un lugar"
    )
    sin_direccion = browser.post(
        f"/casos/red/instituciones/{omil}/sedes/nueva", data={"nombre": "Sede"}
    )
    assert sin_direccion.status_code == 422
    assert 'id="campo-direccion-error"' in sin_direccion.text
    datos = {
        "nombre": "Sede centro",
        "tipo": "fisica",
        "direccion": "Calle Uno 1",
        "comuna": "Independencia",
    }
    assert (
        browser.post(f"/casos/red/instituciones/{omil}/sedes/nueva", data=datos).status_code == 303
    )
    with casos.db.read() as session:
        lugares = session.execute(
            text("SELECT id FROM sedes WHERE nombre = 'Sede centro'")
        ).scalars()
        sede_id = UUID(next(iter(lugares)))
    url = f"/casos/red/servicios/{trabajo}/lugares/nuevo"
    malo = browser.post(url, data={"sede_id": sede_id, "papel": "atencion", "semana.MO": "tarde"})
    assert malo.status_code == 422
    assert 'id="campo-semana-MO-error"' in malo.text
    bueno = {
        "sede_id": sede_id,
        "papel": "ingreso",
        "semana.MO": "9:00-13:00",
        "semana.TU": "9:00-13:00",
        "semana.WE": "9:00-13:00",
    }
    assert browser.post(url, data=bueno).status_code == 303
    ficha = browser.get(f"/casos/red/servicios/{trabajo}").text
    assert "Lunes a miércoles 09:00–13:00" in ficha
    assert "Aquí se pide la atención" in ficha

    contacto = {"nombre": "Persona Sintética", "correo": "persona@omil.example"}
    nuevo = f"/casos/red/instituciones/{omil}/contactos/nuevo"
    assert browser.post(nuevo, data={"nombre": "Sin cómo"}).status_code == 422
    assert browser.post(nuevo, data=contacto).status_code == 303
    assert "persona@omil.example" in browser.get(f"/casos/red/servicios/{trabajo}").text


def test_un_lugar_es_de_la_institucion_del_servicio(casos: Casos, servicio: dict[str, Any]) -> None:
    ajeno = {"sede_id": servicio["sede"], "papel": "atencion"}
    omil = casos.mundo.servicio("OMIL.EMPLEO")

    mal = casos.api("coordinacion", "POST", f"/red/servicios/{omil}/lugares", ajeno)

    assert mal.status_code == 422
    assert list(mal.json["errors"]) == ["sede_id"]


def test_dos_instituciones_no_tienen_la_misma_sigla(casos: Casos, servicio: dict[str, Any]) -> None:
    mal = casos.api("coordinacion", "POST", "/red/instituciones", INSTITUCION)

    assert mal.status_code == 422
    assert list(mal.json["errors"]) == ["sigla"]


def test_a_una_institucion_no_le_llega_lo_que_no_puede_recibir(casos: Casos) -> None:
    path = f"/red/instituciones/{_id(casos, 'OMIL')}"
    leida = casos.api("coordinacion", "GET", path).json
    datos = {c: leida[c] for c in ("sigla", "nombre", "tipo", "ambito", "activa", "correo")}
    limitada = casos.api(
        "coordinacion", "PUT", path, datos | {"categorias": ["nombre"]}, **COMO_ESTE
    )
    assert limitada.json["categorias"] == ["nombre"]
    pedido = {
        "servicio_id": str(casos.mundo.servicio("OMIL.EMPLEO")),
        "proposito": "Que encuentre trabajo",
        "base_licitud": "funcion_legal",
    }
    pedido["caso_id"] = str(casos.mundo.caso_id)
    derivar = "/derivaciones"

    def con(*datos_elegidos: str) -> Any:
        return casos.api("profesional", "POST", derivar, pedido | {"datos": datos_elegidos})

    assert list(con("nombre", "interprete").json["errors"]) == ["datos"]
    solo_nombre = con("nombre")
    assert solo_nombre.status_code == 201, solo_nombre.text
    abierta = casos.api("coordinacion", "PUT", path, datos | {"categorias": None}, **COMO_ESTE)
    assert abierta.json["categorias"] is None
    assert con("nombre", "interprete").status_code == 201


def test_lo_que_hace_la_recepcion_no_cambia_el_directorio(
    casos: Casos, servicio: dict[str, Any]
) -> None:
    prohibidas = [
        ("PUT", f"/red/servicios/{servicio['id']}"),
        ("POST", f"/red/servicios/{servicio['id']}/cupo"),
        ("DELETE", f"/red/lugares/{servicio['lugar']}"),
        ("PUT", f"/red/sedes/{servicio['sede']}"),
    ]

    assert {casos.api("recepcion", m, p, {}, **COMO_ESTE).status_code for m, p in prohibidas} == {
        403
    }


def test_quitar_un_lugar_lo_quita_de_la_ficha(casos: Casos, servicio: dict[str, Any]) -> None:
    otra = {"sede_id": servicio["sede"], "papel": "ingreso", "semana": {"FR": "9:00-10:00"}}
    path = f"/red/servicios/{servicio['id']}/lugares"
    lugar = casos.api("coordinacion", "POST", path, otra).json["id"]

    assert casos.api("coordinacion", "DELETE", f"/red/lugares/{lugar}").status_code == 204
    assert casos.api("coordinacion", "GET", f"/red/lugares/{lugar}").status_code == 404
    with casos.db.read() as session:
        assert session.scalar(select(Horario).where(Horario.lugar_id == UUID(lugar))) is None


def test_lo_que_no_se_puede_saber_de_un_lugar_tampoco_se_compara(casos: Casos) -> None:
    with casos.app.test_request_context():
        assert ocultos(Sede(confidencial=True)) == ("direccion", "telefono")
        assert ocultos(Sede(confidencial=False)) == ()
