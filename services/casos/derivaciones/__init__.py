"""The closed loop: a case handed to a service of the network, until the person confirms it."""
