"""What identidad forgets: its sessions, by a sweep of their own (`tasks.py`)."""

from oficina.retencion import Retencion

retencion = Retencion("identidad")
