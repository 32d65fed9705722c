"""Many at once: what a file may be, what is seen before, and what becomes of each row."""

import csv
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from uuid import UUID

import xlsxwriter
from sqlalchemy import select
from tests.unit.notificaciones.masivos.conftest import LUNES_10, URL, Masivos

from notificaciones import supresion, uniones
from notificaciones.masivos import avance
from notificaciones.masivos.states import Estado, Problema
from notificaciones.mensajes.models import Mensaje
from notificaciones.mensajes.queries import debidos
from notificaciones.mensajes.states import Estado as EstadoDeMensaje
from notificaciones.mensajes.states import Motivo, Prioridad
from notificaciones.plantillas.catalogo import Canal
from notificaciones.retencion import retencion
from oficina.apartadas import suprimir
from oficina.audit import Auditoria
from oficina.clock import now, real_now
from oficina.db import uuid7


def _problemas(masivos: Masivos, envio_id: UUID) -> dict[int, Problema | None]:
    return {fila.numero: fila.problema for fila in masivos.filas(envio_id)}


def _libro(*renglones: list[Any]) -> bytes:
    salida = BytesIO()
    with xlsxwriter.Workbook(salida, {"default_date_format": "dd/mm/yyyy"}) as libro:
        hoja = libro.add_worksheet("Lista")
        for n, renglon in enumerate(renglones):
            hoja.write_row(n, 0, renglon)
    return salida.getvalue()


def _con_macros(libro: bytes) -> bytes:
    salida = BytesIO(libro)
    with zipfile.ZipFile(salida, "a") as partes:
        partes.writestr("xl/vbaProject.bin", b"Sub Auto_Open()")
    return salida.getvalue()


def test_un_csv_de_direcciones_se_mira_se_confirma_y_sale(masivos: Masivos, casa: Any) -> None:
    envio_id = masivos.traer(
        "\nTeléfono;TEXTO;idioma;nota\n"
        "+56 9 8765 4321;El lunes no se atiende.;ht;x\n"
        "9 8765 4321;Otra vez.;;\n"
        "ana@correo.example;Se lo avisamos.;;\n"
        "22 123 4567;A un fijo no.;;\n"
        ";Sin nadie.;;\n"
        "+56 9 8111 2222;;;\n"
        "eva@correo.example;Hola.;xx;\n"
    )

    P = Problema  # noqa: N806  it is an enum
    assert _problemas(masivos, envio_id) == {
        3: None, 4: P.REPETIDA, 5: None, 6: P.DIRECCION, 7: P.FALTA, 8: P.FALTA, 9: P.IDIOMA,
    }  # fmt: skip
    assert masivos.uno(envio_id).estado is Estado.EN_REVISION
    assert casa.mensajes() == []
    pagina = masivos.como().get(f"{URL}/{envio_id}").text
    assert "Biwo minisipal: El lunes no se atiende." in pagina
    assert "Ya está en la fila 3." in pagina
    assert "Columna «texto»: Falta un dato" in pagina
    assert "1 segmento" in pagina
    assert "98765" not in pagina.replace(" ", "")
    assert "ana@" not in pagina

    assert masivos.dar(envio_id, "confirmacion").status_code == 303
    masivos.seguir()
    casa.barrer()
    masivos.seguir()

    salieron = casa.mensajes()
    assert [(m.destino, m.estado, m.prioridad) for m in salieron] == [
        ("+56987654321", EstadoDeMensaje.ENTREGADA, Prioridad.MASIVA),
        ("ana@correo.example", EstadoDeMensaje.ENTREGADA, Prioridad.MASIVA),
    ]
    assert masivos.uno(envio_id).estado is Estado.TERMINADO
    with casa.db.read() as session:
        acciones = session.scalars(
            select(Auditoria.accion).where(Auditoria.recurso_id == envio_id)
        ).all()
    assert {"notificaciones.masivo." + una for una in ("traer", "ver", "confirmar")} <= {*acciones}


