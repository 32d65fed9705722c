"""A derivation answered by many at once — from two links, by an officer, by the person — while its
consent is taken back, it is rerouted or its time ends: one outcome, and everybody is told of it.

Each schedule is drawn from a number, which a failure prints: ANSWERS_SEED repeats it, and
ANSWERS_ROUNDS says how many there are. The database waits a little between statements, so that
whoever forgets to lock meets whoever was faster.
"""

import os
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select
from tests.unit.casos.derivaciones.mundo import (
    CAMINO,
    MOTIVO,
    Mundo,
    crear_mundo,
)
from tests.unit.conftest import Oficina
from werkzeug.test import TestResponse

from casos.app import create_app
from casos.confirmaciones.actions import pregunta_de
from casos.derivaciones.models import Derivacion, RespuestaDerivacion
from casos.derivaciones.states import PASOS, Accion, Estado, Grado
from casos.enlaces.actions import crear
from casos.etiquetas import etiqueta
from casos.expedientes.models import Hito, TipoHito
from casos.plazos.models import VIVOS, Plazo
from casos.plazos.tasks import seguir_plazos
from casos.red.actions import sembrar
from columns import COLUMNS
from oficina import clock
from oficina.actor import Actor
from oficina.audit import Auditoria
from oficina.bus.tables import Outbox
from oficina.db import Database

