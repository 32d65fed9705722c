"""The institution's own word: asked once, by day; answered by a link, once a service."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from tests.unit.casos.derivaciones.casos_app import COMO_ESTE, Casos, levantar
from tests.unit.conftest import Oficina

from casos.plazos.models import DiaCerrado
from casos.red.consultas.models import ConsultaRed, EnlaceDeConsulta, PreguntaRed
from casos.red.consultas.reglas import reglas
from casos.red.consultas.states import (
    PASOS_DE_CONSULTA,
    PASOS_DE_PREGUNTA,
    EstadoConsulta,
    EstadoPregunta,
    PasoConsulta,
    PasoPregunta,
)
from casos.red.consultas.tasks import seguir_consultas
from casos.red.horarios import de_la_semana, leer
from casos.red.models import (
    Capacidad,
    ContactoRed,
    FuenteDato,
    Institucion,
    Lugar,
    Papel,
    Sede,
    ServicioRed,
    TipoSede,
)
from oficina import clock
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.errors import TransicionInvalida
from oficina.web import i18n

LUNES_10 = datetime(2026, 11, 23, 13, 0, tzinfo=UTC)
SECRETO = "Pasaje Sintético 123"
PEDIDA = "casos.consulta_red.pedida"
SIN_RESPUESTA = "casos.consulta_red.sin_respuesta"
PROPUESTA = "casos.correccion_red.propuesta"


@pytest.fixture
def casos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Casos]:
    """The real application with its network, at ten o'clock of a Monday."""
    with levantar(Oficina(tmp_path_factory.mktemp("oficina"))) as made:
        _ir_a(LUNES_10)
        with made.db.begin() as session:
            session.execute(update(ServicioRed).values(verificado_el=LUNES_10.date()))
        yield made
    clock._shift = timedelta(0)


def _ir_a(momento: datetime) -> None:
    clock._shift = momento - clock.real_now()


def _olvidar(casos: Casos, *codigos: str, dias: int = 200) -> UUID:
    """Nobody asked about these services for so long; their institution."""
    hace = clock.today() - timedelta(days=dias)
    with casos.db.begin() as session:
        quienes = ServicioRed.codigo.in_(codigos)
        session.execute(update(ServicioRed).where(quienes).values(verificado_el=hace))
        (cual,) = set(session.scalars(select(ServicioRed.institucion_id).where(quienes)))
        return cual


def _barrer(casos: Casos) -> None:
    seguir_consultas(casos.app.extensions["env"])


def _hechos(casos: Casos, tipo: str) -> list[dict[str, Any]]:
    with casos.db.read() as session:
        filas = session.scalars(select(Outbox).where(Outbox.tipo == tipo).order_by(Outbox.id))
        return [fila.cuerpo["data"] for fila in filas]


def _servicio(casos: Casos, codigo: str) -> ServicioRed:
    with casos.db.read() as session:
        return session.scalars(select(ServicioRed).where(ServicioRed.codigo == codigo)).one()


def _preguntar(casos: Casos, *codigos: str) -> tuple[UUID, str]:
    """An institution is asked about these services: the question and its link's token."""
    institucion = _olvidar(casos, *codigos)
    hecha = casos.api("coordinacion", "POST", f"/red/instituciones/{institucion}/consultas")
    assert hecha.status_code == 201, hecha.text
    return UUID(hecha.json["id"]), _token(casos, hecha.json["id"])


def _token(casos: Casos, consulta_id: Any) -> str:
    hecho = casos.api("servicio", "POST", f"/red/consultas/{consulta_id}/enlace")
    assert hecho.status_code == 201, hecho.text
    return str(hecho.json["url"]).rpartition("/")[2]


def _enlace(casos: Casos, token: str, resto: str = "", **kwargs: Any) -> Any:
    metodo = "POST" if resto else "GET"
    ruta = f"/casos/api/v1/red/consulta/enlace/{token}{resto}"
    return casos.app.test_client().open(ruta, method=metodo, **kwargs)


