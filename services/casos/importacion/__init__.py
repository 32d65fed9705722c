"""The register that the office kept by hand, read by a careful eye and loaded without fear.

It tells `casos.importacion.avanzada` once a batch. It hears nothing.
"""
