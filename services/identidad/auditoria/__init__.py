"""The auditor's pages: one look over the audit of all services, each asked over its own API."""
