"""Safe contact: by which ways, at which hours and with which word somebody may be reached."""
