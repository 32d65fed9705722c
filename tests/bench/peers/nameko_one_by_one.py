"""How fast nameko dispatches events: it confirms each. Both queues hear its exchange.

python nameko_one_by_one.py AMQP_URL EXCHANGE ROUTING_KEY BODY_FILE TIMES
"""

import sys
import time
from pathlib import Path

import pika
from nameko.standalone.events import event_dispatcher

url, exchange, key, body_file, times = sys.argv[1:]
with pika.BlockingConnection(pika.URLParameters(url)) as connection:
    channel = connection.channel()
    channel.exchange_declare("casos.events", "topic", durable=True)
    channel.exchange_bind(exchange, "casos.events", key)
body = Path(body_file).read_text(encoding="utf-8")
dispatch = event_dispatcher({"AMQP_URI": url})
dispatch("casos", key, body)
began = time.perf_counter()
for _ in range(int(times)):
    dispatch("casos", key, body)
print(int(times) / (time.perf_counter() - began))
