"""The rights of people over their data: what was asked, until when, and what was answered."""
