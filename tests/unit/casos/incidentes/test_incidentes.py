"""The life of a breach of data: its table, its clocks, its facts, what closing asks for."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.derivaciones.mundo import LUNES, PROFESIONAL, Mundo

from casos.expedientes.models import Caso
from casos.incidentes import actions, vistas
from casos.incidentes.actions import (
    Aviso,
    Decision,
    Medida,
    Momento,
    NuevoReporte,
    Periodo,
)
from casos.incidentes.alcanzadas import Tocado, personas_de
from casos.incidentes.catalogo import catalogo
from casos.incidentes.models import Clasificacion
from casos.incidentes.queries import con_historia, registro, vinculadas
from casos.incidentes.states import (
    PASOS,
    PENDIENTES,
    Accion,
    Causa,
    ClaseDeMedida,
    Destinatario,
    Estado,
    Falta,
    MedioDeAviso,
    Naturaleza,
    RiesgoParaPersonas,
    Sistema,
)
from casos.personas.models import Persona
from casos.plazos.models import EstadoPlazo, Plazo
from casos.plazos.reglas import reglas
from casos.plazos.tasks import seguir_plazos
from oficina import clock
from oficina.actor import Actor
from oficina.audit import registrar as auditar
from oficina.bus.tables import Outbox
from oficina.db import uuid7
from oficina.env import Env
from oficina.errors import Conflicto, DatosInvalidos, TransicionInvalida
from oficina.settings import Settings
from oficina.web.client import ServiceClient

DELEGADA = Actor(uuid7(), "Daniela Delegada", frozenset({"delegado_datos"}), "Jurídico", "persona")
HOY = clock.local(LUNES)
REPORTE = NuevoReporte(
    causa=Causa.ENVIO_EQUIVOCADO,
    relato="Un listado se envió a otra oficina.",
    conocido=Momento(dia=HOY.date(), hora=time(8)),
)
CONOCIDO = REPORTE.conocido.instante()
CAMINO = {
    Estado.REPORTADO: (),
    Estado.ABIERTO: (Accion.ABRIR,),
    Estado.CERRADO: (Accion.ABRIR, Accion.MEDIDA, Accion.DECIDIR, Accion.CERRAR),
    Estado.DESCARTADO: (Accion.DESCARTAR,),
}


def _que(riesgo: RiesgoParaPersonas = RiesgoParaPersonas.BAJO, *categorias: str) -> Clasificacion:
    return Clasificacion(
        naturalezas=[Naturaleza.CONFIDENCIALIDAD],
        categorias=list(categorias or ("contacto",)),
        sistemas=[Sistema.CORREO],
        riesgo=riesgo,
        efectos="La otra oficina pudo ver teléfonos.",
        personas_aprox=12,
    )


def _reportar(mundo: Mundo) -> UUID:
    with mundo.db.begin() as session:
        return actions.reportar(session, REPORTE, PROFESIONAL, LUNES).id


def _folio(mundo: Mundo) -> str:
    with mundo.db.read() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        return session.get_one(Persona, persona_id).folio


def _datos(mundo: Mundo, accion: Accion) -> Any:
    match accion:
        case Accion.ABRIR | Accion.CLASIFICAR:
            return _que()
        case Accion.MEDIDA:
            return Medida(clase=ClaseDeMedida.CONTENER, texto="Se pidió borrarlo.")
        case Accion.VINCULAR | Accion.DESVINCULAR:
            return [_folio(mundo)]
        case Accion.DECIDIR:
            return _decision(*Destinatario, notificar=False)
        case Accion.AVISAR:
            return _aviso(Destinatario.AGENCIA)
        case _:
            return "Porque sí."


def _decision(*quienes: Destinatario, notificar: bool = True) -> Decision:
    return Decision(destinatarios=list(quienes), notificar=notificar, motivo="Así lo pide la ley.")


def _aviso(quien: Destinatario, hora: time = time(9)) -> Aviso:
    return Aviso(
        destinatario=quien,
        avisado=Momento(dia=HOY.date(), hora=hora),
        medio=MedioDeAviso.SEDE_ELECTRONICA,
        constancia="Ingreso 123",
    )


HACER: dict[Accion, Any] = {
    Accion.ABRIR: actions.abrir,
    Accion.DESCARTAR: actions.descartar,
    Accion.CLASIFICAR: actions.clasificar,
    Accion.MEDIDA: actions.tomar_medida,
    Accion.VINCULAR: actions.vincular,
    Accion.DESVINCULAR: actions.desvincular,
    Accion.DECIDIR: actions.decidir,
    Accion.AVISAR: actions.avisar,
    Accion.CERRAR: actions.cerrar,
    Accion.REABRIR: actions.reabrir,
}


def _dar(
    mundo: Mundo, cual: UUID, accion: Accion, datos: Any = None, ahora: datetime = LUNES
) -> None:
    datos = _datos(mundo, accion) if datos is None else datos
    with mundo.db.begin() as session:
        HACER[accion](session, cual, datos, DELEGADA, ahora)


def _en(mundo: Mundo, estado: Estado) -> UUID:
    cual = _reportar(mundo)
    for accion in CAMINO[estado]:
        _dar(mundo, cual, accion)
    return cual


def _relojes(mundo: Mundo, cual: UUID) -> dict[str, Plazo]:
    with mundo.db.read() as session:
        plazos = select(Plazo).where(Plazo.incidente_id == cual).order_by(Plazo.id)
        return {plazo.reloj: plazo for plazo in session.scalars(plazos)}


def _corren(mundo: Mundo, cual: UUID) -> set[str]:
    return {
        reloj
        for reloj, plazo in _relojes(mundo, cual).items()
        if plazo.estado is EstadoPlazo.CORRIENDO
    }


def _hechos(mundo: Mundo, cual: UUID) -> list[Outbox]:
    with mundo.db.read() as session:
        consulta = select(Outbox).where(Outbox.agregado == f"incidente/{cual}")
        return list(session.scalars(consulta.order_by(Outbox.secuencia)))


def _seguir(mundo: Mundo, dia: date) -> None:
    clock.move_to(dia)
    settings = Settings()
    seguir_plazos(Env(settings=settings, db=mundo.db, client=ServiceClient(settings)))


@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_es_el_de_su_tabla_y_deja_su_linea(mundo: Mundo, estado: Estado) -> None:
    for accion in Accion:
        cual = _en(mundo, estado)
        with mundo.db.read() as session:
            antes = con_historia(session, cual).incidente

        if accion not in PASOS[estado]:
            with pytest.raises(TransicionInvalida):
                _dar(mundo, cual, accion)
        elif accion in {Accion.AVISAR, Accion.CERRAR}:
            with pytest.raises(Conflicto):
                _dar(mundo, cual, accion)
        else:
            _dar(mundo, cual, accion)
            with mundo.db.read() as session:
                uno = con_historia(session, cual).incidente
            assert uno.estado is PASOS[estado][accion]
            assert uno.version > antes.version, accion
            assert uno.pasos[-1].accion is accion
            continue
        with mundo.db.read() as session:
            igual = con_historia(session, cual).incidente
        assert (igual.estado, igual.version) == (antes.estado, antes.version)
        assert [paso.id for paso in igual.pasos] == [paso.id for paso in antes.pasos]


@pytest.mark.parametrize("destinatario", list(Destinatario))
def test_cada_destinatario_tiene_su_reloj_en_horas_y_su_fuente(destinatario: Destinatario) -> None:
    obligacion = catalogo().destinatarios[destinatario]
    regla = reglas().relojes[obligacion.reloj]

    assert regla.unidad == "horas"
    assert "por confirmar" in regla.fuente
    assert "por confirmar" in obligacion.fuente
    assert obligacion.riesgos or obligacion.protegidas


def test_desde_que_se_noto_corre_el_reloj_de_la_agencia_y_ningun_otro(mundo: Mundo) -> None:
    cual = _reportar(mundo)

    (plazo,) = _relojes(mundo, cual).values()

    assert plazo.reloj == "incidente_agencia"
    assert plazo.vence_en == CONOCIDO + timedelta(hours=72)


def test_la_clasificacion_pone_a_correr_lo_que_la_ley_pide(mundo: Mundo) -> None:
    bajo, medio, alto = RiesgoParaPersonas
    for que, corren in (
        (_que(bajo), {"agencia"}),
        (_que(medio), {"agencia"}),
        (_que(alto), {"agencia", "csirt"}),
        (_que(bajo, "salud"), {"agencia", "personas"}),
        (_que(bajo, "ninez", "contacto"), {"agencia", "personas"}),
        (_que(alto, "economicos"), {"agencia", "personas", "csirt"}),
    ):
        cual = _reportar(mundo)

        _dar(mundo, cual, Accion.ABRIR, que)

        assert _corren(mundo, cual) == {f"incidente_{quien}" for quien in corren}
        with mundo.db.read() as session:
            pide = {str(q) for q in vistas.obliga(con_historia(session, cual).incidente)}
        # A suspicion's clock goes on until somebody decides, also when the law asks for nothing.
        assert pide == corren - ({"agencia"} if que.riesgo is bajo else set())


def test_decidir_que_no_detiene_el_reloj_y_que_si_lo_pone_a_correr(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)

    _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.AGENCIA, notificar=False))
    assert not _corren(mundo, cual)
    # More is known: what was decided stands until somebody decides otherwise.
    _dar(mundo, cual, Accion.CLASIFICAR, _que(RiesgoParaPersonas.MEDIO))
    assert not _corren(mundo, cual)
    _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.AGENCIA, Destinatario.PERSONAS))

    assert _corren(mundo, cual) == {"incidente_agencia", "incidente_personas"}
    assert _relojes(mundo, cual)["incidente_agencia"].inicia_en == CONOCIDO


def test_comunicar_cumple_el_reloj_a_la_hora_en_que_se_hizo(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)
    agencia = _aviso(Destinatario.AGENCIA)
    _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.AGENCIA))

    with pytest.raises(DatosInvalidos):
        _dar(mundo, cual, Accion.AVISAR, _aviso(Destinatario.AGENCIA, time(7)))
    with pytest.raises(DatosInvalidos):
        _dar(mundo, cual, Accion.AVISAR, _aviso(Destinatario.AGENCIA, time(23, 59)))
    _dar(mundo, cual, Accion.AVISAR, agencia)
    _dar(mundo, cual, Accion.AVISAR, _aviso(Destinatario.AGENCIA, time(10)))

    plazo = _relojes(mundo, cual)["incidente_agencia"]
    assert (plazo.estado, plazo.terminado_en) == (EstadoPlazo.CUMPLIDO, agencia.avisado.instante())
    with mundo.db.read() as session:
        uno = con_historia(session, cual).incidente
    aviso = uno.aviso(Destinatario.AGENCIA)
    assert aviso is not None
    assert aviso.avisado_en == agencia.avisado.instante()
    assert [p.accion for p in uno.pasos].count(Accion.AVISAR) == 2
    with pytest.raises(Conflicto):
        _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.AGENCIA, notificar=False))


def test_se_cierra_cuando_no_falta_nada(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)

    def faltas() -> frozenset[Falta]:
        with pytest.raises(Conflicto):
            _dar(mundo, cual, Accion.CERRAR)
        with mundo.db.read() as session:
            return con_historia(session, cual).incidente.faltas()

    assert faltas() == {Falta.MEDIDA, Falta.DECISION}
    _dar(mundo, cual, Accion.MEDIDA)
    _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.CSIRT, notificar=False))
    assert faltas() == {Falta.DECISION}
    _dar(mundo, cual, Accion.DECIDIR, _decision(Destinatario.AGENCIA, Destinatario.PERSONAS))
    assert faltas() == {Falta.AVISO}
    _dar(mundo, cual, Accion.AVISAR, _aviso(Destinatario.PERSONAS))
    _dar(mundo, cual, Accion.AVISAR, _aviso(Destinatario.AGENCIA))
    _dar(mundo, cual, Accion.CERRAR)

    with mundo.db.read() as session:
        assert con_historia(session, cual).incidente.estado is Estado.CERRADO
    assert not _corren(mundo, cual)


def test_una_sospecha_descartada_detiene_su_reloj_y_reabierta_corre_desde_que_se_noto(
    mundo: Mundo,
) -> None:
    cual = _en(mundo, Estado.DESCARTADO)
    assert not _corren(mundo, cual)

    _dar(mundo, cual, Accion.REABRIR, ahora=LUNES + timedelta(days=9))

    plazo = _relojes(mundo, cual)["incidente_agencia"]
    assert (plazo.estado, plazo.inicia_en) == (EstadoPlazo.CORRIENDO, CONOCIDO)


def test_lo_que_todavia_no_pasa_no_se_reporta(mundo: Mundo) -> None:
    manana = NuevoReporte(
        causa=Causa.OTRA, relato="x", conocido=Momento(dia=HOY.date() + timedelta(days=1))
    )
    with mundo.db.begin() as session, pytest.raises(DatosInvalidos):
        actions.reportar(session, manana, PROFESIONAL, LUNES)


def test_los_hechos_son_reservados_y_solo_llevan_ids_y_codigos(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)
    _seguir(mundo, HOY.date() + timedelta(days=9))

    hechos = _hechos(mundo, cual)

    assert [h.tipo.split(".", 1)[1] for h in hechos] == [
        "incidente.reportado",
        "incidente.abierto",
        "incidente.plazo_por_vencer",
        "incidente.plazo_vencido",
        "incidente.plazo_vencido",
    ]
    assert {h.clasificacion for h in hechos} == {"reservado"}
    contado = str([h.cuerpo for h in hechos])
    for ajeno in ("listado", "teléfonos", PROFESIONAL.nombre, DELEGADA.nombre, str(PROFESIONAL.id)):
        assert ajeno not in contado


def test_se_vincula_por_folio_o_id_una_vez_y_se_quita(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)
    folio = _folio(mundo)
    with mundo.db.read() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id

    _dar(mundo, cual, Accion.VINCULAR, [f"{folio.lower()},\n {persona_id}"])
    _dar(mundo, cual, Accion.VINCULAR, [folio])
    with pytest.raises(DatosInvalidos) as error:
        _dar(mundo, cual, Accion.VINCULAR, [f"{folio} P-1999-000001"])
    with mundo.db.read() as session:
        (una,) = vinculadas(session, cual)
    _dar(mundo, cual, Accion.DESVINCULAR, [str(persona_id)])

    assert (una.id, una.folio) == (persona_id, folio)
    assert "P-1999-000001" in str(error.value.errores)
    with mundo.db.read() as session:
        assert not vinculadas(session, cual)
        pasos = con_historia(session, cual).incidente.pasos
    assert [p.cantidad for p in pasos if p.cantidad is not None] == [1, 0, 1]


def test_la_auditoria_dice_de_quienes_vio_datos_una_cuenta(mundo: Mundo) -> None:
    cual = _en(mundo, Estado.ABIERTO)
    intrusa = Actor(uuid7(), "Cuenta usada por otro", frozenset({"profesional"}), "", "persona")
    derivacion_id = mundo.preparar()
    with mundo.db.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        auditar(session, intrusa, "casos.derivacion.ver", "derivacion", derivacion_id)
        auditar(session, intrusa, "casos.caso.listar", "caso", None, cantidad=30)
    dia = clock.local(clock.real_now()).date()
    periodo = Periodo(cuenta_id=intrusa.id, desde=dia, hasta=dia)

    def tocado(cuando: Periodo) -> Tocado:
        with mundo.db.read() as session:
            uso = cuando.uso()
            return Tocado(frozenset(session.scalars(uso.cosas())), uso.listas(session))

    with mundo.db.begin() as session:
        actions.vincular_alcanzadas(session, cual, tocado(periodo), DELEGADA, LUNES)
    antes = Periodo(
        cuenta_id=intrusa.id, desde=dia - timedelta(days=9), hasta=dia - timedelta(days=1)
    )
    with mundo.db.read() as session:
        alcance = actions.Alcance.de(DELEGADA)
        halladas = personas_de(session, tocado(periodo), alcance)
        de_antes = personas_de(session, tocado(antes), alcance)
        nombradas = vinculadas(session, cual)

    assert [una.id for una in halladas.personas] == [persona_id]
    assert [una.id for una in nombradas] == [persona_id]
    assert halladas.listas == 1
    assert (list(de_antes.personas), de_antes.listas) == ([], 0)


def test_el_registro_tiene_los_incidentes_y_no_las_sospechas(mundo: Mundo) -> None:
    abierto, cerrado = _en(mundo, Estado.ABIERTO), _en(mundo, Estado.CERRADO)
    fuera = {_en(mundo, Estado.REPORTADO), _en(mundo, Estado.DESCARTADO)}

    with mundo.db.read() as session:
        filas = {fila.incidente.id for fila in registro(session)}

    assert {abierto, cerrado} <= filas
    assert not fuera & filas
    assert Estado.DESCARTADO not in PENDIENTES
