"""What anybody may know of the network, as open data."""
