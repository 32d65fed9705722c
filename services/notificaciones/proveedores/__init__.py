"""Who carries messages out of the office, and what each answers."""
