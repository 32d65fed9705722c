"""Two records of one person made one, looked at before and undone within a period."""
