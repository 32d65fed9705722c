"""The digest of a unit by mail: to a confirmed address alone, at its hour, and each fact once."""

import re
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from notificaciones import tasks
from notificaciones.bajas import actions as bajas
from notificaciones.bajas.actions import NuevaBaja
from notificaciones.bajas.states import Origen
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from notificaciones.mensajes.states import Motivo as MotivoDeMensaje
from notificaciones.plantillas.catalogo import Clave, Tema
from notificaciones.suscripciones import actions, reparto
from notificaciones.suscripciones.actions import NuevaSuscripcion, Pedido
from notificaciones.suscripciones.models import Entrega, Suscripcion
from notificaciones.suscripciones.resumenes.calculo import ajustes, ultimo_corte
from notificaciones.suscripciones.states import Cadencia, Estado, Falla, Motivo, Via
from oficina import clock
from oficina.actor import Actor
from oficina.bus.tables import Estado as EstadoDeEntrega
from oficina.clock import ZONA, real_now
from oficina.db import uuid7
from oficina.errors import Conflicto, DatosInvalidos
from oficina.events.casos import CasoAbierto, DerivacionEnviada
from unit.notificaciones.suscripciones.conftest import ADMIN, Suscriptores

CORREO = "Red@unidad.example"
ABIERTO, ENVIADA = CasoAbierto.ce_type(), DerivacionEnviada.ce_type()


def _el(dia: int, hora: str = "07:00") -> datetime:
    """December 2026: the 8th, a Tuesday, and Friday the 25th are holidays."""
    return datetime.fromisoformat(f"2026-12-{dia:02} {hora}").replace(tzinfo=ZONA)


def _pedido(**rest: Any) -> Pedido:
    datos: dict[str, Any] = {
        "nombre": "Novedades de la red",
        "tipos": [ABIERTO, ENVIADA],
        "finalidad": "Coordinar la atención",
        "base": "funcion_legal",
        "filtros": {},
        "correo": CORREO,
        "cadencia": Cadencia.DIARIA,
        "hora": time(8, 0),
    }
    return Pedido(**datos | rest)


def _caso() -> CasoAbierto:
    return CasoAbierto(
        caso_id=uuid7(), tipo_caso="salud", instancia="primera", prioridad="alta", unidad=""
    )


def _derivada() -> DerivacionEnviada:
    return DerivacionEnviada(
        caso_id=uuid7(),
        derivacion_id=uuid7(),
        institucion_id=uuid7(),
        servicio_id=uuid7(),
        unidad="dideco",
        modo="formal",
    )


class Casa:
    """notificaciones and the digests of its units."""

    def __init__(self, casa: Any) -> None:
        self.casa = casa
        self.unidades = Suscriptores(casa.env)

    def hacer(self, que: Callable[..., Any], *args: Any, **rest: Any) -> Any:
        """One action, in a transaction of its own."""
        with (
            self.casa.app.test_request_context(headers={"If-Match": "*"}),
            self.casa.db.begin() as session,
        ):
            return que(session, *args, **rest)

    def crear(self, **rest: Any) -> UUID:
        nueva = NuevaSuscripcion(unidad="dideco", via=Via.RESUMEN, pedido=_pedido(**rest))
        una, _nada = self.hacer(actions.crear, nueva, ADMIN, url=None, al=None)
        self.casa.barrer()
        return UUID(str(una.id))

    def enlace(self) -> str:
        """The last one that was sent."""
        escrito = self.casa.mensajes(plantilla=Clave.CONFIRMAR_CORREO)[-1].cuerpo or ""
        found = re.search(r"(/notificaciones/suscripciones/enlace/\S+)", escrito)
        assert found, escrito
        return found[1]

    def confirmada(self, **rest: Any) -> UUID:
        una = self.crear(**rest)
        self.pulsar(self.enlace())
        return una

    def pulsar(self, enlace: str, metodo: str = "POST") -> Any:
        origin = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
        return self.casa.app.test_client().open(enlace, method=metodo, headers=origin)

    def a_las(self, momento: datetime) -> list[Mensaje]:
        """The sweeps of that moment, twice; the digests that there are then."""
        self.ir_a(momento)
        for _vez in range(2):
            tasks.resumir_a_unidades(self.casa.env)
            self.casa.barrer()
        tasks.resumir_a_unidades(self.casa.env)
        hechos: list[Mensaje] = self.casa.mensajes(plantilla=Clave.RESUMEN_DE_UNIDAD)
        return hechos

    def ir_a(self, momento: datetime) -> None:
        """Time passes, also for what waits on the machine's clock."""
        pasa = momento - clock.now()
        with self.casa.db.begin() as session:
            for entrega in session.scalars(select(Entrega)):
                entrega.visible -= pasa
        self.casa.ir_a(momento)

    def entregas(self, una: UUID) -> list[tuple[EstadoDeEntrega, str | None]]:
        return [(e.estado, e.error) for e in self.unidades.entregas(una)]


