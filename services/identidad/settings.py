"""What the environment must say about signing in, beyond its form (`federacion.perfiles` too)."""

from identidad.models import Rol
from oficina.settings import Settings, SettingsError


def exigen_factor(settings: Settings) -> frozenset[str]:
    """The roles that must have a second factor; SettingsError for one that there is not."""
    asked = settings.roles_con_segundo_factor
    if unknown := asked - set(Rol):
        raise SettingsError(
            f"ACOGIDA_SEGUNDO_FACTOR: no hay ningún rol {', '.join(sorted(unknown))}; "
            f"los roles son {', '.join(Rol)}"
        )
    return asked
