"""The image and deploy/compose.yaml, built and run for real, with the whole story over HTTP.

    make test-containers

CONTAINER_ENGINE (podman) builds and runs, CONTAINER_COMPOSE (podman-compose) reads the file, and
CONTAINER_BUILD_FLAGS are given to the build; by default it uses this machine's network and the
certificates that this machine trusts, so that it also works behind a proxy.
"""

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from office import Office, create_accounts, wait_until
from servers import free_port
from story import walk

ROOT = Path(__file__).parents[2]
ENGINE = os.environ.get("CONTAINER_ENGINE", "podman")
COMPOSE = shlex.split(os.environ.get("CONTAINER_COMPOSE", "podman-compose"))
BUILD_FLAGS = shlex.split(
    os.environ.get(
        "CONTAINER_BUILD_FLAGS",
        "--isolation chroot --network host --volume /etc/ssl/certs:/etc/ssl/certs:ro",
    )
)
PROJECT = f"acogida-prueba-{os.getpid()}"
IMAGE = "localhost/acogida:prueba"

pytestmark = pytest.mark.containers


def _run(*command: str, seconds: int = 600, **environment: str) -> str:
    done = subprocess.run(
        command,
        cwd=ROOT / "deploy",
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout[-6000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def image() -> str:
    """The image, built from deploy/Dockerfile."""
    for program in (ENGINE, COMPOSE[0]):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is not installed: apt-get install podman podman-compose")
    _run(ENGINE, "build", "--format", "docker", *BUILD_FLAGS, "-t", IMAGE, "-f", "Dockerfile", "..")
    return IMAGE


@pytest.fixture(scope="module")
def office(image: str) -> Iterator[Office]:
    """The office of compose.yaml, with secrets of its own and an account of each role."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    # A copy: the secrets and the .env of a real deployment stay as they are.
    with tempfile.TemporaryDirectory(prefix="acogida-compose-") as folder:
        deploy = Path(folder) / "deploy"
        ignore = shutil.ignore_patterns("secretos.d", ".env")
        shutil.copytree(ROOT / "deploy", deploy, ignore=ignore)
        _run(str(deploy / "secretos"))
        compose = [*COMPOSE, "-p", PROJECT, "-f", str(deploy / "compose.yaml")]
        environment = {
            "ACOGIDA_IMAGE": image,
            "ACOGIDA_LISTEN": f"127.0.0.1:{port}",
            "ACOGIDA_LISTEN_TLS": f"127.0.0.1:{free_port()}",
            "ACOGIDA_PUBLIC_URL": url,
        }
        try:
            _run(*compose, "--profile", "preparar", "run", "--rm", "claves", **environment)
            _run(*compose, "up", "-d", "--no-build", **environment)
            container = f"{PROJECT}_identidad-web_1"
            command = (ENGINE, "exec", "-i", container, "acogida")
            made = Office(url, Path(folder), os.environ, acogida=command)
            wait_until("the front door", lambda: _answers(url), seconds=180)
            create_accounts(made)
            yield made
        finally:
            _run(*compose, "down", "-v", "-t", "5", **environment)


def _answers(url: str) -> bool:
    try:
        answers = [
            httpx.get(f"{url}/{service}/openapi.json", timeout=5)
            for service in ("identidad", "casos", "agenda", "notificaciones", "reportes")
        ]
    except httpx.TransportError:
        return False
    return all(answer.status_code == httpx.codes.OK for answer in answers)


def test_the_whole_story_in_containers(office: Office) -> None:
    walk(office)


def test_the_image_runs_as_nobody_in_particular(image: str) -> None:
    said = _run(ENGINE, "run", "--rm", "--entrypoint", "id", image)
    assert "uid=10001" in said
    assert "gid=10001" in said


def test_the_image_keeps_no_build_tools(image: str) -> None:
    look = "ls /opt/acogida/bin; command -v gcc || true"
    said = _run(ENGINE, "run", "--rm", "--entrypoint", "sh", image, "-c", look)
    assert "pip" not in said
    assert "gcc" not in said


def test_metrics_stay_inside(office: Office) -> None:
    assert httpx.get(f"{office.url}/metrics", timeout=10).status_code == httpx.codes.NOT_FOUND
