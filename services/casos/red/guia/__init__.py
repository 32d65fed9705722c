"""The printable guide: what the network does for people, by need, in their language."""
