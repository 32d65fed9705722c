"""Applications: every step, who may take it, and money that is promised once."""

import re
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text, update
from tests.unit.casos.programas.conftest import (
    COORDINACION,
    ENCARGADO,
    PROFESIONAL,
    REQUISITOS,
    Ayuda,
    Postulante,
)

from casos.expedientes.models import Caso, Confidencialidad
from casos.personas.models import EstadoPersona, Persona
from casos.programas.postulaciones.models import Comprobacion, Postulacion
from casos.programas.postulaciones.reglas import reglas
from casos.programas.postulaciones.states import CON_RESERVA, PASOS, Accion, Estado
from casos.programas.postulaciones.tasks import caducar_postulaciones
from oficina import clock
from oficina.audit import Auditoria
from oficina.errors import NoPermitido, TransicionInvalida

HOY = date(2026, 3, 2)
E, A = Estado, Accion

ADMITIDAS = {
    (E.BORRADOR, A.EDITAR): E.BORRADOR,
    (E.BORRADOR, A.INGRESAR): E.INGRESADA,
    (E.BORRADOR, A.ANULAR): E.ANULADA,
    (E.INGRESADA, A.REVISAR): E.EN_REVISION,
    (E.INGRESADA, A.RENUNCIAR): E.RENUNCIADA,
    (E.INGRESADA, A.ANULAR): E.ANULADA,
    (E.EN_REVISION, A.COMPROBAR): E.EN_REVISION,
    (E.EN_REVISION, A.OBSERVAR): E.OBSERVADA,
    (E.EN_REVISION, A.ESPERAR): E.EN_REVISION,
    (E.EN_REVISION, A.APROBAR): E.APROBADA,
    (E.EN_REVISION, A.RECHAZAR): E.RECHAZADA,
    (E.EN_REVISION, A.RENUNCIAR): E.RENUNCIADA,
    (E.EN_REVISION, A.ANULAR): E.ANULADA,
    (E.OBSERVADA, A.RESPONDER): E.EN_REVISION,
    (E.OBSERVADA, A.CADUCAR): E.CADUCADA,
    (E.OBSERVADA, A.RENUNCIAR): E.RENUNCIADA,
    (E.OBSERVADA, A.ANULAR): E.ANULADA,
    (E.APROBADA, A.ENTREGAR): E.ENTREGADA,
    (E.ENTREGADA, A.RENDIR): E.RENDIDA,
    (E.APROBADA, A.CADUCAR): E.CADUCADA,
    (E.APROBADA, A.RENUNCIAR): E.RENUNCIADA,
    (E.APROBADA, A.ANULAR): E.ANULADA,
}


def _dar(una: Postulacion, accion: Accion) -> None:
    match accion:
        case A.APROBAR:
            una.aprobar(uuid4(), "Otra persona", HOY)
        case A.ENTREGAR:
            una.entregar(uuid4(), HOY)
        case A.RECHAZAR:
            una.rechazar("otro", HOY)
        case A.COMPROBAR:
            una.comprobar([Comprobacion(codigo="r1", cumple=True)], HOY)
        case _:
            una.pasar(accion, HOY)


@pytest.mark.parametrize("accion", list(Accion))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, accion: Accion) -> None:
    una = Postulacion(estado=estado, creada_por_id=uuid4())
    if (estado, accion) in ADMITIDAS:
        _dar(una, accion)
        assert una.estado is ADMITIDAS[estado, accion]
        assert una.caduca_el == reglas().caduca_el(una.estado, HOY)
        return
    with pytest.raises(TransicionInvalida):
        _dar(una, accion)
    assert una.estado is estado


def test_toda_salida_de_lo_reservado_pasa_por_los_pasos_que_liberan_o_gastan() -> None:
    for estado in CON_RESERVA:
        assert set(PASOS[estado]) == {A.ENTREGAR, A.CADUCAR, A.RENUNCIAR, A.ANULAR}


def test_no_aprueba_quien_la_presento() -> None:
    quien = uuid4()
    una = Postulacion(estado=E.EN_REVISION, creada_por_id=quien)
    with pytest.raises(NoPermitido):
        una.aprobar(quien, "La misma persona", HOY)
    assert una.estado is E.EN_REVISION


