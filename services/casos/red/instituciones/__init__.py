"""The pages of an institution of the network: what it is, where it is, and whom to ask there."""
