"""The letter of a derivation: printed, with a link that opens only with a key of its own."""
