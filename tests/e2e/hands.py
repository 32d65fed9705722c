"""Two ways to use a page: with a pointer and without any script, or with the keyboard alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request

from office import Office

AXE = Axe()
# Only what is wrong is asked for, and no style sheet is fetched a second time: the rules that look
# at style sheets are none of those that are tried. How large what is pressed must be (WCAG 2.2,
# 2.5.8) axe does not try unless told to.
_ONLY_WRONG = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
AXE_OPTIONS = {**_ONLY_WRONG, "rules": {"target-size": {"enabled": True}}}
AXE_TARGETS = {**_ONLY_WRONG, "runOnly": {"type": "rule", "values": ["target-size"]}}
LONGEST_PAGE = 400


class Hand(Protocol):
    """What a person does on a page. Fields, buttons and links are found by what is read on them."""

    page: Page

    def write(self, label: str, text: str) -> None:
        """Fill a field."""

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""

    def tick(self, label: str) -> None:
        """Tick a box, or one of several."""

    def open(self, title: str) -> None:
        """Unfold what stands below a title."""

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""

    def follow(self, name: str) -> None:
        """Follow a link."""


class Pointer:
    """A pointer; nothing depends on scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def write(self, label: str, text: str) -> None:
        """Fill a field."""
        _field(self.page, label).fill(text)

    def choose(self, label: str, option: str) -> None:
        """Choose from a list."""
        _field(self.page, label).select_option(label=option)

    def tick(self, label: str) -> None:
        """Tick a box, or one of several."""
        _field(self.page, label).check()

    def open(self, title: str) -> None:
        """Unfold what stands below a title."""
        _summary(self.page, title).click()

    def press(self, name: str) -> None:
        """Press a button and wait for the page that follows."""
        _button(self.page, name).click()

    def follow(self, name: str) -> None:
        """Follow a link."""
        _link(self.page, name).click()


class Keyboard:
    """Tab, arrows, space and enter. What cannot be reached with Tab cannot be used."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def write(self, label: str, text: str) -> None:
        """Tab to a field and type over what it holds."""
        self._reach(_field(self.page, label))
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        """Tab to a list and type the beginning of an option."""
        field = _field(self.page, label)
        self._reach(field)
        self.page.keyboard.type(option)
        chosen = field.evaluate("list => list.selectedOptions[0].label")
        assert chosen == option, f"{label}: typing «{option}» chose «{chosen}»"

    def tick(self, label: str) -> None:
        """Tab to a box and press space; among several, move with the arrows."""
        field = _field(self.page, label)
        if field.get_attribute("type") == "radio":
            name = field.get_attribute("name")
            self._reach(self.page.locator(f'input[type=radio][name="{name}"]'))
            for _ in range(20):
                if field.is_checked():
                    return
                focused = field.evaluate("box => box === document.activeElement")
                self.page.keyboard.press("Space" if focused else "ArrowDown")
            raise AssertionError(f"the arrows do not reach {label}")
        self._reach(field)
        if not field.is_checked():
            self.page.keyboard.press("Space")

    def open(self, title: str) -> None:
        """Tab to a title and press enter."""
        self._reach(_summary(self.page, title))
        self.page.keyboard.press("Enter")

    def press(self, name: str) -> None:
        """Tab to a button and press enter."""
        self._enter(_button(self.page, name))

    def follow(self, name: str) -> None:
        """Tab to a link and press enter."""
        self._enter(_link(self.page, name))

    def _enter(self, target: Locator) -> None:
        self._reach(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def _reach(self, targets: Locator) -> None:
        """Tab until one of `targets` has the focus, and see that the focus can be seen."""
        for _ in range(LONGEST_PAGE):
            if targets.evaluate_all("all => all.includes(document.activeElement)"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {targets}")


def _field(page: Page, label: str) -> Locator:
    main = page.get_by_role("main")
    return main.get_by_label(label, exact=True).or_(
        main.get_by_label(f"{label} (opcional)", exact=True)
    ).locator("visible=true")  # fmt: skip


def _summary(page: Page, title: str) -> Locator:
    return page.locator("summary").filter(has_text=title)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True).locator("visible=true")


def _link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).first


@contextmanager
def page_of(
    browser: Browser, office: Office, role: str = "", *, scripts: bool = True, width: int = 1280
) -> Iterator[Page]:
    """A page of a new browser, signed in with a role; it fails on errors and on foreign requests.

    A page of ours asks nothing of any other site, and breaks none of its own rules.
    """
    context = browser.new_context(
        base_url=office.url,
        java_script_enabled=scripts,
        locale="es-CL",
        viewport={"width": width, "height": 900},
    )
    page = context.new_page()
    wrong: list[str] = []

    def on_request(request: Request) -> None:
        if not request.url.startswith((office.url, "data:")):
            wrong.append(f"asked {request.url}")

    def on_console(message: ConsoleMessage) -> None:
        # A page that answers with its form and 4xx is no error of the page.
        if message.type == "error" and "Failed to load resource" not in message.text:
            wrong.append(message.text)

    page.on("request", on_request)
    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    try:
        if role:
            sign_in(Pointer(page), office, role)
        yield page
    finally:
        context.close()
    assert not wrong, wrong


def sign_in(hand: Hand, office: Office, role: str) -> None:
    """From the sign-in page to the home of a role."""
    user, password = office.accounts[role]
    hand.page.goto("/identidad/entrar")
    hand.write("Usuario", user)
    hand.write("Clave", password)
    hand.press("Entrar")
    hand.page.get_by_role("button", name="Cerrar sesión").wait_for()


def check_accessible(page: Page, width: int = 360) -> None:
    """No violation that axe-core knows of; and nothing to press too small or too close to another
    on a narrow page either.
    """
    page.wait_for_load_state()
    found = AXE.run(page, options=AXE_OPTIONS)
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    found = AXE.run(page, options=AXE_TARGETS)
    if before:
        page.set_viewport_size(before)
    assert found.violations_count == 0, f"{page.url} at {width}\n{found.generate_report()}"


# Tables that go on to the side, and what they lack for everybody to see and reach the rest.
_TABLES_TO_SCROLL = """all => all
    .filter(one => one.scrollWidth > one.clientWidth && getComputedStyle(one).overflowX === "auto")
    .map(one => [one.outerHTML.slice(0, 150), [
        one.tabIndex === 0 || "no keyboard",
        one.getAttribute("role") === "region" || "no region",
        one.ariaLabel || one.hasAttribute("aria-labelledby") ? true : "no name",
        getComputedStyle(one).backgroundAttachment.startsWith("local, local") || "no shade",
    ].filter(each => each !== true)])
    .filter(([, lacks]) => lacks.length)"""


def check_width(page: Page, width: int = 360) -> None:
    """At this width no page has to be scrolled sideways to be read; a table that has to, says so
    and is scrolled by keyboard.
    """
    page.wait_for_load_state()
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 800})
    wide = page.evaluate("document.documentElement.scrollWidth")
    tables = page.eval_on_selector_all("main div", _TABLES_TO_SCROLL)
    if before:
        page.set_viewport_size(before)
    assert wide <= width, f"{page.url} is {wide} px wide at {width}"
    assert not tables, f"{page.url} has tables that do not show that they go on: {tables}"
