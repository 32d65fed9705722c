"""Sheets for tests: one that was published and may be given today."""

from datetime import timedelta

from casos.orientaciones.models import FichaOrientacion
from casos.orientaciones.states import Estado
from oficina import clock


def ficha_publicada(codigo: str, *temas: str) -> FichaOrientacion:
    """A sheet about some themes, in Spanish and Kreyòl."""
    hoy = clock.today()
    return FichaOrientacion(
        codigo=codigo,
        numero=1,
        temas=list(temas) or ["SAL"],
        textos={
            "es": {"titulo": f"Hoja {codigo}", "texto": "Uno.\n\n- dos\n- tres"},
            "ht": {"titulo": f"Fèy {codigo}", "texto": "En."},
        },
        fuente="Ley sintética",
        por_confirmar=True,
        estado=Estado.PUBLICADA,
        vigente_desde=hoy - timedelta(days=1),
        revisar_el=hoy + timedelta(days=30),
        revisada_por="Quien revisa",
        editada_por="Quien edita",
        editada_en=clock.now(),
        publicada_en=clock.now(),
    )
