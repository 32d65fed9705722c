"""Every page that a role can reach by links: accessible, readable at 360 px, our own rules kept."""

import re
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from e2e.hands import Pointer, check_accessible, check_width, page_of
from e2e.rounds import Round, shape
from office import ROLES, Office, wait_until
from oficina.bus.tables import Estado, Inbox
from oficina.db import Database

SAME_SHAPE = 2
"""How many pages of one shape are visited: the cases are many, the page is one. Of the second one
only what its data may break is looked at.
"""
SAME_PATH = 6
"""How many of one path, whatever they filter by: each filter is tried where it is made."""


@pytest.mark.parametrize("role", ["", *ROLES])
def test_every_page(browser: Browser, office: Office, pictures: Path | None, role: str) -> None:
    walk = Round(role, same_shape=SAME_SHAPE, same_path=SAME_PATH)
    wrong: list[str] = []
    with page_of(browser, office, role) as page:
        for address in walk:
            answer = page.goto(address)
            if answer is None or "html" not in answer.headers.get("content-type", ""):
                continue
            if answer.status >= 500:
                wrong.append(f"{address}: {answer.status}")
            name = f"{role or 'calle'}{shape(address).replace('/', '_')[:80]}"
            wrong += _inspect(page, pictures, name) if walk.is_first(address) else _glance(page)
            walk.add(_links(page))
    assert not wrong, "\n\n".join(wrong)
    assert walk.is_whole()


def _links(page: Page) -> list[str]:
    found = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    own = urlsplit(page.url).netloc
    whole = [urlsplit(urljoin(page.url, href)) for href in found]
    return [
        f"{link.path}?{link.query}" if link.query else link.path
        for link in whole
        if link.netloc == own
    ]


def _glance(page: Page) -> list[str]:
    """What is wrong with a page, as far as it is seen without reading it."""
    headings = page.locator("h1").count()
    wrong = [f"{page.url} has {headings} h1"] if headings != 1 else []
    try:
        check_width(page)
    except AssertionError as error:
        wrong.append(str(error))
    return wrong


def _inspect(page: Page, pictures: Path | None, name: str) -> list[str]:
    """What is wrong with a page; pictures of it at both widths for whoever wants to look."""
    wrong = _glance(page)
    try:
        check_accessible(page)
    except AssertionError as error:
        wrong.append(str(error))
    if pictures:
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=pictures / f"{name}-{width}.png", full_page=True)
    return wrong


@pytest.mark.parametrize("typed", ["jean", "xyz 123456"])
def test_a_search_and_the_registering_that_follows(
    browser: Browser, office: Office, pictures: Path | None, typed: str
) -> None:
    """Pages that answer a form, where no link leads; nothing that was typed is in an address."""
    wrong: list[str] = []
    addresses: list[str] = []
    with page_of(browser, office, "recepcion") as page:
        page.on("request", lambda request: addresses.append(request.url))
        page.goto("/casos/recepcion")
        page.get_by_role("searchbox").fill(typed)
        page.get_by_role("button", name="Buscar", exact=True).click()
        page.get_by_role("heading", name="Resultados").wait_for()
        assert page.get_by_role("searchbox").input_value() == typed
        wrong += _inspect(page, pictures, f"buscar-{typed.replace(' ', '-')}")
        page.get_by_role("button", name="Registrar a una persona nueva").click()
        page.get_by_role("heading", name="Registrar persona", level=1).wait_for()
        wrong += _inspect(page, pictures, f"registrar-{typed.replace(' ', '-')}")
    assert not wrong, "\n\n".join(wrong)
    assert not [address for address in addresses if "jean" in address or "xyz" in address]


def test_what_is_printed_has_nothing_to_press(
    browser: Browser, office: Office, pictures: Path | None
) -> None:
    """On paper stands what is known: no places to go to, no forms, nothing folded away."""
    printed = {
        "caso": ("Rosa Mamani", "Historia del caso"),
        "derivacion": ("D-2026-", "Lo que se compartió"),
        "hoja": ("Sus derechos al arrendar", "Pida un contrato escrito"),
        "reporte": ("noviembre de|[a-z]+ de 20", "Atenciones por nacionalidad"),
        "guia": ("Guía para imprimir", "Documentos que piden"),
    }
    with page_of(browser, office, "profesional") as page:
        for name, start in {
            "caso": "/casos/",
            "derivacion": "/casos/derivaciones",
            "hoja": "/casos/orientaciones",
            "reporte": "/reportes/",
            "guia": "/casos/red",
        }.items():
            link, says = printed[name]
            page.emulate_media(media="screen")
            page.goto(start)
            page.get_by_role("main").get_by_role("link", name=re.compile(link)).first.click()
            page.emulate_media(media="print")
            page.get_by_text(says).first.wait_for()
            pressed = page.locator(
                "header, footer, nav, summary, main button, main .btn"
            ).locator("visible=true")  # fmt: skip
            assert pressed.all_text_contents() == [], name
            heading = page.locator(".of-papel")
            assert "Oficina de Migración" in heading.inner_text(), name
            assert re.search(r"Como lo veía .+ el .+ 20\d\d, \d\d:\d\d", heading.inner_text())
            if pictures:
                page.screenshot(path=pictures / f"papel-{name}.png", full_page=True)


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
        case = f"/casos/api/v1/casos/{case_id}"
        read = {"If-Match": colleague.get(case).headers["ETag"]}
        answer = colleague.post(f"{case}/orientaciones", json=advice, headers=read)
        assert answer.status_code == 200
        page.get_by_text("Una orientación que llega sola.").wait_for()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without"])
