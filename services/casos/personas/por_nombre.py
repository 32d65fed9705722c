"""Finding people by the words of a name, at a cost that grows far less than how many there are.

A word may be one of very many people's. So a search begins with the word that the fewest have, and
looks at each of those people; how many have it is counted up to RAROS only. When many have every
word, those who have them all are asked of the index, which keeps the people of a token in the order
in which they came: no more than the newest RAROS are looked at, and whoever asks is told to type
more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
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

_DESPUES_DE_TODO = "\U0010ffff"
_TOKEN = TokenNombre.token


@dataclass(frozen=True)
class Hallados:
    """Who was found, the exact name first and then the newest; `mas`: there may be others."""

    ids: Sequence[UUID]
    mas: bool


@dataclass(frozen=True)
class _Palabra:
    """One word that was typed, or a sound: what must be among somebody's tokens."""

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
            maneras.append(and_(self.empieza <= _TOKEN, self.empieza + _DESPUES_DE_TODO > _TOKEN))
        return [*maneras, *(TokenNombre.token == exacto for exacto in self.exactos)]


@dataclass(frozen=True)
class PorNombre:
    """One search of a reader for some words, of which at most `maximo` people are shown."""

    session: Session
    palabras: Sequence[str]
    alcance: Alcance
    maximo: int

    def escrito(self) -> Hallados:
        """Who has, for each word, one that begins so or is it joined to a neighbour."""
        # Of a pair, each of the two may be the pair («Jean Louis», «Jeanlouis»).
        pares = [f"{una}{otra}" for una, otra in pairwise(self.palabras)]
        buscadas = [
            _Palabra(tuple(pares[max(lugar - 1, 0) : lugar + 1]), empieza=palabra)
            for lugar, palabra in enumerate(self.palabras)
        ]
        rara = self._rara(buscadas)
        if rara is not None:
            return self._entre([_con(rara)], buscadas)
        enteras = self._enteras()
        candidatas: list[Select[UUID] | CompoundSelect[UUID]] = [
            _con(_Palabra((par,))) for par in pares
        ]
        candidatas.append(_con_todos(enteras) if enteras else _con(buscadas[-1]))
        hallados = self._entre(candidatas, buscadas)
        return replace(hallados, mas=hallados.mas or len(enteras) < len(set(self.palabras)))

    def sonido(self) -> Hallados:
        """Who has, for each word, one that sounds like it: who heard a name wrote it otherwise."""
        sonidos = list(dict.fromkeys(map(nombres.token_de_sonido, self.palabras)))
        buscadas = [_Palabra((sonido,)) for sonido in sonidos]
        rara = self._rara(buscadas)
        candidatas = _con_todos(sonidos) if rara is None else _con(rara)
        return self._entre([candidatas], buscadas)

    def _rara(self, buscadas: Sequence[_Palabra]) -> _Palabra | None:
        """The word that the fewest people have; None when very many have each of them."""
        cuentas = [
            select(
                literal(lugar),
                select(func.count()).select_from(_con(una).subquery()).scalar_subquery(),
            )
            for lugar, una in enumerate(buscadas)
        ]
        filas = self.session.execute(union_all(*cuentas))
        cuantas, lugar = min((cuantas, lugar) for lugar, cuantas in filas)
        return buscadas[lugar] if cuantas < RAROS else None

    def _enteras(self) -> list[str]:
        """Those of the words that somebody has as they are, each once."""
        hay = [
            select(literal(palabra)).where(
                select(_TOKEN).where(TokenNombre.token == palabra).exists()
            )
            for palabra in dict.fromkeys(self.palabras)
        ]
        return list(self.session.scalars(union_all(*hay)))

    def _entre(
        self,
        candidatas: Sequence[Select[UUID] | CompoundSelect[UUID]],
        buscadas: Sequence[_Palabra],
    ) -> Hallados:
        """Of these people, those who have every word and whom the reader sees."""
        juntas = union_all(*(select(una.subquery()) for una in candidatas)).subquery()
        con_todas = (
            select(TokenNombre.persona_id)
            .where(TokenNombre.persona_id.in_(select(juntas.c.persona_id)))
            .group_by(TokenNombre.persona_id)
            .having(*(func.max(case((una.esta(), 1), else_=0)) == 1 for una in buscadas))
        )
        clave = nombres.clave(" ".join(self.palabras))
        exacta = case((Persona.clave_nombre == clave, 0), else_=1)
        ids = self.session.scalars(
            select(Persona.id)
            .where(Persona.id.in_(con_todas), self.alcance.personas())
            .order_by(exacta, Persona.registrada_en.desc())
            .limit(self.maximo + 1)
        ).all()
        return Hallados(ids, mas=len(ids) > self.maximo)


def _con(palabra: _Palabra) -> CompoundSelect[UUID]:
    """Who has a word, as many as may be looked at of each way to have it."""
    return union_all(
        *(
            select(select(TokenNombre.persona_id).where(manera).limit(RAROS).subquery())
            for manera in palabra.maneras()
        )
    )


def _con_token(token: str) -> Select[UUID]:
    return select(TokenNombre.persona_id).where(TokenNombre.token == token)


def _con_todos(tokens: Sequence[str]) -> Select[UUID]:
    """Who has each of several tokens, the newest first."""
    primero, *demas = tokens
    consulta = _con_token(primero)
    for token in demas:
        otro = aliased(TokenNombre)
        consulta = consulta.join(
            otro, and_(otro.persona_id == TokenNombre.persona_id, otro.token == token)
        )
    return consulta.order_by(TokenNombre.persona_id.desc()).limit(RAROS)
