"""Somebody of whom every service knows something, in a small office with a real bus.

Whatever is theirs carries one of `SENAS`, made up for these tests, so that a test can look for it
in every table of every service.
"""

from collections.abc import Mapping
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from casos.importacion.models import Estado as EstadoImportacion
from casos.importacion.models import FilaImportada, Importacion
from casos.importacion.problemas import Problema, guardar_problemas
from casos.personas.models import PosibleDuplicado, par
from casos.programas.entregas.actions import NuevaEntrega, entregar
from casos.programas.entregas.models import Receptor
from casos.programas.postulaciones.models import Postulacion
from casos.red.actions import sembrar
from casos.red.models import ServicioRed
from notificaciones import tasks as tareas_de_notificaciones
from oficina import clock
from oficina.actor import Actor
from oficina.bus.inbox import Handlers
from oficina.bus.relay import Relay
from oficina.bus.tables import Outbox
from oficina.bus.transport import LocalTransport
from oficina.bus.worker import Worker
from oficina.calendar_cl import siguiente_habil
from oficina.db import Database, uuid7
from oficina.env import Env

SENAS = ("zorabel", "ketterlin", "ombralis", "zmarca", "56944447777", "pasaje velado")
FICHA = {
    "nombres": "Zorabel",
    "primer_apellido": "Ketterlin",
    "segundo_apellido": "Ombralís",
    "nombre_social": "Zmarca",
    "fecha_nacimiento": "1987-03-14",
    "sexo": "femenino",
    "genero": "zmarca genero",
    "nacionalidades": ["HTI", "DOM"],
    "idiomas": ["hat"],
    "requiere_interprete": True,
    "nivel_espanol": "basico",
    "direccion": "Pasaje Velado 4471",
    "telefono": "+56 9 4444 7777",
    "correo": "zorabel@personas.example",
    "canal_preferido": "sms",
    "documento_tipo": "pasaporte",
    "documento_numero": "ZMARCA44771",
    "documento_pais": "HTI",
}
RESPUESTAS: Mapping[str, Any] = {
    **{"con_quien_vive": "sola", "integrantes": 1, "cuidados": ["nadie"], "tenencia": "allegada"},
    **{"por_perderla": "no", "piezas": 1, "servicios": ["nada"], "trabajo": "contrato"},
    **{"ingreso_alcanza": "alcanza", "comidas": "no", "inscrita": "si", "tratamiento": "no"},
    **{"embarazo": "no", "situacion": "ninguno", "rsh": "si", "apoyos": ["familia"]},
    **{"espanol": "si", "pide": "Zmarca: una cama"},
}
"""What she answered to the instrument of the general social assessment."""
OYENTES = ("agenda", "casos", "notificaciones", "reportes")


