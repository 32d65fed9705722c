"""The register of communications: who received what of whom, when, why and on which basis."""
