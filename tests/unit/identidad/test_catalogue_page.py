"""The catalogue of events is public, for people and for programs."""

from typing import Any

from oficina.events import catalogo


def test_everybody_may_read_what_services_tell(oficina: Any) -> None:
    browser = oficina.identidad.test_client()

    page = browser.get("/eventos").get_data(as_text=True)
    document = browser.get("/eventos/asyncapi.json").get_json()

    assert document["asyncapi"] == "3.0.0"
    for kind in catalogo().values():
        assert f"<code>{kind.tipo}</code>" in page
        assert kind.ce_type() in str(document)