def _correccion(casos: Casos) -> dict[str, Any]:
    (una,) = casos.api("coordinacion", "GET", "/red/correcciones").json["correcciones"]
    entera: dict[str, Any] = una
    return entera


def _con_lugares(casos: Casos, codigo: str) -> dict[str, str]:
    """A public place and a confidential one of a service; their ids."""
    with casos.db.begin() as session:
        servicio = session.scalars(select(ServicioRed).where(ServicioRed.codigo == codigo)).one()
        ids = {}
        for nombre, direccion, secreto in (
            ("Sede Central", "Calle Abierta 1", False),
            ("Casa Reservada", SECRETO, True),
        ):
            sede = Sede(
                institucion_id=servicio.institucion_id,
                nombre=nombre,
                tipo=TipoSede.FISICA,
                direccion=direccion,
                confidencial=secreto,
            )
            session.add(sede)
            session.flush()
            lugar = Lugar(
                servicio_id=servicio.id,
                sede_id=sede.id,
                papel=Papel.ATENCION,
                horarios=de_la_semana({"MO": leer("9:00-13:00")}),
            )
            session.add(lugar)
            session.flush()
            ids[nombre] = str(lugar.id)
        return ids


# The rule, and the life


@pytest.mark.parametrize("paso", list(PasoPregunta))
@pytest.mark.parametrize("estado", list(EstadoPregunta))
def test_cada_paso_de_una_pregunta(estado: EstadoPregunta, paso: PasoPregunta) -> None:
    una = PreguntaRed(estado=estado)
    if paso in PASOS_DE_PREGUNTA[estado]:
        una._pasar(paso)
        assert una.estado is PASOS_DE_PREGUNTA[estado][paso]
        return
    with pytest.raises(TransicionInvalida):
        una._pasar(paso)


@pytest.mark.parametrize("paso", list(PasoConsulta))
@pytest.mark.parametrize("estado", list(EstadoConsulta))
def test_cada_paso_de_una_consulta(estado: EstadoConsulta, paso: PasoConsulta) -> None:
    una = ConsultaRed(estado=estado)
    if paso in PASOS_DE_CONSULTA[estado]:
        una.pasar(paso, "Ana", LUNES_10)
        assert (una.estado, una.terminada_en) == (PASOS_DE_CONSULTA[estado][paso], LUNES_10)
        return
    with pytest.raises(TransicionInvalida):
        una.pasar(paso, "Ana", LUNES_10)


def test_la_hora_es_de_dia_y_de_trabajo() -> None:
    assert reglas().fuente
    assert reglas().es_hora(LUNES_10, ())
    assert not reglas().es_hora(LUNES_10, [date(2026, 11, 23)]), "the municipality is closed"
    assert not reglas().es_hora(LUNES_10 - timedelta(days=1), ()), "on a Sunday"
    assert not reglas().es_hora(LUNES_10 - timedelta(hours=2), ()), "at eight in the morning"
    assert not reglas().es_hora(LUNES_10 + timedelta(hours=7), ()), "at five in the afternoon"


# Asking


def test_se_pregunta_una_vez_por_institucion_y_por_todo_lo_suyo(casos: Casos) -> None:
    dideco = _olvidar(casos, "DIDECO.SOCIAL", "DIDECO.RSH")

    _barrer(casos)
    _barrer(casos)

    (hecho,) = _hechos(casos, PEDIDA)
    assert hecho["institucion_id"] == str(dideco)
    assert set(hecho) == {"consulta_id", "institucion_id"}
    una = casos.api("coordinacion", "GET", f"/red/consultas/{hecho['consulta_id']}").json
    assert {cada["servicio"]["codigo"] for cada in una["preguntas"]} == {
        "DIDECO.SOCIAL",
        "DIDECO.RSH",
    }


@pytest.mark.parametrize("corrimiento", [timedelta(days=-1), timedelta(hours=8)])
def test_fuera_de_hora_no_se_pregunta_a_nadie(casos: Casos, corrimiento: timedelta) -> None:
    _olvidar(casos, "DIDECO.SOCIAL")
    _ir_a(LUNES_10 + corrimiento)

    _barrer(casos)

    assert _hechos(casos, PEDIDA) == []


