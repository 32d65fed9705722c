"""What the office tells its operators: structured logs, metrics, and the thread of a request.

Three things follow a request or a fact wherever it goes: `correlation_id` (the story as a whole),
`causation_id` (the fact that caused this work) and `traceparent()` (W3C Trace Context).

The log never carries personal data, by construction: a line is an event name and fields; a text is
written only when it is an id, or under a key of `SAFE_KEYS` while it is one word, a number only
while it is a count, and everything else becomes `[omitido]`. Of an exception only its class and its
frames are written, because messages quote values; of a library's own record only its template.
"""

import json
import logging
import random
import re
import sys
import traceback
from collections.abc import MutableMapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TextIO
from uuid import UUID

import structlog
from prometheus_client import Counter, Histogram

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
causation_id: ContextVar[str] = ContextVar("causation_id", default="")
_place: ContextVar["_Place | None"] = ContextVar("place", default=None)

REQUESTS = Counter(
    "acogida_http_requests_total", "Requests answered.", ("servicio", "method", "ruta", "status")
)
LATENCY = Histogram(
    "acogida_http_request_seconds",
    "Time to answer a request.",
    ("servicio", "ruta"),
    buckets=(0.005, 0.01, 0.025, 0.06, 0.1, 0.25, 0.5, 1, 2.5, 10),
)

SAFE_KEYS = frozenset(
    {
        "accion", "cola", "correlation_id", "endpoint", "error", "estado", "evento", "kind",
        "level", "logger", "method", "recurso", "ruta", "servicio", "subject", "tarea",
        "timestamp", "tipo", "trace_id", "transport",
    }
)  # fmt: skip
# Written by this module alone: the template of a library's record, the frames of an exception.
OWN_KEYS = frozenset({"plantilla", "frames"})
OMITTED = "[omitido]"
COUNT_LIMIT = 1_000_000  # phone and document numbers are larger than any count that we log

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_WORD = re.compile(r"[^\s@]{0,200}")
_EVENT = re.compile(r"[a-z0-9_]+")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)

# To find a counter by its labels costs more than to count; there are some hundreds.
_requests = lru_cache(maxsize=2048)(REQUESTS.labels)
_latency = lru_cache(maxsize=2048)(LATENCY.labels)


def count_request(servicio: str, method: str, ruta: str, status: int, seconds: float) -> None:
    """Count a request that was answered, and how long it took."""
    _requests(servicio, method, ruta, status).inc()
    _latency(servicio, ruta).observe(seconds)


@dataclass(frozen=True)
class Trace:
    """A position in a W3C trace."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @classmethod
    def new(cls) -> "Trace":
        """A trace that begins here."""
        return cls(_hex(32), _hex(16))

    @classmethod
    def parse(cls, text: str | None) -> "Trace | None":
        """Read a `traceparent`; None when it is not one, as the standard asks."""
        match = _TRACEPARENT.fullmatch((text or "").strip())
        if match is None or match[1] == "ff" or (match[1] == "00" and match[5]):
            return None
        if not match[2].strip("0") or not match[3].strip("0"):
            return None
        return cls(match[2], match[3], match[4])

    def child(self) -> "Trace":
        """A new step of the same trace."""
        return Trace(self.trace_id, _hex(16), self.flags)

    def __str__(self) -> str:
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


def _hex(digits: int) -> str:
    # Unlike any other is enough: nothing is guarded by not being able to guess a trace.
    return f"{random.getrandbits(4 * digits):0{digits}x}"


def _as_uuid(digits: str) -> str:
    """32 hexadecimal digits in the form of a UUID."""
    parts = digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]
    return "-".join(parts)


class _Place:
    """A step of a trace, drawn when somebody asks: most work tells nobody where it was done."""

    __slots__ = ("_drawn", "_parent")

    def __init__(self, parent: str) -> None:
        self._parent = parent
        self._drawn: Trace | None = None

    @property
    def trace(self) -> Trace:
        if self._drawn is None:
            parent = Trace.parse(self._parent)
            self._drawn = parent.child() if parent else Trace.new()
        return self._drawn


def here() -> Trace | None:
    """Where the work of this thread stands in a trace; None outside any."""
    place = _place.get()
    return place.trace if place else None


def traceparent() -> str:
    """The W3C `traceparent` of the work of this thread; nothing outside any."""
    return str(here() or "")


class follow:  # noqa: N801  used as a function is: `with follow(…):`
    """Work inside a story: what is missing is begun, and all is put back at the end.

    A correlation that is not a UUID is not taken over: it would travel in every fact and log line.
    """

    __slots__ = ("_causation", "_correlation", "_tokens", "_trace")

    def __init__(self, correlation: str = "", causation: str = "", trace: str = "") -> None:
        self._correlation, self._causation, self._trace = correlation, causation, trace

    def __enter__(self) -> None:
        place = _Place(self._trace)
        is_story = _UUID.fullmatch(self._correlation)
        story = self._correlation if is_story else _as_uuid(place.trace.trace_id)
        self._tokens = (
            correlation_id.set(story),
            causation_id.set(self._causation),
            _place.set(place),
        )

    def __exit__(self, *_error: object) -> None:
        correlation_id.reset(self._tokens[0])
        causation_id.reset(self._tokens[1])
        _place.reset(self._tokens[2])


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines are an event name and safe fields: `log.info("caso_derivado", id=…)`."""
    # Around the logger itself: structlog would look for it, under the lock of all of them, whenever
    # somebody logs.
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(logging.getLogger(name))
    return logger


