"""What an office adds to the taxonomy: codes of its own below a theme, no other meaning."""