@pytest.fixture
def red(casa: Any) -> Casa:
    casa.ir_a(_el(1))
    return Casa(casa)


@pytest.mark.parametrize(
    ("dia", "ahora", "corte"),
    [
        (None, _el(7, "08:00"), _el(7, "08:00")),
        (None, _el(7, "07:59"), _el(4, "08:00")),  # Monday, before the hour: Friday's
        (None, _el(8, "12:00"), _el(7, "08:00")),  # a holiday
        (0, _el(9, "12:00"), _el(7, "08:00")),
        (1, _el(8, "12:00"), _el(1, "08:00")),  # Tuesday, a holiday: on Wednesday
        (1, _el(9, "08:00"), _el(9, "08:00")),
        (4, _el(27, "12:00"), _el(18, "08:00")),  # Friday, Christmas: on Monday
        (4, _el(28, "08:00"), _el(28, "08:00")),
    ],
)
def test_sale_en_dia_habil_y_en_hora_de_chile(
    dia: int | None, ahora: datetime, corte: datetime
) -> None:
    cadencia = Cadencia.DIARIA if dia is None else Cadencia.SEMANAL

    assert ultimo_corte(cadencia, dia, time(8, 0), ahora) == corte


def test_nada_llega_mientras_nadie_confirme_el_correo_con_el_boton(red: Casa) -> None:
    una = red.crear()
    red.unidades.oir(_caso())
    with pytest.raises(Conflicto, match="confirme"):
        red.hacer(actions.probar, una, ADMIN)
    assert red.a_las(_el(2, "09:00")) == []

    enlace = red.enlace()
    vista = red.pulsar(enlace, "GET")
    assert "Recibirlo en este correo" in vista.text
    assert red.a_las(_el(2, "10:00")) == []  # whoever looked has confirmed nothing
    assert "llegará a este correo" in red.pulsar(enlace).text

    # What waited since before the hour leaves now, not tomorrow.
    (resumen,) = red.a_las(_el(2, "11:00"))
    assert (resumen.estado, resumen.destino) == (EstadoDeMensaje.ENTREGADA, CORREO.lower())
    for otra in (red.pulsar(enlace, "GET"), red.pulsar(enlace)):
        assert otra.status_code == 404
        assert "Este enlace ya no sirve" in otra.text
        assert "Si ya confirmó este correo" in otra.text


def test_el_enlace_vence_y_otro_reemplaza_al_anterior(red: Casa) -> None:
    una = red.crear()
    primero = red.enlace()
    red.casa.oficina.entrar(red.casa.app, "administrador").post(
        f"/notificaciones/suscripciones/{una}/confirmacion",
        data={"version": red.unidades.suscripcion(una).version},
    )
    red.casa.barrer()
    segundo = red.enlace()
    assert red.pulsar(primero).status_code == 404
    red.unidades.cambiar(Suscripcion, enlace_hasta=real_now())
    assert red.pulsar(segundo).status_code == 404
    assert red.unidades.suscripcion(una).espera_confirmacion


