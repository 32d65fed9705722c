"""A case's story in the browser, told twice: without any script, and with the keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.hands import Hand, Keyboard, Pointer, check_accessible, page_of, sign_in
from office import Office, wait_until
from oficina import clock
from oficina.calendar_cl import sumar_dias_habiles


class Teller:
    """Who tells the story: a browser, an office, and a way to use pages."""

    def __init__(self, browser: Browser, office: Office, *, keyboard: bool) -> None:
        self._browser, self._office, self._keyboard = browser, office, keyboard

    @contextmanager
    def as_(self, role: str = "") -> Iterator[Hand]:
        """The hand of somebody in front of their own browser."""
        with page_of(self._browser, self._office, scripts=self._keyboard) as page:
            hand = Keyboard(page) if self._keyboard else Pointer(page)
            if role:
                sign_in(hand, self._office, role)
            yield hand

    def look(self, page: Page) -> None:
        """See that whoever uses other means reads the page too; needs scripts itself."""
        if self._keyboard:
            check_accessible(page)


@pytest.fixture(params=["without-scripts", "keyboard-only"])
def teller(request: pytest.FixtureRequest, browser: Browser, office: Office) -> Teller:
    return Teller(browser, office, keyboard=request.param == "keyboard-only")


def test_a_case_travels_the_whole_office(teller: Teller, request: pytest.FixtureRequest) -> None:
    apellido = "Sinscript" if "without" in request.node.name else "Teclado"
    with teller.as_("recepcion") as hand:
        _register(hand, teller, apellido)
        folio = _attend(hand, teller, apellido)
    with teller.as_("profesional") as hand:
        _work_on(hand, teller, folio)
        derivation = _derive(hand, teller)
    with teller.as_("coordinacion") as hand:
        link = _mail(hand, teller, derivation)
    with teller.as_() as hand:
        _answer(hand, teller, link)
    with teller.as_("profesional") as hand:
        _timeline(hand, folio)


def _register(hand: Hand, teller: Teller, apellido: str) -> None:
    page = hand.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Recepción")
    hand.write("Buscar o registrar a una persona", f"Emmanuel {apellido}")
    hand.press("Buscar")
    teller.look(page)
    hand.press("Registrar a una persona nueva")
    hand.write("Nombres", "Emmanuel")
    hand.write("Primer apellido", apellido)
    hand.write("Teléfono", "12")
    hand.press("Registrar")
    expect(page.get_by_role("alert")).to_contain_text("teléfono")
    expect(page.get_by_label("Nombres", exact=True)).to_have_value("Emmanuel")
    teller.look(page)
    hand.write("Teléfono", "+56 9 0000 0202")
    hand.choose("Nacionalidad", "Haití")
    hand.press("Registrar")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Emmanuel {apellido}")
    teller.look(page)


def _attend(hand: Hand, teller: Teller, apellido: str) -> str:
    """Record the attention that opens the case; returns the case's folio."""
    page = hand.page
    hand.follow("Registrar atención")
    teller.look(page)
    hand.choose("Canal", "En la oficina")
    hand.choose("Tema", "Residencia temporal")
    hand.choose("Resultado", "Se abre un caso")
    hand.press("Registrar atención")
    page.goto("/casos/recepcion")
    hand.write("Buscar o registrar a una persona", apellido)
    hand.press("Buscar")
    hand.follow(f"Emmanuel {apellido}")
    link = page.get_by_role("link", name="OM-").first
    folio: str = link.inner_text()
    return folio


def _work_on(hand: Hand, teller: Teller, folio: str) -> None:
    page = hand.page
    page.goto("/casos/?de=sin_asignar")
    hand.follow(folio)
    teller.look(page)
    hand.open("Tomar el caso")
    hand.press("Tomar el caso")
    hand.open("Dar orientación")
    hand.choose("Tema", "Residencia temporal")
    hand.write("Qué se orientó", "Se explican los requisitos.")
    hand.press("Registrar orientación")
    hand.open("Elevar a segunda instancia")
    hand.press("Elevar a segunda instancia")
    expect(page.get_by_role("alert")).to_contain_text("Motivo")
    hand.choose("Motivo", "Regularización migratoria")
    hand.press("Elevar a segunda instancia")
    hand.open("Evaluar")
    hand.choose("Riesgo", "Bajo")
    hand.tick("Sí")
    hand.write("Fundamento", "Falta apoyo jurídico.")
    hand.press("Guardar evaluación")
    teller.look(page)


