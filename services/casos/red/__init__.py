"""The directory of the network: institutions and the services to which a case can be derived."""
