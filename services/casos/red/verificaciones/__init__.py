"""How long what was asked of a service of the network holds, and what is to be asked again."""
