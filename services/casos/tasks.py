"""Slow or timed work of casos. A task is a nudge: what is due is always a row."""

from oficina.jobs import Jobs

jobs = Jobs("casos")
