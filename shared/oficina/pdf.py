"""The way to the typesetter: a short-lived process, so that ours does not grow."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

SEGUNDOS = 60
"""A document takes well below a second; whatever takes this long hangs."""


class RenderFallido(Exception):
    """The typesetter did not give a PDF; the message tells what it said, never the document."""


def hacer_pdf(plantilla: Path, documento: dict[str, Any], carpeta: Path | None = None) -> bytes:
    """The PDF of a document set with a template (Typst); its data has a `momento`, in seconds.
    `carpeta` holds the files that it names: then the template reads from there and nowhere else.

    Raises RenderFallido; never leaves a process behind.
    """
    # Nothing of our environment goes along: a typesetter needs no secrets.
    entorno = {"PYTHONPATH": os.pathsep.join(lugar for lugar in sys.path if lugar)}
    con_archivos = () if carpeta is None else (str(carpeta),)
    try:
        hecho = subprocess.run(  # noqa: S603  our own program and a template of ours
            [sys.executable, "-m", "oficina.render", str(plantilla), *con_archivos],
            input=json.dumps(documento).encode(),
            capture_output=True,
            timeout=SEGUNDOS,
            check=True,
            env=entorno,
        )
    except subprocess.TimeoutExpired as error:
        raise RenderFallido(f"no PDF in {SEGUNDOS} s") from error
    except subprocess.CalledProcessError as error:
        dicho = error.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise RenderFallido(f"status {error.returncode}: {' '.join(dicho)}") from error
    if not hecho.stdout.startswith(b"%PDF-"):
        raise RenderFallido("what came is not a PDF")
    return hecho.stdout
