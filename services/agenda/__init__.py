"""The office's appointments: who comes, when, with whom and where, and whether they came.

Tells what happens to each appointment (`oficina.events.agenda`); reminders follow those facts.
Hears whose data are blocked or erased (`oficina.events.casos`) and what people answer to a reminder
(`oficina.events.notificaciones`). Names of people are asked of casos
under the reader's own rights, staff of identidad.
"""
