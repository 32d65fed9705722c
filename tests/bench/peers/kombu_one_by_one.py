"""How fast kombu publishes with confirms: it waits for each.

python kombu_one_by_one.py AMQP_URL EXCHANGE ROUTING_KEY BODY_FILE TIMES
"""

import sys
import time
from pathlib import Path

import kombu

url, exchange, key, body_file, times = sys.argv[1:]
body = Path(body_file).read_bytes()
with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
    producer = connection.Producer()
    began = time.perf_counter()
    for _ in range(int(times)):
        producer.publish(
            body,
            exchange=exchange,
            routing_key=key,
            delivery_mode=2,
            mandatory=True,
            content_type="application/cloudevents+json",
            content_encoding="utf-8",
        )
    print(int(times) / (time.perf_counter() - began))
