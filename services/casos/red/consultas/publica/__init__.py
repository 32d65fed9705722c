"""The door of an institution that is asked about its services: a link, and nothing else."""
