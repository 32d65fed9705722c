"""What becomes of somebody's documents: which one is to be used, and which are no more."""
