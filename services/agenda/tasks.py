"""agenda has no slow or timed work: reminders belong to notificaciones."""

from oficina.jobs import Jobs

jobs = Jobs("agenda")
