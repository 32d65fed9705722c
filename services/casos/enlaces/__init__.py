"""The door of institutions without an account: a link that shows a derivation and takes answers."""
