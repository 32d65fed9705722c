"""From an invitation to a second factor: with a pointer and no script, or by the keyboard alone."""

import base64
import re
import time
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Browser, Page

from e2e.hands import Hand, Keyboard, Pointer, check_accessible, check_width, page_of
from office import Office, wait_until


@pytest.mark.parametrize("scripts", [True, False], ids=["keyboard", "pointer, no script"])
def test_an_invited_person_sets_password_and_second_factor(
    browser: Browser, office: Office, scripts: bool
) -> None:
    usuario = "invitada.t" if scripts else "invitada.p"
    clave = f"una frase de {usuario} bien larga"
    enlace = _invite(browser, office, usuario, scripts=scripts)
    with page_of(browser, office, scripts=scripts) as page:
        hand = _hand(page, scripts=scripts)
        page.goto(enlace)
        _look(page, scripts=scripts)
        hand.write("Clave nueva", "password1234")
        hand.write("La misma clave otra vez", "password1234")
        hand.press("Guardar mi clave")
        page.get_by_role("alert").get_by_text("se parece a una que usa mucha gente").wait_for()
        _look(page, scripts=scripts)
        hand.write("Clave nueva", clave)
        hand.write("La misma clave otra vez", clave)
        hand.press("Guardar mi clave")
        page.get_by_text("Su clave está lista: ya puede entrar con ella.").wait_for()
        _enter(hand, usuario, clave)
        hand.follow(f"Persona {usuario}")
        hand.follow("Mi segundo factor")
        _look(page, scripts=scripts)
        hand.follow("Activar mi segundo factor")
        _look(page, scripts=scripts)
        secret = page.locator("code").inner_text().replace(" ", "")
        telephone = TOTP(base64.b32decode(secret), 6, SHA1(), 30)
        hand.write("Código", telephone.generate(time.time() - 30).decode())
        hand.press("Activar")
        page.get_by_role("heading", name="Sus códigos de recuperación").wait_for()
        _look(page, scripts=scripts)
        recovery = page.locator(".of-codigos code").first.inner_text()
        hand.follow("Ya los guardé")
        hand.press("Cerrar sesión")
        _enter(hand, usuario, clave)
        page.get_by_role("heading", name="Código de su teléfono").wait_for()
        _look(page, scripts=scripts)
        hand.write("Código", recovery)
        hand.press("Entrar")
        page.get_by_role("button", name="Cerrar sesión").wait_for()


def test_the_pages_that_follow_a_form(browser: Browser, office: Office) -> None:
    """Where no link leads: what was shown once, and what was not filled in well."""
    with page_of(browser, office, "administrador") as page:
        hand = Pointer(page)
        page.goto("/identidad/clientes/nuevo")
        hand.press("Registrar y ver su secreto")
        page.get_by_role("alert").wait_for()
        _look(page, scripts=True)
        hand.write("Nombre", "Tablero de la unidad")
        hand.write("Identificador", "tablero-e2e")
        hand.tick("Análisis de datos: Lee cifras agregadas, nunca casos ni personas.")
        hand.open("Cuentas y acceso")
        page.locator("#alcance-identidad-unidad-ver").check()
        hand.press("Registrar y ver su secreto")
        page.get_by_role("heading", name="Su secreto").wait_for()
        _look(page, scripts=True)
        hand.follow("Ya lo guardé")
        page.get_by_role("heading", name="Tablero de la unidad").wait_for()
        _look(page, scripts=True)
    with page_of(browser, office) as page:
        page.goto("/identidad/clave-olvidada")
        _look(page, scripts=True)
        Pointer(page).write("Su usuario o su correo", "nadie")
        Pointer(page).press("Enviar el enlace")
        page.get_by_role("heading", name="Revise su correo").wait_for()
        _look(page, scripts=True)


def _invite(browser: Browser, office: Office, usuario: str, *, scripts: bool) -> str:
    """Invite somebody; the path of the link that waits in the outbox."""
    with page_of(browser, office, "administrador", scripts=scripts) as page:
        hand = _hand(page, scripts=scripts)
        hand.follow("Invitar a una persona")
        hand.press("Enviar la invitación")
        page.get_by_role("alert").wait_for()
        _look(page, scripts=scripts)
        hand.write("Nombre completo", f"Persona {usuario}")
        hand.write("Correo electrónico", f"{usuario}@oficina.example")
        hand.tick("Análisis de datos: Lee cifras agregadas, nunca casos ni personas.")
        hand.choose("Unidad", "Control")
        hand.press("Enviar la invitación")
        page.get_by_text("La invitación va en camino a su correo.").wait_for()
        _look(page, scripts=scripts)

        def sent() -> str:
            page.goto("/notificaciones/salida?tipo=invitacion_cuenta&estado=entregada_a_proveedor")
            messages = page.get_by_role("link", name="Invitación a una cuenta")
            if not messages.count():
                return ""
            messages.first.click()
            found = re.search(r"/identidad/enlace/\S+", page.get_by_role("main").inner_text())
            return found[0] if found and usuario in page.content() else ""

        return urlsplit(str(wait_until("the invitation", sent))).path


def _hand(page: Page, *, scripts: bool) -> Hand:
    return Keyboard(page) if scripts else Pointer(page)


def _enter(hand: Hand, usuario: str, clave: str) -> None:
    hand.write("Usuario", usuario)
    hand.write("Clave", clave)
    hand.press("Entrar")


def _look(page: Page, *, scripts: bool) -> None:
    check_width(page)
    if scripts:
        check_accessible(page)
