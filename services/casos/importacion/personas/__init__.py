"""A register of people who have no attention yet: a row a person."""
