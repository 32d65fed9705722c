"""Redis."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from servers.process import Server, free_port, missing, temporary_folder


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a Redis database that the session may fill."""
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
        return
    program = shutil.which("redis-server")
    if program is None:
        missing("Redis", "redis-server")
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", ""]

    def ping() -> None:
        with redis.Redis.from_url(url) as client:
            client.ping()

    with (
        temporary_folder("redis") as folder,
        Server(url, command, folder, ready=ping, not_yet=redis.ConnectionError),
    ):
        yield url
