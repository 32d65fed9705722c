"""How fast FastStream publishes with confirms, 500 awaited together.

python faststream_gathered.py AMQP_URL EXCHANGE ROUTING_KEY BODY_FILE TIMES
"""

import asyncio
import sys
import time
from pathlib import Path

from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange

TOGETHER = 500


async def main(url: str, exchange: str, key: str, body: bytes, times: int) -> float:
    """Messages a second."""
    broker = RabbitBroker(url, logger=None)
    await broker.connect()
    where = RabbitExchange(exchange, type=ExchangeType.TOPIC, durable=True)

    async def publish() -> None:
        await broker.publish(body, routing_key=key, exchange=where, persist=True, mandatory=True)

    await publish()
    began = time.perf_counter()
    for start in range(0, times, TOGETHER):
        await asyncio.gather(*(publish() for _ in range(min(TOGETHER, times - start))))
    seconds = time.perf_counter() - began
    await broker.stop()
    return times / seconds


if __name__ == "__main__":
    url, exchange, key, body_file, times = sys.argv[1:]
    print(asyncio.run(main(url, exchange, key, Path(body_file).read_bytes(), int(times))))
