"""Who speaks for a minor, or helps an adult to decide, and until which age that is so."""