def test_un_libro_de_personas_por_folio_o_documento(masivos: Masivos, casa: Any) -> None:
    ana = casa.persona(documento_tipo="pasaporte", documento_numero="HT900100")
    eva = casa.persona(no_contactar=True)
    libro = _libro(
        ["folio", "Hasta", "Lugar"],
        [masivos.folio(ana).lower(), LUNES_10.replace(tzinfo=None).date(), "nan biwo a"],
        ["ht 900100", "24/11/2026", "otra vez ella"],
        [masivos.folio(eva), "2026-11-25", "en la oficina"],
        ["P-2020-000009", "25-11-2026", "en la oficina"],
        [masivos.folio(eva), "mañana", "en la oficina"],
    )
    envio_id = masivos.traer(libro, "profesional", plantilla="retiro_listo", nombre="l.xlsx")

    assert list(_problemas(masivos, envio_id).values()) == [
        None, Problema.REPETIDA, None, Problema.PERSONA_NO_HALLADA, Problema.DATO,
    ]  # fmt: skip
    primera, _segunda, tercera, *_ = masivos.filas(envio_id)
    assert (primera.persona_id, primera.canal, primera.segmentos) == (ana, Canal.SMS, 1)
    assert (tercera.persona_id, tercera.motivo) == (eva, Motivo.NO_CONTACTAR)
    pagina = masivos.como("profesional").get(f"{URL}/{envio_id}").text
    assert "jiska lendi 23 novanm, nan biwo a." in pagina
    assert "Columna «hasta»: No es una fecha: se espera día, mes y año." in pagina

    masivos.dar(envio_id, "confirmacion", "profesional")
    masivos.seguir()
    casa.barrer()

    assert {m.persona_id: m.estado for m in casa.mensajes()} == {
        ana: EstadoDeMensaje.ENTREGADA,
        eva: EstadoDeMensaje.SUPRIMIDA,
    }
    assert {m.pedido_por for m in casa.mensajes()} == {casa.oficina.funcionario("profesional").id}


def test_de_quien_pidio_no_recibir_mas_se_ve_antes(masivos: Masivos, casa: Any) -> None:
    masivos.como("recepcion").post(
        "/notificaciones/bajas", data={"direccion": "ana@correo.example", "motivo": "Lo pidió"}
    )

    envio_id = masivos.traer("correo,texto\nana@correo.example,Hola\neva@correo.example,Hola\n")

    assert [fila.motivo for fila in masivos.filas(envio_id)] == [Motivo.DIRECCION_DE_BAJA, None]
    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()
    casa.barrer()
    assert [m.estado for m in casa.mensajes()] == [
        EstadoDeMensaje.SUPRIMIDA,
        EstadoDeMensaje.ENTREGADA,
    ]


ILEGIBLES: list[tuple[bytes | str, str]] = [
    ("", "no tiene destinatarios"),
    ("correo;texto\n", "no tiene destinatarios"),
    ("texto\nHola\n", "una columna que diga a quién"),
    ("correo;folio;texto\na@b.cl;P-2026-000001;Hola\n", "una columna que diga a quién"),
    ("correo\na@b.cl\n", "Faltan columnas que la plantilla necesita: texto."),
    ("correo;texto;Téxto\na@b.cl;a;b\n", "con el mismo título: texto."),
    ('correo;texto\na@b.cl;"sin cerrar\n', "comillas sin cerrar"),
    (b"\xd0\xcf\x11\xe0\x00\x00", "No es un archivo CSV ni un libro"),
    (b"PK\x03\x04nada", "No es un libro de Excel"),
    (_con_macros(_libro(["correo", "texto"], ["a@b.cl", "Hola"])), "trae macros y no se abre"),
    ("correo;texto\n" + "a@b.cl;Hola\n" * 4, "Son 4 filas; a lo más 3 en un envío."),
]


