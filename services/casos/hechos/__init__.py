"""What the figures of the office are made of: one de-identified row a thing that happened."""