def test_trae_cuentas_y_enlaces_sin_datos_de_nadie_y_sin_nada_no_llega(red: Casa) -> None:
    una = red.confirmada(idioma="es")
    caso, otro, derivada = _caso(), _caso(), _derivada()
    for hecho in (caso, derivada, otro):
        assert red.unidades.oir(hecho) == 1

    (resumen,) = red.a_las(_el(2, "08:00"))
    cuerpo = resumen.cuerpo or ""
    assert resumen.asunto == "Resumen «Novedades de la red»: 3"
    assert "Se abrió un caso: 2" in cuerpo
    assert "Se envió una derivación a la unidad: 1" in cuerpo
    assert f"/casos/unidad/derivaciones/{derivada.derivacion_id}" in cuerpo
    entregas = red.unidades.entregas(una)
    assert all(
        f"/notificaciones/suscripciones/{una}/entregas/{e.id}" in cuerpo
        for e in entregas
        if e.caso_id != derivada.caso_id
    )
    for nunca in (caso.caso_id, otro.caso_id, derivada.caso_id, derivada.servicio_id):
        assert str(nunca) not in cuerpo
    assert {(e.estado, e.intentos) for e in entregas} == {(EstadoDeEntrega.HECHO, 1)}
    assert red.unidades.suscripcion(una).vista_en is not None

    assert len(red.a_las(_el(3, "09:00"))) == 1


def test_lo_que_se_reserva_despues_de_escrito_ya_no_sale(red: Casa) -> None:
    red.confirmada()
    caso, derivada = _caso(), _derivada()
    red.unidades.oir(caso)
    red.unidades.oir(derivada)
    red.ir_a(_el(2, "08:00"))
    tasks.resumir_a_unidades(red.casa.env)  # it is asked for, and not written
    red.hacer(reparto.callar, caso.caso_id, real_now() + timedelta(minutes=1))
    red.casa.barrer()
    (resumen,) = red.a_las(_el(2, "08:05"))
    assert "Se abrió un caso" not in (resumen.cuerpo or "")
    assert resumen.asunto is not None
    assert resumen.asunto.endswith(": 1")

    red.unidades.oir(_caso())
    red.ir_a(_el(3, "08:00"))
    tasks.resumir_a_unidades(red.casa.env)
    with red.casa.db.begin() as session:
        session.query(Entrega).filter_by(estado=EstadoDeEntrega.PENDIENTE).delete()
    vacio = red.a_las(_el(3, "08:05"))[-1]
    assert (vacio.estado, vacio.motivo) == (
        EstadoDeMensaje.SUPRIMIDA,
        MotivoDeMensaje.NADA_QUE_RESUMIR,
    )


def test_en_pausa_espera_y_lo_que_no_pudo_salir_va_en_el_siguiente(red: Casa) -> None:
    una = red.confirmada(idioma="en")
    red.unidades.oir(_caso())
    red.hacer(actions.pausar, una, ADMIN)
    assert red.a_las(_el(2, "09:00")) == []
    red.hacer(actions.reanudar, una, ADMIN)
    red.ir_a(_el(2, "09:01"))
    tasks.resumir_a_unidades(red.casa.env)
    (primero,) = red.casa.mensajes(plantilla=Clave.RESUMEN_DE_UNIDAD)
    # Its provider is away until the message makes no sense any more.
    red.ir_a(primero.caduca_en + timedelta(minutes=1))
    red.casa.barrer()
    tasks.resumir_a_unidades(red.casa.env)
    assert red.entregas(una) == [(EstadoDeEntrega.PENDIENTE, Falla.NO_SALIO.value)]

    segundo = red.a_las(_el(3, "08:01"))[-1]
    assert segundo.asunto == "Digest “Novedades de la red”: 1"
    assert "A case was opened: 1" in (segundo.cuerpo or "")
    assert red.entregas(una) == [(EstadoDeEntrega.HECHO, None)]
    assert [i.falla for i in red.unidades.intentos()] == [Falla.NO_SALIO, None]


