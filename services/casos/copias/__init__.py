"""A copy of all that the office holds of a person: to read (PDF), and to take along (JSON)."""
