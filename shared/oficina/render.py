"""A document from data to PDF, as a program of its own: JSON on stdin, PDF/UA on stdout.

    python -m oficina.render template.typ < document.json > document.pdf

It lives for one document, so that the memory and any failure of the typesetter end with it.
"""

import json
import sys

import typst


def main() -> None:
    """Read, typeset with the fonts of the typesetter itself, write. Fails with a traceback."""
    datos = json.load(sys.stdin)
    pdf = typst.compile(
        sys.argv[1],
        sys_inputs={"datos": json.dumps(datos)},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=int(datos["momento"]),
    )
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main()