def test_un_archivo_que_no_sirve_dice_que_le_falta(
    masivos: Masivos, pocos: Callable[..., None]
) -> None:
    pocos(filas=3)
    for contenido, dice in ILEGIBLES:
        dado = masivos.subir(contenido)

        assert dado.status_code == 422, dado.text
        assert dice in dado.text, contenido
    sin_nada = masivos.como().post(f"{URL}/nuevo", data={"plantilla": "aviso_general"})
    assert "Elija el archivo con los destinatarios." in sin_nada.text
    assert masivos.subir("correo;texto\na@b.cl;Hola\n", canal="sms").status_code == 303
    ayer = masivos.subir("correo;texto\na@b.cl;Hola\n", programado_para="2026-11-22T10:00")
    assert "Ese momento ya pasó." in ayer.text


def test_lo_que_escribe_una_planilla_de_aqui_se_lee(masivos: Masivos) -> None:
    envio_id = masivos.traer(
        "correo;texto\nana@correo.example;Atención: no, ñandú\n".encode("cp1252")
    )

    (fila,) = masivos.filas(envio_id)
    assert fila.dice["valores"] == {"texto": "Atención: no, ñandú"}


def test_un_csv_de_antes_se_lee_y_se_dice_como_se_leyo(masivos: Masivos) -> None:
    escrito = "correo;texto\nana@correo.example;Atención, Ángela: ñandú, José, María\n"

    def subida(contenido: bytes) -> Any:
        datos = {"plantilla": "aviso_general", "archivo": (BytesIO(contenido), "lista.csv")}
        return masivos.como().post(f"{URL}/nuevo", data=datos, follow_redirects=True)

    antigua, actual = subida(escrito.encode("cp850")), subida(escrito.encode())

    (fila,) = masivos.filas(UUID(antigua.request.path.rpartition("/")[2]))
    assert fila.dice["valores"] == {"texto": "Atención, Ángela: ñandú, José, María"}
    assert "se leyó como MS-DOS 850" in antigua.text
    assert "se leyó como" not in actual.text


def test_para_muchos_lo_confirma_otra_persona(masivos: Masivos, pocos: Callable[..., None]) -> None:
    pocos(segunda_persona_desde=2)
    envio_id = masivos.direcciones(3)
    otra = masivos.casa.contratar("jefatura", "coordinacion")

    pagina = masivos.como().get(f"{URL}/{envio_id}").text
    assert "lo confirma otra persona" in pagina
    assert "confirmacion" not in pagina
    assert masivos.dar(envio_id, "confirmacion").status_code == 403
    assert masivos.dar(envio_id, "confirmacion", "profesional").status_code == 404
    assert masivos.uno(envio_id).estado is Estado.EN_REVISION

    masivos.casa.oficina.funcionario("jefatura")
    browser = masivos.como("jefatura")
    assert f"{envio_id}/confirmacion" in browser.get(f"{URL}/{envio_id}").text
    assert masivos.dar(envio_id, "confirmacion", "jefatura").status_code == 303
    assert masivos.uno(envio_id).confirmado_por == otra


def test_se_pausa_se_reanuda_y_se_cancela(
    masivos: Masivos, casa: Any, pocos: Callable[..., None]
) -> None:
    pocos(en_cola=3)
    envio_id = masivos.direcciones(10)
    masivos.dar(envio_id, "confirmacion")

    masivos.seguir()
    # No more of them wait than what may.
    assert len(casa.mensajes()) == 3
    assert masivos.dar(envio_id, "pausa").status_code == 303
    casa.barrer()
    masivos.seguir()
    assert Counter(m.estado for m in casa.mensajes()) == {EstadoDeMensaje.ENTREGADA: 3}

    masivos.dar(envio_id, "reanudacion")
    masivos.seguir()
    assert len(casa.mensajes()) == 6
    assert masivos.dar(envio_id, "cancelacion").status_code == 303
    masivos.seguir()
    casa.barrer()

    assert Counter(m.estado for m in casa.mensajes()) == {
        EstadoDeMensaje.ENTREGADA: 3,
        EstadoDeMensaje.CANCELADA: 3,
    }
    assert masivos.uno(envio_id).estado is Estado.CANCELADO
    assert masivos.dar(envio_id, "reanudacion").status_code == 409
    vieja = masivos.como().post(f"{URL}/{envio_id}/pausa", data={"version": 1})
    assert vieja.status_code == 412


