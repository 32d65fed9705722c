"""Finding people by the words of a name, at a cost that grows far less than how many there are.

A word may be one of very many people's. So a search begins with the word that the fewest have, and
looks at each of those people; how many have it is counted up to RAROS only. When many have every
word, those who have them all are asked of the index, by each two of the words: fewer have both, and
the index keeps the people of a token in the order in which they came. No more than the newest RAROS
are looked at, and whoever asks is told to type more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from casos.alcance import Alcance
from casos.personas import nombres
from casos.personas.models import Persona, TokenNombre

RAROS = 300
"""People who may be looked at one by one."""

FORMAS = 256
"""Of how many forms of a search (so many words, this one the rarest) the statements are kept."""

_DESPUES_DE_TODO = "\U0010ffff"


@dataclass(frozen=True)
class Hallados:
    """Who was found, the exact name first and then the newest; `mas`: there may be others."""

    ids: Sequence[UUID]
    mas: bool


@dataclass(frozen=True)
class _Palabra:
    """One word that was typed, or a sound: what must be among somebody's tokens.

    It holds the names of the statement's parameters and not what was typed, so that the statements
    of one search serve the next one: to put them together takes longer than to answer them.
    """

    exactos: tuple[str, ...]
    empieza: str = ""

    def esta(self) -> ColumnElement[bool]:
        """The token is this one."""
        return or_(*self.maneras())

    def maneras(self) -> Sequence[ColumnElement[bool]]:
        """The ways to be it, each one stretch of the index: PostgreSQL reads the whole of several
        before it gives the first row.
        """
        maneras: list[ColumnElement[bool]] = []
        if self.empieza:
            desde, hasta = _dicho(self.empieza), _dicho(_hasta(self.empieza))
            maneras.append(and_(TokenNombre.token >= desde, TokenNombre.token < hasta))
        return [*maneras, *(TokenNombre.token == _dicho(exacto) for exacto in self.exactos)]


@dataclass(frozen=True)
class PorNombre:
    """One search of a reader for some words, of which at most `maximo` people are shown."""

    session: Session
    palabras: Sequence[str]
    alcance: Alcance
    maximo: int

    def escrito(self) -> Hallados:
        """Who has, for each word, one that begins so or is it joined to a neighbour."""
        lugares = _lugares("palabra", self.palabras)
        dichas = dict(zip(lugares, self.palabras, strict=True))
        pares = {f"par_{una}": dichas[una] + dichas[otra] for una, otra in pairwise(lugares)}
        dichas |= pares | {_hasta(una): dichas[una] + _DESPUES_DE_TODO for una in lugares}
        # Of a pair, each of the two may be the pair («Jean Louis», «Jeanlouis»).
        buscadas = tuple(
            _Palabra(tuple(pares)[max(lugar - 1, 0) : lugar + 1], empieza=palabra)
            for lugar, palabra in enumerate(lugares)
        )
        rara = self._rara(buscadas, dichas)
        if rara is not None:
            return self._entre(_con_todas((rara,), (), buscadas), dichas)
        enteras = self._enteras(dichas)
        candidatas = [_Palabra((par,)) for par in pares]
        if not enteras:
            candidatas.append(buscadas[-1])
        juntas = _juntas(
            [palabra for palabra, en_dos in enteras.items() if en_dos],
            [palabra for palabra, en_dos in enteras.items() if not en_dos],
        )
        hallados = self._entre(
            _con_todas(tuple(candidatas), tuple(juntas), buscadas), dichas | juntas
        )
        return replace(hallados, mas=hallados.mas or len(enteras) < len(set(self.palabras)))

    def sonido(self) -> Hallados:
        """Who has, for each word, one that sounds like it: who heard a name wrote it otherwise."""
        sonidos = list(dict.fromkeys(map(nombres.token_de_sonido, self.palabras)))
        lugares = _lugares("sonido", sonidos)
        dichos = dict(zip(lugares, sonidos, strict=True))
        buscadas = tuple(_Palabra((lugar,)) for lugar in lugares)
        rara = self._rara(buscadas, dichos)
        if rara is not None:
            return self._entre(_con_todas((rara,), (), buscadas), dichos)
        juntos = _juntas((), sonidos)
        return self._entre(_con_todas((), tuple(juntos), buscadas), dichos | juntos)

    def _rara(self, buscadas: tuple[_Palabra, ...], dichas: Mapping[str, str]) -> _Palabra | None:
        """The word that the fewest people have; None when very many have each of them."""
        filas = self.session.execute(_cuentas(buscadas), dichas)
        cuantas, lugar = min((cuantas, lugar) for lugar, cuantas in filas)
        return buscadas[lugar] if cuantas < RAROS else None

    def _enteras(self, dichas: dict[str, str]) -> dict[str, bool]:
        """Those of the words that somebody has as they are; and whether somebody may have it as
        two words («Jeanlouis»), who has no pairs of it.
        """
        una_vez = dict(zip(self.palabras, _lugares("palabra", self.palabras), strict=True))
        partes = {
            _partes(lugar): nombres.pares_escritos_juntos(palabra)
            for palabra, lugar in una_vez.items()
        }
        filas = self.session.execute(_que_hay(tuple(una_vez.values())), dichas | partes)
        return {palabra: en_dos for palabra, hay, en_dos in filas if hay}

    def _entre(self, con_todas: Select[UUID], dichas: Mapping[str, str]) -> Hallados:
        """Of these people, those whom the reader sees."""
        clave = nombres.clave(" ".join(self.palabras))
        exacta = case((Persona.clave_nombre == clave, 0), else_=1)
        ids = self.session.scalars(
            select(Persona.id)
            .where(Persona.id.in_(con_todas), self.alcance.personas())
            .order_by(exacta, Persona.registrada_en.desc())
            .limit(self.maximo + 1),
            dichas,
        ).all()
        return Hallados(ids, mas=len(ids) > self.maximo)


def _lugares(de: str, palabras: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{de}_{lugar}" for lugar in range(len(palabras)))


def _juntas(sueltas: Sequence[str], en_pares: Sequence[str]) -> dict[str, str]:
    """What whoever has all the words has, by its parameters: the first ones as they are; each of
    the others by the token of it and the next one, unless it is the only one.
    """
    impar = en_pares[-2:] if len(en_pares) % 2 else ()
    de_dos = [*zip(en_pares[::2], en_pares[1::2], strict=False), impar]
    pares = [nombres.token_de_par(*dos) if len(dos) > 1 else dos[0] for dos in de_dos if dos]
    return {f"junta_{lugar}": token for lugar, token in enumerate([*sueltas, *pares])}


def _hasta(empieza: str) -> str:
    """The parameter with which what begins so ends."""
    return f"tras_{empieza}"


def _partes(palabra: str) -> str:
    """The parameter with the pairs of words that this one may be."""
    return f"partes_{palabra}"


def _dicho(parametro: str) -> ColumnElement[str]:
    return bindparam(parametro, type_=String)


@lru_cache(FORMAS)
def _cuentas(buscadas: tuple[_Palabra, ...]) -> CompoundSelect[int, int]:
    """Of each word its place, and how many have it, up to RAROS of each way."""
    return union_all(
        *(
            select(
                literal(lugar),
                select(func.count()).select_from(_con(una).subquery()).scalar_subquery(),
            )
            for lugar, una in enumerate(buscadas)
        )
    )


@lru_cache(FORMAS)
def _que_hay(lugares: tuple[str, ...]) -> CompoundSelect[str, bool, bool]:
    """Of each word whether it is somebody's token, and whether a pair that is it in parts is."""
    una = select(TokenNombre.token)
    return union_all(
        *(
            select(
                _dicho(lugar),
                una.where(TokenNombre.token == _dicho(lugar)).exists(),
                una.where(
                    TokenNombre.token.in_(bindparam(_partes(lugar), type_=String, expanding=True))
                ).exists(),
            )
            for lugar in lugares
        )
    )