SEED = int(os.environ.get("ANSWERS_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)
ROUNDS = int(os.environ.get("ANSWERS_ROUNDS", "20"))
VENCIDO_HACE_RATO = date(2026, 12, 21)
"""When the office has waited twice as long for an answer as it says."""
COMIENZOS = (Estado.ENVIADA, Estado.RECIBIDA, Estado.ACEPTADA, Estado.CUMPLIDA, Estado.VENCIDA)
RELOJES: dict[Estado, set[str]] = {
    Estado.ENVIADA: {"recepcion", "respuesta"},
    Estado.RECIBIDA: {"respuesta"},
    Estado.ACEPTADA: {"primera_atencion"},
    Estado.CUMPLIDA: {"verificacion"},
}
"""The clocks that live in each state; in the others, none."""
DESPUES_DEL_RETIRO = {"anular", "verificar", "disputar"}
"""What may still be told of one whose consent was taken back."""
CON_CANAL = set(Accion) - {Accion.VERIFICAR, Accion.DISPUTAR}
VIVAS_PARA_LA_INSTITUCION = {Estado.ENVIADA, Estado.RECIBIDA, Estado.ACEPTADA, Estado.EN_CURSO}
DE_INSTITUCION = {
    Estado.ENVIADA: (Accion.RECIBIR, Accion.ACEPTAR, Accion.RECHAZAR),
    Estado.RECIBIDA: (Accion.ACEPTAR, Accion.RECHAZAR),
    Estado.ACEPTADA: (Accion.CURSO, Accion.CUMPLIR, Accion.NO_LOGRADA),
    Estado.CUMPLIDA: (Accion.CUMPLIR, Accion.NO_LOGRADA),
    Estado.VENCIDA: (Accion.RECIBIR, Accion.ACEPTAR, Accion.RECHAZAR),
}


@dataclass
class Manos:
    """casos on one column, and everybody who may touch a derivation of it."""

    oficina: Oficina
    app: Any
    db: Database
    bearer: dict[str, str]
    cookie: str
    vistos: int = 0
    turno: threading.Lock = field(default_factory=threading.Lock)

    def pedir(self, path: str, **what: Any) -> TestResponse:
        """POST from an address of its own: how often one may try is not what is tried here."""
        with self.turno:
            self.vistos += 1
            n = self.vistos
        browser = self.app.test_client()
        if what.pop("entra", False):
            browser.set_cookie("acogida", self.cookie)
        base = {"REMOTE_ADDR": f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"}
        return browser.post(path, environ_overrides=base, **what)

    def api(self, path: str, json: Any = None, **headers: str) -> TestResponse:
        """An officer's program."""
        return self.pedir(f"/casos/api/v1{path}", json=json or {}, headers=self.bearer | headers)


@dataclass(frozen=True)
class Hecho:
    """What somebody tried, and how it ended."""

    quien: str
    que: str
    estado: int
    cuerpo: str = ""
    json: Any = None

    @property
    def bien(self) -> bool:
        """Whether it was done."""
        return self.estado < 400


@pytest.fixture(params=COLUMNS)
def manos(
    request: pytest.FixtureRequest, fresh_db: Callable[[str, str], Database], tmp_path: Path
) -> Iterator[Manos]:
    """casos beside identidad, with its network, on one column."""
    oficina = Oficina(tmp_path)
    db = fresh_db(request.param, "casos")
    app = create_app(replace(oficina.settings, database_url=db.url), oficina.client)
    oficina.mount(app)
    propia: Database = app.extensions["env"].db
    with propia.begin() as session:
        sembrar(session, demo=True)
    yield Manos(oficina, app, propia, oficina.bearer("profesional"), oficina.sesion("profesional"))
    clock.move_to(None)
    propia.close()
    oficina.client.close()


def _sin_prisa(db: Database, azar: random.Random) -> Callable[[], None]:
    """Let the database wait a little after some statements; what is returned ends it."""
    pausas = [azar.random() * 0.004 if azar.random() < 0.25 else 0.0 for _ in range(997)]
    cuenta = iter(range(10**9))

    def esperar(*_args: Any) -> None:
        if pausa := pausas[next(cuenta) % len(pausas)]:
            time.sleep(pausa)

    event.listen(db.engine, "after_cursor_execute", esperar)
    return lambda: event.remove(db.engine, "after_cursor_execute", esperar)


class Horario:
    """One schedule: a derivation somewhere in its life, and who does what to it at once."""

    def __init__(self, manos: Manos, semilla: int) -> None:
        self.manos, self.azar = manos, random.Random(semilla)
        self.mundo: Mundo = crear_mundo(manos.db)
        self.comienzo = self.azar.choice(COMIENZOS)
        clock.move_to(None)
        self.id = self._preparar()
        with manos.db.begin() as session:
            sistema = Actor.sistema("notificaciones")
            urls = [crear(session, self.id, "", sistema).url for _ in range(2)]
            self.pregunta = (
                pregunta_de(session, self.id, "").direccion
                if self.comienzo is Estado.CUMPLIDA
                else ""
            )
        self.tokens = [str(url).rpartition("/")[2] for url in urls]
        derivacion = self.mundo.derivacion(self.id)
        self.consentimiento = derivacion.consentimiento_id
        self.desde = self._ultimos()
        self.hechos: list[Hecho] = []

    def _preparar(self) -> UUID:
        hecha = self.mundo.preparar(self.mundo.pedido(consentida=True))
        for accion in CAMINO[self.comienzo]:
            self.mundo.hacer(hecha, accion)
        return hecha

    def _ultimos(self) -> dict[str, int]:
        return {
            "hechos": len(self._hechos()),
            "respuestas": len(self._respuestas()),
            "hitos": len(self._hitos()),
            "auditoria": len(self._auditoria()),
        }

    # What each may do.

    def _por_pagina(self, token: str, accion: Accion) -> TestResponse:
        return self.manos.pedir(f"/casos/enlace/{token}/{accion}", data=_dicho(accion))

    def _por_json(self, token: str, accion: Accion) -> TestResponse:
        return self.manos.pedir(f"/casos/api/v1/enlace/{token}/{accion}", json=_dicho(accion))

    def _funcionario(self, accion: Accion) -> TestResponse:
        datos = _dicho(accion)
        if accion in CON_CANAL:
            datos |= {"canal": "telefono", "quien": "Una secretaria"}
        version = str(self.mundo.derivacion(self.id).version)
        cual = self.azar.choice(("*", f'"{version}"'))
        return self.manos.api(f"/derivaciones/{self.id}/{accion}", datos, **{"If-Match": cual})

    def _en_su_pagina(self, accion: Accion) -> TestResponse:
        datos = _dicho(accion) | {"canal": "telefono", "quien": "Una secretaria", "version": "1"}
        datos["cuando"] = "2026-11-09"
        return self.manos.pedir(
            f"/casos/derivaciones/{self.id}/pasos/{accion}", data=datos, entra=True
        )

    def _persona(self, palabra: str) -> TestResponse:
        return self.manos.pedir(f"{self.pregunta}/{palabra}")

    def _anular(self) -> TestResponse:
        motivo = {"motivo": "ya_no_corresponde"}
        return self.manos.api(f"/derivaciones/{self.id}/anular", motivo, **{"If-Match": "*"})

    def _retirar(self) -> TestResponse:
        motivo = {"motivo": "decision_de_la_persona", "pedido_por": "persona"}
        return self.manos.api(f"/consentimientos/{self.consentimiento}/retiro", motivo)

    def _reencaminar(self) -> TestResponse:
        pedido = {
            "servicio_id": str(self.mundo.servicio("VIVIENDA.ORIENTACION")),
            "proposito": "Evaluar una ayuda para el arriendo",
            "datos": ["nombre"],
            "base_licitud": "funcion_legal",
        }
        otra = self.manos.api(f"/derivaciones/{self.id}/reencaminar", pedido)
        if otra.status_code != 201:
            return otra
        camino = f"/derivaciones/{otra.json['id']}/enviar"
        return self.manos.api(camino, {"vista": None}, **{"If-Match": "*"})

    def _seguir(self) -> None:
        seguir_plazos(self.manos.app.extensions["env"])

    def _repartir(self) -> list[tuple[str, str, Callable[[], TestResponse | None]]]:
        una, otra = self.tokens
        primeras = DE_INSTITUCION[self.comienzo]
        todos: list[tuple[str, str, Callable[[], TestResponse | None]]] = []

        def a(quien: str, que: str, hace: Callable[[], TestResponse | None]) -> None:
            todos.append((quien, que, hace))

        # Two links always; the same answer twice, or two that contradict each other.
        primera = self.azar.choice(primeras)
        for _vez in range(2):
            segunda = self.azar.choice(primeras)
            a("enlace", primera, lambda accion=primera: self._por_pagina(una, accion))
            a("enlace json", segunda, lambda accion=segunda: self._por_json(otra, accion))
        if self.azar.random() < 0.6:
            accion = self.azar.choice(primeras)
            a("funcionario", accion, lambda: self._funcionario(accion))
        if self.azar.random() < 0.6:
            suya = self.azar.choice(primeras)
            a("página", suya, lambda: self._en_su_pagina(suya))
        if self.pregunta:
            for palabra in ("si", "no"):
                a("persona", palabra, lambda palabra=palabra: self._persona(palabra))
            accion_de = self.azar.choice((Accion.VERIFICAR, Accion.DISPUTAR))
            a("funcionario", accion_de, lambda: self._funcionario(accion_de))
        if self.azar.random() < 0.4:
            a("oficina", "anular", self._anular)
        if self.azar.random() < 0.6:
            a("oficina", "retirar", self._retirar)
            a("oficina", "retirar", self._retirar)
        if self.azar.random() < 0.5:
            a("oficina", "reencaminar", self._reencaminar)
            a("oficina", "reencaminar", self._reencaminar)
        self.barre = self.azar.random() < 0.6 and self.comienzo is not Estado.CUMPLIDA
        if self.barre:
            a("reloj", "seguir", self._seguir)
            a("reloj", "seguir", self._seguir)
        self.azar.shuffle(todos)
        return todos

    def correr(self) -> None:
        """Everybody at once, each a moment later than the other, as chance says."""
        todos = self._repartir()
        if self.barre:
            clock.move_to(VENCIDO_HACE_RATO)
        salida = threading.Barrier(len(todos))
        turno, rotos = threading.Lock(), list[BaseException]()

        def uno(quien: str, que: str, hace: Callable[[], Any], espera: float) -> None:
            salida.wait(30)
            time.sleep(espera)
            try:
                respuesta = hace()
            except BaseException as error:  # told below, with the number of the schedule
                with turno:
                    rotos.append(error)
                return
            if respuesta is not None:
                dicho = respuesta.json if respuesta.is_json else None
                hecho = Hecho(quien, str(que), respuesta.status_code, respuesta.text, dicho)
                with turno:
                    self.hechos.append(hecho)

        # In some schedules all are there at once, in others who comes last finds it done.
        lapso = self.azar.choice((0.01, 0.1, 0.6))
        hilos = [
            threading.Thread(target=uno, args=(*cada, self.azar.random() * lapso)) for cada in todos
        ]
        termina = _sin_prisa(self.manos.db, self.azar)
        for hilo in hilos:
            hilo.start()
        for hilo in hilos:
            hilo.join(60)
        termina()
        assert not any(hilo.is_alive() for hilo in hilos), "somebody waits for ever"
        if rotos:
            raise rotos[0]
        self._seguir()

    # What was left.

    def _leer(self, consulta: Any) -> list[Any]:
        with self.manos.db.read() as session:
            return list(session.scalars(consulta))

    def _hechos(self) -> list[Outbox]:
        cual = Outbox.agregado == f"derivacion/{self.id}"
        return self._leer(select(Outbox).where(cual).order_by(Outbox.secuencia))

    def _respuestas(self) -> list[RespuestaDerivacion]:
        cual = RespuestaDerivacion.derivacion_id == self.id
        return self._leer(select(RespuestaDerivacion).where(cual).order_by(RespuestaDerivacion.id))

    def _hitos(self) -> list[Hito]:
        de_caso = select(Hito).where(Hito.caso_id == self.mundo.caso_id).order_by(Hito.id)
        return [h for h in self._leer(de_caso) if h.tipo is TipoHito.DERIVACION]

    def _propios(self) -> list[Hito]:
        return [h for h in self._hitos() if h.datos["derivacion_id"] == str(self.id)]

    def _auditoria(self) -> list[Auditoria]:
        return self._leer(
            select(Auditoria).where(Auditoria.recurso_id == self.id).order_by(Auditoria.id)
        )

    def revisar(self) -> None:
        """One outcome in the row, the ledger, the story, what is told and the clocks."""
        assert all(hecho.estado in {200, 303, 409, 412, 422} for hecho in self.hechos), self.hechos
        assert not [h for h in self.hechos if h.estado == 422], self.hechos
        derivacion = self.mundo.derivacion(self.id)
        dichos = self._hechos()[self.desde["hechos"] :]
        vistos = self._seguir_los_pasos([d.tipo for d in dichos], derivacion)
        self._revisar_libro(derivacion, dichos)
        self._revisar_relojes(derivacion)
        self._revisar_a_quien_se_dijo(derivacion, dichos)
        self._revisar_el_relevo()
        self._revisar_lo_que_se_contesto(vistos)

    def _seguir_los_pasos(self, tipos: Sequence[str], derivacion: Derivacion) -> list[Estado]:
        """What was told is a way through the table, and ends where the row is."""
        estado, vistos = self.comienzo, [self.comienzo]
        for tipo in tipos:
            if (accion := _accion(tipo, estado)) is None:
                continue
            assert accion in PASOS[estado], f"{accion} was told of one that was {estado}"
            estado = PASOS[estado][accion]
            vistos.append(estado)
        assert derivacion.estado is estado
        return vistos

    def _revisar_libro(self, derivacion: Derivacion, dichos: Sequence[Outbox]) -> None:
        nuevas = self._respuestas()[self.desde["respuestas"] :]
        efectivas = [una for una in nuevas if not una.tardia]
        tardias = Counter(una.accion for una in nuevas if una.tardia)
        pasos = [_accion_de_hecho(d.tipo) for d in dichos]
        respondidos = [a for a in pasos if a and a not in {"anulada", "vencida"}]
        assert len(efectivas) == len(respondidos)
        assert all(cuantas == 1 for cuantas in tardias.values()), "the same late answer twice"
        if efectivas and derivacion.estado is efectivas[-1].estado_resultante:
            assert derivacion.grado_evidencia is efectivas[-1].grado
        contestaron = [h for h in self.hechos if h.bien and h.quien not in {"oficina"}]
        assert len(nuevas) == len(contestaron), "an answer that was taken and not kept, or twice"
        auditadas = Counter(
            a.accion
            for a in self._auditoria()[self.desde["auditoria"] :]
            if not a.accion.endswith(".ver")
        )
        for accion, cuantas in Counter(str(u.accion) for u in nuevas).items():
            assert auditadas[f"casos.derivacion.{accion}"] == cuantas
        assert auditadas["casos.derivacion.anular"] == pasos.count("anulada")
        assert auditadas["casos.derivacion.vencer"] == pasos.count("vencida")
        cuenta = Counter(h.datos["hecho"] for h in self._propios()[self.desde["hitos"] :])
        for accion, cuantas in Counter(str(u.accion) for u in nuevas).items():
            assert cuenta[accion] == cuantas
        assert cuenta["anular"] == pasos.count("anulada")
        assert cuenta["vencer"] == pasos.count("vencida")

    def _revisar_relojes(self, derivacion: Derivacion) -> None:
        vivos = self._leer(
            select(Plazo.reloj).where(Plazo.derivacion_id == self.id, Plazo.estado.in_(VIVOS))
        )
        assert sorted(vivos) == sorted(RELOJES.get(derivacion.estado, set()))

    def _revisar_a_quien_se_dijo(self, derivacion: Derivacion, dichos: Sequence[Outbox]) -> None:
        tipos = Counter(d.tipo for d in dichos)
        nuevas = self._respuestas()[self.desde["respuestas"] :]
        cumplidas = [u for u in nuevas if u.accion is Accion.CUMPLIR and u.grado is not Grado.C]
        assert tipos["casos.derivacion.confirmacion_pedida"] == len(cumplidas)
        retiros = [h for h in self.hechos if h.que == "retirar" and h.bien]
        assert len(retiros) <= 1
        por_mensaje = [h for h in self.hechos if h.quien == "persona" and h.bien]
        assert tipos["casos.derivacion.persona_contesto"] == len(por_mensaje)
        if not retiros:
            assert tipos["casos.derivacion.datos_retirados"] == 0
            return
        assert derivacion.estado not in VIVAS_PARA_LA_INSTITUCION, "alive without its legal basis"
        lineas = [h.datos["hecho"] for h in self._propios()]
        if "retiro" in lineas:
            assert tipos["casos.derivacion.datos_retirados"] == 1
            despues = set(lineas[lineas.index("retiro") + 1 :]) - {
                "anular",
                "verificar",
                "disputar",
            }
            assert not despues, f"after the consent was taken back: {despues}"

    def _revisar_el_relevo(self) -> None:
        """Once another took over, nothing that the first one answers is taken."""
        lineas = [
            (h.datos["hecho"], h.datos["derivacion_id"] == str(self.id)) for h in self._hitos()
        ]
        relevos = [n for n, (hecho, suya) in enumerate(lineas) if hecho == "enviar" and not suya]
        assert len(relevos) <= 1, "it was rerouted twice"
        for n in relevos:
            despues = {hecho for hecho, suya in lineas[n + 1 :] if suya}
            assert despues <= {"retiro"}, f"after another took over: {despues}"

    def _revisar_lo_que_se_contesto(self, vistos: Sequence[Estado]) -> None:
        """Whoever came late reads what holds now, and what can still be done."""
        hay = {str(etiqueta(estado)) for estado in vistos}
        for hecho in self.hechos:
            if hecho.bien:
                continue
            if hecho.json is not None:
                dice = hecho.json
                assert dice.get("detail") or dice.get("estado_actual"), dice
            elif hecho.quien == "enlace":
                assert any(nombre in hecho.cuerpo for nombre in hay), hecho.cuerpo
                assert "No guardamos nada nuevo" in hecho.cuerpo
            elif hecho.quien == "página":
                assert "Una secretaria" in hecho.cuerpo, "what was written is gone"


def _accion(tipo: str, _estado: Estado) -> Accion | None:
    nombre = _accion_de_hecho(tipo)
    if nombre == "en_curso":
        return Accion.DISPUTAR if _estado is Estado.CUMPLIDA else Accion.CURSO
    return _POR_NOMBRE.get(nombre or "")


_POR_NOMBRE = {
    "recibida": Accion.RECIBIR,
    "aceptada": Accion.ACEPTAR,
    "rechazada": Accion.RECHAZAR,
    "en_espera": Accion.ESPERA,
    "cumplida": Accion.CUMPLIR,
    "no_lograda": Accion.NO_LOGRADA,
    "verificada": Accion.VERIFICAR,
    "anulada": Accion.ANULAR,
    "vencida": Accion.VENCER,
}


def _accion_de_hecho(tipo: str) -> str | None:
    nombre = tipo.rpartition(".")[2]
    return nombre if nombre in _POR_NOMBRE or nombre == "en_curso" else None


def _dicho(accion: Accion) -> dict[str, str]:
    dicho = {"texto": "Se entregó una caja de alimentos"}
    return dicho | ({"motivo": MOTIVO[accion]} if accion in MOTIVO else {})


def test_quien_responde_a_la_vez_que_otros_deja_un_solo_desenlace(manos: Manos) -> None:
    comienzos: Counter[str] = Counter()
    for vuelta in range(ROUNDS):
        semilla = SEED + vuelta
        horario = Horario(manos, semilla)
        try:
            horario.correr()
            horario.revisar()
        except BaseException as error:
            error.add_note(
                f"ANSWERS_SEED={semilla} ANSWERS_ROUNDS=1 repeats it: from {horario.comienzo}, "
                + "; ".join(f"{h.quien} {h.que} {h.estado}" for h in horario.hechos)
            )
            raise
        comienzos[horario.comienzo] += 1
    print(f"ANSWERS_SEED={SEED}: {dict(comienzos)}")
