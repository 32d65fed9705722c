"""After an erasure nothing of hers is left in any table of any service: asked of the databases.

Which columns may hold something of a person, and what becomes of each, is read from
`shared/acogida/clasificacion.json`. Somebody of whom every such column holds something is erased;
then every table is read, opened, and searched for her and for what was hers.
"""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.resources import files
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData, Row, Table, Uuid, select
from tests.unit.casos.orientaciones.fichas import ficha_publicada
from tests.unit.vida import SENAS, Vida

from acogida.services import metadata_of
from casos.accesos.models import AccesoExcepcional, MotivoAcceso
from casos.adjuntos.models import Adjunto
from casos.cierres.models import CierrePropuesto, EstadoPropuesta
from casos.comunidad.discriminacion.models import PasoDeReporte, ReporteDeDiscriminacion
from casos.comunidad.discriminacion.states import Accion as AccionDeReporte
from casos.comunidad.mediaciones.models import (
    CompromisoDeMediacion,
    Mediacion,
    ParteDeMediacion,
    SeguimientoDeMediacion,
    SesionDeMediacion,
)
from casos.comunidad.mediaciones.states import ClaseDeParte, ResultadoSesion
from casos.comunidad.mediaciones.states import Estado as Mediando
from casos.copias import tasks as copias
from casos.derivaciones.paquete import Paquete
from casos.expedientes.models import ResultadoCierre
from casos.expedientes.states import MotivoCierre
from casos.foliados import tasks as foliados
from casos.orientaciones.models import Comprendida, Entrega, Orientacion
from notificaciones.bajas.actions import NuevaBaja, dar_de_baja, levantar
from notificaciones.bajas.states import Origen
from notificaciones.entrantes.actions import Entrante, recibir
from notificaciones.masivos.avance import avanzar
from notificaciones.mensajes.models import Mensaje
from notificaciones.plantillas.catalogo import Clave
from notificaciones.proveedores.models import Acuse, Recibo
from oficina import clock
from oficina.actor import Actor
from oficina.calendar_cl import siguiente_habil
from oficina.db import OficinaBase
from oficina.settings import SERVICES
from reportes import tasks as cifras

VACIOS: tuple[Any, ...] = (None, "", [], False, "[]")
SIN_LLENAR = {"casos.supresiones.motivo": "an erasure that was denied, in a test of its own"}