def test_en_un_dia_cerrado_del_municipio_tampoco(casos: Casos) -> None:
    _olvidar(casos, "DIDECO.SOCIAL")
    with casos.db.begin() as session:
        session.add(
            DiaCerrado(
                dia=LUNES_10.date(),
                motivo="Aniversario sintético",
                fuente="Decreto sintético",
                version=1,
                anotado_por="Ana",
                anotado_en=LUNES_10,
            )
        )

    _barrer(casos)

    assert _hechos(casos, PEDIDA) == []


def test_no_se_pregunta_de_nuevo_antes_de_lo_que_dice_la_regla(casos: Casos) -> None:
    institucion = _olvidar(casos, "DIDECO.SOCIAL")
    _barrer(casos)
    ruta = f"/red/instituciones/{institucion}/consultas"

    abierta = casos.api("coordinacion", "POST", ruta)
    assert (abierta.status_code, abierta.json["detail"]) == (
        409,
        "Ya se le preguntó, y todavía puede responder.",
    )
    _ir_a(LUNES_10 + timedelta(days=28))
    _barrer(casos)
    assert len(_hechos(casos, SIN_RESPUESTA)) == 1
    assert len(_hechos(casos, PEDIDA)) == 1
    assert casos.api("coordinacion", "POST", ruta).status_code == 409

    _ir_a(LUNES_10 + reglas().cada + timedelta(hours=1))
    _barrer(casos)
    assert len(_hechos(casos, PEDIDA)) == 2


def test_sin_correo_no_se_le_pregunta_y_el_de_un_contacto_sirve(casos: Casos) -> None:
    institucion = _olvidar(casos, "DIDECO.SOCIAL")
    with casos.db.begin() as session:
        session.execute(
            update(Institucion).where(Institucion.id == institucion).values(correo=None)
        )
    _barrer(casos)
    assert _hechos(casos, PEDIDA) == []
    sin = casos.api("coordinacion", "POST", f"/red/instituciones/{institucion}/consultas")
    assert sin.status_code == 409

    with casos.db.begin() as session:
        session.add(
            ContactoRed(institucion_id=institucion, nombre="Mesa", correo="mesa@red.example")
        )
    _barrer(casos)
    (hecho,) = _hechos(casos, PEDIDA)
    enlace = casos.api("servicio", "POST", f"/red/consultas/{hecho['consulta_id']}/enlace")
    assert enlace.json["correo"] == "mesa@red.example"


def test_de_lo_que_esta_al_dia_no_se_pregunta(casos: Casos) -> None:
    institucion = _servicio(casos, "SJM.LEGAL").institucion_id

    hecho = casos.api("coordinacion", "POST", f"/red/instituciones/{institucion}/consultas")

    assert hecho.status_code == 409
    assert casos.api("coordinacion", "GET", "/red/consultas").json == {"consultas": []}


# The link


def test_el_enlace_muestra_lo_escrito_y_nada_reservado(casos: Casos) -> None:
    _con_lugares(casos, "DIDECO.SOCIAL")
    _consulta, token = _preguntar(casos, "DIDECO.SOCIAL")
    with casos.db.begin() as session:
        session.add(
            ContactoRed(
                institucion_id=_servicio(casos, "DIDECO.SOCIAL").institucion_id,
                nombre="Funcionaria Sintética",
                correo="funcionaria@red.example",
            )
        )

    pagina = casos.app.test_client().get(f"/casos/red/consulta/enlace/{token}")
    servicio_id = _servicio(casos, "DIDECO.SOCIAL").id
    corregir = casos.app.test_client().get(
        f"/casos/red/consulta/enlace/{token}/servicios/{servicio_id}"
    )

    assert pagina.status_code == corregir.status_code == 200
    assert pagina.headers["Cache-Control"] == "no-store"
    assert "noindex" in pagina.headers["X-Robots-Tag"]
    for texto in (pagina.text, corregir.text, _enlace(casos, token).text):
        assert "Sede Central" in texto or "9:00-13:00" in texto.replace("09:", "9:")
        for nunca in (SECRETO, "Casa Reservada", "Funcionaria", str(casos.mundo.caso_id)):
            assert nunca not in texto, nunca
    # Opening changed nothing.
    assert _servicio(casos, "DIDECO.SOCIAL").verificado_fuente is None
    assert casos.app.test_client().get("/casos/red/consulta/enlace/otra").status_code == 404
    assert _enlace(casos, "otra").status_code == 404


