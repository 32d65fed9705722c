"""Break-glass, confidentiality and the people named in a case, through the application."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update
from tests.unit.casos.conftest import Ventanilla
from tests.unit.casos.test_matriz import Mundo, levantar

from casos.accesos.models import AccesoExcepcional
from casos.accesos.reglas import reglas
from casos.derivaciones.models import Derivacion
from casos.expedientes.models import Caso, TipoHito, anotar
from casos.personas.models import Persona, PrecisionFecha
from casos.plazos.models import Plazo
from casos.red.models import ServicioRed
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.clock import real_now
from oficina.db import uuid7

MOTIVO = {"motivo": "persona_presente", "texto": "La persona está aquí y pide ayuda ahora"}


@pytest.fixture(scope="module")
def mundo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mundo]:
    """The office of the matrix."""
    made = levantar(tmp_path_factory.mktemp("accesos"))
    yield made
    made.ventanilla.close()


@pytest.fixture
def ventanilla(mundo: Mundo) -> Ventanilla:
    """Its counter, with no exceptional access open."""
    for asunto in mundo.asuntos.values():
        mundo.preparar(asunto)
    return mundo.ventanilla


@pytest.fixture
def reservado(mundo: Mundo) -> str:
    """The id of its reserved case."""
    return mundo.asuntos["reservado"].ids["caso"]


def _abrir(ventanilla: Ventanilla, caso_id: str, rol: str = "ajena", **datos: Any) -> Any:
    return ventanilla.api(
        "POST", f"/casos/{caso_id}/accesos-excepcionales", rol, json={**MOTIVO, **datos}
    )


def _cambiar(ventanilla: Ventanilla, path: str, rol: str, cuerpo: dict[str, Any]) -> Any:
    """Change by the API whatever is there."""
    return ventanilla.api("POST", path, rol, json=cuerpo, headers={"If-Match": "*"})


def _acceso(ventanilla: Ventanilla, acceso_id: str) -> AccesoExcepcional:
    with ventanilla.db.read() as session:
        return session.get_one(AccesoExcepcional, UUID(acceso_id))


def test_de_quien_tiene_un_caso_reservado_la_situacion_migratoria_es_de_quien_esta_nombrada(
    ventanilla: Ventanilla, reservado: str, mundo: Mundo
) -> None:
    persona = mundo.asuntos["reservado"].ids["persona"]
    ruta, pagina = f"/personas/{persona}/situaciones", f"/personas/{persona}/situacion"
    dicho = {"categoria": "irregular", "nota": "Lo contó en confianza"}
    assert ventanilla.api("POST", ruta, "profesional", json=dicho).status_code == 201
    # The coordination sees the person, and works on another case of theirs that names nobody.
    normal = ventanilla.caso(persona_id=persona, tipo="ayuda_social", tema="SOC")
    opciones = f"/derivaciones/opciones?caso_id={normal['id']}"

    assert ventanilla.pagina(f"/personas/{persona}", "coordinacion").status_code == 200
    for rol, estado in (("profesional", 200), ("jefatura", 200), ("coordinacion", 403)):
        leida, vista = ventanilla.api("GET", ruta, rol), ventanilla.pagina(pagina, rol)
        assert (leida.status_code, vista.status_code) == (estado, estado), rol
        assert ("en confianza" in vista.text) == (estado == 200), rol
        enlace = f'href="/casos{pagina}"' in ventanilla.pagina(f"/personas/{persona}", rol).text
        assert enlace == (estado == 200), rol
    negada: Any = ventanilla.api("GET", ruta, "coordinacion").json
    assert negada["confidencialidad"] == "reservado"
    assert ventanilla.api("POST", ruta, "coordinacion", json=dicho).status_code == 403
    ofrecidos: Any = ventanilla.api("GET", opciones, "coordinacion").json["datos"]  # type: ignore[index]  # it is an object
    assert "nombre" in {dato["codigo"] for dato in ofrecidos}
    assert "situacion_migratoria" not in {dato["codigo"] for dato in ofrecidos}
    # Not by an exceptional access either: that one is to the case.
    assert _abrir(ventanilla, reservado, "coordinacion").status_code == 201
    assert ventanilla.api("GET", ruta, "coordinacion").status_code == 403


def test_un_acceso_excepcional_deja_leer_y_nada_mas(ventanilla: Ventanilla, reservado: str) -> None:
    caso = f"/casos/{reservado}"
    assert ventanilla.api("GET", caso, "ajena").status_code == 403

    abierto = _abrir(ventanilla, reservado)

    assert abierto.status_code == 201
    assert ventanilla.api("GET", caso, "ajena").json["hitos"]  # type: ignore[index]  # it is an object
    pagina = ventanilla.pagina(f"/expedientes/{reservado}", "ajena").text
    assert "por un acceso excepcional" in pagina
    assert "Qué se puede hacer ahora" not in pagina
    orientacion = {"tema": "SOC", "texto": "x"}
    escribir = _cambiar(ventanilla, f"{caso}/orientaciones", "ajena", orientacion)
    assert escribir.status_code == 403
    assert reservado not in ventanilla.pagina("/?estado=todos", "ajena").text


def test_una_cita_de_la_historia_se_abre_solo_desde_el_trabajo_propio(
    ventanilla: Ventanilla, reservado: str
) -> None:
    cita = uuid7()
    with ventanilla.db.begin() as session:
        datos = {"hecho": "cancelada", "cita_id": str(cita)}
        anotar(session, UUID(reservado), TipoHito.CITA, Actor.sistema("agenda"), datos=datos)
    _abrir(ventanilla, reservado)

    for parte in ("", "/relato"):
        pagina = f"/expedientes/{reservado}{parte}"
        ajena = ventanilla.pagina(pagina, "ajena").text
        assert f'<a href="/agenda/citas/{cita}">' in ventanilla.pagina(pagina, "profesional").text
        assert "Se canceló la cita" in ajena
        assert str(cita) not in ajena


def test_cada_lectura_lleva_el_acceso_y_se_cuenta(ventanilla: Ventanilla, reservado: str) -> None:
    acceso_id = _abrir(ventanilla, reservado).json["id"]
    ventanilla.api("GET", f"/casos/{reservado}", "ajena")
    ventanilla.pagina(f"/expedientes/{reservado}", "ajena")

    assert _acceso(ventanilla, acceso_id).lecturas == 2
    with ventanilla.db.read() as session:
        quien = ventanilla.funcionario_id("ajena")
        filas = session.scalars(
            select(Auditoria)
            .where(
                Auditoria.accion == "casos.caso.ver",
                Auditoria.actor_id == quien,
                Auditoria.recurso_id == UUID(reservado),
            )
            .order_by(Auditoria.id.desc())
            .limit(2)
        ).all()
    assert {fila.motivo_codigo for fila in filas} == {f"acceso_excepcional:{acceso_id}"}


def test_termina_solo_a_su_hora_y_a_mano(ventanilla: Ventanilla, reservado: str) -> None:
    primero = _abrir(ventanilla, reservado).json
    guardado = _acceso(ventanilla, primero["id"])
    assert guardado.vence_en - guardado.abierto_en == timedelta(minutes=reglas().minutos)
    assert reglas().minutos <= 180
    # What a reader reaches is put together once, and asked at each moment.
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 200
    with ventanilla.db.begin() as session:
        session.execute(update(AccesoExcepcional).values(vence_en=real_now()))
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 403

    otro = _abrir(ventanilla, reservado).json["id"]
    termino = f"/accesos-excepcionales/{otro}/termino"
    assert ventanilla.api("POST", termino, "profesional").status_code == 404
    assert ventanilla.api("POST", termino, "ajena").status_code == 200
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 403


def test_la_coordinacion_termina_el_de_otra_persona_y_un_sello_lo_termina_todo(
    ventanilla: Ventanilla, reservado: str
) -> None:
    acceso_id = _abrir(ventanilla, reservado).json["id"]
    cerrado = ventanilla.enviar(f"/accesos-excepcionales/{acceso_id}/terminar", {}, "coordinacion")
    assert cerrado.status_code == 303
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 403

    _abrir(ventanilla, reservado)
    for cual in ("sellado", "reservado"):
        cambio = {"confidencialidad": cual, "motivo": "Prueba de sello"}
        path = f"/casos/{reservado}/confidencialidad"
        assert _cambiar(ventanilla, path, "jefatura", cambio).status_code == 204
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 403


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"texto": "porque sí"}, "texto"),
        ({"texto": "a " * 12}, "texto"),
        ({"texto": "." * 40}, "texto"),
        ({"motivo": "curiosidad"}, "motivo"),
    ],
)
def test_un_motivo_que_no_dice_nada_no_abre(
    ventanilla: Ventanilla, reservado: str, datos: dict[str, str], campo: str
) -> None:
    answer = _abrir(ventanilla, reservado, **datos)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [campo]
    assert ventanilla.api("GET", f"/casos/{reservado}", "ajena").status_code == 403


def test_la_lista_es_de_coordinacion_y_auditoria_que_no_lee_lo_escrito(
    ventanilla: Ventanilla, mundo: Mundo, reservado: str
) -> None:
    _abrir(ventanilla, reservado)
    folio = mundo.asuntos["reservado"].folio

    coordinacion = ventanilla.pagina("/accesos-excepcionales", "coordinacion").text
    auditor = ventanilla.pagina("/accesos-excepcionales", "auditor").text

    assert folio in coordinacion
    assert folio in auditor
    assert "Persona ajena" in auditor
    assert MOTIVO["texto"] in coordinacion
    assert MOTIVO["texto"] not in auditor
    assert ventanilla.pagina("/accesos-excepcionales", "profesional").status_code == 403
    lista: Any = ventanilla.api("GET", "/accesos-excepcionales", "auditor").json
    assert lista["accesos"][0]["texto"] is None
    uno = f"/accesos-excepcionales/{lista['accesos'][0]['id']}"
    assert ventanilla.api("GET", uno, "servicio").json["folio"] == folio  # type: ignore[index]  # it is an object
    assert ventanilla.api("GET", uno, "coordinacion").status_code == 403


def test_la_jefatura_se_entera_por_un_hecho_reservado_con_ids_solos(
    ventanilla: Ventanilla, reservado: str
) -> None:
    acceso_id = _abrir(ventanilla, reservado).json["id"]

    with ventanilla.db.read() as session:
        hecho = session.scalars(
            select(Outbox)
            .where(Outbox.tipo == "casos.caso.acceso_excepcional_abierto")
            .order_by(Outbox.creado.desc())
            .limit(1)
        ).one()
    assert hecho.clasificacion == "reservado"
    assert hecho.cuerpo["data"] == {"caso_id": reservado, "acceso_id": acceso_id}


def test_los_hechos_de_un_caso_por_lista_no_dicen_de_que_se_trata(ventanilla: Ventanilla) -> None:
    caso = ventanilla.caso(tema="DER.VIF")

    with ventanilla.db.read() as session:
        hechos = session.scalars(select(Outbox).where(Outbox.agregado == f"caso/{caso['id']}"))
        for hecho in hechos:
            assert hecho.clasificacion == "reservado"
            assert "vulneracion" not in str(hecho.cuerpo)
            assert "urgente" not in str(hecho.cuerpo)


def test_recepcion_abre_un_caso_reservado_y_la_coordinacion_lo_asigna_sin_leerlo(
    ventanilla: Ventanilla,
) -> None:
    caso = ventanilla.caso(tema="DER.VIF")
    assert set(caso) == {"id", "folio"}
    path = f"/casos/{caso['id']}"
    assert [
        ventanilla.api("GET", path, rol).status_code
        for rol in ("recepcion", "profesional", "coordinacion")
    ] == [403, 403, 403]
    assert caso["folio"] in ventanilla.pagina("/", "coordinacion").text
    assert "Asignar el caso" in ventanilla.pagina(f"/expedientes/{caso['id']}", "coordinacion").text

    profesional = str(ventanilla.funcionario_id("profesional"))
    a_ella = {"responsable_id": profesional}
    dado = _cambiar(ventanilla, f"{path}/asignacion", "coordinacion", a_ella)

    assert dado.json == {"id": caso["id"], "folio": caso["folio"]}
    assert ventanilla.api("GET", path, "profesional").status_code == 200
    assert caso["folio"] not in ventanilla.pagina("/", "coordinacion").text


def test_menos_confidencial_lo_hace_solo_la_coordinacion(ventanilla: Ventanilla) -> None:
    profesional = str(ventanilla.funcionario_id("profesional"))
    caso = ventanilla.caso(tema="SOC", responsable_id=profesional)
    path = f"/casos/{caso['id']}/confidencialidad"

    def cambiar(a: str, rol: str) -> int:
        cuerpo = {"confidencialidad": a, "motivo": "Por lo que contó"}
        hecho: int = _cambiar(ventanilla, path, rol, cuerpo).status_code
        return hecho

    assert cambiar("sellado", "profesional") == 204
    assert cambiar("reservado", "profesional") == 403
    assert cambiar("reservado", "coordinacion") == 404
    jefatura = {"funcionario_id": str(ventanilla.funcionario_id("jefatura")), "motivo": "Dirige"}
    equipo = f"/casos/{caso['id']}/equipo"
    assert ventanilla.api("POST", equipo, "profesional", json=jefatura).status_code == 204
    assert cambiar("normal", "jefatura") == 204
    assert cambiar("normal", "jefatura") == 409
    with ventanilla.db.read() as session:
        guardado = session.get_one(Caso, UUID(caso["id"]))
    assert not guardado.por_lista
    historia: Any = ventanilla.api("GET", f"/casos/{caso['id']}", "profesional").json
    cambios = [h["datos"] for h in historia["hitos"] if h["tipo"] == "confidencialidad"]
    assert cambios == [
        {"antes": "sellado", "ahora": "normal"},
        {"antes": "normal", "ahora": "sellado"},
    ]


def test_al_abrir_no_se_baja_lo_que_pide_el_tema(ventanilla: Ventanilla) -> None:
    persona = ventanilla.persona()["id"]
    pedido = {"persona_id": persona, "tema": "DER.TRATA", "confidencialidad": "normal"}

    assert ventanilla.api("POST", "/casos", "profesional", json=pedido).status_code == 403
    assert ventanilla.api("POST", "/casos", "coordinacion", json=pedido).status_code == 201
    sellado = pedido | {"confidencialidad": "sellado"}
    assert ventanilla.api("POST", "/casos", "recepcion", json=sellado).status_code == 403


def test_ser_nombrada_abre_y_ser_retirada_cierra(ventanilla: Ventanilla, reservado: str) -> None:
    ajena = {"funcionario_id": str(ventanilla.funcionario_id("ajena")), "motivo": "Reemplaza"}
    caso = f"/casos/{reservado}"

    assert ventanilla.api("POST", f"{caso}/equipo", "profesional", json=ajena).status_code == 204
    assert ventanilla.api("GET", caso, "ajena").status_code == 200
    retiro = ventanilla.api("POST", f"{caso}/equipo/retiros", "profesional", json=ajena)
    assert retiro.status_code == 204
    assert ventanilla.api("GET", caso, "ajena").status_code == 403
    otra_vez = ventanilla.api("POST", f"{caso}/equipo/retiros", "profesional", json=ajena)
    assert otra_vez.status_code == 404


def test_registrar_a_quien_tiene_un_caso_sellado_manda_a_preguntar(
    ventanilla: Ventanilla, mundo: Mundo
) -> None:
    sellado = mundo.asuntos["sellado"]
    nueva = {"nombres": "Quizás", "documento_tipo": "pasaporte"}

    visto = ventanilla.enviar(
        "/personas/nueva", nueva | {"documento_numero": sellado.documento, "revisar": "1"}
    ).text
    hallado: Any = ventanilla.api("POST", "/personas/buscar", json={"q": sellado.documento}).json

    assert "Pregunte a la coordinación antes de registrar" in visto
    assert hallado["preguntar_a_coordinacion"] is True
    assert sellado.ids["persona"] not in visto
    assert sellado.folio not in visto
    por_nombre: Any = ventanilla.api("POST", "/personas/buscar", json={"q": "Matriz2"}).json
    assert sellado.ids["persona"] not in str(por_nombre)


@pytest.mark.parametrize(("cual", "rol"), [("normal", "ajena"), ("sellado", "recepcion")])
def test_un_nombre_que_solo_suena_no_dice_de_quien_no_se_ve(
    ventanilla: Ventanilla, mundo: Mundo, cual: str, rol: str
) -> None:
    asunto = mundo.asuntos[cual]
    persona = asunto.ids["persona"]
    nacida = {"fecha_nacimiento": "1990-02-03", "precision_fecha": "exacta"}
    with ventanilla.db.begin() as session:
        conocida = session.get_one(Persona, UUID(persona))
        conocida.fecha_nacimiento = date(1990, 2, 3)
        conocida.precision_fecha = PrecisionFecha.EXACTA
        escrito = conocida.nombre
    de_oidas = escrito.replace("dencia", "densia")
    assert de_oidas != escrito

    def registrar(nombre: str) -> tuple[Any, bool]:
        datos = {"nombres": nombre, **nacida}
        nueva: Any = ventanilla.api("POST", "/personas", rol, json=datos).json
        return nueva["posibles_duplicados_ajenos"], nueva["preguntar_a_coordinacion"]

    ajenos, preguntar = registrar(escrito)
    assert ajenos or preguntar
    assert registrar(de_oidas) == ([], False)


def test_una_profesional_halla_por_lo_exacto_y_no_por_el_nombre(
    ventanilla: Ventanilla, mundo: Mundo
) -> None:
    normal = mundo.asuntos["normal"]

    def buscar(texto: str) -> Any:
        return ventanilla.api("POST", "/personas/buscar", "ajena", json={"q": texto}).json

    ajenos = buscar(normal.documento)["ajenos"]
    assert ajenos == [
        {
            "razones": ["documento"],
            "cargo": {"nombres": ["Persona de profesional"], "reservados": [], "alguien": False},
        }
    ]
    assert buscar("Prudencia Matriz0")["ajenos"][0]["razones"] == ["nombre"]
    assert buscar("Prudencia")["ajenos"] == []
    assert buscar(normal.folio)["ajenos"][0]["razones"] == ["folio_caso"]
    assert buscar(mundo.asuntos["reservado"].folio)["reservado"]["folio"].startswith("OM-")
    assert buscar(mundo.asuntos["sellado"].folio)["reservado"] is None


def test_la_unidad_ve_primero_lo_que_se_le_paso(ventanilla: Ventanilla, mundo: Mundo) -> None:
    normal = mundo.asuntos["normal"]
    pedido = {
        "caso_id": normal.ids["caso"],
        "servicio_id": normal.ids["servicio"],
        "proposito": "Evaluar una ayuda que se atrasa",
        "datos": ["nombre"],
        "base_licitud": "funcion_legal",
        "confirmada": True,
    }
    tarde, nueva = (
        ventanilla.api("POST", "/derivaciones", "profesional", json=pedido).json for _vez in "12"
    )
    antes = real_now() - timedelta(days=2)
    with ventanilla.db.begin() as session:
        de_ella = Plazo.derivacion_id == UUID(tarde["id"])
        session.execute(update(Plazo).where(de_ella).values(vence_en=antes))

    recibidas: Any = ventanilla.api("GET", "/unidad/derivaciones", "contraparte").json
    bandeja = ventanilla.pagina("/unidad", "contraparte").text

    assert datetime.fromisoformat(recibidas["derivaciones"][0]["vence_en"]) == antes
    folios = [una["folio"] for una in recibidas["derivaciones"]]
    assert folios[0] == tarde["folio"]
    assert nueva["folio"] in folios
    assert bandeja.index(tarde["folio"]) < bandeja.index(nueva["folio"])
    assert bandeja.count("Vencido") == 1
    vista = ventanilla.pagina(f"/unidad/derivaciones/{tarde['id']}", "contraparte").text
    assert vista.count("Vencido") >= 1
    _la_bandeja_se_acota(ventanilla, tarde, nueva)


def _la_bandeja_se_acota(ventanilla: Ventanilla, tarde: Any, nueva: Any) -> None:
    """State, late, service, theme and a part of the folio; whatever is none is told."""

    def hallan(consulta: str) -> list[bool]:
        answer = ventanilla.api("GET", f"/unidad/derivaciones?{consulta}", "contraparte")
        folios = [una["folio"] for una in answer.json["derivaciones"]]  # type: ignore[index]
        bandeja = ventanilla.pagina(f"/unidad?{consulta}", "contraparte").text
        hay = [una["folio"] in folios for una in (tarde, nueva)]
        assert hay == [f">{una['folio']}</a>" in bandeja for una in (tarde, nueva)]
        return hay

    assert hallan("atrasadas=1") == [True, False]
    assert hallan("estado=esperan") == hallan("estado=enviada") == [True, True]
    assert hallan("estado=rechazada") == [False, False]
    assert hallan(f"folio={nueva['folio'].lower()}") == [False, True]
    assert hallan(f"folio={nueva['folio'][-4:]}%25") == [False, False]
    with ventanilla.db.read() as session:
        servicio_id = session.get_one(Derivacion, UUID(tarde["id"])).servicio_id
        tema = session.get_one(ServicioRed, servicio_id).temas[0]
    assert hallan(f"servicio_id={servicio_id}") == [True, True]
    assert hallan(f"servicio_id={uuid4()}") == [False, False]
    assert hallan(f"tema={tema}") == hallan(f"tema={tema.partition('.')[0]}") == [True, True]
    assert hallan("tema=NADA") == [False, False]
    vacia = ventanilla.pagina("/unidad?estado=rechazada", "contraparte").text
    assert "Ninguna derivación recibida es así." in vacia
    assert "Quitar los filtros" in vacia
    mala = ventanilla.api("GET", "/unidad/derivaciones?estado=borrador", "contraparte")
    assert mala.status_code == 422
    assert ventanilla.pagina("/unidad?estado=borrador", "contraparte").status_code == 422


def test_la_unidad_ve_lo_minimo_y_responde_con_grado_a(
    ventanilla: Ventanilla, mundo: Mundo
) -> None:
    normal = mundo.asuntos["normal"]
    otra: Any = ventanilla.api(
        "POST",
        "/derivaciones",
        "profesional",
        json={
            "caso_id": normal.ids["caso"],
            "servicio_id": normal.ids["servicio"],
            "proposito": "Evaluar otra ayuda",
            "datos": ["nombre"],
            "base_licitud": "funcion_legal",
            "confirmada": True,
        },
    ).json
    path = f"/unidad/derivaciones/{otra['id']}"

    bandeja = ventanilla.pagina("/unidad", "contraparte").text
    vista = ventanilla.pagina(path, "contraparte").text

    assert otra["folio"] in bandeja
    (suya,) = [una for una in bandeja.split("</li>") if otra["folio"] in una]
    assert "Su respuesta se espera hasta el" in suya
    assert "Vencido" not in suya + vista
    assert "Prudencia" not in bandeja
    assert "Prudencia" in vista
    assert normal.folio not in vista
    assert normal.documento not in vista
    assert ventanilla.enviar(f"{path}/aceptar", {}, "contraparte").status_code == 303
    sin_motivo = ventanilla.enviar(f"{path}/no-lograda", {}, "contraparte")
    assert sin_motivo.status_code == 422
    hecho = ventanilla.enviar(f"{path}/cumplir", {"texto": "Se entregó una caja"}, "contraparte")
    assert hecho.status_code == 303
    assert ventanilla.enviar(f"{path}/aceptar", {}, "contraparte").status_code == 409
    vista_interna: Any = ventanilla.api("GET", f"/derivaciones/{otra['id']}", "profesional").json
    assert [(r["grado"], r["canal"]) for r in vista_interna["respuestas"]] == [
        ("A", "bandeja"),
        ("A", "bandeja"),
    ]
