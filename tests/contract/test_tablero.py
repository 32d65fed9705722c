"""What every process knows of a provider: together in Redis, alone when Redis is away."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from notificaciones.proveedores.tablero import FALLAS, Salud, TableroEnRedis, tablero
from oficina.clock import real_now
from oficina.settings import Settings


def test_processes_open_a_breaker_together(redis_url: str) -> None:
    one, other = TableroEnRedis(redis_url), TableroEnRedis(redis_url)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: (one if n % 2 else other).mal("rota"), range(FALLAS)))

    for board in (one, other):
        assert board.leer("rota").fallas == FALLAS
        assert board.pedir("rota") > 0
        assert board.pedir("otra") == 0
    other.bien("rota")
    assert one.pedir("rota") == 0


def test_one_of_all_processes_tries_it(redis_url: str) -> None:
    boards = [TableroEnRedis(redis_url) for _ in range(4)]
    boards[0].dejar("a-prueba", 0)
    assert boards[1].leer("a-prueba").salud(real_now().timestamp()) is Salud.A_PRUEBA

    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(lambda board: board.pedir("a-prueba"), boards * 3))

    assert waits.count(0) == 1


def test_a_bucket_is_of_all(redis_url: str) -> None:
    boards = [TableroEnRedis(redis_url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        waits = list(pool.map(lambda board: board.pedir("cubo", 0.2), boards * 4))
    assert waits.count(0) == 1


def test_a_board_that_is_away_lets_messages_through(tmp_path: Path) -> None:
    board = tablero(Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1"))

    assert board.pedir("x") == 0
    # And its own process still learns.
    for _ in range(FALLAS):
        board.mal("x")
    assert board.pedir("x") > 0
