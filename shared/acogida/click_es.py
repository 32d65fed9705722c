"""Click in Spanish: its texts, through the gettext that it asks, and a question for yes or no.

Click looks its texts up in the default domain of gettext, in the language of the environment. The
command line of the office speaks Spanish wherever it runs, so for as long as a command lasts both
are said here. `python -m acogida.texts check` fails when Click says something that is not in the
catalogue.
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

FOLDER = Path(__file__).parent / "translations"
DOMAIN = "click"

_ANSWERS = {"s": True, "si": True, "sí": True, "y": True, "n": False, "no": False, "": False}


@contextmanager
def spoken() -> Iterator[None]:
    """Whatever Click says meanwhile is Spanish."""
    before, language = gettext.textdomain(), os.environ.get("LANGUAGE")
    gettext.bindtextdomain(DOMAIN, str(FOLDER))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = "es"
    try:
        yield
    finally:
        gettext.textdomain(before)
        if language is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = language


def confirm(question: str) -> bool:
    """Ask for yes or no; no answer is no. (Click's own asks for `y`.)"""
    answer: bool = click.prompt(
        f"{question} [s/N]", default="", show_default=False, value_proc=_read
    )
    return answer


def _read(typed: str) -> bool:
    try:
        return _ANSWERS[typed.strip().lower()]
    except KeyError:
        raise click.UsageError("Responda s o n.") from None
