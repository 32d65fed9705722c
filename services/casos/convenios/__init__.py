"""Agreements of the municipality with institutions: what they allow, until when, who minds them."""
