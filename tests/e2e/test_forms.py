"""Forms that come back: what is wrong is told, leads to its field and is where one begins to read;
and what is done to many at once, seen before it is done.
"""

import re

import pytest
from playwright.sync_api import Browser, Page

from e2e.hands import Keyboard, Pointer, check_accessible, check_width, page_of
from office import Office
from oficina.calendar_cl import sumar_dias_habiles
from oficina.clock import today

FORMS = {
    "": ["/casos/abiertos/expediente"],
    "profesional": [
        "/casos/personas/nueva",
        "/casos/atenciones/nueva",
        "/casos/incidentes/reportar",
        "/casos/red/propuestas/nueva",
        "/casos/comunidad/organizaciones/nueva",
        "/casos/comunidad/discriminacion/nuevo",
        "/casos/comunidad/obstaculos/anotar",
    ],
    "coordinacion": [
        "/casos/importaciones",
        "/casos/plazos/calendario",
        "/casos/red/instituciones/nueva",
        "/casos/red/cargas/nueva",
        "/casos/orientaciones/fichas/nueva",
        "/casos/temas/propios/nuevo",
        "/casos/programas/nuevo",
        "/casos/convenios/nuevo",
        "/notificaciones/bajas",
        "/notificaciones/reglas/nueva",
        "/notificaciones/plantillas/nueva",
    ],
}


def _send_empty(page: Page) -> None:
    """Send the last form of the page as whoever leaves everything blank."""
    form = page.locator("main form[method=post]").last
    form.evaluate(
        """form => {
            form.noValidate = true;
            for (const field of form.querySelectorAll("input:not([type=hidden]), textarea, select"))
                if (["radio", "checkbox"].includes(field.type)) field.checked = false;
                else field.value = "";
        }"""
    )
    with page.expect_navigation():
        form.locator("button").last.evaluate("button => button.click()")


@pytest.mark.parametrize("role", FORMS)
def test_what_is_wrong_leads_to_its_field(browser: Browser, office: Office, role: str) -> None:
    wrong: list[str] = []
    with page_of(browser, office, role) as page:
        for address in FORMS[role]:
            page.goto(address)
            _send_empty(page)
            page.locator("#errores").wait_for()
            if not page.evaluate("document.activeElement.id === 'errores'"):
                wrong.append(f"{address}: the errors are not where one begins to read")
            items = page.locator("#errores li").count()
            ids = page.eval_on_selector_all("#errores a", "all => all.map(a => a.hash.slice(1))")
            if not ids or len(ids) != items:
                wrong.append(f"{address}: {items} errors, {len(ids)} lead to a field")
            places = [page.evaluate(_PLACE, one) for one in ids]
            if None in places or places != sorted(places):
                wrong.append(f"{address}: not in the order of the page: {ids}")
            try:
                check_accessible(page)
                check_width(page)
            except AssertionError as error:
                wrong.append(str(error))
    assert not wrong, "\n\n".join(wrong)


_PLACE = """id => {
    const place = [...document.querySelectorAll("main *")].findIndex(one => one.id === id);
    return place < 0 ? null : place;
}"""


@pytest.mark.parametrize("scripts", [True, False], ids=["keyboard", "without script"])
def test_a_task_for_several_cases_is_seen_before_it_is_given(
    browser: Browser, office: Office, *, scripts: bool
) -> None:
    with page_of(browser, office, "profesional", scripts=scripts, width=360) as page:
        hand = Keyboard(page) if scripts else Pointer(page)
        page.goto("/casos/")
        box = page.locator("input[name=caso]").first
        folio = (box.get_attribute("aria-label") or "").removeprefix("Marcar ")
        box.check()
        hand.press("Agregarles una tarea")
        page.get_by_role("heading", name="Agregar una tarea a varios casos").wait_for()
        hand.write("Qué hay que hacer", "Llamar a la persona")
        hand.press("Ver qué pasaría")
        page.get_by_text("Falta este dato.").first.wait_for()
        assert page.get_by_label("Qué hay que hacer").input_value() == "Llamar a la persona"
        day = sumar_dias_habiles(today(), 5)
        page.get_by_label("Hasta cuándo").fill(day.isoformat())
        hand.press("Ver qué pasaría")
        page.get_by_text("Todavía no se cambió nada.").wait_for()
        assert page.get_by_role("link", name=folio).count() == 1
        check_width(page)
        if scripts:
            check_accessible(page)


def test_the_places_unfold_on_a_small_screen_without_script(
    browser: Browser, office: Office
) -> None:
    with page_of(browser, office, "coordinacion", scripts=False, width=360) as page:
        page.goto("/casos/plazos")
        place = page.get_by_role("navigation", name="Principal").get_by_role("link", name="Red")
        assert not place.is_visible()
        Pointer(page).open("Menú: Casos")
        place.click()
        page.wait_for_url(re.compile("/casos/red$"))
        check_width(page)


def test_going_back_to_what_was_found_does_not_send_it_again(
    browser: Browser, office: Office
) -> None:
    with page_of(browser, office, "recepcion") as page:
        page.goto("/casos/recepcion")
        hand = Pointer(page)
        page.get_by_role("searchbox").fill("jean")
        hand.press("Buscar")
        hand.follow("Jean Louis")
        page.get_by_role("heading", name="Jean Louis", level=1).wait_for()
        page.go_back()
        page.get_by_role("heading", name="Resultados").wait_for()
        assert page.get_by_role("searchbox").input_value() == "jean"
        assert "jean" not in page.url


def test_an_hour_that_is_written_by_half_is_not_sent_as_none(
    browser: Browser, office: Office
) -> None:
    with page_of(browser, office, "coordinacion") as page:
        page.goto("/notificaciones/reglas/nueva")
        hour = page.get_by_label("A esta hora de ese día")
        hour.press_sequentially("10")
        assert hour.evaluate("field => field.validity.badInput")
        page.get_by_role("button", name="Guardar").click()
        page.wait_for_function(
            "field => field === document.activeElement", arg=hour.element_handle()
        )
        assert page.locator("#errores").count() == 0
        assert hour.evaluate("field => field.validity.badInput")

        hour.fill("10:00")
        page.get_by_role("button", name="Guardar").click()
        page.locator("#errores").wait_for()


def test_a_button_that_stands_alone_is_a_button(browser: Browser, office: Office) -> None:
    with page_of(browser, office, "coordinacion") as page:
        page.goto("/notificaciones/plantillas")
        alone = page.get_by_role("link", name="Hacer una plantilla")
        assert alone.evaluate("link => parseFloat(getComputedStyle(link).paddingLeft)") > 5
