"""Documents that are about to expire: a task for who follows the case, and a list."""
