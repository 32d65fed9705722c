"""Languages of the pages, and moments as a wall in Chile would show them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import dates, numbers
from babel.support import NullTranslations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale, get_translations
from markupsafe import Markup
from werkzeug.wrappers import Response as BaseResponse

from oficina import calendar_cl, clock, feriados

COOKIE = "idioma"
LANGUAGES = {"es": "Español", "en": "English"}
DEFAULT = "es"


class _Texts(Domain):  # type: ignore[misc]  # flask_babel has no type information
    """The texts of the reader's language, looked for once a request and not once a text."""

    def get_translations(self) -> NullTranslations:
        """As flask_babel does it, remembered until the language is another."""
        here = _here()
        if (known := _known(here)) is not None:
            return known
        found: NullTranslations = super().get_translations()
        if here:
            here["textos"] = (get_locale(), found)
        return found


def _here() -> dict[str, Any] | None:
    """What is remembered of this request; None outside of one. Asked once, and not as an attribute
    of flask's `g`: each of those asks four functions where it is.
    """
    try:
        here: dict[str, Any] = vars(g._get_current_object())
    except RuntimeError:
        return None
    return here


def _known(here: Mapping[str, Any] | None) -> NullTranslations | None:
    """The texts that were found for this request, unless its language is another since."""
    if here is None or (known := here.get("textos")) is None:
        return None
    locale, found = known
    is_same = locale is getattr(here.get("_flask_babel"), "babel_locale", None)
    return found if is_same else None


def gettext(text: str, **parts: Any) -> str:
    """As flask_babel's, for who says hundreds of texts: it asks fewer functions for each."""
    known = _known(_here())
    said: str = (get_translations() if known is None else known).gettext(text)
    return said % parts if parts else said


class _Languages(Babel):  # type: ignore[misc]  # neither here
    @cached_property
    def domain_instance(self) -> Domain:
        return _Texts(domain=self.domain)


def init_app(app: Flask) -> None:
    """Give `app` its languages: oficina's texts and, after them, the service's own."""
    own = Path(app.root_path) / "translations"
    ours = Path(__file__).parent / "translations"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{ours};{own}"
    app.config["BABEL_DEFAULT_LOCALE"] = DEFAULT
    languages = _Languages(app, locale_selector=language)
    app.jinja_env.globals.update(idioma=language, idiomas=LANGUAGES, ahora=clock.now)
    # Jinja's own way asks three functions for each text, and a page has a hundred.
    app.jinja_env.globals["_"] = _of_templates(languages)
    app.jinja_env.filters.update(
        fecha=fecha,
        fecha_hora=fecha_hora,
        fecha_hora_y_segundos=fecha_hora_y_segundos,
        hora=hora,
        hace=hace,
        iso=iso,
        tamano=tamano,
    )


def _of_templates(languages: _Languages) -> Callable[..., Markup]:
    """How a template says a text in the reader's language. The text is the template's own and so
    markup; what it is filled in with is escaped. It is a format, with nothing to fill in too.
    """

    @lru_cache(maxsize=8_192)
    def plain(translations: NullTranslations, text: str) -> Markup:
        return Markup(translations.gettext(text)) % {}  # noqa: S704

    def said(text: str, **parts: Any) -> Markup:
        translations = languages.domain_instance.get_translations()
        if not parts:
            return plain(translations, text)
        return Markup(translations.gettext(text)) % parts  # noqa: S704

    return said


def language() -> str:
    """The language that the reader chose, Spanish until then."""
    chosen = request.cookies.get(COOKIE, "") if has_request_context() else DEFAULT
    return chosen if chosen in LANGUAGES else DEFAULT


def set_language(response: BaseResponse, chosen: str, *, secure: bool) -> None:
    """Remember the choice for a year."""
    response.set_cookie(
        COOKIE,
        chosen if chosen in LANGUAGES else DEFAULT,
        max_age=timedelta(days=365),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )


def fecha(value: date | datetime | None, style: str = "medium") -> str:
    """A day; of a moment, the day that it was in Chile."""
    if value is None:
        return ""
    day = clock.local(value).date() if isinstance(value, datetime) else value
    return _written(day, style, _locale())


def fecha_hora(value: datetime | None) -> str:
    """Day and hour in Chile."""
    if value is None:
        return ""
    here = clock.local(value)
    return f"{_written(here.date(), 'medium', _locale())}, {_hour(here)}"


def fecha_hora_y_segundos(value: datetime | None) -> str:
    """The same, of what happens several times in a minute."""
    return "" if value is None else f"{fecha_hora(value)}:{value.second:02}"


def iso(value: date | datetime) -> str:
    """As machines read it: for the `datetime` of a <time>."""
    return value.isoformat()


def hora(value: datetime | None) -> str:
    """The hour that clocks in Chile show."""
    return "" if value is None else _hour(clock.local(value))


def hace(value: datetime | None) -> str:
    """How far a moment is from the domain's now: «hace 3 días», «dentro de 2 horas»."""
    if value is None:
        return ""
    return dates.format_timedelta(value - clock.now(), add_direction=True, locale=_locale())


def feriado(dia: date) -> str:
    """What holiday a day is; empty when it is none."""
    nombre = calendar_cl.feriados(dia.year).get(dia, "")
    return feriados.traducido(nombre, _locale())


def tamano(cuantos: int) -> str:
    """How large a file is: «15 bytes», «1,2 MB»."""
    for unidad, nombre in ((1_000_000, "MB"), (1_000, "kB")):
        if cuantos >= unidad:
            return (
                f"{numbers.format_decimal(cuantos / unidad, '#,##0.#', locale=_locale())} {nombre}"
            )
    return f"{cuantos} bytes"


@lru_cache(maxsize=4_096)
def _written(day: date, style: str, locale: str) -> str:
    """A page has the same days many times."""
    return dates.format_date(day, format=style, locale=locale)


def _hour(here: datetime) -> str:
    """As `%H:%M`, which takes several times as long: a page has hundreds."""
    return f"{here.hour:02}:{here.minute:02}"


def _locale() -> str:
    here = _here()
    known = getattr(here.get("_flask_babel"), "babel_locale", None) if here else None
    locale = known or get_locale()
    return locale.language if locale else DEFAULT
