"""Every page that a role can reach by links is English when its reader reads English."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from e2e.rounds import Round
from office import ROLES, Office, embedded
from oficina.web.i18n import COOKIE
from spanish import Reading, holes

SAME_SHAPE = 12
"""How many pages of one shape are read: what one case has, another has not."""
SAME_PATH = 16
"""How many of one path, whatever they filter by."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The demonstration alone: what other tests write in theirs is written in Spanish."""
    with embedded(tmp_path_factory.mktemp("oficina"), demo=True) as opened:
        yield opened


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_page_in_english(office: Office, role: str) -> None:
    walk = Round(role, same_shape=SAME_SHAPE, same_path=SAME_PATH)
    wrong: dict[str, str] = {}
    with office.client(role) as client:
        chosen = client.post("/identidad/idioma", data={COOKIE: "en"})
        assert chosen.cookies[COOKIE] == "en"
        for address in walk:
            answer = client.get(address)
            if answer.is_redirect:
                walk.add([_own(office, answer, answer.headers["location"])])
                continue
            if "html" not in answer.headers.get("content-type", ""):
                continue
            page = Reading.of(answer.text)
            for text in holes(page):
                wrong.setdefault(text, address)
            walk.add(_own(office, answer, href) for href in page.links)
    assert not wrong, "\n".join(f"{address}: {text}" for text, address in wrong.items())
    assert walk.is_whole()


def _own(office: Office, answer: httpx.Response, href: str) -> str:
    """Where a link leads inside the office; outside of it, to what is no page."""
    link = urlsplit(urljoin(str(answer.url), href))
    if link.netloc != urlsplit(office.url).netloc:
        return "/static/"
    return f"{link.path}?{link.query}" if link.query else link.path
