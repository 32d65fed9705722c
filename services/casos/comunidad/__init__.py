"""Work with the community: organisations of migrants, mediation, discrimination, obstacles."""