def _derive(hand: Hand, teller: Teller) -> str:
    """Send the case to the network; returns the derivation's folio."""
    page = hand.page
    hand.follow("Derivar a la red")
    teller.look(page)
    hand.follow("Elegir Orientación legal migratoria")
    teller.look(page)
    hand.write("Para qué se deriva", "Acompañar la solicitud de residencia.")
    hand.tick("Consentimiento de la persona")
    hand.tick("De palabra")
    hand.choose("Idioma en que se leyó", "Español")
    hand.press("Ver lo que se compartirá")
    expect(page.get_by_text("Todavía no se ha enviado")).to_be_visible()
    teller.look(page)
    hand.press("Confirmar y enviar")
    teller.look(page)
    heading = page.get_by_role("heading", level=1).inner_text()
    return next(word for word in heading.split() if word.startswith("D-"))


def _mail(hand: Hand, teller: Teller, derivation: str) -> str:
    """The link in the mail that the institution was sent, as the outbox shows it."""
    page = hand.page
    sent = page.get_by_role("row").filter(has_text=derivation)

    def has_left() -> bool:
        page.goto("/notificaciones/salida")
        return bool(sent.count()) and "Enviado" in sent.first.inner_text()

    wait_until("the mail", has_left)
    sent.first.get_by_role("link").click()
    teller.look(page)
    link = page.get_by_role("link", name="/casos/enlace/").first
    return urlsplit(link.get_attribute("href") or "").path


def _answer(hand: Hand, teller: Teller, link: str) -> None:
    page = hand.page
    page.goto(link)
    expect(page.get_by_text("Enviada, sin respuesta")).to_be_visible()
    teller.look(page)
    hand.press("Confirmar que se recibió")
    hand.press("Aceptar la derivación")
    hand.follow("Informar que se cumplió")
    hand.press("Enviar la respuesta")
    expect(page.get_by_role("alert")).to_be_visible()
    teller.look(page)
    hand.write("Qué se entregó a la persona", "Se presentó la solicitud.")
    hand.press("Enviar la respuesta")
    expect(page.get_by_text("Cumplida, por verificar")).to_be_visible()


def _timeline(hand: Hand, folio: str) -> None:
    page = hand.page
    page.goto("/casos/?de=mios")
    hand.follow(folio)
    told = page.locator(".of-historia").last

    def tells_it() -> bool:
        page.reload()
        text = told.inner_text().lower()
        return "aceptó" in text or "aceptada" in text

    wait_until("the answer in the case's story", tells_it)


def test_an_appointment_and_its_reminder(browser: Browser, office: Office) -> None:
    """Booked from the case, reminded in the person's language, cancelled with its reminder."""
    with page_of(browser, office, "profesional") as page:
        hand = Pointer(page)
        page.goto("/casos/?de=mios")
        hand.follow("Jean Louis Baptiste")
        hand.follow("Agendar una cita")
        expect(page.get_by_role("heading", level=1)).to_have_text("Agendar una cita")
        check_accessible(page)
        day = sumar_dias_habiles(clock.today(), 9)
        page.get_by_label("Día").fill(day.isoformat())
        page.get_by_label("Hora", exact=True).fill("12:00")
        hand.choose("Con quién", "Pablo Profesional")
        hand.choose("Duración", "45 minutos")
        hand.choose("Lugar", "Oficina")
        hand.press("Agendar")
        check_accessible(page)
        address = page.url
        hand.follow("Ver los recordatorios de esta cita")
        expect(page.get_by_text("kreyòl ayisyen").first).to_be_visible()
        page.goto(address)
        hand.follow("Cancelar la cita")
        check_accessible(page)
        hand.tick("Ya no hace falta")
        hand.press("Cancelar la cita")
        hand.follow("Ver los recordatorios de esta cita")
        rows = page.get_by_role("row").filter(has_text="Cancelad")
        expect(rows).to_have_count(2)
