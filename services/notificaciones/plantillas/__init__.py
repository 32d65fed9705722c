"""What messages say, in every language that the office writes."""
