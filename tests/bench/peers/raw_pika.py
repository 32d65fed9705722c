"""How fast pika alone publishes what waits in memory: confirms, 500 under way, nothing else.

    python raw_pika.py AMQP_URL EXCHANGE ROUTING_KEY BODY_FILE TIMES

prints messages a second.
"""

import sys
import time
from pathlib import Path
from typing import Any

import pika
from pika.adapters.select_connection import SelectConnection

WINDOW = 500


class Publisher:
    """Keeps up to WINDOW messages unconfirmed until all are confirmed."""

    def __init__(self, url: str, exchange: str, key: str, body: bytes, times: int) -> None:
        """Connects when `run` is called."""
        self._where, self._exchange, self._key = url, exchange, key
        self._body, self._times = body, times
        self._properties = pika.BasicProperties(
            content_type="application/cloudevents+json", delivery_mode=2
        )
        self._sent = self._confirmed = 0
        self._waiting: set[int] = set()
        self._channel: Any = None
        self._began = self.seconds = 0.0

    def run(self) -> float:
        """Messages a second."""
        self._connection = SelectConnection(
            pika.URLParameters(self._where),
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._opened),
            on_close_callback=lambda connection, _reason: connection.ioloop.stop(),
        )
        self._connection.ioloop.start()
        return self._times / self.seconds

    def _opened(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_confirm, callback=lambda _frame: self._start())

    def _start(self) -> None:
        self._began = time.perf_counter()
        self._fill()

    def _fill(self) -> None:
        while self._sent < self._times and len(self._waiting) < WINDOW:
            self._sent += 1
            self._waiting.add(self._sent)
            self._channel.basic_publish(
                self._exchange, self._key, self._body, self._properties, mandatory=True
            )

    def _on_confirm(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        if not isinstance(frame.method, pika.spec.Basic.Ack):
            raise RuntimeError("RabbitMQ refused a message")
        if frame.method.multiple:
            self._waiting = {one for one in self._waiting if one > tag}
        else:
            self._waiting.discard(tag)
        if self._sent == self._times and not self._waiting:
            self.seconds = time.perf_counter() - self._began
            self._connection.close()
        elif len(self._waiting) <= WINDOW // 2:
            self._fill()


if __name__ == "__main__":
    url, exchange, key, body, times = sys.argv[1:]
    print(Publisher(url, exchange, key, Path(body).read_bytes(), int(times)).run())