def test_la_pagina_del_enlace_se_lee_en_ingles(casos: Casos) -> None:
    _consulta, token = _preguntar(casos, "DIDECO.SOCIAL", "DIDECO.RSH")

    quien = casos.app.test_client()
    assert "English" in quien.get(f"/casos/red/consulta/enlace/{token}").text
    quien.set_cookie(i18n.COOKIE, "en")
    pagina = quien.get(f"/casos/red/consulta/enlace/{token}")

    assert "Is all still so?" in pagina.text
    assert "All is right as you have it" in pagina.text


def test_todo_bien_deja_verificado_por_ella_misma(casos: Casos) -> None:
    consulta, token = _preguntar(casos, "DIDECO.SOCIAL", "DIDECO.RSH")

    hecho = casos.app.test_client().post(f"/casos/red/consulta/enlace/{token}/conformidad")

    assert hecho.status_code == 303
    for codigo in ("DIDECO.SOCIAL", "DIDECO.RSH"):
        uno = _servicio(casos, codigo)
        assert (uno.verificado_el, uno.verificado_fuente) == (
            clock.today(),
            FuenteDato.INSTITUCION,
        )
    una = casos.api("coordinacion", "GET", f"/red/consultas/{consulta}").json
    assert una["estado"] == "contestada"
    assert len(_hechos(casos, "casos.consulta_red.contestada")) == 1
    ficha = casos.como("coordinacion").get(f"/casos/red/servicios/{uno.id}").text
    assert "por la propia institución" in ficha
    with casos.db.read() as session:
        (quien,) = session.scalars(
            select(Auditoria.actor_id).where(
                Auditoria.accion == "casos.red.verificar", Auditoria.recurso_id == uno.id
            )
        )
    assert quien == uno.institucion_id
    # Used: it is read, and says nothing again.
    assert _enlace(casos, token).json["estado"] == "contestada"
    assert _enlace(casos, token, "/conformidad").status_code == 409
    otra_vez = casos.app.test_client().post(f"/casos/red/consulta/enlace/{token}/conformidad")
    assert otra_vez.status_code == 409
    assert "Eso ya se había respondido" in otra_vez.text


