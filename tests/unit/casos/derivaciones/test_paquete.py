"""The package: only what was chosen, a legal basis for it, and a snapshot that stays as it was."""

import json

import pytest
from sqlalchemy import select, text

from casos.alcance import Alcance
from casos.consentimientos.models import BaseLicitud, Consentimiento, FormaConsentimiento
from casos.derivaciones import actions
from casos.derivaciones.paquete import Categoria, Paquete
from casos.derivaciones.queries import datos_de_persona, de_caso
from casos.derivaciones.respuestas import Respuesta
from casos.derivaciones.states import Accion, Estado
from casos.expedientes.models import Caso
from casos.expedientes.states import Estado as EstadoCaso
from casos.personas.models import Persona
from casos.red.models import EstadoServicio, ServicioRed
from oficina.db import Database
from oficina.errors import Conflicto, DatosInvalidos, NoEncontrado, TransicionInvalida

from .mundo import LUNES, POR_TELEFONO, PROFESIONAL, SECRETOS, Mundo, crear_mundo


def _codigos(mundo: Mundo) -> dict[Categoria, str]:
    with mundo.db.read() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        _persona, _pauta, datos = datos_de_persona(session, persona_id, Alcance.de(PROFESIONAL))
    return {dato.categoria: dato.codigo for dato in datos}


def test_lo_que_no_se_marco_no_esta(mundo: Mundo) -> None:
    derivacion = mundo.derivacion(mundo.preparar(mundo.pedido(datos=["nombre", "idioma:hat"])))

    paquete = json.loads(derivacion.paquete)

    assert [dato["valor"] for dato in paquete["datos"]] == ["Marie Ange Baptiste", "hat"]
    assert not any(secreto in derivacion.paquete for secreto in SECRETOS)


@pytest.mark.parametrize("categoria", list(Categoria))
def test_cada_dato_se_comparte_solo_si_se_marca(mundo: Mundo, categoria: Categoria) -> None:
    codigos = _codigos(mundo)
    if categoria not in codigos:
        assert categoria is Categoria.CORREO
        return

    paquete = mundo.derivacion(mundo.preparar(mundo.pedido(datos=[codigos[categoria]]))).contenido

    assert [dato.categoria for dato in paquete.datos] == [categoria]


def test_un_dato_que_la_persona_no_tiene_se_rechaza(mundo: Mundo) -> None:
    with pytest.raises(DatosInvalidos) as refused:
        mundo.preparar(mundo.pedido(datos=["nombre", "evaluacion"]))

    assert list(refused.value.errores) == ["datos"]


def test_a_quien_no_se_debe_contactar_no_se_le_comparten_contactos(base: Database) -> None:
    mundo = crear_mundo(base, no_contactar=True)

    codigos = _codigos(mundo)
    paquete = mundo.derivacion(mundo.preparar()).contenido

    assert not {Categoria.TELEFONO, Categoria.CORREO, Categoria.DIRECCION} & codigos.keys()
    assert paquete.contacto_permitido is False


def test_quien_pide_despues_que_no_la_contacten_no_se_envia_como_se_preparo(mundo: Mundo) -> None:
    borrador = mundo.preparar(mundo.pedido(datos=["nombre", _codigos(mundo)[Categoria.TELEFONO]]))
    with mundo.db.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        session.get_one(Persona, persona_id).no_contactar = True

    with pytest.raises(Conflicto, match="no la contacten"), mundo.db.begin() as session:
        actions.enviar(session, borrador, PROFESIONAL, LUNES)
    assert mundo.derivacion(borrador).estado is Estado.BORRADOR

    mundo.hacer(nuevo := mundo.preparar(), Accion.ENVIAR)
    assert mundo.derivacion(nuevo).estado is Estado.ENVIADA


def test_el_paquete_no_cambia_aunque_cambie_la_persona(mundo: Mundo) -> None:
    derivacion_id = mundo.en(Estado.ENVIADA)
    with mundo.db.begin() as session:
        persona_id = session.get_one(Caso, mundo.caso_id).persona_id
        session.get_one(Persona, persona_id).nombres = "Otra"

    assert mundo.derivacion(derivacion_id).contenido.datos[0].valor == "Marie Ange Baptiste"