def test_la_prueba_va_sola_y_dice_que_lo_es_y_se_repite_desde_un_dia(red: Casa) -> None:
    una = red.confirmada()
    red.hacer(actions.probar, una, ADMIN)
    (prueba,) = red.a_las(_el(1, "07:05"))
    assert (prueba.asunto or "").startswith("Prueba. Resumen")
    assert "inventado" in (prueba.cuerpo or "")
    assert red.entregas(una) == [(EstadoDeEntrega.HECHO, None)]

    caso = _caso()
    red.unidades.oir(caso)
    assert len(red.a_las(_el(2, "08:00"))) == 2
    with red.casa.db.begin() as session:
        for entrega in session.query(Entrega).filter_by(caso_id=caso.caso_id):
            entrega.estado, entrega.visible = EstadoDeEntrega.PENDIENTE, real_now()
    assert len(red.a_las(_el(2, "12:00"))) == 2, "what is repeated waits for the next hour"
    assert "Se abrió un caso: 1" in (red.a_las(_el(3, "08:00"))[-1].cuerpo or "")


def test_su_pagina_se_lee_tambien_mientras_un_resumen_va_en_camino(red: Casa) -> None:
    una = red.confirmada()
    red.hacer(actions.probar, una, ADMIN)
    tasks.resumir_a_unidades(red.casa.env)

    pagina = red.casa.oficina.entrar(red.casa.app, "administrador").get(
        f"/notificaciones/suscripciones/{una}"
    )
    assert pagina.status_code == 200
    assert "Último resumen" in pagina.text


def test_desde_el_buzon_se_detiene_y_confirmarlo_de_nuevo_lo_reanuda(red: Casa) -> None:
    una = red.confirmada()
    baja = NuevaBaja(direccion=CORREO, tema=Tema.RESUMENES)
    with red.casa.db.begin() as session:
        bajas.dar_de_baja(session, baja, Origen.PALABRA, Actor.sistema("notificaciones"))
    red.unidades.oir(_caso())
    (callado,) = red.a_las(_el(2, "08:00"))
    assert callado.motivo is MotivoDeMensaje.DIRECCION_DE_BAJA
    suscripcion = red.unidades.suscripcion(una)
    assert (suscripcion.estado, suscripcion.motivo) == (Estado.DESACTIVADA, Motivo.CORREO_DE_BAJA)
    assert red.casa.mensajes(plantilla=Clave.AVISO_SUSCRIPCION)

    red.hacer(actions.reanudar, una, ADMIN)
    red.casa.barrer()
    red.pulsar(red.enlace())
    assert red.a_las(_el(3, "08:00"))[-1].estado is EstadoDeMensaje.ENTREGADA


def test_un_buzon_que_rebota_la_desactiva(red: Casa) -> None:
    una = red.confirmada()
    red.unidades.oir(_caso())
    (resumen,) = red.a_las(_el(2, "08:00"))
    with red.casa.db.begin() as session:
        session.get_one(Mensaje, resumen.id).rebotar()

    tasks.resumir_a_unidades(red.casa.env)

    suscripcion = red.unidades.suscripcion(una)
    assert (suscripcion.estado, suscripcion.motivo) == (
        Estado.DESACTIVADA,
        Motivo.CORREO_RECHAZADO,
    )
    assert suscripcion.espera_confirmacion