class Vida:
    """The five services, the bus between them, and one person."""

    def __init__(self, servicios: Mapping[str, Flask], oficina: Any) -> None:
        self.servicios, self.oficina = servicios, oficina
        for rol in ("recepcion", "profesional", "coordinacion", "delegado_datos"):
            oficina.funcionario(rol)
        with self.db("casos").begin() as session:
            sembrar(session, demo=True)
        persona = self.api("POST", "/personas", FICHA, rol="recepcion", clave="una-sola-vez")
        self.persona_id = UUID(persona["id"])

    def env(self, servicio: str) -> Env:
        env: Env = self.servicios[servicio].extensions["env"]
        return env

    def db(self, servicio: str) -> Database:
        return self.env(servicio).db

    def como(self, rol: str, servicio: str = "casos") -> FlaskClient:
        """A browser in which somebody with this role has signed in."""
        browser: FlaskClient = self.oficina.entrar(self.servicios[servicio], rol)
        return browser

    def pedir(
        self,
        metodo: str,
        ruta: str,
        json: Any = None,
        rol: str = "profesional",
        servicio: str = "casos",
        clave: str = "",
    ) -> Any:
        """The answer of the API to a role that writes over whatever is there."""
        fresco = self.oficina.bearer_fresco(rol)
        headers = fresco | {"If-Match": "*"}
        if clave:
            headers = {**fresco, "Idempotency-Key": clave}
        client = self.servicios[servicio].test_client()
        return client.open(f"/{servicio}/api/v1{ruta}", method=metodo, json=json, headers=headers)

    def api(self, metodo: str, ruta: str, json: Any = None, **como: Any) -> Any:
        """The JSON of a request that is done."""
        answer = self.pedir(metodo, ruta, json, **como)
        assert answer.status_code < 300, (ruta, answer.text)
        return answer.json

    def circular(self, *, menos: tuple[str, ...] = ()) -> None:
        """Let every fact that waits reach whoever hears it, and what they answer too.

        `menos` are services whose worker stands still.
        """
        oyentes: dict[str, Handlers] = {
            name: import_module(f"{name}.handlers").handlers for name in OYENTES
        }
        transport = LocalTransport([(self.db(name), one) for name, one in oyentes.items()])
        while True:
            told = sum(Relay(self.db(name), transport, name).run_once() for name in OYENTES)
            done = sum(
                Worker(self.db(name), one).run_once()
                for name, one in oyentes.items()
                if name not in menos
            )
            if not told and not done:
                return

    def hechos(self, servicio: str) -> list[str]:
        """The routing keys of what a service told, in its order."""
        with self.db(servicio).read() as session:
            return list(session.scalars(select(Outbox.tipo).order_by(Outbox.id)))

    def caso(self, *, cerrado: bool = True) -> str:
        """A case in which everything was written that can be; closed unless said otherwise."""
        nota = {"canal": "presencial", "tema": "REG.TEMP", "resultado": "orientada"}
        persona = {"persona_id": str(self.persona_id)}
        self.api("POST", "/atenciones", nota | persona | {"nota": "Zmarca: vino sola."})
        caso_id = str(self.api("POST", "/casos", persona | {"tema": "REG.TEMP"})["id"])
        caso = f"/casos/{caso_id}"
        self.api(
            "POST", f"{caso}/orientaciones", {"tema": "REG.TEMP", "texto": "Zmarca: requisitos"}
        )
        self.api(
            "POST", f"{caso}/segunda-instancia", {"motivo": "riesgo", "texto": "Zmarca: miedo"}
        )
        evaluada = {"riesgo": "bajo", "amerita_derivacion": True, "fundamento": "Zmarca: lo dicho"}
        evaluada |= {"instrumento": "evaluacion_social", "respuestas": RESPUESTAS}
        self.api("POST", f"{caso}/evaluacion", evaluada)
        self.api("POST", f"{caso}/asignacion", {"responsable_id": str(self.quien("profesional"))})
        if cerrado:
            fin = {"motivo": "persona_desiste", "resultado": "parcial", "texto": "Zmarca: se fue"}
            self.api("POST", f"{caso}/cierre", fin)
        return caso_id

    def derivar(self, caso_id: str, *, hasta: str = "verificar", avisada: bool = False) -> str:
        """A derivation with her data, sent, answered as far as `hasta`; with `avisada`, after its
        link left.
        """
        with self.db("casos").read() as session:
            servicio = session.scalars(
                select(ServicioRed.id).where(ServicioRed.codigo == "SJM.LEGAL")
            ).one()
        pedido = {
            "caso_id": caso_id,
            "servicio_id": str(servicio),
            "proposito": "Zmarca: orientarla sobre su visa",
            "datos": ["nombre", "direccion", "fecha_nacimiento"],
            "base_licitud": "consentimiento",
            "forma_consentimiento": "verbal",
            "idioma_consentimiento": "hat",
            "otorgado_por": "representante",
            "representante": "Hermana Ketterlin",
            "evidencia": "Zmarca: acta",
            "confirmada": True,
        }
        derivacion_id = str(self.api("POST", "/derivaciones", pedido)["id"])
        if avisada:
            self.circular()
            self.barrer_mensajes()
        respuesta = {"texto": "Zmarca: la esperamos", "canal": "telefono"}
        for accion in ("aceptar", "cumplir"):
            self.api("POST", f"/derivaciones/{derivacion_id}/{accion}", respuesta)
            if accion == hasta:
                return derivacion_id
        self.api("POST", f"/derivaciones/{derivacion_id}/verificar", {"texto": "Zmarca: fue"})
        return derivacion_id

    def cita(
        self, caso_id: str | None = None, dias: int = 30, organizacion_id: str | None = None
    ) -> dict[str, Any]:
        """An appointment with something about her in it."""
        dia = siguiente_habil(clock.today() + timedelta(days=dias))
        while dia.isoweekday() > 4:
            dia = siguiente_habil(dia + timedelta(days=1))
        pedido = {
            "persona_id": str(self.persona_id),
            "caso_id": caso_id,
            "organizacion_id": organizacion_id,
            "profesional_id": str(self.quien("profesional")),
            "fecha": dia.isoformat(),
            "hora": "10:30",
            "duracion": 30,
            "lugar": "oficina",
            "asunto": "Zmarca: su visa",
        }
        hecha: dict[str, Any] = self.api(
            "POST", "/citas", pedido, rol="profesional", servicio="agenda"
        )
        return hecha

    def quien(self, rol: str) -> UUID:
        """The id of the member of staff with a role."""
        return UUID(str(self.oficina.funcionario(rol).id))

    def solicitud(self, derecho: str, *, tomada: bool = True) -> str:
        """A request of hers about her data, taken by the delegate."""
        pedido = {
            "derecho": derecho,
            "canal": "presencial",
            "identidad": "poder_a_la_vista",
            "pedida_por": "representante",
            "representante": "Hermana Ketterlin",
            "detalle": "Zmarca: no quiero que me hallen",
        }
        ruta = f"/personas/{self.persona_id}/derechos"
        solicitud_id = str(self.api("POST", ruta, pedido, rol="delegado_datos")["id"])
        if tomada:
            self.api("POST", f"/derechos/{solicitud_id}/tramitar", rol="delegado_datos")
        return solicitud_id

    def responder(self, solicitud_id: str, accion: str = "responder", **mas: Any) -> Any:
        """The delegate's answer to a request."""
        respuesta = {"texto": "Zmarca: se le dijo", "entrega": "en_persona"} | mas
        return self.pedir(
            "POST", f"/derechos/{solicitud_id}/{accion}", respuesta, rol="delegado_datos"
        )

    def barrer_mensajes(self) -> None:
        """One sweep of notificaciones, and the facts that it tells."""
        tareas_de_notificaciones.barrer(self.env("notificaciones"))
        self.circular()

    def de_un_registro(self) -> None:
        """A row of a register of the past, and what could not be read of another one."""
        atencion = {"persona_id": str(self.persona_id), "canal": "presencial", "tema": "REG.TEMP"}
        hecha = self.api("POST", "/atenciones", atencion | {"resultado": "orientada"})
        with self.db("casos").begin() as session:
            importacion = Importacion(
                archivo="registro-ketterlin.xlsx",
                huella="0" * 64,
                estado=EstadoImportacion.TERMINADA,
                actor_id=self.quien("coordinacion"),
                actor_nombre="Coordinación",
                creada_en=clock.now(),
                terminada_en=clock.now(),
                filas=2,
                problemas=guardar_problemas([Problema("Enero", 7, "fecha", "no es", "zmarca")]),
            )
            session.add(importacion)
            session.flush()
            session.add(
                FilaImportada(
                    clave="c" * 64,
                    importacion_id=importacion.id,
                    atencion_id=UUID(hecha["id"]),
                    persona_id=self.persona_id,
                    hoja="Enero",
                    fila=6,
                )
            )

    def ayuda(self) -> str:
        """An application of hers to a programme, in which everything was written that can be;
        granted, and handed over to somebody in her name.
        """
        rol = {"rol": "encargado_programa"}
        programa = {"nombre": "Ayuda", "tipo": "dinero", "fuente": "municipal", "anio": 2026}
        programa |= {"periodo": "anual", "responsable_id": str(self.quien("encargado_programa"))}
        programa_id = self.api("POST", "/programas", programa, **rol)["id"]
        for paso, datos in (
            ("requisitos", {"requisitos": [{"texto": "Vive aquí"}], "fuente": "DEX 1"}),
            ("presupuesto", {"monto_clp": 1000, "respaldo": "DEX 2"}),
            ("abrir", None),
        ):
            self.api("POST", f"/programas/{programa_id}/{paso}", datos, **rol)
        pedida = {"persona_id": str(self.persona_id), "programa_id": programa_id}
        pedida |= {"monto_clp": 600, "detalle": "Zmarca: perdió el trabajo"}
        postulacion_id = str(self.api("POST", "/postulaciones", pedida)["id"])
        ruta = f"/postulaciones/{postulacion_id}"
        self.api("POST", f"{ruta}/ingresar", {})
        comprobada = {"codigo": "r1", "cumple": True, "nota": "Zmarca: con su hermana"}
        for paso, datos in (
            ("revisar", {}),
            ("observar", {"texto": "Zmarca: falta su contrato"}),
            ("responder", {}),
            ("comprobar", {"comprobaciones": [comprobada]}),
            ("aprobar", {}),
        ):
            self.api("POST", f"{ruta}/{paso}", datos, **rol)
        # By a third hand, that of nobody who has a role in these tests.
        otra = Actor(uuid7(), "Otra", frozenset({"coordinacion"}), "migracion", "persona")
        with self.db("casos").begin() as session:
            recibe = NuevaEntrega(
                receptor=Receptor.REPRESENTANTE,
                receptor_nombre="Hermana Ketterlin",
                receptor_documento="ZMARCA77",
                monto_clp=500,
                version=session.get_one(Postulacion, UUID(postulacion_id)).version,
            )
            entregar(session, UUID(postulacion_id), recibe, otra, clock.now())
        return postulacion_id

    def parecida(self) -> None:
        """Another record that somebody found like hers."""
        otra = UUID(self.api("POST", "/personas", {"nombres": "Otra"}, rol="recepcion")["id"])
        a, b = par(self.persona_id, otra)
        with self.db("casos").begin() as session:
            session.add(
                PosibleDuplicado(
                    id=uuid7(),
                    persona_a_id=a,
                    persona_b_id=b,
                    razones=["mismo_telefono"],
                    puntaje=60,
                    detectado_en=clock.now(),
                )
            )
