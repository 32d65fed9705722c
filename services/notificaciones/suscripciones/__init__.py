"""A municipal unit subscribes to what concerns it: by signed webhook, Atom feed or a queue.

A delivery is a row, written in the transaction in which the fact was heard (`reparto.repartir`),
sealed, with ids that no other subscriber has. A webhook's and a queue's (`colas`) is sent by a loop
of the jobs process (`enviadores`, `envio`), at least once, always with the same id; a feed's is
read.
"""
