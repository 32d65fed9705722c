"""What was handed over, with its act; the goods that are in store; and the accounts of both."""
