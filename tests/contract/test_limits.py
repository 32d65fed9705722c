"""Tries are counted together by all processes in Redis; a Redis that is away lets people in."""

from pathlib import Path

import pytest
from flask import Flask

from oficina.errors import Demasiado
from oficina.settings import Settings
from oficina.web import limits


def _process(settings: Settings) -> Flask:
    app = Flask("identidad")
    limits.init_app(app, settings)
    return app


def _tries(app: Flask, times: int) -> None:
    with app.app_context():
        for _ in range(times):
            limits.spend("3/minute", "cuenta", "ana")


def test_processes_count_together(redis_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=redis_url)
    one, other = _process(settings), _process(settings)

    _tries(one, 2)
    _tries(other, 1)

    with pytest.raises(Demasiado) as caught:
        _tries(one, 1)
    assert 1 <= caught.value.extra["retry_after"] <= 60
    with other.app_context(), pytest.raises(Demasiado):
        limits.check("3/minute", "cuenta", "ana")
    with other.app_context():
        limits.check("3/minute", "cuenta", "luis")
        limits.forget("3/minute", "cuenta", "ana")
    _tries(one, 3)


def test_a_counter_that_is_away_lets_people_in(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url="redis://127.0.0.1:1")

    _tries(_process(settings), 5)
    with _process(settings).app_context():
        limits.forget("3/minute", "cuenta", "ana")
