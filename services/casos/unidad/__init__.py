"""The tray of a municipal unit: the derivations to it, and nothing else of their cases."""
