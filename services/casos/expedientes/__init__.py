"""Cases: what must be followed, its life and its whole story."""