def test_lo_que_corrige_espera_y_aceptado_queda_verificado(casos: Casos) -> None:
    lugares = _con_lugares(casos, "DIDECO.SOCIAL")
    _consulta, token = _preguntar(casos, "DIDECO.SOCIAL")
    antes = _servicio(casos, "DIDECO.SOCIAL")
    lugar = lugares["Sede Central"]

    hecho = casos.app.test_client().post(
        f"/casos/red/consulta/enlace/{token}/servicios/{antes.id}",
        data={
            "capacidad": "sin_cupo",
            "nota_cupo": "hasta marzo",
            "documentos_requeridos": "Cédula\r\nComprobante de domicilio",
            "elegibilidad": "Familias con niñas y niños",
            "telefono": "+56 2 0000 1111",
            "correo": "nuevo@red.example",
            f"semanas.{lugar}.TU": "9:00-12:00",
            "nota": "En febrero cerramos",
        },
    )

    assert hecho.status_code == 303, hecho.text
    (dicho,) = _hechos(casos, PROPUESTA)
    assert set(dicho) == {"correccion_id", "consulta_id", "servicio_id", "institucion_id"}
    assert _servicio(casos, "DIDECO.SOCIAL").version == antes.version, "nothing changes until then"
    with casos.db.read() as session:
        crudo = session.connection().exec_driver_sql("SELECT propone FROM preguntas_red").scalar()
    assert "nuevo@red.example" not in str(crudo)
    una = _correccion(casos)
    pagina = casos.como("coordinacion").get(f"/casos/red/correcciones/{una['id']}").text
    for parte in ("Sin cupo", "hasta marzo", "Martes 09:00-12:00", "En febrero cerramos"):
        assert parte in pagina, parte
    assert "enlaces de las derivaciones" in pagina, "the address of the links would change"

    aceptada = casos.como("coordinacion").post(
        f"/casos/red/correcciones/{una['id']}/aceptar", data={"version": una["version"]}
    )
    assert aceptada.status_code == 303, aceptada.text
    with casos.db.read() as session:
        uno = session.get_one(ServicioRed, antes.id)
        institucion = session.get_one(Institucion, uno.institucion_id)
        assert (uno.capacidad, uno.verificado_fuente) == (
            Capacidad.SIN_CUPO,
            FuenteDato.INSTITUCION,
        )
        assert uno.documentos_requeridos == ["Cédula", "Comprobante de domicilio"]
        assert uno.elegibilidad == "Familias con niñas y niños"
        assert (institucion.telefono, institucion.correo) == (
            "+56 2 0000 1111",
            "nuevo@red.example",
        )
    ficha = casos.api("coordinacion", "GET", f"/red/servicios/{antes.id}").json
    semanas = {cada["sede"]["nombre"]: cada["semana"] for cada in ficha["lugares"]}
    assert semanas["Sede Central"] == {"TU": "09:00-12:00"}
    assert semanas["Casa Reservada"] == {"MO": "09:00-13:00"}, "it was not spoken of"
    assert ficha["cupos"][0]["fuente"] == "institucion"
    otra_vez = casos.api(
        "coordinacion", "POST", f"/red/correcciones/{una['id']}/aceptacion", **COMO_ESTE
    )
    assert otra_vez.status_code == 409


def test_lo_que_se_descarta_deja_todo_como_estaba(casos: Casos) -> None:
    _consulta, token = _preguntar(casos, "SJM.LEGAL")
    antes = _servicio(casos, "SJM.LEGAL")
    hecho = _enlace(
        casos, token, f"/servicios/{antes.id}/correccion", json={"elegibilidad": "Nadie"}
    )
    assert hecho.status_code == 200, hecho.text
    una = _correccion(casos)
    ruta = f"/red/correcciones/{una['id']}/descarte"

    sin_version = casos.api("coordinacion", "POST", ruta, {"motivo": "no_es_asi"})
    sin_motivo = casos.api("coordinacion", "POST", ruta, {}, **COMO_ESTE)
    hecho = casos.api("coordinacion", "POST", ruta, {"motivo": "no_es_asi"}, **COMO_ESTE)

    assert (sin_version.status_code, sin_motivo.status_code) == (428, 422)
    assert "motivo" in sin_motivo.json["errors"]
    assert (hecho.status_code, hecho.json["estado"]) == (200, "descartada")
    despues = _servicio(casos, "SJM.LEGAL")
    assert (despues.version, despues.elegibilidad) == (antes.version, antes.elegibilidad)
    assert casos.api("coordinacion", "GET", "/red/correcciones").json["correcciones"] == []


def test_quien_decide_sobre_lo_que_otro_decidio_lo_lee(casos: Casos) -> None:
    _consulta, token = _preguntar(casos, "SJM.LEGAL")
    cual = _servicio(casos, "SJM.LEGAL").id
    _enlace(casos, token, f"/servicios/{cual}/correccion", json={"elegibilidad": "Nadie"})
    una = _correccion(casos)
    quien, ruta = casos.como("coordinacion"), f"/casos/red/correcciones/{una['id']}"
    assert quien.post(f"{ruta}/aceptar", data={"version": una["version"]}).status_code == 303

    tarde = quien.post(f"{ruta}/descartar", data={"version": una["version"], "motivo": "ya_estaba"})

    assert tarde.status_code in {409, 412}
    assert "Alguien lo decidió mientras tanto" in tarde.text
    assert _servicio(casos, "SJM.LEGAL").elegibilidad == "Nadie"


