"""The audit of a service as an auditor sees it: the same addresses in every service."""
