"""That somebody died, as the office heard it: it silences every message, and can be taken back."""
