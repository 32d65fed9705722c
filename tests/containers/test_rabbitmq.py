"""The contract of the bus on the broker of deploy/compose.yaml, with the users of production.

The suites in tests/contract run on the RabbitMQ of this machine's packages; here the same ones run
on the image's, which is some versions ahead.
"""

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from servers import Broker, free_port

ROOT = Path(__file__).parents[2]
ENGINE = os.environ.get("CONTAINER_ENGINE", "podman")
SUITES = [f"tests/contract/test_{name}.py" for name in ("bus", "interleavings", "rabbitmq", "jobs")]
START_SECONDS = 120

pytestmark = pytest.mark.containers


@pytest.fixture(scope="module")
def broker() -> Iterator[Broker]:
    """The image that deploy/compose.yaml names, with an administrator for the tests."""
    if shutil.which(ENGINE) is None:
        pytest.fail(f"{ENGINE} is not installed: apt-get install {ENGINE}")
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    (image,) = re.findall(r"image: (\S*/rabbitmq:\S+)", compose)
    name, port = f"acogida-rabbitmq-{os.getpid()}", free_port()
    login = ("-e", "RABBITMQ_DEFAULT_USER=pruebas", "-e", "RABBITMQ_DEFAULT_PASS=pruebas")
    _run(ENGINE, "run", "-d", "--name", name, "-p", f"127.0.0.1:{port}:5672", *login, image)
    try:
        tool = (ENGINE, "exec", name, "rabbitmqctl")
        _await(*tool, "await_startup")
        yield Broker(f"amqp://pruebas:pruebas@127.0.0.1:{port}/%2F", tool)
    finally:
        _run(ENGINE, "rm", "-f", "-t", "5", "-v", name)


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def _await(*command: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while subprocess.run(command, capture_output=True, timeout=120, check=False).returncode != 0:
        assert time.monotonic() < deadline, f"{shlex.join(command)} did not succeed"
        time.sleep(1)


def test_the_bus_keeps_its_contract_on_the_broker_of_the_containers(broker: Broker) -> None:
    assert broker.ctl("version").startswith("4.")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not containers", *SUITES],
        cwd=ROOT,
        env={
            **os.environ,
            "TEST_AMQP_URL": broker.url,
            "TEST_RABBITMQCTL": shlex.join(broker.tool),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    print(done.stdout[-2000:])
    assert done.returncode == 0, done.stdout[-20_000:]
