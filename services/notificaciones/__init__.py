"""The office's messages: reminders to people in their language, links to institutions, notices.

Tells the fate of each message and what people answer (`oficina.events.notificaciones`).
Hears appointments (agenda), sent derivations and deadlines (casos); what a message needs beyond ids
is asked of its owner when the message is prepared, never while hearing.
"""
