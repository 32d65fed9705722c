"""The operator's pages of the bus: one look over all services, each asked over its own API."""
