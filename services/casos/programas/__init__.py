"""Social aid: programmes with their funds and requirements, and what people get from them."""
