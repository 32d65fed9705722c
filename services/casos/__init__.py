"""People, their attentions, their cases and what the network answers: the heart of the office.

Tells what happens to persons, attentions, cases, derivations and deadlines.
Hears what happens to appointments and to messages, for the story of a case.
"""
