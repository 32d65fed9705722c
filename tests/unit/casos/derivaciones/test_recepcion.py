"""Reception follows a case without learning what was derived, or when it is due."""

from casos.derivaciones.states import Estado

from .casos_app import Casos


def test_el_plazo_de_una_derivacion_no_se_dice_en_recepcion(casos: Casos) -> None:
    casos.mundo.en(Estado.ENVIADA)
    path = f"/casos/{casos.mundo.caso_id}"

    de_recepcion = casos.api("recepcion", "GET", path).json
    de_profesional = casos.api("profesional", "GET", path).json

    assert de_profesional["vence_en"] is not None
    assert not {"vence_en", "atrasado", "hitos", "tema", "tipo"} & de_recepcion.keys()
    assert de_recepcion["estado"] == "en_gestion"
