"""Every page that a role can reach by links is English when its reader reads English."""

from collections import Counter, defaultdict, deque
from urllib.parse import urljoin, urlsplit

import httpx
import pytest

from e2e.rounds import STARTS, is_page, path_of, shape
from office import ROLES, Office
from oficina.web.i18n import COOKIE
from spanish import Reading, holes

SAME_SHAPE = 12
"""How many pages of one shape are read: what one case has, another has not."""
SAME_PATH = 16
"""How many of one path, whatever they filter by."""


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_page_in_english(office: Office, role: str) -> None:
    seen: dict[str, set[str]] = defaultdict(set)
    paths: Counter[str] = Counter()
    wrong: dict[str, str] = {}
    with office.client(role) as client:
        chosen = client.post("/identidad/idioma", data={COOKIE: "en"})
        assert chosen.cookies[COOKIE] == "en"
        waiting = deque(STARTS[role])
        while waiting:
            address = waiting.popleft()
            alike, path = seen[shape(address)], path_of(address)
            if len(alike) >= SAME_SHAPE or paths[path] >= SAME_PATH:
                continue
            if address in alike or not is_page(address):
                continue
            alike.add(address)
            paths[path] += 1
            answer = client.get(address)
            if answer.is_redirect:
                waiting.append(_own(office, answer, answer.headers["location"]))
                continue
            if "html" not in answer.headers.get("content-type", ""):
                continue
            page = Reading.of(answer.text)
            for text in holes(page):
                wrong.setdefault(text, address)
            waiting.extend(_own(office, answer, href) for href in page.links)
    assert not wrong, "\n".join(f"{address}: {text}" for text, address in wrong.items())
    assert sum(map(len, seen.values())) >= len(STARTS[role])


def _own(office: Office, answer: httpx.Response, href: str) -> str:
    """Where a link leads inside the office; outside of it, to what is no page."""
    link = urlsplit(urljoin(str(answer.url), href))
    if link.netloc != urlsplit(office.url).netloc:
        return "/static/"
    return f"{link.path}?{link.query}" if link.query else link.path
