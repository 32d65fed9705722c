"""No blank of a published table can be computed from what is published beside it."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from reportes.reserva import UMBRAL, Suma, reservadas

Celda = tuple[str, ...]
TOTAL = "*"


def _lista(conteos: list[int]) -> tuple[dict[Celda, int], list[Suma[Celda]]]:
    partes = {(f"n{i}",): valor for i, valor in enumerate(conteos)}
    return {**partes, (TOTAL,): sum(conteos)}, [Suma((TOTAL,), tuple(partes))]


def _matriz(filas: list[list[int]]) -> tuple[dict[Celda, int], list[Suma[Celda]]]:
    ancho = len(filas[0])
    f, c = [f"f{i}" for i in range(len(filas))], [f"c{j}" for j in range(ancho)]
    valores = {(f[i], c[j]): filas[i][j] for i, j in product(range(len(f)), range(ancho))}
    valores |= {(f[i], TOTAL): sum(filas[i]) for i in range(len(f))}
    valores |= {(TOTAL, c[j]): sum(fila[j] for fila in filas) for j in range(ancho)}
    valores[TOTAL, TOTAL] = sum(map(sum, filas))
    sumas = [Suma((x, TOTAL), tuple((x, y) for y in c)) for x in f]
    sumas += [Suma((TOTAL, y), tuple((x, y) for x in f)) for y in c]
    sumas += [
        Suma((TOTAL, TOTAL), tuple((x, TOTAL) for x in f)),
        Suma((TOTAL, TOTAL), tuple((TOTAL, y) for y in c)),
    ]
    return valores, sumas


def _posibles(valores: dict[Celda, int], ocultas: frozenset[Celda]) -> dict[Celda, set[int]]:
    """The values that each blank leaf can have, by trying all: the strongest attack there is.

    A leaf that no published total limits is tried up to a dozen only.
    """
    hojas = [c for c in valores if TOTAL not in c]
    totales = {
        total: [h for h in hojas if all(t in (TOTAL, x) for t, x in zip(total, h, strict=True))]
        for total in valores
        if TOTAL in total and total not in ocultas
    }
    libres = [c for c in hojas if c in ocultas]
    vistos: dict[Celda, set[int]] = {celda: set() for celda in libres}

    def probar(supuesto: dict[Celda, int], faltan: list[Celda]) -> None:
        for total, partes in totales.items():
            falta = sum(p not in supuesto for p in partes)
            resto = valores[total] - sum(supuesto.get(p, 0) for p in partes)
            if resto < falta or (not falta and resto):
                return
        if not faltan:
            for celda in libres:
                vistos[celda].add(supuesto[celda])
            return
        celda, *otras = faltan
        tope = min((valores[t] for t, partes in totales.items() if celda in partes), default=12)
        for valor in range(1, tope + 1):
            probar({**supuesto, celda: valor}, otras)

    probar({c: valores[c] for c in hojas if c not in ocultas}, libres)
    return vistos


def test_una_celda_de_uno_a_cuatro_no_se_publica_y_el_total_si() -> None:
    valores, sumas = _lista([3, 40, 12, 25])

    ocultas = reservadas(valores, sumas)

    assert ("n0",) in ocultas
    assert (TOTAL,) not in ocultas
    assert len(ocultas) == 2, "one more, or the total would tell it"
    assert ("n2",) in ocultas, "the one that costs least"


def test_sin_celdas_chicas_se_publica_todo() -> None:
    valores, sumas = _lista([5, 40, 0, 25])

    assert reservadas(valores, sumas) == frozenset()


def test_dos_celdas_de_uno_no_se_deducen_de_su_suma() -> None:
    valores, sumas = _lista([1, 1, 9, 25])

    assert reservadas(valores, sumas) == {("n0",), ("n1",), ("n2",)}


def test_un_total_se_reserva_solo_si_bajo_el_no_queda_nada() -> None:
    valores, sumas = _lista([1, 1, 1])

    assert (TOTAL,) in reservadas(valores, sumas)


def test_un_puente_entre_dos_grupos_de_blancos_se_protege() -> None:
    # Each row and column has two blanks or more, and yet algebra fixes (f1, c2).
    filas = [
        [2, 3, 50, 60],
        [3, 2, 4, 70],
        [40, 50, 3, 2],
        [60, 70, 2, 3],
    ]
    valores, sumas = _matriz(filas)
    chicas = {c for c, v in valores.items() if 0 < v < UMBRAL}
    assert ("f1", "c2") in chicas

    ocultas = reservadas(valores, sumas)

    assert ocultas > chicas


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
def test_ningun_blanco_de_una_lista_se_deduce(conteos: list[int]) -> None:
    valores, sumas = _lista(conteos)

    ocultas = reservadas(valores, sumas)

    assert all(c in ocultas for c, v in valores.items() if 0 < v < UMBRAL)
    for celda, posibles in _posibles(valores, ocultas).items():
        assert len(posibles) >= UMBRAL, (conteos, celda, posibles)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 3).flatmap(
        lambda ancho: st.lists(
            st.lists(st.integers(0, 7), min_size=ancho, max_size=ancho), min_size=2, max_size=2
        )
    )
)
def test_ningun_blanco_de_una_tabla_cruzada_se_deduce(filas: list[list[int]]) -> None:
    valores, sumas = _matriz(filas)

    ocultas = reservadas(valores, sumas)

    assert all(c in ocultas for c, v in valores.items() if 0 < v < UMBRAL)
    for celda, posibles in _posibles(valores, ocultas).items():
        assert len(posibles) > 1, (filas, celda, posibles)