@pytest.mark.parametrize(
    ("mal", "campo"),
    [
        ({"capacidad": "llena"}, "capacidad"),
        ({"correo": "no es un correo"}, "correo"),
        ({"telefono": "1" * 41}, "telefono"),
        ({"nombre": "Otro"}, "nombre"),
        ({"semanas": {"no es un lugar": {}}}, "semanas"),
    ],
)
def test_lo_que_no_se_entiende_no_se_toma(casos: Casos, mal: dict[str, Any], campo: str) -> None:
    _consulta, token = _preguntar(casos, "SJM.LEGAL")
    cual = _servicio(casos, "SJM.LEGAL").id

    hecho = _enlace(casos, token, f"/servicios/{cual}/correccion", json=mal)

    assert hecho.status_code == 422
    assert campo in str(hecho.json["errors"])
    assert casos.api("coordinacion", "GET", "/red/correcciones").json["correcciones"] == []


def test_horas_ilegibles_y_lugares_ajenos_se_dicen_junto_a_su_campo(casos: Casos) -> None:
    lugares = _con_lugares(casos, "DIDECO.SOCIAL")
    _consulta, token = _preguntar(casos, "DIDECO.SOCIAL")
    cual = _servicio(casos, "DIDECO.SOCIAL").id
    lugar = lugares["Sede Central"]

    pagina = casos.app.test_client().post(
        f"/casos/red/consulta/enlace/{token}/servicios/{cual}",
        data={f"semanas.{lugar}.MO": "cuando abra"},
    )
    reservado = _enlace(
        casos,
        token,
        f"/servicios/{cual}/correccion",
        json={"semanas": {lugares["Casa Reservada"]: {"MO": "9:00-10:00"}}},
    )

    assert pagina.status_code == 422
    assert "Escriba las horas así" in pagina.text
    assert "cuando abra" in pagina.text
    assert reservado.status_code == 422, "of a confidential place the link knows nothing"


def test_si_nada_cambia_se_dice(casos: Casos) -> None:
    _consulta, token = _preguntar(casos, "SJM.LEGAL")
    uno = _servicio(casos, "SJM.LEGAL")

    hecho = _enlace(
        casos, token, f"/servicios/{uno.id}/correccion", json={"elegibilidad": uno.elegibilidad}
    )

    assert hecho.status_code == 422
    assert "Nada cambia" in hecho.json["detail"]
    assert _enlace(casos, token).json["estado"] == "abierta"


def test_otra_institucion_no_responde_por_ella(casos: Casos) -> None:
    _preguntar(casos, "DIDECO.SOCIAL")
    _consulta, ajeno = _preguntar(casos, "SJM.LEGAL")
    cual = _servicio(casos, "DIDECO.SOCIAL").id

    conforme = _enlace(casos, ajeno, f"/servicios/{cual}/conformidad")
    corrige = _enlace(casos, ajeno, f"/servicios/{cual}/correccion", json={"elegibilidad": "Nadie"})
    pagina = casos.app.test_client().get(f"/casos/red/consulta/enlace/{ajeno}/servicios/{cual}")

    assert {conforme.status_code, corrige.status_code, pagina.status_code} == {404}
    assert _servicio(casos, "DIDECO.SOCIAL").verificado_fuente is None


@pytest.mark.parametrize("como", ["vencido", "retirada", "sin_respuesta"])
def test_un_enlace_que_no_sirve_no_abre_ni_responde(casos: Casos, como: str) -> None:
    consulta, token = _preguntar(casos, "SJM.LEGAL")
    if como == "vencido":
        with casos.db.begin() as session:
            ayer = clock.real_now() - timedelta(seconds=1)
            session.execute(update(EnlaceDeConsulta).values(vence_en=ayer))
    elif como == "retirada":
        hecho = casos.api("coordinacion", "POST", f"/red/consultas/{consulta}/retiro", **COMO_ESTE)
        assert hecho.json["estado"] == "retirada"
        assert casos.api("servicio", "POST", f"/red/consultas/{consulta}/enlace").status_code == 409
    else:
        _ir_a(LUNES_10 + timedelta(days=28))
        _barrer(casos)

    assert _enlace(casos, token).status_code == 410
    assert _enlace(casos, token, "/conformidad").status_code == 410
    pagina = casos.app.test_client().get(f"/casos/red/consulta/enlace/{token}")
    assert (pagina.status_code, "ya no sirve" in pagina.text) == (410, True)
    assert _servicio(casos, "SJM.LEGAL").verificado_fuente is None


