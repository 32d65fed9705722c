"""How somebody of the staff wants the notices about their cases: at once, or every morning."""
