"""The breaker and the bucket, step by step: time is given."""

from notificaciones.proveedores.tablero import (
    FALLAS,
    PAUSA,
    PAUSA_MAXIMA,
    SONDA,
    Marca,
    Salud,
)

T0 = 1_000_000.0


def _fallada(veces: int) -> Marca:
    marca = Marca()
    for _ in range(veces):
        marca = marca.mal(T0)
    return marca


def test_se_abre_a_la_quinta_falla_seguida() -> None:
    assert _fallada(FALLAS - 1).salud(T0) is Salud.CERRADO
    assert _fallada(FALLAS).salud(T0) is Salud.ABIERTO
    assert _fallada(FALLAS).pedir(T0, None)[1] == PAUSA


def test_un_exito_lo_perdona_todo() -> None:
    marca = _fallada(FALLAS - 1).bien()
    for _ in range(FALLAS - 1):
        marca = marca.mal(T0)
    assert marca.salud(T0) is Salud.CERRADO


def test_despues_de_la_pausa_prueba_uno_solo() -> None:
    later = T0 + PAUSA
    marca = _fallada(FALLAS)
    assert marca.salud(later) is Salud.A_PRUEBA

    primera, espera = marca.pedir(later, None)
    assert espera == 0
    assert primera.pedir(later, None)[1] > 0
    # Whoever had the try is gone: another one has it.
    assert primera.pedir(later + SONDA, None)[1] == 0


def test_la_prueba_decide() -> None:
    later = T0 + PAUSA
    probando, _ = _fallada(FALLAS).pedir(later, None)

    assert probando.bien().salud(later) is Salud.CERRADO
    assert probando.mal(later).pedir(later, None)[1] == 2 * PAUSA


def test_las_pausas_crecen_hasta_un_minuto() -> None:
    marca, now = _fallada(FALLAS), T0
    for _ in range(12):
        now = marca.hasta
        marca = marca.pedir(now, None)[0].mal(now)
    assert marca.hasta - now == PAUSA_MAXIMA


def test_las_que_iban_en_camino_no_alargan_la_pausa() -> None:
    abierta = _fallada(FALLAS)
    assert abierta.mal(T0 + 1) == abierta


def test_pide_que_lo_dejen_y_se_le_deja() -> None:
    marca = Marca().dejar(T0, 40)
    assert marca.pedir(T0 + 39, None)[1] == 1
    assert marca.pedir(T0 + 40, None)[1] == 0


def test_el_cubo_da_una_rafaga_y_despues_su_paso() -> None:
    marca, given = Marca(), 0
    for tick in range(201):
        marca, espera = marca.pedir(T0 + tick / 100, 10)
        given += espera == 0
    # Ten at once, and ten a second for two seconds.
    assert given == 30
    marca, espera = marca.pedir(T0 + 2.01, 10)
    assert 0 < espera <= 0.1


def test_un_paso_menor_que_uno_por_segundo() -> None:
    marca, espera = Marca().pedir(T0, 0.5)
    assert espera == 0
    assert marca.pedir(T0, 0.5)[1] == 2
    assert marca.pedir(T0 + 2, 0.5)[1] == 0