@pytest.mark.parametrize(
    ("documento_el", "cumple", "falta"),
    [
        (HOY, True, False),
        (HOY - timedelta(days=90), True, False),
        (HOY - timedelta(days=91), True, True),
        (HOY + timedelta(days=1), True, True),
        (None, True, True),
        (HOY, False, True),
    ],
)
def test_un_documento_vale_los_dias_que_dice_el_requisito(
    documento_el: date | None,
    cumple: bool,
    falta: bool,
) -> None:
    una = Postulacion(estado=E.EN_REVISION)
    una.comprobar([Comprobacion(codigo="r1", cumple=cumple, documento_el=documento_el)], HOY)
    exigido = [{"codigo": "r1", "texto": "Vive aquí", "documento": "Boleta", "dias": 90}]

    assert una.faltan(exigido, HOY) == (["Vive aquí"] if falta else [])


def test_las_reglas_dicen_su_version_y_cada_recurso_su_fuente() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", reglas().version)
    assert reglas().recurso_vigente in reglas().recursos
    for version in reglas().recursos:
        for idioma in ("es", "en"):
            dicho = reglas().recurso(version, idioma)
            assert dicho["texto"]
            assert "19.880" in dicho["fuente"]
    assert reglas().caduca_el(E.OBSERVADA, HOY) == date(2026, 3, 16)
    assert reglas().caduca_el(E.EN_REVISION, HOY) is None


def _disponible(ayuda: Ayuda, programa: dict[str, Any]) -> int:
    return int(ayuda.ver(programa)["presupuesto"]["disponible_clp"])


def test_de_la_presentacion_a_la_aprobacion(ayuda: Ayuda) -> None:
    programa = ayuda.abierto(monto=1000)
    quien = Postulante(ayuda, programa)
    cual = quien.nueva(400)
    quien.dar(cual, "ingresar", PROFESIONAL)
    sin_revisar = quien.dar(cual, "aprobar")
    quien.dar(cual, "revisar")
    sin_comprobar = quien.dar(cual, "aprobar")
    observada: Any = quien.dar(cual, "observar", texto="Falta la boleta").json
    quien.dar(cual, "responder", PROFESIONAL, texto="La trajo")
    halladas = [
        {"codigo": "r1", "cumple": True, "documento_el": str(clock.today())},
        {"codigo": "r2", "cumple": True},
    ]
    quien.dar(cual, "comprobar", comprobaciones=halladas)
    aprobada: Any = quien.dar(cual, "aprobar").json

    assert (sin_revisar.status_code, sin_comprobar.status_code) == (409, 409)
    assert sin_comprobar.json["faltan"] == [uno["texto"] for uno in REQUISITOS]  # type: ignore[index]  # it is an object
    assert observada["caduca_el"] > str(clock.today())
    assert (aprobada["estado"], aprobada["faltan"]) == ("aprobada", [])
    assert [paso["accion"] for paso in aprobada["pasos"]] == [
        *(None, "ingresar", "revisar", "observar", "responder", "comprobar", "aprobar")
    ]
    assert _disponible(ayuda, programa) == 600
    assert ayuda.ventanilla.hechos(f"postulacion/{cual}") == [
        "casos.postulacion.ingresada",
        "casos.postulacion.aprobada",
    ]


