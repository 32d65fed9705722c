"""agenda has no timed work but forgetting: reminders belong to notificaciones."""

from agenda.retencion import retencion
from oficina.bus import retention
from oficina.jobs import Jobs
from oficina.web.kept_answers import podar_respuestas

jobs = Jobs("agenda")
jobs.sweep(every=retention.EVERY)(retention.podar_bus)
jobs.sweep(every=retention.EVERY)(podar_respuestas)
retencion.registrar_en(jobs)
