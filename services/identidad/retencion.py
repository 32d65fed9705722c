"""What identidad forgets: sessions and links of accounts, by sweeps of their own (`tasks.py`)."""

from oficina.retencion import Retencion

retencion = Retencion("identidad")