def test_el_paquete_se_guarda_cifrado(mundo: Mundo) -> None:
    mundo.preparar()

    with mundo.db.read() as session:
        guardados = session.scalars(text("SELECT paquete FROM derivaciones")).all()

    assert guardados
    assert not any("Baptiste" in str(guardado) for guardado in guardados)


def test_un_paquete_se_lee_como_se_escribio(mundo: Mundo) -> None:
    paquete = mundo.derivacion(mundo.preparar()).contenido

    assert Paquete.from_json(paquete.to_json()) == paquete


def test_una_organizacion_privada_necesita_el_consentimiento(mundo: Mundo) -> None:
    with pytest.raises(DatosInvalidos) as refused:
        mundo.preparar(mundo.pedido("SJM.SOCIAL"))

    assert list(refused.value.errores) == ["base_licitud"]


def test_un_convenio_permite_la_funcion_legal(mundo: Mundo) -> None:
    with mundo.db.begin() as session:
        servicio = session.get_one(ServicioRed, mundo.servicio("CLINICAS.LEGAL"))
        session.execute(
            text("UPDATE instituciones SET permite_comunicar_datos = 1 WHERE id = :id"),
            {"id": servicio.institucion_id.hex},
        )

    derivacion = mundo.derivacion(mundo.preparar(mundo.pedido("CLINICAS.LEGAL")))

    assert derivacion.base_licitud is BaseLicitud.FUNCION_LEGAL


def test_el_consentimiento_queda_en_el_libro_con_forma_texto_e_idioma(mundo: Mundo) -> None:
    derivacion = mundo.derivacion(
        mundo.preparar(mundo.pedido("SJM.SOCIAL", ["nombre"], consentida=True))
    )

    with mundo.db.read() as session:
        entrada = session.get_one(Consentimiento, derivacion.consentimiento_id)
    assert entrada.base_licitud is BaseLicitud.CONSENTIMIENTO
    assert entrada.forma is FormaConsentimiento.VERBAL
    assert (entrada.idioma, entrada.categorias) == ("hat", ["nombre"])
    assert entrada.texto_version


@pytest.mark.parametrize(
    ("forma", "idioma", "campo"),
    [
        (None, "hat", "forma_consentimiento"),
        (FormaConsentimiento.ESCRITA, None, "idioma_consentimiento"),
        (FormaConsentimiento.ESCRITA, "xxx", "idioma_consentimiento"),
    ],
)
def test_un_consentimiento_dice_como_y_en_que_idioma(
    mundo: Mundo, forma: FormaConsentimiento | None, idioma: str | None, campo: str
) -> None:
    fundamento = actions.Fundamento(BaseLicitud.CONSENTIMIENTO, forma, idioma)
    pedido = actions.NuevaDerivacion(
        servicio_id=mundo.servicio("SJM.SOCIAL"),
        proposito="Acogida y atención social",
        datos=("nombre",),
        fundamento=fundamento,
    )

    with pytest.raises(DatosInvalidos) as refused:
        mundo.preparar(pedido)

    assert list(refused.value.errores) == [campo]


def test_un_servicio_inactivo_no_recibe_derivaciones(mundo: Mundo) -> None:
    derivacion_id = mundo.preparar(mundo.pedido("OMIL.EMPLEO"))
    with mundo.db.begin() as session:
        session.get_one(ServicioRed, mundo.servicio("OMIL.EMPLEO")).estado = EstadoServicio.INACTIVO

    with pytest.raises(Conflicto):
        mundo.preparar(mundo.pedido("OMIL.EMPLEO"))
    with pytest.raises(Conflicto), mundo.db.begin() as session:
        actions.enviar(session, derivacion_id, PROFESIONAL, LUNES)


