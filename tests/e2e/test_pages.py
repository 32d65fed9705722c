"""Every page that a role can reach by links: accessible, readable at 360 px, our own rules kept."""

import re
from collections import deque
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, Page

from e2e.hands import check_accessible, check_width, page_of
from office import ROLES, Office

STARTS = {
    "": ["/identidad/entrar", "/eventos", "/no-existe"],
    "recepcion": [
        "/",
        "/casos/personas/nueva",
        "/casos/recepcion?q=jean",
        "/casos/recepcion?q=xyz",
    ],
    "profesional": ["/", "/casos/?estado=todos"],
    "coordinacion": ["/", "/casos/?estado=todos"],
    "administrador": ["/", "/casos/"],
}
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{4}-\d{2}(-\d{2})?")
DOWNLOAD = re.compile(r"\.(csv|xlsx|pdf|json|ics)$|/pdf$")
SAME_SHAPE = 2
"""How many pages of one shape are visited: the cases are many, the page is one."""


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_page(browser: Browser, office: Office, pictures: Path, role: str) -> None:
    visited: dict[str, int] = {}
    wrong: list[str] = []
    with page_of(browser, office, role) as page:
        waiting = deque(STARTS[role])
        while waiting:
            address = waiting.popleft()
            shape = _shape(address)
            if visited.get(shape, 0) >= SAME_SHAPE or not _is_page(address):
                continue
            visited[shape] = visited.get(shape, 0) + 1
            answer = page.goto(address)
            if answer is None or "html" not in answer.headers.get("content-type", ""):
                continue
            if answer.status >= 500:
                wrong.append(f"{address}: {answer.status}")
            wrong += _inspect(page, pictures / f"{role or 'calle'}{shape.replace('/', '_')[:80]}")
            waiting.extend(_links(page))
    assert not wrong, "\n\n".join(wrong)
    assert len(visited) >= len(STARTS[role])


def _shape(address: str) -> str:
    parts = urlsplit(address)
    names = sorted(part.partition("=")[0] for part in parts.query.split("&") if part)
    return ID.sub("x", parts.path) + ("-" + "-".join(names) if names else "")


def _is_page(address: str) -> bool:
    path = urlsplit(address).path
    return not DOWNLOAD.search(path) and "/static/" not in path


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    own = urlsplit(page.url).netloc
    whole = [urlsplit(urljoin(page.url, href)) for href in found]
    return [
        f"{link.path}?{link.query}" if link.query else link.path
        for link in whole
        if link.netloc == own
    ]


def _inspect(page: Page, picture: Path) -> list[str]:
    """What is wrong with a page; pictures of it are left at both widths."""
    headings = page.locator("h1").count()
    wrong = [f"{page.url} has {headings} h1"] if headings != 1 else []
    for check in (check_accessible, check_width):
        try:
            check(page)
        except AssertionError as error:
            wrong.append(str(error))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=f"{picture}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong


def test_a_case_follows_by_itself(browser: Browser, office: Office) -> None:
    """What a colleague does appears in an open page, without touching it."""
    with (
        page_of(browser, office, "profesional") as page,
        office.client("profesional") as colleague,
    ):
        page.goto("/casos/")
        page.get_by_role("link", name="Rosa Mamani").click()
        case_id = urlsplit(page.url).path.rpartition("/")[2]
        advice = {"tema": "INF", "texto": "Una orientación que llega sola."}
        answer = colleague.post(f"/casos/api/v1/casos/{case_id}/orientaciones", json=advice)
        assert answer.status_code == 200
        page.get_by_text("Una orientación que llega sola.").wait_for(timeout=30_000)
