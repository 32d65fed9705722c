"""What reportes tells."""

from oficina.events.base import HechoDePurga, evento


@evento("reportes.purga.confirmada", sujeto_id="supresion_id")
class ReportesPurgada(HechoDePurga):
    """reportes tells somebody apart by another code, which leads to nobody."""
