"""Invented people with the names of those who come, and how desks note them down a second time.

Everything is drawn from a seed. The names are common ones put together by chance: of nobody.
"""

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

WORDS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
FIRST, LAST = date(1950, 1, 1), date(2022, 12, 31)


@dataclass(frozen=True)
class Ficha:
    """What a desk notes down of somebody."""

    nombres: str
    primer_apellido: str
    segundo_apellido: str
    nacimiento: date | None
    telefono: str

    @property
    def nombre(self) -> str:
        """The whole name, as one writes it."""
        return " ".join(p for p in (self.nombres, self.primer_apellido, self.segundo_apellido) if p)


def people(lots: random.Random, count: int, *, first: int = 0) -> Iterator[Ficha]:
    """So many different people, each with a telephone of their own, told apart from `first` on.

    Some names are a hundred times as common as others.
    """
    for number in range(first, first + count):
        haitian = lots.random() < 0.2
        given = WORDS["haitianos" if haitian else "hispanos"]
        family = WORDS["apellidos_haitianos" if haitian else "apellidos"]
        second = "" if haitian or lots.random() < 0.1 else _common(lots, family)
        names = [_common(lots, given)]
        if lots.random() < 0.7:
            names.append(_common(lots, [one for one in given if one != names[0]]))
        known = lots.random()
        born = FIRST + timedelta(days=lots.randrange((LAST - FIRST).days))
        if known < 0.08:
            born = born.replace(month=1, day=1)
        yield Ficha(
            " ".join(names),
            _common(lots, family),
            second,
            born if known < 0.97 else None,
            f"+569{10_000_000 + number:08d}",
        )


def _common(lots: random.Random, words: list[str]) -> str:
    return words[int(len(words) * lots.random() ** 2)]


def again(lots: random.Random, one: Ficha) -> Ficha:
    """The same person noted down once more by somebody else: one to three things differ."""
    for change in lots.sample(CHANGES, lots.choice((1, 1, 2, 2, 3))):
        one = change(lots, one)
    keeps = lots.random()
    return replace(
        one,
        telefono=one.telefono if keeps < 0.35 else f"+5698{lots.randrange(10**7):07d}",
        nacimiento=None if keeps > 0.95 and one.telefono else one.nacimiento,
    )


def _without_accents(_lots: random.Random, one: Ficha) -> Ficha:
    plain = str.maketrans("áéíóúñÁÉÍÓÚÑèëçê", "aeiounAEIOUNeece")
    return _words(one, lambda word: word.translate(plain).upper())


def _swapped(_lots: random.Random, one: Ficha) -> Ficha:
    return replace(one, nombres=one.primer_apellido, primer_apellido=one.nombres)


def _one_surname(_lots: random.Random, one: Ficha) -> Ficha:
    return replace(one, segundo_apellido="")


def _one_name(_lots: random.Random, one: Ficha) -> Ficha:
    return replace(one, nombres=one.nombres.split()[0])


def heard(lots: random.Random, one: Ficha) -> Ficha:
    """As it sounds to somebody who writes Spanish, or Kreyòl."""
    pairs = [
        ("z", "s"), ("s", "z"), ("v", "b"), ("b", "v"), ("ll", "y"), ("y", "ll"), ("qu", "k"),
        ("j", "y"), ("ge", "je"), ("gi", "ji"), ("ph", "f"), ("ou", "u"), ("h", ""), ("c", "k"),
        ("ce", "se"), ("ci", "si"), ("ch", "sh"), ("gui", "gi"), ("x", "s"), ("w", "u"),
        ("ie", "y"), ("au", "o"), ("ai", "e"),
    ]  # fmt: skip

    def written(word: str) -> str:
        for old, new in lots.sample(pairs, len(pairs)):
            if old in word.casefold():
                return word.casefold().replace(old, new, 1).capitalize()
        return word

    return _words(one, written)


def typed_wrong(lots: random.Random, one: Ficha) -> Ficha:
    """One letter of one word: left out, twice, another, or changed over with the next."""
    words = one.nombre.split()
    victim = max(words, key=lambda word: (len(word) > 3, lots.random()))
    place = lots.randrange(1, max(2, len(victim) - 1))
    spoiled = lots.choice(
        (
            victim[:place] + victim[place + 1 :],
            victim[:place] + victim[place] + victim[place:],
            victim[:place] + lots.choice("aeioulnrst") + victim[place + 1 :],
            victim[: place - 1] + victim[place - 1 : place + 1][::-1] + victim[place + 1 :],
        )
    )
    return _words(one, lambda word: spoiled if word == victim else word)


def _joined(_lots: random.Random, one: Ficha) -> Ficha:
    return replace(one, nombres=one.nombres.replace(" ", "-" if len(one.nombres) % 2 else ""))


def _day_and_month(_lots: random.Random, one: Ficha) -> Ficha:
    born = one.nacimiento
    if born is None or born.day > 12:
        return one
    return replace(one, nacimiento=born.replace(month=born.day, day=born.month))


def _only_the_year(_lots: random.Random, one: Ficha) -> Ficha:
    born = one.nacimiento
    return replace(one, nacimiento=born.replace(month=1, day=1)) if born else one


def _a_year_off(lots: random.Random, one: Ficha) -> Ficha:
    born = one.nacimiento
    if born is None or (born.month, born.day) == (2, 29):
        return one
    return replace(one, nacimiento=born.replace(year=born.year + lots.choice((-1, 1))))


def _words(one: Ficha, change: Callable[[str], str]) -> Ficha:
    def each(part: str) -> str:
        return " ".join(change(word) for word in part.split())

    return replace(
        one,
        nombres=each(one.nombres),
        primer_apellido=each(one.primer_apellido),
        segundo_apellido=each(one.segundo_apellido),
    )


CHANGES: list[Callable[[random.Random, Ficha], Ficha]] = [
    _without_accents,
    _swapped,
    _one_surname,
    _one_name,
    heard,
    heard,
    typed_wrong,
    _joined,
    _day_and_month,
    _only_the_year,
    _a_year_off,
]
