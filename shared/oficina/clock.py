"""The only place that asks the machine what time it is. Always aware, always UTC.

Two clocks. `now()` is the domain's: appointments, deadlines, what a person would read on a wall;
the embedded office may move it to try out what happens later. `real_now()` is the machine's:
leases, retries, tokens and sessions, which must never jump.
"""

from datetime import UTC, date, datetime, timedelta
from time import time_ns
from zoneinfo import ZoneInfo

ZONA = ZoneInfo("America/Santiago")

_shift = timedelta(0)


def real_now() -> datetime:
    """The machine's time, aware UTC."""
    return datetime.now(UTC)


def real_millis() -> int:
    """The machine's time in whole milliseconds since 1970."""
    return time_ns() // 1_000_000


def now() -> datetime:
    """The domain's time, aware UTC."""
    return real_now() + _shift


def today() -> date:
    """The domain's day in Chile."""
    return local(now()).date()


def local(moment: datetime) -> datetime:
    """The same moment on a wall clock in Chile."""
    return moment.astimezone(ZONA)


def move_to(day: date | None) -> None:
    """Make the domain believe that it is `day`, at the present hour; None goes back to today."""
    global _shift  # noqa: PLW0603  the process has one domain clock, as it has one machine clock
    if day is None:
        _shift = timedelta(0)
        return
    here = local(real_now())
    _shift = datetime.combine(day, here.timetz()).astimezone(UTC) - here.astimezone(UTC)
