"""Files that are answers: they are closed however the answer ends."""

import gc
from io import BytesIO

import pytest
from flask import Flask, Response

from oficina.web.files import PIECE, send


@pytest.fixture
def written() -> BytesIO:
    return BytesIO(b"x" * (PIECE + 1))


def _sent(written: BytesIO) -> Response:
    with Flask(__name__).app_context():
        return send(written, "lista.csv", "text/csv")


def test_a_file_is_closed_once_it_was_read(written: BytesIO) -> None:
    answer = _sent(written)
    assert [len(piece) for piece in answer.iter_encoded()] == [PIECE, 1]
    assert written.closed


def test_a_file_is_closed_when_its_reader_goes_away(written: BytesIO) -> None:
    _sent(written).close()
    assert written.closed


def test_a_file_is_closed_when_something_else_is_answered(written: BytesIO) -> None:
    answer = [_sent(written)]
    assert not written.closed
    answer.clear()
    gc.collect()
    assert written.closed
