"""The second factor: six digits of a telephone (TOTP, RFC 6238), or a recovery code, each once."""
