"""Which plan each kind of directory has."""

from sqlalchemy.orm import Session

from casos.importacion.models import Tipo
from casos.importacion.pliego import Plan, Pliego, Quien
from casos.importacion.programas.plan import planear as _los_programas
from casos.importacion.red.plan import planear as _la_red


def planear(session: Session, pliego: Pliego, quien: Quien) -> Plan:
    """What a file would do now, with all that is wrong with it, in the order of its rows."""
    plan = (_la_red if pliego.tipo is Tipo.RED else _los_programas)(session, pliego, quien)
    plan.problemas[:0] = [uno for uno in pliego.errores if uno not in plan.problemas]
    plan.problemas.sort(key=lambda uno: (uno.hoja, uno.fila))
    return plan
