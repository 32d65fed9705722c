"""The segments of a great many texts, against a telephone that sends them.

`make test` counts a few; `make fuzz` counts FUZZ_TEXTS, always others. FUZZ_SEED repeats them.
"""

import os
import random
from itertools import islice

import gsm
from notificaciones.mensajes.sms import GSM, contar

TEXTS = int(os.environ.get("FUZZ_TEXTS", "0"))
SEED = int(os.environ.get("FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 2**32)


def test_segments_are_what_a_telephone_sends() -> None:
    seed, many = (SEED, TEXTS) if TEXTS else (1, 500)
    print(f"FUZZ_SEED={seed}: {many} texts")
    seen: set[tuple[bool, int]] = set()
    for text in islice(gsm.texts(seed), many):
        sent, short = gsm.segments(text), gsm.is_short(text)
        conteo = contar(text)
        assert gsm.read(sent, short=short) == text
        assert (conteo.codificacion == GSM, conteo.partes) == (short, len(sent)), text
        seen.add((short, len(sent)))
    assert {(short, parts) for short in (True, False) for parts in (1, 2, 3, 4)} <= seen
