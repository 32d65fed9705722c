"""One box for everything that the reader may see: each kind is looked for where it is looked for by
itself, with its own scope; nothing of anybody is kept twice for it.
"""
