"""The file that a broker imports says what the handlers say, and which version it is."""

from pathlib import Path

from acogida.definitions import check, main, mark, write
from oficina.bus import topology
from oficina.bus.inbox import Handlers
from oficina.events.casos import CasoAbierto, CasoOrientado


def test_the_file_in_the_repository_is_up_to_date() -> None:
    assert check() == []


def test_a_binding_that_changed_is_noticed(tmp_path: Path) -> None:
    file = tmp_path / "rabbitmq" / "definitions.json"
    assert check(file)
    write(file)
    assert check(file) == []

    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("agenda.cita.agendada", "agenda.cita.otra"), encoding="utf-8")

    assert "not up to date" in check(file)[0]


def test_a_command_that_is_none_says_how_it_is_called() -> None:
    assert main(["check", "write"]) == 2


def test_the_mark_changes_with_what_is_heard_and_with_nothing_else() -> None:
    def heard(*kinds: type[CasoAbierto | CasoOrientado]) -> str:
        handlers = Handlers("agenda")
        for kind in kinds:
            handlers.on(kind)(lambda _session, _hecho, _sobre: None)
        (made,) = mark(topology.whole([handlers])).exchanges
        return made.name

    both = heard(CasoAbierto, CasoOrientado)
    assert heard(CasoOrientado, CasoAbierto) == both
    assert heard(CasoAbierto) != both