def _decidido() -> dict[str, Any]:
    texto = (files("acogida") / "clasificacion.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(texto)["supresion"]
    return found


def _tablas() -> Iterator[tuple[str, str, Table]]:
    """Every table of every service, with whose it is in the classification."""
    for servicio in SERVICES:
        metadata: MetaData
        for metadata in metadata_of(servicio):
            dueno = "todos" if metadata is OficinaBase.metadata else servicio
            for tabla in metadata.sorted_tables:
                yield servicio, f"{dueno}.{tabla.name}", tabla


def _filas(vida: Vida, servicio: str, tabla: Table) -> list[Row[Any]]:
    """What a table holds, opened."""
    with vida.db(servicio).read() as session:
        return list(session.execute(select(tabla)).all())


def _suyas(vida: Vida) -> set[UUID]:
    """Her id, and those of everything that leads to her, whatever table it is in."""
    suyas = {vida.persona_id}
    leidas = [(tabla, _filas(vida, servicio, tabla)) for servicio, _nombre, tabla in _tablas()]
    while True:
        antes = len(suyas)
        for tabla, filas in leidas:
            for fila in filas:
                if not _es_suya(tabla, fila, suyas):
                    continue
                suyas |= {
                    valor
                    for columna, valor in zip(tabla.columns, fila, strict=True)
                    if columna.primary_key and isinstance(valor, UUID)
                }
                if tabla.name == "filas_importadas":
                    suyas.add(fila.importacion_id)
        if len(suyas) == antes:
            return suyas


def _es_suya(tabla: Table, fila: Row[Any], suyas: set[UUID]) -> bool:
    return any(
        isinstance(columna.type, Uuid) and valor in suyas
        for columna, valor in zip(tabla.columns, fila, strict=True)
    )


def _dice(valor: Any) -> str:
    """A value as text that can be searched."""
    if isinstance(valor, bytes):
        return valor.decode("latin-1").casefold()
    if isinstance(valor, dict | list):
        return json.dumps(valor, ensure_ascii=False).casefold()
    return str(valor).casefold()


def _avisar(vida: Vida) -> None:
    """What a provider said of a message to her, too long ago to be looked at again."""
    with vida.db("notificaciones").begin() as session:
        suyo = select(Mensaje.id).where(Mensaje.persona_id == vida.persona_id).limit(1)
        session.add(
            Recibo(
                proveedor="sms",
                huella="0" * 64,
                referencia="zmarca-1",
                mensaje_id=session.scalars(suyo).one(),
                acuse=Acuse.CONFIRMADA,
                recibido_en=clock.real_now() - timedelta(hours=1),
            )
        )


def _unir_y_separar(vida: Vida) -> None:
    """Another record of hers was joined to this one, parted from it and joined again."""
    otra = vida.api("POST", "/personas", {"nombres": "Zorabel", "direccion": "Pasaje Velado"})["id"]
    for _vez in range(2):
        pedido = {"vigente_id": str(vida.persona_id), "absorbida_id": otra}
        vista = vida.api("GET", f"/personas/{vida.persona_id}/fusion/{otra}", rol="coordinacion")
        pedido |= {f"{cual}_version": vista[cual]["version"] for cual in ("vigente", "absorbida")}
        motivo = {"motivo": "Zmarca: vino con los dos papeles"}
        hecha = vida.api("POST", "/fusiones", pedido | motivo, rol="coordinacion")
        if not _vez:
            vida.api("POST", f"/fusiones/{hecha['id']}/reversion", motivo, rol="coordinacion")


def _adjuntar(vida: Vida, caso_id: str) -> None:
    """A file of a case that stays, and one that was retired."""
    ver, path = vida.como("profesional"), f"/casos/expedientes/{caso_id}/adjuntos"
    for _vez in range(2):
        archivo = (BytesIO(b"%PDF-1.7 zmarca"), "zmarca.pdf")
        ver.post(path, data={"nombre": "Zmarca: su contrato", "archivo": archivo})
    with vida.db("casos").read() as session:
        uno = session.scalars(select(Adjunto.id)).first()
    ver.post(f"/casos/adjuntos/{uno}/retirar", data={"motivo": "Zmarca: era de otra"})


def _mensajes(vida: Vida) -> None:
    """She answered a message, does not want more of them, and one was asked for with words."""
    with vida.db("notificaciones").begin() as session:
        de_ella = select(Mensaje).where(
            Mensaje.persona_id == vida.persona_id, Mensaje.destino.is_not(None)
        )
        mensaje = session.scalars(de_ella).first()
        assert mensaje is not None
        mensaje.valores, mensaje.pedido_huella = "Zmarca: lo suyo", "huella"
        destino = mensaje.destino or ""
        entrante = Entrante(
            proveedor="prueba",
            de=destino,
            texto="Zmarca: no puedo",
            referencia="una",
            recibido_en=clock.real_now(),
        )
        respuesta = recibir(session, entrante)
        respuesta.persona_id = vida.persona_id
        actor = Actor.sistema("notificaciones")
        nueva = NuevaBaja(direccion=destino, motivo="Zmarca: lo pidió")
        baja = dar_de_baja(session, nueva, Origen.OFICINA, actor)
        levantar(session, baja, "Zmarca: volvió a pedir", actor)


def _en_un_envio(vida: Vida) -> None:
    """A row of a bulk names her, and was looked at."""
    folio = vida.api("GET", f"/personas/{vida.persona_id}")["folio"]
    fila = {"quien": folio, "valores": {"texto": "Zmarca: venga el lunes"}}
    pedido = {"plantilla": "aviso_general", "a_personas": True, "filas": [fila]}
    vida.api("POST", "/masivos", pedido, servicio="notificaciones")
    while avanzar(vida.env("notificaciones")):
        pass


def _mediar(vida: Vida, caso_id: UUID, tarea_id: UUID) -> None:
    """A mediation of her case, with somebody who has no record, that came to its end."""
    with vida.db("casos").begin() as session:
        una = Mediacion(
            folio="MD-2026-999999",
            caso_id=caso_id,
            estado=Mediando.TERMINADA,
            asunto="Zmarca: la música",
            mediador_id=vida.quien("profesional"),
            mediador_nombre="Profesional",
            creada_en=clock.real_now(),
            termino_nota="Zmarca: bien",
        )
        session.add(una)
        session.flush()
        parte = ParteDeMediacion(
            mediacion_id=una.id, clase=ClaseDeParte.SIN_FICHA, nombre="Vecino de Zmarca"
        )
        session.add(parte)
        session.flush()
        hoy = clock.today()
        session.add(
            SesionDeMediacion(
                mediacion_id=una.id,
                dia=hoy,
                lugar="Casa de Zmarca",
                mediador_id=una.mediador_id,
                mediador_nombre="Profesional",
                resultado=ResultadoSesion.AVANCE,
                notas="Zmarca: lloró",
            )
        )
        session.add(
            CompromisoDeMediacion(
                mediacion_id=una.id, parte_id=parte.id, que="Zmarca: paz", vence_el=hoy
            )
        )
        session.add(
            SeguimientoDeMediacion(
                mediacion_id=una.id,
                dias=30,
                vence_el=hoy,
                tarea_id=tarea_id,
                nota="Zmarca: sigue bien",
            )
        )


def _reportar(vida: Vida) -> None:
    """She told that she was discriminated against, and something was done."""
    with vida.db("casos").begin() as session:
        uno = ReporteDeDiscriminacion(
            folio="RD-2026-999999",
            persona_id=vida.persona_id,
            motivo="nacionalidad",
            lugar="trabajo",
            reglas_version="2026-11-26",
            institucion_otra="El jefe de Zmarca",
            que_paso="A Zmarca no le pagaron",
            recibido_por_id=vida.quien("profesional"),
            recibido_por="Profesional",
            recibido_en=clock.real_now(),
        )
        session.add(uno)
        session.flush()
        session.add(
            PasoDeReporte(
                reporte_id=uno.id,
                accion=AccionDeReporte.GESTIONAR,
                via="inspeccion_trabajo",
                nota="Zmarca fue a la Inspección",
                por_id=uno.recibido_por_id,
                por="Profesional",
                ocurrido_en=clock.real_now(),
            )
        )


def _llenar(vida: Vida) -> None:
    """Everything that can be written of somebody, by the ways in which it is written."""
    persona = f"/personas/{vida.persona_id}"
    documento = {
        "documento_tipo": "dni_cedula_origen",
        "documento_numero": "ZMARCA9",
        "vence_el": "2031-01-01",
    }
    vida.api("POST", f"{persona}/documentos", documento | {"documento_pais": "HTI"})
    seguro = {"palabra_clave": "Zmarca", "indicaciones": "Zmarca: si contesta otro, corte"}
    vida.api("PUT", f"{persona}/contacto-seguro", seguro | {"canales_vedados": ["llamada"]})
    vida.api("POST", f"{persona}/hogar", {"rol": "jefatura"})
    vida.api("POST", f"{persona}/vinculos", {"tipo": "hermano", "nombre": "Zmarca, su hermano"})
    apoyo = {"tipo": "apoyo", "nombre": "Zmarca, su hermano", "documento": "Zmarca: un poder"}
    apoyo |= {"telefono": "+56 9 4444 7777", "correo": "zorabel@personas.example"}
    vida.api("POST", f"{persona}/representantes", apoyo)
    hija = vida.api("POST", "/personas", {"nombres": "Otra"})["id"]
    madre = {"otra_id": str(vida.persona_id)}
    vida.api("POST", f"/personas/{hija}/vinculos", madre | {"tipo": "progenitor"})
    patria = {"tipo": "patria_potestad", "documento": "Zmarca: con certificado"}
    vida.api("POST", f"/personas/{hija}/representantes", madre | patria)
    muerte = {"fuente": "familia", "fecha": "2026-01-02", "detalle": "Zmarca: lo dijo su prima"}
    dicha = vida.api("POST", f"{persona}/defunciones", muerte)
    motivo = {"motivo": "Zmarca: era otra"}
    vida.api("POST", f"/defunciones/{dicha['id']}/rectificacion", motivo)
    situacion = {"categoria": "residencia_temporal", "nota": "Zmarca: vence"}
    situacion |= {"numero_solicitud": "Zmarca 7", "vigente_hasta": "2031-01-01"}
    vida.como("profesional").post(f"/casos/personas/{vida.persona_id}/situacion", data=situacion)
    _unir_y_separar(vida)
    caso_id = vida.caso(cerrado=False)
    vida.derivar(caso_id, avisada=True)
    with vida.db("casos").begin() as session:
        session.add(
            AccesoExcepcional(
                caso_id=UUID(caso_id),
                funcionario_id=vida.quien("coordinacion"),
                funcionario_nombre="Coordinación",
                motivo=MotivoAcceso.RIESGO_INMEDIATO,
                texto="Zmarca: urgente",
                reglas_version="2026",
                abierto_en=clock.real_now(),
                vence_en=clock.real_now(),
            )
        )
        session.add(
            CierrePropuesto(
                caso_id=UUID(caso_id),
                motivo=MotivoCierre.PERSONA_DESISTE,
                resultado=ResultadoCierre.PARCIAL,
                texto="Zmarca: se va",
                estado=EstadoPropuesta.RECHAZADA,
                propuesto_por_id=vida.quien("profesional"),
                propuesto_por="Profesional",
                propuesto_en=clock.real_now(),
                decision_texto="Zmarca: falta hablar",
            )
        )
    with vida.db("casos").begin() as session:
        ficha = ficha_publicada("nada-queda")
        session.add(ficha)
        session.flush()
        session.add(
            Orientacion(
                folio="HO-2026-900001",
                ficha_id=ficha.id,
                tema="SAL",
                idioma="ht",
                comprendida=Comprendida.SI,
                entrega=Entrega.IMPRESA,
                caso_id=UUID(caso_id),
                dada_en=clock.real_now(),
                funcionario_nombre="Profesional",
            )
        )
    tarea = {"que": "Zmarca: acompañarla", "vence_el": str(siguiente_habil(clock.today()))}
    pedida = vida.api("POST", f"/casos/{caso_id}/tareas", tarea)
    vida.api("POST", f"/tareas/{pedida['id']}/hecha", {"texto": "Zmarca: fuimos"})
    _adjuntar(vida, caso_id)
    _mediar(vida, UUID(caso_id), UUID(pedida["id"]))
    _reportar(vida)
    foliado = vida.api("POST", f"/casos/{caso_id}/foliados")
    foliados.hacer_foliado(vida.env("casos"), foliado["id"])
    comite = {"nombre": "Comité Sintético", "tipo": "comunitaria"}
    organizacion = vida.api("POST", "/comunidad/organizaciones", comite)
    vida.cita(caso_id, organizacion_id=organizacion["id"])
    otra = vida.cita(dias=60)
    cancela = {"motivo": "persona_no_puede", "detalle": "Zmarca: está enferma"}
    vida.api("POST", f"/citas/{otra['id']}/cancelar", cancela, rol="recepcion", servicio="agenda")
    dado = {"forma_consentimiento": "verbal", "idioma_consentimiento": "hat", "evidencia": "Zmarca"}
    dado |= {"otorgado_por": "representante", "representante": "Hermana Ketterlin"}
    consentido = vida.api("POST", f"{persona}/consentimientos", dado)
    vida.circular()
    vida.barrer_mensajes()
    _en_un_envio(vida)
    retiro = {"motivo": "decision_de_la_persona", "detalle": "Zmarca: no quiero"}
    vida.api("POST", f"/consentimientos/{consentido['id']}/retiro", retiro)
    vida.de_un_registro()
    vida.parecida()
    vida.ayuda()
    pedida = vida.solicitud("acceso")
    _mensajes(vida)
    copia = vida.api("POST", f"/derechos/{pedida}/copias", rol="delegado_datos")
    copias.hacer_copia(vida.env("casos"), copia["id"])
    vida.responder(pedida)
    vida.responder(vida.solicitud("bloqueo"))
    (bloqueo,) = vida.api("GET", "/bloqueos", rol="delegado_datos")["bloqueos"]
    motivo = {"motivo": "Zmarca: se arrepintió"}
    vida.api("POST", f"/bloqueos/{bloqueo['id']}/levantamiento", motivo, rol="delegado_datos")
    vida.api(
        "POST", f"/casos/{caso_id}/cierre", {"motivo": "persona_desiste", "resultado": "parcial"}
    )
    vida.circular()
    vida.barrer_mensajes()
    _avisar(vida)
    cifras.traer(vida.env("reportes"))


def test_de_ella_no_queda_nada_en_ninguna_tabla(vida: Vida) -> None:
    _llenar(vida)
    suyas = _suyas(vida)
    decidido = _decidido()
    se_van = {*decidido["se_borra"], *decidido["se_vacia"]}
    llenas = set()
    for servicio, nombre, tabla in _tablas():
        for fila in _filas(vida, servicio, tabla):
            suya = _es_suya(tabla, fila, suyas)
            for columna, valor in zip(tabla.columns, fila, strict=True):
                marcada = any(sena in _dice(valor) for sena in SENAS)
                if marcada or (suya and valor not in VACIOS):
                    llenas.add(f"{nombre}.{columna.name}")
    # Nothing is found empty that was empty before.
    assert se_van - llenas == SIN_LLENAR.keys()

    solicitud_id = vida.solicitud("supresion")
    hecha = vida.api("POST", f"/derechos/{solicitud_id}/supresion", rol="delegado_datos")
    vida.api("POST", f"/supresiones/{hecha['id']}/confirmacion", rol="coordinacion")
    vida.circular()
    cifras.traer(vida.env("reportes"))
    vida.circular()
    vida.barrer_mensajes()

    quedan: list[str] = []
    for servicio, nombre, tabla in _tablas():
        for fila in _filas(vida, servicio, tabla):
            suya = _es_suya(tabla, fila, suyas)
            for columna, valor in zip(tabla.columns, fila, strict=True):
                donde = f"{nombre}.{columna.name}"
                if any(sena in _dice(valor) for sena in SENAS):
                    quedan.append(f"{donde} names her")
                if suya and donde in se_van and not _vacia(tabla, fila, valor):
                    quedan.append(f"{donde} is not empty: {_dice(valor)[:40]}")
                if suya and donde in decidido["se_borra"]:
                    quedan.append(f"{donde}: the row is there")
    assert quedan == []
    with vida.db("casos").read() as session:
        ficha = session.execute(select(_tabla("casos", "personas")).where(_de(vida))).one()
    assert ficha.nacionalidades == ["HTI"]
    assert ficha.fecha_nacimiento == date(1987, 1, 1)


def _vacia(tabla: Table, fila: Row[Any], valor: Any) -> bool:
    if valor in VACIOS:
        return True
    if tabla.name == "derivaciones" and isinstance(valor, str):
        paquete = Paquete.from_json(valor)
        return paquete.datos == () and paquete.proposito == ""
    # What an institution is asked names the derivation, and nobody.
    return tabla.name == "mensajes" and fila.plantilla is Clave.SUPRESION_DE_DATOS


def _tabla(servicio: str, nombre: str) -> Table:
    return metadata_of(servicio)[0].tables[nombre]


def _de(vida: Vida) -> Any:
    return _tabla("casos", "personas").c.id == vida.persona_id