def test_an_operator_finds_a_parked_fact_and_has_it_tried_again(
    browser: Browser, office: Office, scripts: bool
) -> None:
    parked = _park(office.data / "reportes.db")
    with page_of(browser, office, "administrador", scripts=scripts) as page:
        page.goto("/eventos/operacion")
        page.locator(f'a[href$="/reportes/{parked}"]').wait_for()
        pages = ["/", f"/reportes/{parked}", f"/reportes/{parked}/saltar", "/reportes/reintentar"]
        for address in pages:
            page.goto(f"/eventos/operacion{address.rstrip('/')}")
            check_width(page)
            if scripts:
                check_accessible(page)
        page.goto(f"/eventos/operacion/reportes/{parked}")
        page.get_by_role("button", name="Intentar ahora").click()
        page.get_by_text("Se intenta de nuevo.").wait_for()

        def is_done() -> bool:
            page.get_by_role("link", name="Actualizar").click()
            return page.get_by_text("Se hizo", exact=True).is_visible()

        wait_until("the fact", is_done)


def test_an_operator_has_a_service_hear_again_without_script(
    browser: Browser, office: Office
) -> None:
    with page_of(browser, office, "administrador", scripts=False) as page:
        hand = Pointer(page)
        page.goto("/eventos/operacion")
        hand.follow("Volver a hacer hechos")
        hand.choose("Quién debe oírlos", "reportes")
        hand.choose("Quién los contó", "casos")
        hand.choose("Tipo", "casos.caso.abierto")
        hand.write("Por qué", "las cifras se leyeron mal")
        hand.press("Ver cuántos son")
        page.get_by_role("button", name="Volver a hacerlos").wait_for()
        check_width(page)
        hand.press("Volver a hacerlos")
        page.get_by_text(re.compile(r"reportes hace otra vez \d+ hechos\.")).wait_for()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_unit_subscribes_tries_it_and_closes_it(
    browser: Browser, office: Office, pictures: Path | None, *, scripts: bool
) -> None:
    """The pages of a subscription, to which no link leads while there is none."""
    wrong: list[str] = []
    with page_of(browser, office, "contraparte_unidad", scripts=scripts) as page:
        hand = Pointer(page)

        def look(name: str) -> None:
            # What looks for accessibility is a script.
            if scripts:
                wrong.extend(_inspect(page, pictures, name))
            else:
                check_width(page)

        page.goto("/notificaciones/suscripciones")
        hand.follow("Suscribir una unidad")
        hand.press("Suscribir")
        page.get_by_role("heading", name="Hay datos que corregir").wait_for()
        look("suscripcion-mal")
        hand.choose("Unidad", "Desarrollo Comunitario")
        hand.write("Nombre", "Tablero de la unidad")
        hand.tick("Se atendió a alguien")
        hand.write("Para qué", "Coordinar la atención con la unidad")
        hand.choose("Base legal", "Función legal de los organismos públicos")
        hand.tick("Canal Atom")
        hand.press("Suscribir")
        page.get_by_text("/atom.xml").wait_for()
        look("suscripcion-secreto")
        hand.follow("Ya lo guardé")
        hand.press("Enviar una prueba")
        page.get_by_text("La prueba ya está en el canal.").wait_for()
        look("suscripcion")
        hand.follow("Se atendió a alguien")
        page.get_by_role("heading", name="Se atendió a alguien", level=1).wait_for()
        look("entrega")
        hand.follow("Tablero de la unidad")
        hand.press("Cerrar la suscripción")
        page.get_by_text("La suscripción está cerrada.").wait_for()
    assert not wrong, "\n\n".join(wrong)


def _park(path: Path) -> UUID:
    """Give up a fact that was done, as if its handler had failed eight times."""
    db = Database(f"sqlite:///{path}")
    with db.begin() as session:
        row = session.scalars(select(Inbox).where(Inbox.estado == Estado.HECHO).limit(1)).one()
        row.estado, row.intentos, row.hecho_en = Estado.MUERTO, 8, None
        row.error = "RuntimeError (handlers.py:16 pedir_lectura)"
    db.close()
    return row.evento_id
