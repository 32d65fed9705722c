"""*Cargar planillas* in the browser: bring a register, see what will happen, load it once."""

from io import BytesIO

import xlsxwriter
from playwright.sync_api import Browser, FilePayload, Page, expect

from e2e.hands import Pointer, check_accessible, check_width, page_of
from office import Office

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILAS = [
    ["FECHA ATENCIÓN", "NOMBRE COMPLETO", "RUT / PASAPORTE", "NACIONALIDAD", "MOTIVO CONSULTA"],
    ["02/01/2024", "Rosa Sintética Registro", "s/d", "Perú", "RSH"],
    ["03/01/2024", "Luis Sintético Registro", "s/d", "Perú", "RSH"],
    ["32/01/2024", "Inés Sintética Registro", "s/d", "Perú", "RSH"],
]


def test_a_register_is_brought_looked_at_and_loaded_once(browser: Browser, office: Office) -> None:
    """Two rows are loaded and one says why it is not; the same file again loads nothing."""
    with page_of(browser, office, "coordinacion") as page:
        hand = Pointer(page)
        hand.follow("Cargar planillas")
        _bring(page, "notas.xlsx", b"fecha;nombre")
        expect(page.get_by_role("alert")).to_contain_text("No se reconoce por sus títulos")
        expect(page.get_by_role("alert")).to_contain_text("No se reconoce por sus títulos")
        check_accessible(page)

        _bring(page, "registro.xlsx", _libro())
        assert _cifra(page, "Se cargarán") == "2"
        assert _cifra(page, "Filas que quedan fuera") == "1"
        mala = page.get_by_role("row").filter(has_text="No se carga")
        expect(mala).to_contain_text("ENERO 2024 4")
        expect(mala).to_contain_text("32/01/2024")
        check_accessible(page)
        check_width(page)

        hand.press("Cargar 2 filas")
        # The page follows by itself: nobody reloads it.
        expect(page.get_by_text("Cargada", exact=True)).to_be_visible(timeout=15_000)
        assert _cifra(page, "Filas nuevas") == "2"
        check_accessible(page)

        hand.follow("Cargar planillas")
        _bring(page, "registro.xlsx", _libro())
        assert (_cifra(page, "Se cargarán"), _cifra(page, "Ya estaban cargadas")) == ("0", "2")
        expect(page.get_by_role("button", name="Cargar")).to_have_count(0)
        hand.press("Descartar el archivo")
        expect(page.get_by_role("heading", level=1)).to_have_text("Cargar planillas")


def test_the_network_is_seen_as_it_would_be_and_loaded_whole(
    browser: Browser, office: Office
) -> None:
    """A sheet with an error loads nothing and says where; corrected, what changes is seen first."""
    fila = {"Sigla": "PLANE2E", "Institución": "Sintética E2E", "Tipo": "ONG", "Ámbito": "lunar"}
    with page_of(browser, office, "coordinacion") as page:
        hand = Pointer(page)
        hand.follow("Cargar planillas")
        check_accessible(page)
        check_width(page)
        page.get_by_label("Qué trae").select_option("red")
        _bring(page, "red.csv", _csv(fila))
        errores = page.get_by_role("region", name="Lo que hay que corregir")
        expect(errores).to_contain_text("Ámbito: «lunar»")
        expect(page.get_by_role("button", name="Cargar todo")).to_have_count(0)
        check_accessible(page)
        check_width(page)

        hand.press("Descartar el archivo")
        _bring(page, "red.csv", _csv(fila | {"Ámbito": "local"}))
        hand.press("Cargar todo")
        expect(page.get_by_text("Cargada", exact=True)).to_be_visible()
        hand.follow("Cargar planillas")
        _bring(page, "red.csv", _csv(fila | {"Ámbito": "externa"}))
        expect(page.get_by_text("«En la comuna» → «Fuera de la comuna»")).to_be_visible()
        check_accessible(page)
        check_width(page)


def _csv(fila: dict[str, str]) -> bytes:
    return "\n".join((";".join(fila), ";".join(fila.values()))).encode()


def _libro() -> bytes:
    salida = BytesIO()
    with xlsxwriter.Workbook(salida) as libro:
        hoja = libro.add_worksheet("ENERO 2024")
        for numero, fila in enumerate(FILAS):
            hoja.write_row(numero, 0, fila)
    return salida.getvalue()


def _bring(page: Page, nombre: str, contenido: bytes) -> None:
    archivo = FilePayload(name=nombre, mimeType=XLSX, buffer=contenido)
    page.get_by_label("Archivo de Excel o CSV").set_input_files(archivo)
    page.get_by_role("button", name="Revisar el archivo").click()


def _cifra(page: Page, titulo: str) -> str:
    """The number that a page gives below a title."""
    termino = page.locator("dt").filter(has_text=titulo)
    return termino.locator("xpath=following-sibling::dd[1]").inner_text().split()[0]
