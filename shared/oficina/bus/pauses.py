"""How long what failed waits until it is tried again: longer each time, and never all at once."""

import random


def before_retry(tries: int) -> float:
    """Seconds until a fact that failed so many times: 1 to 2 at first, doubling up to an hour."""
    return _jittered(min(2.0**tries, 3600.0))


def before_reconnect(failures: int) -> float:
    """Seconds until the next connection after so many failures: from 0.1 to 1 at the most.

    Short, because somebody waits: what failed is a server that may be back at any moment.
    """
    return _jittered(min(0.1 * 2.0 ** min(failures, 9), 1.0))


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1)  # noqa: S311  no secret
