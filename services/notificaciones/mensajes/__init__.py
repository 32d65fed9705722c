"""The messages themselves: what each says, to whom, when it leaves and what became of it."""
