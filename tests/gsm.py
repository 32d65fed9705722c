"""An SMS as a telephone would send it, bit by bit: what segments are counted against.

Written from 3GPP TS 23.038 §6.1.2.1, §6.2.1 and TS 23.040 §9.2.3.24.1, and from nothing of ours: a
text is really packed into user data of 140 octets, each segment of several behind its header, and
read back from the octets alone. How many there are is how many came out.
"""

import random
from collections.abc import Iterator

OCTETS = 140
HEADER = 6  # UDHL, IEI 00, IEDL 03, reference, how many, which

# The chart of §6.2.1, a row for each high digit of the code; 1B is the escape.
_CHART = (
    "@ £ $ ¥ è é ù ì ò Ç LF Ø ø CR Å å",
    "Δ _ Φ Γ Λ Ω Π Ψ Σ Θ Ξ ESC Æ æ ß É",
    "SP ! \" # ¤ % & ' ( ) * + , - . /",
    "0 1 2 3 4 5 6 7 8 9 : ; < = > ?",
    "¡ A B C D E F G H I J K L M N O",
    "P Q R S T U V W X Y Z Ä Ö Ñ Ü §",
    "¿ a b c d e f g h i j k l m n o",
    "p q r s t u v w x y z ä ö ñ ü à",
)
_NAMED = {"LF": "\n", "CR": "\r", "SP": " "}
_ESCAPE = 0x1B
BASIC = {
    _NAMED.get(cell, cell): code
    for code, cell in enumerate(cell for row in _CHART for cell in row.split(" "))
    if code != _ESCAPE
}
EXTENSION = {
    "\f": 0x0A, "^": 0x14, "{": 0x28, "}": 0x29, "\\": 0x2F,
    "[": 0x3C, "~": 0x3D, "]": 0x3E, "|": 0x40, "€": 0x65,
}  # fmt: skip
_BACK = {code: c for c, code in BASIC.items()}
_BACK_EXTENDED = {code: c for c, code in EXTENSION.items()}


def is_short(text: str) -> bool:
    """Whether the default alphabet and its extension can say all of it."""
    return all(c in BASIC or c in EXTENSION for c in text)


Sent = tuple[int, bytes]
"""TP-UDL (septets of the default alphabet, octets of UCS-2, the header with them) and TP-UD."""


def segments(text: str) -> list[Sent]:
    """The user data of each message that carries `text`."""
    return _in_septets(text) if is_short(text) else _in_utf16(text)


def read(sent: list[Sent], *, short: bool) -> str:
    """What a telephone shows of it, each segment read on its own."""
    alone = len(sent) == 1
    if short:
        return "".join(_unpacked(length, data, alone=alone) for length, data in sent)
    return "".join(data[0 if alone else HEADER : n].decode("utf-16-be") for n, data in sent)


def texts(seed: int) -> Iterator[str]:
    """Texts without end, most of them as long as a segment or a few ends."""
    chance = random.Random(seed)
    short, accented = [*BASIC], "áíóúâãçêõÁÍÓÚ"
    mixes = [
        short,
        [*short, *EXTENSION, *EXTENSION],
        [*EXTENSION],
        [*"abcdefghijklmnopqrstuvwxyz ", *accented],
        [*"ansbiwo randevou èòà"],
        [*"ab 🙂🇭🇹👩", *accented],
        [*"مرحبا بكم в офис", "🙂", "€"],
    ]
    ends = (0, 35, 67, 70, 80, 134, 153, 160, 201, 306, 459)
    while True:
        length = max(0, chance.choice(ends) + chance.randint(-4, 4))
        text = chance.choices(chance.choice(mixes), k=length)
        if text and chance.random() < 0.3:
            text[chance.randrange(len(text))] = chance.choice(["á", "€", "🙂", "ñ", "\x1b", "ç"])
        yield "".join(text)


def _header(number: int, total: int) -> bytes:
    return bytes([5, 0, 3, 0x2A, total & 0xFF, number & 0xFF])


def _in_septets(text: str) -> list[Sent]:
    coded = [(BASIC[c],) if c in BASIC else (_ESCAPE, EXTENSION[c]) for c in text]
    whole = [septet for one in coded for septet in one]
    if (7 * len(whole) + 7) // 8 <= OCTETS:
        return [_packed(whole, b"")]
    pieces: list[list[int]] = [[]]
    for one in coded:
        # The text begins at the first septet boundary behind the header: one bit is filled.
        if 8 * HEADER + 1 + 7 * (len(pieces[-1]) + len(one)) > 8 * OCTETS:
            pieces.append([])
        pieces[-1] += one
    return [_packed(piece, _header(n, len(pieces))) for n, piece in enumerate(pieces, start=1)]


def _packed(septets: list[int], header: bytes) -> Sent:
    """The header's octets, then each septet behind the last, the least bit first."""
    at = 49 if header else 0
    bits = int.from_bytes(header, "little")
    for septet in septets:
        bits |= septet << at
        at += 7
    return at // 7, bits.to_bytes((at + 7) // 8, "little")


def _unpacked(length: int, data: bytes, *, alone: bool) -> str:
    bits = int.from_bytes(data, "little")
    codes = iter([bits >> 7 * place & 0x7F for place in range(0 if alone else 7, length)])
    return "".join(
        _BACK_EXTENDED[next(codes)] if code == _ESCAPE else _BACK[code] for code in codes
    )


def _in_utf16(text: str) -> list[Sent]:
    whole = text.encode("utf-16-be")
    if len(whole) <= OCTETS:
        return [(len(whole), whole)]
    pieces = [b""]
    for c in text:
        unit = c.encode("utf-16-be")
        if HEADER + len(pieces[-1]) + len(unit) > OCTETS:
            pieces.append(b"")
        pieces[-1] += unit
    sent = [_header(n, len(pieces)) + piece for n, piece in enumerate(pieces, start=1)]
    return [(len(data), data) for data in sent]
