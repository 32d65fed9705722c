"""Countries and languages on offer."""

from casos.personas.catalogos import idiomas, paises
from oficina.countries import in_the_alphabet


def test_los_paises_estan_en_el_orden_de_un_diccionario() -> None:
    nombres = [nombre for _codigo, nombre in paises("es")]

    assert nombres.index("Bélgica") < nombres.index("Benín")
    assert nombres.index("Omán") > nombres.index("Noruega")
    assert nombres[-1] == "Zimbabue"
    assert sorted(["ñandú", "nube", "oso", "nácar"], key=in_the_alphabet) == [
        "nácar",
        "nube",
        "ñandú",
        "oso",
    ]


def test_los_nombres_son_los_que_se_usan_en_chile() -> None:
    assert {"Costa de Marfil", "Islas Åland", "Apátrida"} <= {nombre for _, nombre in paises("es")}
    assert ("arn", "Mapudungun") in idiomas("es")
    assert ("CIV", "Côte d’Ivoire") in paises("en")