def configure_logging(level: str) -> None:
    """JSON lines on standard error for our records and everybody else's. May be called again."""
    pipeline: list[structlog.typing.Processor] = [
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_story,
        _keep_frames_only,
    ]
    structlog.configure(
        # What is not written goes no further.
        processors=[
            structlog.stdlib.filter_by_level,
            *pipeline,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Stderr()
    handler.setFormatter(
        _Lines(
            foreign_pre_chain=[_template_only, *pipeline],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _omit_unsafe,
                structlog.processors.JSONRenderer(serializer=_to_json),
            ],
        )
    )
    root = logging.getLogger()
    for old in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("alembic", "celery", "httpx", "kombu", "pika"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    # Who uses a channel says why it ended; a reader that leaves has it ended on purpose.
    logging.getLogger("pika.channel").setLevel(logging.ERROR)


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the moment of writing."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


Line = MutableMapping[str, Any]


class _Lines(structlog.stdlib.ProcessorFormatter):
    """Puts together the lines of others' records; ours come put together, and are only written."""

    def format(self, record: logging.LogRecord) -> str:
        if hasattr(record, "_logger") and isinstance(record.msg, dict):
            return _to_json(_omit_unsafe(None, "", record.msg))
        return super().format(record)


def _add_story(_logger: Any, _method: str, line: Line) -> Line:
    if story := correlation_id.get():
        line.setdefault("correlation_id", story)
    if fact := causation_id.get():
        line.setdefault("evento", fact)
    if trace := here():
        line.setdefault("trace_id", trace.trace_id)
    return line


def _keep_frames_only(_logger: Any, _method: str, line: Line) -> Line:
    """Class and frames of an exception: its message and the values around it may name a person."""
    info = line.pop("exc_info", None)
    line.pop("exception", None)
    line.pop("stack_info", None)
    error = _exception_of(info)
    if error is not None:
        line["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        frames = traceback.extract_tb(error.__traceback__)[-12:]
        line["frames"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return line


def _exception_of(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    if isinstance(info, tuple):
        return info[1] if isinstance(info[1], BaseException) else None
    return sys.exc_info()[1] if info else None


def _template_only(_logger: Any, _method: str, line: Line) -> Line:
    """A library's record: what it always says, without the values of this time."""
    record: logging.LogRecord = line["_record"]
    is_server = record.name.startswith("gunicorn.")
    template = record.msg if isinstance(record.msg, str) else type(record.msg).__name__
    line["plantilla"] = record.getMessage() if is_server else template
    line["event"] = "registro_ajeno"
    return line


def _omit_unsafe(_logger: Any, _method: str, line: Line) -> Line:
    return {key: value if _is_safe(key, value) else OMITTED for key, value in line.items()}


def _is_safe(key: str, value: Any) -> bool:
    # Most are texts, and of no class of their own.
    if type(value) is str:
        return key in OWN_KEYS or _is_safe_text(key, value)
    if value is None or key in OWN_KEYS or isinstance(value, (bool, UUID, Enum, date, datetime)):
        return True
    if isinstance(value, (int, float)):
        return abs(value) < COUNT_LIMIT
    return isinstance(value, str) and _is_safe_text(key, value)


def _is_safe_text(key: str, text: str) -> bool:
    shape = _EVENT if key == "event" else _WORD if key in SAFE_KEYS else _UUID
    return shape.fullmatch(text) is not None


_ENCODER = json.JSONEncoder(default=str, ensure_ascii=False)


def _to_json(line: Any, **_options: Any) -> str:
    return _ENCODER.encode(line)
