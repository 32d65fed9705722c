"""Agreements and programmes of social aid, with their money and what they ask for, in sheets."""
