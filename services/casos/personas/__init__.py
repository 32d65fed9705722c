"""People that the office knows, with or without documents, and how it finds them again."""
