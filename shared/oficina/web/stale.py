"""A form that comes back because somebody was faster: both versions, one beside the other.

A step that is not to be taken any more comes back in the same way: what was written stays in its
fields, and above them stands how the thing is now, who left it so, and what can be done with it.

The page that answers holds what its writer wrote, in its fields, and says above them who changed
the thing, when, and of each field in which both differ what it says now and what they wrote. The
form carries the version of now, so sending it again writes theirs over it, knowingly.

A page is written from top to bottom, and only its fields know how they are called and what their
codes mean (`oficina.web.labels`): above them a mark is left, which becomes the comparison at the
end. So what a form does not show is compared with nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import Flask, g, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from oficina.actor import DE_SERVICIO
from oficina.audit import Cambio
from oficina.errors import DomainError, TransicionInvalida, VersionVencida
from oficina.web.auth import actor_or_none
from oficina.web.forms import Form, as_sent, field_of, read_field
from oficina.web.i18n import fecha
from oficina.web.labels import etiquetas, ofrecidas

# A private-use character: nobody types it, and no library writes it.
_MARK = "\ue003"


@dataclass(frozen=True, kw_only=True)
class Present:
    """What is there now, as its form would show it.

    `values` holds the version and the fields that can be compared; one that is not there (what a
    form adds and does not change) is left aside. `hidden` are those that the reader may not see as
    they are now: it is said that they differ, and no more. `state` is how it stands, in words;
    `what` the last thing that happened to it; `allowed` what the reader can do with it now: how it
    is called, and where.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    change: Cambio | None = None
    hidden: Collection[str] = field(default=())
    state: str = ""
    what: str = ""
    allowed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Difference:
    """A field that says one thing now and another one in the form; `now` is None when hidden."""

    name: str
    label: str
    now: str | None
    written: str


@dataclass(frozen=True)
class Stale:
    """A form and what is there now; `why` a rule refused what was asked for, unless somebody was
    only faster.
    """

    form: Form
    present: Present
    why: str = ""

    @property
    def change(self) -> Cambio | None:
        """Who was faster, when that is known."""
        return self.present.change

    @property
    def own(self) -> bool:
        """Whether who was faster is the reader, in another window."""
        reader = actor_or_none()
        return bool(reader and self.change and self.change.actor_id == reader.id)

    @property
    def automatic(self) -> bool:
        """Whether nobody was faster: a service did it by itself."""
        return bool(self.change and self.change.quien.startswith(DE_SERVICIO))

    @property
    def compares(self) -> bool:
        """Whether there is something to compare."""
        return bool(self.present.values.keys() - {"version"})

    def mark(self) -> str:
        """Stands where the comparison is to be."""
        g.stale = self
        return _MARK

    def differences(self) -> list[Difference]:
        """The fields of the page that differ, in its order."""
        there = as_sent(self.present.values)
        sent = self.form.written
        return [
            difference
            for name, label in etiquetas().items()
            if (difference := self._difference(name, label, there, sent))
        ]

    def _difference(
        self, name: str, label: str, there: MultiDict[str, str], sent: MultiDict[str, str]
    ) -> Difference | None:
        found = field_of(self.form.schema, name)
        comparable = name.partition(".")[0] in self.present.values.keys() - {"version"}
        if found is None or not comparable or found.metadata.get("raw"):
            return None
        now, written = _said(name, found, there), _said(name, found, sent)
        if now == written or _meaning(name, found, there) == _meaning(name, found, sent):
            return None
        return Difference(name, label, None if name in self.present.hidden else now, written)


def came_back(form: Form, present: Present) -> None:
    """Somebody was faster than who wrote `form`: it says so, and may be sent again."""
    form.stale = Stale(form, present)
    if "version" in present.values:
        form.renew("version", present.values["version"])


def not_taken(form: Form, error: DomainError, present: Present) -> None:
    """The step that `form` asks for was not taken: somebody was faster, the state of now does not
    admit it, or a rule says no. Whatever it is, the form says it, and keeps what was written.
    """
    if isinstance(error, VersionVencida):
        came_back(form, present)
    elif isinstance(error, TransicionInvalida):
        form.stale = Stale(form, present, error.detail or _(error.title))
    else:
        form.add_error("", error.detail or _(error.title))


def init_app(app: Flask) -> None:
    """Give the templates of `app` what puts the comparison in its place."""
    app.jinja_env.filters["con_lo_que_cambio"] = con_lo_que_cambio


def con_lo_que_cambio(page: Markup) -> Markup:
    """The page with the comparison where it left a mark for it."""
    stale: Stale | None = g.get("stale")
    if stale is None:
        return page
    told = render_template(
        "oficina/_lo_que_cambio.html", stale=stale, differences=stale.differences()
    )
    return Markup(str(page).replace(_MARK, told, 1))  # noqa: S704  both are markup


def _said(name: str, found: fields.Field[Any], values: MultiDict[str, str]) -> str:
    """A field as people read it; a code in its words, "" when nothing is there."""
    texts = [text for value in values.getlist(name) if (text := value.strip())]
    offer = ofrecidas(name)
    # Of one that is chosen between two, its no is written too.
    if isinstance(found, fields.Boolean) and offer is None:
        return str(_("Sí") if texts else _("No"))
    if isinstance(found, fields.Date):
        return "\n".join(_day(text) for text in texts)
    if offer is None:
        return "\n".join("\n".join(text.splitlines()) for text in texts)
    words = offer.words
    if offer.unordered:
        places = {code: place for place, code in enumerate(words)}
        texts.sort(key=lambda code: places.get(code, len(places)))
    return (
        ", ".join(words.get(code) or _("Algo que ya no se ofrece") for code in texts) or offer.blank
    )


def _day(text: str) -> str:
    try:
        return fecha(date.fromisoformat(text))
    except ValueError:
        return text


def _meaning(name: str, found: fields.Field[Any], values: MultiDict[str, str]) -> Any:
    """What a field says to the office, however it is written."""
    written = read_field(found, values, name)
    if written is None:
        default = found.load_default
        meant = default() if callable(default) else default
        return None if meant in ("", []) else meant
    try:
        return found.deserialize(written)
    except ValidationError:
        return written
