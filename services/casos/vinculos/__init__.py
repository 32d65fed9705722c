"""What somebody is to somebody else, with or without a record of their own."""
