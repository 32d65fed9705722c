"""Every step from every state of a case, without a database."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from casos.expedientes.models import (
    Caso,
    Confidencialidad,
    Instancia,
    Pendiente,
    Prioridad,
    ResultadoCierre,
    Riesgo,
)
from casos.expedientes.states import (
    CIERRES,
    PASOS,
    TERMINADOS,
    Estado,
    MotivoCierre,
    MotivoSuspension,
    Paso,
)
from oficina import clock
from oficina.errors import Conflicto, TransicionInvalida

NADA = Pendiente()


def _caso(estado: Estado, **campos: object) -> Caso:
    previo = Estado.EN_SEGUIMIENTO if estado is Estado.SUSPENDIDO else None
    suyo: dict[str, object] = {"estado": estado, "orientaciones": 1}
    suyo |= {"riesgo": Riesgo.BAJO, "confidencialidad": Confidencialidad.NORMAL}
    suyo |= {"instancia": Instancia.PRIMERA}
    return Caso(**suyo | {"estado_previo": previo} | campos)


def _cerrar(
    caso: Caso,
    motivo: MotivoCierre | None = None,
    pendiente: Pendiente = NADA,
    *,
    aprobado: bool = False,
) -> None:
    motivo = motivo or min(CIERRES[caso.estado], default=MotivoCierre.NO_AMERITA)
    caso.cerrar(motivo, ResultadoCierre.LOGRADO, clock.now(), pendiente, aprobado=aprobado)


def _anular(caso: Caso, pendiente: Pendiente = NADA) -> None:
    caso.anular(clock.now(), pendiente)


def _suspender(caso: Caso, pendiente: Pendiente = NADA) -> None:
    caso.suspender(MotivoSuspension.SIN_CONTACTO, denuncia_pendiente=pendiente.denuncia)


VERBOS: dict[Paso, Callable[[Caso], object]] = {
    Paso.ORIENTAR: lambda caso: caso.orientar(),
    Paso.ELEVAR: lambda caso: caso.elevar(),
    Paso.EVALUAR: lambda caso: caso.evaluar(Riesgo.MEDIO),
    Paso.DERIVAR: lambda caso: caso.exigir(Paso.DERIVAR),
    Paso.PRIORIZAR: lambda caso: caso.priorizar(Prioridad.URGENTE),
    Paso.ASIGNAR: lambda caso: caso.asignar(uuid4(), "Profesional"),
    Paso.SEGUIR: lambda caso: caso.seguir(sin_respuesta=0),
    Paso.VOLVER: lambda caso: caso.volver(),
    Paso.SUSPENDER: _suspender,
    Paso.REANUDAR: lambda caso: caso.reanudar(),
    Paso.AGREGAR_TAREA: lambda caso: caso.exigir(Paso.AGREGAR_TAREA),
    Paso.PROPONER_CIERRE: lambda caso: caso.exigir(Paso.PROPONER_CIERRE),
    Paso.DECIDIR_CIERRE: lambda caso: caso.exigir(Paso.DECIDIR_CIERRE),
    Paso.EXIGIR_DENUNCIA: lambda caso: caso.exigir(Paso.EXIGIR_DENUNCIA),
    Paso.RESOLVER_DENUNCIA: lambda caso: caso.exigir(Paso.RESOLVER_DENUNCIA),
    Paso.CERRAR: _cerrar,
    Paso.REABRIR: lambda caso: caso.reabrir(),
    Paso.ANULAR: _anular,
}

# The decree's two instances: (state, step) -> state. What is not here is refused.
ADMITIDOS = {
    (Estado.ABIERTO, Paso.ORIENTAR): Estado.ABIERTO,
    (Estado.ABIERTO, Paso.ELEVAR): Estado.EN_EVALUACION,
    (Estado.ABIERTO, Paso.ASIGNAR): Estado.ABIERTO,
    (Estado.ABIERTO, Paso.CERRAR): Estado.CERRADO,
    (Estado.EN_EVALUACION, Paso.EVALUAR): Estado.EN_GESTION,
    (Estado.EN_EVALUACION, Paso.ASIGNAR): Estado.EN_EVALUACION,
    (Estado.EN_EVALUACION, Paso.CERRAR): Estado.CERRADO,
    (Estado.EN_GESTION, Paso.DERIVAR): Estado.EN_GESTION,
    (Estado.EN_GESTION, Paso.ASIGNAR): Estado.EN_GESTION,
    (Estado.EN_GESTION, Paso.CERRAR): Estado.CERRADO,
    (Estado.EN_GESTION, Paso.AGREGAR_TAREA): Estado.EN_GESTION,
    (Estado.EN_SEGUIMIENTO, Paso.AGREGAR_TAREA): Estado.EN_SEGUIMIENTO,
    (Estado.EN_GESTION, Paso.SEGUIR): Estado.EN_SEGUIMIENTO,
    (Estado.EN_SEGUIMIENTO, Paso.VOLVER): Estado.EN_GESTION,
    (Estado.EN_SEGUIMIENTO, Paso.ASIGNAR): Estado.EN_SEGUIMIENTO,
    (Estado.EN_SEGUIMIENTO, Paso.CERRAR): Estado.CERRADO,
    (Estado.SUSPENDIDO, Paso.ASIGNAR): Estado.SUSPENDIDO,
    # Where `_caso` says that it was.
    (Estado.SUSPENDIDO, Paso.REANUDAR): Estado.EN_SEGUIMIENTO,
    (Estado.CERRADO, Paso.REABRIR): Estado.EN_EVALUACION,
}
for _en_curso in (
    *(Estado.ABIERTO, Estado.EN_EVALUACION, Estado.EN_GESTION),
    *(Estado.EN_SEGUIMIENTO, Estado.SUSPENDIDO),
):
    ADMITIDOS[_en_curso, Paso.PRIORIZAR] = _en_curso
    ADMITIDOS[_en_curso, Paso.EXIGIR_DENUNCIA] = _en_curso
    ADMITIDOS[_en_curso, Paso.RESOLVER_DENUNCIA] = _en_curso
    ADMITIDOS[_en_curso, Paso.ANULAR] = Estado.ANULADO
    if _en_curso is not Estado.SUSPENDIDO:
        ADMITIDOS[_en_curso, Paso.SUSPENDER] = Estado.SUSPENDIDO
        ADMITIDOS[_en_curso, Paso.PROPONER_CIERRE] = _en_curso
        ADMITIDOS[_en_curso, Paso.DECIDIR_CIERRE] = _en_curso


@pytest.mark.parametrize("paso", list(Paso))
@pytest.mark.parametrize("estado", list(Estado))
def test_cada_paso_desde_cada_estado(estado: Estado, paso: Paso) -> None:
    caso = _caso(estado)

    if (estado, paso) in ADMITIDOS:
        VERBOS[paso](caso)
        assert caso.estado is ADMITIDOS[estado, paso]
        return
    with pytest.raises(TransicionInvalida) as refused:
        VERBOS[paso](caso)
    assert caso.estado is estado
    assert refused.value.extra == {
        "estado_actual": estado,
        "transiciones_permitidas": sorted(PASOS[estado]),
    }


def test_elevar_pasa_a_la_segunda_instancia() -> None:
    caso = _caso(Estado.ABIERTO)
    caso.elevar()
    assert caso.instancia is Instancia.SEGUNDA


@pytest.mark.parametrize("motivo", list(MotivoCierre))
@pytest.mark.parametrize("estado", [e for e in Estado if Paso.CERRAR in PASOS[e]])
def test_se_cierra_solo_por_los_motivos_del_estado(estado: Estado, motivo: MotivoCierre) -> None:
    caso = _caso(estado)

    if motivo in CIERRES[estado]:
        _cerrar(caso, motivo)
        assert (caso.estado, caso.cierre_motivo) == (Estado.CERRADO, motivo)
        return
    with pytest.raises(Conflicto):
        _cerrar(caso, motivo)
    assert caso.estado is estado


@pytest.mark.parametrize("estado", [e for e in Estado if Paso.SUSPENDER in PASOS[e]])
def test_se_reanuda_donde_estaba(estado: Estado) -> None:
    caso = _caso(estado)

    _suspender(caso)
    assert (caso.estado, caso.suspension_motivo) == (
        Estado.SUSPENDIDO,
        MotivoSuspension.SIN_CONTACTO,
    )
    caso.reanudar()

    assert caso.estado is estado
    assert caso.estado_previo is caso.suspension_motivo is None


@pytest.mark.parametrize("terminar", [_suspender, _cerrar, _anular])
def test_con_una_denuncia_pendiente_nadie_deja_el_caso(
    terminar: Callable[..., None],
) -> None:
    caso = _caso(Estado.EN_GESTION)
    with pytest.raises(Conflicto, match="denuncia"):
        terminar(caso, pendiente=Pendiente(denuncia=True))
    assert caso.estado is Estado.EN_GESTION


@pytest.mark.parametrize("terminar", [_cerrar, _anular])
def test_con_una_derivacion_activa_no_termina(terminar: Callable[..., None]) -> None:
    caso = _caso(Estado.EN_GESTION)
    with pytest.raises(Conflicto, match="derivaciones"):
        terminar(caso, pendiente=Pendiente(derivaciones=1))
    assert not caso.terminado


def test_con_una_tarea_sin_terminar_no_se_cierra_y_si_se_anula() -> None:
    caso = _caso(Estado.EN_SEGUIMIENTO)
    with pytest.raises(Conflicto, match="tareas"):
        _cerrar(caso, pendiente=Pendiente(tareas=1))
    _anular(caso, Pendiente(tareas=1))
    assert caso.estado is Estado.ANULADO


@pytest.mark.parametrize(
    "delicado",
    [
        {"riesgo": Riesgo.ALTO},
        {"confidencialidad": Confidencialidad.RESERVADO},
        {"confidencialidad": Confidencialidad.SELLADO},
    ],
)
def test_lo_delicado_lo_cierran_dos(delicado: dict[str, object]) -> None:
    caso = _caso(Estado.EN_GESTION, **delicado)
    with pytest.raises(Conflicto, match="dos personas"):
        _cerrar(caso)
    assert caso.estado is Estado.EN_GESTION

    _cerrar(caso, aprobado=True)
    assert caso.estado is Estado.CERRADO


def test_sin_respuesta_no_se_pasa_a_seguimiento() -> None:
    caso = _caso(Estado.EN_GESTION)
    with pytest.raises(Conflicto, match="aceptado"):
        caso.seguir(sin_respuesta=1)


def test_de_lo_terminado_solo_se_reabre_lo_cerrado() -> None:
    assert {e: set(PASOS[e]) for e in TERMINADOS} == {
        Estado.CERRADO: {Paso.REABRIR},
        Estado.ANULADO: set(),
    }


def test_sin_orientacion_no_se_cierra_por_orientacion() -> None:
    caso = _caso(Estado.ABIERTO, orientaciones=0)
    with pytest.raises(Conflicto, match="orientación"):
        _cerrar(caso)


def test_una_evaluacion_encuentra_un_riesgo() -> None:
    with pytest.raises(ValueError, match="risk"):
        _caso(Estado.EN_EVALUACION).evaluar(Riesgo.SIN_EVALUAR)


def test_reabrir_olvida_el_cierre() -> None:
    caso = _caso(Estado.EN_GESTION)
    _cerrar(caso)
    caso.reabrir()
    assert caso.cerrado_en is caso.cierre_motivo is caso.cierre_resultado is None
    assert caso.instancia is Instancia.SEGUNDA
