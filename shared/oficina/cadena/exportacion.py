"""What an auditor takes along: a file of rows, and a signature that says what it is.

A ZIP with the file, `<file>.jws`, the public key and how to check both without this program. The
JWS holds the file's SHA-256 and what its rows are; the file is written and read in pieces, so that
neither side needs it in memory.
"""

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from oficina.cadena.firma import FirmaDeAuditoria, FirmaInvalida, Que

PIECE = 64 * 1024

LEAME = """\
Exportación de la auditoría de la oficina, firmada con Ed25519.

{archivo}: las anotaciones.
{archivo}.jws: la firma (JWS compacto). Dice el SHA-256 del archivo, quién lo pidió, cuándo y con
    qué filtros.
clave.pem: la clave pública con que se comprueba. Compárela con la que usted guarda.

Con Acogida:

    acogida doctor --audit --verificar {zip}

Sin Acogida, con OpenSSL 3, en la carpeta donde abrió el ZIP:

    b64() {{ tr '_-' '/+' | sed 's/$/===/' | base64 -d 2>/dev/null || true; }}
    tr -d '\\n' < {archivo}.jws | cut -d. -f1,2 | tr -d '\\n' > firmado
    tr -d '\\n' < {archivo}.jws | cut -d. -f3 | tr -d '\\n' | b64 > firma
    openssl pkeyutl -verify -pubin -inkey clave.pem -rawin -in firmado -sigfile firma
    cut -d. -f2 < firmado | tr -d '\\n' | b64
    sha256sum {archivo}

El SHA-256 que muestran las dos últimas órdenes debe ser el mismo.
"""


def empaquetar(
    salida: IO[bytes],
    archivo: str,
    piezas: Iterable[bytes],
    dicho: Callable[[], Mapping[str, Any]],
    firma: FirmaDeAuditoria,
) -> None:
    """Write the ZIP of a file that comes in pieces; `dicho` says, then, what is signed with it."""
    digest = hashlib.sha256()
    with zipfile.ZipFile(salida, "w", zipfile.ZIP_DEFLATED) as zipped:
        with zipped.open(archivo, "w") as entry:
            for pieza in piezas:
                digest.update(pieza)
                entry.write(pieza)
        signed = firma.firmar(
            Que.EXPORTACION, {**dicho(), "archivo": archivo, "sha256": digest.hexdigest()}
        )
        zipped.writestr(f"{archivo}.jws", signed + "\n")
        zipped.writestr("clave.pem", firma.publica_pem())
        stem = Path(archivo).stem
        zipped.writestr("LEAME.txt", LEAME.format(archivo=archivo, zip=f"{stem}.zip"))


def comprobar(path: Path, firma: FirmaDeAuditoria) -> Mapping[str, Any]:
    """What was signed about an exported file, a ZIP or what was in it, if it is still that.

    Raises FirmaInvalida when the signature is not of this office or the file is another one, and
    OSError when it cannot be read.
    """
    with ExitStack() as stack:
        if zipfile.is_zipfile(path):
            zipped = stack.enter_context(zipfile.ZipFile(path))
            signature = next((name for name in zipped.namelist() if name.endswith(".jws")), "")
            if signature.removesuffix(".jws") not in zipped.namelist():
                raise FirmaInvalida
            signed = zipped.read(signature).decode("utf-8", "replace")
            file: IO[bytes] = stack.enter_context(zipped.open(signature.removesuffix(".jws")))
        else:
            signed = path.with_name(f"{path.name}.jws").read_text("utf-8", "replace")
            file = stack.enter_context(path.open("rb"))
        dicho = firma.leer(Que.EXPORTACION, signed)
        digest = hashlib.sha256()
        while piece := file.read(PIECE):
            digest.update(piece)
    if dicho.get("sha256") != digest.hexdigest():
        raise FirmaInvalida
    return dicho