@lru_cache(FORMAS)
def _con_todas(
    candidatas: tuple[_Palabra, ...], enteras: tuple[str, ...], buscadas: tuple[_Palabra, ...]
) -> Select[UUID]:
    """Of those who have one of the candidates, or all of the whole words, who has each word."""
    unas: list[Select[UUID] | CompoundSelect[UUID]] = [_con(una) for una in candidatas]
    if enteras:
        unas.append(_con_todos(enteras))
    juntas = union_all(*(select(una.subquery()) for una in unas)).subquery()
    return (
        select(TokenNombre.persona_id)
        .where(
            TokenNombre.persona_id.in_(select(juntas.c.persona_id)),
            TokenNombre.token >= nombres.TRAS_LOS_PARES,
        )
        .group_by(TokenNombre.persona_id)
        .having(*(func.max(case((una.esta(), 1), else_=0)) == 1 for una in buscadas))
    )


def _con(palabra: _Palabra) -> CompoundSelect[UUID]:
    """Who has a word, as many as may be looked at of each way to have it."""
    return union_all(
        *(
            select(select(TokenNombre.persona_id).where(manera).limit(RAROS).subquery())
            for manera in palabra.maneras()
        )
    )


def _con_todos(tokens: Sequence[str]) -> Select[UUID]:
    """Who has each of several tokens, the newest first."""
    primero, *demas = tokens
    consulta = select(TokenNombre.persona_id).where(TokenNombre.token == _dicho(primero))
    for token in demas:
        otro = aliased(TokenNombre)
        consulta = consulta.join(
            otro, and_(otro.persona_id == TokenNombre.persona_id, otro.token == _dicho(token))
        )
    return consulta.order_by(TokenNombre.persona_id.desc()).limit(RAROS)