def test_otro_correo_se_confirma_otra_vez_y_lo_demas_no(red: Casa) -> None:
    una = red.confirmada()
    red.hacer(actions.editar, una, _pedido(cadencia=Cadencia.SEMANAL, dia=2), ADMIN)
    assert not red.unidades.suscripcion(una).espera_confirmacion
    red.hacer(actions.editar, una, _pedido(correo="otra@unidad.example"), ADMIN)
    suscripcion = red.unidades.suscripcion(una)
    assert (suscripcion.espera_confirmacion, suscripcion.dia) == (True, None)
    red.casa.barrer()
    enviados = red.casa.mensajes(plantilla=Clave.CONFIRMAR_CORREO)
    assert [uno.destino for uno in enviados] == [CORREO.lower(), "otra@unidad.example"]
    red.hacer(actions.cerrar, una, ADMIN)
    assert red.pulsar(red.enlace()).status_code == 404
    assert red.unidades.suscripcion(una).correo is None


@pytest.mark.parametrize(
    ("cambio", "campo"),
    [
        ({"correo": None}, "correo"),
        ({"cadencia": None}, "cadencia"),
        ({"cadencia": Cadencia.SEMANAL}, "dia"),
    ],
)
def test_dice_que_falta_de_un_resumen(red: Casa, cambio: dict[str, Any], campo: str) -> None:
    with pytest.raises(DatosInvalidos) as error:
        red.crear(**cambio)

    assert list(error.value.errores) == [campo]


def test_por_api_y_por_la_pagina(red: Casa) -> None:
    client, de = red.casa.app.test_client(), red.casa.oficina.bearer("administrador")
    raiz = "/notificaciones/api/v1/suscripciones"
    datos = {
        "unidad": "dideco",
        "nombre": "Por API",
        "tipos": [ABIERTO],
        "finalidad": "Coordinar la atención",
        "base": "funcion_legal",
        "via": "resumen",
        "correo": "red@unidad.example",
        "cadencia": "semanal",
        "dia": 1,
        "hora": "09:30",
        "idioma": "en",
    }
    assert client.post(raiz, json=datos | {"idioma": "ht"}, headers=de).status_code == 422
    assert client.post(raiz, json=datos | {"correo": "nadie"}, headers=de).status_code == 422
    hecha = client.post(raiz, json=datos, headers=de)
    assert (hecha.status_code, hecha.json["secreto"], hecha.json["hora"]) == (201, "", "09:30")
    assert hecha.json["correo_verificado_en"] is None
    una = f"{raiz}/{hecha.json['id']}"
    con = de | {"If-Match": "*"}
    assert client.post(f"{una}/secreto", headers=con).status_code == 409
    assert client.post(f"{una}/confirmacion", headers=con).status_code == 202

    page = red.casa.oficina.entrar(red.casa.app, "administrador")
    pagina = page.get(f"/notificaciones/suscripciones/{hecha.json['id']}").text
    assert "Falta que alguien abra el enlace" in pagina
    assert "Una vez a la semana, martes, 09:30" in pagina
    assert "Enviar otro enlace" in pagina
    assert (
        'value="red@unidad.example"'
        in page.get(f"/notificaciones/suscripciones/{hecha.json['id']}/editar").text
    )
    forma = datos | {"nombre": "Por la página", "tipos": [ABIERTO]}
    mal = page.post("/notificaciones/suscripciones/nueva", data=forma | {"correo": ""})
    assert (mal.status_code, "of-error" in mal.text) == (422, True)
    bien = page.post("/notificaciones/suscripciones/nueva", data=forma)
    assert bien.status_code == 303


def test_lo_que_no_cabe_se_cuenta(red: Casa) -> None:
    red.confirmada()
    muchos = ajustes().hechos_con_enlace + 2
    for _n in range(muchos):
        red.unidades.oir(_caso())
    (resumen,) = red.a_las(_el(2, "08:00"))
    cuerpo = resumen.cuerpo or ""
    assert f"Se abrió un caso: {muchos}" in cuerpo
    assert cuerpo.count("/entregas/") == ajustes().hechos_con_enlace
    assert "Y 2 más" in cuerpo
