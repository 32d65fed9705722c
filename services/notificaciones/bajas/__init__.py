"""Who wants no more messages at an address: of which topics, since when, and who said so."""
