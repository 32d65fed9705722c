"""flask-smorest's blueprint, whose operations read and answer in fewer steps.

What an operation is for is told to flask-smorest as always, and its document is flask-smorest's.
"""

import json
from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any, ClassVar, TypeVar

import flask_smorest
from flask_smorest.utils import set_status_and_headers_in_response, unpack_tuple_response
from marshmallow import Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.wrappers import Response

from oficina.web.answers import in_json
from oficina.web.here import this_request
from oficina.web.reading import Odd, Reader

View = TypeVar("View", bound=Callable[..., Any])

_JSON = "application/json"
_DOCUMENTED = frozenset({"content_type", "required", "description", "example", "examples"})
"""What is said of a body for the document alone; the rest says how webargs reads it."""


class _Parser(FlaskParser):
    """webargs's, for which a number of more digits than Python reads is no JSON either."""

    def _raw_load_json(self, req: Any) -> Any:
        try:
            return super()._raw_load_json(req)
        except json.JSONDecodeError:
            raise
        except ValueError as error:
            raise json.JSONDecodeError(str(error), "…", 0) from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]  # flask-smorest has no type information
    """The operations of one room of the API."""

    ARGUMENTS_PARSER: ClassVar[FlaskParser] = _Parser()

    def arguments(
        self, schema: type[Schema] | Schema, *, location: str = "json", **told: Any
    ) -> Callable[[View], View]:
        """Decorator: the view gets what a request says, read by `schema`.

        A body of JSON is read by `Reader`; what it leaves, and every error, is webargs's.
        """
        schema = schema() if isinstance(schema, type) else schema
        tell = super().arguments(schema, location=location, **told)
        if location != "json" or not told.keys() <= _DOCUMENTED:
            return tell  # type: ignore[no-any-return]  # of flask-smorest
        body = _Body(schema)

        def decorate(view: Any) -> Any:
            by_webargs = tell(view)

            @wraps(by_webargs)
            def asked(*args: Any, **kwargs: Any) -> Any:
                try:
                    said = body.read()
                except (Odd, ValidationError, ValueError):
                    return by_webargs(*args, **kwargs)
                return view(*args, said, **kwargs)

            return asked

        return decorate

    def response(
        self, status_code: int, schema: type[Schema] | Schema | None = None, **told: Any
    ) -> Callable[[View], View]:
        """Decorator: what the view gives is told by `schema`, with this status unless it says one.

        An answer that the view made itself is given as it is.
        """
        schema = schema() if isinstance(schema, type) else schema
        tell = super().response(status_code, schema, **told)

        def decorate(view: Any) -> Any:
            @wraps(tell(view))
            def answered(*args: Any, **kwargs: Any) -> Response:
                given, status, headers = unpack_tuple_response(view(*args, **kwargs))
                if isinstance(given, Response):
                    set_status_and_headers_in_response(given, status, headers)
                    return given
                told = given if schema is None else schema.dump(given)
                return in_json(told, status_code if status is None else status, headers)

            return answered

        return decorate

    def alt_response(self, *args: Any, **told: Any) -> Callable[[View], View]:
        """Decorator: the view also answers like this, which is said of the view itself: nothing
        happens between who asks and it.
        """
        tell = super().alt_response(*args, **told)

        def decorate(view: Any) -> Any:
            view._apidoc = tell(view)._apidoc
            return view

        return decorate


class _Body:
    """The body of the request that is being answered, by one schema."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def read(self) -> Any:
        """Raises Odd, ValidationError or ValueError when webargs is to read it, or to say what is
        wrong with it.
        """
        asked = this_request()
        if asked.mimetype != _JSON:
            raise Odd
        said = json.loads(asked.get_data().decode())
        return self._reader.read(said)

    @cached_property
    def _reader(self) -> Reader:
        return Reader(self._schema)
