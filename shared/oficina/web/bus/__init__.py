"""The bus of a service as operators see it: the same addresses in every service."""