def test_lo_que_ya_va_en_camino_no_se_cuenta_entre_lo_que_no_sale(
    masivos: Masivos, casa: Any
) -> None:
    envio_id = masivos.direcciones(4)
    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()
    with casa.env.db.begin() as session:
        session.get_one(Mensaje, casa.mensajes()[0].id).reservar(real_now() + timedelta(minutes=1))

    cancelado = masivos.como().post(
        f"{URL}/{envio_id}/cancelacion",
        data={"version": masivos.uno(envio_id).version},
        follow_redirects=True,
    )

    assert "3 mensajes que esperaban ya no salen" in cancelado.text


def test_quien_se_muere_a_media_tanda_no_pierde_ni_repite_nada(
    masivos: Masivos, casa: Any, monkeypatch: Any
) -> None:
    envio_id = masivos.direcciones(7)
    masivos.dar(envio_id, "confirmacion")
    monkeypatch.setattr(avance, "LOTE", 2)
    assert avance.avanzar(casa.env)
    assert len(casa.mensajes()) == 2

    # One that asked and vanished before it wrote anything.
    with casa.db.begin() as session:
        envio = avance._tomar(session, envio_id, muerto := uuid7())
    assert envio is not None
    assert not avance.avanzar(casa.env)
    monkeypatch.setattr(avance, "real_now", lambda: real_now() + avance.PRESTAMO)
    masivos.seguir()
    assert not avance._pedir(casa.env, envio, muerto)

    destinos = Counter(m.destino for m in casa.mensajes())
    assert destinos == {f"persona{n}@correo.example": 1 for n in range(7)}
    assert {f.mensaje_id for f in masivos.filas(envio_id)} == {m.id for m in casa.mensajes()}


def test_un_recordatorio_va_antes_que_todos(masivos: Masivos, casa: Any) -> None:
    casa.cita(LUNES_10 + timedelta(hours=50))
    casa.barrer()
    envio_id = masivos.direcciones(5)
    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()
    with casa.db.begin() as session:
        recordatorio = casa.mensajes(prioridad=Prioridad.NORMAL)[0]
        session.merge(recordatorio).enviar_en = now()

    with casa.db.read() as session:
        primero, *demas = debidos(session, now(), real_now())

    assert (primero.mensaje_id, primero.prioridad) == (recordatorio.id, Prioridad.NORMAL)
    assert [uno.prioridad for uno in demas] == [Prioridad.MASIVA] * 5


def test_empieza_cuando_se_dice_y_a_las_horas_de_escribir(masivos: Masivos, casa: Any) -> None:
    envio_id = masivos.traer(
        "celular;texto\n+56 9 8765 4321;Hola\n", programado_para="2026-11-24T07:00"
    )
    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()
    assert casa.mensajes() == []

    casa.ir_a(LUNES_10 + timedelta(hours=21, minutes=30))  # half past seven
    masivos.seguir()
    assert casa.mensajes() == []

    casa.ir_a(LUNES_10 + timedelta(hours=24))
    masivos.seguir()
    assert len(casa.mensajes()) == 1