@pytest.mark.parametrize("estado", [e for e in EstadoCaso if e is not EstadoCaso.EN_GESTION])
def test_solo_un_caso_en_gestion_se_deriva(mundo: Mundo, estado: EstadoCaso) -> None:
    borrador = mundo.preparar()
    with mundo.db.begin() as session:
        session.get_one(Caso, mundo.caso_id).estado = estado

    with pytest.raises(TransicionInvalida):
        mundo.preparar(mundo.pedido("OLN.PROTECCION"))
    with pytest.raises(TransicionInvalida), mundo.db.begin() as session:
        actions.enviar(session, borrador, PROFESIONAL, LUNES)


def test_un_borrador_nuevo_para_el_mismo_servicio_descarta_el_anterior(mundo: Mundo) -> None:
    primero, segundo = mundo.preparar(), mundo.preparar()

    assert mundo.derivacion(primero).estado is Estado.ANULADA
    with mundo.db.read() as session:
        assert [d.id for d in de_caso(session, session.get_one(Caso, mundo.caso_id))] == [segundo]


def test_reencaminar_deja_una_nueva_en_lugar_de_la_anterior(mundo: Mundo) -> None:
    rechazada = mundo.en(Estado.RECHAZADA)
    with mundo.db.begin() as session:
        nueva = actions.reencaminar(
            session, rechazada, mundo.pedido("VIVIENDA.ORIENTACION"), PROFESIONAL, LUNES
        ).id
    assert "casos.derivacion.reencaminada" not in mundo.hechos()

    with mundo.db.begin() as session:
        actions.enviar(session, nueva, PROFESIONAL, LUNES)

    assert mundo.hechos()[-2:] == ["casos.derivacion.enviada", "casos.derivacion.reencaminada"]
    with pytest.raises(Conflicto), mundo.db.begin() as session:
        actions.reencaminar(session, rechazada, mundo.pedido(), PROFESIONAL, LUNES)


@pytest.mark.parametrize("estado", [Estado.ENVIADA, Estado.ACEPTADA, Estado.VERIFICADA])
def test_lo_que_aun_puede_resultar_no_se_reencamina(mundo: Mundo, estado: Estado) -> None:
    derivacion_id = mundo.en(estado)

    with pytest.raises(TransicionInvalida), mundo.db.begin() as session:
        actions.reencaminar(session, derivacion_id, mundo.pedido(), PROFESIONAL, LUNES)


def test_no_se_reencamina_la_derivacion_de_otro_caso(base: Database, mundo: Mundo) -> None:
    ajena = crear_mundo(base).en(Estado.RECHAZADA)

    with pytest.raises(NoEncontrado):
        mundo.preparar(mundo.pedido(reemplaza_a=ajena))


def test_los_hechos_no_llevan_datos_personales(mundo: Mundo) -> None:
    mundo.preparar(mundo.pedido("SJM.LEGAL", _codigos(mundo).values(), consentida=True))
    mundo.en(Estado.CUMPLIDA)

    with mundo.db.read() as session:
        cuerpos = " ".join(
            str(c) for c in session.scalars(select(text("cuerpo")).select_from(text("outbox")))
        )
    assert not any(secreto in cuerpos for secreto in (*SECRETOS, "Baptiste", "caja de alimentos"))


def test_en_un_caso_cerrado_una_derivacion_no_revive(mundo: Mundo) -> None:
    cumplida, vencida = mundo.en(Estado.CUMPLIDA), mundo.en(Estado.VENCIDA)
    with mundo.db.begin() as session:
        tardia = actions.responder(
            session,
            vencida,
            Respuesta(accion=Accion.ACEPTAR),
            PROFESIONAL,
            LUNES,
            procedencia=POR_TELEFONO,
        ).id
        session.get_one(Caso, mundo.caso_id).estado = EstadoCaso.CERRADO

    with pytest.raises(Conflicto):
        mundo.hacer(cumplida, Accion.DISPUTAR)
    with pytest.raises(Conflicto), mundo.db.begin() as session:
        actions.adoptar(session, vencida, tardia, PROFESIONAL, LUNES)
    mundo.hacer(cumplida, Accion.VERIFICAR)

    assert mundo.derivacion(cumplida).estado is Estado.VERIFICADA
    assert mundo.derivacion(vencida).estado is Estado.VENCIDA
