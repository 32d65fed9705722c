"""A document from data to PDF, as a program of its own: JSON on stdin, PDF/UA on stdout.

    python -m oficina.render template.typ [folder] < document.json > document.pdf

The files that the document names are in `folder`, and nothing else is read.

It lives for one document, so that the memory and any failure of the typesetter end with it.
"""

import json
import shutil
import sys
from pathlib import Path

import typst


def main() -> None:
    """Read, typeset with the fonts of the typesetter itself, write. Fails with a traceback."""
    datos = json.load(sys.stdin)
    plantilla = Path(sys.argv[1])
    carpeta = Path(sys.argv[2]) if len(sys.argv) > 2 else plantilla.parent
    if carpeta != plantilla.parent:
        shutil.copyfile(plantilla, carpeta / plantilla.name)
    pdf = typst.compile(
        str(carpeta / plantilla.name),
        root=str(carpeta),
        sys_inputs={"datos": json.dumps(datos)},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datos["momento"]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