def test_el_resultado_se_descarga_sin_formulas(masivos: Masivos, casa: Any) -> None:
    envio_id = masivos.traer('celular;texto\n+56 9 8765 4321;Hola\n"=1+1";Hola\n')
    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()
    casa.barrer()

    dado = masivos.como().get(f"{URL}/{envio_id}/resultado.csv")

    _titulos, primera, segunda = csv.reader(StringIO(dado.text))
    assert primera[:3] == ["2", "'+56 9 8765 4321", "Enviado"]
    assert segunda[:3] == ["3", "'=1+1", "Sin mensaje"]
    casa.contratar("jefatura", "coordinacion")
    ajeno = masivos.como("jefatura").get(f"{URL}/{envio_id}/resultado.csv").text
    assert "8765" not in ajeno


def test_la_pagina_se_sigue_sola(masivos: Masivos) -> None:
    envio_id = masivos.direcciones(2)
    browser = masivos.como()
    # Nobody confirms what they have not looked at.
    assert "confirmacion" not in browser.get(f"{URL}/{envio_id}/avance").text
    browser.post(f"{URL}/{envio_id}/confirmacion", data={"version": masivos.uno(envio_id).version})
    pagina = browser.get(f"{URL}/{envio_id}").text
    assert "Actualizar" in pagina
    vivo = re.search(r'data-vivo="([^"]+)" data-etag="([^"]+)"', pagina)
    assert vivo

    igual = browser.get(vivo[1], headers={"If-None-Match": f'W/"{vivo[2]}"'})
    masivos.seguir()
    otra = browser.get(vivo[1], headers={"If-None-Match": f'W/"{vivo[2]}"'})

    assert (igual.status_code, otra.status_code) == (304, 200)
    assert "2 en la cola" in otra.text


def test_lo_ve_quien_lo_trajo_y_la_coordinacion(masivos: Masivos, casa: Any) -> None:
    persona = masivos.folio(casa.persona())
    envio_id = masivos.traer(f"folio;texto\n{persona};Hola\n", "profesional")
    casa.contratar("otra", "profesional")

    assert masivos.subir("correo;texto\na@b.cl;Hola\n", "profesional").status_code == 403
    assert masivos.como("otra").get(f"{URL}/{envio_id}").status_code == 404
    assert str(envio_id) not in masivos.como("otra").get(URL).text
    assert str(envio_id) in masivos.como("coordinacion").get(URL).text
    assert masivos.como("recepcion").get(URL).status_code == 403
    assert masivos.dar(envio_id, "descarte").status_code == 303
    assert masivos.filas(envio_id) == []


def test_en_la_lista_se_distingue_uno_de_otro(masivos: Masivos, casa: Any) -> None:
    masivos.traer(
        "celular;texto\n+56 9 8765 4321;Hola\n22 123 4567;A un fijo no\n",
        programado_para="2026-11-24T09:30",
        canal="sms",
    )
    casa.ir_a(LUNES_10 + timedelta(seconds=7))
    masivos.direcciones(3)

    segundo, primero = re.findall(r"<tr>\s*<td>.*?</tr>", masivos.como().get(URL).text, re.DOTALL)

    assert "Aviso de la oficina, 23 nov 2026, 10:00:00</a>" in primero
    assert "Aviso de la oficina, 23 nov 2026, 10:00:07</a>" in segundo
    assert "1 de 2 filas" in primero
    assert "3 de 3 filas" in segundo
    assert "Empieza 24 nov 2026, 09:30." in primero
    assert "Solo por Mensaje de texto." in primero
    assert "Empieza" not in segundo


def test_una_supresion_llega_a_las_filas(masivos: Masivos, casa: Any) -> None:
    ana, eva = casa.persona(), casa.persona()
    envio_id = masivos.traer(
        f"folio;texto\n{masivos.folio(ana)};Hola, Ana\n{masivos.folio(eva)};Hola, Eva\n"
    )
    with casa.db.begin() as session:
        assert supresion.contar(session, ana, [])[supresion.FILAS] == 1
        assert supresion.borrar(session, ana, [])[supresion.FILAS] == 1
        suprimir(session, ana, uuid7())

    masivos.dar(envio_id, "confirmacion")
    masivos.seguir()

    una, otra = masivos.filas(envio_id)
    assert (una.datos, una.problema, una.mensaje_id) == (None, Problema.SUPRIMIDA, None)
    assert otra.mensaje_id is not None
    assert [m.persona_id for m in casa.mensajes()] == [eva]


