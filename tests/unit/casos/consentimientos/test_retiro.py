"""Taking a consent back: what rests on it stops at once, whatever state it is in."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from tests.unit.casos.derivaciones.mundo import CAMINO, LUNES, PROFESIONAL, Mundo

from casos.alcance import SIN_LIMITE
from casos.consentimientos import actions, queries
from casos.consentimientos.actions import Fundamento
from casos.consentimientos.models import (
    BaseLicitud,
    FormaConsentimiento,
    MotivoRetiro,
    Otorgante,
)
from casos.consentimientos.retiro import PedidoRetiro, retirar
from casos.derivaciones.actions import adoptar
from casos.derivaciones.queries import con_respuestas
from casos.derivaciones.states import CON_DATOS, PASOS, Accion, Estado
from casos.expedientes.models import Caso
from casos.personas.models import Persona
from casos.representantes.actions import NuevoRepresentante
from casos.representantes.actions import anotar as representar
from oficina.bus.tables import Outbox
from oficina.errors import Conflicto, DatosInvalidos

DECIDIDO = PedidoRetiro(motivo=MotivoRetiro.DECISION)
DE_PALABRA = Fundamento(BaseLicitud.CONSENTIMIENTO, FormaConsentimiento.VERBAL, "hat")


def _consentida(mundo: Mundo, estado: Estado) -> UUID:
    derivacion_id = mundo.preparar(mundo.pedido("SJM.LEGAL", consentida=True))
    for accion in CAMINO[estado]:
        mundo.hacer(derivacion_id, accion)
    return derivacion_id


def _retirar(mundo: Mundo, derivacion_id: UUID) -> None:
    consentimiento_id = mundo.derivacion(derivacion_id).consentimiento_id
    with mundo.db.begin() as session:
        retirar(session, consentimiento_id, DECIDIDO, PROFESIONAL, LUNES)


def _de(mundo: Mundo, derivacion_id: UUID) -> list[str]:
    with mundo.db.read() as session:
        consulta = select(Outbox.tipo).where(Outbox.agregado == f"derivacion/{derivacion_id}")
        return [tipo.rpartition(".")[2] for tipo in session.scalars(consulta)]


@pytest.mark.parametrize("estado", list(Estado))
def test_retirar_actua_en_cada_estado_como_su_tabla_admite(mundo: Mundo, estado: Estado) -> None:
    derivacion_id = _consentida(mundo, estado)
    antes = len(_de(mundo, derivacion_id))

    _retirar(mundo, derivacion_id)

    esperado = Estado.ANULADA if Accion.ANULAR in PASOS[estado] else estado
    contado = _de(mundo, derivacion_id)[antes:]
    assert mundo.derivacion(derivacion_id).estado is esperado
    # The institution is told exactly when it has something; a draft never left the office.
    assert ("datos_retirados" in contado) == (estado in CON_DATOS)
    assert ("anulada" in contado) == (estado in CON_DATOS and esperado is Estado.ANULADA)


def test_el_retiro_se_cuenta_y_se_anota_en_el_caso(mundo: Mundo) -> None:
    derivacion_id = _consentida(mundo, Estado.ACEPTADA)

    _retirar(mundo, derivacion_id)

    with mundo.db.read() as session:
        revocado = session.scalars(
            select(Outbox).where(Outbox.tipo == "casos.consentimiento.revocado")
        ).all()[-1]
        caso = session.get_one(Caso, mundo.caso_id)
    data = revocado.cuerpo["data"]
    assert (data["persona_id"], data["finalidad"]) == (str(caso.persona_id), "derivacion")
    assert data["destinatario_tipo"] == "privada_sin_fines"
    assert "retiro" in [hito.datos.get("hecho") for hito in mundo.hitos()]
    assert mundo.derivacion(derivacion_id).motivo_codigo == "consentimiento_retirado"


def test_no_se_retira_dos_veces(mundo: Mundo) -> None:
    derivacion_id = _consentida(mundo, Estado.ENVIADA)
    _retirar(mundo, derivacion_id)

    with pytest.raises(Conflicto):
        _retirar(mundo, derivacion_id)


def test_lo_que_descansa_en_otra_base_sigue(mundo: Mundo) -> None:
    otra = mundo.en(Estado.ENVIADA)

    _retirar(mundo, _consentida(mundo, Estado.ENVIADA))

    assert mundo.derivacion(otra).estado is Estado.ENVIADA


def test_una_respuesta_tardia_no_se_adopta_sin_consentimiento(mundo: Mundo) -> None:
    derivacion_id = _consentida(mundo, Estado.VENCIDA)
    mundo.hacer(derivacion_id, Accion.ACEPTAR)
    with mundo.db.read() as session:
        (tardia,) = con_respuestas(session, derivacion_id, SIN_LIMITE).respuestas
    _retirar(mundo, derivacion_id)

    with mundo.db.begin() as session, pytest.raises(Conflicto):
        adoptar(session, derivacion_id, tardia.id, PROFESIONAL, LUNES)


def test_un_consentimiento_que_termino_no_deja_enviar(mundo: Mundo) -> None:
    """The ledger is asked when the package leaves, not when the draft was made."""
    hoy = replace(DE_PALABRA, hasta=LUNES.date())
    pedido = replace(mundo.pedido("SJM.LEGAL"), fundamento=hoy)
    derivacion_id = mundo.preparar(pedido)

    with pytest.raises(Conflicto):
        mundo.hacer(derivacion_id, Accion.ENVIAR, LUNES + timedelta(days=1))

    mundo.hacer(derivacion_id, Accion.ENVIAR, LUNES + timedelta(hours=2))
    assert mundo.derivacion(derivacion_id).estado is Estado.ENVIADA


@pytest.mark.parametrize(
    ("fundamento", "campo"),
    [
        (replace(DE_PALABRA, forma=None), "forma_consentimiento"),
        (replace(DE_PALABRA, idioma="xyz"), "idioma_consentimiento"),
        (replace(DE_PALABRA, otorgado_por=Otorgante.REPRESENTANTE), "representante"),
        (replace(DE_PALABRA, hasta=date(2026, 11, 8)), "hasta_consentimiento"),
    ],
)
def test_un_consentimiento_dice_como_quien_y_hasta_cuando(
    mundo: Mundo, fundamento: Fundamento, campo: str
) -> None:
    with mundo.db.begin() as session, pytest.raises(DatosInvalidos) as error:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        actions.consentir_recordatorios(session, persona_id, fundamento, PROFESIONAL, LUNES)

    assert list(error.value.errores) == [campo]


def test_los_recordatorios_se_admiten_hasta_que_se_retiran_y_otra_vez_al_consentir(
    mundo: Mundo,
) -> None:
    with mundo.db.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        assert queries.admite_recordatorios(session, persona_id, LUNES)
        dado = actions.consentir_recordatorios(session, persona_id, DE_PALABRA, PROFESIONAL, LUNES)
        assert queries.admite_recordatorios(session, persona_id, LUNES)
        retirar(session, dado.id, DECIDIDO, PROFESIONAL, LUNES)
        assert not queries.admite_recordatorios(session, persona_id, LUNES)
        actions.consentir_recordatorios(session, persona_id, DE_PALABRA, PROFESIONAL, LUNES)
        assert queries.admite_recordatorios(session, persona_id, LUNES)


@pytest.mark.parametrize(
    ("nacimiento", "datos", "otorgante", "puede"),
    [
        (date(2010, 11, 10), ("nombre", "direccion"), Otorgante.PERSONA, False),
        (date(2010, 11, 10), ("nombre", "direccion"), Otorgante.REPRESENTANTE, True),
        (date(2010, 11, 10), ("nombre",), Otorgante.PERSONA, True),
        (date(2010, 11, 9), ("nombre", "direccion"), Otorgante.PERSONA, True),
        (None, ("nombre", "direccion"), Otorgante.PERSONA, True),
    ],
)
def test_lo_sensible_de_menores_de_16_lo_autoriza_quien_los_representa(
    mundo: Mundo,
    nacimiento: date | None,
    datos: tuple[str, ...],
    otorgante: Otorgante,
    puede: bool,
) -> None:
    """Ley 19.628 as replaced by Ley 21.719; the age is that of the day on which they say so."""
    with mundo.db.begin() as session:
        caso = session.get_one(Caso, mundo.caso_id)
        session.get_one(Persona, caso.persona_id).fecha_nacimiento = nacimiento
        madre = NuevoRepresentante(tipo="patria_potestad", nombre="Su madre")
        representar(session, caso.persona_id, madre, PROFESIONAL, LUNES)
    dicho = replace(DE_PALABRA, otorgado_por=otorgante, representante="Su madre")
    pedido = replace(mundo.pedido("SJM.LEGAL", datos), fundamento=dicho)

    if puede:
        mundo.preparar(pedido)
    else:
        with pytest.raises(DatosInvalidos) as error:
            mundo.preparar(pedido)
        assert list(error.value.errores) == ["otorgado_por"]
