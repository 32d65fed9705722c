"""How services tell each other facts. Six concepts, an hour's read, in the way of a fact:

    envelope   a fact as a CloudEvent
    outbox     the fact is a row in the transaction of what it tells
    relay      one a database: takes the oldest unpublished fact of each aggregate, in batches
    transport  carries a batch: over RabbitMQ, or straight into the inboxes of this process
    inbox      the subscriber's row of the fact: heard twice, it is there once
    worker     runs the handlers of the oldest unfinished fact of each aggregate

Guarantees. A fact is told if and only if its transaction committed. Transport is at-least-once;
effects in the consumer's database are exactly-once, because they commit with the inbox row. The
facts of one aggregate are handled in the order of their numbers, also through failures: a batch
holds one fact an aggregate, and a follower waits until its predecessor is done. A fact that fails
eight times parks its own aggregate and nothing else, until a person retries or skips it.
"""