def test_quien_la_presento_no_la_aprueba_tampoco_desde_la_coordinacion(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = str(quien.crear(rol=COORDINACION).json["id"])  # type: ignore[index]  # it is an object
    quien.dar(cual, "ingresar", COORDINACION)
    quien.dar(cual, "revisar")
    halladas = [
        {"codigo": "r1", "cumple": True, "documento_el": str(clock.today())},
        {"codigo": "r2", "cumple": True},
    ]
    quien.dar(cual, "comprobar", comprobaciones=halladas)

    assert quien.dar(cual, "aprobar", COORDINACION).status_code == 403
    assert quien.dar(cual, "aprobar", PROFESIONAL).status_code == 403
    assert quien.dar(cual, "aprobar", ENCARGADO).status_code == 200


@pytest.mark.parametrize("paso", ["renunciar", "anular", "caducar"])
def test_lo_reservado_vuelve_al_programa(ayuda: Ayuda, paso: str) -> None:
    programa = ayuda.abierto(monto=1000)
    cual = Postulante(ayuda, programa).aprobada(400)
    assert _disponible(ayuda, programa) == 600

    if paso == "caducar":
        with ayuda.ventanilla.db.begin() as session:
            ayer = clock.today() - timedelta(days=1)
            session.get_one(Postulacion, UUID(cual)).caduca_el = ayer
        for _vez in range(2):
            caducar_postulaciones(ayuda.ventanilla.app.extensions["env"])
    else:
        answer = Postulante(ayuda, programa).dar(cual, paso, PROFESIONAL, texto="Se fue")
        assert answer.status_code == 200

    assert _disponible(ayuda, programa) == 1000
    lineas: Any = ayuda.pedir("GET", f"/programas/{programa['id']}/movimientos").json
    tipos = [linea["tipo"] for linea in lineas["movimientos"]]
    assert tipos == ["liberacion", "reserva", "asignacion"]


def test_sin_presupuesto_espera_en_orden_y_se_aprueba_cuando_llega(ayuda: Ayuda) -> None:
    programa = ayuda.abierto(monto=100)
    primera, segunda = (Postulante(ayuda, programa).en_revision(80) for _ in range(2))
    quien = Postulante(ayuda, programa)
    quien.aprobada(90)
    negada = quien.dar(primera, "aprobar")
    sin_comprobar = quien.nueva(10)
    quien.dar(sin_comprobar, "ingresar", PROFESIONAL)
    quien.dar(sin_comprobar, "revisar")

    assert negada.status_code == 409
    assert "presupuesto" in negada.json["detail"]  # type: ignore[index]  # it is an object
    assert quien.dar(sin_comprobar, "esperar").status_code == 409
    for cual in (segunda, primera, segunda):
        assert quien.dar(cual, "esperar").json["estado"] == "en_revision"  # type: ignore[index]  # it is an object
    espera: Any = ayuda.pedir(
        "GET", f"/postulaciones?programa_id={programa['id']}&estado=espera"
    ).json
    assert [una["id"] for una in espera["postulaciones"]] == [segunda, primera]
    ayuda.paso(programa, "presupuesto", {"monto_clp": 70, "respaldo": "DEX 10"})
    assert quien.dar(segunda, "aprobar").json["en_espera_desde"] is None  # type: ignore[index]  # it is an object
    assert quien.dar(primera, "aprobar").status_code == 409


def test_una_vez_por_periodo_y_con_tope_hasta_el_tope(ayuda: Ayuda) -> None:
    una_vez, con_tope = ayuda.abierto(), ayuda.abierto(tope_persona_clp=250)
    quien = Postulante(ayuda, una_vez)
    primera = quien.aprobada()
    repetida = quien.dar(quien.en_revision(), "aprobar")
    assert repetida.status_code == 409
    folio: Any = ayuda.pedir("GET", f"/postulaciones/{primera}").json["folio"]
    assert repetida.json["folios"] == [folio]  # type: ignore[index]  # it is an object

    otra = Postulante(ayuda, con_tope)
    assert otra.crear(251).status_code == 422
    otra.aprobada(100)
    otra.aprobada(150)
    assert otra.dar(otra.en_revision(1), "aprobar").status_code == 409


def test_no_se_tienen_dos_sin_decidir_en_un_programa(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    una, otra = quien.nueva(), quien.nueva()
    assert quien.dar(una, "ingresar", PROFESIONAL).status_code == 409
    assert quien.dar(otra, "anular", PROFESIONAL, texto="Repetida").status_code == 200
    assert quien.dar(una, "ingresar", PROFESIONAL).status_code == 200


def test_valen_los_requisitos_del_dia_en_que_se_ingreso(ayuda: Ayuda) -> None:
    programa = ayuda.abierto()
    quien = Postulante(ayuda, programa)
    antes, borrador = quien.en_revision(), Postulante(ayuda, programa)
    despues = borrador.nueva()
    nuevos = {"requisitos": [{"texto": "Algo más"}], "fuente": "DEX 9"}
    assert ayuda.paso(programa, "requisitos", nuevos).status_code == 200
    ingresada: Any = borrador.dar(despues, "ingresar", PROFESIONAL).json

    assert quien.dar(antes, "aprobar").status_code == 200
    assert ingresada["requisitos"]["numero"] == 2
    borrador.dar(despues, "revisar")
    ajena = borrador.dar(despues, "comprobar", comprobaciones=[{"codigo": "r2", "cumple": True}])
    assert ajena.status_code == 422


def test_un_rechazo_dice_por_que_y_que_puede_hacer_la_persona(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    sin_nada = quien.dar(cual, "rechazar")
    assert sin_nada.status_code == 422
    assert set(sin_nada.json["errors"]) == {"motivo", "texto"}  # type: ignore[index]  # it is an object
    hecha: Any = quien.dar(
        cual, "rechazar", motivo="falta_documento", texto="No trajo el contrato"
    ).json

    assert "19.880" in hecha["recurso"]["fuente"]
    pagina = ayuda.ventanilla.pagina(f"/postulaciones/{cual}", PROFESIONAL).text
    assert hecha["recurso"]["texto"][:40] in pagina
    assert "No presentó un documento" in pagina


def test_a_un_programa_cerrado_no_se_postula_y_lo_empezado_sigue(ayuda: Ayuda) -> None:
    programa = ayuda.abierto()
    quien, otra = Postulante(ayuda, programa), Postulante(ayuda, programa)
    cual, borrador = quien.en_revision(), otra.nueva()
    ayuda.paso(programa, "cerrar")

    assert otra.crear().status_code == 422
    assert otra.dar(borrador, "ingresar", PROFESIONAL).status_code == 409
    assert quien.dar(cual, "aprobar").status_code == 200


def test_quien_ve_a_la_persona_o_lleva_programas_ve_la_postulacion(ayuda: Ayuda) -> None:
    """A sealed case hides its person, and what they ask for with them."""
    ventanilla = ayuda.ventanilla
    programa = ayuda.abierto()
    caso = ventanilla.caso()
    ventanilla.paso(caso, "asignacion")
    quien = Postulante(ayuda, programa, caso["persona"]["id"])
    cual = quien.nueva()
    path = f"/postulaciones/{cual}"

    def ven() -> list[int]:
        return [
            ventanilla.api("GET", path, rol).status_code
            for rol in ("recepcion", PROFESIONAL, COORDINACION, ENCARGADO, "administrador")
        ]

    assert ven() == [403, 200, 200, 200, 403]
    cambio = {"confidencialidad": "sellado", "motivo": "Riesgo"}
    assert ventanilla.paso(caso, "confidencialidad", **cambio).status_code == 204
    assert ven() == [403, 200, 404, 404, 403]
    lista: Any = ayuda.pedir("GET", f"/postulaciones?programa_id={programa['id']}").json
    assert lista["postulaciones"] == []
    assert quien.dar(cual, "ingresar", COORDINACION).status_code == 404
    # And whoever runs programmes sees nothing of the person but that.
    assert ventanilla.api("GET", f"/personas/{quien.persona_id}", ENCARGADO).status_code == 403


def test_de_quien_tiene_los_datos_bloqueados_no_se_ve_ni_se_cambia(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    with ayuda.ventanilla.db.begin() as session:
        suya = update(Persona).where(Persona.id == UUID(quien.persona_id))
        session.execute(suya.values(estado=EstadoPersona.BLOQUEADA))

    assert quien.dar(cual, "aprobar", ENCARGADO).status_code == 404
    assert quien.dar(cual, "aprobar", COORDINACION).status_code == 403
    assert quien.crear().status_code == 403
    leida = ayuda.ventanilla.api("GET", f"/postulaciones/{cual}", PROFESIONAL)
    assert leida.json["estado"] == EstadoPersona.BLOQUEADA.value  # type: ignore[index]  # it is an object


def test_todo_deja_su_fila_en_la_auditoria_y_lo_dicho_se_guarda_cifrado(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    ayuda.pedir("GET", "/postulaciones?estado=curso")
    assert set(ayuda.ventanilla.auditadas(cual)) == {
        f"casos.postulacion.{paso}" for paso in ("crear", "ver", "ingresar", "revisar", "comprobar")
    }
    with ayuda.ventanilla.db.read() as session:
        listadas = select(Auditoria.cantidad).where(Auditoria.accion == "casos.postulacion.listar")
        assert session.scalars(listadas).all()[-1]
        suya = {"cual": UUID(cual).hex}
        guardado = text("SELECT detalle, comprobado FROM postulaciones WHERE id = :cual")
        crudo = session.execute(guardado, suya).one()
    assert all(crudo)
    assert "trabajo" not in str(crudo)
    assert '"r1"' not in str(crudo)


def _version(ayuda: Ayuda, cual: str) -> int:
    with ayuda.ventanilla.db.read() as session:
        return session.get_one(Postulacion, UUID(cual)).version


def test_quien_llega_tarde_lee_quien_hizo_que_y_no_pierde_lo_escrito(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    vieja = _version(ayuda, cual)
    quien.dar(cual, "observar", ENCARGADO, texto="Falta el comprobante")
    path = f"/postulaciones/{cual}"
    escrito = {"motivo": "otro", "texto": "No vive en la comuna", "version": vieja}

    tarde = ayuda.ventanilla.enviar(f"{path}/rechazar", escrito, COORDINACION)
    # Sent again, knowingly, it is not admitted any more.
    ahora = {"version": _version(ayuda, cual)}
    otra_vez = ayuda.ventanilla.enviar(f"{path}/rechazar", escrito | ahora, COORDINACION)

    assert (tarde.status_code, otra_vez.status_code) == (412, 409)
    assert "Otra persona lo modificó mientras usted escribía" in tarde.text
    assert f'name="version" value="{ahora["version"]}"' in tarde.text
    assert "El estado actual no admite ese paso" in otra_vez.text
    for page in (tarde.text, otra_vez.text):
        assert "Lo cambió Persona de encargado_programa: " in page
        assert " Se pidió lo que falta." in page
        assert "Ahora está así: Observada: falta algo." in page
        assert f'href="/casos{path}/responder">Llegó lo que faltaba</a>' in page
        assert f'href="/casos{path}/rechazar"' not in page
        assert "No vive en la comuna</textarea>" in page
        assert 'value="otro" checked' in page
    with ayuda.ventanilla.db.read() as session:
        assert session.get_one(Postulacion, UUID(cual)).estado is E.OBSERVADA


def test_lo_que_todavia_se_puede_se_hace_en_el_formulario_que_volvio(ayuda: Ayuda) -> None:
    """And who was faster in another window is told that it was them."""
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    vieja = _version(ayuda, cual)
    quien.dar(cual, "esperar", ENCARGADO, texto="No alcanza")
    escrito = {
        **{"r1.cumple": "0", "r1.documento_el": str(clock.today()), "r1.nota": "Es de otra casa"},
        **{"r2.cumple": "1", "version": vieja},
    }

    page = ayuda.ventanilla.enviar(f"/postulaciones/{cual}/comprobar", escrito, ENCARGADO)

    assert page.status_code == 412
    assert "Usted lo modificó en otra ventana" in page.text
    assert "Lo cambió" not in page.text
    assert " Pasó a la lista de espera." in page.text
    assert 'href="#formulario">Comprobar requisitos</a>' in page.text
    assert 'id="formulario"' in page.text
    assert re.findall(r'<a href="#campo-([^"]+)">', page.text) == ["r1-cumple", "r1-nota"]
    escrito["version"] = re.findall(r'name="version" value="(\d+)"', page.text)[0]
    otra_vez = ayuda.ventanilla.enviar(f"/postulaciones/{cual}/comprobar", escrito, ENCARGADO)
    assert otra_vez.status_code == 303


def test_a_quien_no_puede_dar_ningun_paso_no_se_le_ofrece(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.nueva()
    quien.dar(cual, "ingresar", PROFESIONAL)
    quien.dar(cual, "revisar", ENCARGADO)
    datos = {"monto_clp": "90", "detalle": "Perdió la casa", "version": _version(ayuda, cual)}

    page = ayuda.ventanilla.enviar(f"/postulaciones/{cual}/editar", datos, PROFESIONAL)

    assert page.status_code == 409
    assert "Perdió la casa</textarea>" in page.text
    assert f"/casos/postulaciones/{cual}/renunciar" in page.text
    assert "Aprobar" not in page.text


def test_la_que_caduco_sola_no_la_cambio_nadie(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.en_revision()
    quien.dar(cual, "observar", ENCARGADO, texto="Falta algo")
    vieja = _version(ayuda, cual)
    with ayuda.ventanilla.db.begin() as session:
        dia = clock.today() - timedelta(days=1)
        session.get_one(Postulacion, UUID(cual)).caduca_el = dia
    caducar_postulaciones(ayuda.ventanilla.app.extensions["env"])

    page = ayuda.ventanilla.enviar(
        f"/postulaciones/{cual}/responder", {"texto": "Llegó hoy", "version": vieja}, PROFESIONAL
    )

    assert page.status_code == 412
    assert "Cambió de forma automática mientras usted escribía" in page.text
    assert " Caducó." in page.text
    assert "servicio-casos" not in page.text
    assert "Llegó hoy</textarea>" in page.text


def test_por_la_api_quien_llega_tarde_sabe_como_esta(ayuda: Ayuda) -> None:
    quien = Postulante(ayuda, ayuda.abierto())
    cual = quien.nueva()
    path = f"/postulaciones/{cual}"
    leida = ayuda.ventanilla.api("GET", path, PROFESIONAL).headers["ETag"]
    quien.dar(cual, "ingresar", PROFESIONAL)

    tarde = ayuda.ventanilla.api(
        "PATCH",
        path,
        PROFESIONAL,
        json={"monto_clp": 5, "detalle": "Otra cosa"},
        headers={"If-Match": leida},
    )
    no_admitida = quien.dar(cual, "aprobar")

    como_esta = {
        "estado_actual": "ingresada",
        "transiciones_permitidas": ["anular", "renunciar", "revisar"],
        "version": _version(ayuda, cual),
    }
    assert (tarde.status_code, no_admitida.status_code) == (412, 409)
    for answer in (tarde, no_admitida):
        assert como_esta.items() <= answer.json.items()  # type: ignore[union-attr]  # it is an object


def test_las_paginas_postulan_comprueban_y_aprueban(ayuda: Ayuda) -> None:
    ventanilla, programa = ayuda.ventanilla, ayuda.abierto(monto=500_000)
    persona_id = ventanilla.persona(nombres="Rosaura")["id"]
    pedido = {"programa_id": programa["id"], "monto_clp": "120.000", "detalle": "Arriendo"}
    path = f"/personas/{persona_id}/postular"
    assert programa["nombre"] in ventanilla.pagina(path, PROFESIONAL).text
    assert ventanilla.enviar(path, pedido | {"monto_clp": "12,5"}, PROFESIONAL).status_code == 422
    hecha = ventanilla.enviar(path, pedido, PROFESIONAL)
    assert hecha.status_code == 303
    suya = hecha.location.removeprefix("/casos")

    def dar(paso: str, rol: str, **escrito: Any) -> int:
        with ventanilla.db.read() as session:
            version = session.get_one(Postulacion, UUID(suya.rpartition("/")[2])).version
        assert ventanilla.pagina(f"{suya}/{paso}", rol).status_code == 200
        datos = escrito | {"version": version}
        return ventanilla.enviar(f"{suya}/{paso}", datos, rol).status_code

    assert "Ingresar la postulación" not in ventanilla.pagina(suya, ENCARGADO).text
    assert ventanilla.pagina(f"{suya}/ingresar", ENCARGADO).status_code == 403
    assert dar("editar", PROFESIONAL, monto_clp="130.000", detalle="Arriendo y luz") == 303
    assert dar("ingresar", PROFESIONAL) == 303
    assert dar("revisar", ENCARGADO) == 303
    assert dar("aprobar", ENCARGADO) == 409
    assert dar("comprobar", ENCARGADO) == 422
    hoy = str(clock.today())
    escrito = {"r1.cumple": "1", "r1.documento_el": hoy, "r2.cumple": "0", "r2.nota": "No figura"}
    assert dar("comprobar", ENCARGADO, **escrito) == 303
    assert "No se cumple" in ventanilla.pagina(suya, ENCARGADO).text
    assert dar("comprobar", ENCARGADO, **escrito | {"r2.cumple": "1"}) == 303
    assert dar("esperar", ENCARGADO) == 303
    lista = ventanilla.pagina(
        f"/postulaciones?programa_id={programa['id']}&estado=espera", ENCARGADO
    )
    assert "Rosaura" in lista.text
    assert dar("aprobar", ENCARGADO, texto="Corresponde") == 303
    ficha = ventanilla.pagina(suya, PROFESIONAL).text
    assert "$130.000" in ficha
    assert "Corresponde" in ficha
    assert "Aprobada" in ventanilla.pagina(f"/personas/{persona_id}/ayudas", PROFESIONAL).text
    assert "/ayudas" in ventanilla.pagina(f"/personas/{persona_id}", PROFESIONAL).text
    assert "/ayudas" not in ventanilla.pagina(f"/personas/{persona_id}").text


def _vivir_juntas(ayuda: Ayuda, una: str, *otras: str) -> None:
    api, como = ayuda.ventanilla.api, {"headers": {"If-Match": "*"}}
    assert api("POST", f"/personas/{una}/hogar", json={"rol": "jefatura"}).status_code == 201
    for otra in otras:
        pedido = {"persona_id": otra, "rol": "hijo"}
        hecho = api("POST", f"/personas/{una}/hogar/integrantes", json=pedido, **como)
        assert hecho.status_code == 200, hecho.text


def test_un_beneficio_se_da_una_vez_al_hogar_tambien_a_quien_se_fue_de_el(ayuda: Ayuda) -> None:
    programa = ayuda.abierto()
    madre, hija = Postulante(ayuda, programa), Postulante(ayuda, programa)
    _vivir_juntas(ayuda, madre.persona_id, hija.persona_id)
    primera, segunda = madre.aprobada(), hija.en_revision()
    negada = hija.dar(segunda, "aprobar")
    folio = madre.ayuda.pedir("GET", f"/postulaciones/{primera}").json["folio"]  # type: ignore[index]  # it is an object
    assert (negada.status_code, negada.json["folios"]) == (409, [folio])  # type: ignore[index]  # it is an object
    (otra,) = ayuda.pedir("GET", f"/postulaciones/{segunda}").json["del_hogar"]  # type: ignore[index]  # it is an object
    assert (otra["folio"], otra["monto_clp"]) == (folio, 100)
    for path in (f"/postulaciones/{segunda}", f"/personas/{hija.persona_id}/ayudas"):
        pagina = ayuda.ventanilla.pagina(path, COORDINACION).text
        assert ("Lo que recibe su hogar" in pagina, folio in pagina) == (True, True)

    # Who got it leaves: the household had it all the same.
    hogar: Any = ayuda.ventanilla.api("GET", f"/personas/{madre.persona_id}/hogar").json
    suya = next(
        uno["id"]
        for uno in hogar["hogar"]["integrantes"]
        if uno["persona"]["id"] == madre.persona_id
    )
    fuera = {"json": {"motivo": "se_fue"}, "headers": {"If-Match": "*"}}
    assert ayuda.ventanilla.api("POST", f"/integrantes/{suya}/salida", **fuera).status_code == 200
    assert hija.dar(segunda, "aprobar").status_code == 409
    # She herself may have it again where she lives now no more than before.
    assert madre.dar(madre.en_revision(), "aprobar").status_code == 409


@pytest.mark.parametrize(
    ("cambios", "tercera"),
    [({"reparto": "por_persona"}, 200), ({"tope_hogar_clp": 250}, 409)],
)
def test_por_persona_o_hasta_el_tope_del_hogar(
    ayuda: Ayuda, cambios: dict[str, Any], tercera: int
) -> None:
    programa = ayuda.abierto(**cambios)
    todas = [Postulante(ayuda, programa) for _ in range(3)]
    _vivir_juntas(ayuda, *(una.persona_id for una in todas))
    hechas = [una.dar(una.en_revision(), "aprobar").status_code for una in todas]
    assert hechas == [200, 200, tercera]


def test_lo_de_alguien_sellado_ni_cuenta_ni_se_dice(ayuda: Ayuda) -> None:
    programa = ayuda.abierto()
    oculta, madre = Postulante(ayuda, programa), Postulante(ayuda, programa)
    _vivir_juntas(ayuda, madre.persona_id, oculta.persona_id)
    oculta.aprobada()
    caso = ayuda.ventanilla.caso(persona_id=oculta.persona_id)["id"]
    with ayuda.ventanilla.db.begin() as session:
        sellado = {"confidencialidad": Confidencialidad.SELLADO, "responsable_id": uuid4()}
        session.execute(update(Caso).where(Caso.id == UUID(caso)).values(sellado))
    suya = madre.en_revision()
    assert ayuda.pedir("GET", f"/postulaciones/{suya}").json["del_hogar"] == []  # type: ignore[index]  # it is an object
    assert madre.dar(suya, "aprobar").status_code == 200


def test_un_tope_de_hogar_solo_si_se_da_por_hogar(ayuda: Ayuda) -> None:
    datos = ayuda.datos(reparto="por_persona", tope_hogar_clp=100)
    negado = ayuda.pedir("POST", "/programas", json=datos)
    assert (negado.status_code, list(negado.json["errors"])) == (422, ["tope_hogar_clp"])  # type: ignore[index]  # it is an object