def test_lo_que_decian_las_filas_se_olvida_a_su_plazo(masivos: Masivos, casa: Any) -> None:
    sin_confirmar = masivos.direcciones(2)
    hecho = masivos.traer("correo;texto\nana@correo.example;Hola\n")
    masivos.dar(hecho, "confirmacion")
    masivos.seguir()
    casa.barrer()
    masivos.seguir()

    retencion.aplicar(casa.db, now() + timedelta(days=16))
    assert masivos.uno(sin_confirmar).estado is Estado.DESCARTADO
    assert masivos.filas(sin_confirmar) == []
    (fila,) = masivos.filas(hecho)
    assert fila.datos is not None
    retencion.aplicar(casa.db, now() + timedelta(days=31))

    (fila,) = masivos.filas(hecho)
    assert (fila.datos, fila.indice, fila.mensaje_id is None) == (None, None, False)
    assert masivos.como().get(f"{URL}/{hecho}").status_code == 200
    assert masivos.como().get(f"{URL}/{hecho}/resultado.csv").status_code == 200


def test_la_persona_de_una_fila_la_sigue_cuando_se_unen_dos_fichas(
    masivos: Masivos, casa: Any
) -> None:
    ana, otra = casa.persona(), casa.persona()
    envio_id = masivos.traer(f"folio;texto\n{masivos.folio(otra)};Hola\n")
    with casa.db.begin() as session:
        movidas = uniones.llevar(session, otra, ana)
    assert [fila.persona_id for fila in masivos.filas(envio_id)] == [ana]

    with casa.db.begin() as session:
        uniones.devolver(session, ana, otra, movidas, [])
    assert [fila.persona_id for fila in masivos.filas(envio_id)] == [otra]
    servicio = casa.oficina.bearer("servicio")
    datos = f"/notificaciones/api/v1/personas/{otra}/datos"
    copia = casa.app.test_client().get(datos, headers=servicio).json
    assert copia["envios"][0]["valores"] == ["texto: Hola"]


API = "/notificaciones/api/v1/masivos"


def test_por_la_api_lo_mismo(masivos: Masivos, casa: Any) -> None:
    client, headers = casa.app.test_client(), casa.oficina.bearer("coordinacion")
    filas = [{"quien": f"p{n}@correo.example", "valores": {"texto": "Hola"}} for n in range(2)]
    pedido = {"plantilla": "aviso_general", "a_personas": False, "filas": [*filas, filas[0]]}

    traido = client.post(API, json=pedido, headers=headers)

    assert traido.status_code == 201, traido.text
    masivos.seguir()
    uno = client.get(f"{API}/{traido.json['id']}", headers=headers)
    assert uno.json["estado"] == "en_revision"
    assert uno.json["cuentas"]["problemas"] == {"repetida": 1}
    url, con_version = f"{API}/{uno.json['id']}", headers | {"If-Match": uno.headers["ETag"]}
    assert client.post(f"{url}/confirmacion", headers=headers).status_code == 428
    assert client.post(f"{url}/confirmacion", headers=con_version).json["estado"] == "enviando"
    masivos.seguir()
    leidas = client.get(f"{url}/filas", headers=headers).json
    assert [fila["estado"] for fila in leidas] == ["lista", "lista", None]
    assert client.get(f"{url}/filas?despues_de=2", headers=headers).json[0]["repite"] == 1
    malo = client.post(API, json=pedido | {"filas": []}, headers=headers)
    assert malo.status_code == 422
    assert client.get(API, headers=headers).json[0]["id"] == traido.json["id"]