def test_dos_respuestas_a_la_vez_dejan_una(casos: Casos) -> None:
    _consulta, token = _preguntar(casos, "SJM.LEGAL")
    cual = _servicio(casos, "SJM.LEGAL").id

    def responder(n: int) -> int:
        if n % 2:
            return int(_enlace(casos, token, "/conformidad").status_code)
        return int(
            _enlace(
                casos, token, f"/servicios/{cual}/correccion", json={"elegibilidad": f"Solo {n}"}
            ).status_code
        )

    with ThreadPoolExecutor(4) as manos:
        dichos = sorted(manos.map(responder, range(4)))

    assert dichos == [200, 409, 409, 409]


def test_lo_que_nadie_contesta_se_avisa_solo_si_sigue_sin_saberse(casos: Casos) -> None:
    consulta, _suyo = _preguntar(casos, "SJM.LEGAL")
    cual = _servicio(casos, "SJM.LEGAL").id
    seguido = casos.api("servicio", "GET", f"/red/consultas/{consulta}/seguimiento").json
    assert (seguido["por_contestar"], seguido["por_revisar"]) == (1, 0)
    # Somebody called meanwhile.
    _ir_a(LUNES_10 + timedelta(days=28))
    hecho = casos.api("coordinacion", "POST", f"/red/servicios/{cual}/verificacion", **COMO_ESTE)
    assert hecho.status_code == 200

    _barrer(casos)

    assert _hechos(casos, SIN_RESPUESTA) == []
    una = casos.api("coordinacion", "GET", f"/red/consultas/{consulta}").json
    assert una["estado"] == "sin_respuesta"


def test_la_lista_de_la_coordinacion(casos: Casos) -> None:
    institucion = _olvidar(casos, "SJM.LEGAL")
    quien = casos.como("coordinacion")
    assert "Preguntarle por correo" in quien.get("/casos/red/por-verificar").text

    hecho = quien.post(f"/casos/red/instituciones/{institucion}/consulta")
    assert (hecho.status_code, hecho.location) == (303, "/casos/red/consultas")
    pagina = quien.get("/casos/red/consultas").text
    assert "Espera respuesta" in pagina
    otra = quien.post(f"/casos/red/instituciones/{institucion}/consulta", follow_redirects=True)
    assert "Ya se le preguntó" in otra.text
    listadas = casos.api("coordinacion", "GET", "/red/consultas")
    assert listadas.status_code == 200, listadas.text
    (una,) = listadas.json["consultas"]
    vieja = quien.post(f"/casos/red/consultas/{una['id']}/retiro", data={"version": 99})
    assert vieja.status_code == 412
    retirada = quien.post(
        f"/casos/red/consultas/{una['id']}/retiro", data={"version": una["version"]}
    )
    assert retirada.status_code == 303


@pytest.mark.parametrize("rol", ["recepcion", "profesional"])
def test_es_de_la_coordinacion(casos: Casos, rol: str) -> None:
    consulta, _suyo = _preguntar(casos, "SJM.LEGAL")
    assert casos.como(rol).get("/casos/red/consultas").status_code == 403
    assert casos.como(rol).get(f"/casos/red/correcciones/{uuid4()}").status_code == 403
    for path in ("/red/consultas", f"/red/consultas/{consulta}", "/red/correcciones"):
        assert casos.api(rol, "GET", path).status_code == 403
    assert casos.api(rol, "POST", f"/red/consultas/{consulta}/enlace").status_code == 403
    assert casos.api("coordinacion", "POST", f"/red/consultas/{consulta}/enlace").status_code == 403
